/// What is done about autocorrelation before or in the Mann–Kendall test.
public enum TrendCorrection: String, CaseIterable, Sendable {
  /// Nothing
  case none
  /// Trend-free pre-whitening (Yue & Wang 2002)
  case trendFreePreWhitening = "trend-free-pre-whitening"
  /// A variance for autocorrelated values (Hamed & Rao 1998)
  case hamedRao = "hamed-rao"
}

/// Settings of the trend of a series; the defaults are the project's.
public struct TrendOptions: Sendable, Equatable {
  /// Confidence of Sen's interval, between 0 and 1.
  public var confidence = 0.95
  /// What is done about autocorrelation; the slopes are those of the series itself in any case.
  public var correction = TrendCorrection.none
  /// Fewest finite values, at least 2.
  public var minimumCount = 2
  /// Significance level of autocorrelations, two-sided.
  public var autocorrelationSignificance = 0.05

  /// The defaults, or some of them changed.
  public init(confidence: Double = 0.95, correction: TrendCorrection = .none, minimumCount: Int = 2) {
    self.confidence = confidence
    self.correction = correction
    self.minimumCount = minimumCount
  }
}
