import Kernels

/// What a part of a cell is computed from, as it travels from rank to rank.
struct PartInput {
  /// The cell's index in the grid.
  let cell: Int
  /// The moisture that is 100 %.
  let normal: Double
  /// The cell's finite pairs.
  let pairs: SortedPairs

  init(cell: Int, normal: Double, pairs: SortedPairs) {
    self.cell = cell
    self.normal = normal
    self.pairs = pairs
  }

  /// The row of numbers.
  var numbers: [Double] { [Double(cell), normal] + pairs.x + pairs.y }

  /// Reads the row.
  init(_ numbers: [Double]) {
    cell = Int(numbers[0])
    normal = numbers[1]
    let count = (numbers.count - 2) / 2
    pairs = SortedPairs(x: Array(numbers[2..<2 + count]), y: Array(numbers[(2 + count)...]))
  }

  /// Numbers of a row at the most.
  static func length(pairs: Int) -> Int { 2 + 2 * pairs }
}
