import Foundation
import Testing

@testable import Kernels

/// Trends of production and respiration against scipy 1.17.1 with numpy 2.4.6, and where there is nothing to find.
@Suite struct SinkTrendsTests {
  private let years = [2000.0, 2001, 2002, 2003, 2004, 2005, 2006, 2007, 2008, 2009, 2010, 2011, 2012, 2013]
  private let production = [1.2, 1.5, 1.1, .nan, 1.9, 1.7, 2.2, 1.6, 2.4, 5, 2.1, 2.9, 2.3, 2.6]
  private let respiration = [
    30.5, 29.1, 33.2, 12, 28.7, 31.4, 27.9, 29.9, 26.5, .nan, 30.2, 25.8, 28.1, 27.0,
  ]

  private func estimate(_ production: [Double], _ respiration: [Double], minimumYears: Int = 10) -> SinkTrends {
    SinkEstimator(minimumYears: minimumYears, maximumCount: years.count).estimate(
      years: years[...], production: production[...], respiration: respiration[...])
  }

  /// `linregress` of the twelve years that both have, and of their z-scores (ddof = 1).
  @Test func equalsScipy() {
    let found = estimate(production, respiration)
    #expect(found.status == .computed && found.count == 12)
    for (line, wanted) in [
      (found.production, [1.9583333333333337, 0.11005185480654171, 0.0003165109814266988, 0.19768312251651432]),
      (found.respiration, [29.025000000000002, -0.30143597925807747, 0.03401850482399208, -0.14068085275419567]),
    ] {
      for (number, wanted) in zip([line.mean, line.slope, line.p, line.standardSlope], wanted) {
        #expect(abs(number - wanted) < 1e-13 * abs(wanted), "\(number), expected \(wanted)")
      }
    }
    #expect(found.direction == .productionUpRespirationDown)
    #expect(found.difference == found.production.standardSlope - found.respiration.standardSlope)
  }

  /// Of a series that goes up and down slowly numpy's residuals leave 2.91 of 14 years; those that alternate count in full.
  @Test func yearsThatResembleTheirNeighboursAreFewer() {
    let slow = [1, 2, 3.5, 4, 5, 4.2, 3.1, 2, 1.2, 2.1, 3, 4.4, 5.1, 4.3]
    let estimator = SinkEstimator(minimumYears: 10, maximumCount: 14, allowsForAutocorrelation: true)
    let found = estimator.estimate(years: years[...], production: slow[...], respiration: respiration[...])
    // The tenth year is missing, so that its neighbours are no neighbours.
    let whole = estimator.estimate(years: years[...], production: slow[...], respiration: slow[...])
    #expect(abs(whole.production.independentCount - 2.910996159545387) < 1e-12)
    #expect(abs(whole.production.p - 0.7796100563166343) < 1e-12)
    #expect(abs(whole.production.slope - 0.11758241758241758) < 1e-14)
    #expect(found.respiration.independentCount == 13)
    #expect(found.respiration.p == estimate(slow, respiration).respiration.p)
    #expect(estimate(slow, slow).production.independentCount == 14)
    // A slope through a wave that leaves fewer than two independent years tells nothing.
    let wave = years.map { 0.5 * $0 + cos(.pi / 7 * ($0 - 1999.5)) }
    let slowest = estimator.estimate(years: years[...], production: wave[...], respiration: wave[...]).production
    #expect(slowest.independentCount < 2 && slowest.p == 1, "\(slowest)")
  }

