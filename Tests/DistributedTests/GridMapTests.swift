import Distributed
import Foundation
import TestSupport
import Testing

@MainActor @Suite struct GridMapTests {
  /// One month, so that the time dimension has length 1 and the field is a map.
  static let ensemble = TestEnsemble(
    grid: .regular(rows: 3, columns: 4), time: TestTime(from: Month(year: 2004, month: 1), count: 1),
    fields: [TestField("smt", units: "%") { $0.cell == 5 ? .nan : 60 + Double($0.cell) }], members: ["map"])

  @Test(arguments: [NetCDFFormat.classic, .netCDF4])
  func readsMapsOnEveryGridWithMissingAndPackedValues(format: NetCDFFormat) throws {
    let grids: [TestGrid] = [
      .regular(rows: 3, columns: 4), .curvilinear(rows: 3, columns: 4), .unstructured(cells: 12),
    ]
    for grid in grids {
      try withTemporaryFolder { folder in
        var ensemble = Self.ensemble
        ensemble.grid = grid
        ensemble.storage.format = format
        ensemble.storage.packing = .int16(scale: 0.5, offset: 50)
        ensemble.storage.fill = -1
        try ensemble.write(to: folder)
        let map = try GridMap.read("\(folder)/map.nc:smt")
        #expect(map.units == "%")
        #expect(map.grid.cellCount == 12)
        for (cell, value) in map.values.enumerated() {
          #expect(cell == 5 ? value.isNaN : value == 60 + Double(cell), "cell \(cell) of \(grid)")
        }
        var grid = map.grid
        try grid.readLandAreas(from: [map.path])
        #expect(grid.weightOrigin == "cos latitude")
        #expect(abs(grid.weight(ofCell: 1) - cos(grid.latitude(ofCell: 1) * .pi / 180)) < 1e-15)
      }
    }
  }

  @Test func turnsLongitudeByLatitude() throws {
    try withTemporaryFolder { folder in
      let writer = try NetCDFWriter("\(folder)/turned.nc")
      let lon = try writer.dimension("lon", 3)
      let lat = try writer.dimension("lat", 2)
      let longitudes = try writer.variable("lon", .double, [lon], attributes: [("units", .text("degrees_east"))])
      let latitudes = try writer.variable("lat", .double, [lat], attributes: [("units", .text("degrees_north"))])
      let map = try writer.variable("smt", .double, [lon, lat])
      let areas = try writer.variable("area", .double, [lat, lon])
      let fractions = try writer.variable("landfrac", .double, [lat, lon])
      try writer.endDefinitions()
      try writer.write([0.0, 1, 2], to: longitudes)
      try writer.write([10.0, 20], to: latitudes)
      try writer.write([10.0, 20, 11, 21, 12, 22], to: map)
      try writer.write([1.0, 1, 1, 2, 2, 2], to: areas)
      try writer.write([1.0, 0.5, 0, 1, 0.5, 0], to: fractions)
      try writer.commit()
      let read = try GridMap.read("\(folder)/turned.nc:smt")
      #expect(read.values == [10, 11, 12, 20, 21, 22])
      var weighted = read.grid
      try weighted.readLandAreas(from: ["\(folder)/turned.nc"])
      #expect((0..<6).map(weighted.weight) == [1, 0.5, 0, 2, 1, 0])
      #expect(weighted.weightOrigin == "area × landfrac of \(folder)/turned.nc")
    }
  }

  @Test func refusesWhatIsNoMap() throws {
    try withTemporaryFolder { folder in
      var ensemble = Self.ensemble
      ensemble.time = TestTime(from: Month(year: 2004, month: 1), count: 2)
      try ensemble.write(to: folder)
      func failure(_ source: String) -> JobError? {
        do {
          _ = try GridMap.read(source)
          return nil
        } catch { return error as? JobError }
      }
      let tooLong = failure("\(folder)/map.nc:smt")
      #expect(tooLong?.exitCode == .inputData)
      #expect(tooLong?.message.contains("'time' of length 2") == true)
      #expect(failure("\(folder)/map.nc:nothing")?.message.contains("no variable 'nothing'") == true)
      #expect(failure("\(folder)/none.nc:smt")?.exitCode == .noInput)
      for text in ["smt", ":smt", "map.nc:", "C:/map.nc"] { #expect(failure(text)?.exitCode == .usage, "\(text)") }
    }
  }

  @Test func spellingsOfUnits() {
    let same = [
      ("gC/m^2/s", "gC m-2 s-1"), ("%", "percent"), ("m3/m3", "mm3/mm3"), ("m3 m-3", "1"), ("kg m**-2", "kg/m2"),
      ("", "1"), ("W m-2", "W/m^2"), ("s-1", "1/s"),
    ]
    for (first, second) in same { #expect(UnitSpelling.areSame(first, second), "\(first) and \(second)") }
    let different = [("%", "1"), ("kg m-2", "g m-2"), ("K", "degC"), ("m", "mm"), ("1000 kg", "kg"), ("m s-1", "m s")]
    for (first, second) in different { #expect(!UnitSpelling.areSame(first, second), "\(first) and \(second)") }
  }
}
