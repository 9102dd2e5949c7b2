/// Which cells belong to which rank: contiguous shares, in memory order, of the cells that need work.
public struct Partition: Sendable {
  /// Grid indices of the cells that need work, ascending.
  public let cells: [Int]
  /// Where in `cells` the share of each rank begins, and the end of the last one's.
  public let starts: [Int]

  /// Deals cells out in equal numbers, to one more or less.
  public init(cells: [Int], ranks: Int) {
    self.cells = cells
    starts = (0...ranks).map { $0 * cells.count / ranks }
  }

  /// The share of a rank, as a range of `cells`.
  public func share(of rank: Int) -> Range<Int> { starts[rank]..<starts[rank + 1] }

  /// The number of ranks.
  public var rankCount: Int { starts.count - 1 }

  /// The grid's rows from the first to the last cell of a rank; empty where it has none.
  func rows(of rank: Int, on grid: Grid) -> Range<Int> {
    let share = share(of: rank)
    guard let first = share.first, let last = share.last else { return 0..<0 }
    return cells[first] / grid.rowLength..<cells[last] / grid.rowLength + 1
  }
}
