import Kernels
import ThresholdCurves

/// Straight responses through 100 at x = 100, with one kind of noise on one kind of moistures.
struct NullCase: Hashable {
  /// How moistures lie in 15 … 100 %, and in which order they follow each other.
  enum Moisture: String {
    /// Equally spaced, ascending
    case regular
    /// Uniform, independent of each other
    case random
    /// A yearly wave of 25 % to either side of 57.5 %, and a normal deviation of 8 %
    case seasonal
  }

  /// The noise's distribution; its standard deviation is the case's, in the mean over x.
  enum Noise: String {
    case normal
    /// Student's t with three degrees of freedom
    case heavyTailed = "t3"
    /// Normal, its standard deviation 0.25 times the mean at the dry end and 1.75 times at the wet end
    case rising
    /// The other way round
    case falling
    /// Normal, with a correlation of 0.5 between one month and the next
    case autocorrelated
  }

  var slope = 0.0
  var noise = 3.0
  var count = 86
  var kind = Noise.normal
  var moisture = Moisture.regular

  /// The case in words.
  var name: String { "slope \(slope), \(noise) % \(kind.rawValue), \(count) pairs, x \(moisture.rawValue)" }
  /// Autocorrelated noise is that of a time series.
  var isSeries: Bool { kind == .autocorrelated }

  /// The pairs of a cell.
  func pairs(_ random: inout KeyedGenerator) -> Pairs {
    let x = moistures(&random)
    var memory = random.normal()
    let y = x.map { x in
      let wetness = (x - 15) / 85
      let deviate: Double
      switch kind {
      case .normal: deviate = random.normal()
      case .heavyTailed:
        // The variance of t₃ is 3.
        let square = (0..<3).reduce(0.0) { sum, _ in
          let value = random.normal()
          return sum + value * value
        }
        deviate = random.normal() / square.squareRoot()
      case .rising: deviate = (0.25 + 1.5 * wetness) * random.normal()
      case .falling: deviate = (1.75 - 1.5 * wetness) * random.normal()
      case .autocorrelated:
        memory = 0.5 * memory + 0.75.squareRoot() * random.normal()
        deviate = memory
      }
      return 100 - slope * (100 - x) + noise * deviate
    }
    return Pairs(x: x, y: y)
  }

  private func moistures(_ random: inout KeyedGenerator) -> [Double] {
    switch moisture {
    case .regular: return Pairs.regular(count)
    case .random: return (0..<count).map { _ in 15 + 85 * random.uniform() }
    case .seasonal:
      return (0..<count).map { month in
        let wave = 57.5 + 25 * .sin(2 * .pi * Double(month) / 12)
        return min(max(wave + 8 * random.normal(), 15), 100)
      }
    }
  }
}
