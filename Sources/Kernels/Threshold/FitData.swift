/// Pairs that curves are fitted to, with what is known of them before any curve is.
struct FitData {
  let pairs: SortedPairs
  /// Standard deviation of the Gaussian that suits the pairs, percent of normal soil moisture.
  let bandwidth: Double
  /// How clearly the pairs bend at each of them.
  private let profile: [Double]

  /// - Parameter statistic: Made for the x of these pairs.
  init(_ pairs: SortedPairs, _ statistic: BendStatistic) {
    self.pairs = pairs
    bandwidth = pairs.bandwidth
    profile = statistic.profile(pairs.y)
  }

  /// How far from a moisture bends of the pairs count for it, percent of normal.
  private static let reach = 8.0

  /// How clearly the pairs bend near a moisture.
  func clarity(at moisture: Double) -> Double {
    pairs.x.indices.reduce(-Double.infinity) { clearest, index in
      (pairs.x[index] - moisture).magnitude <= Self.reach ? max(clearest, profile[index]) : clearest
    }
  }
}
