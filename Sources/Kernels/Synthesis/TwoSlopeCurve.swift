import RealModule

/// A response to drying that falls slowly above a threshold and fast below it; both axes in percent of normal.
///
/// From 100 at x = 100 the curve follows `highSlope` down to the threshold and `lowSlope` from there on; below 8 % it
/// bends into an exponential approach to zero instead of turning negative. Equal slopes make a line, which has no threshold.
package struct TwoSlopeCurve: Sendable, Equatable {
  /// Where the slope changes, percent of normal moisture.
  package var threshold: Double
  /// Slope above the threshold, percent per percent.
  package var highSlope: Double
  /// Slope below the threshold, percent per percent.
  package var lowSlope: Double

  /// A curve from its threshold and slopes.
  package init(threshold: Double, highSlope: Double, lowSlope: Double) {
    self.threshold = threshold
    self.highSlope = highSlope
    self.lowSlope = lowSlope
  }

  /// Whether there is a threshold at all.
  package var hasThreshold: Bool { lowSlope > highSlope }

  /// The response at `x` percent of normal moisture.
  package func callAsFunction(_ x: Double) -> Double {
    let atThreshold = 100 - highSlope * (100 - threshold)
    let straight = x >= threshold ? 100 - highSlope * (100 - x) : atThreshold - lowSlope * (threshold - x)
    return straight >= Self.collapse ? straight : Self.collapse * .exp(straight / Self.collapse - 1)
  }

  /// The response below which the curve bends towards zero.
  private static let collapse = 8.0

  /// The mean decline rates above and below the threshold, by the rule that the threshold analysis applies to its own
  /// curves: differences on a grid (central inside, one-sided at the ends), averaged over the grid points above the
  /// threshold, and over those below it where the rate exceeds `activeFraction` of the largest.
  ///
  /// - Parameters:
  ///   - range: percent of normal moisture; the grid starts at its lower end.
  ///   - step: percent.
  ///   - activeFraction: 0 counts every point with a positive rate.
  /// - Returns: percent per percent; NaN where no grid point counts.
  package func declineRates(
    over range: ClosedRange<Double> = 15...100, step: Double = 1, activeFraction: Double = 0.25
  ) -> (high: Double, low: Double) {
    let count = Int(((range.upperBound - range.lowerBound) / step).rounded(.down)) + 1
    let grid = (0..<count).map { range.lowerBound + Double($0) * step }
    let response = grid.map { self($0) }
    let rates = grid.indices.map { point in
      let left = max(point - 1, 0)
      let right = min(point + 1, count - 1)
      return (response[right] - response[left]) / (Double(right - left) * step)
    }
    let least = activeFraction * (rates.max() ?? 0)
    func mean(_ belongs: (_ x: Double, _ rate: Double) -> Bool) -> Double {
      let chosen = zip(grid, rates).filter(belongs).map(\.1)
      return chosen.reduce(0, +) / Double(chosen.count)
    }
    return (mean { x, _ in x > threshold }, mean { x, rate in x < threshold && rate > least })
  }
}
