import Distributed
import Foundation
import Kernels

/// Drought indices of a record, checked; made before MPI starts.
struct DroughtJob: MapJob {
  let running: RunSettings
  private let settings: DroughtSettings
  private let choice: CellSelection.Choice
  private let period: ClosedRange<Month>?
  private let chunks: SeriesChunks
  private let classes: ClassSettings?
  private let table: String?
  /// Options as YAML, for the output.
  private let configuration: String
  /// What tells two jobs apart whose results differ.
  private let identity: String

  init(_ command: Spei) throws {
    settings = try DroughtSettings(command)
    choice = try command.selection.choice()
    period = try command.selection.period()
    chunks = command.series.chunks
    classes = try command.classTable.settings()
    table = command.classTable.table
    configuration = command.configurationText
    let output = try command.running.outputPath()
    guard !isDeviceOrPipe(output), !(settings.saved.map(isDeviceOrPipe) ?? false) else {
      throw JobError(.cannotWrite, "--output and --save-parameters: expected names of files, found a device or a pipe")
    }
    running = try RunSettings(
      command.shared,
      outputs: [
        RunFile("output", output, .record), RunFile("save-parameters", settings.saved, .maps),
        RunFile("table", table, .table),
      ], plan: try command.running.forcedPlan(), restarts: command.running.restart)
    try running.checkOutputs(
      against: [settings.given, choice.mask?.path].compactMap { $0 }
        + (classes?.maps ?? []).compactMap { try? GridMap.parts(of: $0).path })
    let others = Set((command.running.entries + command.classTable.entries).map(\.key))
    identity = command.entries.filter { !others.contains($0.key) }.map(\.yaml).joined(separator: "\n").withoutFolders
  }

  // MARK: Plan

  /// What is known before fields are read.
  private struct Plan {
    let catalogue: Catalogue
    let units: [(sign: Double, unit: WaterUnit)]
    let selection: CellSelection
    let partition: Partition
    let ingest: Ingest
    let rows: DroughtRows
    let record: SeriesOutput.Description
    let parameters: SeriesOutput.Description?
    let classes: ClassSummary?
    var warnings: Warnings
    let memory: Int
  }

  private func plan(
    ranks: Int, baseMemory: Int, isRough: Bool, _ timer: PhaseTimer, _ communicator: Communicator
  ) throws -> Plan {
    let catalogue = try timer.measure("catalogue") {
      try Catalogue.make(settings.requests, members: [], period: period, chosenBy: isRough ? nil : 0, communicator)
    }
    let units = try communicator.together {
      if communicator.isRoot { try running.checkOutputs(against: catalogue) }
      for scale in settings.scales { _ = try settings.work(scale: scale, catalogue) }
      guard !settings.places(catalogue).isEmpty else {
        throw JobError(.usage, "--months: none of them is within the record, \(catalogue.period)")
      }
      return try zip(settings.terms, catalogue.sources).map { ($0.sign, try WaterUnit(of: $1, $0.request)) }
    }
    var warnings = Warnings(isStrict: running.isStrict, communicator)
    try warnings.add(catalogue.warnings + concerns(catalogue))
    catalogue.notes.forEach { warnings.note($0) }
    let selection = try timer.measure("cells") {
      var scanned = catalogue
      if isRough { scanned.keepFirstStep() }
      try communicator.together { try CellSelection.checkMemory(source: 0, of: scanned) }
      return try CellSelection.make(choice, source: 0, of: scanned, communicator)
    }
    selection.notes.forEach { warnings.note($0) }
    let partition = Partition(cells: selection.cells, ranks: ranks)
    let reduction = BalanceReduction(units)
    let ingest = Ingest(
      catalogue, partition, communicator, reduction, forced: running.plan, budget: running.readBudget)
    let rows = DroughtRows(settings, catalogue)
    let record = record(catalogue)
    let parameters = settings.saved.map { self.parameters($0, catalogue) }
    let classes = try classes.map {
      try ClassSummary($0, on: catalogue.grid, of: [catalogue.gridPath], communicator)
    }
    classes?.notes.forEach { warnings.note($0) }
    let perRank = (0..<ranks).map { rank in
      let own = partition.share(of: rank).count
      let kept =
        MonthlyBalance.bytes(catalogue, cells: own) + 9 * own * rows.length
        + (settings.given.map { _ in GivenDistributions.bytes(settings, cells: own) } ?? 0)
      let phases = [
        ValidCells.bytes(source: 0, of: catalogue),
        Ingest.bytes(ingest.plans, of: catalogue, partition, rank: rank, reduction),
        settings.scales.count * DroughtKernel.bytes(months: catalogue.months.count)
          + record.memoryBytes(partition, rank: rank),
        parameters?.memoryBytes(partition, rank: rank) ?? 0, SummaryMeans.bytes(partition, rank: rank),
        classes.map { _ in ColumnClasses.bytes(partition, rank: rank, on: catalogue.grid) } ?? 0,
      ]
      return kept + (phases.max() ?? 0) + catalogue.bytes + (classes?.bytes ?? 0)
    }
    let memory = max(baseMemory, peakMemoryBytes()) + Assumptions.libraryBytes + (perRank.max() ?? 0)
    try running.checkMemory(memory, ranks: ranks, communicator)
    return Plan(
      catalogue: catalogue, units: units, selection: selection, partition: partition, ingest: ingest, rows: rows,
      record: record, parameters: parameters, classes: classes, warnings: warnings, memory: memory)
  }

