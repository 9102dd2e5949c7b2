import Foundation
import TestSupport
import Testing

@testable import Distributed

/// GeoTIFF files as maps.
@MainActor @Suite struct GeoTIFFTests {
  /// Small whole numbers, of which every type holds all.
  private static func image() -> TestGeoTIFF {
    TestGeoTIFF { band, row, column in Double(60 * band + 8 * row + column) }
  }

  private func read(_ image: TestGeoTIFF, band: String = "1") throws -> GridMap {
    try withTemporaryFolder { folder in
      // The name does not matter.
      try image.write(to: "\(folder)/image.dat")
      return try GridMap.read("\(folder)/image.dat:\(band)")
    }
  }

  private func failure(_ image: TestGeoTIFF) -> String? {
    do {
      _ = try read(image)
      return nil
    } catch let error as JobError where error.exitCode == .inputData {
      return error.message
    } catch { return "another error: \(error)" }
  }

  @Test(arguments: [NetCDFType.int8, .uint8, .int16, .uint16, .int32, .uint32, .int64, .uint64, .float, .double])
  func numbersOfEveryLayout(type: NetCDFType) throws {
    for compression in TestGeoTIFF.Compression.allCases {
      for (bands, isSeparate) in [(1, false), (2, false), (2, true)] {
        for tile in [nil, (16, 16)] {
          for (isBigEndian, isBigTIFF) in [(false, false), (true, false), (false, true), (true, true)] {
            var image = Self.image()
            image.type = type
            image.value = { band, row, column in Double(30 * band + 4 * row + column) - (type == .int8 ? 60 : 0) }
            (image.compression, image.bands, image.isSeparate) = (compression, bands, isSeparate)
            (image.isBigEndian, image.isBigTIFF) = (isBigEndian, isBigTIFF)
            (image.rows, image.columns, image.scale) = (18, 20, [18, 10, 0])
            image.tile = tile
            let map = try read(image, band: "\(bands)")
            let expected = (0..<360).map { image.value(bands, $0 / 20, $0 % 20) }
            let comment: Comment =
              "\(type) \(compression) \(bands) \(isSeparate) \(tile != nil) \(isBigEndian) \(isBigTIFF)"
            #expect(map.values == expected, comment)
          }
        }
      }
    }
  }

  @Test func rowsInAnyOrder() throws {
    for tile in [nil, (16, 16)] {
      for compression in TestGeoTIFF.Compression.allCases {
        try withTemporaryFolder { folder in
          var image = Self.image()
          (image.rows, image.bands, image.scale, image.tile) = (40, 2, [45, 4.5, 0], tile)
          image.compression = compression
          try image.write(to: "\(folder)/image.tif")
          let file = try GeoTIFFFile("\(folder)/image.tif")
          let stored = try file.storedValues(band: 2)
          for rows in [30..<40, 0..<3, 15..<18, 39..<40, 2..<3, 0..<40] {
            var values = [Double](repeating: .nan, count: rows.count * 8)
            try file.read(rows: rows, band: 2, as: stored, into: &values)
            #expect(values == rows.flatMap { row in (0..<8).map { image.value(2, row, $0) } }, "\(rows)")
          }
        }
      }
    }
  }

  @Test func grids() throws {
    let map = try read(Self.image())
    #expect(map.grid.latitudes == [75, 45, 15, -15, -45, -75])
    #expect(map.grid.longitudes == stride(from: -157.5, to: 180, by: 45).map { $0 })
    #expect(map.grid.latitudeBounds.prefix(4) == [90, 60, 60, 30])
    #expect(map.grid.longitudeBounds.suffix(2) == [135, 180])

    // A place of row 2 and column 4, and a wrong sign that GDAL passes over.
    var image = Self.image()
    (image.tiePoints, image.scale) = ([4, 2, 0, 0, 30, 0], [45, -30, 0])
    #expect(try read(image).grid.difference(from: map.grid) == nil)

    // Points lie half a cell farther.
    image = Self.image()
    image.keys = [(1024, 2), (1025, 2)]
    image.tiePoints = [0, 0, 0, -157.5, 75, 0]
    #expect(try read(image).grid.difference(from: map.grid) == nil)

    image = Self.image()
    (image.scale, image.tiePoints) = (nil, nil)
    image.transformation = [45, 0, 0, -180, 0, 30, 0, -90, 0, 0, 0, 0, 0, 0, 0, 1]
    #expect(try read(image).grid.latitudes == [-75, -45, -15, 15, 45, 75])
    #expect(try read(image).grid.longitudes == map.grid.longitudes)
  }

