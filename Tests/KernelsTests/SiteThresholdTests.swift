import RealModule
import Testing

@testable import Kernels

/// Days of a site whose evaporative fraction rises to a level, with noise that is alike from day to day.
private func site(
  threshold: Double = 18, slope: Double = 0.06, noise: Double, persistence: Double = 0, days count: Int, seed: Int = 1
) -> SiteSamples {
  var generator = KeyedGenerator(seed, count)
  var (soil, error) = (generator.normal(), generator.normal())
  var (days, moisture, response): ([Int], [Double], [Double]) = ([], [], [])
  for day in 0..<count {
    soil = 0.95 * soil + (1 - 0.95 * 0.95).squareRoot() * generator.normal()
    error = persistence * error + (1 - persistence * persistence).squareRoot() * generator.normal()
    let x = 20 + 6 * Double.cos(2 * .pi * Double(day) / 365) + 2.5 * soil
    guard generator.uniform() >= 0.25 else { continue }
    days.append(day)
    moisture.append(x)
    response.append(0.65 + slope * min(x - threshold, 0) + noise * error)
  }
  return SiteSamples(days: days, moisture: moisture, response: response)
}

private func sorted(_ samples: SiteSamples) -> (x: [Double], y: [Double]) {
  let order = samples.moisture.indices.sorted { samples.moisture[$0] < samples.moisture[$1] }
  return (order.map { samples.moisture[$0] }, order.map { samples.response[$0] })
}

/// Residual sum of squares of the best level and slope for a breakpoint, by the definition.
private func residuals(_ x: [Double], _ y: [Double], at theta: Double) -> Double {
  let u = x.map { min($0, theta) }
  let (centreU, centreY) = (mean(u), mean(y))
  let square = u.reduce(0) { $0 + ($1 - centreU) * ($1 - centreU) }
  let slope = square > 0 ? zip(u, y).reduce(0) { $0 + ($1.0 - centreU) * ($1.1 - centreY) } / square : 0
  return zip(u, y).reduce(0) { sum, pair in
    let residual = pair.1 - centreY - slope * (pair.0 - centreU)
    return sum + residual * residual
  }
}

@Suite struct SiteThresholdTests {
  @Test(arguments: [(12.5, 0.1), (18, 0.06), (25.25, 0.01)]) func exactPlateauIsRecovered(
    threshold: Double, slope: Double
  ) throws {
    let samples = site(threshold: threshold, slope: slope, noise: 0, days: 400)
    let (x, y) = sorted(samples)
    let fit = try #require(PlateauFit(moisture: x, response: y))
    #expect(abs(fit.threshold - threshold) < 1e-9)
    #expect(abs(fit.slope - slope) < 1e-10)
    #expect(abs(fit.plateau - 0.65) < 1e-12)
    #expect(fit.residualSumOfSquares < 1e-12)
    #expect(fit.gain > 100)
  }

  /// No breakpoint among many within every gap leaves less, and the one that is found leaves what it says.
  @Test(arguments: [31, 80, 300]) func breakpointIsTheBestOfAll(count: Int) throws {
    for seed in 0..<6 {
      for noise in [0.02, 0.1, 0.4] {
        let (x, y) = sorted(site(noise: noise, persistence: 0.5, days: count, seed: seed))
        let fit = try #require(PlateauFit(moisture: x, response: y))
        var least = Double.infinity
        for (a, b) in zip(x, x.dropFirst()) where b > a {
          for step in 0...50 { least = min(least, residuals(x, y, at: a + (b - a) * Double(step + 1) / 51)) }
        }
        let own = residuals(x, y, at: fit.threshold)
        #expect(abs(own - fit.residualSumOfSquares) <= 1e-12 * own)
        #expect(fit.residualSumOfSquares <= least * (1 + 1e-12))
        let u = x.map { min($0, fit.threshold) }
        let level = zip(u, y).reduce(0) { $0 + $1.1 - fit.slope * ($1.0 - fit.threshold) } / Double(x.count)
        #expect(abs(level - fit.plateau) <= 1e-12)
      }
    }
  }

  /// Akaike's criterion with 1, 2 and 3 parameters, written out.
  @Test func gainIsOverLevelAndLine() throws {
    let (x, y) = sorted(site(noise: 0.1, days: 200))
    let fit = try #require(PlateauFit(moisture: x, response: y))
    let n = Double(x.count)
    let (centreX, centreY) = (mean(x), mean(y))
    let xx = x.reduce(0) { $0 + ($1 - centreX) * ($1 - centreX) }
    let xy = zip(x, y).reduce(0) { $0 + ($1.0 - centreX) * ($1.1 - centreY) }
    let yy = y.reduce(0) { $0 + ($1 - centreY) * ($1 - centreY) }
    let level = n * Double.log(yy / n) + 2
    let line = n * Double.log((yy - xy * xy / xx) / n) + 4
    let plateau = n * Double.log(fit.residualSumOfSquares / n) + 6
    #expect(abs(fit.gain - (min(level, line) - plateau)) < 1e-8)
  }

