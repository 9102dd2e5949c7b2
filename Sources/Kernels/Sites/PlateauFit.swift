import RealModule

/// Evaporative fraction against soil moisture by least squares: a line that rises to a breakpoint, the threshold, and a level
/// above it.
///
/// The breakpoint is the exact optimum (``Breakpoint``). The fit is compared with a level alone and with a straight line by
/// Akaike's criterion, n ln(RSS/n) + 2k, where a level has 1 parameter, a line 2 and the two segments 3.
package struct PlateauFit: Sendable, Equatable {
  /// The breakpoint, in units of moisture.
  package var threshold: Double
  /// Slope below the threshold, per unit of moisture.
  package var slope: Double
  /// The level above the threshold.
  package var plateau: Double
  /// Residual sum of squares.
  package var residualSumOfSquares: Double
  /// How much better than a level or a line the two segments are: the smaller criterion of these less their own.
  package var gain: Double
  /// Whether the line below the threshold rises.
  package var isRising: Bool { slope > 0 }

  /// Fits samples in ascending order of moisture; nil where moisture or response does not vary.
  ///
  /// - Parameters:
  ///   - moisture: In ascending order.
  ///   - response: As many.
  ///   - weights: How often each sample counts, above 0; nil for once each.
  package init?(moisture: [Double], response: [Double], weights: [Double]? = nil) {
    guard let best = Breakpoint.best(x: moisture, response, weights: weights, above: .level), best.all.yy > 0 else {
      return nil
    }
    let (count, all) = (best.all.count, best.all)
    threshold = best.theta
    (slope, plateau) = best.rise
    residualSumOfSquares = max(best.rss, 0)
    // What is less of the variation than rounding leaves is an exact fit, whichever curve's.
    func criterion(_ rss: Double, parameters: Double) -> Double {
      count * Double.log(max(rss, 1e-14 * all.yy) / count) + 2 * parameters
    }
    let line = criterion(all.yy - all.xy * all.xy / all.xx, parameters: 2)
    gain = min(criterion(all.yy, parameters: 1), line) - criterion(best.rss, parameters: 3)
  }
}
