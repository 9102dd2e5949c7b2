import Kernels
import Testing

@Suite struct TrendTests {
  @Test func distributionsAreScipys() {
    // scipy 1.17.1: norm.cdf, norm.ppf, 2 * t.sf
    #expect(NormalDistribution.cumulative(0) == 0.5)
    #expect(abs(NormalDistribution.cumulative(1.959963984540054) - 0.975) < 1e-15)
    #expect(abs(NormalDistribution.quantile(0.975) - 1.959963984540054) < 1e-14)
    #expect(abs(NormalDistribution.cumulative(-8) / 6.22096057427174e-16 - 1) < 1e-12)
    #expect(NormalDistribution.quantile(0) == -.infinity && NormalDistribution.quantile(1) == .infinity)
    #expect(NormalDistribution.quantile(1.1).isNaN && NormalDistribution.cumulative(.nan).isNaN)
    #expect(abs(StudentDistribution.twoSidedP(2, degreesOfFreedom: 10) - 0.07338803477074037) < 1e-14)
    #expect(abs(StudentDistribution.twoSidedP(-12, degreesOfFreedom: 75) / 3.974246672271996e-19 - 1) < 1e-10)
    #expect(abs(StudentDistribution.twoSidedP(0.3, degreesOfFreedom: 1) - 0.8144528418445154) < 1e-14)
    #expect(StudentDistribution.twoSidedP(.infinity, degreesOfFreedom: 3) == 0)
    #expect(StudentDistribution.twoSidedP(0, degreesOfFreedom: 3) == 1)
    #expect(StudentDistribution.twoSidedP(1, degreesOfFreedom: 0).isNaN)
  }

  @Test func fourValuesByHand() {
    // Values 1, 3, 2, 6 at times 0, 1, 2, 4: slopes 2, 1/2, 5/4, −1, 1, 2.
    let trend = TrendEstimator(maximumCount: 4).estimate(times: [0, 1, 2, 4], values: [1, 3, 2, 6])
    #expect(trend.sen.slope == 1.125)
    // S = 5 − 1; Var S = 4·3·13/18; C = 1.96·√8.667 = 5.77: ranks max(round(0.115) − 1, 0) = 0 and min(round(5.885), 5).
    #expect(trend.mannKendall.s == 4 && abs(trend.mannKendall.variance - 26.0 / 3) < 1e-14)
    #expect(abs(trend.mannKendall.z - 3 / (26.0 / 3).squareRoot()) < 1e-14)
    #expect(trend.sen.low == -1 && trend.sen.high == 2)
    // Means 7/4 and 3; Σ(t − t̄)(y − ȳ) = 10, Σ(t − t̄)² = 35/4.
    #expect(abs(trend.ordinary.slope - 8.0 / 7) < 1e-14)
    #expect(abs(trend.ordinary.intercept - 1) < 1e-14)
    // scipy 1.17.1: linregress
    #expect(abs(trend.ordinary.p - 0.09649209709474871) < 1e-12)
    #expect(trend.status == .computed && trend.count == 4)
  }

  @Test func fewValues() {
    let estimator = TrendEstimator(maximumCount: 3)
    for values in [[], [3.0], [.nan, 3, .infinity]] as [[Double]] {
      let trend = estimator.estimate(times: values.indices.map(Double.init), values: values)
      #expect(trend.status == .tooFewValues)
      #expect(trend.sen.slope.isNaN && trend.sen.low.isNaN && trend.ordinary.slope.isNaN && trend.mannKendall.p.isNaN)
    }
    let two = estimator.estimate(times: [2000, 2004], values: [1, 3])
    #expect(two.sen.slope == 0.5 && two.sen.low == 0.5 && two.sen.high == 0.5)
    #expect(two.ordinary.slope == 0.5 && two.ordinary.p.isNaN)
    #expect(two.mannKendall.s == 1 && two.mannKendall.z == 0 && two.mannKendall.p == 1)
    let strict = TrendEstimator(options: TrendOptions(minimumCount: 3), maximumCount: 3)
    #expect(strict.estimate(times: [0, 1, 2], values: [1, .nan, 3]).status == .tooFewValues)
    #expect(OrdinaryTrend(times: [0, 1], values: [5, .nan]).slope.isNaN)
  }

