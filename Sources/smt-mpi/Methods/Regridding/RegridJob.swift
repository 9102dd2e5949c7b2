import Distributed
import Kernels

/// Maps and records to bring to another grid.
struct RegridJob: MapJob {
  /// What becomes of cells, by its name on the command line.
  enum Method: String, CaseIterable {
    case nearest, bilinear, mean, majority, fractions, block

    /// Whether values must be classes.
    var needsClasses: Bool { [.majority, .fractions, .block].contains(self) }

    var kernel: RowRegridding.Method {
      switch self {
      case .nearest: .nearest
      case .bilinear: .bilinear
      case .mean: .mean
      case .majority, .fractions: .majority
      case .block: .block
      }
    }
  }

  let maps: [String]
  let onto: String?
  let grid: TargetGrid?
  let method: Method
  let recoding: Recoding
  let minimumShare: Double
  let scale: Double?
  let fill: [Double]
  let running: RunSettings
  let configuration: String

  /// The most classes that there are fractions of.
  private static let mostClasses = 1000

  /// What the headers of the files say.
  private struct Input: Codable {
    var records: [RegridRecord]
    var target: TargetGrid
  }

  private func readHeaders() throws -> Input {
    let target = try grid ?? TargetGrid(of: onto ?? "")
    let records = try maps.map { try RegridRecord($0, scale: scale, fill: fill) }
    if let name = records.first(where: { record in records.count { $0.name == record.name } > 1 })?.name {
      throw JobError(.usage, "two maps are called '\(name)'; regrid them one by one, to files of their own")
    }
    try running.checkOutputs(against: records.flatMap { $0.headers.map(\.path) })
    return Input(records: records, target: target)
  }

  /// The ways of the records to the target grid.
  private func plans(_ input: Input) throws -> [RegridPlan] {
    try input.records.map { record in
      let header = record.headers[0]
      let regridding = try GridRegridding(
        from: header.grid, of: header.path, to: input.target.grid, of: input.target.origin, method.kernel,
        minimumShare: minimumShare)
      return RegridPlan(record, regridding, input.target.grid)
    }
  }

  // MARK: Dry run

  func dryRun(ranks: Int) throws -> String {
    let input = try readHeaders()
    let plans = try plans(input)
    func line(_ title: String, _ text: String) -> String {
      (title + ":").padding(toLength: 10, withPad: " ", startingAt: 0) + text
    }
    let memory = plans.map(\.bytes).max() ?? 0
    return
      ([line("grid", "\(input.target.grid.summary) of \(input.target.origin), by \(method.rawValue)")]
      + input.records.map { record in
        line(
          record.name,
          "\(counted(record.headers.count, "file")), \(counted(record.fields.count, "field")) on \(record.headers[0].grid.summary)"
        )
      } + [
        line(
          "memory",
          "\(byteText(memory + peakMemoryBytes() + Assumptions.mpiBytes + Assumptions.libraryBytes)) a rank, predicted, "
            + "on \(counted(ranks, "rank"))"),
        line("output", running.output),
      ]).joined(separator: "\n")
  }

  // MARK: Run

