import Distributed
import Foundation

/// An expression over finished maps and where its result goes, checked.
struct CalculationJob: MapJob {
  let running: RunSettings
  private let expression: SourceExpression
  private let name: String
  /// What the user calls the result; nil where the maps tell.
  private let longName: String?
  /// Options as YAML.
  private let configuration: String

  init(_ command: Calculate) throws {
    guard let output = command.output, !output.isEmpty else {
      throw JobError(.usage, "--output is missing; e.g. --output difference.nc")
    }
    guard !command.expression.isEmpty else {
      throw JobError(.usage, "there is nothing to calculate; expected maps, for example 'a.nc:smt - b.nc:smt'")
    }
    expression = try SourceExpression(option: command.expression)
    for map in expression.records {
      guard map.combination == .single, !map.namesMember else {
        throw JobError(.usage, "'\(map.text)' is no map; expected FILE:VARIABLE, for example smt.nc:smt")
      }
    }
    longName = try command.quantityName.checked()
    name = command.name ?? expression.resultName
    guard name.wholeMatch(of: /[A-Za-z][A-Za-z0-9_]*/) != nil else {
      throw JobError(.usage, "--name '\(name)': expected letters, digits and '_', a letter first")
    }
    configuration = command.configurationText
    running = try RunSettings(command.shared, output: output)
    try running.checkOutputs(against: expression.records.map(\.pattern))
  }

  // MARK: Plan

  /// The maps, and what is known before their fields are read.
  private struct Plan {
    let maps: [MapSlices]
    let joined: JoinedFields
    /// Dimensions of the result besides those of the grid.
    let axes: [SliceAxis]

    /// That of the first map, with the areas of its file.
    let grid: Grid
    var fieldCount: Int { axes.reduce(1) { $0 * $1.count } }

    /// Bytes that the work holds: all fields of the result, one of each map before and after it is brought over and
    /// joined, and what writing takes.
    var bytes: Int {
      let cells = grid.cellCount
      return 8 * cells * (fieldCount + 4 * maps.count + 2) + (maps.map(\.fieldBytes).max() ?? 0)
        + MapWriter.bytes(Partition(cells: Array(0..<cells), ranks: 1), rank: 0, on: grid)
    }
  }

  private func plan() throws -> Plan {
    let maps = try expression.records.map { try MapSlices($0.text) }
    let joined: JoinedFields
    do {
      joined = try JoinedFields(expression, units: maps.map(\.units))
    } catch let error as JobError { throw JobError(error.exitCode, "\(maps[0].path): \(error.message)") }
    let first = maps.first { !$0.axes.isEmpty }
    for map in maps where !map.axes.isEmpty && map.axes != first?.axes {
      throw JobError(
        .inputData,
        "\(map.path): '\(map.name)' has the dimensions \(map.dimensionText); expected those of '\(first?.name ?? "")' of "
          + "\(first?.path ?? ""), \(first?.dimensionText ?? ""), with the same coordinates, or none")
    }
    let axes = first?.axes ?? []
    guard !(axes.map(\.name) + [maps[0].grid.latitudeName, maps[0].grid.longitudeName]).contains(name) else {
      throw JobError(.usage, "--name '\(name)' is that of a coordinate; give another name")
    }
    var grid = maps[0].grid
    try grid.readLandAreas(from: [maps[0].path])
    return Plan(maps: maps, joined: joined, axes: axes, grid: grid)
  }

  func dryRun(ranks: Int) throws -> String {
    let plan = try self.plan()
    let memory = peakMemoryBytes() + Assumptions.libraryBytes + plan.bytes
    try running.checkMemory(memory, ranks: 1, .single)
    func line(_ title: String, _ text: String) -> String {
      (title + ":").padding(toLength: 10, withPad: " ", startingAt: 0) + text
    }
    return
      ([line("grid", plan.grid.summary)]
      + plan.maps.map { map in
        line(
          "map",
          "\(map.path):\(map.name)" + (map.axes.isEmpty ? "" : ", \(map.dimensionText)")
            + (map.grid.difference(from: plan.grid).map { ", on another grid (\($0)): bilinear" } ?? ""))
      }
      + [
        line("result", "\(name), \(expression.names), \(plan.joined.units.isEmpty ? "1" : plan.joined.units)"),
        line("fields", "\(plan.fieldCount)"), line("memory", "\(byteText(memory)), predicted, on one rank"),
        line("output", running.output),
      ]).joined(separator: "\n")
  }

