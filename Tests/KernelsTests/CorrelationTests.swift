import Testing

@testable import Kernels

/// Correlations against scipy 1.17.1 with numpy 2.4.6, and where there is nothing to find.
@Suite struct CorrelationTests {
  private let x = [0.001, 0.3, 0.026, -0.865, -1.319, -2.311, -2.251, -0.911, -1.403, -2.023, -1.534, -1.177]
  private let y = [0.106, -0.81, -0.019, 0.349, -1.872, -1.382, -2.802, -1.654, -2.403, -1.044, -1.881, -0.2]

  @Test func equalsScipy() {
    let plain = Correlation(x, y)
    #expect(abs(plain.r - 0.6251691754745173) < 1e-14)
    #expect(abs(plain.p - 0.029719028511434754) < 1e-14)
    #expect(plain.effectiveCount == 12)
    // n (1 - q) / (1 + q) with the product q of both lag-1 autocorrelations.
    let corrected = Correlation(x, y, times: Array(2001...2012))
    #expect(corrected.r == plain.r)
    #expect(abs(corrected.effectiveCount - 9.085979471042759) < 1e-12)
    #expect(abs(corrected.p - 0.06996542942548817) < 1e-13)
  }

  /// What varies by a billionth of itself correlates as what is left without the rest.
  @Test func smallVariationsKeepTheirDigits() {
    let steps = [1.0, 2, 4, 3, 5]
    let large = steps.map { 0x1p30 + $0 * 0x1p-10 }
    let found = Correlation(large, [2, 1, 4, 3, 6])
    #expect(abs(found.r - 0.9041944301794651) < 1e-14 && abs(found.p - 0.035081514715481925) < 1e-14)
  }

  @Test func withoutVariationThereIsNone() {
    for (x, y) in [([1.0, 1, 1, 1], [1.0, 2, 3, 4]), ([1, 2, 3, 4], [0.1, 0.1, 0.1, 0.1]), ([], []), ([1], [2])] {
      let found = Correlation(x, y)
      #expect(found.r.isNaN && found.p.isNaN && found.effectiveCount.isNaN)
    }
    // Two pairs always correlate, which is no evidence.
    let two = Correlation([1, 2], [5, 3])
    #expect(two.r == -1 && two.p.isNaN)
    let perfect = Correlation([1, 2, 3], [2, 4, 6])
    #expect(perfect.r == 1 && perfect.p == 0)
  }

  /// A gap in time parts neighbours.
  @Test func gapsPartNeighbours() {
    let wave = (0..<8).map { $0 % 2 == 0 ? 1.0 : -1 }
    let gaps = Correlation(wave, wave.reversed(), times: (0..<8).map { 2 * $0 })
    #expect(gaps.effectiveCount == 8)
    #expect(Correlation(wave, wave.reversed(), times: Array(0..<8)).effectiveCount < 2)
  }

