extension Grid {
  /// The same cells as a regular grid, where each row of a curvilinear one has one latitude and each column one longitude, as
  /// in CLM's surface data; else the grid itself.
  public var regular: Grid {
    guard kind == .curvilinear, cellCount > 0 else { return self }
    let columns = shape[1]
    let (rowLatitudes, columnLongitudes) = (
      stride(from: 0, to: cellCount, by: columns).map { latitudes[$0] }, Array(longitudes.prefix(columns))
    )
    for cell in 0..<cellCount {
      guard abs(latitudes[cell] - rowLatitudes[cell / columns]) <= 1e-4,
        abs(longitudes[cell] - columnLongitudes[cell % columns]) <= 1e-4
      else { return self }
    }
    return Grid(
      kind: .regular, dimensionNames: dimensionNames, shape: shape, latitudeName: dimensionNames[0],
      longitudeName: dimensionNames[1], latitudes: rowLatitudes, longitudes: columnLongitudes)
  }
}

extension GridMap {
  /// The map with a regular grid where it can have one, unless it lies on the grid given as it is.
  public func regular(unlessOn grid: Grid) -> GridMap {
    guard self.grid.kind == .curvilinear, self.grid.difference(from: grid) != nil else { return self }
    var map = self
    map.grid = map.grid.regular
    return map
  }
}
