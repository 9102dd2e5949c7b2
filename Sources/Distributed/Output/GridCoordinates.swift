/// Horizontal dimensions and coordinates of a grid in a file under construction.
struct GridCoordinates {
  let dimensions: [NetCDFWriter.Dimension]
  /// Names for the `coordinates` attribute; nil where coordinates are dimensions' own.
  let auxiliaryNames: String?
  private let grid: Grid
  private let latitude: NetCDFWriter.Variable
  private let longitude: NetCDFWriter.Variable
  private let bounds: (latitude: NetCDFWriter.Variable, longitude: NetCDFWriter.Variable)?
  private let boundValues: (latitudes: [Double], longitudes: [Double])?
  private let areas: GridAreas

  /// Defines them, and the areas of the cells where the grid has some.
  ///
  /// - Parameter taken: names of other variables, which the areas leave to these.
  init(_ grid: Grid, taken: [String], in writer: NetCDFWriter) throws {
    self.grid = grid
    dimensions = try zip(grid.dimensionNames, grid.shape).map { try writer.dimension($0, $1) }
    let isRegular = grid.kind == .regular
    auxiliaryNames = isRegular ? nil : "\(grid.latitudeName) \(grid.longitudeName)"
    let values = Self.bounds(of: grid)
    boundValues = values
    func attributes(_ direction: String, axis: String, bounds: String?) -> [(String, NetCDFWriter.Attribute)] {
      var list: [(String, NetCDFWriter.Attribute)] = [
        ("units", .text(direction == "latitude" ? "degrees_north" : "degrees_east")),
        ("standard_name", .text(direction)),
        ("long_name", .text(direction)),
      ]
      if isRegular { list.append(("axis", .text(axis))) }
      if let bounds { list.append(("bounds", .text(bounds))) }
      return list
    }
    let names = (grid.latitudeName + "_bnds", grid.longitudeName + "_bnds")
    let own = isRegular ? [[dimensions[0]], [dimensions[1]]] : [dimensions, dimensions]
    latitude = try writer.variable(
      grid.latitudeName, .double, own[0],
      attributes: attributes("latitude", axis: "Y", bounds: values.map { _ in names.0 }))
    longitude = try writer.variable(
      grid.longitudeName, .double, own[1],
      attributes: attributes("longitude", axis: "X", bounds: values.map { _ in names.1 }))
    if let values {
      let vertices = try writer.dimension("nv", values.latitudes.count / max(1, grid.latitudes.count))
      bounds = (
        try writer.variable(names.0, .double, own[0] + [vertices]),
        try writer.variable(names.1, .double, own[1] + [vertices])
      )
    } else {
      bounds = nil
    }
    areas = try GridAreas(
      grid.landAreas, dimensions, coordinates: auxiliaryNames, taken: taken, in: writer)
  }

  /// The attribute `cell_measures` of variables on the grid; nil where no file gave areas.
  var cellMeasures: String? { areas.cellMeasures }

  func writeValues(to writer: NetCDFWriter) throws {
    try writer.write(grid.latitudes, to: latitude)
    try writer.write(grid.longitudes, to: longitude)
    if let bounds, let boundValues {
      try writer.write(boundValues.latitudes, to: bounds.latitude)
      try writer.write(boundValues.longitudes, to: bounds.longitude)
    }
    try areas.writeValues(to: writer)
  }

  /// The file's own bounds, else mid-points of a regular grid's axes; nil for other grids without bounds.
  private static func bounds(of grid: Grid) -> (latitudes: [Double], longitudes: [Double])? {
    if !grid.latitudeBounds.isEmpty { return (grid.latitudeBounds, grid.longitudeBounds) }
    guard grid.kind == .regular else { return nil }
    return (Grid.midpoints(grid.latitudes).map { max(-90, min(90, $0)) }, Grid.midpoints(grid.longitudes))
  }
}
