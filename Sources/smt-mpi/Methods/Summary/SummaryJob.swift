import Distributed
import Foundation
import Kernels

/// Maps, classes and outputs of `summarise`, checked.
struct SummaryJob: MapJob {
  let running: RunSettings
  private let maps: [String]
  /// The grid of arrays of numpy, `FILE:VARIABLE` or `r360x180`, and the number that means missing in them.
  private let arrays: (grid: String?, fill: Double?)
  private let classes: ClassSettings
  private let layers: MapSlices.Layers?
  private let map: String?
  private let cross: String?
  private let hasTotals: Bool
  private let hasDominant: Bool
  /// Options as YAML, for the map.
  private let configuration: String

  init(_ command: Summarise) throws {
    guard let output = command.output, !output.isEmpty else {
      throw JobError(.usage, "--output is missing; e.g. --output zones.csv")
    }
    guard !command.maps.isEmpty else {
      throw JobError(.usage, "there is no map to sum up; expected FILE:VARIABLE, for example smt.nc:smt")
    }
    maps = command.maps
    arrays = (command.grid, command.fill)
    for text in maps where !ArrayPlace.isArray(text) { _ = try GridMap.parts(of: text) }
    let depth = try command.depth.map(OptionText.depths)
    layers = depth.map { MapSlices.Layers(depth: $0, addsUp: SoilMoistureUnits.addUp) }
    classes = try ClassSettings(command.classOptions, depth: depth)
    (map, cross) = (command.map, command.cross)
    (hasTotals, hasDominant) = (command.shareOfTotal, command.dominant)
    configuration = command.configurationText
    running = try RunSettings(
      command.shared,
      outputs: [
        RunFile("output", output, .table), RunFile("map", map, .maps), RunFile("cross", cross, .table),
      ])
    try checkOutputs()
    guard cross == nil || classes.sources.count == 2 else {
      throw JobError(.usage, "--cross takes two maps of classes; there are \(classes.sources.count)")
    }
    guard !hasDominant || (map != nil && classes.dominantSet != nil) else {
      throw JobError(
        .usage, "--dominant is a map of the types of --fractions, without --presence; expected these and --map FILE")
    }
  }

  private func checkOutputs() throws {
    try running.checkOutputs(
      against: (maps + classes.maps).compactMap { ArrayPlace.isArray($0) ? $0 : try? GridMap.parts(of: $0).path })
    if let map, isDeviceOrPipe(map) {
      throw JobError(.cannotWrite, "--map \(map) is a device or a pipe; expected the name of a file")
    }
  }

  // MARK: Plan

  /// What is known before fields are read.
  private struct Plan {
    let input: SummaryInput
    let summary: ClassSummary
    var warnings: Warnings
    let memory: Int
  }

  private func plan(ranks: Int, baseMemory: Int, _ timer: PhaseTimer, _ communicator: Communicator) throws -> Plan {
    let input = try timer.measure("catalogue") {
      try communicator.onRoot {
        try SummaryInput(
          maps, layers: layers, arrays: try ArrayPlace(for: maps, grid: arrays.grid, fill: arrays.fill))
      }
    }
    var warnings = Warnings(isStrict: running.isStrict, communicator)
    try warnings.add(input.warnings)
    let summary = try timer.measure("classes") {
      try ClassSummary(classes, on: input.grid, of: input.paths, communicator)
    }
    summary.notes.forEach { warnings.note($0) }
    // The maps of classes have been read, which may have taken more than a run takes to begin with.
    let memory = max(baseMemory, peakMemoryBytes()) + Assumptions.libraryBytes + bytes(input, summary)
    try running.checkMemory(memory, ranks: ranks, communicator)
    return Plan(input: input, summary: summary, warnings: warnings, memory: memory)
  }

  /// Bytes that rank 0 holds, which needs most.
  private func bytes(_ input: SummaryInput, _ summary: ClassSummary) -> Int {
    let cells = input.grid.cellCount
    let classes = summary.sets.flatMap(\.classes)
    let members = classes.reduce(0) { $0 + 8 * $1.cells.count + 8 * $1.shares.count }
    let largest = classes.map(\.cells.count).max() ?? 0
    // Weights, areas, the field as it is read and brought over, and the values of a class with their weights, sorted.
    return 3 * members + 8 * cells * 4 + 2 * input.fieldBytes + 3 * 16 * largest
      + (map == nil
        ? 0
        : 8 * cells * input.fieldCount
          + MapWriter.bytes(Partition(cells: Array(0..<cells), ranks: 1), rank: 0, on: input.grid))
  }