  /// What the headers show that may be wrong.
  private func concerns(_ catalogue: Catalogue) -> [String] {
    zip(settings.terms, catalogue.sources).compactMap { term, source in
      let gaps = source.gapCount()
      return gaps == 0
        ? nil
        : "\(counted(gaps, "month")) of '\(term.request.expression.text)' \(gaps == 1 ? "is" : "are") missing; sums over them are missing, too"
    }
  }

  /// Whether the user selects some of the cells.
  private var hasSelection: Bool { choice.box != nil || choice.mask != nil || choice.condition != nil }

  /// The record of the index.
  private func record(_ catalogue: Catalogue) -> SeriesOutput.Description {
    let scales = [settings.scaleAxis]
    let count = 0.0...Double.infinity
    var index = SeriesOutput.Variable(
      settings.index.rawValue, units: "1",
      longName: settings.index.words, axes: scales)
    if settings.limit.isFinite { index.validRange = -settings.limit.float...settings.limit.float }
    // Of cells outside of the selection nobody knows whether they are land.
    let none = hasSelection ? .nan : Double(DroughtStatus.notLand.rawValue)
    return SeriesOutput.Description(
      [
        index,
        SeriesOutput.Variable(
          "status", units: "1", longName: "whether there is an index, and why not", axes: scales, hasTime: false,
          type: .int8, flagMeanings: DroughtStatus.allCases.map(\.name), outside: none),
        SeriesOutput.Variable(
          "clipped", units: "1", longName: "values brought to the limit, infinite ones among them", axes: scales,
          hasTime: false, type: .int32, validRange: count),
        SeriesOutput.Variable(
          "infinite", units: "1", longName: "values beyond an end of the distribution", axes: scales, hasTime: false,
          type: .int32, validRange: count),
        SeriesOutput.Variable(
          "months_missing", units: "1", longName: "months of the record without a balance", hasTime: false,
          type: .int32, validRange: count),
      ],
      time: MapAxis(
        months: settings.places(catalogue).map { catalogue.months[$0] }, calendar: catalogue.sources[0].calendar),
      on: catalogue.grid, chunks: chunks, division: .cells, to: running.output)
  }

  /// The record of the distributions.
  private func parameters(_ path: String, _ catalogue: Catalogue) -> SeriesOutput.Description {
    let axes = [settings.scaleAxis, settings.monthAxis]
    let words: [(String, String)] =
      settings.index == .spei
      ? [
        ("mm", "location of the generalised logistic distribution of the sums"), ("mm", "scale of it"),
        ("1", "shape of it"),
      ]
      : [
        ("1", "shape of the gamma distribution of sums above zero"), ("mm", "scale of it"),
        ("1", "share of sums that are zero"),
      ]
    func variable(_ name: String, _ units: String, _ text: String, _ type: NetCDFType = .double)
      -> SeriesOutput.Variable
    {
      SeriesOutput.Variable(name, units: units, longName: text, axes: axes, hasTime: false, type: type)
    }
    let names = zip(settings.index.parameterNames, words)
    return SeriesOutput.Description(
      names.map { variable($0, $1.0, $1.1) } + [variable("n", "1", "sums that were fitted", .int32)]
        + (settings.replicates > 0
          ? names.map { variable($0 + "_se", $1.0, "standard error of \($0), by the bootstrap") } : []),
      time: nil, on: catalogue.grid, chunks: .map, division: .cells, to: path)
  }

