/// The trend of one series by three methods.
///
/// Numbers that do not exist are NaN.
package struct TrendEstimate: Sendable, Equatable {
  /// Least squares.
  package var ordinary = OrdinaryTrend()
  /// Sen's slope and its interval.
  package var sen = SenSlope()
  /// The Mann–Kendall test, corrected as the options ask.
  package var mannKendall = MannKendall()
  /// Number of finite values.
  package var count = 0
  /// Whether there is a trend, and why not.
  package var status = TrendStatus.computed

  /// An estimate that has nothing but a status.
  package init(status: TrendStatus, count: Int = 0) {
    self.status = status
    self.count = count
  }
}

/// Why a series has a trend or has none.
///
/// The raw values and names are the `flag_values` and `flag_meanings` of a CF status variable.
package enum TrendStatus: UInt8, ResultStatus {
  /// Everything was computed.
  case computed = 0
  /// The cell is not land.
  case notLand = 1
  /// Fewer finite values than ``TrendOptions/minimumCount``; there are no slopes and no test.
  case tooFewValues = 2
  /// The correction for autocorrelation needs equally spaced values without gaps; there are slopes but no test.
  case gaps = 3
  /// The cell was left out by the user's selection.
  case outsideSelection = 4
  /// A value is too large to be one: probably a fill value that the file does not declare.
  case implausibleRange = 5
}
