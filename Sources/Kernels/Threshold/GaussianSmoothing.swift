import RealModule

/// Convolution of values on a uniform grid with a Gaussian of standard deviation `sigma` (in grid steps).
///
/// The Gaussian is cut at four standard deviations and its weights add up to 1. Beyond either end the values go on
/// point-symmetrically, f(−i) = 2 f(0) − f(i), which leaves straight lines as they are.
public func gaussianSmoothing(_ f: [Double], sigma: Double) -> [Double] {
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
