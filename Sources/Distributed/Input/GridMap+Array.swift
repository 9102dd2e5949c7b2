extension GridMap {
  /// Whether a text names an array of numpy, which has no coordinates and no variables.
  public static func isArray(_ source: String) -> Bool {
    (try? ForeignFile(anyFormat: source))?.signature == .npy
  }

  /// Reads an array of numpy (`.npy`) whose cells are those of a grid, in its order.
  ///
  /// Lengths of 1 do not count, and an array of one dimension may hold the cells of any grid.
  ///
  /// - Parameters:
  ///   - gridPath: the file of the grid, for messages.
  ///   - fill: the number that means missing besides NaN.
  /// - Throws: exit code 66 where there is no such file; 65 where it cannot be read or has another shape; 71 where there is
  ///   no memory for it.
  public static func read(array path: String, on grid: Grid, of gridPath: String, fill: Double?) throws -> GridMap {
    let array = try NumpyArray(path)
    let shape = array.shape.filter { $0 != 1 }
    guard shape == grid.shape.filter({ $0 != 1 }) || shape.reduce(1, *) == grid.cellCount && shape.count <= 1 else {
      throw JobError(
        .inputData,
        "\(path): the array has \(NetCDFFile.text(array.shape)) values; expected \(NetCDFFile.text(grid.shape)), one for "
          + "each cell of the grid of \(gridPath)")
    }
    let stored = StoredValues(array.type, missing: fill.map { [$0] } ?? [], scale: 1, offset: 0)
    return GridMap(
      path: path, name: paths(lastOf: path), units: "", grid: grid, values: try array.values().map(stored.value))
  }

  /// The name of a file without its folder and what follows the last point.
  private static func paths(lastOf path: String) -> String {
    let file = path.split(separator: "/").last ?? ""
    return String(file.lastIndex(of: ".").map { file[..<$0] } ?? file)
  }
}
