import Distributed
import Kernels

/// From the samples of a cell to its threshold; a part is a network or some of its refits.
final class ThresholdCells: MethodCells {
  let hasParts = true
  /// Curves that the user wants, of the cells that are finished.
  private(set) var curves: CurveCollection
  /// Files of these curves, once they are written, on rank 0.
  var files: [RunOutput] = []

  private let job: ThresholdJob
  private let catalogue: Catalogue
  private let months: [Month]
  private let partition: Partition
  private let seasons: Seasons
  private let collector: PairCollector
  private let share: Range<Int>
  private let kernel: ThresholdKernel

  init(_ method: ThresholdMethod, _ partition: Partition, _ collector: PairCollector, rank: Int) throws {
    job = method.job
    catalogue = method.catalogue
    months = catalogue.months
    self.partition = partition
    seasons = try method.seasonMaps.seasons(of: partition.cells)
    self.collector = collector
    curves = CurveCollection(job, catalogue.grid)
    share = partition.share(of: rank)
    kernel = ThresholdKernel(options: job.options, maximumPairs: method.sampleCount)
  }

  // A saved curve is in no checkpoint.
  func mustCompute(cell: Int) -> Bool { curves.wants(cell: cell) }

  func begin(_ position: Int) -> CellBeginning<ThresholdCell> {
    let cell = partition.cells[share.lowerBound + position]
    switch samples(ofCellAt: position) {
    case .unavailable(let status):
      return .finished(kept(ThresholdCell(ThresholdResult(status: status)), cell, x: [], y: [], nil))
    case .available(let x, let y, let normal):
      let pairs = SortedSamples(x: x, y: y)
      if kernel.needsFit(pairs) {
        let input = PartInput(cell: cell, normal: normal, pairs: pairs)
        return .divided(CellInput(numbers: input.numbers, partCount: kernel.partCount))
      }
      var curve: ThresholdCurve?
      let result = kernel.result(of: pairs, parts: [], curve: &curve)
      return .finished(kept(ThresholdCell(result), cell, x: x, y: y, nil))
    }
  }

  func compute(part: Int, of input: [Double]) -> [Double] {
    let input = PartInput(input)
    return kernel.fits(part: part, of: input.pairs, cell: input.cell)
  }

  func finish(_ position: Int, input: [Double], parts: [[Double]]) -> ThresholdCell {
    let input = PartInput(input)
    var curve: ThresholdCurve?
    let result = kernel.result(of: input.pairs, parts: parts, curve: &curve)
    var (x, y): ([Double], [Double]) = ([], [])
    if curves.wants(cell: input.cell), case .available(let allX, let allY, _) = samples(ofCellAt: position) {
      (x, y) = (allX, allY)
    }
    return kept(ThresholdCell(result, absolute: result.smt / 100 * input.normal), input.cell, x: x, y: y, curve)
  }

  /// Keeps the curve of a cell if it is wanted.
  private func kept(
    _ result: ThresholdCell, _ cell: Int, x: [Double], y: [Double], _ curve: ThresholdCurve?
  ) -> ThresholdCell {
    curves.add(result.result, x: x, y: y, curve, cell: cell)
    return result
  }

  // MARK: Samples

  private enum Samples {
    case unavailable(CellStatus)
    /// Pairs in percent, and the moisture that is 100 %: the reference's, or the mean of the months.
    case available(x: [Double], y: [Double], normal: Double)
  }

  private func samples(ofCellAt position: Int) -> Samples {
    let place = share.lowerBound + position
    guard seasons.first[place] != 0, seasons.last[place] != 0 else { return .unavailable(.noSeason) }
    let moisture = samples(ThresholdJob.moistureSource, position)
    var response = samples(ThresholdJob.responseSource, position)
    if job.requests.count > ThresholdJob.otherSource {
      let other = samples(ThresholdJob.otherSource, position)
      response = zip(response, other).map { evaporativeFraction(latent: $0, sensible: $1, floor: job.fractionFloor) }
    }
    // One of three sources that is infinite makes a pair that may not show it.
    let sources = job.requests.indices.lazy.map { self.samples($0, position) }
    guard !sources.contains(where: { $0.contains(where: \.isInfinite) }) else { return .unavailable(.implausibleRange) }
    let toPercent = job.members.isEmpty ? percentOfOwnMean : percentOfReference
    let pairs = moisture.withUnsafeBufferPointer { moisture in
      response.withUnsafeBufferPointer { toPercent(moisture, $0, job.moistureFloor, job.responseFloor) }
    }
    switch pairs {
    case .pairs(let x, let y): return .available(x: x, y: y, normal: normal(moisture, x))
    case .unavailable(let status): return .unavailable(status)
    }
  }

  /// Where moisture departs most from normal in a cell in which it ranges too widely; nil in other cells.
  func tooWideRange(_ position: Int) -> ImplausibleCell? {
    guard case .available(let x, let y, _) = samples(ofCellAt: position) else { return nil }
    let pairs = SortedSamples(x: x, y: y)
    guard let first = pairs.x.first, let last = pairs.x.last, last - first > job.options.largestSpan,
      let sample = x.firstIndex(of: abs(first - 100) > abs(last - 100) ? first : last)
    else { return nil }
    let isMonth = job.members.isEmpty
    return ImplausibleCell(
      cell: partition.cells[share.lowerBound + position],
      sources: ThresholdJob.moistureSource..<ThresholdJob.moistureSource + 1, member: isMonth ? 0 : sample,
      steps: isMonth ? sample..<sample + 1 : catalogue.steps.indices)
  }

  /// The samples of a source in a cell of this rank; NaN where anything is missing.
  func samples(_ source: Int, _ position: Int) -> [Double] {
    collector.samples(source: source, position: position, seasonDays: seasonDays(source, share.lowerBound + position))
  }

  private func normal(_ moisture: [Double], _ percent: [Double]) -> Double {
    guard job.members.isEmpty else { return moisture[0] }
    let used = zip(moisture, percent).filter { !$1.isNaN }.map(\.0)
    return used.reduce(0, +) / Double(used.count)
  }

  /// Days of the growing season of a cell over all months of the job.
  private func seasonDays(_ source: Int, _ place: Int) -> Double {
    seasons.days(of: months, catalogue.sources[source].calendar, position: place)
  }
}
