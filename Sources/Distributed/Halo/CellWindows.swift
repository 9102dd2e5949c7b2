/// Square windows around the cells of a regular grid.
///
/// The rows of a window go from north to south and its columns from west to east, however the file has them. Columns go on
/// beyond the last one where they span 360°; rows do not go on beyond a pole.
public struct CellWindows: Sendable {
  /// Cells of a side, an odd number.
  public let width: Int
  /// Rows and columns of the grid.
  let (rowCount, columnCount): (Int, Int)
  /// Whether the column after the last is the first.
  public let areColumnsPeriodic: Bool
  /// What a step to the south adds to a row, and one to the east to a column.
  private let (south, east): (Int, Int)

  /// Windows on the grid of a file.
  ///
  /// - Throws: exit code 65 where the grid is not regular: its cells have no rows and columns of neighbours.
  public init(_ grid: Grid, width: Int, path: String) throws {
    precondition(width > 0 && width % 2 == 1, "a window has a centre")
    guard grid.kind == .regular else {
      throw JobError(
        .inputData,
        "\(path): the grid is \(grid.kind.rawValue); windows need rows of latitudes and columns of longitudes: bring the "
          + "files to a regular grid with smt-mpi regrid")
    }
    self.width = width
    (rowCount, columnCount) = (grid.shape[0], grid.shape[1])
    let steps = zip(grid.longitudes, grid.longitudes.dropFirst()).map { first, second in
      let step = second - first
      return step - 360 * (step / 360).rounded()
    }
    let span = steps.reduce(0, +)
    let mean = span / Double(max(1, steps.count))
    areColumnsPeriodic = !steps.isEmpty && abs(abs(span + mean) - 360) < abs(mean) / 2
    east = span < 0 ? -1 : 1
    south = (grid.latitudes.last ?? 0) > (grid.latitudes.first ?? 0) ? -1 : 1
  }

  /// Cells of a window.
  public var cellCount: Int { width * width }

  /// Cells from the centre of a window to its side.
  var reach: Int { width / 2 }

  /// The grid's row that is some steps south of one; nil beyond the poles.
  func row(_ row: Int, south steps: Int) -> Int? {
    let found = row + south * steps
    return (0..<rowCount).contains(found) ? found : nil
  }

  /// The grid's column that is some steps east of one; nil beyond the edges of a grid that is not global.
  func column(_ column: Int, east steps: Int) -> Int? {
    let found = column + east * steps
    if (0..<columnCount).contains(found) { return found }
    guard areColumnsPeriodic else { return nil }
    let rest = found % columnCount
    return rest < 0 ? rest + columnCount : rest
  }

  /// The cells of a window by row and column; nil where the grid has none.
  public func cells(around cell: Int) -> [Int?] {
    let (ownRow, ownColumn) = (cell / columnCount, cell % columnCount)
    return (-reach...reach).flatMap { south in
      (-reach...reach).map { east in
        guard let row = row(ownRow, south: south), let column = column(ownColumn, east: east) else { return nil }
        return row * columnCount + column
      }
    }
  }

  /// Cells with all that lie in their windows, ascending.
  ///
  /// - Parameter cells: ascending.
  public func cells(withNeighboursOf cells: [Int]) -> [Int] {
    var isThere = [Bool](repeating: false, count: rowCount * columnCount)
    let columns = (0..<columnCount).map { own in (-reach...reach).compactMap { column(own, east: $0) } }
    for cell in cells {
      for south in -reach...reach {
        guard let row = row(cell / columnCount, south: south) else { continue }
        for column in columns[cell % columnCount] { isThere[row * columnCount + column] = true }
      }
    }
    return isThere.indices.filter { isThere[$0] }
  }
}
