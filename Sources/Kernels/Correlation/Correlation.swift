/// Pearson's correlation of two series with its significance.
///
/// Numbers that do not exist are NaN: without two different values in each series there is no r.
package struct Correlation: Sendable, Equatable {
  /// The coefficient.
  package var r = Double.nan
  /// Two-sided p of r under no correlation: Student's t with n − 2 degrees of freedom.
  package var p = Double.nan
  /// The number of independent pairs that p rests on: the number of pairs, or fewer where autocorrelation is allowed for.
  package var effectiveCount = Double.nan

  /// No correlation.
  package init() {}

  /// The correlation of pairs, none of them missing.
  ///
  /// - Parameters:
  ///   - x: One series.
  ///   - y: The other, as long.
  ///   - times: When the pairs were, increasing, one step from each to the next where nothing is missing; nil takes all pairs
  ///     for independent. Else n in p is n (1 − ρx ρy) / (1 + ρx ρy), never more than n, with the lag-1 autocorrelations of
  ///     both series (Bretherton et al. 1999, Journal of Climate 12, equation 31).
  package init(_ x: [Double], _ y: [Double], times: [Int]? = nil) {
    precondition(x.count == y.count && times.map { $0.count == x.count } ?? true, "series of the same length")
    let (dx, dy) = (centred(x), centred(y))
    let (squareX, squareY) = (sumOfProducts(dx, dx), sumOfProducts(dy, dy))
    guard squareX > 0, squareY > 0 else { return }
    r = min(max(sumOfProducts(dx, dy) / (squareX * squareY).squareRoot(), -1), 1)
    let count = Double(x.count)
    effectiveCount = count
    if let times {
      let product =
        neighbouringProducts(dx, times) / squareX * (neighbouringProducts(dy, times) / squareY)
      effectiveCount = min(count, count * (1 - product) / (1 + product))
    }
    guard x.count > 2 else { return }
    let freedom = effectiveCount - 2
    // Fewer than two independent pairs tell nothing.
    p =
      freedom > 0
      ? StudentDistribution.twoSidedP(r * (freedom / ((1 - r) * (1 + r))).squareRoot(), degreesOfFreedom: freedom) : 1
  }
}

/// Deviations from the mean; exact zeros of a constant series.
///
/// The first value is taken off first, which is exact where values differ by little.
private func centred(_ values: [Double]) -> [Double] {
  guard let first = values.first else { return [] }
  let shifted = values.map { $0 - first }
  let centre = mean(shifted)
  return shifted.contains { $0 != 0 } ? shifted.map { $0 - centre } : shifted
}

private func sumOfProducts(_ x: [Double], _ y: [Double]) -> Double { foldedSum(x.count) { x[$0] * y[$0] } }

/// Σ of the products of values one step apart.
private func neighbouringProducts(_ values: [Double], _ times: [Int]) -> Double {
  values.indices.dropFirst().reduce(0) { sum, index in
    times[index] - times[index - 1] == 1 ? sum + values[index] * values[index - 1] : sum
  }
}

/// Probabilities adjusted for their number: where all below a level are called significant, no more than that part of them
/// is expected to be false.
///
/// Benjamini & Hochberg (1995): q of the i-th smallest of n is the least p(j) n / j of j ≥ i. NaN counts for nothing and
/// stays.
package func falseDiscoveryRates(_ probabilities: [Double]) -> [Double] {
  let order = probabilities.indices.filter { !probabilities[$0].isNaN }
    .sorted { (probabilities[$0], $0) < (probabilities[$1], $1) }
  var adjusted = probabilities
  var least = 1.0
  for (rank, index) in order.enumerated().reversed() {
    least = min(least, probabilities[index] * Double(order.count) / Double(rank + 1))
    adjusted[index] = least
  }
  return adjusted
}
