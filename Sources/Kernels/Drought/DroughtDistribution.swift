import RealModule

/// The distribution of k-month sums in a calendar month.
package enum DroughtDistribution: Sendable, Equatable {
  /// Generalised logistic: ξ, α, k
  case logistic(location: Double, scale: Double, shape: Double)
  /// Gamma with a share of zeros
  case gamma(shape: Double, scale: Double, zeroShare: Double)

  /// The generalised logistic distribution with these unbiased probability-weighted moments (Hosking & Wallis 1997,
  /// appendix A.7); its parameters are finite where the L-scale is positive and the L-skewness within ±1.
  package init(logisticMoments b0: Double, _ b1: Double, _ b2: Double) {
    let scale = 2 * b1 - b0
    let skewness = (6 * b2 - 6 * b1 + b0) / scale
    let k = -skewness
    let (g, rest) = Self.ratios(k)
    let alpha = scale / g
    self = .logistic(location: b0 - alpha * rest, scale: alpha, shape: k)
  }

  /// g = kπ/sin kπ and (1 − g)/k; by their series where the difference would lose digits.
  private static func ratios(_ k: Double) -> (g: Double, rest: Double) {
    let angle = k * .pi
    guard k.magnitude < 0.01 else {
      let g = angle / .sin(angle)
      return (g, (1 - g) / k)
    }
    let square = angle * angle
    let series = 1.0 / 6 + square * (7.0 / 360 + square * (31.0 / 15120))
    return (1 + square * series, -angle * .pi * series)
  }

  /// The gamma distribution of values from zero: shape and scale of those above zero by Thom's approximation of maximum
  /// likelihood (Thom 1958), and the share of zeros.
  ///
  /// - Parameters:
  ///   - count: how many values there are.
  ///   - positive: how many are above zero, at least one.
  ///   - sum: the sum of those.
  ///   - logarithms: the sum of their logarithms.
  package init(gammaOf count: Int, positive: Int, sum: Double, logarithms: Double) {
    let mean = sum / Double(positive)
    let a = .log(mean) - logarithms / Double(positive)
    let shape = (1 + (1 + 4 * a / 3).squareRoot()) / (4 * a)
    self = .gamma(shape: shape, scale: mean / shape, zeroShare: Double(count - positive) / Double(count))
  }

  /// The distribution with these numbers, which ``parameters`` gave.
  package init(_ index: DroughtIndex, _ parameters: [Double]) {
    self =
      switch index {
      case .spei: .logistic(location: parameters[0], scale: parameters[1], shape: parameters[2])
      case .spi: .gamma(shape: parameters[0], scale: parameters[1], zeroShare: parameters[2])
      }
  }

  /// Three numbers: ξ, α and k, or shape, scale and share of zeros.
  package var parameters: [Double] {
    switch self {
    case .logistic(let location, let scale, let shape): [location, scale, shape]
    case .gamma(let shape, let scale, let zeroShare): [shape, scale, zeroShare]
    }
  }

  /// The standard normal score of a value, as the formulas have it; infinite beyond the ends of the distribution.
  package func score(_ value: Double) -> Double {
    switch self {
    case .logistic(let location, let scale, let shape):
      let t = (value - location) / scale
      let u = 1 - shape * t
      guard u > 0 else { return u <= 0 ? (shape > 0 ? .infinity : -.infinity) : .nan }
      let y = u == 1 ? t : t * .log(u) / (u - 1)
      return y > 0
        ? -NormalDistribution.quantile(1 / (1 + .exp(y))) : NormalDistribution.quantile(1 / (1 + .exp(-y)))
    case .gamma(let shape, let scale, let zeroShare):
      let x = value / scale
      let lower = zeroShare + (1 - zeroShare) * UnitGammaDistribution.cumulative(x, shape: shape)
      guard lower > 0.5 else { return NormalDistribution.quantile(lower) }
      return -NormalDistribution.quantile((1 - zeroShare) * UnitGammaDistribution.upperP(x, shape: shape))
    }
  }
}

/// Which index of drought.
package enum DroughtIndex: String, CaseIterable, Sendable {
  /// Standardised precipitation evapotranspiration index (Vicente-Serrano et al. 2010): generalised logistic
  case spei
  /// Standardised precipitation index (McKee et al. 1993): gamma
  case spi

  /// What it is, in words.
  package var words: String {
    switch self {
    case .spei: "standardised precipitation evapotranspiration index"
    case .spi: "standardised precipitation index"
    }
  }

  /// Names of the distribution's three parameters.
  package var parameterNames: [String] {
    switch self {
    case .spei: ["xi", "alpha", "k"]
    case .spi: ["gamma_shape", "gamma_scale", "zero_share"]
    }
  }
}
