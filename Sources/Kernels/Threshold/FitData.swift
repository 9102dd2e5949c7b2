/// Pairs that curves are fitted to, with what is known of them before any curve is.
struct FitData {
  let pairs: SortedPairs
  /// The statistic for the moistures of these pairs.
  let statistic: BendStatistic
  /// Standard deviation of the Gaussian that suits the pairs, percent of normal soil moisture.
  let bandwidth: Double
  /// How clearly the pairs bend at each of them.
  private let profile: [Double]

  /// - Parameters:
  ///   - statistic: Made for the moistures of these pairs.
  ///   - isSeries: Whether the pairs are a time series. Its noise is alike from month to month, and so of pairs next to each
  ///     other too: what these tell of it is too little, and the widest bandwidth is taken.
  init(_ pairs: SortedPairs, _ statistic: BendStatistic, isSeries: Bool = false) {
    self.pairs = pairs
    self.statistic = statistic
    bandwidth = isSeries ? SortedPairs.widestBandwidth : pairs.bandwidth
    profile = statistic.profile(pairs.y)
  }

  /// Other values at the same moistures.
  func replacing(_ y: [Double], isSeries: Bool) -> FitData {
    var other = pairs
    other.y = y
    return FitData(other, statistic, isSeries: isSeries)
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
