/// The fits of a cell in parts that can be computed apart, on any rank and in any order, and put together afterwards.
///
/// A part is a network, or so many of its bootstrap refits. ``ThresholdKernel/compute(x:y:cell:)`` does the same on the
/// spot, so that the result has the same bits.
extension ThresholdKernel {
  /// Refits in a part.
  ///
  /// A rank that begins in the middle of a network repeats its fit to the data: at most one fit more for these.
  static let refitsPerPart = 16

  private static func networkCount(_ options: ThresholdOptions) -> Int {
    options.model == .network ? options.networks : 1
  }

  private static func partsPerNetwork(_ options: ThresholdOptions) -> Int {
    max(1, (options.bootstrap + refitsPerPart - 1) / refitsPerPart)
  }

  private var networkCount: Int { Self.networkCount(options) }
  private var partsPerNetwork: Int { Self.partsPerNetwork(options) }

  /// The number of parts of every cell that needs a fit.
  public var partCount: Int { Self.partCount(of: options) }

  /// The number of parts of every cell that needs a fit by these options.
  public static func partCount(of options: ThresholdOptions) -> Int {
    networkCount(options) * partsPerNetwork(options)
  }

  /// The most numbers that a part usually has: of a fit over 100 % of moisture, at the pairs, and its refits.
  public static func largestPart(of options: ThresholdOptions, pairs: Int) -> Int {
    5 + Int(100 / options.gridStep) + pairs + min(refitsPerPart, options.bootstrap)
  }

  /// Whether there are pairs enough, over a range wide enough.
  public func needsFit(_ pairs: SortedPairs) -> Bool { status(of: pairs) == .computed }

  private func status(of pairs: SortedPairs) -> CellStatus {
    if pairs.x.isEmpty || pairs.x.count < options.minimumPairs { return .tooFewPairs }
    return pairs.span < options.minimumSpan * options.gridStep ? .narrowRange : .computed
  }

  private func grid(_ pairs: SortedPairs) -> [Double] {
    evaluationGrid(from: pairs.x[0], to: pairs.x[pairs.x.count - 1], step: options.gridStep)
  }

  /// Computes one part of a cell that needs a fit.
  ///
  /// - Parameters:
  ///   - part: from 0 to ``partCount`` − 1.
  ///   - cell: the cell's global index, key of the random numbers.
  /// - Returns: numbers for ``result(of:parts:curve:)``: the iterations of the part's fits, the fit itself in the first
  ///   part of a network, and the thresholds of the part's refits, NaN where one has none.
  public func fits(part: Int, of pairs: SortedPairs, cell: Int) -> [Double] {
    let (network, block) = part.quotientAndRemainder(dividingBy: partsPerNetwork)
    let grid = grid(pairs)
    let original = original(pairs, grid, RandomKey(cell: cell, network: network, replicate: 0))
    var iterations = block == 0 ? original.iterations : 0
    var numbers = block == 0 ? original.numbers : []
    let residuals = zip(pairs.y, original.fitted).map { $0 - $1 }
    let bias = mean(residuals)
    let first = 1 + block * Self.refitsPerPart
    for replicate in first..<min(first + Self.refitsPerPart, 1 + options.bootstrap) {
      var random = RandomSequence(
        seed: options.seed, cell: cell, network: network, replicate: replicate, purpose: .resampling)
      var resampled = pairs
      resampled.y = original.fitted.map { $0 + residuals[random.nextIndex(below: residuals.count)] - bias }
      let refit = fit(resampled, grid, key: RandomKey(cell: cell, network: network, replicate: replicate))
      iterations += refit.iterations
      numbers.append(refit.threshold ?? .nan)
    }
    return [Double(iterations)] + numbers
  }

  /// The fit to the data themselves, remembered while it is needed again.
  private func original(_ pairs: SortedPairs, _ grid: [Double], _ key: RandomKey) -> FittedCurve {
    guard partsPerNetwork > 1 else { return fit(pairs, grid, key: key) }
    if let last = lastOriginal, last.key == key, last.pairs == pairs { return last.fit }
    let original = fit(pairs, grid, key: key)
    lastOriginal = (pairs, key, original)
    return original
  }

  /// Puts the parts of a cell together; without any, the result says why there is no fit.
  ///
  /// - Parameter curve: the curve that the threshold was read from; nil where none was fitted.
  public func result(
    of pairs: SortedPairs, parts: [[Double]], curve: inout ThresholdCurve?
  ) -> ThresholdResult {
    curve = nil
    var result = ThresholdResult(status: status(of: pairs), pairCount: pairs.x.count)
    guard result.status == .computed else { return result }
    let grid = grid(pairs)
    let fits = (0..<networkCount).map {
      FittedCurve(numbers: parts[$0 * partsPerNetwork].dropFirst(), pairs, grid: grid, options: options)
    }
    let overall = FittedCurve(meanOf: fits, pairs, options: options)
    curve = overall.curve
    result.r2 = coefficientOfDetermination(observed: pairs.y, fitted: overall.fitted)
    result.aicc = overall.aicc
    result.curvature = overall.sharpness
    result.gainOverLine = overall.gain
    result.iterations = parts.reduce(0) { $0 + Int($1[0]) }
    summarise(fits, parts, into: &result)
    guard let threshold = overall.threshold else {
      result.status = .noThreshold
      return result
    }
    let rates = DeclineRates(
      x: grid, slope: overall.curve.slope, threshold: threshold, activeFraction: options.activeFraction)
    result.smt = threshold
    result.declineRateHigh = rates.high
    result.declineRateLow = rates.low
    result.amplification = rates.amplification
    return result
  }

  /// Spread of the threshold over networks, and over refits to resampled residuals; fits without a threshold are left
  /// out.
  private func summarise(_ fits: [FittedCurve], _ parts: [[Double]], into result: inout ThresholdResult) {
    guard fits.count > 1 || options.bootstrap > 0 else { return }
    var thresholds = fits.compactMap(\.threshold)
    for (index, part) in parts.enumerated() {
      let isFirst = index % partsPerNetwork == 0
      thresholds += part.dropFirst(1 + (isFirst ? fits[index / partsPerNetwork].numbers.count : 0)).filter { !$0.isNaN }
    }
    result.smtStandardDeviation = standardDeviation(thresholds)
    result.smtP05 = percentile(thresholds, 0.05)
    result.smtP95 = percentile(thresholds, 0.95)
  }
}
