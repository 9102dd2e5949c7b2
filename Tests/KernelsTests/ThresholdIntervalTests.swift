import Testing

@testable import Kernels

/// A response of slopes 2.5 and 0.5 with a threshold, and noise in percent of normal.
private func twoSlopes(_ threshold: Double, noise: Double, cell: Int, count: Int = 86) -> SortedSamples {
  var random = KeyedGenerator(171, cell)
  let x = (0..<count).map { 15 + 85 * Double($0) / Double(count - 1) }
  return SortedSamples(
    x: x, y: x.map { 100 - 0.5 * (100 - max($0, threshold)) - 2.5 * max(threshold - $0, 0) + noise * random.normal() })
}

/// Values of a curve with noise at regular moistures.
private func noisy(_ noise: Double, cell: Int, count: Int = 86, _ curve: (Double) -> Double) -> SortedSamples {
  var random = KeyedGenerator(172, cell)
  let x = (0..<count).map { 15 + 85 * Double($0) / Double(count - 1) }
  return SortedSamples(x: x, y: x.map { curve($0) + noise * random.normal() })
}

private func compute(_ kernel: ThresholdKernel, _ pairs: SortedSamples, cell: Int = 3) -> ThresholdResult {
  pairs.x.withUnsafeBufferPointer { x in
    pairs.y.withUnsafeBufferPointer { kernel.compute(x: x, y: $0, cell: cell) }
  }
}

private func kernel(_ change: (inout ThresholdOptions) -> Void) -> ThresholdKernel {
  var options = ThresholdOptions()
  change(&options)
  return ThresholdKernel(options: options, maximumPairs: 300)
}

@Suite struct ThresholdIntervalTests {
  private let defaults = kernel { _ in }
  private let refitting = kernel { $0.bootstrap = 5 }

  private static func interval(_ result: ThresholdResult) -> [Double] {
    [result.smtStandardDeviation, result.smtP05, result.smtP95]
  }

  @Test func refitsMakeIntervalsAndNetworksDoNot() {
    for cell in 0..<8 {
      let pairs = twoSlopes(45 + 5 * Double(cell), noise: 1, cell: cell)
      let plain = compute(defaults, pairs, cell: cell), refitted = compute(refitting, pairs, cell: cell)
      #expect(Self.interval(plain).allSatisfy { $0.isNaN } && plain.thresholdProbability.isNaN)
      #expect(Self.interval(refitted).allSatisfy { $0.isFinite } && refitted.thresholdProbability > 0.95)
      // Refits change nothing else.
      #expect(plain.smt.bitPattern == refitted.smt.bitPattern && plain.r2 == refitted.r2)
      // Networks alone tell how far training spreads: less than the data's noise does.
      #expect(plain.smtTrainingStandardDeviation > 0)
      #expect(plain.smtTrainingStandardDeviation == refitted.smtTrainingStandardDeviation)
    }
    let single = compute(kernel { $0.networks = 1 }, twoSlopes(60, noise: 1, cell: 1))
    #expect(single.status == .computed && single.smtTrainingStandardDeviation.isNaN)
    let closed = compute(
      kernel {
        $0.model = .spline
        $0.bootstrap = 20
      }, twoSlopes(60, noise: 1, cell: 1))
    #expect(Self.interval(closed).allSatisfy { $0.isFinite } && closed.smtTrainingStandardDeviation.isNaN)
  }

  /// Wherever the threshold lies, also next to the ends, where an interval would reach beyond the moistures.
  @Test func intervalsHoldTheThresholdWithinTheRange() {
    var (cut, computed) = (0, 0)
    for (cell, threshold) in stride(from: 20.0, through: 98, by: 2).enumerated() {
      let pairs = twoSlopes(threshold, noise: 5, cell: cell)
      let result = compute(refitting, pairs, cell: cell)
      #expect((0...1).contains(result.thresholdProbability), "\(threshold)")
      guard result.status == .computed else {
        #expect(Self.interval(result).allSatisfy { $0.isNaN })
        continue
      }
      computed += 1
      #expect(result.smtP05 <= result.smt && result.smt <= result.smtP95, "\(threshold)")
      #expect(result.smtP05 >= 15 && result.smtP95 <= 100, "\(threshold): \(result.smtP05) \(result.smtP95)")
      #expect(result.smtStandardDeviation > 0)
      if result.smtP95 == 100 || result.smtP05 == 15 { cut += 1 }
    }
    #expect(computed >= 20 && cut > 0, "\(computed) computed, \(cut) cut")
  }

  @Test func cellsWithoutThresholdHaveNoInterval() {
    let curves: [(Double) -> Double] = [{ _ in 100 }, { 20 + 0.8 * $0 }, { 0.01 * $0 * $0 }, { 120 - $0 }]
    for (cell, curve) in curves.enumerated() {
      let result = compute(refitting, noisy(2, cell: cell, curve), cell: cell)
      #expect(result.status == .noThreshold && result.smt.isNaN, "curve \(cell)")
      #expect(Self.interval(result).allSatisfy { $0.isNaN } && result.smtTrainingStandardDeviation.isNaN)
      #expect((0...1).contains(result.thresholdProbability))
    }
    let few = compute(refitting, noisy(1, cell: 0, count: 8) { min($0, 60) })
    #expect(few.status == .tooFewPairs && few.thresholdProbability.isNaN && few.bendP.isNaN && few.bendEvidence.isNaN)
  }

