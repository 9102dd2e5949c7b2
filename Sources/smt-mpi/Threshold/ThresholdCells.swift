import Distributed
import Kernels

/// From the samples of a cell to its threshold.
struct ThresholdCells {
  let job: ThresholdJob
  let catalogue: Catalogue
  let partition: Partition
  let seasons: Seasons
  let collector: PairCollector
  let share: Range<Int>
  private let kernel: ThresholdKernel

  init(
    _ job: ThresholdJob, _ catalogue: Catalogue, _ partition: Partition, _ seasons: Seasons, _ collector: PairCollector,
    rank: Int
  ) {
    self.job = job
    self.catalogue = catalogue
    self.partition = partition
    self.seasons = seasons
    self.collector = collector
    share = partition.share(of: rank)
    kernel = ThresholdKernel(options: job.options, maximumPairs: Self.pairCount(job, catalogue))
  }

  /// Pairs of a cell at the most.
  static func pairCount(_ job: ThresholdJob, _ catalogue: Catalogue) -> Int {
    job.members.isEmpty ? catalogue.months.count : catalogue.members.count
  }

  /// What is known of a cell: its result, its pairs and its fitted curve.
  struct Cell {
    var record: ThresholdRecord
    var x: [Double] = []
    var y: [Double] = []
    var curve: ThresholdCurve?
  }

  /// Computes the cell at a position within the rank's share.
  func compute(_ position: Int) -> Cell {
    let place = share.lowerBound + position
    guard seasons.first[place] != 0, seasons.last[place] != 0 else {
      return Cell(record: ThresholdRecord(ThresholdResult(status: .noSeason)))
    }
    let moisture = samples(ThresholdJob.moistureSource, position)
    var response = samples(ThresholdJob.responseSource, position)
    if job.requests.count > ThresholdJob.otherSource {
      let other = samples(ThresholdJob.otherSource, position)
      response = zip(response, other).map { evaporativeFraction(latent: $0, sensible: $1, floor: job.fractionFloor) }
    }
    let toPercent = job.members.isEmpty ? percentOfOwnMean : percentOfReference
    let pairs = moisture.withUnsafeBufferPointer { moisture in
      response.withUnsafeBufferPointer { toPercent(moisture, $0, job.moistureFloor, job.responseFloor) }
    }
    guard case .pairs(let x, let y) = pairs else {
      if case .unavailable(let status) = pairs { return Cell(record: ThresholdRecord(ThresholdResult(status: status))) }
      return Cell(record: ThresholdRecord(ThresholdResult(status: .missingMonths)))
    }
    var curve: ThresholdCurve?
    let result = x.withUnsafeBufferPointer { x in
      y.withUnsafeBufferPointer { kernel.compute(x: x, y: $0, cell: partition.cells[place], curve: &curve) }
    }
    let absolute = result.smt / 100 * normal(moisture, x)
    return Cell(record: ThresholdRecord(result, absolute: absolute), x: x, y: y, curve: curve)
  }

  private func samples(_ source: Int, _ position: Int) -> [Double] {
    collector.samples(source: source, position: position, seasonDays: seasonDays(source, share.lowerBound + position))
  }

  /// The moisture that is 100 %: the reference's, or the mean of the months.
  private func normal(_ moisture: [Double], _ percent: [Double]) -> Double {
    guard job.members.isEmpty else { return moisture[0] }
    let used = zip(moisture, percent).filter { !$1.isNaN }.map(\.0)
    return used.reduce(0, +) / Double(used.count)
  }

  /// Days of the growing season of a cell over all months of the job.
  private func seasonDays(_ source: Int, _ place: Int) -> Double {
    let calendar = catalogue.sources[source].calendar
    return catalogue.months.reduce(0) { sum, month in
      seasons.contains(UInt8(month.month), position: place) ? sum + Double(calendar.dayCount(of: month)) : sum
    }
  }
}