  @Test(arguments: [2, 3, 10, 77, 200])
  func constantSeriesHaveNoTrend(count: Int) {
    let times = (0..<count).map(Double.init)
    let estimator = TrendEstimator(maximumCount: count)
    let trend = estimator.estimate(times: times, values: times.map { _ in 0.1 })
    #expect(trend.sen.slope == 0 && trend.sen.low == 0 && trend.sen.high == 0)
    #expect(trend.mannKendall.s == 0 && trend.mannKendall.z == 0 && trend.mannKendall.p == 1)
    #expect(trend.mannKendall.variance == 0)
    #expect(trend.ordinary.slope == 0 && trend.ordinary.intercept == 0.1)
    #expect(count == 2 ? trend.ordinary.p.isNaN : trend.ordinary.p == 1)
  }

  @Test(arguments: [3, 10, 77, 200])
  func straightLinesAreFoundExactly(count: Int) {
    let times = (0..<count).map { 1948 + Double($0) }
    let estimator = TrendEstimator(maximumCount: count)
    let trend = estimator.estimate(times: times, values: times.map { 7 - 0.25 * $0 })
    #expect(trend.sen.slope == -0.25 && trend.sen.low == -0.25 && trend.sen.high == -0.25)
    #expect(trend.ordinary.slope == -0.25 && trend.ordinary.p == 0)
    #expect(trend.mannKendall.s == -count * (count - 1) / 2)
  }

  @Test func gapsKeepTheirLength() {
    let full = SenSlope(times: [0, 1, 2, 3, 10], values: [0, 1, 2, .nan, 10])
    #expect(full.slope == 1 && full.count == 4)
    #expect(SenSlope(times: [0, 1, 2, 10], values: [0, 1, 2, 10]) == full)
    #expect(OrdinaryTrend(times: [0, 1, 2, 3, 10], values: [0, 1, 2, .nan, 10]).slope == 1)
  }

  @Test func tiesNarrowTheVariance() {
    // Groups of 2 and 3 of 6 values: [6·5·17 − 2·1·9 − 3·2·11]/18.
    let test = MannKendall([1, 1, 2, 2, 2, 3])
    #expect(test.s == 11 && abs(test.variance - 426.0 / 18) < 1e-13)
  }

  @Test func confidenceNearOneTakesAllSlopes() {
    let times = (0..<12).map(Double.init)
    let values = [3.0, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8]
    let slopes = sortedPairSlopes(times, values)
    let sen = SenSlope(times: times, values: values, confidence: 1 - 1e-15)
    #expect(sen.low == slopes.first && sen.high == slopes.last)
  }

  @Test func preWhiteningLeavesUncorrelatedSeriesAlone() {
    let values = [2.0, 1, 4, 3, 6, 5.5, 8, 7, 10]
    let plain = TrendEstimator(maximumCount: 9)
    let whitening = TrendEstimator(options: TrendOptions(correction: .trendFreePreWhitening), maximumCount: 9)
    let times = (0..<9).map(Double.init)
    // Alternating residuals: lag-1 autocorrelation is strongly negative, so one value goes.
    #expect(whitening.estimate(times: times, values: values).mannKendall.count == 8)
    let weak = [1.0, 3, 2, 2.5, 6, 4, 4.5, 8, 6]
    #expect(
      whitening.estimate(times: times, values: weak).mannKendall
        == plain.estimate(times: times, values: weak).mannKendall)
  }
}

/// All pair slopes of finite values, sorted: the plain way.
func sortedPairSlopes(_ times: [Double], _ values: [Double]) -> [Double] {
  var slopes: [Double] = []
  for first in values.indices {
    for second in values.indices where second > first {
      slopes.append((values[second] - values[first]) / (times[second] - times[first]))
    }
  }
  return slopes.sorted()
}
