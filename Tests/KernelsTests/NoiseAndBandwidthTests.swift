import Testing

@testable import Kernels

@Suite struct NoiseAndBandwidthTests {
  private static func line(noise: Double, slope: Double = 1, count: Int = 86, cell: Int = 0) -> SortedSamples {
    var random = KeyedGenerator(141, cell, count)
    let x = MoistureKind.random.values(count, &random)
    return SortedSamples(x: x, y: x.map { slope * $0 + noise * random.normal() })
  }

  /// The estimator of Gasser, Sroka & Jennen-Steinmetz as it is written down.
  @Test(arguments: MoistureKind.allCases)
  func variancesAreThoseOfTheFormula(kind: MoistureKind) {
    for count in [3, 4, 10, 86] {
      var random = KeyedGenerator(142, count)
      let x = kind.values(count, &random)
      let y = x.map { 0.5 * $0 + 3 * random.normal() }
      var sum = 0.0
      for i in 1..<(count - 1) {
        let span = x[i + 1] - x[i - 1]
        let before = span > 0 ? (x[i + 1] - x[i]) / span : 0.5
        let after = 1 - before
        let departure = before * y[i - 1] + after * y[i + 1] - y[i]
        sum += departure * departure / (before * before + after * after + 1)
      }
      let expected = sum / Double(count - 2)
      #expect(abs(noiseVariance(x: x, y: y) / expected - 1) < 1e-12)
      let weights = NoiseWeights(x)
      #expect(abs(mean(weights.departures(y).map { $0 * $0 }) / expected - 1) < 1e-12)
    }
    #expect(noiseVariance(x: [], y: []).isNaN && noiseVariance(x: [1, 2], y: [1, 2]).isNaN)
  }

  /// Alternating values: every departure is 4 in units where unit noise gives √1.5.
  @Test func variancesOfKnownValues() {
    let x = (0..<20).map(Double.init)
    #expect(abs(noiseVariance(x: x, y: x.map { Int($0) % 2 == 0 ? 1 : -1 }) - 4 / 1.5) < 1e-12)
    #expect(noiseVariance(x: x, y: x.map { 5 * $0 }) < 1e-24)
  }

  @Test func bandwidthsGrowWithTheNoise() {
    for cell in 0..<40 {
      let widths = [0, 0.01, 0.1, 0.3, 1, 3, 10, 30, 100].map { Self.line(noise: $0, cell: cell).bandwidth }
      #expect(widths == widths.sorted(), "\(widths)")
      #expect(widths.first == 2 && widths.last == 7, "\(widths)")
    }
    // In between it goes with the noise.
    let middle = [3, 4, 6, 8].map { Self.line(noise: $0).bandwidth }
    #expect(middle.allSatisfy { $0 > 2 && $0 < 7 } && Set(middle).count == 4, "\(middle)")
  }

  /// More pairs tell a bend better; the units of the response have nothing to do with it.
  @Test func bandwidthsFallWithPairsAndNotWithUnits() {
    let widths = [20, 86, 400, 2000].map { Self.line(noise: 4, count: $0).bandwidth }
    #expect(widths == widths.sorted(by: >) && widths[0] > widths[3], "\(widths)")
    let pairs = Self.line(noise: 4)
    let scaled = SortedSamples(x: pairs.x, y: pairs.y.map { 1e-3 * $0 + 17 })
    #expect(abs(scaled.bandwidth - pairs.bandwidth) < 1e-9)
  }

  @Test func bandwidthsOfAnythingAreFinite() {
    let x = (0..<12).map(Double.init)
    for pairs in [
      SortedSamples(x: x, y: x.map { _ in 50 }), SortedSamples(x: x.map { _ in 3 }, y: x),
      SortedSamples(x: [1, 2, 3], y: [1, 1, 1]), SortedSamples(x: [], y: []), SortedSamples(x: [1], y: [1]),
      SortedSamples(x: [1, 9], y: [1, 4]),
    ] {
      #expect(pairs.bandwidth == 2, "\(pairs)")
    }
  }
}
