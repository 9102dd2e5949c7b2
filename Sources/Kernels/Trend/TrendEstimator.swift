/// Least squares, Sen's slope with its interval and Mann–Kendall of one series after the other in the same memory.
///
/// A result depends on the series and the options alone and has the same bits at every level of the instruction set. Not
/// to be shared between threads; use one estimator for each.
package final class TrendEstimator {
  /// The settings.
  package let options: TrendOptions
  /// The longest series that is accepted.
  package let maximumCount: Int
  private var pairs: PairStatistics
  private let normalQuantile: Double
  private let autocorrelationQuantile: Double

  /// Sets aside memory for series of up to so many values.
  package init(options: TrendOptions = TrendOptions(), maximumCount: Int, level: InstructionLevel = .preferred) {
    precondition(options.confidence > 0 && options.confidence < 1, "a confidence between 0 and 1")
    precondition(options.minimumCount >= 2, "a trend needs two values")
    precondition(options.tieTolerance >= 0, "a tolerance from 0")
    precondition(level <= .highest, "this processor does not have the instructions of level \(level)")
    self.options = options
    self.maximumCount = maximumCount
    pairs = PairStatistics(maximumCount: maximumCount, level: level, tieTolerance: options.tieTolerance)
    normalQuantile = NormalDistribution.quantile(0.5 + options.confidence / 2)
    autocorrelationQuantile = NormalDistribution.quantile(1 - options.autocorrelationSignificance / 2)
  }

  /// The trend of one series.
  ///
  /// - Parameters:
  ///   - times: Strictly increasing true times, e.g. years.
  ///   - values: As many as times; what is not finite is dropped with its time.
  package func estimate(times: UnsafeBufferPointer<Double>, values: UnsafeBufferPointer<Double>) -> TrendEstimate {
    estimate(times: times, values: values, &pairs)
  }

  private func estimate(
    times: UnsafeBufferPointer<Double>, values: UnsafeBufferPointer<Double>, _ pairs: inout PairStatistics
  ) -> TrendEstimate {
    pairs.load(times: times, values: values)
    let count = pairs.count
    var result = TrendEstimate(status: .computed, count: count)
    guard count >= options.minimumCount else {
      result.status = .tooFewValues
      return result
    }
    let moments = pairs.moments
    result.ordinary = OrdinaryTrend(moments, count: count)
    let score = pairs.score(quantile: normalQuantile)
    result.sen.count = count
    if moments.isConstant {
      (result.sen.slope, result.sen.low, result.sen.high) = (0, 0, 0)
    } else {
      let variance = MannKendall.variance(count: count, tieTerm: score.tieTerm)
      let ranks = SenRanks(count: count, variance: variance, normalQuantile: normalQuantile)
      let slopes = pairs.slopes(ranks)
      result.sen.slope = slopes.median
      result.sen.low = slopes.low
      result.sen.high = slopes.high
    }
    result.mannKendall = MannKendall(s: score.s, count: count, tieTerm: score.tieTerm)
    if options.correction != .none { correct(&result, tieTerm: score.tieTerm, &pairs) }
    return result
  }

  /// The trend of one series given as arrays.
  package func estimate(times: [Double], values: [Double]) -> TrendEstimate {
    times.withUnsafeBufferPointer { times in
      values.withUnsafeBufferPointer { estimate(times: times, values: $0) }
    }
  }

  /// The line of least squares of one series alone, without what takes all its pairs.
  ///
  /// - Parameters:
  ///   - times: Strictly increasing true times, e.g. years.
  ///   - values: As many as times; what is not finite is dropped with its time.
  ///   - allowsForAutocorrelation: Whether p rests on n (1 − r) / (1 + r) values, n at the most, with the lag-1
  ///     autocorrelation r of the residuals, from one unit of time to the next (Santer et al. 2000, Journal of Geophysical
  ///     Research 105).
  package func line(times: [Double], values: [Double], allowsForAutocorrelation: Bool = false) -> TrendLine {
    times.withUnsafeBufferPointer { times in
      values.withUnsafeBufferPointer { pairs.loadForLine(times: times, values: $0) }
    }
    let (moments, count) = (pairs.moments, Double(pairs.count))
    guard pairs.count >= 2 else {
      return TrendLine(trend: OrdinaryTrend(), mean: .nan, deviation: .nan, independentCount: count)
    }
    var independent = count
    if allowsForAutocorrelation, moments.residualSquares > 0 {
      let correlation = pairs.neighbouringResiduals / moments.residualSquares
      independent = min(count, count * (1 - correlation) / (1 + correlation))
    }
    // What the line explains and what it leaves, which cancels nothing.
    let squares = moments.slope * moments.slope * moments.timeSquares + moments.residualSquares
    return TrendLine(
      trend: OrdinaryTrend(moments, count: pairs.count, independentCount: independent), mean: moments.valueMean,
      deviation: (squares / (count - 1)).squareRoot(), independentCount: independent)
  }

  /// Replaces the test by the one that the options ask for.
  private func correct(_ result: inout TrendEstimate, tieTerm: Int, _ pairs: inout PairStatistics) {
    guard let step = equalSpacing(UnsafeBufferPointer(start: pairs.series.pointee.times, count: result.count)) else {
      result.status = .gaps
      result.mannKendall = MannKendall()
      return
    }
    let slope = result.sen.slope * step
    let bound = autocorrelationQuantile / Double(result.count).squareRoot()
    switch options.correction {
    case .none: break
    case .hamedRao:
      let factor = hamedRaoFactor(
        Array(UnsafeBufferPointer(start: pairs.series.pointee.values, count: result.count)), slope: slope, bound: bound)
      result.mannKendall = MannKendall(
        s: result.mannKendall.s, count: result.count, tieTerm: tieTerm, varianceFactor: factor)
    case .trendFreePreWhitening:
      guard
        let whitened = trendFreePreWhitened(
          Array(UnsafeBufferPointer(start: pairs.series.pointee.values, count: result.count)), slope: slope,
          bound: bound)
      else { return }
      pairs.load(whitened)
      let score = pairs.score(quantile: normalQuantile)
      result.mannKendall = MannKendall(s: score.s, count: whitened.count, tieTerm: score.tieTerm)
    }
  }
}
