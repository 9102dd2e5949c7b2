/// The ratio of two means over the same cells, ΔC̄/Δθ̄, with its interval of 95 % by Fieller's theorem.
///
/// Small differences in single cells do not blow it up, as they do the mean of ratios.
///
/// Source: Fieller (1954), Some problems in interval estimation; variances of weighted means with n/(n − 1) Σ w²(x − x̄)(y − ȳ)
/// of weights whose sum is 1. Cells are taken as independent.
package struct RatioOfMeans: Sendable, Equatable {
  /// The ratio; NaN of nothing.
  package var ratio = Double.nan
  /// Lower end of the interval; NaN where the mean of the denominator does not differ from 0, so that there is no end.
  package var low = Double.nan
  /// Upper end of the interval.
  package var high = Double.nan

  /// The ratio over cells.
  ///
  /// - Parameters:
  ///   - numerator: by cell; must be finite, as the rest.
  ///   - denominator: by cell.
  ///   - weights: by cell, at least 0.
  ///   - commonError: standard error of the denominator's mean that all cells have in common, in its units.
  package init(_ numerator: [Double], by denominator: [Double], weights: [Double], commonError: Double = 0) {
    let total = weights.reduce(0, +)
    guard total > 0 else { return }
    func mean(_ values: [Double]) -> Double { zip(weights, values).reduce(0) { $0 + $1.0 * $1.1 } / total }
    let (y, x) = (mean(numerator), mean(denominator))
    ratio = y / x
    let count = Double(weights.count { $0 > 0 })
    guard count > 1 else { return }
    var (yy, xx, xy) = (0.0, 0.0, 0.0)
    for (index, weight) in weights.enumerated() {
      let (own, dy, dx) = (weight / total, numerator[index] - y, denominator[index] - x)
      yy += own * own * dy * dy
      xx += own * own * dx * dx
      xy += own * own * dy * dx
    }
    let factor = count / (count - 1)
    let t = StudentDistribution.twoSidedQuantile(0.05, degreesOfFreedom: count - 1)
    let (varianceY, varianceX) = (factor * yy, factor * xx + commonError * commonError)
    // The ratios ρ for which (y − ρx)² ≤ t² var(y − ρx).
    let a = x * x - t * t * varianceX
    let b = x * y - t * t * factor * xy
    let c = y * y - t * t * varianceY
    guard a > 0 else { return }
    let root = max(0, b * b - a * c).squareRoot()
    (low, high) = ((b - root) / a, (b + root) / a)
  }
}

/// Mean, spread and sign of numbers with weights.
package struct WeightedSpread: Sendable, Equatable {
  /// Numbers that count.
  package var count = 0
  /// Their mean; NaN of nothing.
  package var mean = Double.nan
  /// Standard deviation with the weights as reliabilities, W − Σw²/W in place of n − 1, which it is with equal weights.
  package var standardDeviation = Double.nan
  /// Part (0…1) of the weight of numbers above 0.
  package var sharePositive = Double.nan

  /// The spread of finite numbers.
  ///
  /// - Parameter weights: by number, at least 0; numbers of weight 0 do not count.
  package init(_ values: [Double], weights: [Double]) {
    count = weights.count { $0 > 0 }
    let total = weights.reduce(0, +)
    guard total > 0 else { return }
    let mean = zip(weights, values).reduce(0) { $0 + $1.0 * $1.1 } / total
    self.mean = mean
    sharePositive = zip(weights, values).reduce(0) { $0 + ($1.1 > 0 ? $1.0 : 0) } / total
    let freedom = total - weights.reduce(0) { $0 + $1 * $1 } / total
    guard count > 1, freedom > 0 else { return }
    let squares = zip(weights, values).reduce(0) { $0 + $1.0 * ($1.1 - mean) * ($1.1 - mean) }
    standardDeviation = (squares / freedom).squareRoot()
  }
}
