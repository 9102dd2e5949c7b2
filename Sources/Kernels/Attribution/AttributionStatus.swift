/// Why a cell has an attribution or has none.
///
/// The raw values and names are the `flag_values` and `flag_meanings` of the CF status variable.
public enum AttributionStatus: UInt8, ResultStatus {
  /// Everything was computed.
  case computed = 0
  /// The cell is not land.
  case notLand = 1
  /// Fewer complete years than ``AttributionOptions/minimumYears``.
  case tooFewYears = 2
  /// Total moisture does not vary beyond rounding.
  case noVariance = 3
  /// The cell was left out by the user's selection.
  case outsideSelection = 4
}