  @Test func missingNumbersAndPacking() throws {
    var image = Self.image()
    (image.type, image.bands, image.noData) = (.int16, 2, "-9999 ")
    image.value = { band, row, column in column == 3 ? -9999 : Double(100 * band + row) }
    image.metadata = """
      <GDALMetadata>
        <Item name="note">1 &lt; 2</Item>
        <Item name="SCALE" sample="1" role="scale">0.5</Item>
        <Item name="OFFSET" sample="1" role="offset">-7</Item>
        <Item name="UNITTYPE" sample="1" role="unittype">kg&lt;m2</Item>
      </GDALMetadata>
      """
    let (first, second) = (try read(image), try read(image, band: "2"))
    #expect(first.units.isEmpty && second.units == "kg<m2")
    for cell in 0..<48 {
      let isMissing = cell % 8 == 3
      #expect(isMissing ? first.values[cell].isNaN : first.values[cell] == Double(100 + cell / 8))
      #expect(isMissing ? second.values[cell].isNaN : second.values[cell] == 0.5 * Double(200 + cell / 8) - 7)
    }
    // As GDAL writes the least float.
    (image.type, image.noData, image.metadata) = (.float, "-3.40282346638529e+38", nil)
    image.value = { _, _, column in column == 3 ? -Double(Float.greatestFiniteMagnitude) : .nan }
    #expect(try read(image).values.allSatisfy { $0.isNaN })
    image.noData = "none"
    #expect(failure(image)?.contains("GDAL_NODATA (tag 42113) is 'none'") == true)
  }

  @Test func whatASparseFileLeavesOut() throws {
    for tile in [nil, (16, 16)] {
      var image = Self.image()
      (image.rows, image.scale, image.type, image.tile) = (32, [45, 5.625, 0], .int16, tile)
      image.rowsPerStrip = 16
      image.leftOut = [0]
      #expect(try read(image).values.prefix(16 * 8).allSatisfy { $0 == 0 })
      image.noData = "-1"
      let values = try read(image).values
      #expect(values.prefix(16 * 8).allSatisfy { $0.isNaN })
      #expect(values[16 * 8] == image.value(1, 16, 0))
    }
  }

