import Distributed
import Foundation
import TestSupport
import Testing

@MainActor @Suite struct CompareTests {
  /// A map of 2 × 3 cells at 0° and 60° N; NaN is missing.
  private func writeMap(
    _ path: String, _ values: [Double], units: String = "%", longitudes: [Double] = [0, 10, 20],
    areas: [Double]? = nil
  ) throws {
    let writer = try NetCDFWriter(path)
    let lat = try writer.dimension("lat", 2)
    let lon = try writer.dimension("lon", 3)
    let y = try writer.variable("lat", .double, [lat], attributes: [("units", .text("degrees_north"))])
    let x = try writer.variable("lon", .double, [lon], attributes: [("units", .text("degrees_east"))])
    let map = try writer.variable(
      "smt", .double, [lat, lon], attributes: [("units", .text(units)), ("_FillValue", .numbers([-1], .double))])
    let area = try areas.map { _ in try writer.variable("area", .double, [lat, lon]) }
    try writer.endDefinitions()
    try writer.write([0.0, 60], to: y)
    try writer.write(longitudes, to: x)
    try writer.write(values.map { $0.isNaN ? -1 : $0 }, to: map)
    if let areas, let area { try writer.write(areas, to: area) }
    try writer.commit()
  }

  private struct Report: Decodable {
    struct Counts: Decodable, Equatable {
      var compared: Int
      var onlyA: Int
      var onlyB: Int
    }
    struct Statistics: Decodable {
      var rmse: Double
      var bias: Double
      var correlation: Double?
      var medianAbsoluteError: Double
      var shareWithin: Double
    }
    var counts: Counts
    var cells: Statistics
    var area: Statistics
    var weights: String
  }

  private func report(_ arguments: [String]) throws -> Report {
    let done = try run(["compare", "--json"] + arguments)
    #expect(done.status == 0, "\(done.standardError)")
    return try JSONDecoder().decode(Report.self, from: Data(done.standardOutput.utf8))
  }

  @Test func knownAnswer() throws {
    try withTemporaryFolder { folder in
      let (a, b) = ("\(folder)/a.nc", "\(folder)/b.nc")
      try writeMap(a, [60, 70, .nan, 80, 90, 50])
      try writeMap(b, [61, 70, 75, 74, 90, .nan], units: "percent")
      let found = try report(["\(a):smt", "\(b):smt"])
      #expect(found.counts == Report.Counts(compared: 4, onlyA: 1, onlyB: 1))
      #expect(found.weights == "cos latitude")
      // Differences −1, 0, 6, 0; the two latter at 60° N, where a cell weighs half.
      #expect(abs(found.cells.rmse - (37.0 / 4).squareRoot()) < 1e-12)
      #expect(abs(found.cells.bias - 1.25) < 1e-12)
      #expect(abs(found.cells.medianAbsoluteError - 0.5) < 1e-12)
      #expect(found.cells.shareWithin == 0.75)
      #expect(abs(found.area.rmse - (19.0 / 3).squareRoot()) < 1e-12)
      #expect(abs(found.area.bias - 2.0 / 3) < 1e-12)
      #expect(abs(found.area.shareWithin - 2.5 / 3) < 1e-12)
      // numpy: corrcoef([60, 70, 80, 90], [61, 70, 74, 90])
      #expect(abs((found.cells.correlation ?? 0) - 0.9692375563947341) < 1e-12)

      let strict = try report(["\(a):smt", "\(b):smt", "--within", "0.5"])
      #expect(strict.cells.shareWithin == 0.5)
      let swapped = try report(["\(b):smt", "\(a):smt"])
      #expect(swapped.cells.bias == -found.cells.bias && swapped.cells.rmse == found.cells.rmse)
    }
  }

  @Test func areasOfTheFilesAreTheWeights() throws {
    try withTemporaryFolder { folder in
      try writeMap("\(folder)/a.nc", [1, 2, 3, 4, 5, 6])
      try writeMap("\(folder)/b.nc", [2, 2, 3, 4, 5, 6], areas: [5, 1, 1, 1, 1, 1])
      let found = try report(["\(folder)/a.nc:smt", "\(folder)/b.nc:smt"])
      #expect(found.weights.hasPrefix("area of") && found.weights.hasSuffix("b.nc"))
      #expect(abs(found.area.bias + 0.5) < 1e-12)
      #expect(abs(found.cells.bias + 1.0 / 6) < 1e-12)
    }
  }

