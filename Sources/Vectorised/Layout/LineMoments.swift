/// Means and sums of squares of a series about its means and its line, always added up in the same order.
package struct LineMoments {
  /// Mean of the times.
  package var timeMean = 0.0
  /// Mean of the values.
  package var valueMean = 0.0
  /// Σ(t − t̄)².
  package var timeSquares = 0.0
  /// Slope of the line of least squares.
  package var slope = 0.0
  /// RSS, sum of squared residuals.
  package var residualSquares = 0.0
  /// Largest distance of a time from the mean.
  package var timeSpread = 0.0
  /// Largest distance of a value from the mean.
  package var valueSpread = 0.0
  /// Largest distance of a value from the line.
  package var residualSpread = 0.0
  /// Whether all values are equal: then the slope is exactly 0 and the mean exactly the value.
  package var isConstant = false

  /// The moments of nothing.
  package init() {}

  /// The moments of equal values.
  package init(constant value: Double) {
    valueMean = value
    isConstant = true
  }
}