  // MARK: Run

  func perform(_ run: JobRun) throws -> String {
    let base = peakMemoryBytes()
    let plan = try run.timer.measure("catalogue") { try self.plan() }
    run.report.predictedPeakMemory = base + Assumptions.libraryBytes + plan.bytes
    try running.checkMemory(run.report.predictedPeakMemory, ranks: 1, run.communicator)
    try MemoryLimit.check(plan.bytes, for: "the maps of '\(expression.text)'")
    var warnings = Warnings(isStrict: running.isStrict, run.communicator)
    try warnings.add(plan.maps.compactMap(\.warning))
    var fields: [[Double]] = []
    try run.timer.measure("read") {
      for field in 0..<plan.fieldCount {
        let values = try plan.maps.map { map -> [Double] in
          let (brought, note) = try map.field(map.axes.isEmpty ? 0 : field).brought(
            to: plan.grid, of: plan.maps[0].path, by: .bilinear)
          if let note, !warnings.texts.contains(note) { warnings.note(note) }
          run.bytesRead += map.storedBytes
          return brought.values
        }
        fields.append(plan.joined.values(values))
        run.progress.update(share: Double(field + 1) / Double(plan.fieldCount))
      }
    }
    try run.timer.measure("write") {
      try run.checkLocks()
      try write(fields, plan, comment: warnings.added(to: "\(name) is \(expression.text)."))
    }
    run.report.warnings = warnings.texts
    return summary(of: fields, units: plan.joined.units)
  }

  private func write(_ fields: [[Double]], _ plan: Plan, comment: String) throws {
    let cells = Array(0..<plan.grid.cellCount)
    let results = CellResults(
      cells.map(Double.init), Partition(cells: cells, ranks: 1), .single, isSelected: cells.map { _ in true },
      rowWithoutData: [0], rowOutside: [0])
    let units = plan.joined.units
    let words = longName ?? expression.words(plan.maps.map { $0.longName.isEmpty ? $0.name : $0.longName })
    try MapWriter.write(
      [
        MapWriter.MapVariable(
          name, units: units.isEmpty ? "1" : units.udunits, longName: words,
          axes: plan.axes.map(MapAxis.init),
          fields: fields.map { values in { values[Int($0[0])] } })
      ], of: results, on: plan.grid,
      MapWriter.FileAttributes(
        title: words, source: ProgramVersion.source, references: "", commandLine: commandLine,
        comment: comment, configuration: configuration), to: running.output)
  }

  /// How many values there are, and their mean over cells.
  private func summary(of fields: [[Double]], units: String) -> String {
    let all = fields.reduce(0) { $0 + $1.count }
    let values = fields.flatMap { $0.filter { !$0.isNaN } }
    let mean = values.isEmpty ? "–" : (values.reduce(0, +) / Double(values.count)).shortText
    return
      "\(name): \(values.count) of \(counted(all, "value")) \(values.count == 1 ? "is" : "are") there, mean over cells \(mean) \(units.isEmpty ? "1" : units)"
  }
}

extension MapSlices {
  /// The dimensions besides those of the grid in words: `(season = 4, depth = 2)`.
  fileprivate var dimensionText: String { "(" + axes.map { "\($0.name) = \($0.count)" }.joined(separator: ", ") + ")" }
}

extension SourceExpression {
  /// A name for what is calculated last.
  fileprivate var resultName: String {
    guard case .call(let function, _) = self else { return "result" }
    return ["-": "difference", "/": "ratio", "+": "sum", "*": "product"][function.name] ?? function.name
  }
}
