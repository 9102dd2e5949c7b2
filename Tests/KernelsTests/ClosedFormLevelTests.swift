import Testing

@testable import Kernels

/// Closed forms have a threshold only where pairs bend.
@Suite struct ClosedFormLevelTests {
  private static func compute(_ kernel: ThresholdKernel, _ x: [Double], _ y: [Double], cell: Int) -> ThresholdResult {
    x.withUnsafeBufferPointer { x in y.withUnsafeBufferPointer { kernel.compute(x: x, y: $0, cell: cell) } }
  }

  private static func options(_ model: ThresholdModel) -> ThresholdOptions {
    var options = ThresholdOptions()
    options.model = model
    return options
  }

  /// A response with a threshold whose values have lost their moistures: all that is left of it is their distribution.
  @Test(arguments: [ThresholdModel.plateau, .spline], [43, 86])
  func permutedResponsesHaveNone(model: ThresholdModel, count: Int) {
    let kernel = ThresholdKernel(options: Self.options(model), maximumPairs: count)
    var (permuted, original) = (0, 0)
    for cell in 0..<400 {
      var random = KeyedGenerator(181, cell, count)
      let x = MoistureKind.allCases[cell % 3].values(count, &random)
      let y = x.map { 100 - 0.2 * (100 - max($0, 60)) - 2 * max(60 - $0, 0) + 2 * random.normal() }
      if Self.compute(kernel, x, y.shuffled(using: &random), cell: cell).status == .computed { permuted += 1 }
      if Self.compute(kernel, x, y, cell: cell).status == .computed { original += 1 }
    }
    #expect(isAtMost(0.05, permuted, of: 400), "\(permuted) of 400")
    #expect(original == 400)
  }

  /// A response that noise of 10 % makes look bent in some cells and straight in others.
  private static func doubtful(_ x: Double) -> Double { 30 + 0.6 * x - 0.4 * max(x - 50, 0) }

  /// Beside the test they must beat the straight line by 2 of AICc, neither more nor less.
  @Test(arguments: [ThresholdModel.plateau, .spline, .exponential, .quadratic])
  func aThresholdBeatsTheLine(model: ThresholdModel) throws {
    var options = Self.options(model)
    options.significance = 1
    options.outlierBound = .infinity
    let kernel = ThresholdKernel(options: options, maximumPairs: 43)
    var (better, close) = (0, 0)
    for cell in 0..<300 {
      var random = KeyedGenerator(182, cell)
      let x = MoistureKind.random.values(43, &random)
      let y = x.map { Self.doubtful($0) + 10 * random.normal() }
      let result = Self.compute(kernel, x, y, cell: cell)
      let form = try #require(ClosedForm.fit(model, SortedSamples(x: x, y: y)))
      let fit = try #require(LinearFit([x.map { _ in 1 }, x], y))
      let line = correctedAkaike(residualSumOfSquares: fit.rss, count: 43, parameters: 2)
      if result.status == .computed {
        better += 1
        #expect(result.aicc < line - 2, "cell \(cell)")
      } else if form.threshold != nil {
        close += 1
        let grid = evaluationGrid(from: x[0], to: x[42], step: 1)
        let slope = centralDifferences(grid.map { form($0) }, step: 1)
        let rates = DeclineRates(
          x: grid, slope: slope, threshold: try #require(form.threshold), activeFraction: options.activeFraction)
        #expect(result.aicc >= line - 2 || rates.low <= rates.high, "cell \(cell)")
      }
    }
    #expect(better > 10 && close > 10, "\(better), \(close)")
    // The published rule asks nothing of closed forms either.
    options.isPublishedRule = true
    let published = ThresholdKernel(options: options, maximumPairs: 43)
    let found = try (0..<50).count { cell in
      var random = KeyedGenerator(183, cell)
      let x = MoistureKind.random.values(43, &random)
      let y = x.map { Self.doubtful($0) + 10 * random.normal() }
      let form = try #require(ClosedForm.fit(model, SortedSamples(x: x, y: y)))
      let result = Self.compute(published, x, y, cell: cell)
      #expect((result.status == .computed) == (form.threshold != nil))
      return result.status == .computed
    }
    #expect(found > 5)
  }
}
