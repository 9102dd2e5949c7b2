import Kernels
import Testing

/// Pairs from plain arrays.
func sortedSamples(_ x: [Double], _ y: [Double]) -> SortedSamples {
  x.withUnsafeBufferPointer { x in y.withUnsafeBufferPointer { y in SortedSamples(x: x, y: y) } }
}

/// One fit of scipy 1.17.1's `curve_fit` (tolerances 1e-15), or for plateau and spline of numpy 2.4.6's `lstsq` on a
/// grid of breakpoints refined to 1e-8; x = 20, 25 … 100.
private struct Reference: Sendable {
  var model: ThresholdModel
  var y: [Double]
  var parameters: [Double]
  var threshold: Double
  var rss: Double
  var aicc: Double
}

private let references = [
  Reference(
    model: .logistic,
    y: [
      13.24, 13.05, 17.24, 23.05, 27.32, 35.0, 48.74, 59.65, 69.68, 79.89, 83.99, 89.23, 90.07, 93.8, 93.42, 94.86,
      93.67,
    ], parameters: [10.63542805, 84.09926542, 0.1129156299, 52.11164799], threshold: 63.77485085, rss: 15.33634618,
    aicc: 13.70375344),
  Reference(
    model: .exponential,
    y: [
      3.8, 21.04, 37.73, 51.33, 58.78, 65.26, 74.27, 78.53, 81.9, 86.76, 87.29, 90.5, 90.42, 93.9, 93.63, 95.35, 94.5,
    ], parameters: [3.26223732, 4.250869979, 0.04486947882, 20], threshold: 86.76547962, rss: 15.79204034,
    aicc: 10.08030911),
  Reference(
    model: .quadratic,
    y: [
      31.8, 40.46, 51.55, 61.76, 67.4, 73.16, 82.15, 86.76, 90.6, 95.86, 96.55, 99.56, 98.8, 101.06, 98.95, 98.16,
      94.1,
    ], parameters: [-19.92207414, 2.90149277, -0.01753735805], threshold: 82.72320042, rss: 15.82868132,
    aicc: 10.11970714),
  Reference(
    model: .plateau,
    y: [
      33.8, 38.9, 47.3, 55.7, 60.4, 66.1, 75.9, 82.2, 88.6, 97.3, 97.12, 98.32, 96.62, 98.82, 97.52, 98.42, 96.92,
    ], parameters: [4.852121239, 1.406303029, 66.0064152], threshold: 66.0064152, rss: 15.57120346, aicc: 9.840902186),
  Reference(
    model: .spline,
    y: [
      42.8, 46.4, 53.3, 60.2, 63.4, 67.6, 75.9, 80.7, 85.6, 91.63, 90.63, 92.83, 92.13, 95.33, 95.03, 96.93, 96.43,
    ], parameters: [20.42888886, 1.089, -0.9106666666, 64.4869448], threshold: 64.4869448, rss: 15.25322222,
    aicc: 13.61136176),
]

private let x = (0..<17).map { 20 + 5 * Double($0) }

private func compute(_ options: ThresholdOptions, _ x: [Double], _ y: [Double]) -> ThresholdResult {
  let kernel = ThresholdKernel(options: options, maximumPairs: x.count)
  return x.withUnsafeBufferPointer { x in y.withUnsafeBufferPointer { y in kernel.compute(x: x, y: y, cell: 0) } }
}

@Suite struct ClosedFormTests {
  @Test(arguments: references)
  private func fitsAgreeWithScipy(_ reference: Reference) throws {
    let form = try #require(ClosedForm.fit(reference.model, sortedSamples(x, reference.y)))
    for (ours, theirs) in zip(form.parameters, reference.parameters) {
      #expect(abs(ours / theirs - 1) < 2e-6, "\(reference.model)")
    }
    let threshold = try #require(form.threshold)
    #expect(abs(threshold / reference.threshold - 1) < 1e-6)
    #expect(abs(form.residualSumOfSquares / reference.rss - 1) < 1e-8)
  }

