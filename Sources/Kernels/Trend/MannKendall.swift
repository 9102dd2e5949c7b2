/// The Mann–Kendall test for a monotonic trend.
///
/// Sources: Mann 1945; Kendall 1975; for the variance with ties Gilbert 1987, section 16.4.
package struct MannKendall: Sendable, Equatable {
  /// S, pairs that rise minus pairs that fall.
  package var s = 0
  /// Var S, with the corrections for ties and, where asked for, autocorrelation; NaN of fewer than two values.
  package var variance = Double.nan
  /// Z = (S ∓ 1) / √Var S, 0 where S = 0; NaN where the corrected variance is not positive.
  package var z = Double.nan
  /// Two-sided p, 2(1 − Φ|Z|).
  package var p = Double.nan
  /// Number of values that the test was made on.
  package var count = 0

  /// The test of no values.
  package init() {}

  /// The test of the values that are finite, in the order given.
  package init(_ values: [Double]) {
    let estimator = TrendEstimator(maximumCount: values.count)
    self = estimator.estimate(times: values.indices.map(Double.init), values: values).mannKendall
  }

  /// The test of counted pairs.
  ///
  /// Var S = [n(n − 1)(2n + 5) − Σ u(u − 1)(2u + 5)] / 18 over tied groups of u values.
  ///
  /// - Parameter tieTerm: Σ u(u − 1)(2u + 5).
  init(s: Int, count: Int, tieTerm: Int, varianceFactor: Double = 1) {
    self.s = s
    self.count = count
    guard count >= 2 else { return }
    variance = MannKendall.variance(count: count, tieTerm: tieTerm) * varianceFactor
    if s == 0 {
      z = 0
    } else if variance > 0 {
      z = Double(s - s.signum()) / variance.squareRoot()
    }
    p = NormalDistribution.twoSidedP(z)
  }

  static func variance(count n: Int, tieTerm: Int) -> Double {
    Double(n * (n - 1) * (2 * n + 5) - tieTerm) / 18
  }
}
