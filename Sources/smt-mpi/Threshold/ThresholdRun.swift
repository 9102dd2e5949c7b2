import Distributed
import Foundation
import Kernels

/// A run of the threshold method on all ranks.
struct ThresholdRun {
  let job: ThresholdJob
  let communicator: Communicator

  func run() throws {
    let start = wallSeconds()
    let baseMemory = peakMemoryBytes()
    let timer = PhaseTimer()
    var report = RunReport(
      command: Threshold.commandName, commandLine: commandLine, versions: ProgramVersion.all, ranks: communicator.size)

    let catalogue = try timer.measure("catalogue") {
      try Catalogue.make(
        job.requests, members: job.members, period: job.period, chosenBy: ThresholdJob.moistureSource, communicator)
    }
    try communicator.together {
      guard communicator.isRoot, catalogue.contains(file: job.running.output) else { return }
      throw JobError(.cannotWrite, "--output \(job.running.output) is one of the input files; give another name")
    }
    var warnings = Warnings(isStrict: job.running.isStrict, communicator)
    try warnings.add(catalogue.warnings + job.concerns(about: catalogue))
    let (selection, seasonMaps) = try timer.measure("cells") {
      let maps = try SeasonMaps.read(job, catalogue, communicator)
      let source = ThresholdJob.moistureSource
      return (try CellSelection.make(job.choice, source: source, of: catalogue, communicator), maps)
    }
    try warnings.add(job.concerns(aboutPointsAmong: selection.cells, on: catalogue.grid))
    let partition = Partition(cells: selection.cells, ranks: communicator.size)
    let seasons = try communicator.together { try seasonMaps.seasons(of: selection.cells) }
    let share = partition.share(of: communicator.rank)
    let reduction = job.reduction(seasons)
    let ingest = Ingest(
      catalogue, partition, communicator, reduction, forced: job.running.plan, budget: job.running.readBudget)
    let memory = ThresholdMemory(job, catalogue, partition, ingest.plans, reduction)
    try job.running.checkMemory(memory.largestRank(base: baseMemory), communicator)
    report.predictedPeakMemory = memory.largestRank(base: baseMemory)

    let checkpoint = Checkpoint(
      output: job.running.output, fingerprint: fingerprint(job.identity + catalogue.identity),
      recordLength: ThresholdRecord.length)
    try checkpoint.check(discard: job.running.restarts, communicator)

    var collector = PairCollector(catalogue, isEnsemble: !job.members.isEmpty, cells: share.count)
    let reading = ProgressLine("reading", communicator, interval: job.running.progress)
    let account = try timer.measure("read") {
      defer { reading.finish() }
      return try ingest.run(into: &collector) { reading.update(share: $0) }
    }

    let cells = ThresholdCells(job, catalogue, partition, seasons, collector, rank: communicator.rank)
    let outcome = try timer.measure("compute") {
      if !job.members.isEmpty {
        let check = MemberCheck(
          job: job, catalogue: catalogue, samples: cells.samples, cells: share.count, communicator: communicator)
        try warnings.add(try check.concerns())
      }
      var finished = try checkpoint.resume(discard: job.running.restarts, communicator)
      // A saved curve is not in the checkpoint, so its cell is computed again.
      finished = finished.filter { !cells.curves.wants(cell: $0.key) }
      let progress = ProgressLine("computing", communicator, interval: job.running.progress)
      defer { progress.finish() }
      return try CellLoop(partition, communicator).run(
        cells, recordLength: ThresholdRecord.length, checkpoint: checkpoint, finished: finished, progress: progress)
    }

    let results = CellResults(
      outcome.values, partition, communicator, isSelected: selection.isSelected,
      rowWithoutData: ThresholdRecord(ThresholdResult(status: .notLand)).row,
      rowOutside: ThresholdRecord(ThresholdResult(status: .outsideSelection)).row)
    try timer.measure("write") {
      let saved = try cells.curves.gathered(communicator)
      let counts = try results.counts(of: CellStatus.self) { Double(ThresholdRecord($0).result.status.rawValue) }
      warnings.addLate(job.concern(about: counts))
      let output = ThresholdOutput(job: job, catalogue: catalogue, warnings: warnings)
      try communicator.together {
        guard communicator.isRoot, !saved.isEmpty else { return }
        let curves = CurveOutput(job: job, catalogue: catalogue, warnings: warnings)
        try curves.write(saved, to: job.curvesOutput)
      }
      try MapWriter.write(output.maps, of: results, on: catalogue.grid, output.attributes, to: job.running.output)
      if communicator.isRoot { checkpoint.remove() }
    }
    let summary = try timer.measure("summary") { try ThresholdSummary(results, on: catalogue.grid) }

    report.warnings = warnings.texts
    try complete(&report, timer, outcome, account, ingest, catalogue, summary, start: start)
    try warnings.finish()
  }

  private func complete(
    _ report: inout RunReport, _ timer: PhaseTimer, _ outcome: CellLoop.Outcome, _ account: Ingest.Account,
    _ ingest: Ingest, _ catalogue: Catalogue, _ summary: ThresholdSummary, start: Double
  ) throws {
    try report.complete(timer, outcome, account, ingest, catalogue, start: start, communicator)
    guard communicator.isRoot else { return }
    report.statusCounts = summary.statusCounts
    report.results = summary.results
    if summary.iterations > 0, report.cellsComputed > 0 {
      // Cells of an earlier run cost this one nothing.
      let share = Double(report.cellsComputed) / Double(report.cellsComputed + report.cellsResumed)
      report.results["microseconds_per_cell_epoch"] = report.cpuSeconds / (share * Double(summary.iterations)) * 1e6
    }
    if let path = job.running.report { try report.write(to: path) }
    print(report.phaseTable)
    print(summary.text)
    print("maps: \(job.running.output)")
  }
}
