/// Sen's slope: the median of the slopes between all pairs of values, and its confidence interval.
///
/// Sources: Theil 1950; Sen 1968. The median is that of sorting all slopes in double precision, bit for bit.
package struct SenSlope: Sendable, Equatable {
  /// Slope, units of the values per unit of time; NaN of fewer than two values.
  package var slope = Double.nan
  /// Lower end of the confidence interval.
  package var low = Double.nan
  /// Upper end of the confidence interval.
  package var high = Double.nan
  /// n, number of values.
  package var count = 0

  /// The slope of no values.
  package init() {}

  /// The slope of the values that are finite; times are true times, so gaps keep their length.
  ///
  /// - Parameters:
  ///   - times: Strictly increasing.
  ///   - values: As many as times.
  ///   - confidence: Of the interval, between 0 and 1.
  package init(times: [Double], values: [Double], confidence: Double = 0.95) {
    let estimator = TrendEstimator(options: TrendOptions(confidence: confidence), maximumCount: values.count)
    self = estimator.estimate(times: times, values: values).sen
  }
}

/// The order statistics of the pair slopes that Sen's slope and its interval are made of.
struct SenRanks {
  /// N′, number of pairs.
  var pairs: Int
  /// 0-based rank of the lower end.
  var low: Int
  /// The two middle ranks, equal for an odd number of pairs.
  var middle: (Int, Int)
  /// 0-based rank of the upper end.
  var high: Int

  /// Ranks for at least two values.
  ///
  /// With C = z √Var S: `max(round((N′ − C)/2) − 1, 0)` and `min(round((N′ + C)/2), N′ − 1)`, halves rounded to even, as
  /// scipy's `theilslopes` (Sen 1968, equation 2.6).
  init(count: Int, variance: Double, normalQuantile: Double) {
    pairs = count * (count - 1) / 2
    let total = Double(pairs)
    let width = normalQuantile * variance.squareRoot()
    // Confidence near 1 asks for more than all pairs.
    let lower = max(((total - width) / 2).rounded(.toNearestOrEven) - 1, 0)
    let upper = min(((total + width) / 2).rounded(.toNearestOrEven), total - 1)
    low = min(Int(lower), pairs - 1)
    high = max(Int(upper), 0)
    middle = ((pairs - 1) / 2, pairs / 2)
  }
}
