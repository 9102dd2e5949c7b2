/// Pairs that curves are fitted to, with what is known of them before any curve is.
struct FitData {
  let pairs: SortedPairs
  /// The statistic for the moistures of these pairs.
  let statistic: BendStatistic
  /// Standard deviation of the Gaussian that suits the pairs, percent of normal soil moisture.
  let bandwidth: Double
  /// How clearly the pairs bend at each of them.
  private let profile: [Double]

  /// - Parameter statistic: Made for the moistures of these pairs.
  init(_ pairs: SortedPairs, _ statistic: BendStatistic) {
    self.pairs = pairs
    self.statistic = statistic
    bandwidth = pairs.bandwidth
    profile = statistic.profile(pairs.y)
  }

  /// Other values at the same moistures.
  func replacing(_ y: [Double]) -> FitData {
    var other = pairs
    other.y = y
    return FitData(other, statistic)
  }

  /// How clearly the pairs bend anywhere: the statistic of the test for a bend.
  var clarity: Double { profile.max() ?? -.infinity }

  /// How far from a moisture bends of the pairs count for it, percent of normal.
  private static let reach = 8.0

  /// How clearly the pairs bend near a moisture.
  func clarity(at moisture: Double) -> Double {
    pairs.x.indices.reduce(-Double.infinity) { clearest, index in
      (pairs.x[index] - moisture).magnitude <= Self.reach ? max(clearest, profile[index]) : clearest
    }
  }
}
