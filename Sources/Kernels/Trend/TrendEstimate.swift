/// The trend of one series by three methods.
///
/// Numbers that do not exist are NaN.
public struct TrendEstimate: Sendable, Equatable {
  /// Least squares.
  public var ordinary = OrdinaryTrend()
  /// Sen's slope and its interval.
  public var sen = SenSlope()
  /// The Mann–Kendall test, corrected as the options ask.
  public var mannKendall = MannKendall()
  /// Number of finite values.
  public var count = 0
  /// Whether there is a trend, and why not.
  public var status = TrendStatus.computed

  /// An estimate that has nothing but a status.
  public init(status: TrendStatus, count: Int = 0) {
    self.status = status
    self.count = count
  }
}
