/// Why a cell has a threshold or has none.
///
/// The raw values and names are the `flag_values` and `flag_meanings` of the CF status variable.
public enum CellStatus: UInt8, ResultStatus {
  /// A threshold was found.
  case computed = 0
  /// The cell is not land.
  case notLand = 1
  /// A month that is needed is missing.
  case missingMonths = 2
  /// The reference soil moisture or GPP is at or below its floor, so percentages of it mean nothing.
  case referenceBelowFloor = 3
  /// Fewer finite samples than ``ThresholdOptions/minimumPairs``.
  case tooFewPairs = 4
  /// The soil moistures span fewer grid steps than ``ThresholdOptions/minimumSpan``.
  case narrowRange = 5
  /// The fitted curve has no clear bend from steep to flat.
  case noThreshold = 6
  /// The cell was left out by the user's selection.
  case outsideSelection = 7
  /// The season maps give the cell no growing season.
  case noSeason = 8
}
