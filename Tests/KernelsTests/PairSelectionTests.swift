import Testing

@testable import Kernels

/// Kinds of series that are hard in different ways.
private enum Hardness: CaseIterable {
  case noise, ties, wholeNumbers, mostlyZero, steepLine, steeperLine, steepestLine, nearlyLine, outliers, largeOffset,
    tiny, steps,
    singlePrecision

  func value(_ k: Int, _ random: inout RandomSequence) -> Double {
    let u = Double(random.nextUnit()) - 0.5
    switch self {
    case .noise: return u
    case .ties: return (6 * u).rounded()
    case .wholeNumbers: return (10 * u + 0.05 * Double(k)).rounded()
    case .mostlyZero: return u < 0.3 ? 0 : u
    case .steepLine: return 1e4 * Double(k) + u
    case .steeperLine: return 3e4 * Double(k) + u
    case .steepestLine: return 1e5 * Double(k) + u
    case .nearlyLine: return 0.1 * Double(k) + 1e-15 * u
    case .outliers: return u / (u + 0.5001) / (0.5001 - u)
    case .largeOffset: return 1e9 + 1e-5 * u
    case .tiny: return 1e-300 * u * 1e-10
    case .steps: return Double(k / 5) + (random.nextIndex(below: 2) == 0 ? 0 : 1e-3)
    case .singlePrecision: return Double(Float(500 + 20 * u))
    }
  }
}

private func series(_ hardness: Hardness, count: Int, cell: Int) -> (times: [Double], values: [Double]) {
  var random = RandomSequence(seed: 11, cell: cell, network: count & 0xFF, purpose: .resampling)
  var time = 1900.0
  let uneven = cell % 2 == 1
  var (times, values): ([Double], [Double]) = ([], [])
  for k in 0..<count {
    times.append(time)
    values.append(hardness.value(k, &random))
    time += uneven ? 1 + Double(random.nextIndex(below: 3)) : 1
  }
  return (times, values)
}

/// S and Σ u(u − 1)(2u + 5), the plain way.
private func plainScore(_ values: [Double]) -> (s: Int, tieTerm: Int) {
  var s = 0
  for first in values.indices {
    for second in values.indices where second > first {
      s += values[second] > values[first] ? 1 : values[second] < values[first] ? -1 : 0
    }
  }
  var groups: [Double: Int] = [:]
  for value in values { groups[value, default: 0] += 1 }
  return (s, groups.values.reduce(0) { $0 + $1 * ($1 - 1) * (2 * $1 + 5) })
}

@Suite struct PairSelectionTests {
  @Test(arguments: InstructionLevel.available)
  func selectionEqualsSorting(level: InstructionLevel) throws {
    let estimator = TrendEstimator(maximumCount: 200, level: level)
    for count in Array(2...40) + [63, 64, 65, 77, 78, 100, 127, 128, 129, 200] {
      for hardness in Hardness.allCases {
        for cell in 0..<3 {
          let (times, values) = series(hardness, count: count, cell: cell)
          let trend = estimator.estimate(times: times, values: values)
          let slopes = sortedPairSlopes(times, values)
          let score = plainScore(values)
          let name: Comment = "\(hardness), \(count) values, series \(cell)"
          try #require(trend.mannKendall.s == score.s, name)
          let variance = Double(count * (count - 1) * (2 * count + 5) - score.tieTerm) / 18
          try #require(trend.mannKendall.variance == variance, name)
          let quantile = NormalDistribution.quantile(0.975)
          let ranks = SenRanks(count: count, variance: variance, normalQuantile: quantile)
          let pairs = slopes.count
          try #require(trend.sen.slope == (slopes[(pairs - 1) / 2] + slopes[pairs / 2]) / 2, name)
          try #require(trend.sen.low == slopes[ranks.low] && trend.sen.high == slopes[ranks.high], name)
        }
      }
    }
  }

