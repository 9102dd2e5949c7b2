import Distributed
import Kernels

/// The one way of every job: catalogue, cells, reading, computing, maps, summary, report.
struct Pipeline<Work: Job> {
  typealias Analysis = Work.Analysis

  let job: Work
  let communicator: Communicator

  /// What is known of a job before its data are read.
  struct Plan {
    let catalogue: Catalogue
    let method: Analysis
    let rows: Rows<Analysis.Result>
    let selection: CellSelection
    let partition: Partition
    /// Reading by the plans that fit the partition.
    let ingest: Ingest
    /// Bytes that the rank that needs most is predicted to need.
    let memory: Int
    /// The classes of the table by classes; nil where none is wanted.
    let classes: ClassSummary?
    var warnings: Warnings
  }

  private var settings: JobSettings { job.settings }
  var running: RunSettings { job.settings.running }

  /// Looks at the input and plans the work of so many ranks.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - baseMemory: Bytes that a process takes before the work starts.
  ///   - isRough: Whether land is told from sea by the first month alone, which is quick and good enough for a prediction.
  func plan(ranks: Int, baseMemory: Int, isRough: Bool, _ timer: PhaseTimer) throws -> Plan {
    try InstructionLevel.agree(communicator)
    let catalogue = try timer.measure("catalogue") {
      try Catalogue.make(
        settings.requests, members: settings.members, period: settings.period,
        chosenBy: isRough ? nil : settings.landSource, communicator)
    }
    try communicator.together {
      if communicator.isRoot { try running.checkOutputs(against: catalogue) }
    }
    var warnings = Warnings(isStrict: running.isStrict, communicator)
    let (method, selection) = try timer.measure("cells") {
      let method = try communicator.together { try job.method(for: catalogue, communicator) }
      try warnings.add(catalogue.warnings + method.concerns)
      (catalogue.notes + method.notes).forEach { warnings.note($0) }
      var scanned = catalogue
      if isRough { scanned.keepFirstStep() }
      try communicator.together {
        try CellSelection.checkMemory(source: settings.landSource, of: scanned)
      }
      return (
        method,
        try CellSelection.make(settings.choice, source: settings.landSource, of: scanned, communicator)
      )
    }
    selection.notes.forEach { warnings.note($0) }
    try warnings.add(method.concerns(on: selection.cells))
    let partition = Partition(cells: selection.cells, ranks: ranks)
    let reduction = try communicator.together { try method.reduction(on: selection.cells) }
    let ingest = Ingest(
      catalogue, partition, communicator, reduction, forced: running.plan, budget: running.readBudget)
    let rows = Rows(method.columns)
    let classes = try settings.classTable.map {
      try ClassSummary($0.classes, on: catalogue.grid, of: [catalogue.gridPath], communicator)
    }
    classes?.notes.forEach { warnings.note($0) }
    let memory = JobMemory(
      method, catalogue, partition, ingest.plans, reduction, rows, landSource: settings.landSource, classes: classes
    ).largestRank(base: baseMemory)
    try running.checkMemory(memory, ranks: ranks, communicator)
    if !isRough {
      try communicator.together {
        try MemoryLimit.check(memory - baseMemory, for: "the job, as predicted for a rank of \(ranks),")
      }
    }
    return Plan(
      catalogue: catalogue, method: method, rows: rows, selection: selection, partition: partition,
      ingest: ingest, memory: memory, classes: classes, warnings: warnings)
  }

  /// Does a rank's part of the job; the report is written where it fails too.
  ///
  /// Collective.
  func run() throws {
    let run = JobRun(command: settings.commandName, running, communicator)
    try run.perform { try perform(run) }
  }

