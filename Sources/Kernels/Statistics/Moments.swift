import RealModule

/// Arithmetic mean; NaN of nothing.
package func mean(_ values: [Double]) -> Double {
  values.isEmpty ? .nan : values.reduce(0, +) / Double(values.count)
}

/// Sample standard deviation (n − 1); NaN of fewer than two values.
package func standardDeviation(_ values: [Double]) -> Double {
  guard values.count >= 2 else { return .nan }
  let centre = mean(values)
  return (values.reduce(0) { $0 + ($1 - centre) * ($1 - centre) } / Double(values.count - 1)).squareRoot()
}

/// Percentile by linear interpolation between order statistics, as numpy's default; NaN of nothing.
///
/// - Parameter fraction: From 0 to 1.
package func percentile(_ values: [Double], _ fraction: Double) -> Double {
  percentile(sorted: values.sorted(), fraction)
}

/// The same of values in ascending order.
///
/// Type 7 of Hyndman & Fan (1996); the median of an even number is the mean of the middle two.
package func percentile(sorted: [Double], _ fraction: Double) -> Double {
  guard !sorted.isEmpty else { return .nan }
  let position = fraction * Double(sorted.count - 1)
  let lower = min(max(Int(position.rounded(.down)), 0), sorted.count - 1)
  let upper = min(lower + 1, sorted.count - 1)
  return sorted[lower] + (position - Double(lower)) * (sorted[upper] - sorted[lower])
}

/// Coefficient of determination, 1 − Σ(y − f)² / Σ(y − ȳ)²; NaN where y does not vary.
package func coefficientOfDetermination(observed y: [Double], fitted f: [Double]) -> Double {
  let centre = mean(y)
  let total = y.reduce(0) { $0 + ($1 - centre) * ($1 - centre) }
  return total > 0 ? 1 - residualSumOfSquares(observed: y, fitted: f) / total : .nan
}

/// Σ(y − f)².
package func residualSumOfSquares(observed y: [Double], fitted f: [Double]) -> Double {
  zip(y, f).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
}

/// Corrected Akaike information criterion of a least-squares fit, n ln(RSS/n) + 2k + 2k(k + 1)/(n − k − 1).
///
/// k counts the curve's parameters and the variance of the errors (Burnham & Anderson 2002). NaN where n ≤ k + 1.
package func correctedAkaike(residualSumOfSquares rss: Double, count n: Int, parameters: Int) -> Double {
  let k = parameters + 1
  guard n > k + 1 else { return .nan }
  return Double(n) * .log(rss / Double(n)) + Double(2 * k) + Double(2 * k * (k + 1)) / Double(n - k - 1)
}

/// Σ of the terms 0 ..< count in four interleaved partial sums, in an order that never changes.
@inline(__always)
func foldedSum(_ count: Int, _ term: (Int) -> Double) -> Double {
  var sums = SIMD4<Double>()
  var index = 0
  while index + 4 <= count {
    sums += SIMD4(term(index), term(index + 1), term(index + 2), term(index + 3))
    index += 4
  }
  var sum = (sums.x + sums.y) + (sums.z + sums.w)
  while index < count {
    sum += term(index)
    index += 1
  }
  return sum
}
