/// Why a cell has a result of a method or has none.
///
/// The raw values and names are the `flag_values` and `flag_meanings` of the CF status variable.
package protocol ResultStatus: RawRepresentable<UInt8>, CaseIterable, Hashable, Sendable {
  /// The cell has its result.
  static var computed: Self { get }
  /// The cell is not land.
  static var notLand: Self { get }
  /// The cell was left out by the user's selection.
  static var outsideSelection: Self { get }
}

extension ResultStatus {
  /// The status in words that CF allows in `flag_meanings`: the name of its case, `not_land`.
  package var name: String {
    "\(self)".reduce(into: "") { $0 += $1.isUppercase ? "_" + $1.lowercased() : String($1) }
  }
}
