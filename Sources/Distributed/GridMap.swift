/// A map: one value for every cell of a grid.
public struct GridMap: Codable, Sendable {
  /// The grid.
  public var grid: Grid
  /// Values by cell, NaN where missing.
  public var values: [Double]
  /// Units as in the file.
  public var units: String

  /// Reads a variable that has, besides its horizontal dimensions, none longer than 1.
  ///
  /// - Throws: exit code 65 or 66 naming file and variable.
  public static func read(_ path: String, variable name: String) throws -> GridMap {
    let file = try NetCDFFile(path)
    let variable = try file.requiredVariable(name)
    let (layout, grid) = try VariableLayout.read(variable, in: file)
    for role in [DimensionRole.time, .member, .level] where layout.length(role) > 1 {
      throw JobError(
        .inputData,
        "\(path): variable '\(name)' has a \(role.rawValue) dimension of length \(layout.length(role)); expected a map")
    }
    let stored = try StoredValues(variable, in: file)
    let raw = try file.values(variable).map(stored.value)
    let rowStride = layout.position(.latitude).map { layout.shape[($0 + 1)...].reduce(1, *) }
    let columnStride = layout.position(.longitude).map { layout.shape[($0 + 1)...].reduce(1, *) }
    var values = raw
    if let rowStride, let columnStride, columnStride != 1 {
      // (lon, lat) is turned into (lat, lon).
      values = (0..<grid.cellCount).map { raw[$0 / grid.rowLength * rowStride + $0 % grid.rowLength * columnStride] }
    }
    return GridMap(grid: grid, values: values, units: file.text("units", of: variable) ?? "")
  }

  /// Reads `FILE:VARIABLE` and checks that it lies on the grid given.
  ///
  /// - Throws: exit code 65 naming both grids where they differ.
  public static func read(
    _ path: String, variable: String, on grid: Grid, of gridPath: String, option: String
  ) throws -> GridMap {
    let map = try read(path, variable: variable)
    if let difference = map.grid.difference(from: grid) {
      throw JobError(
        .inputData,
        "--\(option): \(path): the grid of '\(variable)' differs from that of \(gridPath): \(difference); "
          + "'cdo remapnn,\(gridPath) \(path) OUT' brings it over")
    }
    return map
  }
}