  func dryRun(ranks: Int) throws -> String {
    // Whose a checkpoint is depends on the cells, too, of which a rough plan knows those of the first month.
    let checkpoint = try SeriesOutput.checkpoint(of: running.output)
    let plan = try plan(
      ranks: ranks, baseMemory: peakMemoryBytes() + Assumptions.mpiBytes, isRough: checkpoint == nil, PhaseTimer(),
      .single)
    let catalogue = plan.catalogue
    let bytes = catalogue.records.map { $0.bytes(on: catalogue.grid) }
    let cells = plan.partition.cells.count
    func line(_ title: String, _ text: String) -> String {
      (title + ":").padding(toLength: max(10, title.count + 2), withPad: " ", startingAt: 0) + text
    }
    let kept =
      plan.record.blockBytes(plan.partition) + (plan.parameters?.blockBytes(plan.partition) ?? 0)
    return
      ([
        line("grid", catalogue.grid.summary),
        line(
          "cells",
          "about \(cells) of \(catalogue.grid.cellCount) hold data, about \((cells + ranks - 1) / ranks) a rank"),
        line("months", "\(catalogue.period), \(catalogue.months.count)"),
        line("balance", settings.balanceText + ", mm a month"),
        line("method", settings.text),
      ]
      + zip(catalogue.records, zip(bytes, plan.ingest.plans)).map { record, size in
        line(
          record.name,
          "\(counted(record.fileCount, "file")), \(byteText(size.0)) of data, plan \(size.1.plan.rawValue), "
            + "\(counted(size.1.stepsPerRead, "step")) a read" + (record.ownGridText.map { ", from \($0) cells" } ?? "")
        )
      }
      + [
        line("memory", "\(byteText(plan.memory)) a rank, predicted"),
        line("disk", "\(byteText(kept)) beside the output until it is complete, and as much at the most for it"),
        line(
          "time",
          "\(Assumptions.readingText(bytes.reduce(0, +), rate: Assumptions.recordReading, ranks: ranks)) on \(counted(ranks, "rank"))"
        ),
        line("output", running.outputs.map(\.path).joined(separator: ", ")),
      ] + (checkpointText(checkpoint, plan).map { [line("checkpoint", $0)] } ?? [])
      + (plan.classes?.sets ?? []).map { set in
        line("classes", "\(set.classes.count) of \(set.title): \(set.classes.map(\.name).joined(separator: ", "))")
      }).joined(separator: "\n")
  }

  /// What an interrupted run left beside the output; nil where there is nothing.
  private func checkpointText(_ path: String?, _ plan: Plan) -> String? {
    CheckpointText(path ?? "", isDiscarded: running.restarts).text(isThere: path != nil) {
      let all = plan.partition.cells.count
      return "\(grouped(try begin(plan, .single).0.resumed)) of \(counted(all, "cell"))"
    }
  }

  // MARK: Run

  func perform(_ run: JobRun) throws -> String {
    let communicator = run.communicator
    var plan = try plan(
      ranks: communicator.size, baseMemory: peakMemoryBytes(), isRough: false, run.timer, communicator)
    let (catalogue, partition) = (plan.catalogue, plan.partition)
    run.report.predictedPeakMemory = plan.memory
    for (record, readPlan) in zip(catalogue.records, plan.ingest.plans) { run.report.readPlans[record.name] = readPlan }
    let (output, parameters) = try begin(plan, communicator)
    try warnings(output, parameters, &plan.warnings, communicator)
    if communicator.isRoot, output.resumed > 0 {
      Log.info("resumed: \(grouped(output.resumed)) of \(grouped(partition.cells.count)) cells were done")
    }

    let share = partition.share(of: communicator.rank)
    let own = partition.cells[share]
    var balance = ImplausibleValues(MonthlyBalance(catalogue, cells: own.count), catalogue, cells: own)
    let account = try run.timer.measure("read") {
      try plan.ingest.run(into: &balance) { run.progress.update(share: $0) }
    }
    run.bytesRead = account.bytesRead
    let implausible = try ImplausibleValues<MonthlyBalance>.concern(about: balance.places, catalogue, communicator)
    try plan.warnings.add(implausible.map { [$0] } ?? [])
    try noteMasks(balance.collected, plan, &plan.warnings, communicator)

    let given = try communicator.together {
      try settings.given.map { try GivenDistributions($0, settings, on: catalogue.grid, cells: own) }
    }
    let cells = try DroughtCells(
      settings, catalogue, balance.collected, given, cells: own, rows: plan.rows)
    func local(_ block: Range<Int>) -> Range<Int> {
      block.lowerBound - share.lowerBound..<block.upperBound - share.lowerBound
    }
    try run.timer.measure("compute") {
      try output.fill(run.progress) { cells.values(of: local($0)) }
      try parameters?.fill(run.progress) { cells.parameters(of: local($0)) }
      cells.completeRows()
    }
    let results = CellResults(
      cells.known, partition, communicator, isSelected: plan.selection.isSelected,
      rowWithoutData: plan.rows.row(.notLand), rowOutside: plan.rows.row(.outsideSelection))
    let summary = try run.timer.measure("summary") {
      try DroughtSummary(settings, plan.rows, catalogue, results, plan.classes)
    }
    summary.concerns.forEach { plan.warnings.addLate($0) }
    try run.timer.measure("write") {
      try run.checkLocks()
      let index = settings.index.words
      try parameters?.assemble(attributes(plan, "Distributions of the \(index)"), run.progress)
      try output.assemble(attributes(plan, index.prefix(1).uppercased() + index.dropFirst()), run.progress)
      try communicator.together {
        guard communicator.isRoot, let table, let found = summary.table else { return }
        try found.table.write(to: table)
      }
      // Together: the same command resumes only where none of its outputs is there.
      try parameters?.commit()
      try output.commit()
    }
    run.report.cellsComputed = partition.cells.count - output.resumed
    run.report.cellsResumed = output.resumed
    run.report.areaWeights = catalogue.grid.weightOrigin
    run.report.warnings = plan.warnings.texts
    run.report.statusCounts = summary.statusCounts
    run.report.results = summary.results
    try plan.warnings.finish()
    return summary.text
  }