  func perform(_ run: JobRun) throws -> String {
    let communicator = run.communicator
    let base = peakMemoryBytes() + Assumptions.libraryBytes
    let input = try run.timer.measure("headers") { try communicator.onRoot { try readHeaders() } }
    let plans = try run.timer.measure("plan") {
      try communicator.together { () throws -> [RegridPlan] in try self.plans(input) }
    }
    let memory = base + (plans.map(\.bytes).max() ?? 0)
    run.report.predictedPeakMemory = memory
    try running.checkMemory(memory, ranks: communicator.size, communicator)
    let sources = plans.map { SourceRows($0.record, recoding, areClasses: method.needsClasses) }
    let classes =
      method == .fractions
      ? try run.timer.measure("classes") { try findClasses(plans, sources, run) } : plans.map { _ in [] }
    let results = zip(plans, classes).map { plan, classes in
      RegridResult(plan, method, recoding, classes: classes, isAlone: plans.count == 1)
    }
    let notes = plans.map { note($0, input.target) }
    let writer = try communicator.together {
      try communicator.isRoot ? makeWriter(results, plans, input.target, notes) : nil
    }
    let parts = RegridPart.all(of: plans)
    try run.timer.measure("regrid") {
      // Neighbours go to one rank: what is read for one serves the next.
      let own =
        parts.count * communicator.rank / communicator.size..<parts.count * (communicator.rank + 1)
        / communicator.size
      let rounds = (parts.count + communicator.size - 1) / communicator.size
      for round in 0..<rounds {
        let chunks = try communicator.together { () throws -> [[UInt8]] in
          try Interruption.check("while maps were regridded")
          guard round < own.count else { return [] }
          let part = parts[own.lowerBound + round]
          return try results[part.record].chunks(part, sources[part.record])
        }
        try communicator.forEachChunk(chunks) { rank, found in
          let first = parts.count * rank / communicator.size
          let part = parts[first + round]
          try results[part.record].write(found, of: part, to: writer)
        }
        run.progress.update(share: Double(round + 1) / Double(max(1, rounds)))
      }
    }
    run.bytesRead = sources.reduce(0) { $0 + $1.bytesRead }
    try run.checkLocks()
    try run.timer.measure("write") { try communicator.together { try writer?.commit() } }
    return notes.joined(separator: "\n")
  }

  /// What was done to a record, in words.
  private func note(_ plan: RegridPlan, _ target: TargetGrid) -> String {
    let header = plan.record.headers[0]
    let files = plan.record.headers.count
    return
      "'\(plan.record.name)' of \(header.path)\(files > 1 ? " and \(files - 1) more" : "") brought from "
      + "\(header.grid.sizeText) to \(target.grid.sizeText) by "
      + (method == .fractions ? "shares of classes in the area" : method.kernel.words)
  }

  private func makeWriter(
    _ results: [RegridResult], _ plans: [RegridPlan], _ target: TargetGrid, _ notes: [String]
  ) throws -> RecordWriter {
    try RecordWriter(
      results.map(\.variable), on: target.grid, rowsOfPart: RegridPart.rows(of: target.grid),
      MapWriter.FileAttributes(
        title: plans.map { $0.record.words }.joined(separator: ", ") + " on a grid of \(target.grid.sizeText) cells",
        source: ProgramVersion.source, references: "", commandLine: commandLine,
        comment: notes.joined(separator: "; ") + ".", configuration: configuration),
      to: running.output)
  }

  /// The classes that each record has, ascending.
  ///
  /// Collective. Ranks look at fields in turn.
  private func findClasses(_ plans: [RegridPlan], _ sources: [SourceRows], _ run: JobRun) throws -> [[Double]] {
    let communicator = run.communicator
    return try zip(plans, sources).map { plan, source in
      let found = try communicator.together {
        var found: Set<Double> = []
        for (number, field) in plan.record.fields.enumerated() where number % communicator.size == communicator.rank {
          try Interruption.check("while classes were looked for")
          for rows in plan.sourceBands {
            try source.load(Array(rows), field)
            try add(source, rows, plan, to: &found)
          }
        }
        return found
      }
      let all = try communicator.gatherBytes(found.sorted().withUnsafeBytes { [UInt8]($0) })
      let classes = try communicator.onRoot {
        let classes = Set(all.flatMap { $0.withUnsafeBytes { [Double]($0.bindMemory(to: Double.self)) } }).sorted()
        guard !classes.isEmpty else {
          throw JobError(
            .inputData, "\(plan.record.headers[0].path): '\(plan.record.name)' has no classes, all is missing")
        }
        return classes
      }
      return classes
    }
  }

  private func add(_ source: SourceRows, _ rows: Range<Int>, _ plan: RegridPlan, to found: inout Set<Double>) throws {
    let header = plan.record.headers[0]
    var last = Double.nan
    for row in rows {
      let values = source.row(row)
      for column in 0..<header.grid.rowLength where values[column] != last && !values[column].isNaN {
        last = values[column]
        found.insert(last)
      }
    }
    guard found.count <= Self.mostClasses else {
      throw JobError(
        .inputData,
        "\(header.path): '\(header.name)' has more than \(Self.mostClasses) classes; expected a class map, or --recode to "
          + "make fewer of them")
    }
  }
}
