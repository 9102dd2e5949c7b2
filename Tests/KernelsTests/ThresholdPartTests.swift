import Testing

@testable import Kernels

/// A cell's fits computed in parts, in any order and by any kernel, make the result that one kernel makes at once.
@Suite struct ThresholdPartTests {
  private let x: [Double]
  private let y: [Double]

  init() {
    var (x, y): ([Double], [Double]) = ([], [])
    for index in 0..<40 {
      let value = 30 + 1.8 * Double(index)
      let bend = 2.5 * max(65 - value, 0)
      let noise = Double(index * 7 % 5) / 4
      x.append(value)
      y.append(100 - bend - 0.4 * (100 - value) + noise)
    }
    (self.x, self.y) = (x, y)
  }

  private func numbers(_ result: ThresholdResult) -> [UInt64] {
    [
      result.smt, result.r2, result.declineRateHigh, result.declineRateLow, result.amplification,
      result.smtStandardDeviation, result.smtP05, result.smtP95, result.aicc, result.sharpness,
      result.thresholdProbability, result.smtTrainingStandardDeviation, result.bendP, result.bendEvidence,
      result.largestResidual, Double(result.iterations), Double(result.pairCount), Double(result.status.rawValue),
    ].map(\.bitPattern)
  }

  private func check(_ options: ThresholdOptions, parts: Int, _ comment: Comment) {
    let pairs = SortedSamples(x: x, y: y)
    var (curve, expectedCurve): (ThresholdCurve?, ThresholdCurve?)
    let kernel = ThresholdKernel(options: options, maximumPairs: x.count)
    #expect(kernel.partCount == parts, comment)
    let expected = x.withUnsafeBufferPointer { x in
      y.withUnsafeBufferPointer { kernel.compute(x: x, y: $0, cell: 11, curve: &expectedCurve) }
    }
    #expect(expected.status == .computed, comment)
    var rows = [[Double]](repeating: [], count: parts)
    // Two kernels take turns, from the last part to the first, with another cell in between.
    let kernels = [kernel, ThresholdKernel(options: options, maximumPairs: x.count)]
    for part in (0..<parts).reversed() {
      rows[part] = kernels[part % 2].fits(part: part, of: pairs, cell: 11)
      if part % 3 == 0 { _ = kernels[part % 2].fits(part: part, of: pairs, cell: 12) }
    }
    #expect(numbers(kernels[1].result(of: pairs, parts: rows, curve: &curve)) == numbers(expected), comment)
    #expect(curve?.f == expectedCurve?.f && curve?.smoothedCurvature == expectedCurve?.smoothedCurvature, comment)
    let largest = rows.map(\.count).max() ?? 0
    #expect(largest <= ThresholdKernel.largestPart(of: options, samples: x.count), comment)
  }

  @Test func networksAndRefitsAreParts() {
    var options = ThresholdOptions()
    options.optimizer = .adam
    options.noiseStop = 0
    options.networks = 1
    options.hidden = [16, 16]
    options.epochs = 300
    options.learningRate = 5e-3
    check(options, parts: 1, "one network")
    options.networks = 3
    check(options, parts: 3, "three networks")
    options.bootstrap = 16
    check(options, parts: 3, "16 refits")
    options.bootstrap = 37
    check(options, parts: 9, "37 refits")
  }

  @Test func closedFormsAreOnePartWithTheirRefits() {
    var options = ThresholdOptions()
    for model in [ThresholdModel.plateau, .quadratic, .logistic] {
      options.model = model
      options.bootstrap = 0
      options.networks = 5
      check(options, parts: 1, "\(model)")
      options.bootstrap = 20
      check(options, parts: 2, "\(model), 20 refits")
    }
  }

  @Test func refitsDifferFromEachOtherAndFromTheOtherCells() {
    var options = ThresholdOptions()
    options.model = .plateau
    options.bootstrap = 32
    let kernel = ThresholdKernel(options: options, maximumPairs: x.count)
    let pairs = SortedSamples(x: x, y: y)
    // The iterations come first, then the threshold and the bend's statistic of every refit.
    let refits = kernel.fits(part: 1, of: pairs, cell: 3).dropFirst()
    #expect(refits.count == 32 && Set(refits.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)).count > 8)
    #expect(refits != kernel.fits(part: 1, of: pairs, cell: 4).dropFirst())
    #expect(refits == kernel.fits(part: 1, of: pairs, cell: 3).dropFirst())
  }

  /// Each part of the refits has refits of its own, not those of another part again.
  @Test func partsHaveRefitsOfTheirOwn() {
    var options = ThresholdOptions()
    options.model = .plateau
    options.bootstrap = 40
    let kernel = ThresholdKernel(options: options, maximumPairs: x.count)
    let pairs = SortedSamples(x: x, y: y)
    let rows = (0..<kernel.partCount).map { kernel.fits(part: $0, of: pairs, cell: 3) }
    #expect(rows.count == 3)
    // Thresholds may repeat; the bend's statistic, the second number of a refit, is that of noise of its own.
    let clarities = zip(rows, [16, 16, 8]).map { row, refits in
      stride(from: 1, to: 2 * refits, by: 2).map { row.suffix(2 * refits)[row.count - 2 * refits + $0] }
    }
    let all = clarities.flatMap(\.self)
    #expect(all.count == 40 && Set(all).count == 40)
  }

  /// The least range is given in steps of the grid.
  @Test func theLeastRangeIsInGridSteps() {
    let samples = SortedSamples(x: x.map { 40 + ($0 - x[0]) / (x[x.count - 1] - x[0]) * 30 }, y: y)
    #expect(abs(samples.span - 30) < 1e-9)
    for (step, minimum, isFitted) in [(1, 29, true), (1, 31, false), (2, 16, false), (2, 14, true), (0.5, 50, true)]
      as [(Double, Double, Bool)]
    {
      var options = ThresholdOptions()
      (options.model, options.gridStep, options.minimumSpan) = (.plateau, step, minimum)
      let kernel = ThresholdKernel(options: options, maximumPairs: x.count)
      #expect(kernel.needsFit(samples) == isFitted, "\(minimum) steps of \(step)")
    }
  }

  @Test func cellsWithoutAFitNeedNoParts() {
    var curve: ThresholdCurve?
    let kernel = ThresholdKernel(options: ThresholdOptions(), maximumPairs: x.count)
    let few = SortedSamples(x: Array(x.prefix(5)), y: Array(y.prefix(5)))
    #expect(!kernel.needsFit(few) && kernel.needsFit(SortedSamples(x: x, y: y)))
    #expect(kernel.result(of: few, parts: [], curve: &curve).status == .tooFewPairs)
    let narrow = SortedSamples(x: x.map { 50 + 0.01 * $0 }, y: y)
    #expect(!kernel.needsFit(narrow))
    #expect(kernel.result(of: narrow, parts: [], curve: &curve).status == .narrowRange)
  }
}
