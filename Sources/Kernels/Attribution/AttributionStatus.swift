/// Why a cell has an attribution or has none.
///
/// The raw values and names are the `flag_values` and `flag_meanings` of the CF status variable.
public enum AttributionStatus: UInt8, CaseIterable, Sendable {
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

  /// The status in words that CF allows in `flag_meanings`.
  public var name: String {
    switch self {
    case .computed: "computed"
    case .notLand: "not_land"
    case .tooFewYears: "too_few_years"
    case .noVariance: "no_variance"
    case .outsideSelection: "outside_selection"
    }
  }
}
