import Distributed

/// A field of a map file with all its cells, to be shown or drawn.
struct MapField {
  /// The file as the user named it.
  let path: String
  /// Name of the variable.
  let name: String
  /// What is selected of dimensions besides those of the grid: their names with what the index is called.
  let place: [(dimension: String, label: String)]
  /// Empty where there are none.
  let units: String
  let longName: String
  let grid: Grid
  /// In the grid's order, NaN where missing.
  var values: [Double]
  /// Classes, by value; empty of a quantity.
  let flags: [PageMap.Flag]
  let validRange: ClosedRange<Double>?

  /// The name with what is selected: `smt, season=humid`.
  var label: String { named(name) }

  /// The long name with what is selected, or the label where there is none.
  var title: String { longName.isEmpty ? label : named(longName) }

  private func named(_ name: String) -> String {
    ([name] + place.map { "\($0.dimension)=\($0.label)" }).joined(separator: ", ")
  }

  /// Whether it says why cells have no value.
  var isStatus: Bool { !flags.isEmpty && (name == "status" || name.hasSuffix("_status")) }

  /// Whether it has a class for each cell.
  var hasClasses: Bool { !flags.isEmpty }

  /// Whether it is a status of another field's file, grid and place.
  func isStatus(of other: MapField) -> Bool {
    isStatus && !other.hasClasses && path == other.path && grid.shape == other.grid.shape
      && place.allSatisfy { own in other.place.contains { $0 == own } }
  }
}
