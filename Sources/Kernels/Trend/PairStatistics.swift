/// What Sen's slope and Mann–Kendall need of all pairs of a series: the score and order statistics of the slopes.
final class PairStatistics {
  private let timeMemory: UnsafeMutablePointer<Double>
  private let valueMemory: UnsafeMutablePointer<Double>
  private let maximumCount: Int
  private(set) var count = 0
  private var slopeMemory: [Double] = []

  var times: UnsafeBufferPointer<Double> { UnsafeBufferPointer(start: timeMemory, count: count) }
  var values: UnsafeBufferPointer<Double> { UnsafeBufferPointer(start: valueMemory, count: count) }

  init(maximumCount: Int, level: InstructionLevel) {
    self.maximumCount = maximumCount
    timeMemory = .allocate(capacity: maximumCount)
    valueMemory = .allocate(capacity: maximumCount)
    timeMemory.initialize(repeating: 0, count: maximumCount)
    valueMemory.initialize(repeating: 0, count: maximumCount)
  }

  deinit {
    timeMemory.deallocate()
    valueMemory.deallocate()
  }

  /// Takes over the values that are finite, and their times.
  func load(times: UnsafeBufferPointer<Double>, values: UnsafeBufferPointer<Double>) {
    precondition(times.count == values.count, "as many times as values")
    precondition(values.count <= maximumCount, "a longer series than the estimator was made for")
    count = 0
    for index in 0..<values.count where values[index].isFinite {
      precondition(count == 0 || times[index] > timeMemory[count - 1], "times must increase")
      timeMemory[count] = times[index]
      valueMemory[count] = values[index]
      count += 1
    }
  }

  /// Takes over finite values one unit of time apart.
  func load(_ values: [Double]) {
    count = values.count
    for index in 0..<count {
      timeMemory[index] = Double(index)
      valueMemory[index] = values[index]
    }
  }

  /// S and Σ u(u − 1)(2u + 5) over tied groups of u values.
  func score(near moments: LineMoments) -> (s: Int, tieTerm: Int) {
    var (rising, falling) = (0, 0)
    for first in 0..<count {
      for second in (first + 1)..<max(count, first + 1) {
        if valueMemory[second] > valueMemory[first] { rising += 1 }
        if valueMemory[second] < valueMemory[first] { falling += 1 }
      }
    }
    let tied = count * (count - 1) / 2 - rising - falling
    return (rising - falling, tied == 0 ? 0 : tieTerm())
  }

  private func tieTerm() -> Int {
    let sorted = values.sorted()
    var term = 0
    var start = 0
    while start < count {
      var end = start + 1
      while end < count && sorted[end] == sorted[start] { end += 1 }
      let group = end - start
      term += group * (group - 1) * (2 * group + 5)
      start = end
    }
    return term
  }

  /// The median and the ends of the interval.
  func slopes(_ ranks: SenRanks) -> (median: Double, low: Double, high: Double) {
    slopeMemory.removeAll(keepingCapacity: true)
    for first in 0..<count {
      for second in (first + 1)..<max(count, first + 1) {
        slopeMemory.append((valueMemory[second] - valueMemory[first]) / (timeMemory[second] - timeMemory[first]))
      }
    }
    slopeMemory.sort()
    let median = (slopeMemory[ranks.middle.0] + slopeMemory[ranks.middle.1]) / 2
    return (median + 0, slopeMemory[ranks.low] + 0, slopeMemory[ranks.high] + 0)
  }
}
