import Distributed
import Kernels

/// The threshold method on an input whose headers are known.
struct ThresholdMethod: Method {
  typealias Status = CellStatus

  let job: ThresholdJob
  let catalogue: Catalogue
  let seasonMaps: SeasonMaps

  /// Samples of a cell at the most.
  var sampleCount: Int { job.members.isEmpty ? catalogue.months.count : catalogue.members.count }

  var description: [String] {
    [
      "samples:  "
        + (job.members.isEmpty
          ? counted(sampleCount, "month") : "\(counted(sampleCount, "member")), reference \(job.members[0])")
    ]
  }

  /// What the response is in words.
  var response: String {
    if let name = job.responseName { return name }
    let own = catalogue.quantity(ThresholdJob.responseSource, job.requests)
    guard job.requests.count > ThresholdJob.otherSource else { return own }
    return QuantityName.fraction(of: own, with: catalogue.quantity(ThresholdJob.otherSource, job.requests))
  }

  var attributes: MapWriter.FileAttributes {
    let moisture = catalogue.sources[ThresholdJob.moistureSource]
    let period = "\(catalogue.months[0])/\(catalogue.months[catalogue.months.count - 1])"
    return MapWriter.FileAttributes(
      title: "Soil moisture thresholds of \(response), \(period)", source: ProgramVersion.source,
      references:
        "Yan et al. (2024), Journal of Geophysical Research: Atmospheres, soil moisture thresholds of terrestrial carbon uptake",
      commandLine: commandLine,
      comment: "Response '\(response)' against moisture '\(moisture.longName)', \(period), "
        + (job.members.isEmpty
          ? "months as samples." : "\(counted(job.members.count, "member")), reference \(job.members[0])."),
      configuration: job.settings.configuration)
  }

  func result(_ status: CellStatus) -> ThresholdCell { ThresholdCell(ThresholdResult(status: status)) }

  /// What a year's months become: season sums of members, or the months where they are the samples.
  func reduction(on cells: [Int]) throws -> any Reduction {
    let seasons = try seasonMaps.seasons(of: cells)
    return job.members.isEmpty
      ? MonthlyValues(seasons, sources: catalogue.sources.count)
      : SeasonSums(seasons, sources: catalogue.sources.count)
  }

  func data(cells: Int) -> PairCollector { PairCollector(catalogue, isEnsemble: !job.members.isEmpty, cells: cells) }

  func dataBytes(cells: Int) -> Int {
    PairCollector.bytes(
      sources: catalogue.sources.count, members: catalogue.members.count, months: catalogue.months.count,
      isEnsemble: !job.members.isEmpty, cells: cells)
  }

  func cells(_ data: PairCollector, _ partition: Partition, rank: Int) throws -> ThresholdCells {
    try ThresholdCells(self, partition, data, rank: rank)
  }

  func computingBytes(_ partition: Partition, rank: Int) -> Int {
    ThresholdKernel.predictedBytes(options: job.options, maximumPairs: sampleCount)
      + CellLoop.bytes(
        own: partition.share(of: rank).count, ranks: partition.rankCount, input: PartInput.length(pairs: sampleCount),
        parts: ThresholdKernel.partCount(of: job.options),
        part: ThresholdKernel.largestPart(of: job.options, samples: sampleCount))
  }

  /// Saved curves: of the rank's own cells, and on rank 0 of all, as text while they travel.
  func keptBytes(_ partition: Partition, rank: Int) -> Int {
    guard job.savesCurves, job.points.isEmpty else { return 0 }
    let (own, numbers) = (partition.share(of: rank).count, 2 * sampleCount + 7 * 100)
    return 8 * numbers * own + (rank == 0 ? 40 * numbers * partition.cells.count : 20 * numbers * own)
  }

  func computingTime(cells: Int, ranks: Int) -> String? {
    ComputingTime(options: job.options, samples: sampleCount).text(cells: cells, ranks: ranks)
  }

  var readingRate: Double { job.members.isEmpty ? Assumptions.recordReading : Assumptions.ensembleReading }

  var concerns: [String] { job.concerns(about: catalogue) }
  var notes: [String] { seasonMaps.notes }

  func concerns(on cells: [Int]) -> [String] { job.concerns(aboutPointsAmong: cells, on: catalogue.grid) }
  func advice(_ status: CellStatus) -> String? { job.advice(status) }

  func implausibleCells(_ cells: ThresholdCells, count: Int) -> [ImplausibleCell] {
    (0..<count).compactMap(cells.tooWideRange)
  }

  func concerns(about cells: ThresholdCells, count: Int, _ communicator: Communicator) throws -> [String] {
    guard !job.members.isEmpty else { return [] }
    return try MemberCheck(
      job: job.settings, moistureSource: ThresholdJob.moistureSource,
      responses: job.requests.indices.filter { $0 != ThresholdJob.moistureSource }, samples: cells.samples,
      cells: count, communicator: communicator
    ).concerns()
  }

  /// Writes the curves that are wanted.
  func writeMore(_ cells: ThresholdCells, _ warnings: inout Warnings, _ communicator: Communicator) throws {
    let saved = try cells.curves.gathered(communicator)
    try communicator.together {
      guard communicator.isRoot, !saved.isEmpty else { return }
      cells.files = try CurveOutput(method: self, warnings: warnings).write(saved, to: job.curvesOutput)
    }
  }

  /// Adds the files of curves, and what an iteration of training took.
  func complete(_ report: inout RunReport, _ results: MethodResults<Self>) throws {
    for file in results.work.files { report.addOutput(file.kind, file.path) }
    let place = results.rows.place("iterations")
    var own = 0
    results.cells.forEachRow { own += $1[place].isNaN ? 0 : Int($1[place]) }
    let iterations = try results.cells.communicator.allReduce([own], .sum)[0]
    guard iterations > 0, report.cellsComputed > 0 else { return }
    // Cells of an earlier run cost this one nothing.
    let share = Double(report.cellsComputed) / Double(report.cellsComputed + report.cellsResumed)
    report.results["microseconds_per_cell_epoch"] = report.cpuSeconds / (share * Double(iterations)) * 1e6
  }
}