  /// The more doubtful a bend, the fewer refits have one; on lines hardly any.
  @Test func probabilitiesTellClearBendsFromLines() {
    func probability(_ pairs: (Int) -> SortedSamples) -> Double {
      mean((0..<12).map { compute(refitting, pairs($0), cell: $0).thresholdProbability })
    }
    let clear = probability { twoSlopes(60, noise: 1, cell: $0) }
    let doubtful = probability { cell in noisy(8, cell: cell) { 100 - 0.8 * (100 - $0) - 0.5 * max(60 - $0, 0) } }
    let none = probability { cell in noisy(3, cell: cell) { 20 + 0.8 * $0 } }
    #expect(clear > 0.99 && none < 0.3 && doubtful > none && doubtful < 0.97, "\(clear) \(doubtful) \(none)")
  }

  /// The interval is wider where there is more noise.
  @Test func intervalsGrowWithTheNoise() {
    let widths = [0.3, 1, 3].map { noise in
      mean((0..<6).map { compute(refitting, twoSlopes(60, noise: noise, cell: $0), cell: $0).smtStandardDeviation })
    }
    #expect(widths[0] < widths[1] && widths[1] < widths[2], "\(widths)")
    #expect(widths[2] > 2 * widths[0])
  }

  /// The published rule finds a threshold in noise too, the default hardly ever.
  @Test func thePublishedRuleFindsBendsInNoise() {
    let published = kernel { $0.isPublishedRule = true }
    var (found, byDefault) = (0, 0)
    for cell in 0..<40 {
      let line = noisy(2, cell: cell) { 20 + 0.8 * $0 }
      let result = compute(published, line, cell: cell)
      if result.status == .computed { found += 1 }
      if compute(defaults, line, cell: cell).status == .computed { byDefault += 1 }
      // p is told all the same, and the threshold is a point of the grid.
      #expect(result.bendP.isFinite && (result.smt - 15).truncatingRemainder(dividingBy: 1) == 0)
    }
    #expect(found == 40 && byDefault <= 4, "\(found), \(byDefault)")
  }

  @Test func steepeningResponsesHaveNoThreshold() {
    var found = 0
    for cell in 0..<60 {
      let result = compute(defaults, noisy(3, cell: cell) { 0.01 * $0 * $0 }, cell: cell)
      if result.status != .noThreshold { found += 1 }
    }
    #expect(found <= 1, "\(found)")
  }

  /// A decline that is no faster below than above is no threshold, whatever the sharpness.
  @Test func computedCellsDeclineFasterBelow() {
    let accepting = kernel { $0.significance = 1 }
    var (computed, none) = (0, 0)
    for cell in 0..<60 {
      let result = compute(accepting, noisy(4, cell: cell, count: 20) { 20 + 0.3 * $0 }, cell: cell)
      if result.status == .computed {
        computed += 1
        #expect(!(result.declineRateLow <= result.declineRateHigh), "cell \(cell)")
      } else {
        none += 1
      }
    }
    #expect(computed > 10 && none > 0, "\(computed), \(none)")
  }

  /// One pair that is off by 40 % of normal does not move the threshold, and is told.
  @Test(arguments: [40.0, -40])
  func singleOutliersDoNotMatter(offset: Double) {
    var close = 0
    for cell in 0..<60 {
      var pairs = twoSlopes(45 + 0.6 * Double(cell), noise: 1, cell: cell)
      pairs.y[(cell * 37) % 86] += offset
      let result = compute(defaults, pairs, cell: cell)
      if abs(result.smt - 45 - 0.6 * Double(cell)) < 5 { close += 1 }
      #expect(result.largestResidual > 30)
    }
    #expect(close >= 57, "\(close) of 60")
  }

  /// Values that do not vary, gaps, and moistures that repeat end in a result, not in a crash.
  @Test func anythingHasAResult() {
    let x = (0..<40).map { 20 + 2 * Double($0) }
    let constant = compute(refitting, SortedSamples(x: x, y: x.map { _ in 50 }))
    #expect(constant.status == .noThreshold && constant.bendP == 1)
    #expect(constant.thresholdProbability == 0 && constant.largestResidual < 1e-3)
    // Fewer than nine pairs cannot be tested, but every bend can be accepted.
    let six = SortedSamples(x: [20, 30, 40, 50, 60, 70], y: [0, 20, 41, 60, 65, 69])
    let tested = kernel { $0.minimumPairs = 5 }
    #expect(compute(tested, six).bendP == 1 && compute(tested, six).status == .noThreshold)
    let accepted = compute(
      kernel {
        $0.minimumPairs = 5
        $0.bootstrap = 5
        $0.significance = 1
      }, six)
    #expect(accepted.status == .computed && accepted.thresholdProbability > 0 && accepted.smtP05.isFinite)
    let exact = compute(refitting, SortedSamples(x: x, y: x.map { min($0, 61) }))
    #expect(exact.status == .computed && abs(exact.smt - 61) < 1.5 && exact.bendP == 0.01)
    #expect(exact.smtP05 <= exact.smt && exact.smtP95 >= exact.smt)
    var (gappedX, gappedY) = (x, x.map { min($0, 61) + ($0 * 7).truncatingRemainder(dividingBy: 3) / 5 })
    for index in stride(from: 0, to: 40, by: 5) { gappedY[index] = .nan }
    gappedX[1] = .infinity
    let gapped = compute(refitting, SortedSamples(x: gappedX, y: gappedY))
    #expect(gapped.status == .computed && gapped.pairCount == 31 && gapped.smtP05.isFinite)
    let steps = (0..<60).map { 20 + 16 * Double($0 / 12) }
    let repeated = compute(refitting, SortedSamples(x: steps, y: steps.indices.map { Double($0 % 7) }))
    #expect(repeated.status == .noThreshold && repeated.bendP > 0.02)
  }
}
