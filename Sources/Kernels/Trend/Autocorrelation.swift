/// The step of times that are equally spaced, to a millionth of it; nil where they are not.
func equalSpacing(_ times: UnsafeBufferPointer<Double>) -> Double? {
  guard times.count >= 2 else { return nil }
  let step = (times[times.count - 1] - times[0]) / Double(times.count - 1)
  for index in 1..<times.count where abs(times[index] - times[index - 1] - step) > 1e-6 * step { return nil }
  return step
}

/// The series less its trend: value k, counted from 1, less k times the slope per step.
func detrended(_ values: [Double], slope: Double) -> [Double] {
  values.enumerated().map { $0.element - Double($0.offset + 1) * slope }
}

/// Lag `lag` autocorrelation, Σ yₖ yₖ₊ₗ / Σ yₖ² of the deviations y from the mean; NaN of a constant series.
func autocorrelation(deviations y: [Double], lag: Int) -> Double {
  let square = y.reduce(0) { $0 + $1 * $1 }
  guard square > 0 else { return .nan }
  var product = 0.0
  for index in 0..<max(y.count - lag, 0) { product += y[index] * y[index + lag] }
  return product / square
}

/// Deviations from the mean; exact zeros for a constant series.
func deviations(_ values: [Double]) -> [Double] {
  guard let first = values.first, values.contains(where: { $0 != first }) else { return values.map { _ in 0 } }
  let centre = mean(values)
  return values.map { $0 - centre }
}

/// Ranks from 1, tied values sharing the mean of theirs.
func averageRanks(_ values: [Double]) -> [Double] {
  let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
  var ranks = [Double](repeating: 0, count: values.count)
  var start = 0
  while start < order.count {
    var end = start + 1
    while end < order.count && values[order[end]] == values[order[start]] { end += 1 }
    for position in start..<end { ranks[order[position]] = Double(start + end + 1) / 2 }
    start = end
  }
  return ranks
}

/// The factor by which autocorrelation widens the variance of S.
///
/// 1 + 2 / (n(n − 1)(n − 2)) Σ (n − i)(n − i − 1)(n − i − 2) ρᵢ over the lags i whose autocorrelation of the ranks of the
/// detrended series lies outside ± bound (Hamed & Rao 1998, equation 8). It can be negative in theory.
func hamedRaoFactor(_ values: [Double], slope: Double, bound: Double) -> Double {
  let count = values.count
  guard count >= 3 else { return 1 }
  let y = deviations(averageRanks(detrended(values, slope: slope)))
  var sum = 0.0
  for lag in 1..<count {
    let correlation = autocorrelation(deviations: y, lag: lag)
    if correlation.magnitude > bound {
      sum += Double((count - lag) * (count - lag - 1) * (count - lag - 2)) * correlation
    }
  }
  return 1 + 2 / Double(count * (count - 1) * (count - 2)) * sum
}

/// The series without its lag-1 autocorrelation but with its trend, one value shorter; nil where the autocorrelation
/// lies within ± bound.
///
/// Source: Yue & Wang 2002 (Water Resources Research 38).
func trendFreePreWhitened(_ values: [Double], slope: Double, bound: Double) -> [Double]? {
  let residuals = detrended(values, slope: slope)
  let correlation = autocorrelation(deviations: deviations(residuals), lag: 1)
  guard values.count >= 3, correlation.magnitude > bound else { return nil }
  return (1..<values.count).map { residuals[$0] - residuals[$0 - 1] * correlation + Double($0) * slope }
}
