import Distributed
import Foundation
import Kernels

/// Sensitivities by zone, checked; made before MPI starts.
struct ZoneSensitivityJob: MapJob {
  let running: RunSettings
  private let sensitivity: SensitivitySettings
  private let classes: ClassSettings
  private let choice: CellSelection.Choice
  private let period: ClosedRange<Month>?
  /// File and variable of the threshold.
  private let threshold: (path: String, variable: String)?
  private let table: String?
  private let picture: String?
  /// Position of the moisture among the predictors.
  private let moisture: Int
  /// Options as YAML, for the output.
  private let configuration: String

  init(_ command: Sensitivity) throws {
    let (options, zones) = (command.classTable.classes, command.zones)
    sensitivity = try SensitivitySettings(command)
    classes = try ClassSettings(options)
    guard classes.sources.count <= 1 else {
      throw JobError(
        .usage,
        "zones are the classes of one map; expected one of --classes, --fractions, --bins and --bands, found "
          + "\(classes.sources.count)")
    }
    guard options.above == nil, options.below == nil, options.limit == nil, options.minimumArea == 0 else {
      throw JobError(
        .usage, "--above, --below, --limit and --minimum-area are for the table of --each-cell; leave them out")
    }
    if command.running.readPlan == ReadPlan.slab.rawValue {
      throw JobError(.usage, "--read-plan slab is for --each-cell: the means of zones are made of whole fields")
    }
    choice = try command.selection.choice()
    period = try command.selection.period()
    threshold = try zones.threshold.map {
      let (path, variables) = try OptionText.variables($0, count: 1, option: "threshold")
      return (path, variables[0])
    }
    (table, picture) = (command.classTable.table, zones.picture)
    if picture != nil, sensitivity.members.count < 2 {
      throw JobError(
        .usage, "--picture draws beta against the moisture of members; name several with --members, or leave it out")
    }
    let names = sensitivity.predictors.map(\.name)
    guard let place = zones.moisturePredictor.map({ names.firstIndex(of: $0) }) ?? 0 else {
      throw JobError(
        .usage,
        "--moisture-predictor '\(zones.moisturePredictor ?? "")' is no predictor; expected one of "
          + names.joined(separator: ", "))
    }
    moisture = place
    configuration = command.configurationText
    let output = try command.running.outputPath()
    guard !isDeviceOrPipe(output) else {
      throw JobError(.cannotWrite, "--output \(output) is a device or a pipe; expected the name of a file")
    }
    running = try RunSettings(
      command.shared,
      outputs: [
        RunFile("output", output, .arrays), RunFile("table", table, .table), RunFile("picture", picture, .picture),
      ])
    try running.checkOutputs(
      against: classes.maps.compactMap { try? GridMap.parts(of: $0).path } + (threshold.map { [$0.path] } ?? []))
  }

  // MARK: Plan

  /// What is known before fields are read.
  private struct Plan {
    let catalogue: Catalogue
    let zones: [CellClass]
    /// The cells of the zones that are selected and count for something.
    let cells: [WeightedCells]
    let reduction: FieldReduction
    let thresholds: ThresholdMaps?
    var warnings: Warnings
    let memory: Int
  }

