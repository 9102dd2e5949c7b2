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

  /// The cells of a rank and the grid's rows from the first to the last of them; no rows where it has none.
  func region(of rank: Int, on grid: Grid) -> ReadRegion {
    let own = cells[share(of: rank)]
    guard let first = own.first, let last = own.last else { return ReadRegion(grid: grid, rows: 0..<0, cells: own) }
    return ReadRegion(grid: grid, rows: first / grid.rowLength..<last / grid.rowLength + 1, cells: own)
  }
}

/// Cells of a grid, and the rows that are read for them.
struct ReadRegion {
  let grid: Grid
  let rows: Range<Int>
  /// Grid indices of the cells, ascending; the slice's own indices are positions in the partition's list.
  let cells: ArraySlice<Int>
  /// Whether all cells are wanted, and `cells` is empty.
  private(set) var isWhole = false

  init(grid: Grid, rows: Range<Int>, cells: ArraySlice<Int>) {
    self.grid = grid
    self.rows = rows
    self.cells = cells
  }

  /// All cells of a grid, which are not listed.
  init(whole grid: Grid) {
    self.init(grid: grid, rows: 0..<grid.rowCount, cells: [])
    isWhole = true
  }

  /// Cells of a grid of which all rows are read.
  init(_ cells: [Int], ofAll grid: Grid) { self.init(grid: grid, rows: 0..<grid.rowCount, cells: cells[...]) }
}
