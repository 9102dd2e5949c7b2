import Distributed

/// Maps on a regular grid, with whatever dimensions before those of the grid, in one file.
public struct TestMaps: Sendable {
  /// A variable's attributes.
  public typealias Attributes = [(String, NetCDFWriter.Attribute)]

  /// A dimension besides those of the grid.
  public struct Axis: Sendable {
    var name: String
    var length: Int
    var values: [Double]
    var attributes: Attributes
    var bounds: [Double]

    /// A dimension with a coordinate variable; without one where there are no values.
    ///
    /// - Parameter bounds: two for each value, written as `name_bnds`; none where empty.
    public init(
      _ name: String, length: Int? = nil, _ values: [Double] = [], bounds: [Double] = [], _ attributes: Attributes = []
    ) {
      self.name = name
      self.length = length ?? values.count
      self.values = values
      self.bounds = bounds
      self.attributes = attributes
    }
  }

  /// A variable: values for each index of its axes, cell after cell; NaN is missing.
  public struct Map: Sendable {
    var name: String
    var axes: [String]
    var values: [Double]
    var attributes: Attributes
    var type: NetCDFType

    /// A variable with these axes, slowest first, before latitude and longitude.
    public init(
      _ name: String, axes: [String] = [], _ values: [Double], type: NetCDFType = .double, _ attributes: Attributes = []
    ) {
      (self.name, self.axes, self.values, self.type, self.attributes) = (name, axes, values, type, attributes)
    }
  }

  /// Degrees north of the rows.
  public var latitudes: [Double]
  /// Degrees east of the columns.
  public var longitudes: [Double]
  /// Whether latitude and longitude are there; without them the file has no grid.
  public var hasCoordinates = true
  /// Dimensions besides those of the grid.
  public var axes: [Axis] = []

  /// A grid.
  public init(latitudes: [Double], longitudes: [Double]) {
    self.latitudes = latitudes
    self.longitudes = longitudes
  }

  /// The number of cells.
  public var cellCount: Int { latitudes.count * longitudes.count }

  /// Writes the maps.
  public func write(_ maps: [Map], to path: String) throws {
    let writer = try NetCDFWriter(path)
    let grid = [try writer.dimension("lat", latitudes.count), try writer.dimension("lon", longitudes.count)]
    var contents: [() throws -> Void] = []
    if hasCoordinates {
      let y = try writer.variable("lat", .double, [grid[0]], attributes: [("units", .text("degrees_north"))])
      let x = try writer.variable("lon", .double, [grid[1]], attributes: [("units", .text("degrees_east"))])
      contents.append { [latitudes] in try writer.write(latitudes, to: y) }
      contents.append { [longitudes] in try writer.write(longitudes, to: x) }
    }
    var dimensions: [String: NetCDFWriter.Dimension] = [:]
    var two: NetCDFWriter.Dimension?
    for axis in axes {
      let dimension = try writer.dimension(axis.name, axis.length)
      dimensions[axis.name] = dimension
      guard !axis.values.isEmpty else { continue }
      var attributes = axis.attributes
      if !axis.bounds.isEmpty { attributes.append(("bounds", .text(axis.name + "_bnds"))) }
      let variable = try writer.variable(axis.name, .double, [dimension], attributes: attributes)
      contents.append { try writer.write(axis.values, to: variable) }
      guard !axis.bounds.isEmpty else { continue }
      let pair = try two ?? writer.dimension("bnds", 2)
      two = pair
      let bounds = try writer.variable(axis.name + "_bnds", .double, [dimension, pair])
      contents.append { try writer.write(axis.bounds, to: bounds) }
    }
    for map in maps {
      let fill = map.type == .int32 ? -999 : -1e30
      let variable = try writer.variable(
        map.name, map.type, map.axes.compactMap { dimensions[$0] } + grid,
        attributes: map.attributes + [("_FillValue", .numbers([fill], map.type))])
      contents.append { try writer.write(map.values.map { $0.isNaN ? fill : $0 }, to: variable) }
    }
    try writer.endDefinitions()
    for write in contents { try write() }
    try writer.commit()
  }
}