  private func plan(ranks: Int, baseMemory: Int, _ timer: PhaseTimer, _ communicator: Communicator) throws -> Plan {
    let catalogue = try timer.measure("catalogue") {
      try Catalogue.make(sensitivity.requests, members: sensitivity.members, period: period, communicator)
    }
    try communicator.together {
      if communicator.isRoot { try running.checkOutputs(against: catalogue) }
    }
    try communicator.together {
      try sensitivity.checkMonths(of: catalogue)
      try CellSelection.checkMemory(source: SensitivitySettings.response, of: catalogue)
    }
    var warnings = Warnings(isStrict: running.isStrict, communicator)
    try warnings.add(catalogue.warnings)
    catalogue.notes.forEach { warnings.note($0) }
    let (zones, cells, thresholds) = try timer.measure("classes") {
      let set = try classes.classes(on: catalogue.grid, of: catalogue.gridPath, communicator)[0]
      let (isSelected, notes) = try CellSelection.selected(choice, of: catalogue, communicator)
      (set.notes + notes).forEach { warnings.note($0) }
      let cells = set.classes.map { zone in
        WeightedCells(zone.cells) { position in
          isSelected[zone.cells[position]]
            ? zone.share(at: position) * catalogue.grid.weight(ofCell: zone.cells[position]) : 0
        }
      }
      return (set.classes, cells, try threshold.map { try ThresholdMaps.read($0, catalogue, communicator) })
    }
    if let note = thresholds?.note { warnings.note(note) }
    let reduction = FieldReduction(catalogue, cells, ranks: ranks, budget: running.readBudget, communicator)
    // The maps of classes have been read, which may have taken more than a run takes to begin with.
    let memory =
      max(baseMemory, peakMemoryBytes()) + Assumptions.libraryBytes + catalogue.bytes + reduction.bytes
      + 8 * zones.count * catalogue.members.count * catalogue.sources.count * catalogue.months.count
      + sensitivity.options.replicateBytes(predictors: sensitivity.predictors.count)
    try running.checkMemory(memory, ranks: ranks, communicator)
    return Plan(
      catalogue: catalogue, zones: zones, cells: cells, reduction: reduction, thresholds: thresholds,
      warnings: warnings, memory: memory)
  }

  func dryRun(ranks: Int) throws -> String {
    let base = peakMemoryBytes() + Assumptions.mpiBytes
    let plan = try plan(ranks: ranks, baseMemory: base, PhaseTimer(), .single)
    let (catalogue, records) = (plan.catalogue, plan.catalogue.records)
    let bytes = records.map { $0.bytes(on: catalogue.grid) }
    func line(_ title: String, _ text: String) -> String {
      (title + ":").padding(toLength: max(10, title.count + 2), withPad: " ", startingAt: 0) + text
    }
    let rate = sensitivity.isEnsemble ? Assumptions.ensembleReading : Assumptions.recordReading
    let lines =
      [
        line("grid", catalogue.grid.summary),
        line("months", "\(catalogue.period), \(catalogue.months.count)"),
        line("method", sensitivity.text),
      ]
      + (sensitivity.isEnsemble
        ? [line("members", "\(catalogue.members.count), reference \(sensitivity.members[0])")] : [])
      + sensitivity.requests.filter(\.expression.isJoined).map { line($0.name, $0.expression.text) }
      + zip(records, zip(bytes, plan.reduction.plans)).map { record, size in
        line(
          record.name,
          "\(counted(record.fileCount, "file")), \(byteText(size.0)) of data, \(counted(size.1.stepsPerRead, "step")) a read"
            + (record.ownGridText.map { ", from \($0) cells" } ?? ""))
      }
      + [
        line(
          "zones",
          zip(plan.zones, plan.cells).map { "\($0.name) (\(counted($1.cells.count, "cell")))" }.joined(separator: ", ")),
        line("areas", "means by area weighted with \(catalogue.grid.weightOrigin)"),
        line("memory", "\(byteText(plan.memory)) a rank, predicted"),
        line(
          "time",
          "\(Assumptions.readingText(bytes.reduce(0, +), rate: rate, ranks: ranks)) on \(counted(ranks, "rank"))"),
        line("output", running.outputs.map(\.path).joined(separator: ", ")),
      ]
    return lines.joined(separator: "\n")
  }

  // MARK: Run

