import CMPIShim

/// Where the rows and columns of a GeoTIFF image lie on the globe, after OGC 19-008r4: degrees of geographic coordinates
/// along the image's sides.
struct GeoTIFFReference {
  /// Centres of rows or columns, degrees, and both edges of each.
  struct Axis {
    let centres: [Double]
    let bounds: [Double]

    /// - Parameters:
    ///   - start: where cell 0 begins.
    ///   - step: from one cell to the next.
    init(start: Double, step: Double, count: Int) {
      centres = (0..<count).map { start + (Double($0) + 0.5) * step }
      bounds = (0..<2 * count).map { start + Double(($0 + 1) / 2) * step }
    }
  }

  let latitudes: Axis
  let longitudes: Axis

  /// Reads the tags and keys of an open file.
  ///
  /// - Throws: exit code 65 naming what is missing, or how to bring an image with other coordinates over.
  init(_ handle: UnsafeMutableRawPointer, _ source: ForeignFile, rows: Int, columns: Int) throws {
    let path = source.path
    func numbers(_ tag: shim_tiff_tag, _ capacity: Int) -> (count: Int, values: [Double]) {
      var values = [Double](repeating: 0, count: capacity)
      let count = source.call { shim_tiff_numbers(handle, tag.rawValue, &values, Int32(capacity)) }
      return (Int(count), values)
    }
    func key(_ key: shim_tiff_key) -> Int? {
      var value: Int32 = 0
      return source.call { shim_tiff_key(handle, Int32(key.rawValue), &value) } == 0 ? Int(value) : nil
    }
    try Self.checkSystem(path, hasKeys: source.call { shim_tiff_has_keys(handle) } != 0, key)

    let (scale, points) = (numbers(SHIM_TIFF_PIXEL_SCALE, 3), numbers(SHIM_TIFF_TIEPOINTS, 6))
    let matrix = numbers(SHIM_TIFF_TRANSFORMATION, 16)
    let transformation: (west: Double, north: Double, east: Double, south: Double)
    if matrix.count >= 16 {
      let (m, tolerance) = (matrix.values, 1e-9)
      guard abs(m[1]) <= tolerance * abs(m[0]), abs(m[4]) <= tolerance * abs(m[5]) else {
        throw JobError(
          .inputData,
          "\(path): the image is turned against latitude and longitude; gdalwarp -t_srs EPSG:4326 \(path) OUT.tif "
            + "brings it over")
      }
      transformation = (m[3], m[7], m[0], m[5])
    } else {
      guard scale.count >= 2, points.count == 6 else {
        throw JobError(
          .inputData,
          "\(path): has no georeference: "
            + (points.count > 6
              ? "\(points.count / 6) tie points in place of a grid; gdalwarp -t_srs EPSG:4326 \(path) OUT.tif makes one"
              : "ModelPixelScale (tag 33550) with ModelTiepoint (33922), or ModelTransformation (34264), is missing; "
                + "gdal_translate -a_srs EPSG:4326 -a_ullr WEST NORTH EAST SOUTH \(path) OUT.tif adds it"))
      }
      // Rows go south whatever the sign: files with a wrong one are common, and GDAL takes them so.
      let (east, south, p) = (scale.values[0], -abs(scale.values[1]), points.values)
      transformation = (p[3] - p[0] * east, p[4] - p[1] * south, east, south)
    }
    // The place of a point is that of the cell's centre, else of its corner.
    let shift = key(SHIM_TIFF_RASTER_TYPE) == 2 ? -0.5 : 0
    let (west, north, east, south) = transformation
    longitudes = Axis(start: west + shift * east, step: east, count: columns)
    latitudes = Axis(start: north + shift * south, step: south, count: rows)
    try check(path, steps: (east, south))
  }

  /// Checks that coordinates are geographic, in degrees.
  private static func checkSystem(_ path: String, hasKeys: Bool, _ key: (shim_tiff_key) -> Int?) throws {
    let command = "gdalwarp -t_srs EPSG:4326 \(path) OUT.tif brings it over"
    guard hasKeys, let model = key(SHIM_TIFF_MODEL_TYPE) else {
      throw JobError(
        .inputData,
        "\(path): has no coordinate system: GeoKeyDirectory (tag 34735) is missing or does not name one; where it is "
          + "latitude and longitude, gdal_translate -a_srs EPSG:4326 \(path) OUT.tif says so")
    }
    guard model == 2 else {
      let system = key(SHIM_TIFF_PROJECTED_SYSTEM).map { $0 == 32767 ? "" : " (EPSG:\($0))" } ?? ""
      throw JobError(
        .inputData,
        "\(path): expected geographic coordinates, found \(model == 1 ? "projected ones\(system)" : "others"); \(command)"
      )
    }
    // EPSG's two degrees; user-defined units are left to the check of the values.
    if let units = key(SHIM_TIFF_ANGULAR_UNITS), ![9102, 9122, 32767].contains(units) {
      throw JobError(.inputData, "\(path): expected degrees, found coordinates in units EPSG:\(units); \(command)")
    }
  }

  private func check(_ path: String, steps: (Double, Double)) throws {
    let ends = [latitudes, longitudes].map { axis in [axis.centres.first, axis.centres.last].compactMap { $0 } }
    guard steps.0 > 0, steps.1 != 0, ends[0].allSatisfy({ abs($0) <= 90.001 }),
      ends[1].allSatisfy({ abs($0) <= 720 })
    else {
      func text(_ ends: [Double]) -> String { ends.map { "\($0)" }.joined(separator: " … ") }
      throw JobError(
        .inputData,
        "\(path): the georeference gives latitudes \(text(ends[0])) and longitudes \(text(ends[1])); expected degrees "
          + "within ±90 and ±360, longitudes rising")
    }
  }
}
