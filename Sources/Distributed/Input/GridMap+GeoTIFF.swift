extension GeoTIFFFile {
  /// Where the cells of the image lie.
  public var grid: Grid {
    var grid = Grid(latitudes: latitudes, longitudes: longitudes)
    (grid.latitudeBounds, grid.longitudeBounds) = (latitudeBounds, longitudeBounds)
    return grid
  }
}

extension GridMap {
  /// Reads a band of a GeoTIFF file, `1` being the first.
  ///
  /// - Throws: exit code 65 where it cannot be read, 71 where there is no memory for it.
  static func read(band name: String, in file: GeoTIFFFile) throws -> GridMap {
    let band = try file.band(name)
    let stored = try file.storedValues(band: band)
    let count = file.rowCount * file.columnCount
    try MemoryLimit.check(8 * count, for: "\(file.path): band \(band), \(file.rowCount) × \(file.columnCount) values,")
    var values = [Double](repeating: 0, count: count)
    try file.read(rows: 0..<file.rowCount, band: band, as: stored, into: &values)
    return GridMap(path: file.path, name: name, units: file.units(band: band), grid: file.grid, values: values)
  }
}
