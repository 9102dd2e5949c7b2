import Distributed
import Foundation
import Kernels
import TestSupport
import Testing

@testable import smt_mpi

/// Figures of the threshold paper by climate zone, vegetation type and soil, from its authors' maps.
@MainActor
@Suite(
  .enabled(
    if: PublishedMaps.areThere && PublishedClasses.areThere,
    "the maps of Yan et al. (2024), climate zones, vegetation or soils are not there: ../shared/data"))
struct PublishedClassesTests {
  private static let zones = [
    "--classes", PublishedClasses.zones, "--groups", "tropical=0-2,arid=3-6,temperate=7-15,cold=16-27",
    "--class-method", "nearest", "--limit", "10",
  ]

  private func summarise(_ arguments: [String], _ folder: String) throws -> CSVTable {
    let done = try run(["summarise"] + arguments + ["--output", "\(folder)/t.csv", "--progress", "0"], ranks: 2)
    #expect(done.status == 0, "\(done.standardError)")
    #expect(done.standardError.contains("to 192 × 288 by nearest neighbour"), "\(done.standardError)")
    return try CSVTable("\(folder)/t.csv")
  }

  private func means(_ table: CSVTable, _ variable: String) -> [Double] {
    table.rows.filter { $0["variable"] == variable }.compactMap { Double($0["mean"] ?? "") }
  }

  /// As the paper prints them: means over the cells of a zone whose rate is at most 10 % per %.
  @Test func ratesByClimateZone() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/yan.nc"
      try PublishedMaps.write(to: path)
      let table = try summarise(["\(path):high", "\(path):low"] + Self.zones, folder)
      #expect(table.rows.count == 8)
      for (name, printed) in [("high", [1.67, 2.06, 1.55, 0.71]), ("low", [4.40, 3.90, 4.41, 3.09])] {
        let found = means(table, name)
        #expect(found.count == 4)
        for (mean, number) in zip(found, printed) { #expect(abs(mean - number) <= 0.01, "\(name): \(found)") }
      }
    }
  }

  /// Means weighted with the fractions of CLM's types 1 to 14; from numpy.
  @Test func ratesByVegetationType() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/yan.nc"
      try PublishedMaps.write(to: path)
      let table = try summarise(
        [
          "\(path):high", "--fractions", PublishedClasses.vegetation, "--types", "1-14", "--class-method", "nearest",
          "--limit", "10",
        ], folder)
      let wanted = [1.31, 0.78, 0.23, 1.51, 1.31, 1.86, 1.39, 1.01, 2.59, 2.20, 0.07, 0.50, 1.72, 1.71]
      let found = means(table, "high")
      #expect(found.count == wanted.count)
      for (mean, number) in zip(found, wanted) { #expect(abs(mean - number) <= 0.005, "\(found)") }
    }
  }

  /// Of the threshold with the texture of the nearest cell, over the cells of the four zones with a low rate of at most 10;
  /// from numpy, where 10,695 cells take part: which of two equally near cells is taken decides on two of them.
  @Test func correlationWithTexture() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/yan.nc"
      try PublishedMaps.write(to: path)
      try PublishedClasses.writeTexture(to: "\(folder)/soil.nc")
      let (threshold, low) = (try GridMap.read("\(path):smt"), try GridMap.read("\(path):low"))
      let settings = try ClassSettings(ClassOptions.parse(Self.zones))
      let zones = try settings.classes(on: threshold.grid, of: path, .single)
      let chosen = Set(zones[0].classes.flatMap(\.cells)).filter { abs(low.values[$0]) <= 10 }
      for (name, wanted) in [("clay", 0.3701), ("sand", -0.3349)] {
        let texture = try GridMap.read("\(folder)/soil.nc:\(name)").brought(
          to: threshold.grid, of: path, by: .nearest
        ).map
        let cells = chosen.sorted().filter { texture.values[$0].isFinite && threshold.values[$0].isFinite }
        #expect(abs(cells.count - 10_695) <= 2, "\(cells.count)")
        let agreement = MapAgreement(
          cells.map { threshold.values[$0] }, cells.map { texture.values[$0] }, within: .absolute(1))
        #expect(abs(agreement.correlation - wanted) < 1e-4, "\(name): \(agreement.correlation)")
      }
    }
  }
}

/// Maps of climate zones, vegetation and soils, which not every machine has.
enum PublishedClasses {
  static let zones = RealRecord.data + "/koppen_whittaker_regions/Koppen.nc:ids"
  static let vegetation = RealRecord.data + "/clm5_pft_landcover/surfdata_360x720_DALEC.nc4:PCT_NAT_PFT"
  private static let soil = RealRecord.data + "/landcover_igbp_clmgrid/gridinfo_soil_clm2.csv"
  static let areThere = [zones, vegetation, soil].allSatisfy { source in
    FileManager.default.fileExists(atPath: String(source.prefix { $0 != ":" }))
  }

  /// Writes sand and clay of the table's cells on CLM's grid of 96 × 144.
  @MainActor
  static func writeTexture(to path: String) throws {
    let maps = TestMaps(
      latitudes: (0..<96).map { -90 + 180 * Double($0) / 95 }, longitudes: (0..<144).map { 2.5 * Double($0) })
    var (sand, clay) = (
      [Double](repeating: .nan, count: maps.cellCount), [Double](repeating: .nan, count: maps.cellCount)
    )
    for line in try String(contentsOfFile: soil, encoding: .utf8).split(whereSeparator: \.isNewline).dropFirst() {
      let numbers = line.split(separator: ",").map { Double($0.filter { $0 != " " }) ?? .nan }
      let row = Int(((numbers[1] + 90) * 95 / 180).rounded())
      let cell = row * 144 + Int((numbers[2] / 2.5).rounded())
      (sand[cell], clay[cell]) = (numbers[3], numbers[4])
    }
    try maps.write([.init("sand", sand), .init("clay", clay)], to: path)
  }
}