  @Test(arguments: references)
  private func kernelReportsThresholdAndScores(_ reference: Reference) {
    var options = ThresholdOptions()
    options.model = reference.model
    // Least squares of the pairs as they are.
    options.outlierBound = .infinity
    let result = compute(options, x, reference.y)
    #expect(result.status == .computed)
    #expect(abs(result.smt / reference.threshold - 1) < 1e-6)
    #expect(abs(result.aicc - reference.aicc) < 1e-6)
    let centre = mean(reference.y)
    let total = reference.y.reduce(0) { $0 + ($1 - centre) * ($1 - centre) }
    #expect(abs(result.r2 - (1 - reference.rss / total)) < 1e-9)
    #expect(result.declineRateLow > result.declineRateHigh)
    #expect(
      abs(result.amplification - result.declineRateLow / result.declineRateHigh) < 1e-12
        || abs(result.declineRateHigh) < 0.02)
  }

  /// The other way round there is nothing that levels off.
  @Test(arguments: references)
  private func fallingCurvesHaveNoThreshold(_ reference: Reference) {
    guard reference.model != .quadratic else { return }
    var options = ThresholdOptions()
    options.model = reference.model
    let result = compute(options, x, reference.y.map { -$0 })
    #expect(result.status == .noThreshold)
    #expect(result.smt.isNaN && result.declineRateLow.isNaN)
    #expect(result.r2 > 0.99)
  }

  @Test func vertexOutsideTheRangeIsNoThreshold() {
    var options = ThresholdOptions()
    options.model = .quadratic
    #expect(compute(options, x, x.map { 4 * $0 - 0.01 * $0 * $0 }).status == .noThreshold)
    #expect(compute(options, x, x.map { $0 * $0 - 120 * $0 }).status == .noThreshold)
    #expect(abs(compute(options, x, x.map { 1.4 * $0 - 0.01 * $0 * $0 }).smt - 70) < 1e-9)
  }

  @Test func exactBreakpointsAreFoundBetweenPairs() throws {
    let plateau = try #require(ClosedForm.fit(.plateau, sortedSamples(x, x.map { 3 + 2 * min($0, 61.7) })))
    #expect(abs((plateau.threshold ?? .nan) - 61.7) < 1e-9)
    let spline = try #require(
      ClosedForm.fit(.spline, sortedSamples(x, x.map { 3 + 2 * $0 - 1.5 * max($0 - 44.2, 0) })))
    #expect(abs((spline.threshold ?? .nan) - 44.2) < 1e-9)
    #expect(spline.residualSumOfSquares < 1e-18)
  }

  @Test(arguments: ThresholdModel.allCases.filter { $0 != .network })
  func constantAndRepeatedValuesDoNoHarm(model: ThresholdModel) {
    var options = ThresholdOptions()
    options.model = model
    let flat = compute(options, x, x.map { _ in 50 })
    #expect(flat.status == .noThreshold)
    #expect(flat.r2.isNaN)
    let line = compute(options, x, x.map { 0.7 * $0 + 3 })
    #expect(line.status == .noThreshold || model == .logistic)
    let twice = compute(options, x + x, x.map { min($0, 60) } + x.map { min($0, 60) + 0.5 })
    #expect(twice.pairCount == 34)
    #expect(twice.r2 > 0.9)
    #expect(compute(options, x.map { _ in 70 }, x).status == .narrowRange)
  }

  @Test func bootstrapOfClosedFormsSpreads() {
    var options = ThresholdOptions()
    options.model = .plateau
    options.bootstrap = 50
    let result = compute(options, x, references[3].y)
    #expect(result.smtP05 < result.smt && result.smt < result.smtP95)
    #expect(result.smtStandardDeviation > 0.1 && result.smtStandardDeviation < 3)
    #expect(result.smtStandardDeviation == compute(options, x, references[3].y).smtStandardDeviation)
  }

  @Test func akaikeNeedsMorePairsThanParameters() {
    #expect(correctedAkaike(residualSumOfSquares: 1, count: 5, parameters: 3).isNaN)
    #expect(correctedAkaike(residualSumOfSquares: 1, count: 6, parameters: 3).isFinite)
  }
}
