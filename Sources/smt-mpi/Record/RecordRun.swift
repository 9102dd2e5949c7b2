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
      try Catalogue.make([record.request], members: [], period: record.months, communicator)
    }
    try communicator.together {
      guard communicator.isRoot, catalogue.contains(file: record.running.output) else { return }
      throw JobError(.cannotWrite, "--output \(record.running.output) is one of the input files; give another name")
    }
    let source = catalogue.sources[0]
    let method = try communicator.together { try job.method(for: catalogue) }
    if communicator.isRoot {
      for warning in catalogue.warnings { Launch.say("warning: \(warning)") }
      if let remark = productRemark(catalogue, method.periods) { Launch.say("warning: \(remark)") }
      if source.gapCount() > 0 {
        Launch.say("warning: \(source.gapCount()) months are missing and count as missing data")
      }
    }
    let selection = try timer.measure("cells") {
      try CellSelection.make(record.choice, source: 0, of: catalogue, communicator)
    }
    let partition = Partition(cells: selection.cells, ranks: communicator.size)
    let share = partition.share(of: communicator.rank)
    let reduction = method.reduction
    let ingest = Ingest(
      catalogue, partition, communicator, reduction, forced: record.running.plan, budget: record.running.readBudget)
    let recordLength = method.fields.length * method.periods.count + catalogue.years.count
    let memory = RecordMemory(
      catalogue, partition, ingest.plans, reduction, method.fields, periods: method.periods.count)
    try record.running.checkMemory(memory.largestRank(base: baseMemory), communicator)
    report.predictedPeakMemory = memory.largestRank(base: baseMemory)

    let years = catalogue.years.map(\.year)
    var values = YearValues(cells: share.count, years: years.count, width: reduction.width(ofSource: 0))
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
        recordLength: recordLength, checkpoint: nil, finished: [:], progress: progress, compute: compute)
    }

    var maps = ResultMaps(
      method.fields, periods: method.periods, years: years, grid: catalogue.grid,
      statusOfOthers: selection.isSelected.map { $0 ? method.statusWithoutData : method.statusOutside },
      isRoot: communicator.isRoot)
    try timer.measure("gather") {
      try ResultGathering.run(outcome.values, recordLength: recordLength, partition, communicator) { positions, rows in
        for (index, position) in positions.enumerated() {
          maps.set(partition.cells[position], row: rows[index * recordLength..<(index + 1) * recordLength])
        }
      }
    }
    try timer.measure("write") {
      try ChunkCompression.run(communicator) { try method.write(maps, $0) }
    }
    try report.complete(timer, outcome, account, ingest, catalogue, start: start, communicator)
    guard communicator.isRoot else { return }
    let summary = method.summary(of: maps)
    report.statusCounts = summary.statusCounts
    report.results = summary.results
    report.series = summary.series
    if let path = record.running.report { try report.write(to: path) }
    print(report.phaseTable)
    print(summary.text)
    print("maps: \(record.running.output)")
  }
}

/// Memory that a run on the years of one record needs, predicted from sizes that are known before the work starts.
struct RecordMemory {
  private let perRank: [Int]

  init(
    _ catalogue: Catalogue, _ partition: Partition, _ plans: [SourceReadPlan], _ reduction: some YearReduction,
    _ fields: [ResultField], periods: Int
  ) {
    let recordLength = fields.length * periods + catalogue.years.count
    let largest = (fields.map(\.range.count).max() ?? 0) * periods
    let width = reduction.width(ofSource: 0)
    let cells = catalogue.grid.cellCount
    perRank = (0..<partition.rankCount).map { rank in
      let own = partition.share(of: rank).count
      let held = 8 * own * width * catalogue.years.count
      let reading = Ingest.bytes(source: 0, plans[0], of: catalogue, partition, rank: rank, reduction)
      let scan = ValidCells.bytes(source: 0, of: catalogue)
      // Rank 0 holds the numbers of all cells, once more by variable, the largest variable again while it is put
      // together and written, and some maps for the summary.
      let writing = rank == 0 ? 8 * cells * (2 * recordLength + 4 * largest + 8) : 0
      return held + 8 * own * recordLength + max(scan, reading, writing) + catalogue.bytes(ranks: partition.rankCount)
    }
  }

  /// Bytes of the rank that needs most, given what a process takes before the work starts.
  func largestRank(base: Int) -> Int { base + Assumptions.libraryBytes + (perRank.max() ?? 0) }
}