  func perform(_ run: JobRun) throws -> String {
    let communicator = run.communicator
    var plan = try plan(ranks: communicator.size, baseMemory: peakMemoryBytes(), run.timer, communicator)
    let (catalogue, zones) = (plan.catalogue, plan.zones)
    run.report.predictedPeakMemory = plan.memory
    try communicator.together {
      try MemoryLimit.check(plan.reduction.bytes, for: "the means of zones, as predicted for a rank,")
    }
    for (record, readPlan) in zip(catalogue.records, plan.reduction.plans) {
      run.report.readPlans[record.name] = readPlan
    }
    let (sums, account) = try run.timer.measure("read") {
      try plan.reduction.run { run.progress.update(share: $0) }
    }
    run.bytesRead = account.bytesRead
    let series = try ZoneSeries(sums, zones: zones.count, catalogue, communicator)
    try warn(of: series, plan, sums, &plan.warnings, communicator)
    let results = try run.timer.measure("compute") { try compute(series, plan, run) }
    let found = ZoneSensitivities(
      settings: sensitivity, input: ZoneInput(catalogue, sensitivity.requests), zones: zones.map(\.name),
      cells: plan.cells.map(\.cells.count),
      series: series, results: results, moisture: moisture,
      thresholds: plan.thresholds.map { maps in plan.cells.map { Self.mean(of: maps, over: $0) } })
    try communicator.onRoot { found.concerns }.forEach { plan.warnings.addLate($0) }
    try run.timer.measure("write") {
      try run.checkLocks()
      try communicator.together {
        guard communicator.isRoot else { return }
        var attributes = sensitivity.attributes(
          of: found.input.longNames[SensitivitySettings.response], months: "\(catalogue.period)", where: "by zone",
          configuration: configuration)
        attributes.comment = plan.warnings.added(
          to: attributes.comment
            + " Zone means by area, weighted with \(catalogue.grid.weightOrigin), over the cells that "
            + "have a value of the source in the month.")
        try ArrayWriter.write(found.variables, attributes, to: running.output)
        if let table { try found.table.write(to: table) }
        if let picture { try TextFile.write(found.picture, to: picture) }
      }
    }
    run.report.areaWeights = catalogue.grid.weightOrigin
    run.report.warnings = plan.warnings.texts
    run.report.results = found.reportNumbers
    run.report.statusCounts = found.statusCounts
    try plan.warnings.finish()
    return found.text
  }

  /// The regressions of all zones and members on rank 0, zone after zone; nothing elsewhere.
  ///
  /// Collective.
  private func compute(_ series: ZoneSeries, _ plan: Plan, _ run: JobRun) throws -> [SensitivityResult] {
    let (kernel, members) = (sensitivity.kernel, plan.catalogue.members.count)
    let count = plan.zones.count * members
    var results: [SensitivityResult] = []
    try run.communicator.inTurns(count) { task in
      try Interruption.check("while computing")
      let (zone, member) = (task / members, task % members)
      return kernel.compute(
        response: series.values(zone: zone, member: member, source: SensitivitySettings.response),
        predictors: sensitivity.predictors.indices.map { series.values(zone: zone, member: member, source: 1 + $0) },
        firstMonth: plan.catalogue.months[0].month, place: (zone, member)
      ).bytes
    } take: { task, bytes in
      results.append(SensitivityResult(bytes: bytes, predictors: sensitivity.predictors.count))
      run.progress.update(share: Double(task + 1) / Double(count))
    }
    return results
  }

  /// Tells of values that can be none, and of zones whose cells come and go.
  ///
  /// Collective.
  private func warn(
    of series: ZoneSeries, _ plan: Plan, _ sums: FieldSums?, _ warnings: inout Warnings, _ communicator: Communicator
  ) throws {
    let (catalogue, names) = (plan.catalogue, sensitivity.requests.map(\.name))
    if let place = series.firstInfinity {
      let member = sensitivity.isEnsemble ? ", member '\(catalogue.members[place.member])'" : ""
      try warnings.add([
        "'\(names[place.source])' has values that cannot be right in zone '\(plan.zones[place.zone].name)'\(member), "
          + "\(catalogue.months[place.month]); the status of such zones is implausible_range; is it a fill value that "
          + "_FillValue does not name?"
      ])
    }
    let notes = try communicator.onRoot { () -> [String] in
      guard let sums else { return [] }
      return plan.zones.indices.flatMap { zone in
        names.indices.compactMap { source -> String? in
          let shares = catalogue.members.indices.flatMap {
            sums.weights(class: zone, member: $0, field: source)
          }
          guard let least = shares.min(), let most = shares.max(), least < 0.99 * most else { return nil }
          return
            "zone '\(plan.zones[zone].name)': the cells that have values of '\(names[source])' are not the same in all "
            + "months\(sensitivity.isEnsemble ? " and members" : ""); in some they have \(Int(100 * least / most)) % of the "
            + "weight that they have in others"
        }
      }
    }
    notes.forEach { warnings.note($0) }
  }

