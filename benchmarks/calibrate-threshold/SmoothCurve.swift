import Kernels
import RealModule

/// Responses without a threshold that are no straight lines; 100 at x = 100.
enum SmoothCurve: String, CaseIterable {
  /// x²
  case convex
  /// 1 − exp(−x/k), k from 15 to 60 %
  case exponential
  /// 100 + b ln(x/100), b from 20 to 45 %
  case logarithm
  /// 100 − c (100 − x)², c from 0.004 to 0.013
  case quadratic
  /// √x
  case squareRoot = "square root"
  /// x / (k + x), k from 10 to 100 %
  case michaelisMenten = "Michaelis–Menten"

  /// A curve of this kind, its constant drawn from a range.
  func drawn(_ random: inout KeyedGenerator) -> (Double) -> Double {
    func draw(_ low: Double, _ high: Double) -> Double { low + (high - low) * random.uniform() }
    switch self {
    case .convex: return { $0 * $0 / 100 }
    case .exponential:
      let k = draw(15, 60)
      return { 100 * (1 - .exp(-$0 / k)) / (1 - .exp(-100 / k)) }
    case .logarithm:
      let b = draw(20, 45)
      return { 100 + b * .log($0 / 100) }
    case .quadratic:
      let c = draw(0.004, 0.013)
      return { 100 - c * (100 - $0) * (100 - $0) }
    case .squareRoot: return { 10 * $0.squareRoot() }
    case .michaelisMenten:
      let k = draw(10, 100)
      return { $0 * (100 + k) / (k + $0) }
    }
  }
}
