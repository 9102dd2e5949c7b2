/// What Sen's slope and Mann–Kendall need of all pairs of a series: the score and order statistics of the slopes.
///
/// Counting is done in single precision with a margin for its errors and decides only what lies outside it; what lies
/// inside is computed in double precision. So the results are those of double precision throughout, at every level.
struct PairStatistics {
  private let maximumCount: Int
  /// See ``TrendOptions/tieTolerance``.
  private let tieTolerance: Double
  let level: InstructionLevel
  private let doubles: PairMemory<Double>
  private let floats: PairMemory<Float>
  private let integers: PairMemory<Int>
  /// From one row of single-precision numbers to the next.
  let stride: Int
  let slopeCapacity: Int
  /// Times and finite values of the series; values are followed by NaN.
  let (times, values): (UnsafeMutablePointer<Double>, UnsafeMutablePointer<Double>)
  /// Times and values less their means.
  let (centredTimes, centredValues): (UnsafeMutablePointer<Double>, UnsafeMutablePointer<Double>)
  /// Distances of the values from their line.
  let residuals: UnsafeMutablePointer<Double>
  /// Slopes of pairs in windows, followed by NaN: three lists.
  let windowSlopes: UnsafeMutablePointer<Double>
  /// See ``PairRow``.
  let rows: UnsafeMutablePointer<Float>
  /// What the functions of the levels count, six numbers, and their scratch memory.
  let (counters, scratch): (UnsafeMutablePointer<Int>, UnsafeMutablePointer<Int>)
  private var slopeMemory = PairMemory<Double>(0)
  private(set) var count = 0
  private(set) var moments = LineMoments()
  /// The shortest time between neighbouring values.
  private(set) var smallestStep = Double.infinity
  /// Pairs that fall and pairs of equal values, as ``score(quantile:)`` counted them.
  private(set) var falling = 0
  private(set) var equal = 0
  /// Where slopes are counted.
  var pivots = SlopePivots()
  /// Where the slopes of the interval's lower end, the median and the upper end are looked for.
  var windows = [RankWindow](repeating: RankWindow(first: 0, last: 0, zeros: 0..<0), count: 3)
  /// How many times slopes were found by sorting out all of them.
  private(set) var exhaustiveSelections = 0

  init(maximumCount: Int, level: InstructionLevel, tieTolerance: Double = 0) {
    self.maximumCount = maximumCount
    self.tieTolerance = tieTolerance
    self.level = level
    stride = maximumCount + PairStatistics.padding
    slopeCapacity = 8 * maximumCount + 256
    doubles = PairMemory(5 * stride + 3 * (slopeCapacity + PairStatistics.padding))
    floats = PairMemory(PairRow.count * stride)
    integers = PairMemory(6 + slopeCapacity + maximumCount)
    times = doubles.start
    values = times + stride
    centredTimes = values + stride
    centredValues = centredTimes + stride
    residuals = centredValues + stride
    windowSlopes = residuals + stride
    rows = floats.start
    counters = integers.start
    scratch = counters + 6
  }

  /// Twice the longest vector of any level.
  static let padding = 32

  /// Takes over the values that are finite, and their times.
  mutating func load(times: UnsafeBufferPointer<Double>, values: UnsafeBufferPointer<Double>) {
    precondition(times.count == values.count, "as many times as values")
    precondition(values.count <= maximumCount, "a longer series than the estimator was made for")
    let (timeMemory, valueMemory) = (self.times, self.values)
    var kept = 0
    var smallest = Double.infinity
    for index in 0..<values.count where values[index].isFinite {
      if kept > 0 { smallest = min(smallest, times[index] - timeMemory[kept - 1]) }
      timeMemory[kept] = times[index]
      valueMemory[kept] = values[index]
      kept += 1
    }
    precondition(smallest > 0, "times must increase")
    count = kept
    smallestStep = smallest
    if tieTolerance > 0 { joinTies(within: tieTolerance) }
    fitLine()
  }

  /// Takes over finite values one unit of time apart.
  mutating func load(_ values: [Double]) {
    count = values.count
    smallestStep = 1
    for index in 0..<count {
      times[index] = Double(index)
      self.values[index] = values[index]
    }
    fitLine()
  }

  private mutating func fitLine() {
    for index in count..<(count + PairStatistics.padding) { values[index] = .nan }
    guard count >= 2 else { return }
    let first = values[0]
    let isConstant = (1..<count).allSatisfy { values[$0] == first }
    moments = isConstant ? LineMoments(constant: first) : fittedLine()
  }

  /// S and Σ u(u − 1)(2u + 5) over tied groups of u values.
  ///
  /// Counts slopes against the line's slope and two more, `quantile` standard errors away, by the way.
  mutating func score(quantile: Double) -> (s: Int, tieTerm: Int) {
    let total = count * (count - 1) / 2
    if moments.isConstant {
      (falling, equal) = (0, total)
      return (0, count * (count - 1) * (2 * count + 5))
    }
    if let counts = countPairs(quantile: quantile), counts.rising + counts.falling == total {
      (falling, equal) = (counts.falling, 0)
      return (counts.rising - counts.falling, 0)
    }
    // Not from the centred values: centring could make equal what was not.
    let exact = scorePairs()
    (falling, equal) = (total - exact.rising - exact.equal, exact.equal)
    return (exact.rising - falling, exact.tieTerm)
  }

  /// The median and the ends of the interval.
  mutating func slopes(_ ranks: SenRanks) -> (median: Double, low: Double, high: Double) {
    let found = slopesInWindows(ranks) ?? slopesOfAllPairs(ranks)
    // Of equal slopes −0 and 0 either could come first.
    return ((found.middle.0 + found.middle.1) / 2 + 0, found.low + 0, found.high + 0)
  }

  /// Slopes at the ranks, from all slopes in double precision.
  private mutating func slopesOfAllPairs(_ ranks: SenRanks) -> SenSlopes {
    exhaustiveSelections += 1
    if slopeMemory.count < ranks.pairs { slopeMemory = PairMemory(ranks.pairs) }
    let (slopes, t, y) = (slopeMemory.start, times, values)
    var next = slopes
    for earlier in 0..<count {
      let (time, value) = (t[earlier], y[earlier])
      for later in (earlier + 1)..<max(count, earlier + 1) {
        next.pointee = (y[later] - value) / (t[later] - time)
        next += 1
      }
    }
    var selection = Selection(slopes, count: ranks.pairs)
    return SenSlopes(
      low: selection.value(rank: ranks.low),
      middle: (selection.value(rank: ranks.middle.0), selection.value(rank: ranks.middle.1)),
      high: selection.value(rank: ranks.high))
  }
}

/// Pair slopes at the ranks that Sen's slope and its interval are made of.
struct SenSlopes {
  var low: Double
  var middle: (Double, Double)
  var high: Double
}

/// Memory for numbers, zero at first.
final class PairMemory<Number: Numeric> {
  let start: UnsafeMutablePointer<Number>
  let count: Int

  init(_ count: Int) {
    self.count = count
    start = .allocate(capacity: max(count, 1))
    start.initialize(repeating: 0, count: max(count, 1))
  }

  deinit { start.deallocate() }
}
