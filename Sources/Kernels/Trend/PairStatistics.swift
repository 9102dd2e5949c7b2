import PairSlopes
import PairSlopesV3
import PairSlopesV4

/// What Sen's slope and Mann–Kendall need of all pairs of a series: the score and order statistics of the slopes.
///
/// Counting is done in single precision with a margin for its errors and decides only what lies outside it; what lies
/// inside is computed in double precision. So the results are those of double precision throughout, at every level.
final class PairStatistics {
  private let maximumCount: Int
  let level: InstructionLevel
  let doubles: PairMemory<Double>
  let floats: PairMemory<Float>
  let stride: Int
  let candidates: PairMemory<UInt32>
  let candidateCapacity: Int
  let hitMemory: PairMemory<UInt64>
  var slopeMemory = PairMemory<Double>(0)
  private(set) var count = 0
  private(set) var moments = LineMoments()
  /// Counted by ``score()``: pairs with slopes below the three of ``pivots``.
  var pivotCounts = SIMD3<Double>()
  var pivots = SIMD3<Double>()
  /// How many times slopes were found by sorting out all of them.
  private(set) var exhaustiveSelections = 0

  var times: UnsafeBufferPointer<Double> { UnsafeBufferPointer(start: doubles.start, count: count) }
  var values: UnsafeBufferPointer<Double> { UnsafeBufferPointer(start: doubles.start + stride, count: count) }
  /// Times less their mean.
  var centredTimes: UnsafeMutablePointer<Double> { doubles.start + 2 * stride }
  /// Values less their mean, followed by NaN.
  var centredValues: UnsafeMutablePointer<Double> { doubles.start + 3 * stride }
  /// Slopes of the pairs in a window, followed by NaN.
  var windowSlopes: UnsafeMutablePointer<Double> { doubles.start + 4 * stride }

  init(maximumCount: Int, level: InstructionLevel) {
    self.maximumCount = maximumCount
    self.level = level
    stride = maximumCount + PairStatistics.padding
    candidateCapacity = 8 * maximumCount + 256
    doubles = PairMemory(4 * stride + candidateCapacity + PairStatistics.padding)
    floats = PairMemory(7 * stride)
    candidates = PairMemory(3 * candidateCapacity)
    hitMemory = PairMemory(2 * candidateCapacity)
  }

  /// The longest vector of any level.
  static let padding = 16

  /// Takes over the values that are finite, and their times.
  func load(times: UnsafeBufferPointer<Double>, values: UnsafeBufferPointer<Double>) {
    precondition(times.count == values.count, "as many times as values")
    precondition(values.count <= maximumCount, "a longer series than the estimator was made for")
    let (timeMemory, valueMemory) = (doubles.start, doubles.start + stride)
    count = 0
    for index in 0..<values.count where values[index].isFinite {
      precondition(count == 0 || times[index] > timeMemory[count - 1], "times must increase")
      timeMemory[count] = times[index]
      valueMemory[count] = values[index]
      count += 1
    }
    centre()
  }

  /// Takes over finite values one unit of time apart.
  func load(_ values: [Double]) {
    count = values.count
    for index in 0..<count {
      doubles.start[index] = Double(index)
      doubles.start[stride + index] = values[index]
    }
    centre()
  }

  private func centre() {
    guard count >= 2 else { return }
    moments = LineMoments(times, values)
    for index in 0..<count {
      centredTimes[index] = times[index] - moments.timeMean
      centredValues[index] = values[index] - moments.valueMean
    }
    for index in count..<(count + PairStatistics.padding) { centredValues[index] = .nan }
  }

  /// S and Σ u(u − 1)(2u + 5) over tied groups of u values.
  ///
  /// Counts slopes against the line's slope and two more, `quantile` standard errors away, by the way.
  func score(quantile: Double) -> (s: Int, tieTerm: Int) {
    if moments.isConstant { return (0, tiedGroupTerm(count)) }
    let total = count * (count - 1) / 2
    if let counts = countPairs(quantile: quantile), counts.rising + counts.falling == total {
      return (counts.rising - counts.falling, 0)
    }
    // Not from the centred values: centring could make equal what was not.
    let exact = values.withMemoryPadded(by: .nan, scratch: windowSlopes) { scorePairs($0) }
    return (exact.score, exact.unequal == total ? 0 : tieTerm())
  }

  private func tieTerm() -> Int {
    let sorted = values.sorted()
    var term = 0
    var start = 0
    while start < count {
      var end = start + 1
      while end < count && sorted[end] == sorted[start] { end += 1 }
      term += tiedGroupTerm(end - start)
      start = end
    }
    return term
  }

  private func tiedGroupTerm(_ size: Int) -> Int { size * (size - 1) * (2 * size + 5) }

  /// The median and the ends of the interval.
  func slopes(_ ranks: SenRanks) -> (median: Double, low: Double, high: Double) {
    let found = slopesInWindows(ranks) ?? slopesOfAllPairs(ranks)
    // Of equal slopes −0 and 0 either could come first.
    return ((found.middle.0 + found.middle.1) / 2 + 0, found.low + 0, found.high + 0)
  }

  /// Slopes at the ranks, from all slopes in double precision.
  private func slopesOfAllPairs(_ ranks: SenRanks) -> SenSlopes {
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

  private func scorePairs(_ values: UnsafePointer<Double>) -> (score: Int, unequal: Int) {
    switch level {
    case .baseline: PairSlopes.scorePairs(values: values, count: count)
    case .v3: PairSlopesV3.scorePairs(values: values, count: count)
    case .v4: PairSlopesV4.scorePairs(values: values, count: count)
    }
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

extension UnsafeBufferPointer where Element == Double {
  /// Calls with a copy that is followed by a vector's length of a value.
  func withMemoryPadded<Result>(
    by value: Double, scratch: UnsafeMutablePointer<Double>, _ body: (UnsafePointer<Double>) -> Result
  ) -> Result {
    for index in 0..<count { scratch[index] = self[index] }
    for index in count..<(count + PairStatistics.padding) { scratch[index] = value }
    return body(scratch)
  }
}
