/// What is done about autocorrelation before or in the Mann–Kendall test.
package enum TrendCorrection: String, CaseIterable, Sendable {
  /// Nothing
  case none
  /// Trend-free pre-whitening (Yue & Wang 2002)
  case trendFreePreWhitening = "trend-free-pre-whitening"
  /// A variance for autocorrelated values (Hamed & Rao 1998)
  case hamedRao = "hamed-rao"
}

/// Settings of the trend of a series; the defaults are the project's.
package struct TrendOptions: Sendable, Equatable {
  /// Confidence of Sen's interval, between 0 and 1.
  package var confidence = 0.95
  /// What is done about autocorrelation; the slopes are those of the series itself in any case.
  package var correction = TrendCorrection.none
  /// Fewest finite values, at least 2.
  package var minimumCount = 2
  /// Significance level of autocorrelations, two-sided.
  package var autocorrelationSignificance = 0.05
  /// Values that follow each other in size at most this share of the largest magnitude apart are taken for equal.
  ///
  /// 0 takes values as they are.
  package var tieTolerance = 0.0

  /// The tolerance for values that are sums or means: what rounding of some hundred additions can make of equal ones.
  ///
  /// Without it ties are lost, and S and its variance are not those of the exact sums. Values stored in single precision
  /// that differ do so by a million times as much.
  package static let roundingOfSums = 0x1p-44

  /// The defaults, or some of them changed.
  package init(
    confidence: Double = 0.95, correction: TrendCorrection = .none, minimumCount: Int = 2, tieTolerance: Double = 0
  ) {
    self.confidence = confidence
    self.correction = correction
    self.minimumCount = minimumCount
    self.tieTolerance = tieTolerance
  }
}
