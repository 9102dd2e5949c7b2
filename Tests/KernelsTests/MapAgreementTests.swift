import Kernels
import RealModule
import Testing

/// Expected values are numpy's: `corrcoef`, `cov(aweights=…)`, `median`.
@Suite struct MapAgreementTests {
  static let a: [Double] = [1.5, 2.25, -3, 4, .nan, 7, 10.5, 0.1]
  static let b: [Double] = [1, 2.75, -2.5, 9, 3, .nan, 10, 0.1]
  static let weights: [Double] = [1, 2, 0.5, 3, 1, 1, 4, .nan]

  private func expectEqual(_ found: MapAgreement, _ expected: [Double]) {
    let values = [
      found.rootMeanSquareError, found.bias, found.correlation, found.medianAbsoluteError, found.shareWithin,
    ]
    for (value, wanted) in zip(values, expected) {
      #expect(value.isApproximatelyEqual(to: wanted, absoluteTolerance: 1e-14, relativeTolerance: 1e-13))
    }
  }

  @Test func plainStatistics() {
    expectEqual(
      MapAgreement(Self.a, Self.b, within: .absolute(0.5)),
      [2.0816659994661326, -0.8333333333333334, 0.9098728883764107, 0.5, 0.8333333333333334])
  }

  @Test func weightedStatistics() {
    let expected = [2.70581384641083, -1.3095238095238093, 0.8301573121013451, 0.5, 0.7142857142857142]
    expectEqual(MapAgreement(Self.a, Self.b, weights: Self.weights, within: .absolute(0.5)), expected)
    expectEqual(MapAgreement(Self.a, Self.b, weights: Self.weights.map { $0 * 1e9 }, within: .absolute(0.5)), expected)
  }

  @Test func meansAreThoseOfTheCellsCompared() {
    let plain = MapAgreement(Self.a, Self.b, within: .absolute(0))
    #expect(abs(plain.meanA - 15.35 / 6) < 1e-14 && abs(plain.meanB - 20.35 / 6) < 1e-14)
    let weighted = MapAgreement(Self.a, Self.b, weights: Self.weights, within: .absolute(0))
    #expect(abs(weighted.meanA - 58.5 / 10.5) < 1e-14 && abs(weighted.meanB - 72.25 / 10.5) < 1e-14)
  }

  @Test func relativeTolerancesAreSharesOfTheSecondValue() {
    let tolerance = AgreementTolerance.relative(0.25)
    #expect(tolerance.allows(5, 4) && tolerance.allows(-3, -4) && tolerance.allows(0, 0))
    #expect(!tolerance.allows(4, 5.5) && !tolerance.allows(1e-9, 0) && !tolerance.allows(4, -4))
  }

  @Test func equalWeightsChangeNothing() {
    let weights = [Double](repeating: 0.1, count: Self.a.count)
    let plain = MapAgreement(Self.a, Self.b, within: .absolute(1))
    expectEqual(
      MapAgreement(Self.a, Self.b, weights: weights, within: .absolute(1)),
      [plain.rootMeanSquareError, plain.bias, plain.correlation, plain.medianAbsoluteError, plain.shareWithin])
  }

  @Test func medianOfEvenNumbersLiesBetweenTheMiddleTwo() {
    #expect(MapAgreement([1, 2, 3, 10], [0, 0, 0, 0], within: .absolute(0)).medianAbsoluteError == 2.5)
    #expect(MapAgreement([1, 2, 10], [0, 0, 0], within: .absolute(0)).medianAbsoluteError == 2)
    // All of the weight on the largest.
    #expect(MapAgreement([1, 2, 10], [0, 0, 0], weights: [0, 0, 5], within: .absolute(0)).medianAbsoluteError == 10)
  }

  /// The middle of the weight, not of the number of cells.
  @Test func mediansAreWeighted() {
    func median(_ weights: [Double]) -> Double {
      MapAgreement([1, 2, 3, 10], [0, 0, 0, 0], weights: weights, within: .absolute(0)).medianAbsoluteError
    }
    #expect(median([1, 1, 1, 9]) == 10 && median([9, 1, 1, 1]) == 1 && median([1, 5, 1, 1]) == 2)
    // Half of the weight on either side of the gap.
    #expect(median([3, 1, 2, 2]) == 2.5 && median([2, 1, 1, 4]) == 6.5)
  }

  @Test func nothingToCompareIsNotANumber() {
    for pair in [([Double](), [Double]()), ([.nan, 1], [1, .nan])] {
      let agreement = MapAgreement(pair.0, pair.1, within: .absolute(5))
      #expect(agreement.rootMeanSquareError.isNaN && agreement.bias.isNaN && agreement.medianAbsoluteError.isNaN)
    }
    #expect(MapAgreement([1, 1], [1, 2], within: .absolute(5)).correlation.isNaN)
  }
}
