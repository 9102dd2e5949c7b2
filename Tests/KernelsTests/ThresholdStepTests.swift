import Kernels
import Testing

private func near(_ a: [Double], _ b: [Double], _ tolerance: Double = 1e-9) -> Bool {
  a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) <= tolerance }
}

@Suite struct ThresholdStepTests {
  @Test func pairsAreSortedAndMissingOnesDropped() {
    let pairs = sortedSamples([3, .nan, 1, 2, 1, .infinity], [30, 5, 10, .nan, 11, 6])
    #expect(pairs.x == [1, 1, 3])
    #expect(pairs.y == [10, 11, 30])
    #expect(pairs.span == 2)
    #expect(sortedSamples([], []).span == 0)
  }

  @Test func standardisationGoesThereAndBack() {
    let scale = Standardisation([2, 4, 4, 4, 5, 5, 7, 9])
    #expect(scale.centre == 5 && scale.scale == 2)
    #expect(scale.standardised([5, 9]) == [0, 2])
    #expect(scale.restored([0, -1]) == [5, 3])
    #expect(Standardisation([7, 7]).standardised([7, 7]) == [0, 0])
  }

  @Test func gridRunsFromLowestToHighest() {
    #expect(evaluationGrid(from: 15, to: 18, step: 1) == [15, 16, 17, 18])
    #expect(evaluationGrid(from: 15.5, to: 18.4, step: 1) == [15.5, 16.5, 17.5])
    #expect(evaluationGrid(from: 0, to: 0.3, step: 0.1).count == 4)
    #expect(evaluationGrid(from: 2, to: 2, step: 1) == [2])
  }

  @Test func differencesAreNumpysGradient() {
    // numpy 2.4.6: numpy.gradient
    let f = [1.0, 3, 2, 5, 9, 8, 12, 12.5]
    #expect(centralDifferences(f, step: 1).prefix(5) == [2, 0.5, 1, 3.5, 1.5])
    #expect(secondDifferences(f, step: 1).prefix(5) == [-1.5, -0.5, 1.5, 0.25, -1])
    #expect(near(centralDifferences(f, step: 0.5), centralDifferences(f, step: 1).map { 2 * $0 }))
    #expect(centralDifferences([1], step: 1)[0].isNaN)
    #expect(centralDifferences([], step: 1).isEmpty)
  }

  @Test func smoothingIsScipysWithOddReflection() {
    // scipy 1.17.1: gaussian_filter1d(numpy.pad(f, 40, 'reflect', reflect_type='odd'), 2, truncate=4)
    let f = [1.0, 3, 2, 5, 9, 8, 12, 12.5, 13, 12, 14, 13, 15, 18, 17]
    let expected = [
      1.0, 2.387935103, 3.893823746, 5.554364149, 7.291613635, 8.951772712, 10.38124765, 11.49386908, 12.31289417,
      12.96743191, 13.62445711, 14.39043225, 15.25660228, 16.14231599, 17.0,
    ]
    #expect(near(gaussianSmoothing(f, sigma: 2), expected, 1e-8))
    let line = (0..<6).map { 3 + 2 * Double($0) }
    #expect(near(gaussianSmoothing(line, sigma: 3), line))
    #expect(gaussianSmoothing(f, sigma: 0.1) == f)
    #expect(gaussianSmoothing([4], sigma: 2) == [4])
  }

  @Test func bendIsRefinedByAParabola() throws {
    let x = (0..<11).map(Double.init)
    let rising = x.map { _ in 2.0 }
    let curvature = x.map { ($0 - 5.3) * ($0 - 5.3) - 4 }
    let bend = try #require(bends(x: x, slope: rising, curvature: curvature).first)
    #expect(abs(bend.x - 5.3) < 1e-12)
    #expect(abs(bend.sharpness - (4 - 0.09) / 2) < 1e-12)
  }

  @Test func bendsAtTheEndsAndOnFallingPartsDoNotCount() throws {
    let x = (0..<11).map(Double.init)
    var curvature = x.map { _ in 0.0 }
    curvature[1] = -9
    curvature[9] = -9
    curvature[4] = -5
    curvature[6] = -1
    var slope = x.map { _ in 1.0 }
    #expect(try #require(bends(x: x, slope: slope, curvature: curvature).first).x == 4)
    slope[4] = 0
    #expect(try #require(bends(x: x, slope: slope, curvature: curvature).first).x == 6)
    // Next to a lower value on a falling part there is no parabola to go by.
    curvature[5] = -2
    #expect(try #require(bends(x: x, slope: slope, curvature: curvature).first).x == 5)
    #expect(bends(x: x, slope: x.map { _ in -1 }, curvature: curvature).isEmpty)
    #expect(bends(x: x, slope: x.map { _ in .nan }, curvature: curvature).isEmpty)
    #expect(bends(x: [0, 1, 2, 3], slope: [1, 1, 1, 1], curvature: [0, 0, 0, 0]).isEmpty)
  }

  @Test func ratesLeaveOutWhatHasCollapsed() {
    let x = [0.0, 1, 2, 3, 4, 5, 6]
    let slope = [0.0, 0.1, 4, 2, 9, 1, 0.5]
    let rates = DeclineRates(x: x, slope: slope, threshold: 4.5, activeFraction: 0.25)
    #expect(rates.high == 0.75)
    #expect(rates.low == 6.5)
    #expect(rates.amplification == 6.5 / 0.75)
    let plain = DeclineRates(x: x, slope: slope, threshold: 4.5, activeFraction: 0)
    #expect(abs(plain.low - 15.1 / 4) < 1e-12)
    // The point at the threshold itself is on neither side.
    let onPoint = DeclineRates(x: x, slope: slope, threshold: 4, activeFraction: 0)
    #expect(abs(onPoint.low - 6.1 / 3) < 1e-12 && onPoint.high == 0.75)
    #expect(DeclineRates(x: x, slope: slope, threshold: 7, activeFraction: 0).high.isNaN)
    let flat = DeclineRates(x: [0, 1, 2], slope: [3, 1, -0.019], threshold: 1.5, activeFraction: 0)
    #expect(flat.amplification.isNaN)
    // Where the curve falls its slope counts as it is, not by its size.
    let falling = DeclineRates(x: x, slope: [1, 2, 3, -4, 2, 1, -2], threshold: 4.5, activeFraction: 0)
    #expect(falling.high == -0.5 && falling.low == 2 && falling.amplification == -4)
  }

  @Test func statisticsAreNumpys() {
    let values = [3.0, 1, 4, 1, 5, 9, 2, 6]
    #expect(abs(percentile(values, 0.05) - 1) < 1e-12)
    #expect(abs(percentile(values, 0.95) - 7.95) < 1e-12)
    #expect(abs(standardDeviation(values) - 2.748376143938713) < 1e-12)
    #expect(mean([]).isNaN && percentile([], 0.5).isNaN && standardDeviation([1]).isNaN)
    #expect(percentile([5], 0.95) == 5)
    #expect(coefficientOfDetermination(observed: [1, 2, 3], fitted: [1, 2, 4]) == 0.5)
    #expect(coefficientOfDetermination(observed: [2, 2], fitted: [2, 2]).isNaN)
  }

  @Test func statusNamesAreCFMeanings() {
    #expect(Set(CellStatus.allCases.map(\.name)).count == CellStatus.allCases.count)
    let letters = Set("abcdefghijklmnopqrstuvwxyz_")
    for status in CellStatus.allCases { #expect(letters.isSuperset(of: status.name), "\(status)") }
    let values: [UInt8] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
    #expect(CellStatus.allCases.map { $0.rawValue } == values)
  }
}