  /// `segmented(lm(y ~ 1), seg.Z = ~xx)` with xx = −x, R 4.2.2, segmented 1.6-2, tol 1e-12.
  @Test func agreesWithR() throws {
    let x = (0..<60).map { 10 + 0.25 * Double($0) }
    let y = (0..<60).map { (index: Int) -> Double in
      let wobble = Double(index * 37 % 17 - 8) * 0.01 + Double(index * 11 % 7 - 3) * 0.004
      return 0.6 + 0.05 * min(x[index] - 18.1, 0) + wobble
    }
    let fit = try #require(PlateauFit(moisture: x, response: y))
    #expect(abs(fit.threshold - 17.919024222654) < 1e-6)
    #expect(abs(fit.slope - 0.052420821270) < 1e-7)
    #expect(abs(fit.plateau - 0.597678571194) < 1e-7)
    #expect(abs(fit.residualSumOfSquares - 0.146366788228) < 1e-9)
  }

  /// A sample that counts twice is one that is there twice.
  @Test func weightsCountSamples() throws {
    let (x, y) = sorted(site(noise: 0.1, days: 120))
    let weights = x.indices.map { Double($0 * 7 % 3 + 1) }
    let repeated = x.indices.flatMap { index in [Int](repeating: index, count: Int(weights[index])) }
    let one = try #require(PlateauFit(moisture: x, response: y, weights: weights))
    let other = try #require(PlateauFit(moisture: repeated.map { x[$0] }, response: repeated.map { y[$0] }))
    for (a, b) in [
      (one.threshold, other.threshold), (one.slope, other.slope), (one.plateau, other.plateau),
      (one.residualSumOfSquares, other.residualSumOfSquares), (one.gain, other.gain),
    ] { #expect(abs(a - b) <= 1e-10 * abs(b)) }
  }

  @Test func whatDoesNotVaryHasNoFit() {
    let x = (0..<40).map(Double.init)
    #expect(PlateauFit(moisture: x, response: x.map { _ in 0.5 }) == nil)
    #expect(PlateauFit(moisture: x.map { _ in 3 }, response: x) == nil)
    #expect(PlateauFit(moisture: [], response: []) == nil)
  }

  /// Lines are no thresholds, however exact.
  @Test(arguments: [-0.02, 0.02]) func exactLineGainsNothing(slope: Double) throws {
    let x = (0..<50).map { 10 + 0.3 * Double($0) }
    let fit = try #require(PlateauFit(moisture: x, response: x.map { 0.4 + slope * $0 }))
    #expect(fit.gain < 0)
    #expect(fit.isRising == (slope > 0))
  }

  // MARK: Refits

  @Test func refitsDependOnSeedSiteAndNumber() {
    let samples = site(noise: 0.1, days: 300)
    let refits = SiteRefits(samples, block: 30, seed: 5, site: 7)
    let forwards = (1...20).map(refits.refit)
    let backwards = (1...20).reversed().map(SiteRefits(samples, block: 30, seed: 5, site: 7).refit)
    #expect(forwards == backwards.reversed())
    #expect(Set(forwards.map(\.threshold)).count > 15)
    #expect(SiteRefits(samples, block: 30, seed: 6, site: 7).refit(1) != forwards[0])
    #expect(SiteRefits(samples, block: 30, seed: 5, site: 8).refit(1) != forwards[0])
  }

  /// One block as long as the record is the record, wherever it begins.
  @Test func wholeRecordIsItself() throws {
    let samples = site(noise: 0.1, days: 90)
    let refits = SiteRefits(samples, block: 90, seed: 1, site: 1)
    let fit = try #require(refits.fit)
    for number in 1...10 {
      let same = try #require(refits.resampled(number))
      #expect(abs(same.threshold - fit.threshold) < 1e-9)
      #expect(abs(same.gain - fit.gain) < 1e-8)
    }
  }

  /// Blocks of noise that is alike from day to day scatter the breakpoint more than days do.
  @Test func blocksKeepPersistence() {
    let samples = site(noise: 0.1, persistence: 0.9, days: 1000)
    func spread(_ block: Int) -> Double {
      let refits = SiteRefits(samples, block: block, seed: 1, site: 1)
      return standardDeviation((1...200).compactMap { refits.resampled($0)?.threshold })
    }
    #expect(spread(30) > 1.3 * spread(1))
  }

  private static func threshold(
    _ samples: SiteSamples, refits count: Int = 199, _ rule: SiteThresholdRule = SiteThresholdRule()
  ) -> SiteThreshold {
    let refits = SiteRefits(samples, block: 30, seed: 1, site: 1)
    return SiteThreshold(
      refits.fit, refits: count > 0 ? (1...count).map(refits.refit) : [], blocks: refits.blocks, rule)
  }

  /// The interval holds the truth about as often as it says; it is tried on series that nothing was tuned to.
  @Test func intervalCoversTheTruth() {
    var (covered, found) = (0, 0)
    for seed in 0..<120 {
      let result = Self.threshold(site(noise: 0.06, persistence: 0.6, days: 365, seed: 100 + seed))
      guard result.status == .ok else { continue }
      found += 1
      if result.interval.low <= 18, result.interval.high >= 18 { covered += 1 }
    }
    #expect(found >= 110)
    #expect((0.8...0.98).contains(Double(covered) / Double(found)), "\(covered) of \(found)")
  }

  /// Straight lines with persistent noise pass for thresholds at most as often as asked for, where p is asked for.
  @Test(arguments: [0.0, 0.02]) func linesAreNoThresholds(slope: Double) {
    var (byGain, byBoth) = (0, 0)
    for seed in 0..<150 {
      var samples = site(slope: 0, noise: 0.08, persistence: 0.8, days: 365, seed: 500 + seed)
      for index in samples.response.indices { samples.response[index] += slope * (samples.moisture[index] - 20) }
      if Self.threshold(samples, refits: 0).status == .ok { byGain += 1 }
      if Self.threshold(samples, refits: 99, SiteThresholdRule(significance: 0.05)).status == .ok { byBoth += 1 }
    }
    // A binomial of 150 at 5 % exceeds 15 with a probability of 0.5 %.
    #expect(byBoth <= 15, "\(byBoth) of 150")
    #expect(byGain > byBoth)
  }

  @Test func statusesOfRules() {
    let clear = Self.threshold(site(noise: 0.05, days: 365))
    #expect(clear.status == .ok && clear.p == 1.0 / 200 && clear.probability > 0.95)
    #expect(clear.interval.low < clear.interval.high && clear.standardDeviation > 0)
    #expect(Self.threshold(site(slope: -0.05, noise: 0.05, days: 365)).status == .noPositiveSlope)
    #expect(Self.threshold(site(noise: 0.05, days: 365), SiteThresholdRule(minimumGain: 1e6)).status == .noGain)
    #expect(
      Self.threshold(site(noise: 0.05, days: 365), refits: 9, SiteThresholdRule(significance: 0.05)).status
        == .notSignificant)
    #expect(SiteThreshold(nil, refits: [], blocks: 4, SiteThresholdRule()).status == .noVariation)
    // Signs of four blocks have too few patterns for a p.
    let short = Self.threshold(site(noise: 0.02, days: 120), SiteThresholdRule(significance: 0.05))
    #expect(short.p.isNaN && short.status == .tooFewBlocks && short.standardDeviation > 0)
    #expect(
      Self.threshold(site(noise: 0.02, days: 200)).p > 0 && Self.threshold(site(noise: 0.02, days: 120)).status == .ok)
    // Two blocks do not tell how blocks differ.
    #expect(Self.threshold(site(noise: 0.02, days: 50)).standardDeviation.isNaN)
  }

  /// norm.cdf(-(m / (m - 1))**.5 * t.ppf(.95, m - 1)), scipy 1.17.1.
  @Test(arguments: [(5.0, 0.008574974191188755), (365.0 / 30, 0.030602151537142172), (1e7, 0.05)])
  func intervalsWidenWhereBlocksAreFew(blocks: Double, tail: Double) {
    #expect(abs(SiteThreshold.tail(blocks: blocks) - tail) < 1e-6)
  }

  /// qt(0.95, df), R 4.2.2.
  @Test func studentQuantiles() {
    for (freedom, t) in [(4.0, 2.13184678632665), (11, 1.79588481870404), (35.5, 1.68892587187215)] {
      #expect(abs(StudentDistribution.twoSidedQuantile(0.1, degreesOfFreedom: freedom) - t) < 1e-12)
    }
    #expect(StudentDistribution.twoSidedQuantile(0, degreesOfFreedom: 3) == .infinity)
    #expect(StudentDistribution.twoSidedQuantile(0.1, degreesOfFreedom: 0).isNaN)
  }
}