  @Test func theTableSaysWhatJSONSays() throws {
    try withTemporaryFolder { folder in
      try writeMap("\(folder)/a.nc", [60, 70, .nan, 80, 90, 50])
      try writeMap("\(folder)/b.nc", [61, 70, 75, 74, 90, .nan])
      let done = try run(["compare", "\(folder)/a.nc:smt", "\(folder)/b.nc:smt"])
      #expect(done.status == 0)
      let expected = ["4 compared, 1 only in A, 1 only in B", "units: %", "cos latitude", "RMSE", "3.0414", "75.00 %"]
      for text in expected { #expect(done.standardOutput.contains(text), "\(text)") }
    }
  }

  @Test func gridsThatAreTheSameAndUnitsThatDiffer() throws {
    try withTemporaryFolder { folder in
      let (a, b) = ("\(folder)/a.nc", "\(folder)/b.nc")
      try writeMap(a, [1, 2, 3, 4, 5, 6])
      // Float coordinates and whole turns are no other grid.
      try writeMap(b, [1, 2, 3, 4, 5, 6], longitudes: [360.00002, 10.00002, 20])
      #expect(try report(["\(a):smt", "\(b):smt"]).counts.compared == 6)

      try writeMap(b, [1, 2, 3, 4, 5, 6], units: "m3/m3")
      let units = try run(["compare", "\(a):smt", "\(b):smt"])
      #expect(units.status == 65)
      #expect(units.standardError.contains("'m3/m3'") && units.standardError.contains("'%'"))
    }
  }

  @Test func refusesWhatCannotBeCompared() throws {
    try withTemporaryFolder { folder in
      let (a, b) = ("\(folder)/a.nc", "\(folder)/b.nc")
      try writeMap(a, [1, 2, 3, .nan, .nan, .nan])
      try writeMap(b, [.nan, .nan, .nan, 4, 5, 6])
      let text = "\(folder)/text.nc"
      try writeText("no netCDF", to: text)
      let damaged = "\(folder)/damaged.nc"
      try writeMap(damaged, [1, 2, 3, 4, 5, 6])
      try truncate(damaged, toShare: 0.5)
      let cases: [([String], Int32, String)] = [
        (["\(a):smt", "\(b):smt"], 65, "no cell has a value in both maps"),
        (["\(a):smt", "\(a):nothing"], 65, "no variable 'nothing'"),
        (["\(a):smt", "\(folder)/absent.nc:smt"], 66, "absent.nc: no such file"),
        (["\(a):smt", "\(text):smt"], 65, "not a netCDF file"),
        (["\(a):smt", "\(damaged):smt"], 65, "truncated or damaged"),
        (["\(a):smt", b], 64, "expected FILE:VARIABLE"),
        (["\(a):smt"], 64, "expected two maps, found 1"),
        (["\(a):smt", "\(a):smt", "--within", "-1"], 64, "within"),
      ]
      for (arguments, status, message) in cases {
        let done = try run(["compare"] + arguments)
        #expect(done.status == status, "\(arguments)")
        #expect(done.standardError.contains(message), "\(done.standardError)")
        #expect(done.standardOutput.isEmpty)
      }
    }
  }

  @Test func aMapAgreesWithItself() throws {
    try withTemporaryFolder { folder in
      let made = try run(["synthesize", folder, "--rows", "6", "--columns", "8", "--members", "1", "--months", "1"])
      #expect(made.status == 0)
      let found = try report(["\(folder)/truth.nc:smt", "\(folder)/truth.nc:smt"])
      #expect(found.cells.rmse == 0 && found.cells.shareWithin == 1 && found.weights.hasPrefix("area × landfrac"))
      #expect(abs((found.cells.correlation ?? 0) - 1) < 1e-12)
    }
  }
}