  func dryRun(ranks: Int) throws -> String {
    let base = peakMemoryBytes() + Assumptions.mpiBytes
    let plan = try plan(ranks: ranks, baseMemory: base, PhaseTimer(), .single)
    func line(_ title: String, _ text: String) -> String {
      (title + ":").padding(toLength: 10, withPad: " ", startingAt: 0) + text
    }
    return
      ([line("grid", plan.input.grid.summary)]
      + plan.input.variables.map { variable in
        line(
          "map",
          variable.text + variable.axes.map { ", \($0.name) \($0.count)" }.joined()
            + (variable.otherGrid.map { ", on another grid (\($0)): bilinear" } ?? ""))
      }
      + plan.summary.sets.map { set in
        line(
          "classes",
          "\(set.title): "
            + set.classes.map { "\($0.name) (\(counted($0.cells.count, "cell")))" }.joined(separator: ", "))
      }
      + [
        line("areas", plan.summary.origin),
        line("fields", "\(plan.input.fieldCount), \((plan.input.fieldCount + ranks - 1) / ranks) a rank at the most"),
        line("memory", "\(byteText(plan.memory)) a rank, predicted"),
        line("output", ([running.output] + [map, cross].compactMap { $0 }).joined(separator: ", ")),
      ]).joined(separator: "\n")
  }

  // MARK: Run

  func perform(_ run: JobRun) throws -> String {
    let communicator = run.communicator
    var plan = try plan(
      ranks: communicator.size, baseMemory: peakMemoryBytes(), run.timer, communicator)
    let (input, summary) = (plan.input, plan.summary)
    run.report.predictedPeakMemory = plan.memory
    var table = ClassTable(summary, minimumArea: classes.minimumArea, hasTotals: hasTotals)
    var fields: [SummaryMap.Field] = []
    let reading = try run.timer.measure("read") {
      let reader = SummaryReader(input, layers: layers)
      try communicator.inTurns(input.fieldCount) { number in
        let values = try reader.values(number)
        let found = summary.bytes(of: values)
        return map == nil ? found : found + values.withUnsafeBytes { [UInt8]($0) }
      } take: { number, bytes in
        let length = summary.byteCount
        let statistics = summary.statistics(bytes: Array(bytes.prefix(length)))
        table.add(input.field(number), statistics)
        if map != nil {
          let values = bytes.withUnsafeBytes { bytes in
            (0..<input.grid.cellCount).map { bytes.loadUnaligned(fromByteOffset: length + 8 * $0, as: Double.self) }
          }
          fields.append(SummaryMap.Field(values: values, statistics: statistics))
        }
        run.progress.update(share: Double(number + 1) / Double(input.fieldCount))
      }
      return reader
    }
    try note(reading.notes, &plan.warnings, communicator)
    if table.leftOut > 0 { plan.warnings.note(leftOutText(table.leftOut)) }
    try run.timer.measure("write") {
      try run.checkLocks()
      try communicator.together {
        guard communicator.isRoot else { return }
        if let map {
          try SummaryMap(
            input: input, summary: summary, fields: fields, dominantSet: hasDominant ? classes.dominantSet : nil
          )
          .write(to: map, comment: plan.warnings.added(to: summary.origin + "."), configuration: configuration)
        }
        if let cross { try CrossTable(summary).table.write(to: cross) }
        try table.table.write(to: running.output)
      }
    }
    run.bytesRead = reading.bytesRead
    run.report.areaWeights = input.grid.weightOrigin
    run.report.warnings = plan.warnings.texts
    run.report.results = table.results
    try plan.warnings.finish()
    return [table.text, summary.origin].joined(separator: "\n")
  }

  private func leftOutText(_ count: Int) -> String {
    "\(counted(count, "row", ("is", "are"))) left out: \(count == 1 ? "its" : "their") cells with a value have less than \(classes.minimumArea.shortText) km2 "
      + "(--minimum-area)"
  }

  /// Tells what the ranks found while they read; each once.
  private func note(_ own: [String], _ warnings: inout Warnings, _ communicator: Communicator) throws {
    let bytes = [UInt8](own.joined(separator: "\n").utf8)
    let all = try communicator.gatherBytes(bytes).map { String(decoding: $0, as: UTF8.self) }.joined(separator: "\n")
    let together = String(decoding: try communicator.broadcast([UInt8](all.utf8)), as: UTF8.self)
    for text in Set(together.split(separator: "\n").map(String.init)).sorted() { warnings.note(text) }
  }
}

extension ClassSettings {
  /// The maps of the options, `FILE:VARIABLE`.
  var maps: [String] {
    sources.compactMap { source in
      switch source {
      case .map(let map, _), .fractions(let map, _, _), .bins(let map, _): map
      case .bands: nil
      }
    }
  }

  /// The number of the set whose classes are parts of cells, if there is one.
  var dominantSet: Int? {
    sources.firstIndex {
      if case .fractions(_, _, nil) = $0 { return true }
      return false
    }
  }
}
