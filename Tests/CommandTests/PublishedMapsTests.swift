import Distributed
import Foundation
import TestSupport
import Testing

/// Figures of the threshold paper, from its authors' maps by this program's means.
@MainActor
@Suite(
  .enabled(if: PublishedMaps.areThere, "the maps of Yan et al. (2024) are not there: ../shared/data/yan2024"))
struct PublishedMapsTests {
  private struct Report: Decodable {
    struct Statistics: Decodable {
      var meanA: Double
      var meanB: Double
    }
    struct Counts: Decodable {
      var compared: Int
    }
    var counts: Counts
    var cells: Statistics
    var area: Statistics
    var weights: String
  }

  private func compare(_ a: String, _ b: String, _ folder: String, _ more: [String] = []) throws -> Report {
    let path = "\(folder)/yan.nc"
    let done = try run(["compare", "\(path):\(a)", "\(path):\(b)", "--json"] + more)
    #expect(done.status == 0, "\(done.standardError)")
    return try JSONDecoder().decode(Report.self, from: Data(done.standardOutput.utf8))
  }

  private func withMaps(_ body: (String) throws -> Void) throws {
    try withTemporaryFolder { folder in
      try PublishedMaps.write(to: "\(folder)/yan.nc")
      try body(folder)
    }
  }

  private func isNear(_ found: Double, _ printed: Double) -> Bool { abs(found - printed) <= 0.005 }

  /// Global means over cells as the paper prints them, and by area.
  @Test func meansOfTheRates() throws {
    try withMaps { folder in
      for (name, cells, area) in [("high", 1.41, 1.59), ("low", 4.34, 4.45)] {
        let found = try compare(name, name, folder)
        #expect(found.weights == "cos latitude")
        #expect(isNear(found.cells.meanA, cells) && isNear(found.area.meanA, area), "\(name): \(found)")
      }
      // Where both are known the low rate is about three times the high one.
      let both = try compare("low", "high", folder)
      #expect(both.counts.compared == 12_333)
      let ratio = both.cells.meanA / both.cells.meanB
      #expect(abs(ratio - 3) < 0.1, "\(ratio)")
    }
  }

  @Test func negativeRates() throws {
    try withMaps { folder in
      for (name, expected) in [("high", 1_066), ("low", 78)] {
        _ = try compare(name, "zero", folder, ["--map", "\(folder)/\(name).nc"])
        #expect(try map("difference", "\(folder)/\(name).nc").count { $0 < 0 } == expected)
      }
    }
  }

  @Test func theExampleCell() throws {
    try withMaps { folder in
      for (name, printed) in [("high", 0.44), ("low", 5.44)] {
        let rates = try GridMap.read(name, from: "\(folder)/yan.nc")
        // 0° lies halfway between two rows; the paper's is the northern one.
        let (cell, distance) = rates.grid.nearestCell(latitude: 0.4, longitude: -60)
        #expect(distance < 0.5 && isNear(rates.values[cell], printed), "\(name): \(rates.values[cell])")
      }
    }
  }
}

/// The authors' maps of rates, which not every machine has.
enum PublishedMaps {
  private static let folder = RealRecord.data + "/yan2024"
  static let areThere = FileManager.default.fileExists(atPath: folder + "/HighResistancePhase.npy")
  private static let (rows, columns) = (192, 288)

  /// Writes the rates above and below the threshold, the threshold, and a map of zeros, on the authors' grid.
  @MainActor
  static func write(to path: String) throws {
    let maps = [
      ("high", try values(of: "HighResistancePhase")), ("low", try values(of: "LowResistancePhase")),
      ("smt", try values(of: "SoilMoistureThreshold")),
      ("zero", [Double](repeating: 0, count: rows * columns)),
    ]
    let writer = try NetCDFWriter(path)
    let (lat, lon) = (try writer.dimension("lat", rows), try writer.dimension("lon", columns))
    let y = try writer.variable("lat", .double, [lat], attributes: [("units", .text("degrees_north"))])
    let x = try writer.variable("lon", .double, [lon], attributes: [("units", .text("degrees_east"))])
    let variables = try maps.map { name, _ in
      try writer.variable(
        name, .double, [lat, lon], attributes: [("units", .text("1")), ("_FillValue", .numbers([-1e30], .double))])
    }
    try writer.endDefinitions()
    try writer.write((0..<rows).map { -90 + 180 * Double($0) / Double(rows - 1) }, to: y)
    try writer.write((0..<columns).map { 1.25 * Double($0) }, to: x)
    for (variable, map) in zip(variables, maps) {
      try writer.write(map.1.map { $0.isFinite ? $0 : -1e30 }, to: variable)
    }
    try writer.commit()
  }

  /// The numbers of a file of numpy's: a magic number, the length of a header, the header, little-endian doubles.
  private static func values(of name: String) throws -> [Double] {
    let data = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name).npy"))
    try #require(data.count > 10 && data.prefix(8) == Data([0x93]) + Data("NUMPY".utf8) + Data([1, 0]))
    let start = 10 + Int(data[8]) + 256 * Int(data[9])
    let header = String(decoding: data[10..<start], as: UTF8.self)
    try #require(
      header.contains("'<f8'") && header.contains("'fortran_order': False") && header.contains("(\(rows), \(columns))"))
    try #require(data.count == start + 8 * rows * columns)
    return data.withUnsafeBytes { bytes in
      (0..<rows * columns).map { bytes.loadUnaligned(fromByteOffset: start + 8 * $0, as: Double.self) }
    }
  }
}
