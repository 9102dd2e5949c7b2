/// A two-dimensional field of a file together with its grid.
public struct GridMap: Codable, Sendable {
  /// The file it was read from.
  public var path: String
  /// Name of the variable.
  public var name: String
  /// The `units` attribute; empty where there is none.
  public var units: String
  /// Where the cells lie.
  public var grid: Grid
  /// Values in the grid's cell order, unpacked; NaN where missing.
  public var values: [Double]

  /// Reads a variable whose dimensions, other than those of the grid, have length 1 or are selected as in `spei[scale=24]`,
  /// or a band of a GeoTIFF file, whose name is its number.
  ///
  /// - Throws: exit code 66 where there is no such file; 65 where it or the variable cannot be read or the variable is
  ///   no map.
  public static func read(_ name: String, from path: String) throws -> GridMap {
    if try ForeignFile(anyFormat: path).signature == .tiff { return try read(band: name, in: try GeoTIFFFile(path)) }
    let file = try NetCDFFile(path)
    if file.format.isClassic { try ClassicHeader.checkLength(of: path) }
    return try read(name, in: file)
  }

  /// Whether a file that can be read has a variable of this name.
  public static func isThere(_ name: String, in path: String) -> Bool {
    (try? NetCDFFile(path))?.variable(name) != nil
  }

  /// Reads a variable of an open file as `read(_:from:)` does.
  static func read(_ name: String, in file: NetCDFFile) throws -> GridMap {
    let path = file.path
    let selection = try VariableSelection(name)
    let variable = try file.requiredVariable(selection.variable)
    let (layout, grid) = try VariableLayout.read(variable, selection, in: file)
    for (index, dimension) in layout.names.enumerated()
    where !grid.dimensionNames.contains(dimension) && layout.shape[index] != 1 && layout.fixed[index] == nil {
      throw JobError(
        .inputData,
        "\(path): variable '\(name)' has a dimension '\(dimension)' of length \(layout.shape[index]); expected a map. "
          + "Select one of them: "
          + selection.text(
            choosing: dimension,
            of: try VariableSelection.choices(of: dimension, length: layout.shape[index], in: file)))
    }
    let stored = try StoredValues(variable, in: file)
    let values = try layout.map(on: grid, variable, in: file).map(stored.value)
    let units = file.text("units", of: variable) ?? ""
    try file.checkAttributes()
    return GridMap(
      path: path, name: name, units: units, grid: grid,
      values: layout.isTransposed(against: grid) ? transposed(values, to: grid) : values)
  }

  /// Reads `FILE:VARIABLE`, split at the last colon.
  ///
  /// - Throws: exit code 64 where the text has no such form, else as `read(_:from:)`.
  public static func read(_ source: String) throws -> GridMap {
    let (path, name) = try parts(of: source)
    return try read(name, from: path)
  }

  /// File and variable, with what is selected of it, of `FILE:VARIABLE`, split at the last colon; a GeoTIFF file alone means its first band.
  ///
  /// - Throws: exit code 64 where the text has no such form.
  public static func parts(of source: String) throws -> (path: String, name: String) {
    guard let colon = source.lastIndexOutsideBrackets(of: ":"), colon != source.startIndex, source.last != ":",
      !source[colon...].contains("/")
    else {
      if (try? ForeignFile(anyFormat: source))?.signature == .tiff { return (source, "1") }
      throw JobError(
        .usage, "'\(source)' is no map; expected FILE:VARIABLE, for example smt.nc:smt\(VariableNames.hint(source))")
    }
    let name = String(source[source.index(after: colon)...])
    guard name.wholeMatch(of: /.*@month=[^\]]*/) == nil else {
      throw JobError(
        .usage, "'\(source)' is no map: @month selects of records; of one time give for example VARIABLE[time=2012-12]")
    }
    _ = try VariableSelection(name)
    return (String(source[..<colon]), name)
  }

  static func transposed(_ values: [Double], to grid: Grid) -> [Double] {
    let (rows, columns) = (grid.rowCount, grid.rowLength)
    return (0..<values.count).map { cell in values[cell % columns * rows + cell / columns] }
  }
}

extension VariableLayout {
  /// The stored numbers of the one field that is left when all dimensions but the grid's are of length 1 or selected.
  fileprivate func map(on grid: Grid, _ variable: NetCDFFile.Variable, in file: NetCDFFile) throws -> [Double] {
    if fixed.isEmpty { return try file.values(variable) }
    try MemoryLimit.check(8 * grid.cellCount, for: "\(file.path): a field of '\(variable.name)'")
    var values = [Double](repeating: 0, count: grid.cellCount)
    guard !values.isEmpty else { return [] }
    let count = names.indices.map { grid.dimensionNames.contains(names[$0]) ? shape[$0] : 1 }
    try file.watch {
      try file.read(variable, start: names.indices.map { fixed[$0] ?? 0 }, count: count, into: &values)
    }
    return values
  }

  /// Whether the variable runs over the grid's second dimension before its first, as in (lon, lat).
  func isTransposed(against grid: Grid) -> Bool {
    let positions = grid.dimensionNames.compactMap { names.firstIndex(of: $0) }
    return positions != positions.sorted()
  }
}
