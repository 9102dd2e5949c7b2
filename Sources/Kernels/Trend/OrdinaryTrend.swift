import VectorisedLayout

/// The straight line of least squares through a series, and whether its slope could be chance.
package struct OrdinaryTrend: Sendable, Equatable {
  /// Slope, units of the values per unit of time; NaN of fewer than two values.
  package var slope = Double.nan
  /// Value of the line at time 0; NaN of fewer than two values.
  package var intercept = Double.nan
  /// Two-sided p of the slope by Student's t with n − 2 degrees of freedom.
  ///
  /// NaN of fewer than three values, 1 of a constant series, 0 where the line leaves no residual.
  package var p = Double.nan
  /// n, number of values.
  package var count = 0

  /// The line of no values.
  package init() {}

  /// The line through the values that are finite.
  ///
  /// - Parameters:
  ///   - times: Strictly increasing.
  ///   - values: As many as times.
  package init(times: [Double], values: [Double]) {
    self = TrendEstimator(maximumCount: values.count).estimate(times: times, values: values).ordinary
    count = values.count(where: \.isFinite)
  }

  /// The line of so many values, at least two.
  ///
  /// b = Σ(t − t̄)(y − ȳ) / Σ(t − t̄)²; t statistic b / √(RSS / (n − 2) / Σ(t − t̄)²) (Draper & Smith 1998, 1.4).
  ///
  /// - Parameter independentCount: n in p, where it is not the number of values; p is 1 where that is 2 or less.
  init(_ moments: LineMoments, count: Int, independentCount: Double? = nil) {
    self.count = count
    slope = moments.slope
    intercept = moments.valueMean - slope * moments.timeMean
    guard count >= 3 else { return }
    let independent = independentCount ?? Double(count)
    let t = slope / moments.slopeError(values: independent)
    let tellsNothing = moments.isConstant || t.isNaN || independent <= 2
    p = tellsNothing ? 1 : StudentDistribution.twoSidedP(t, degreesOfFreedom: independent - 2)
  }
}

/// The line of a series with what its values vary about their mean.
package struct TrendLine: Sendable, Equatable {
  /// The line of least squares.
  package let trend: OrdinaryTrend
  /// Mean of the values; NaN of fewer than two.
  package let mean: Double
  /// Their standard deviation (n − 1), exactly 0 where all are equal; NaN of fewer than two.
  package let deviation: Double
  /// The number of independent values that p rests on: their number, or fewer where autocorrelation is allowed for.
  package let independentCount: Double
}

extension LineMoments {
  /// Standard error of the slope of so many independent values; NaN of fewer than two.
  func slopeError(values count: Double) -> Double { (residualSquares / (count - 2) / timeSquares).squareRoot() }
}