  /// The outputs, with what earlier runs have finished.
  private func begin(
    _ plan: Plan, _ communicator: Communicator
  ) throws -> (SeriesOutput, SeriesOutput?) {
    let input = try communicator.onRoot {
      try plan.catalogue.identity()
        + (try settings.given.map { " " + String(try Checksum.ofFile($0), radix: 16) } ?? "")
    }
    let identity = [self.identity, input, ProgramVersion.number].joined(separator: "\n")
    func begin(_ record: SeriesOutput.Description) throws -> SeriesOutput {
      try SeriesOutput(record, plan.partition, identity: identity, discard: running.restarts, communicator)
    }
    return (try begin(plan.record), try plan.parameters.map(begin))
  }

  private func warnings(
    _ output: SeriesOutput, _ parameters: SeriesOutput?, _ warnings: inout Warnings, _ communicator: Communicator
  ) throws {
    for concern in output.concerns + (parameters?.concerns ?? []) { warnings.note(concern) }
    for output in [output, parameters].compactMap({ $0 }) {
      let concern = try communicator.onRoot { try output.checkSpace() ?? "" }
      if !concern.isEmpty { warnings.note(concern) }
    }
  }

  /// Tells of cells in which some of the sources have values and others none, and of gaps.
  ///
  /// Collective.
  private func noteMasks(
    _ balance: MonthlyBalance, _ plan: Plan, _ warnings: inout Warnings, _ communicator: Communicator
  ) throws {
    let cells = plan.partition.cells.count
    let without = try communicator.allReduce(balance.present.map { $0.count { $0 == 0 } }, .sum)
    let own = balance.present[0].indices
    let gappy = try communicator.allReduce(
      [own.count { cell in balance.gaps[cell] > 0 && balance.present.allSatisfy { $0[cell] > 0 } }], .sum)[0]
    let names = settings.terms.map { "'\($0.request.expression.names)'" }
    var first = plan.catalogue
    first.keepFirstStep()
    for source in names.indices.dropFirst() {
      let isThere = try ValidCells.scan(source: source, of: first, communicator)
      let known = Set(plan.partition.cells)
      let more = isThere.indices.count {
        isThere[$0] && plan.selection.isSelected[$0] && !known.contains($0)
      }
      guard without[source] > 0 || more > 0 else { continue }
      warnings.note(
        "the masks differ: of \(counted(cells, "cell")) with \(names[0]), \(without[source]) \(without[source] == 1 ? "has" : "have") no \(names[source]); "
          + "\(counted(more, "cell", ("has", "have"))) \(names[source]) alone; there is no balance there")
    }
    guard gappy > 0 else { return }
    warnings.note(
      "in \(counted(gappy, "cell")) some months have no balance; sums over them are missing, see months_missing")
  }

  /// - Parameter what: The record that they are of.
  private func attributes(_ plan: Plan, _ what: String) -> MapWriter.FileAttributes {
    let reference =
      settings.index == .spei
      ? "Vicente-Serrano et al. (2010), doi:10.1175/2009JCLI2909.1; Begueria et al. (2014), doi:10.1002/joc.3887; Hosking "
        + "and Wallis (1997), Regional Frequency Analysis"
      : "McKee et al. (1993), 8th Conference on Applied Climatology; Thom (1958), Monthly Weather Review 86"
    return MapWriter.FileAttributes(
      title: "\(what) (\(settings.index.rawValue.uppercased())) of \(settings.balanceText), "
        + plan.catalogue.period,
      source: ProgramVersion.source,
      references: reference, commandLine: commandLine,
      comment: plan.warnings.added(
        to: "\(settings.text); sums of \(settings.balanceText) in mm that end with the month, \(plan.catalogue.period)."
      ),
      configuration: configuration)
  }
}

extension Double {
  /// The number as single precision has it.
  fileprivate var float: Double { Double(Float(self)) }
}
