import RealModule

/// Points from `lowest` up to `highest`, `step` apart; the last is at most `highest`.
///
/// A rounding error of a part in 10⁹ of a step does not cost the last point.
package func evaluationGrid(from lowest: Double, to highest: Double, step: Double) -> [Double] {
  let steps = ((highest - lowest) / step + 1e-9).rounded(.down)
  precondition(steps <= ThresholdOptions.mostGridSteps + 1, "a range that was checked")
  let count = Int(steps) + 1
  return (0..<max(count, 0)).map { lowest + Double($0) * step }
}

/// First derivative of values on a uniform grid: central differences inside, one-sided ones at the ends.
///
/// Fewer than two values have no derivative: NaN.
package func centralDifferences(_ f: [Double], step: Double) -> [Double] {
  guard f.count >= 2 else { return f.map { _ in .nan } }
  let last = f.count - 1
  return f.indices.map { i in
    switch i {
    case 0: (f[1] - f[0]) / step
    case last: (f[last] - f[last - 1]) / step
    default: (f[i + 1] - f[i - 1]) / (2 * step)
    }
  }
}

/// Second derivative of values on a uniform grid: central differences of the central differences.
package func secondDifferences(_ f: [Double], step: Double) -> [Double] {
  centralDifferences(centralDifferences(f, step: step), step: step)
}

/// Convolution of values on a uniform grid with a Gaussian of standard deviation `sigma` (in grid steps).
///
/// The Gaussian is cut at four standard deviations and its weights add up to 1. Beyond either end the values go on
/// point-symmetrically, f(−i) = 2 f(0) − f(i), which leaves straight lines as they are.
package func gaussianSmoothing(_ f: [Double], sigma: Double) -> [Double] {
  let radius = Int((4 * sigma).rounded(.down))
  guard f.count >= 2, radius >= 1 else { return f }
  let half = (0...radius).map { Double.exp(-0.5 * Double($0 * $0) / (sigma * sigma)) }
  let total = 2 * half.reduce(0, +) - half[0]
  let last = f.count - 1
  func extended(_ i: Int) -> Double {
    if i < 0 { return 2 * f[0] - extended(-i) }
    if i > last { return 2 * f[last] - extended(2 * last - i) }
    return f[i]
  }
  return f.indices.map { i in
    var sum = half[0] * f[i]
    for offset in 1...radius { sum += half[offset] * (extended(i - offset) + extended(i + offset)) }
    return sum / total
  }
}
