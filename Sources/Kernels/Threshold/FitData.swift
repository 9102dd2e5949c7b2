/// Samples that curves are fitted to, with what is known of them before any curve is.
struct FitData {
  let samples: SortedSamples
  /// The statistic for the moistures of these samples.
  let statistic: BendStatistic
  /// Standard deviation of the Gaussian that suits the samples, percent of normal soil moisture.
  let bandwidth: Double
  /// How clearly the samples bend at each of them.
  private let profile: [Double]

  /// - Parameters:
  ///   - statistic: Made for the moistures of these samples.
  ///   - isSeries: Whether the samples are a time series. Its noise is alike from month to month, and so of samples next to each
  ///     other too: what these tell of it is too little, and the widest bandwidth is taken.
  init(_ samples: SortedSamples, _ statistic: BendStatistic, isSeries: Bool = false) {
    self.samples = samples
    self.statistic = statistic
    bandwidth = isSeries ? SortedSamples.widestBandwidth : samples.bandwidth
    profile = statistic.profile(samples.y)
  }

  /// Other values at the same moistures.
  func replacing(_ y: [Double], isSeries: Bool) -> FitData {
    var other = samples
    other.y = y
    return FitData(other, statistic, isSeries: isSeries)
  }

  /// How clearly the samples bend anywhere: the statistic of the test for a bend.
  var clarity: Double { profile.max() ?? -.infinity }

  /// How far from a moisture bends of the samples count for it, percent of normal.
  private static let reach = 8.0

  /// How clearly the samples bend near a moisture.
  func clarity(at moisture: Double) -> Double {
    samples.x.indices.reduce(-Double.infinity) { clearest, index in
      (samples.x[index] - moisture).magnitude <= Self.reach ? max(clearest, profile[index]) : clearest
    }
  }
}
