import Kernels
import RealModule
import Testing

@Suite struct SynthesisTests {
  /// Values of numpy: `exp`, `gradient` and means over the same grid.
  @Test func curveAndDeclineRatesEqualNumpy() {
    let cases: [(TwoSlopeCurve, responses: [Double], high: Double, low: Double, lowPlain: Double)] = [
      (
        TwoSlopeCurve(threshold: 70, highSlope: 0.5, lowSlope: 4),
        [100, 85, 45, 0.4513291160302188, 1.380626239036817e-07], 0.5, 3.6988737158818776, 1.5090909073948995
      ),
      (
        TwoSlopeCurve(threshold: 59.44, highSlope: 0.44, lowSlope: 5.44),
        [100, 82.1536, 82.4, 4.6155984830438985, 6.377061291510705e-09], 0.4668292682926828, 4.9574067589309205,
        1.801777777705071
      ),
      (
        TwoSlopeCurve(threshold: 88.3, highSlope: 1.2, lowSlope: 3.1),
        [100, 85.96, 2.3588908781428297, 0.00705295600659783, 6.30518484144701e-08], 1.22375, 2.8943104841947753,
        1.1610135128630967
      ),
    ]
    for (curve, responses, high, low, lowPlain) in cases {
      for (x, response) in zip([100, curve.threshold, 60, 45, 15], responses) {
        #expect(curve(x).isApproximatelyEqual(to: response, relativeTolerance: 1e-12), "\(curve) at \(x)")
      }
      let rates = curve.declineRates()
      #expect(rates.high.isApproximatelyEqual(to: high, relativeTolerance: 1e-12), "\(curve)")
      #expect(rates.low.isApproximatelyEqual(to: low, relativeTolerance: 1e-12), "\(curve)")
      #expect(
        curve.declineRates(activeFraction: 0).low.isApproximatelyEqual(to: lowPlain, relativeTolerance: 1e-12))
    }
  }

  @Test func generatorIsSplitMix64AndKeysMatter() {
    var plain = KeyedGenerator()
    let published: [UInt64] = [0xe220_a839_7b1d_cdaf, 0x6e78_9e6a_a1b9_65f4, 0x06c4_5d18_8009_454f]
    for number in published { #expect(plain.next() == number) }
    var starts = [KeyedGenerator(1, 2, 3), KeyedGenerator(1, 3, 2), KeyedGenerator(2, 2, 3), KeyedGenerator(1, 2)]
    #expect(Set(starts.indices.map { starts[$0].next() }).count == starts.count)
  }

  @Test func normalNumbersHaveTheirMoments() {
    let numbers = (0..<20_000).map { cell in
      var generator = KeyedGenerator(5, 1, cell)
      return generator.normal()
    }
    let count = Double(numbers.count)
    let mean = numbers.reduce(0, +) / count
    let variance = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
    // Four standard errors.
    #expect(abs(mean) < 4 / count.squareRoot())
    #expect(abs(variance - 1) < 4 * (2 / count).squareRoot())
  }

  @Test(arguments: [1, 2, 3])
  func everyLandCellHasAPlausibleCurve(seed: Int) {
    let land = SyntheticLand(rows: 24, columns: 36, oceanShare: 0.6, seed: seed)
    let total = land.areas.reduce(0, +) * 36
    #expect(total.isApproximatelyEqual(to: 4 * .pi * 6371.22 * 6371.22, relativeTolerance: 1e-12))
    var ocean = 0.0
    for (cell, curve) in land.curves.enumerated() {
      guard let curve else {
        ocean += land.areas[cell / 36]
        #expect(land.landFraction[cell] == 0 && land.normalMoisture[cell].isNaN)
        continue
      }
      #expect((45...90).contains(curve.threshold))
      #expect((0.1...1.5).contains(curve.highSlope))
      #expect(curve.lowSlope > 1.5 * curve.highSlope)
      #expect(curve(curve.threshold) > 39.99)
      #expect((0.2...1).contains(land.landFraction[cell]))
      #expect((0.08...0.45).contains(land.normalMoisture[cell]))
    }
    #expect(abs(ocean / total - 0.6) < 0.01)
  }

  @Test func aLineHasNoThresholdAndNeverBends() {
    let land = SyntheticLand(rows: 12, columns: 18, oceanShare: 0, seed: 4, response: .line)
    for curve in land.curves {
      guard let curve else {
        Issue.record("an ocean cell without an ocean")
        continue
      }
      #expect(!curve.hasThreshold)
      for x in stride(from: 15.0, through: 100, by: 5) {
        #expect(curve(x).isApproximatelyEqual(to: 100 - curve.highSlope * (100 - x), relativeTolerance: 1e-12))
      }
    }
  }

  @Test func membersSpanTheSameRangeOfMoisture() {
    let land = SyntheticLand(rows: 3, columns: 4, oceanShare: 0.2, seed: 1)
    let full = SyntheticEnsemble(land: land, perturbations: 85, noise: 0, seed: 1)
    let few = SyntheticEnsemble(land: land, perturbations: 17, noise: 0, seed: 1)
    #expect(full.relativeMoisture(member: 0) == 100)
    #expect(full.relativeMoisture(member: 30) == 70)
    #expect(few.relativeMoisture(member: 17) == 15)
    for (cell, curve) in land.curves.enumerated() {
      let relative = full.relativeProductivity(member: 30)[cell]
      #expect(curve.map { relative == $0(70) } ?? relative.isNaN)
    }
  }
}
