import Testing

@testable import Kernels

@Suite struct ResidualNoiseTests {
  private static let months = 132

  /// Pairs in an order of moisture that is not that of time, and residuals in that order.
  private static func shuffled(_ series: [Double]) -> (pairs: SortedSamples, residuals: [Double]) {
    let times = series.indices.map { ($0 * 29) % series.count }
    let residuals = times.map { series[$0] }
    return (SortedSamples(x: series.indices.map(Double.init), y: residuals, times: times), residuals)
  }

  /// What fitting takes away from the correlation of neighbours is given back, on average over 200 series.
  @Test(arguments: [0, 0.5, 0.8], [1, 2, 4])
  func autocorrelationIsUnbiased(correlation: Double, parameters: Int) throws {
    var estimates: [Double] = []
    for number in 0..<200 {
      var random = KeyedGenerator(121, number)
      let series = autoregression(Self.months, correlation, &random)
      // A polynomial of time.
      let columns = (0..<parameters).map { power in
        series.indices.map { time in
          (0..<power).reduce(1.0) { product, _ in product * (Double(time) / Double(Self.months - 1) - 0.5) }
        }
      }
      let fit = try #require(LinearFit(columns, series))
      let (pairs, residuals) = Self.shuffled(fit.residuals)
      estimates.append(
        ResidualNoise(like: residuals, of: pairs, pilot: (residuals, parameters)).autocorrelation)
    }
    #expect(abs(mean(estimates) - correlation) < 0.05, "\(mean(estimates))")
    #expect(estimates.allSatisfy { (0...0.97).contains($0) })
  }

  /// Residuals of a fit without a constant need not be 0 on average: what they have in common is no autocorrelation.
  @Test func whatResidualsHaveInCommonIsNoAutocorrelation() {
    for number in 0..<20 {
      var random = KeyedGenerator(125, number)
      let series = autoregression(Self.months, 0.3, &random)
      let found = [0, 2, -7].map { shift in
        let (pairs, residuals) = Self.shuffled(series.map { $0 + shift })
        return ResidualNoise(like: residuals, of: pairs, pilot: (residuals, 4)).autocorrelation
      }
      #expect(found.allSatisfy { abs($0 - found[0]) < 1e-9 && $0 < 0.8 }, "\(found)")
    }
  }

  private static func draw(_ noise: ResidualNoise, _ random: inout RandomSequence, count: Int) -> [Double] {
    var values = [Double](repeating: .nan, count: count)
    values.withUnsafeMutableBufferPointer { noise.draw(&random, into: $0) }
    return values
  }

  /// Without autocorrelation every pair keeps the size of its residual, with either sign as often.
  @Test func independentNoiseHasTheResidualsMagnitudes() {
    var generator = KeyedGenerator(122)
    let residuals = (0..<71).map { Double($0 % 7) * generator.normal() }
    let pairs = SortedSamples(x: residuals.indices.map(Double.init), y: residuals)
    let noise = ResidualNoise(like: residuals, of: pairs, pilot: nil)
    #expect(noise.autocorrelation == 0)
    var random = RandomSequence(seed: 5, cell: 2, purpose: .resampling)
    var kept = [Int](repeating: 0, count: residuals.count)
    for _ in 0..<1000 {
      let values = Self.draw(noise, &random, count: residuals.count)
      #expect(zip(values, residuals).allSatisfy { $0.magnitude == $1.magnitude })
      for index in kept.indices where values[index] == residuals[index] { kept[index] += 1 }
    }
    // 500 ± 5 standard deviations of 15.8.
    for (index, count) in kept.enumerated() where residuals[index] != 0 { #expect(abs(count - 500) < 80, "\(index)") }
    // Signs of neighbours have nothing to do with each other.
    var products = 0.0
    for _ in 0..<1000 {
      let signs = zip(Self.draw(noise, &random, count: residuals.count), residuals).map { $0 == $1 ? 1.0 : -1.0 }
      products += zip(signs, signs.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 } / 70
    }
    #expect(abs(products / 1000) < 0.02)
  }

  /// Noise of a time series is as alike from month to month, and as large, as the residuals.
  @Test(arguments: [0.5, 0.8])
  func seriesKeepTheirCorrelation(correlation: Double) {
    var (products, squares, expected, original) = (0.0, 0.0, 0.0, 0.0)
    for number in 0..<200 {
      var generator = KeyedGenerator(123, number)
      let series = autoregression(Self.months, correlation, &generator)
      let (pairs, residuals) = Self.shuffled(series)
      let noise = ResidualNoise(like: residuals, of: pairs, pilot: (residuals, 1))
      var random = RandomSequence(seed: 6, cell: number, purpose: .resampling)
      for _ in 0..<10 {
        let values = Self.draw(noise, &random, count: Self.months)
        var ordered = values
        for (place, time) in pairs.times.enumerated() { ordered[time] = values[place] }
        let square = ordered.reduce(0) { $0 + $1 * $1 }
        products += zip(ordered, ordered.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 }
        squares += square
        // What an autoregression of this coefficient has, of 131 products in 132 squares.
        expected += noise.autocorrelation * square * Double(Self.months - 1) / Double(Self.months)
        original += series.reduce(0) { $0 + $1 * $1 }
      }
    }
    #expect(abs(products - expected) / squares < 0.02, "\(products / squares), \(expected / squares)")
    #expect(abs(squares / original - 1) < 0.05, "\(squares / original)")
  }

  /// Refits have noise as large as that of the pairs, about the curve; a fit that follows the noise hides part of it.
  @Test(arguments: [1.0, 0.5])
  func refitsHaveTheNoiseOfThePairs(share: Double) {
    let x = (0..<132).map { 15 + 85 * Double($0) / 131 }
    var generator = KeyedGenerator(124)
    let noise = x.map { _ in 2 * generator.normal() }
    let curve = x.map { 40 + 0.5 * $0 }
    let pairs = SortedSamples(x: x, y: zip(curve, noise).map { $0 + $1 })
    let data = FitData(pairs, BendStatistic(x: x))
    var fit = FittedCurve(networkOn: x, f: curve, fitted: curve, data, options: ThresholdOptions())
    fit.fitted = zip(curve, noise).map { $0 + (1 - share) * $1 }
    let refit = RefitNoise(fit, pairs, ThresholdOptions())
    var random = RandomSequence(seed: 1, cell: 1, purpose: .resampling)
    let departures = zip(refit.values(&random), fit.fitted).map { $0 - $1 }
    let variance = mean(departures.map { $0 * $0 })
    let residual = mean(noise.map { share * share * $0 * $0 })
    let estimate = noiseVariance(x: x, y: pairs.y)
    #expect(abs(variance / max(residual, estimate) - 1) < 1e-9)
    #expect(variance > 0.75 * 4 && variance < 1.3 * 4)
  }
}
