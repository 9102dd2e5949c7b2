/// What a file says about one variable whose fields are read by rows.
public struct RecordHeader: Codable, Sendable {
  /// The file.
  public var path: String
  /// Name of the variable, or number of a band.
  public var name: String
  /// Where the cells lie.
  public var grid: Grid
  /// Dimensions besides those of the grid, slowest first.
  public var axes: [RecordAxis]
  /// What the stored numbers mean.
  public var stored: StoredValues
  /// Attributes but for those that say how numbers are stored and where cells lie.
  public var attributes: [StoredAttribute]
  /// The value of `_FillValue`; nil where there is none.
  public var fillValue: Double?
  /// Rows that a compressed chunk holds; nil where any rows can be read.
  public var chunkRows: Int?
  /// Bytes of such a chunk.
  public var chunkBytes = 0
  var format: NetCDFFormat?
  var shape: [Int] = []
  /// Places of the axes among the variable's dimensions, then those of the grid's.
  var axisPlaces: [Int] = []
  var gridPlaces: [Int] = []
  /// Indices of the dimensions that are neither, by place.
  var fixed: [Int: Int] = [:]

  /// The number of fields.
  public var fieldCount: Int { axes.reduce(1) { $0 * $1.length } }

  /// Units; empty where there are none.
  public var units: String { attributes.first { $0.name == "units" }?.text ?? "" }

  private static let structural: Set = [
    "_FillValue", "missing_value", "scale_factor", "add_offset", "valid_min", "valid_max", "valid_range", "coordinates",
    "grid_mapping", "cell_measures", "ancillary_variables", "bounds", "_Unsigned", "flag_masks",
  ]

  /// Reads the header of a variable of a netCDF file, or of a band of a GeoTIFF file.
  ///
  /// - Throws: exit code 66 where there is no such file; 65 where it or the variable cannot be read, or has no grid.
  public static func read(_ name: String, from path: String) throws -> RecordHeader {
    if try ForeignFile(anyFormat: path).signature == .tiff { return try read(band: name, of: path) }
    let file = try NetCDFFile(path)
    return try file.watch {
      if file.format.isClassic { try ClassicHeader.checkLength(of: path) }
      return try read(try VariableSelection(name), in: file)
    }
  }

  private static func read(_ selection: VariableSelection, in file: NetCDFFile) throws -> RecordHeader {
    let variable = try file.requiredVariable(selection.variable)
    let (names, shape) = (file.dimensionNames(variable), file.shape(variable))
    var roles = names.map { DimensionRole.ofDimension($0, in: file) }
    let grid = try Grid.read(names: names, shape: shape, roles: &roles, variable, in: file)
    _ = try file.valueCount(variable)
    let gridPlaces = grid.dimensionNames.compactMap { names.firstIndex(of: $0) }
    let fixed = try selection.indices(names, shape, on: grid, in: file)
    let axisPlaces = names.indices.filter { !gridPlaces.contains($0) && fixed[$0] == nil }
    var header = RecordHeader(
      path: file.path, name: variable.name, grid: grid,
      axes: try axisPlaces.map {
        try RecordAxis.read(names[$0], length: shape[$0], isTime: roles[$0] == .time, in: file)
      }, stored: try StoredValues(variable, in: file),
      attributes: file.attributes(of: variable).filter { !structural.contains($0.name) },
      fillValue: file.numbers("_FillValue", of: variable).first)
    (header.format, header.shape, header.axisPlaces, header.gridPlaces) = (file.format, shape, axisPlaces, gridPlaces)
    header.fixed = fixed
    if let storage = try file.chunks(variable), storage.filtered {
      header.chunkRows = storage.lengths[gridPlaces[0]]
      header.chunkBytes = storage.lengths.reduce(variable.type.byteCount, *)
    }
    try file.checkAttributes()
    return header
  }

  private static func read(band name: String, of path: String) throws -> RecordHeader {
    let file = try GeoTIFFFile(path)
    let band = try file.band(name)
    let units = file.units(band: band)
    let stored = try file.storedValues(band: band)
    return RecordHeader(
      path: path, name: name, grid: file.grid, axes: [], stored: stored,
      attributes: units.isEmpty ? [] : [StoredAttribute(name: "units", text: units)], fillValue: stored.missing.first)
  }
}

extension RecordHeader {
  /// The grid of the first variable of a file that lies on one.
  ///
  /// - Throws: exit code 66 where there is no such file; 65 where no variable of it has a grid.
  public static func firstGrid(of path: String) throws -> Grid {
    if try ForeignFile(anyFormat: path).signature == .tiff { return try GeoTIFFFile(path).grid }
    let file = try NetCDFFile(path)
    return try file.watch {
      for variable in file.variables where !variable.dimensions.isEmpty {
        var roles = file.dimensionNames(variable).map { DimensionRole.ofDimension($0, in: file) }
        // Bounds of a coordinate lie on one dimension of the grid alone.
        if let grid = try? Grid.read(
          names: file.dimensionNames(variable), shape: file.shape(variable), roles: &roles, variable, in: file)
        {
          return grid
        }
      }
      throw JobError(
        .inputData,
        "\(path): no variable has latitudes and longitudes; expected coordinate variables with units degrees_north and "
          + "degrees_east")
    }
  }
}
