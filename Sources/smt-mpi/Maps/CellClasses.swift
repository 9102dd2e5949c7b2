import Distributed

/// Classes of a grid's cells that one map, or one list of bands, makes.
struct CellClasses: Sendable, Codable {
  /// Where they come from, as the option gives it; `globe` where there is none.
  let title: String
  /// The classes in their order.
  let classes: [CellClass]
  /// What should be known of them: ids that no group names, what was brought over from another grid.
  let notes: [String]

  /// All cells of a grid as one class.
  static func globe(_ grid: Grid) -> CellClasses {
    CellClasses(title: "globe", classes: [CellClass(name: "globe", cells: Array(0..<grid.cellCount))], notes: [])
  }
}

/// Cells that are summed up together.
struct CellClass: Sendable, Codable {
  let name: String
  /// Grid indices, ascending.
  @PackedIntegers var cells: [Int]
  /// The part of each cell that belongs to the class, above 0; empty where cells belong to it as a whole.
  @PackedNumbers var shares: [Double]

  init(name: String, cells: [Int], shares: [Double] = []) {
    self.name = name
    self.cells = cells
    self.shares = shares
  }

  /// The part of the cell at a position of `cells`.
  func share(at position: Int) -> Double { shares.isEmpty ? 1 : shares[position] }
}
