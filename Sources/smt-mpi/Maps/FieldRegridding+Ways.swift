import Distributed
import Kernels

extension FieldRegridding {
  /// Understands the same grid rolled or flipped.
  static let sameCells = FieldRegridding { own, target in order(from: own.grid, to: target.grid) }

  /// Understands the same grid rolled or flipped, and takes the mean over the area of each cell of any other regular grid,
  /// over what is not missing.
  static let areaMean = FieldRegridding { own, target in
    if let order = order(from: own.grid, to: target.grid) { return order }
    let regridding = try GridRegridding(from: own.grid, of: own.path, to: target.grid, of: target.path, .mean)
    guard case .rows(let rows, let axes) = regridding else { return nil }
    let width = axes.longitudes.count
    return Way(words: RegriddingMethod.mean.kernel.words) { field, row, values in
      rows.regrid(row, from: { field + $0 * width }, into: values)
    }
  }

  /// Understands the same grid rolled or flipped, and takes the nearest cell of any other.
  static let nearest = FieldRegridding { own, target in
    if let order = order(from: own.grid, to: target.grid) { return order }
    let words = RowRegridding.Method.nearest.words
    switch try GridRegridding(from: own.grid, of: own.path, to: target.grid, of: target.path, .nearest) {
    case .rows(let rows, let axes):
      let width = axes.longitudes.count
      return Way(words: words) { field, row, values in
        rows.regrid(row, from: { field + $0 * width }, into: values)
      }
    case .cells(let cells):
      let width = target.grid.rowLength
      return Way(words: words) { field, row, values in
        for column in 0..<width { values[column] = cells.interpolation(row * width + column, of: field) }
      }
    }
  }

  /// The way between grids of the same cells in another order.
  private static func order(from own: Grid, to target: Grid) -> Way? {
    guard let ownAxes = own.axes, let axes = target.axes,
      let (rows, columns) = NearestCells(ownAxes).permutation(to: axes)
    else { return nil }
    return Way(words: nil) { field, row, values in
      let source = field + rows[row] * columns.count
      for (place, column) in columns.enumerated() { values[place] = source[column] }
    }
  }
}