  @Test func coordinatesThatAreRefused() {
    let cases: [(String, (inout TestGeoTIFF) -> Void)] = [
      ("projected ones (EPSG:32633); gdalwarp -t_srs EPSG:4326", { $0.keys = [(1024, 1), (3072, 32633)] }),
      ("gdalwarp -t_srs EPSG:4326", { $0.keys = [(1024, 3)] }),
      ("units EPSG:9101; gdalwarp", { $0.keys = [(1024, 2), (2054, 9101)] }),
      ("GeoKeyDirectory (tag 34735) is missing", { $0.keys = nil }),
      ("GeoKeyDirectory (tag 34735) is missing or does not name one", { $0.keys = [(1025, 1)] }),
      ("ModelPixelScale (tag 33550) with ModelTiepoint (33922)", { ($0.scale, $0.tiePoints) = (nil, nil) }),
      ("ModelPixelScale (tag 33550)", { $0.scale = nil }),
      ("2 tie points", { $0.tiePoints = [0, 0, 0, -180, 90, 0, 8, 6, 0, 180, -90, 0] }),
      (
        "turned against latitude and longitude; gdalwarp",
        { $0.transformation = [40, 5, 0, -180, 5, -30, 0, 90, 0, 0, 0, 0, 0, 0, 0, 1] }
      ),
      ("latitudes 105", { $0.tiePoints = [0, 0, 0, -180, 120, 0] }),
      ("longitudes nan", { $0.tiePoints = [0, 0, 0, .nan, 90, 0] }), ("longitudes", { $0.scale = [0, 30, 0] }),
      ("longitudes", { $0.scale = [1e300, 30, 0] }), ("longitudes", { $0.scale = [-45, 30, 0] }),
      ("longitudes", { $0.scale = [.infinity, .infinity, 0] }),
    ]
    for (text, change) in cases {
      var image = Self.image()
      change(&image)
      let message = failure(image)
      #expect(
        message?.contains(text) == true && message?.contains("/image.dat") == true, "\(text): \(message ?? "none")")
      #expect(message?.contains("\n") == false)
    }
  }

  @Test func numbersThatAreRefused() {
    let cases: [(String, (inout TestGeoTIFF) -> Void)] = [
      ("samples of format 6 of 32 bits", { $0.changes[339] = [6] }),
      ("real numbers of 16 bits", { $0.changes[258] = [16] }),
      ("unsigned integers of 1 bits", { ($0.changes[258], $0.changes[339]) = ([1], [1]) }),
      ("a scheme (number 12345)", { $0.changes[259] = [12345] }),
      ("2000000000 × 8 cells", { ($0.changes[257], $0.changes[278]) = ([2_000_000_000], [2_000_000_000]) }),
      ("6 × 2147483648 cells", { $0.changes[256] = [1 << 31] }),
    ]
    for (text, change) in cases {
      var image = Self.image()
      change(&image)
      #expect(failure(image)?.contains(text) == true, "\(text): \(failure(image) ?? "none")")
    }
    #expect(throws: JobError.self) { try read(Self.image(), band: "2") }
    for name in ["0", "x", "-1", "1.0", "99999999999999999999"] {
      let error = #expect(throws: JobError.self) { try read(Self.image(), band: name) }
      #expect(error?.message.contains("has no band '\(name)'") == true)
    }
  }

  /// What is left after any cut is an error with the file's name, or, where the directory lies first, all that there was.
  @Test func everyCut() throws {
    for tile in [nil, (16, 16)] {
      var image = Self.image()
      (image.tile, image.compression) = (tile, .lzw)
      let bytes = image.bytes()
      try withTemporaryFolder { folder in
        for count in 1..<bytes.count {
          try Data(bytes.prefix(count)).write(to: URL(fileURLWithPath: "\(folder)/cut.tif"))
          let error = #expect(throws: JobError.self, "\(count)") { try GridMap.read("1", from: "\(folder)/cut.tif") }
          #expect(error?.exitCode == .inputData && error?.message.contains("/cut.tif") == true, "\(count)")
        }
      }
    }
  }

  @Test func aFileAloneIsItsFirstBand() throws {
    try withTemporaryFolder { folder in
      try Self.image().write(to: "\(folder)/image.tif")
      #expect(try GridMap.read("\(folder)/image.tif").values == GridMap.read("\(folder)/image.tif:1").values)
    }
  }

  /// A file that was read as netCDF says what it is.
  @Test func filesOfOtherFormats() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/x.hdf"
      try Data([0x0e, 0x03, 0x13, 0x01] + [UInt8](repeating: 0, count: 100)).write(to: URL(fileURLWithPath: path))
      let error = #expect(throws: JobError.self) { try GridMap.read("\(path):LC") }
      #expect(error?.exitCode == .inputData)
      let command = "gdal_translate 'HDF4_EOS:EOS_GRID:\"\(path)\":GRID:FIELD' FIELD.tif"
      #expect(error?.message.contains(command) == true && error?.message.contains("gdalinfo \(path)") == true)
      try Self.image().write(to: "\(folder)/x.nc")
      let other = #expect(throws: JobError.self) { try NetCDFFile("\(folder)/x.nc") }
      #expect(other?.message.contains("not a netCDF file: it is a TIFF file") == true)
    }
  }
}
