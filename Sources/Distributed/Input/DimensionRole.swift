/// What a dimension of a variable stands for.
enum DimensionRole: String, Codable, Sendable {
  case time, member, level, latitude, longitude
  /// First and second dimension of a curvilinear grid; the one dimension of an unstructured grid.
  case row, column, cell
  /// Of length 1 and of no meaning here; its one index is read.
  case single
  case unknown

  /// The role that a dimension's own coordinate variable, or its name, gives it; `unknown` where neither does.
  static func ofDimension(_ name: String, in file: NetCDFFile) -> DimensionRole {
    let lower = name.lowercased()
    if let coordinate = file.variable(name), coordinate.dimensions.count == 1 {
      let units = file.text("units", of: coordinate) ?? ""
      let standardName = file.text("standard_name", of: coordinate) ?? ""
      let axis = file.text("axis", of: coordinate) ?? ""
      if TimeUnits.isTime(units) || standardName == "time" { return .time }
      if isLatitude(coordinate, in: file) { return .latitude }
      if isLongitude(coordinate, in: file) { return .longitude }
      if standardName == "realization" { return .member }
      if axis == "Z" || file.text("positive", of: coordinate) != nil || standardName == "depth" { return .level }
    }
    if lower == "time" { return .time }
    if memberNames.contains(lower) { return .member }
    if levelNames.contains(lower) { return .level }
    return .unknown
  }

  /// Whether a variable holds latitudes.
  static func isLatitude(_ variable: NetCDFFile.Variable, in file: NetCDFFile) -> Bool {
    holds(
      "latitude", units: ["degrees_north", "degree_north", "degrees_n", "degreen", "degreesn", "degrees north"],
      names: ["lat", "latitude", "xlat", "tlat", "nav_lat"], variable, file)
  }

  /// Whether a variable holds longitudes.
  static func isLongitude(_ variable: NetCDFFile.Variable, in file: NetCDFFile) -> Bool {
    holds(
      "longitude", units: ["degrees_east", "degree_east", "degrees_e", "degreee", "degreese", "degrees east"],
      names: ["lon", "longitude", "xlong", "tlong", "nav_lon"], variable, file)
  }

  private static func holds(
    _ standardName: String, units: Set<String>, names: Set<String>, _ variable: NetCDFFile.Variable, _ file: NetCDFFile
  ) -> Bool {
    if let name = file.text("standard_name", of: variable) { return name == standardName }
    let unit = file.text("units", of: variable)?.lowercased() ?? ""
    if units.contains(unit) { return true }
    return names.contains(variable.name.lowercased()) && (unit.isEmpty || unit.hasPrefix("degree"))
  }

  private static let memberNames: Set = [
    "member", "members", "ensemble", "ens", "realization", "realisation", "number", "ensemble_member", "experiment",
  ]
  private static let levelNames: Set = [
    "lev", "level", "levels", "levsoi", "levgrnd", "levdcmp", "depth", "layer", "layers", "soil_layer", "soil_level",
    "soillayer", "soil_layers", "soil_layers_stag", "nsoil", "z",
  ]
}