  private func perform(_ run: JobRun) throws {
    let (timer, progress) = (run.timer, run.progress)
    progress.announce("\(settings.commandName) on \(counted(communicator.size, "rank")): looking at the input")
    let plan = try plan(ranks: communicator.size, baseMemory: peakMemoryBytes(), isRough: false, timer)
    let (catalogue, method, partition) = (plan.catalogue, plan.method, plan.partition)
    var warnings = plan.warnings
    run.report.predictedPeakMemory = plan.memory
    let maps = plan.rows.maps(isSplit: method.isSplit)
    let concern = try communicator.onRoot {
      try MapWriter.checkSpace(for: maps, on: catalogue.grid, path: running.output)
    }
    if let concern { warnings.note(concern) }
    run.report.warnings = warnings.texts
    progress.announce(
      "reads \(byteText(catalogue.records.reduce(0) { $0 + $1.bytes(on: catalogue.grid) })) of "
        + "\(counted(catalogue.fileCount, "file")), \(catalogue.period), for \(grouped(partition.cells.count)) cells with data"
    )
    debugPlan(plan)
    let checkpoint = try checkpoint(plan)
    try checkpoint.check(discard: running.restarts, communicator)

    let share = partition.share(of: communicator.rank)
    let own = share.count
    var data = ImplausibleValues(method.data(cells: own), catalogue, cells: partition.cells[share])
    let account = try timer.measure("read") {
      try plan.ingest.run(into: &data) { progress.update(share: $0) }
    }

    let cells = try communicator.together { try method.cells(data.collected, partition, rank: communicator.rank) }
    let outcome = try timer.measure("compute") {
      let implausible = data.places + method.implausibleCells(cells, count: own)
      let concern = try ImplausibleValues<Analysis.Data>.concern(about: implausible, catalogue, communicator)
      try warnings.add(concern.map { [$0] } ?? [])
      try warnings.add(try method.concerns(about: cells, count: own, communicator))
      let finished = try checkpoint.resume(discard: running.restarts, communicator)
      finished.concerns.forEach { warnings.note($0) }
      tellResumed(partition.cells.count { finished.rows[$0] != nil && !cells.mustCompute(cell: $0) }, partition)
      return try CellLoop(partition, communicator).run(
        RowWork(cells, plan.rows), rowLength: plan.rows.length, checkpoint: checkpoint,
        finished: finished.rows.filter { !cells.mustCompute(cell: $0.key) }, progress: progress)
    }

    let results = CellResults(
      outcome.values, partition, communicator, isSelected: plan.selection.isSelected,
      rowWithoutData: plan.rows.row(method.result(.notLand)),
      rowOutside: plan.rows.row(method.result(.outsideSelection)))
    let counts = try timer.measure("write") {
      let counts = try statusCounts(results, plan)
      for (period, counts) in counts.enumerated() {
        let concern = ValueShare.concern(counts, of: Analysis.Status.self, advice: method.advice)
        warnings.addLate(concern.map { method.periods.count > 1 ? "\(method.periods.names[period]): \($0)" : $0 })
      }
      try run.checkLocks()
      try method.writeMore(cells, &warnings, communicator)
      var attributes = method.attributes
      attributes.arithmetic = InstructionLevel.preferred.arithmetic
      attributes.comment = warnings.added(to: attributes.comment)
      try run.checkLocks()
      try MapWriter.write(maps, of: results, on: catalogue.grid, attributes, to: running.output)
      if communicator.isRoot { checkpoint.remove() }
      return counts
    }
    let all = MethodResults<Analysis>(
      rows: plan.rows, cells: results, work: cells, grid: catalogue.grid, classes: plan.classes,
      warnings: warnings)
    let (summary, table) = try timer.measure("summary") {
      (try Summary(method, all, counts), try plan.classes.map { try writeTables(ColumnClasses(all, $0), all, method) })
    }
    try run.report.complete(timer, outcome, account, plan.ingest, catalogue, start: run.start, communicator)
    try method.complete(&run.report, all)
    try communicator.together {
      guard communicator.isRoot else { return }
      run.report.add(summary)
      run.report.warnings = warnings.texts
    }
    try run.end([summary.text, table].compactMap(\.self))
    try warnings.finish()
  }

  /// Tells how many cells earlier runs have finished, if any.
  private func tellResumed(_ count: Int, _ partition: Partition) {
    guard communicator.isRoot, count > 0 else { return }
    Log.info("resumed: \(grouped(count)) of \(grouped(partition.cells.count)) cells were done")
  }

  /// Writes the tables by classes, and gives what the terminal is told of them.
  ///
  /// Collective.
  private func writeTables(
    _ classes: ColumnClasses, _ all: MethodResults<Analysis>, _ method: Analysis
  ) throws -> String {
    try communicator.together {
      guard communicator.isRoot, let settings = settings.classTable else { return "" }
      let table = classes.table(minimumArea: settings.classes.minimumArea)
      if let path = settings.path, !method.hasOwnClassTable { try table.table.write(to: path) }
      try method.writeTables(classes, all)
      return (method.hasOwnClassTable ? "" : table.text + "\n") + classes.summary.origin
    }
  }

  /// Tells what is read in which way, and which cells are this rank's.
  private func debugPlan(_ plan: Plan) {
    for (record, readPlan) in zip(plan.catalogue.records, plan.ingest.plans) {
      Log.debug(
        "\(record.name): \(counted(record.fileCount, "file")), plan \(readPlan.plan.rawValue), \(counted(readPlan.stepsPerRead, "step")) a read"
      )
    }
    let share = plan.partition.share(of: communicator.rank)
    Log.debug("owns \(share.count) of \(counted(plan.partition.cells.count, "cell"))")
  }

  /// The checkpoint of the job: of these options, this input, these columns, this arithmetic and this version of the program.
  func checkpoint(_ plan: Plan) throws -> Checkpoint {
    let input = try communicator.onRoot { try plan.catalogue.identity() }
    let identity = [
      settings.identity, input, plan.rows.identity, InstructionLevel.preferred.arithmetic, ProgramVersion.number,
    ]
    return Checkpoint(
      output: running.output, fingerprint: Checksum.of(identity.joined(separator: "\n")),
      rowLength: plan.rows.length, cellCount: plan.catalogue.grid.cellCount, discardOption: "--restart")
  }

  /// Cells by name of their status, of each period or of the whole.
  private func statusCounts(_ results: CellResults, _ plan: Plan) throws -> [[String: Int]] {
    try (0..<max(1, plan.method.periods.count)).map { period in
      let place = plan.rows.place("status", period: period)
      return try results.counts(of: Analysis.Status.self) { $0[place] }
    }
  }
}