  /// The mean of the threshold over the cells of a zone that have one; NaN where none has.
  private static func mean(of thresholds: ThresholdMaps, over zone: WeightedCells) -> Double {
    var (sum, weight) = (0.0, 0.0)
    for (cell, own) in zip(zone.cells, zone.weights) {
      let value = thresholds.threshold(ofCell: cell)
      guard value.isFinite else { continue }
      sum += own * value
      weight += own
    }
    return weight > 0 ? sum / weight : .nan
  }
}

/// The means of all zones, members and sources by month, on every rank.
struct ZoneSeries {
  private let members: Int
  private let sources: Int
  private let months: Int
  /// By zone, member, source and month.
  private let values: [Double]

  /// Hands the means of rank 0 to all ranks.
  ///
  /// Collective.
  init(_ sums: FieldSums?, zones: Int, _ catalogue: Catalogue, _ communicator: Communicator) throws {
    (members, sources, months) = (catalogue.members.count, catalogue.sources.count, catalogue.months.count)
    var means: [Double] = []
    if let sums {
      for zone in 0..<zones {
        for member in 0..<members {
          for source in 0..<sources { means += sums.means(class: zone, member: member, field: source) }
        }
      }
    }
    values = try communicator.broadcast(means.bytes).numbers
  }

  /// Series of one member, by zone, source and month.
  init(_ values: [Double], sources: Int, months: Int) {
    (members, self.sources, self.months, self.values) = (1, sources, months, values)
  }

  /// The means of a source by month; NaN where no cell has a value.
  func values(zone: Int, member: Int, source: Int) -> [Double] {
    let start = ((zone * members + member) * sources + source) * months
    return Array(values[start..<start + months])
  }

  /// The first mean that a value has made infinite that can be none.
  var firstInfinity: (zone: Int, member: Int, source: Int, month: Int)? {
    values.firstIndex(where: \.isInfinite).map { place in
      let series = place / months
      return (series / sources / members, series / sources % members, series % sources, place % months)
    }
  }
}

extension SensitivityResult {
  /// The result as a message.
  var bytes: [UInt8] {
    ([Double(status.rawValue), Double(count), penalty, determination] + beta + standardError + lower + upper
      + varianceInflation).bytes
  }

  /// The result of a message.
  init(bytes: [UInt8], predictors: Int) {
    let numbers = bytes.numbers
    self.init(status: SensitivityStatus(rawValue: UInt8(numbers[0])) ?? .noData, predictors: predictors)
    (count, penalty, determination) = (Int(numbers[1]), numbers[2], numbers[3])
    let lists = (0..<5).map { Array(numbers[4 + $0 * predictors..<4 + ($0 + 1) * predictors]) }
    (beta, standardError, lower, upper, varianceInflation) = (lists[0], lists[1], lists[2], lists[3], lists[4])
  }
}

extension [Double] {
  fileprivate var bytes: [UInt8] { withUnsafeBytes { [UInt8]($0) } }
}

extension [UInt8] {
  fileprivate var numbers: [Double] {
    withUnsafeBytes { bytes in
      (0..<bytes.count / 8).map { bytes.loadUnaligned(fromByteOffset: 8 * $0, as: Double.self) }
    }
  }
}
