import ArgumentParser
import Distributed
import Kernels

/// How the value of a cell comes from another grid.
enum RegriddingMethod: String, CaseIterable, ExpressibleByArgument {
  /// That of the nearest cell
  case nearest
  /// Between the four neighbours
  case bilinear
  /// The mean over the cell's area
  case mean
  /// The class of the greatest area
  case majority

  /// What does it.
  var kernel: RowRegridding.Method {
    switch self {
    case .nearest: .nearest
    case .bilinear: .bilinear
    case .mean: .mean
    case .majority: .majority
    }
  }
}

extension GridMap {
  /// The map on another grid, and in words what was done to it; no words where both are the same grid, be it rolled or
  /// flipped.
  ///
  /// Cells that this map does not cover are missing; so are those beside missing ones, as ``RowRegridding/Method`` says.
  /// - Throws: exit code 65 where the map cannot be brought over by this method.
  func brought(to grid: Grid, of gridPath: String, by method: RegriddingMethod) throws -> (map: GridMap, note: String?)
  {
    guard self.grid.difference(from: grid) != nil else { return (self, nil) }
    var map = self
    map.grid = grid
    if let values = values(rolledTo: grid) {
      map.values = values
      return (map, nil)
    }
    if method == .majority { try checkClasses() }
    let regridding = try GridRegridding(from: self.grid, of: path, to: grid, of: gridPath, method.kernel)
    map.values = regridding.values(values, onto: grid)
    let note =
      "'\(name)' of \(path) brought from \(self.grid.sizeText) to \(grid.sizeText) by \(method.kernel.words)"
    return (map, note)
  }

  /// The values in the order of another grid of the same cells; nil where it has others.
  private func values(rolledTo grid: Grid) -> [Double]? {
    guard let own = self.grid.axes, let target = grid.axes,
      let (rows, columns) = NearestCells(own).permutation(to: target)
    else { return nil }
    return rows.flatMap { row in columns.map { values[row * columns.count + $0] } }
  }

  /// Checks that values are classes, that is whole numbers.
  ///
  /// - Throws: exit code 65 naming the first other value.
  func checkClasses() throws {
    if let value = values.first(where: { !$0.isNaN && $0 != $0.rounded() }) {
      throw JobError(
        .inputData,
        "\(path): '\(name)' holds \(value); expected classes, which are whole numbers: the greatest share of an area is "
          + "for these; 'bilinear' and 'mean' are for continuous maps")
    }
  }
}

extension GridRegridding {
  /// A whole field on another grid.
  fileprivate func values(_ values: [Double], onto grid: Grid) -> [Double] {
    values.withUnsafeBufferPointer { source in
      [Double](unsafeUninitializedCapacity: grid.cellCount) { target, count in
        count = grid.cellCount
        guard let source = source.baseAddress, let target = target.baseAddress else { return }
        switch self {
        case .rows(let rows, let axes):
          let (width, targetWidth) = (axes.longitudes.count, grid.rowLength)
          for row in 0..<grid.rowCount {
            rows.regrid(row, from: { source + $0 * width }, into: target + row * targetWidth)
          }
        case .cells(let cells):
          for cell in 0..<cells.count { target[cell] = cells.interpolation(cell, of: source) }
        }
      }
    }
  }
}
