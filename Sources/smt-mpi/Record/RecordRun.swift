import Distributed

/// A run of a job on the years of one record, on all ranks.
struct RecordRun<Job: RecordJob> {
  let job: Job
  let communicator: Communicator

  func run() throws {
    let record = job.record
    let start = wallSeconds()
    let baseMemory = peakMemoryBytes()
    let timer = PhaseTimer()
    var report = RunReport(
      command: Job.commandName, commandLine: commandLine, versions: ProgramVersion.all, ranks: communicator.size)

    let catalogue = try timer.measure("catalogue") {
      try Catalogue.make([record.request], members: [], period: record.months, chosenBy: 0, communicator)
    }
    try communicator.together {
      guard communicator.isRoot, catalogue.contains(file: record.running.output) else { return }
      throw JobError(.cannotWrite, "--output \(record.running.output) is one of the input files; give another name")
    }
    let method = try communicator.together { try job.method(for: catalogue) }
    var warnings = Warnings(isStrict: record.running.isStrict, communicator)
    try job.add(to: &warnings, catalogue, method.periods)
    let selection = try timer.measure("cells") {
      try CellSelection.make(record.choice, source: 0, of: catalogue, communicator)
    }
    let partition = Partition(cells: selection.cells, ranks: communicator.size)
    let share = partition.share(of: communicator.rank)
    let reduction = method.reduction
    let ingest = Ingest(
      catalogue, partition, communicator, reduction, forced: record.running.plan, budget: record.running.readBudget)
    let years = catalogue.years.map(\.year)
    let rows = RecordRows(fields: method.fields, periods: method.periods, years: years)
    let memory = RecordMemory(catalogue, partition, ingest.plans, reduction, rows)
    try record.running.checkMemory(memory.largestRank(base: baseMemory), communicator)
    report.predictedPeakMemory = memory.largestRank(base: baseMemory)

    var values = YearValues(cells: share.count, years: years.count, width: reduction.width)
    let reading = ProgressLine("reading", communicator, interval: record.running.progress)
    let account = try timer.measure("read") {
      defer { reading.finish() }
      return try ingest.run(into: &values) { reading.update(share: $0) }
    }

    let compute = method.computation(values)
    let outcome = try timer.measure("compute") {
      let progress = ProgressLine("computing", communicator, interval: record.running.progress)
      defer { progress.finish() }
      // The cells take seconds; a checkpoint would take longer than to compute them again.
      return try CellLoop(partition, communicator).run(
        recordLength: rows.length, checkpoint: nil, finished: [:], progress: progress, compute: compute)
    }

    let results = CellResults(
      outcome.values, partition, communicator, isSelected: selection.isSelected,
      rowWithoutData: rows.row(Job.Method.Status.notLand), rowOutside: rows.row(Job.Method.Status.outsideSelection))
    try timer.measure("write") {
      for period in rows.periods.indices {
        let place = rows.place("status", period: period)
        let counts = try results.counts(of: Job.Method.Status.self) { $0[place] }
        let concern = ValueShare.concern(counts, of: Job.Method.Status.self)
        warnings.addLate(concern.map { rows.periods.count > 1 ? "\(rows.periods.names[period]): \($0)" : $0 })
      }
      var attributes = method.attributes
      attributes.comment = warnings.added(to: attributes.comment)
      try MapWriter.write(method.maps(rows), of: results, on: catalogue.grid, attributes, to: record.running.output)
    }
    let summary = try timer.measure("summary") { try RecordSummary(method, results, rows, on: catalogue.grid) }
    try report.complete(timer, outcome, account, ingest, catalogue, start: start, communicator)
    try communicator.together {
      guard communicator.isRoot else { return }
      report.statusCounts = summary.statusCounts
      report.results = summary.results
      report.series = summary.series
      report.warnings = warnings.texts
      if let path = record.running.report { try report.write(to: path) }
      print(report.phaseTable)
      print(summary.text)
      print("maps: \(record.running.output)")
    }
    try warnings.finish()
  }
}

/// Memory that a run on the years of one record needs, predicted from sizes that are known before the work starts.
struct RecordMemory {
  private let perRank: [Int]

  init(
    _ catalogue: Catalogue, _ partition: Partition, _ plans: [SourceReadPlan], _ reduction: any Reduction,
    _ rows: RecordRows
  ) {
    let width = reduction.width
    let scan = ValidCells.bytes(source: 0, of: catalogue)
    perRank = (0..<partition.rankCount).map { rank in
      let own = partition.share(of: rank).count
      let held = 8 * own * (width * catalogue.years.count + rows.length)
      let reading = Ingest.bytes(plans, of: catalogue, partition, rank: rank, reduction)
      let writing = MapWriter.bytes(partition, rank: rank, on: catalogue.grid)
      return held + max(scan, reading, writing, SummaryMeans.bytes(partition, rank: rank))
        + catalogue.bytes
    }
  }

  /// Bytes of the rank that needs most, given what a process takes before the work starts.
  func largestRank(base: Int) -> Int { base + Assumptions.libraryBytes + (perRank.max() ?? 0) }
}