  /// Autocorrelation makes p too small; allowing for it makes that better but not good in short records (numpy: 0.40 and
  /// 0.21 of 19 years below 0.1 at an autocorrelation of 0.6).
  @Test func autocorrelatedNoiseIsSignificantTooOften() {
    let years = (0..<19).map { Double(2000 + $0) }
    let shares = [false, true].map { allows in
      let estimator = SinkEstimator(minimumYears: 10, maximumCount: 19, allowsForAutocorrelation: allows)
      let p = (0..<2000).flatMap { cell in
        var generator = RandomSequence(seed: 6, cell: cell, purpose: .resampling)
        func series() -> [Double] {
          var value = 0.0
          let all = (0..<40).map { _ in
            value = 0.6 * value + (0..<12).reduce(-6) { sum, _ in sum + Double(generator.nextUnit()) }
            return value
          }
          return Array(all.suffix(19))
        }
        let found = estimator.estimate(years: years[...], production: series()[...], respiration: series()[...])
        return [found.production.p, found.respiration.p]
      }
      return Double(p.count { $0 < 0.1 }) / Double(p.count)
    }
    #expect(abs(shares[0] - 0.40) < 0.03 && abs(shares[1] - 0.21) < 0.03, "\(shares)")
  }

  @Test func directionsAreThoseOfBothSlopes() {
    let up = years.map { 0.1 * $0 + ($0.truncatingRemainder(dividingBy: 3)) }
    let down = up.map { -$0 }
    // In the last and the first half the same: a slope of exactly 0.
    let flat = years.indices.map { Double(min($0, 13 - $0)) }
    #expect(estimate(up, up).direction == .productionUpRespirationUp)
    #expect(estimate(up, up).difference == 0)
    #expect(estimate(up, down).direction == .productionUpRespirationDown)
    #expect(estimate(down, up).direction == .productionDownRespirationUp)
    #expect(estimate(down, down).direction == .productionDownRespirationDown)
    #expect(estimate(flat, up).production.slope == 0 && estimate(flat, up).direction == nil)
  }

  @Test func statusesSayWhyThereIsNothing() {
    #expect(estimate(production, respiration, minimumYears: 13).status == .tooFewYears)
    #expect(estimate(production, respiration, minimumYears: 13).count == 12)
    #expect(estimate(production.map { _ in .nan }, respiration).status == .noProduction)
    #expect(estimate(production.map { _ in 0.1 }, respiration).status == .noVariation)
    // Sums of equal months that rounding tells apart.
    #expect(estimate(production, years.indices.map { 7 + ($0 % 2 == 0 ? 1e-15 : 0) }).status == .noVariation)
    #expect(estimate(production, [.infinity] + respiration.dropFirst()).status == .implausibleRange)
    let none = estimate(production.map { _ in 0.1 }, respiration)
    #expect(none.difference.isNaN && none.direction == nil && none.production.p.isNaN && none.count == 13)
  }

  /// Of unrelated noise p is uniform, and adjusted for the number of cells it is below 0.1 in no more than a tenth of maps.
  @Test func noiseHasNoTrend() {
    let cells = 4000
    let estimator = SinkEstimator(minimumYears: 10, maximumCount: years.count)
    let found = (0..<cells).map { cell in
      var generator = RandomSequence(seed: 5, cell: cell, purpose: .resampling)
      func normal() -> Double {
        // The sum of twelve uniform numbers.
        (0..<12).reduce(-6) { sum, _ in sum + Double(generator.nextUnit()) }
      }
      return estimator.estimate(
        years: years[...], production: years.map { _ in normal() }[...],
        respiration: years.map { _ in 10 + normal() }[...])
    }
    for p in [found.map(\.production.p), found.map(\.respiration.p)] {
      let distance = p.sorted().enumerated().map { abs($1 - (Double($0) + 0.5) / Double(cells)) }.max() ?? 1
      // 0.1 % of uniform samples are farther away (Kolmogorov).
      #expect(distance < 1.95 / Double(cells).squareRoot(), "\(distance)")
      // Of 40 maps with nothing to find, 4 are expected to have a cell; more than 11 come once in 2,000 times.
      let maps = stride(from: 0, to: cells, by: 100).map { falseDiscoveryRates(Array(p[$0..<$0 + 100])) }
      #expect(maps.count { $0.contains { $0 < 0.1 } } <= 11)
      #expect(abs(Double(p.count { $0 < 0.1 }) / Double(cells) - 0.1) < 0.02)
    }
    let faster = Double(found.count { $0.difference > 0 }) / Double(cells)
    #expect(abs(faster - 0.5) < 0.03, "\(faster)")
  }
}
