import Foundation
import Kernels
import Testing

/// Series number `cell` of the comparison: uniform, tied, rising or autocorrelated, some with gaps.
///
/// The same as `series` in Resources/trend_expected.py, bit for bit.
func randomTrendSeries(_ cell: Int) -> (times: [Double], values: [Double]) {
  var random = RandomSequence(seed: 2026, cell: cell, purpose: .resampling)
  let count = 2 + random.nextIndex(below: 99)
  let kind = random.nextIndex(below: 4)
  let hasGaps = random.nextIndex(below: 3) == 0
  var values: [Double] = []
  var previous = 0.0
  for k in 0..<count {
    let u = Double(random.nextUnit())
    var value = u
    switch kind {
    case 0: break
    case 1: value = (u * 6).rounded(.down)
    case 2: value = u + 0.01 * Double(k)
    default:
      previous = 0.7 * previous + (u - 0.5)
      value = previous + 0.02 * Double(k)
    }
    values.append(hasGaps && random.nextIndex(below: 8) == 0 ? .nan : value)
  }
  return ((0..<count).map { 1948 + Double($0) }, values)
}

private func near(_ a: Double, _ b: Double, _ tolerance: Double) -> Bool {
  (a.isNaN && b.isNaN) || abs(a - b) <= tolerance * max(1, abs(b))
}

@Suite struct TrendReferenceTests {
  /// Results of pymannkendall and scipy; versions and columns are named in the file's head.
  private static let expected: [[Double]] = {
    guard let url = Bundle.module.url(forResource: "trend-expected", withExtension: "txt"),
      let text = try? String(contentsOf: url, encoding: .utf8)
    else { return [] }
    return text.split(separator: "\n").filter { !$0.hasPrefix("#") }
      .map { $0.split(separator: " ").map { Double($0) ?? .nan } }
  }()

  @Test(arguments: InstructionLevel.available)
  func slopesAndTestsAreThoseOfScipyAndPymannkendall(level: InstructionLevel) throws {
    try #require(Self.expected.count >= 1000)
    let estimator = TrendEstimator(maximumCount: 100, level: level)
    for (cell, row) in Self.expected.enumerated() {
      let series = randomTrendSeries(cell)
      let trend = estimator.estimate(times: series.times, values: series.values)
      try #require(trend.count == Int(row[0]), "series \(cell)")
      guard row.count > 1 else {
        #expect(trend.status == .tooFewValues)
        continue
      }
      // theilslopes sorts all slopes: the same bits.
      try #require([trend.sen.slope, trend.sen.low, trend.sen.high] == Array(row[5...7]), "series \(cell)")
      try #require(trend.mannKendall.s == Int(row[1]), "series \(cell)")
      try #require(near(trend.mannKendall.variance, row[2], 1e-10), "series \(cell)")
      try #require(near(trend.mannKendall.z, row[3], 1e-10), "series \(cell)")
      try #require(near(trend.mannKendall.p, row[4], 1e-10), "series \(cell)")
      if !row[8].isNaN {
        try #require(near(trend.ordinary.slope, row[8], 1e-10), "series \(cell)")
        try #require(near(trend.ordinary.p, row[9], 1e-9), "series \(cell)")
      }
    }
  }

  @Test func correctionsAreThoseOfPymannkendall() throws {
    let rao = TrendEstimator(options: TrendOptions(correction: .hamedRao), maximumCount: 100)
    let whitening = TrendEstimator(options: TrendOptions(correction: .trendFreePreWhitening), maximumCount: 100)
    var whitened = 0
    for (cell, row) in Self.expected.enumerated() {
      let series = randomTrendSeries(cell)
      guard row.count > 10 else { continue }
      let corrected = rao.estimate(times: series.times, values: series.values)
      try #require(corrected.status == .computed)
      try #require(near(corrected.mannKendall.variance, row[10], 1e-9), "series \(cell)")
      try #require(near(corrected.mannKendall.z, row[11], 1e-9), "series \(cell)")
      try #require(near(corrected.mannKendall.p, row[12], 1e-9), "series \(cell)")
      let test = whitening.estimate(times: series.times, values: series.values)
      try #require(test.mannKendall.s == Int(row[13]), "series \(cell)")
      try #require(near(test.mannKendall.z, row[14], 1e-9), "series \(cell)")
      try #require(near(test.mannKendall.p, row[15], 1e-9), "series \(cell)")
      try #require(test.sen.slope == row[5])
      if test.mannKendall.count == test.count - 1 { whitened += 1 }
    }
    #expect(whitened > 100)
  }

  @Test func gapsAreRefusedByCorrections() {
    for correction in TrendCorrection.allCases where correction != .none {
      let estimator = TrendEstimator(options: TrendOptions(correction: correction), maximumCount: 6)
      let trend = estimator.estimate(times: [0, 1, 2, 3, 4, 5], values: [1, 2, .nan, 5, 4, 8])
      #expect(trend.status == .gaps && trend.mannKendall.p.isNaN)
      #expect(trend.sen.slope.isFinite && trend.ordinary.p.isFinite)
    }
  }
}
