/// A grid for files that tests make.
public enum TestGrid: Sendable {
  /// Latitude × longitude.
  ///
  /// - `ascending`: from south to north.
  /// - `fromZero`: longitudes from 0°; else from −180°.
  case regular(rows: Int, columns: Int, ascending: Bool = true, fromZero: Bool = true)
  /// Rows × columns, turned against the parallels.
  case curvilinear(rows: Int, columns: Int)
  /// One dimension of cells with this name (`ncol`, `lndgrid`).
  case unstructured(cells: Int, dimension: String = "ncol")

  /// Lengths of the horizontal dimensions.
  public var shape: [Int] {
    switch self {
    case .regular(let rows, let columns, _, _), .curvilinear(let rows, let columns): [rows, columns]
    case .unstructured(let cells, _): [cells]
    }
  }

  /// Names of the horizontal dimensions.
  public var dimensionNames: [String] {
    switch self {
    case .regular: ["lat", "lon"]
    case .curvilinear: ["nj", "ni"]
    case .unstructured(_, let dimension): [dimension]
    }
  }

  /// The number of cells.
  public var cellCount: Int { shape.reduce(1, *) }

  /// Degrees north and east of a cell in memory order.
  public func place(ofCell cell: Int) -> (latitude: Double, longitude: Double) {
    switch self {
    case .regular(let rows, let columns, let ascending, let fromZero):
      let row = ascending ? cell / columns : rows - 1 - cell / columns
      let west = fromZero ? 0.0 : -180
      return (Self.latitude(row, of: rows), west + (Double(cell % columns) + 0.5) * 360 / Double(columns))
    case .curvilinear(_, let columns):
      let (row, column) = (Double(cell / columns), Double(cell % columns))
      return (40 + 0.5 * row + 0.1 * column, 5 + 0.6 * column - 0.2 * row)
    case .unstructured(let cells, _):
      // A spiral from pole to pole.
      return (Self.latitude(cell, of: cells), (Double(cell) * 137.5).truncatingRemainder(dividingBy: 360))
    }
  }

  private static func latitude(_ index: Int, of count: Int) -> Double {
    -80 + 160 * (Double(index) + 0.5) / Double(count)
  }
}