  /// Series of normal noise with an autocorrelation from year to year.
  private struct Noise {
    var state: UInt64
    mutating func unit() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (Double(state >> 11) + 0.5) * 0x1p-53
    }
    mutating func series(_ count: Int, autocorrelation: Double) -> [Double] {
      var value = 0.0
      let innovation = (1 - autocorrelation * autocorrelation).squareRoot()
      return (0..<count + 50).map { _ in
        let normal = (0..<12).reduce(-6.0) { sum, _ in sum + unit() }
        value = autocorrelation * value + innovation * normal
        return value
      }.suffix(count).map { $0 }
    }
  }

  /// Of pairs of series that have nothing to do with each other 5 % are significant at 0.05, also where years resemble
  /// their neighbours, if that is allowed for.
  @Test(arguments: [11, 25, 77], [0, 0.3, 0.6, 0.8])
  func unrelatedSeriesAreSignificantAtTheLevel(count: Int, autocorrelation: Double) {
    var noise = Noise(state: UInt64(count) &* 1000 &+ UInt64(autocorrelation * 10))
    let times = Array(0..<count)
    var (plain, corrected) = (0, 0)
    let pairs = 4000
    for _ in 0..<pairs {
      let x = noise.series(count, autocorrelation: autocorrelation)
      let y = noise.series(count, autocorrelation: autocorrelation)
      plain += Correlation(x, y).p < 0.05 ? 1 : 0
      corrected += Correlation(x, y, times: times).p < 0.05 ? 1 : 0
    }
    let rate = Double(corrected) / Double(pairs)
    #expect((0.03...0.065).contains(rate), "\(rate)")
    if autocorrelation >= 0.6 { #expect(Double(plain) / Double(pairs) > 0.08) }
  }

  @Test func falseDiscoveryRatesEqualScipy() {
    let p = [0.01, 0.02, .nan, 0.03, 0.5, 0.04, 0.001, 0.9]
    let wanted = [0.035, 0.04666666666666667, .nan, 0.0525, 0.5833333333333334, 0.056, 0.007, 0.9]
    for (found, wanted) in zip(falseDiscoveryRates(p), wanted) {
      #expect(found.isNaN == wanted.isNaN && (found.isNaN || abs(found - wanted) < 1e-15))
    }
    #expect(falseDiscoveryRates([]).isEmpty)
  }

  /// Where nothing is to be found, few fields of 400 cells have any cell that passes: 5 % of them.
  @Test func adjustedProbabilitiesFindNothingInNoise() {
    var noise = Noise(state: 5)
    let fields = 400
    let passing = (0..<fields).count { _ in
      let p = (0..<400).map { _ in
        Correlation(noise.series(11, autocorrelation: 0), noise.series(11, autocorrelation: 0)).p
      }
      return falseDiscoveryRates(p).contains { $0 < 0.05 }
    }
    #expect((4...36).contains(passing), "\(passing) of \(fields)")
  }

  /// Two years lack something, the response is two months late, and one layer does not vary.
  @Test func seasonsAndLagsAreThoseOfTheDefinition() {
    let (years, layers, groups) = (14, 2, 4)
    var noise = Noise(state: 11)
    var months = (0..<years * 12).map { [100 + 30 * Double($0 % 12 % 5) + 10 * noise.unit(), 7.0] }
    let response = (0..<years * 12).map { $0 == 40 ? .nan : months[$0][0] / 10 + noise.unit() }
    months[80][0] = .nan
    var options = SeasonCorrelationOptions()
    options.lag = 2
    let kernel = SeasonCorrelation(options: options, layers: layers, groups: groups)
    let rankings = (0..<years).map { year -> [Int] in
      let own = months[year * 12..<year * 12 + 12].map { $0[0] + $0[1] }
      return (0..<12).map { month in own.count { $0 > own[month] } / 3 }
    }
    func mean(_ season: Int, _ year: Int, _ value: (Int) -> Double) -> Double {
      (0..<12).filter { rankings[year][$0] == season }.reduce(0) { $0 + value(year * 12 + $1) } / 3
    }
    let means = (0..<years).map { year in
      (0..<groups).flatMap { season in (0..<layers).map { layer in mean(season, year) { months[$0][layer] } } }
    }
    let (own, ownRankings) = (Array(means[1...]), Array(rankings[1...]))
    let found = kernel.compute(seasonMeans: own, rankings: ownRankings, response: response, years: 1..<years)
    // The response lacks a month of year 3, moisture one of year 6, and the months after the record are missing.
    let used = [1, 2, 4, 5, 7, 8, 9, 10, 11, 12]
    #expect(found.status == .computed && found.yearCount == used.count)
    for season in 0..<groups {
      let wanted = Correlation(
        used.map { means[$0][season * layers] }, used.map { year in mean(season, year) { response[$0 + 2] } })
      #expect(abs(found.correlations[season * layers].r - wanted.r) < 1e-12)
      #expect(abs(found.correlations[season * layers].p - wanted.p) < 1e-12)
      #expect(found.correlations[season * layers + 1].r.isNaN)
    }
    options.minimumYears = 11
    let strict = SeasonCorrelation(options: options, layers: layers, groups: groups)
    let few = strict.compute(seasonMeans: own, rankings: ownRankings, response: response, years: 1..<years)
    #expect(few.status == .tooFewResponses && few.correlations.allSatisfy { $0.r.isNaN })
    #expect(
      strict.compute(seasonMeans: means, rankings: rankings, response: response, years: 0..<5).status == .tooFewYears)
    let flat = own.map { _ in [Double](repeating: 3, count: groups * layers) }
    #expect(
      kernel.compute(seasonMeans: flat, rankings: ownRankings, response: response, years: 1..<years).status
        == .noVariance)
  }
}
