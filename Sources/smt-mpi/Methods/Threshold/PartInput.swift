import Kernels

/// What a part of a cell is computed from, as it travels from rank to rank.
struct PartInput {
  /// The cell's index in the grid.
  let cell: Int
  /// The moisture that is 100 %.
  let normal: Double
  /// The cell's finite pairs.
  let pairs: SortedSamples

  init(cell: Int, normal: Double, pairs: SortedSamples) {
    self.cell = cell
    self.normal = normal
    self.pairs = pairs
  }

  /// The row of numbers.
  var numbers: [Double] { [Double(cell), normal] + pairs.x + pairs.y + pairs.times.map(Double.init) }

  /// Reads the row.
  init(_ numbers: [Double]) {
    cell = Int(numbers[0])
    normal = numbers[1]
    let count = (numbers.count - 2) / 3
    func values(_ index: Int) -> ArraySlice<Double> { numbers[2 + index * count..<2 + (index + 1) * count] }
    pairs = SortedSamples(x: Array(values(0)), y: Array(values(1)), times: values(2).map { Int($0) })
  }

  /// Numbers of a row at the most.
  static func length(pairs: Int) -> Int { 2 + 3 * pairs }
}
