import Distributed
import Kernels

/// The grid of an invented ensemble in a file: coordinates and, in history files, what CLM says of its land.
struct CLMGrid {
  let latitude: NetCDFWriter.Dimension
  let longitude: NetCDFWriter.Dimension
  private let latitudes: NetCDFWriter.Variable
  private let longitudes: NetCDFWriter.Variable
  private let areas: NetCDFWriter.Variable?
  private let fractions: NetCDFWriter.Variable?
  private let mask: NetCDFWriter.Variable?

  /// Defines dimensions and variables.
  init(define land: SyntheticLand, in writer: NetCDFWriter, withAreas: Bool) throws {
    latitude = try writer.dimension("lat", land.latitudes.count)
    longitude = try writer.dimension("lon", land.longitudes.count)
    latitudes = try writer.variable(
      "lat", .float, [latitude],
      attributes: [
        ("long_name", .text("coordinate latitude")), ("standard_name", .text("latitude")),
        ("units", .text("degrees_north")),
      ])
    longitudes = try writer.variable(
      "lon", .float, [longitude],
      attributes: [
        ("long_name", .text("coordinate longitude")), ("standard_name", .text("longitude")),
        ("units", .text("degrees_east")),
      ])
    guard withAreas else {
      (areas, fractions, mask) = (nil, nil, nil)
      return
    }
    areas = try writer.variable(
      "area", .float, [latitude, longitude],
      attributes: [("long_name", .text("grid cell areas")), ("units", .text("km^2"))] + CLMHistoryFile.fillAttributes)
    fractions = try writer.variable(
      "landfrac", .float, [latitude, longitude],
      attributes: [("long_name", .text("land fraction")), ("units", .text("1"))] + CLMHistoryFile.fillAttributes)
    mask = try writer.variable(
      "landmask", .int32, [latitude, longitude],
      attributes: [("long_name", .text("land/ocean mask (0.=ocean and 1.=land)")), ("units", .text("1"))])
  }

  /// Writes the values.
  func write(_ land: SyntheticLand, to writer: NetCDFWriter) throws {
    try writer.write(land.latitudes, to: latitudes)
    try writer.write(land.longitudes, to: longitudes)
    if let areas {
      try writer.write(land.areas.flatMap { area in land.longitudes.map { _ in area } }, to: areas)
    }
    if let fractions { try writer.write(land.landFraction, to: fractions) }
    if let mask { try writer.write(land.landFraction.map { $0 > 0 ? Int32(1) : 0 }, to: mask) }
  }
}
