import VectorisedLayout

/// What Sen's slope and Mann–Kendall need of all pairs of a series: the score and order statistics of the slopes.
///
/// Counting is done in single precision with a margin for its errors and decides only what lies outside it; what lies
/// inside is computed in double precision. So the results are those of double precision throughout, at every level.
///
/// It owns its memory and cannot be copied.
struct PairStatistics: ~Copyable {
  private let maximumCount: Int
  /// See ``TrendOptions/tieTolerance``.
  private let tieTolerance: Double
  /// The functions of the level in use.
  let functions: any LevelFunctions.Type
  private let block: MemoryBlock<SeriesMemory>
  /// The number of values, and where in the block they and what is computed of them lie.
  let series: UnsafeMutablePointer<SeriesMemory>
  /// Slopes of all pairs, where they are needed.
  private var allSlopes = UnsafeMutableBufferPointer<Double>(start: nil, count: 0)
  /// Number of values that were kept.
  var count: Int { series.pointee.count }
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
    functions = level.functions
    block = MemoryBlock { SeriesMemory(maximumCount: maximumCount, in: &$0) }
    series = .allocate(capacity: 1)
    series.initialize(to: block.layout)
  }

  deinit {
    series.deallocate()
    allSlopes.deallocate()
  }

  /// Takes over the values that are finite, and their times.
  mutating func load(times: UnsafeBufferPointer<Double>, values: UnsafeBufferPointer<Double>) {
    take(times: times, values: values)
    if tieTolerance > 0 { joinTies(within: tieTolerance) }
    fitLine()
  }

  /// Takes over the same for the line alone, to which ties are nothing unless all values are tied.
  mutating func loadForLine(times: UnsafeBufferPointer<Double>, values: UnsafeBufferPointer<Double>) {
    take(times: times, values: values)
    if tieTolerance > 0, mayBeTied(within: tieTolerance) { joinTies(within: tieTolerance) }
    fitLine()
  }

  private mutating func take(times: UnsafeBufferPointer<Double>, values: UnsafeBufferPointer<Double>) {
    precondition(times.count == values.count, "as many times as values")
    precondition(values.count <= maximumCount, "a longer series than the estimator was made for")
    let (timeMemory, valueMemory) = (series.pointee.times, series.pointee.values)
    var kept = 0
    var smallest = Double.infinity
    for index in 0..<values.count where values[index].isFinite {
      if kept > 0 { smallest = min(smallest, times[index] - timeMemory[kept - 1]) }
      timeMemory[kept] = times[index]
      valueMemory[kept] = values[index]
      kept += 1
    }
    precondition(smallest > 0, "times must increase")
    series.pointee.count = kept
    smallestStep = smallest
  }

  /// Takes over finite values one unit of time apart.
  mutating func load(_ values: [Double]) {
    series.pointee.count = values.count
    smallestStep = 1
    for index in 0..<count {
      series.pointee.times[index] = Double(index)
      series.pointee.values[index] = values[index]
    }
    fitLine()
  }

  private mutating func fitLine() {
    let (values, count) = (series.pointee.values, count)
    for index in count..<(count + SeriesMemory.padding) { values[index] = .nan }
    guard count >= 2 else { return }
    let first = values[0]
    let isConstant = (1..<count).allSatisfy { values[$0] == first }
    moments = isConstant ? LineMoments(constant: first) : functions.fitLine(series)
  }

  /// Σ of the products of the line's residuals one unit of time apart.
  var neighbouringResiduals: Double {
    let (times, residuals) = (series.pointee.times, series.pointee.residuals)
    return (1..<max(1, count)).reduce(0) { sum, index in
      times[index] - times[index - 1] == 1 ? sum + residuals[index] * residuals[index - 1] : sum
    }
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
    let exact = functions.scorePairs(series)
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
    if allSlopes.count < ranks.pairs {
      allSlopes.deallocate()
      allSlopes = .allocate(capacity: ranks.pairs)
    }
    guard let slopes = allSlopes.baseAddress else { preconditionFailure("ranks of at least one pair") }
    let (t, y) = (series.pointee.times, series.pointee.values)
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

extension PairStatistics {
  /// Whether all values can lie so close together that they are tied: without sorting them, so not whether they are.
  func mayBeTied(within tolerance: Double) -> Bool {
    let values = series.pointee.values
    var (low, high) = (Double.infinity, -Double.infinity)
    for index in 0..<count { (low, high) = (min(low, values[index]), max(high, values[index])) }
    return high - low <= Double(count) * tolerance * max(low.magnitude, high.magnitude)
  }

  /// Makes values equal that follow each other in size at most a share of the largest magnitude apart.
  ///
  /// The smallest of such a group stands for all of them, so that the order of groups is that of their values.
  mutating func joinTies(within tolerance: Double) {
    guard count > 1 else { return }
    let values = series.pointee.values
    var order = UnsafeMutableBufferPointer(start: series.pointee.scratch, count: count)
    for index in 0..<count { order[index] = index }
    order.sort { values[$0] < values[$1] }
    var (previous, group) = (values[order[0]], values[order[0]])
    let distance = tolerance * max(previous.magnitude, values[order[count - 1]].magnitude)
    for index in order.dropFirst() {
      let value = values[index]
      if value - previous > distance { group = value }
      previous = value
      values[index] = group
    }
  }
}
