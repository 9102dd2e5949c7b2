import Distributed
import Foundation
import Kernels

/// A regression and where its tables go, checked.
struct RegressionJob: MapJob {
  let running: RunSettings
  private let settings: RegressionSettings
  /// Tables besides that of the terms: their names, and what is in them.
  private let others: [(path: String, table: KeyPath<RegressionResult, Table>)]

  init(_ command: Regress) throws {
    guard let output = command.output, !output.isEmpty else {
      throw JobError(.usage, "--output is missing; e.g. --output fit.csv")
    }
    settings = try RegressionSettings(command)
    // What goes into a pipe is the table of terms alone.
    let stem = output.hasSuffix(".csv") ? String(output.dropLast(4)) : output
    var tables: [(String, KeyPath<RegressionResult, Table>)] = [("anova", \.variance)]
    if !settings.categories.isEmpty { tables += [("pairs", \.pairs), ("letters", \.letters)] }
    others = isDeviceOrPipe(output) ? [] : tables.map { ("\(stem).\($0).csv", $1) }
    running = try RunSettings(
      command.shared, outputs: ([output] + others.map(\.path)).map { RunFile("output", $0, .table) })
    try running.checkOutputs(against: settings.paths)
  }

  // MARK: Plan

  /// What is known before values are read.
  private struct MapPlan {
    let maps: RegressionMaps
    let sets: [CellClasses]
    let isChosen: [Bool]
    let notes: [String]
    let memory: Int
  }

  private func mapPlan(ranks: Int, baseMemory: Int, _ timer: PhaseTimer, _ communicator: Communicator) throws -> MapPlan
  {
    let maps = try timer.measure("catalogue") { try communicator.onRoot { try RegressionMaps(settings) } }
    return try timer.measure("classes") {
      let sets =
        settings.categories.isEmpty
        ? [] : try settings.classes.classes(on: maps.grid, of: settings.response.path, communicator)
      let (isChosen, note) = try chosenCells(maps.grid, communicator)
      // The maps of classes have been read, which may have taken more than what follows.
      let memory = max(peakMemoryBytes(), baseMemory + Assumptions.libraryBytes + maps.bytes(settings, sets))
      try running.checkMemory(memory, ranks: ranks, communicator)
      return MapPlan(maps: maps, sets: sets, isChosen: isChosen, notes: note.map { [$0] } ?? [], memory: memory)
    }
  }

  /// The cells of the mask.
  private func chosenCells(_ grid: Grid, _ communicator: Communicator) throws -> (isChosen: [Bool], note: String?) {
    switch settings.mask {
    case nil: return ([Bool](repeating: true, count: grid.cellCount), nil)
    case .classes(let condition): return try condition.cells(on: grid, of: settings.response.path, communicator)
    case .map(let text):
      var note: String?
      let map = try GridMap.shared(on: grid, communicator) {
        var map = try GridMap.read(text).regular(unlessOn: grid)
        for cell in map.values.indices { map.values[cell] = map.values[cell].isNaN || map.values[cell] == 0 ? 0 : 1 }
        // On another grid most of a cell's area must be selected.
        let areRegular = map.grid.kind == .regular && grid.kind == .regular
        let brought = try map.brought(to: grid, of: settings.response.path, by: areRegular ? .majority : .nearest)
        note = brought.note
        return brought.map
      }
      return (map.values.map { $0 == 1 }, note)
    }
  }

  func dryRun(ranks: Int) throws -> String {
    let base = peakMemoryBytes() + Assumptions.mpiBytes
    func line(_ title: String, _ text: String) -> String {
      (title + ":").padding(toLength: 14, withPad: " ", startingAt: 0) + text
    }
    var lines = [
      line("response", settings.response.text), line("numbers", settings.numbers.map(\.text).joined(separator: ", ")),
    ]
    if settings.response.isTable {
      let table = try RegressionTable(settings)
      let rows = try table.rowCount()
      let memory = base + Assumptions.libraryBytes + table.bytes(rows: rows)
      try running.checkMemory(memory, ranks: ranks, .single)
      lines += [
        line("categories", settings.categories.map(\.text).joined(separator: ", ")), line("rows", "\(rows)"),
        line("memory", "\(byteText(memory)) on rank 0, predicted"),
      ]
    } else {
      let plan = try mapPlan(ranks: ranks, baseMemory: base, PhaseTimer(), .single)
      lines += plan.sets.map { set in
        line(
          "classes",
          "\(set.title): "
            + set.classes.map { "\($0.name) (\(counted($0.cells.count, "cell")))" }.joined(separator: ", "))
      }
      lines += [line("grid", plan.maps.grid.summary)]
      lines += plan.maps.otherGrids.map { line("brought over", $0) }
      lines += [line("memory", "\(byteText(plan.memory)) a rank, predicted")]
    }
    return (lines + [line("output", running.outputs.map(\.path).joined(separator: ", "))]).joined(separator: "\n")
  }

  // MARK: Run

  func perform(_ run: JobRun) throws -> String {
    let communicator = run.communicator
    let base = peakMemoryBytes()
    let found: (rows: RegressionRows, notes: [String])?
    if settings.response.isTable {
      found = try run.timer.measure("read") {
        try communicator.together {
          guard communicator.isRoot else { return nil }
          let table = try RegressionTable(settings)
          let rows = try table.rows()
          run.report.predictedPeakMemory =
            base + Assumptions.libraryBytes + table.bytes(rows: rows.count)
            + RegressionResult.bytes(numbers: settings.numbers.count, classCounts: rows.classes.map(\.count))
          return (rows, rows.notes)
        }
      }
      try running.checkMemory(run.report.predictedPeakMemory, ranks: communicator.size, communicator)
    } else {
      let plan = try mapPlan(ranks: communicator.size, baseMemory: base, run.timer, communicator)
      run.report.predictedPeakMemory = plan.memory
      found = try run.timer.measure("read") {
        try communicator.together {
          try plan.maps.rows(settings, plan.sets, isChosen: plan.isChosen, run).map { ($0.rows, plan.notes + $0.notes) }
        }
      }
    }
    // How many clusters there are is known now alone.
    run.report.predictedPeakMemory += try communicator.onRoot { found?.rows.clusterBytes ?? 0 }
    try running.checkMemory(run.report.predictedPeakMemory, ranks: communicator.size, communicator)
    let result = try run.timer.measure("fit") {
      try communicator.together { try found.map { try RegressionResult($0.rows, settings) } }
    }
    try run.timer.measure("write") {
      try run.checkLocks()
      try communicator.together {
        guard let result else { return }
        for (path, table) in others { try result[keyPath: table].write(to: path) }
        try result.terms.write(to: running.output)
      }
    }
    var warnings = Warnings(isStrict: running.isStrict, communicator)
    for note in try communicator.onRoot({ found?.notes ?? [] }) { warnings.note(note) }
    for concern in try communicator.onRoot({ (found?.rows.concerns ?? []) + (result?.concerns ?? []) }) {
      warnings.addLate(concern)
    }
    run.report.warnings = warnings.texts
    run.report.results = result?.numbers ?? [:]
    run.report.statusCounts = result?.statusCounts ?? [:]
    try warnings.finish()
    return result?.text ?? ""
  }
}