  /// Noise that single precision hardly sees beside the trend, or that is far from normal: the search goes astray.
  @Test func selectionIsCheckedWhereSinglePrecisionIsTooCoarse() throws {
    let estimator = TrendEstimator(maximumCount: 60)
    let times = (0..<60).map(Double.init)
    for cell in 0..<600 {
      var random = RandomSequence(seed: 3, cell: cell, purpose: .resampling)
      let steepness = [0, 1e2, 1e3, 1e4, 1e5, 1e6][cell % 6]
      let values = times.map { time in
        let u = Double(random.nextUnit()) - 0.5
        return steepness * time + (cell % 4 < 2 ? u : u * u * u / (0.5001 - abs(u)))
      }
      let slopes = sortedPairSlopes(times, values)
      let trend = estimator.estimate(times: times, values: values)
      let ranks = SenRanks(
        count: 60, variance: MannKendall.variance(count: 60, tieTerm: 0),
        normalQuantile: NormalDistribution.quantile(0.975))
      try #require(trend.sen.low == slopes[ranks.low] && trend.sen.high == slopes[ranks.high], "series \(cell)")
      try #require(trend.sen.slope == (slopes[884] + slopes[885]) / 2, "series \(cell)")
    }
  }

  @Test func levelsGiveTheSameBits() throws {
    let estimators = InstructionLevel.available.map { TrendEstimator(maximumCount: 300, level: $0) }
    for cell in 0..<300 {
      let hardness = Hardness.allCases[cell % Hardness.allCases.count]
      let (times, values) = series(hardness, count: cell, cell: cell)
      let trends = estimators.map { $0.estimate(times: times, values: values) }
      for trend in trends.dropFirst() where trend.status == .computed {
        try #require(trend.sen == trends[0].sen && trend.mannKendall == trends[0].mannKendall, "series \(cell)")
        try #require(trend.ordinary.slope == trends[0].ordinary.slope, "series \(cell)")
      }
    }
  }

  @Test(arguments: [1000, 1801])
  func longRecords(count: Int) {
    let estimator = TrendEstimator(maximumCount: count)
    for hardness in [Hardness.noise, .ties] {
      let (times, values) = series(hardness, count: count, cell: 1)
      let slopes = sortedPairSlopes(times, values)
      let trend = estimator.estimate(times: times, values: values)
      #expect(trend.sen.slope == (slopes[(slopes.count - 1) / 2] + slopes[slopes.count / 2]) / 2)
      #expect(trend.mannKendall.s == plainScore(values).s)
    }
  }

  /// The short way must be the usual one, or the figures of the benchmark mean nothing.
  @Test func fewSeriesNeedAllSlopes() {
    var pairs = PairStatistics(maximumCount: 77, level: .preferred)
    let quantile = NormalDistribution.quantile(0.975)
    for hardness in [Hardness.noise, .singlePrecision, .ties, .wholeNumbers, .mostlyZero, .steeperLine, .steps] {
      let before = pairs.exhaustiveSelections
      for cell in 0..<500 {
        let (times, values) = series(hardness, count: 77, cell: cell)
        times.withUnsafeBufferPointer { times in values.withUnsafeBufferPointer { pairs.load(times: times, values: $0) }
        }
        let score = pairs.score(quantile: quantile)
        let variance = MannKendall.variance(count: 77, tieTerm: score.tieTerm)
        _ = pairs.slopes(SenRanks(count: 77, variance: variance, normalQuantile: quantile))
      }
      #expect(pairs.exhaustiveSelections - before <= 10, "\(hardness)")
    }
  }

  @Test func quickselectEqualsSorting() {
    for count in 1...200 {
      var random = RandomSequence(seed: 5, cell: count, purpose: .resampling)
      let below = count % 3 == 0 ? 4 : 1_000_000
      let numbers = (0..<count).map { _ in Double(random.nextIndex(below: below)) }
      var memory = numbers
      let sorted = numbers.sorted()
      memory.withUnsafeMutableBufferPointer { buffer in
        guard let start = buffer.baseAddress else { return }
        var selection = Selection(start, count: count)
        for rank in stride(from: count / 7, to: count, by: max(count / 5, 1)) {
          #expect(selection.value(rank: rank) == sorted[rank])
        }
      }
    }
  }
}
