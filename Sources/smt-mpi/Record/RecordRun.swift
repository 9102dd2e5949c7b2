import Distributed
import Kernels

/// A run of the attribution on all ranks.
struct AttributionRun {
  let job: AttributionJob
  let communicator: Communicator

  func run() throws {
    let start = wallSeconds()
    let baseMemory = peakMemoryBytes()
    let timer = PhaseTimer()
    var report = RunReport(
      command: Attribute.commandName, commandLine: commandLine, versions: ProgramVersion.all, ranks: communicator.size)

    let catalogue = try timer.measure("catalogue") {
      try Catalogue.make([job.request], members: [], period: job.months, communicator)
    }
    try communicator.together {
      guard communicator.isRoot, catalogue.contains(file: job.running.output) else { return }
      throw JobError(.cannotWrite, "--output \(job.running.output) is one of the input files; give another name")
    }
    let source = catalogue.sources[0]
    let (layers, periods) = try communicator.together {
      (try job.layers(of: source), try job.periods(of: catalogue.years.map(\.year)))
    }
    if communicator.isRoot {
      for warning in catalogue.warnings { Launch.say("warning: \(warning)") }
      if source.gapCount() > 0 { Launch.say("warning: \(source.gapCount()) months are missing and count as missing data") }
    }
    let selection = try timer.measure("cells") {
      try CellSelection.make(job.choice, source: 0, of: catalogue, communicator)
    }
    let partition = Partition(cells: selection.cells, ranks: communicator.size)
    let share = partition.share(of: communicator.rank)
    let ingest = Ingest(
      catalogue, partition, communicator, forced: job.running.plan, budget: job.running.readBudget)
    let reduction = SeasonMeansReduction(layers: layers, seasons: job.seasons, basis: job.basis)
    let fields = AttributionFields(layers: layers, seasons: job.seasons)
    let recordLength = fields.length * periods.count
    let memory = AttributionMemory(catalogue, partition, ingest.plans, reduction, recordLength: recordLength)
    try job.running.checkMemory(memory.largestRank(base: baseMemory), communicator)
    report.predictedPeakMemory = memory.largestRank(base: baseMemory)

    let years = catalogue.years.map(\.year)
    var values = YearValues(cells: share.count, years: years.count, width: reduction.width(ofSource: 0))
    let reading = ProgressLine("reading", communicator, interval: job.running.progress)
    let account = try timer.measure("read") {
      defer { reading.finish() }
      return try ingest.run(reduction, into: &values) { reading.update(share: $0) }
    }

    let cells = AttributionCells(job, layers, years: years, periods: periods, values)
    let outcome = try timer.measure("compute") {
      let progress = ProgressLine("computing", communicator, interval: job.running.progress)
      defer { progress.finish() }
      // The cells take seconds; a checkpoint would take longer than to compute them again.
      return try CellLoop(partition, communicator).run(
        recordLength: recordLength, checkpoint: nil, finished: [:], progress: progress
      ) { cells.compute($0, into: $1) }
    }

    var maps = AttributionMaps(
      fields, periods: periods, grid: catalogue.grid, statusOfOthers: selection.isSelected.map {
        $0 ? .notLand : .outsideSelection
      }, isRoot: communicator.isRoot)
    try timer.measure("gather") {
      try ResultGathering.run(outcome.values, recordLength: recordLength, partition, communicator) { positions, rows in
        for (index, position) in positions.enumerated() {
          maps.set(partition.cells[position], row: rows[index * recordLength..<(index + 1) * recordLength])
        }
      }
    }
    try timer.measure("write") {
      try communicator.together {
        guard communicator.isRoot else { return }
        try AttributionOutput(job: job, catalogue: catalogue, fields: fields, periods: periods).write(
          maps, to: job.running.output)
      }
    }
    try report.complete(timer, outcome, account, ingest, catalogue, start: start, communicator)
    guard communicator.isRoot else { return }
    let summary = AttributionSummary(maps, catalogue.grid)
    report.statusCounts = summary.statusCounts
    report.results = summary.results
    if let path = job.running.report { try report.write(to: path) }
    print(report.phaseTable)
    print(summary.text)
    print("maps: \(job.running.output)")
  }
}

/// Memory that a run of the attribution needs, predicted from sizes that are known before the work starts.
struct AttributionMemory {
  private let perRank: [Int]

  init(
    _ catalogue: Catalogue, _ partition: Partition, _ plans: [SourceReadPlan], _ reduction: SeasonMeansReduction,
    recordLength: Int
  ) {
    let width = reduction.width(ofSource: 0)
    let cells = catalogue.grid.cellCount
    perRank = (0..<partition.rankCount).map { rank in
      let own = partition.share(of: rank).count
      let held = 8 * own * width * catalogue.years.count
      let reading =
        Ingest.bytes(source: 0, plans[0], of: catalogue, partition, rank: rank, width: width)
        + 8 * reduction.workWidth(ofSource: 0) * (plans[0].plan == .field ? partition.cells.count : own)
      let scan = ValidCells.bytes(source: 0, of: catalogue)
      let writing = rank == 0 ? 8 * cells * (recordLength + 3) : 0
      return held + 8 * own * recordLength + max(scan, reading, writing) + catalogue.bytes
    }
  }

  /// Bytes of the rank that needs most, given what a process takes before the work starts.
  func largestRank(base: Int) -> Int { base + ThresholdMemory.libraryBytes + (perRank.max() ?? 0) }
}
