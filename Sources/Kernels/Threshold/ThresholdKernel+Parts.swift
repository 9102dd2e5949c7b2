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
  package var partCount: Int { Self.partCount(of: options) }

  /// The number of parts of every cell that needs a fit by these options.
  package static func partCount(of options: ThresholdOptions) -> Int {
    networkCount(options) * partsPerNetwork(options)
  }

  /// The most numbers that a part usually has: of a fit over 100 % of moisture, at the samples, and its refits.
  package static func largestPart(of options: ThresholdOptions, samples: Int) -> Int {
    1 + SampleAssessment.length + 4 + Int(100 / options.gridStep) + samples + 2 * min(refitsPerPart, options.bootstrap)
  }

  /// Whether there are samples enough, over a range wide enough.
  package func needsFit(_ samples: SortedSamples) -> Bool { status(of: samples) == .computed }

  private func status(of samples: SortedSamples) -> CellStatus {
    if samples.x.isEmpty || samples.x.count < options.minimumPairs { return .tooFewPairs }
    if samples.span > options.largestSpan { return .implausibleRange }
    return samples.span < options.minimumSpan * options.gridStep ? .narrowRange : .computed
  }

  private func grid(_ samples: SortedSamples) -> [Double] {
    evaluationGrid(from: samples.x[0], to: samples.x[samples.x.count - 1], step: options.gridStep)
  }

  /// Computes one part of a cell that needs a fit.
  ///
  /// - Parameters:
  ///   - part: from 0 to ``partCount`` − 1.
  ///   - cell: the cell's global index, key of the random numbers.
  /// - Returns: numbers for ``result(of:parts:curve:)``: the iterations of the part's fits, in the first part what the
  ///   samples themselves tell, the fit in the first part of a network, and of each of the part's refits the threshold,
  ///   NaN where it has none, and the bend's statistic.
  package func fits(part: Int, of samples: SortedSamples, cell: Int) -> [Double] {
    let (network, block) = part.quotientAndRemainder(dividingBy: partsPerNetwork)
    let grid = grid(samples)
    let data = data(of: samples)
    let original = original(data, grid, RandomKey(cell: cell, network: network, replicate: 0))
    var iterations = block == 0 ? original.iterations : 0
    var numbers = part == 0 ? SampleAssessment(data, cell: cell, options).numbers : []
    if block == 0 { numbers += original.numbers }
    let first = 1 + block * Self.refitsPerPart
    let last = min(first + Self.refitsPerPart, 1 + options.bootstrap)
    guard first < last else { return [Double(iterations)] + numbers }
    let noise = RefitNoise(original, data.samples, options)
    for replicate in first..<last {
      var random = RandomSequence(
        seed: options.seed, cell: cell, network: network, replicate: replicate, purpose: .resampling)
      let resampled = data.replacing(noise.values(&random), isSeries: options.isSeries)
      let refit = fit(resampled, grid, key: RandomKey(cell: cell, network: network, replicate: replicate))
      iterations += refit.iterations
      numbers += [refit.threshold ?? .nan, resampled.clarity]
    }
    return [Double(iterations)] + numbers
  }

  /// What curves are fitted to, remembered while parts of the same cell follow each other.
  private func data(of samples: SortedSamples) -> FitData {
    if let last = lastData, last.samples == samples { return last.data }
    let cleaned = samples.winsorised(bound: options.outlierBound)
    let data = FitData(cleaned, BendStatistic(x: samples.x), isSeries: options.isSeries)
    lastData = (samples, data)
    return data
  }

  /// The fit to the data themselves, remembered while it is needed again.
  private func original(_ data: FitData, _ grid: [Double], _ key: RandomKey) -> FittedCurve {
    guard partsPerNetwork > 1 else { return fit(data, grid, key: key) }
    if let last = lastOriginal, last.key == key, last.samples == data.samples { return last.fit }
    let original = fit(data, grid, key: key)
    lastOriginal = (data.samples, key, original)
    return original
  }

  /// Puts the parts of a cell together; without any, the result says why there is no fit.
  ///
  /// - Parameter curve: the curve that the threshold was read from; nil where none was fitted.
  package func result(
    of samples: SortedSamples, parts: [[Double]], curve: inout ThresholdCurve?
  ) -> ThresholdResult {
    curve = nil
    var result = ThresholdResult(status: status(of: samples), pairCount: samples.x.count)
    guard result.status == .computed else { return result }
    let grid = grid(samples)
    let data = data(of: samples)
    let assessment = SampleAssessment(numbers: parts[0].dropFirst())
    let rows = parts.enumerated().map { $1.dropFirst($0 == 0 ? 1 + SampleAssessment.length : 1) }
    let fits = (0..<networkCount).map {
      FittedCurve(numbers: rows[$0 * partsPerNetwork], data, grid: grid, options: options)
    }
    let overall = FittedCurve(meanOf: fits, data, options: options)
    curve = overall.curve
    result.r2 = coefficientOfDetermination(observed: samples.y, fitted: overall.fitted)
    result.largestResidual = zip(samples.y, overall.fitted).map { ($0 - $1).magnitude }.max() ?? .nan
    result.aicc = overall.aicc
    result.sharpness = overall.sharpness
    result.bendP = assessment.p
    result.bendEvidence = assessment.evidence
    result.iterations = parts.reduce(0) { $0 + Int($1[0]) }
    let refitted = rows.enumerated().flatMap { index, row in
      let isFirst = index % partsPerNetwork == 0
      return accepted(row.dropFirst(isFirst ? fits[index / partsPerNetwork].numbers.count : 0), assessment)
    }
    if options.bootstrap > 0 {
      result.thresholdProbability = Double(refitted.count) / Double(networkCount * options.bootstrap)
    }
    let isBent = options.isPublishedRule || assessment.p <= options.significance
    guard isBent, let threshold = overall.threshold else {
      result.status = .noThreshold
      return result
    }
    let rates = overall.rates(at: threshold, options)
    result.smt = threshold
    result.declineRateHigh = rates.high
    result.declineRateLow = rates.low
    result.amplification = rates.amplification
    if fits.count > 1 { result.smtTrainingStandardDeviation = standardDeviation(fits.compactMap(\.threshold)) }
    if options.bootstrap > 0 {
      setInterval(refits: refitted, shift: overall.shiftBySmoothing(data, options), samples, &result)
    }
    return result
  }

  /// The interval about a threshold, from refits and from what smoothing may have done to it.
  ///
  /// The refits are single networks, which spread more than the mean of several does: hence less than the 1.645 standard
  /// errors of a normal distribution. With the defaults 90 % of the intervals hold the truth, see benchmarks/README.md.
  private func setInterval(
    refits: [Double], shift: Double, _ samples: SortedSamples, _ result: inout ThresholdResult
  ) {
    let spread = standardDeviation(refits)
    result.smtStandardDeviation = (spread * spread + 0.25 * shift * shift).squareRoot()
    let half = (options.model == .network ? 1.5 : 1.645) * result.smtStandardDeviation
    guard half.isFinite, let lowest = samples.x.first, let highest = samples.x.last else { return }
    result.smtP05 = max(result.smt - half, lowest)
    result.smtP95 = min(result.smt + half, highest)
  }

  /// The thresholds of refits whose bend is as clear as is asked of the samples themselves.
  private func accepted(_ numbers: ArraySlice<Double>, _ assessment: SampleAssessment) -> [Double] {
    let numbers = Array(numbers)
    return stride(from: 0, to: numbers.count, by: 2).compactMap { at in
      // Where noise never bends there is none.
      let isClear = assessment.critical > -.infinity && numbers[at + 1] > assessment.critical
      let isBent = options.isPublishedRule || options.significance >= 1 || isClear
      return isBent && !numbers[at].isNaN ? numbers[at] : nil
    }
  }
}
