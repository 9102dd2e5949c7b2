import Distributed
import Foundation
import TestSupport
import Testing

/// The tables by classes that jobs in cells write, against the maps of the same job and the definitions.
@MainActor @Suite struct ClassTableTests {
  /// Class ids of the cells of the record of `CorrelateTests`; NaN where the map has none.
  private static let ids: [Double] = [1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 9, .nan]
  private static let groups = ["one": [1.0], "more": [2, 3]]

  private func write(to folder: String) throws -> [String] {
    try CorrelateTests.record.write(to: folder)
    try writeMaps([("ids", Self.ids)], grid: .regular(rows: 3, columns: 4), to: "\(folder)/classes.nc")
    return ["--classes", "\(folder)/classes.nc:ids", "--groups", "one=1,more=2-3"]
  }

  /// Rows of a table, by column.
  private func rows(_ path: String) throws -> [[String: String]] {
    let lines = try String(contentsOfFile: path, encoding: .utf8).components(separatedBy: "\r\n").dropLast()
    let head = lines[0].components(separatedBy: ",")
    return lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(head, $0.components(separatedBy: ","))) }
  }

  private func number(_ row: [String: String], _ column: String) throws -> Double {
    try #require(Double(row[column] ?? ""), "\(column) of \(row)")
  }

  /// Values of a field of `r.nc` in the cells of a group, and their weights by area.
  private func values(
    _ maps: AttributionMapFile, _ latitudes: [Double], _ name: String, _ index: Int, _ group: String
  ) throws -> [(value: Double, weight: Double)] {
    // Eight of each period.
    return try (0..<12).filter { Self.groups[group, default: []].contains(Self.ids[$0]) }.map {
      (try maps.values(name, cell: $0, period: index / 8)[index % 8], cos(latitudes[$0 / 4] * .pi / 180))
    }.filter { $0.0.isFinite }
  }

  @Test func tablesAreTheStatisticsOfTheMaps() throws {
    try withTemporaryFolder { folder in
      let classes = try write(to: folder)
      var first: [Data]?
      for ranks in [1, 2, 3, 5] {
        let tables = ["--table", "\(folder)/all.csv", "--correlation-table", "\(folder)/seasons.csv", "--above", "0.5"]
        let done = try run(
          CorrelateTests.arguments(folder, classes + tables + ["--period", "2001-2010", "--period", "2003-2014"]),
          ranks: ranks)
        #expect(done.status == 0, "\(done.standardError)")
        #expect(done.standardError.contains("no group names the ids 9 (1 cell)"), "\(done.standardError)")
        #expect(done.standardOutput.contains("r period 2003-2014 season arid depth 0.55"), "\(done.standardOutput)")
        let found = try ["all", "seasons"].map { try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\($0).csv")) }
        #expect(found == first ?? found, "\(ranks) ranks")
        first = found
      }
      let maps = try AttributionMapFile("\(folder)/r.nc", cellCount: 12)
      let latitudes = try GridMap.read("\(folder)/classes.nc:ids").grid.latitudes
      let all = try rows("\(folder)/all.csv")
      // r, p and the share that is significant, in 2 periods, 4 seasons, 2 layers and 2 classes.
      #expect(all.count == 3 * 16 * 2)
      let order = ["2001-2010", "2003-2014"].flatMap { period in
        ["humid", "sub_humid", "semi_arid", "arid"].flatMap { season in
          ["0.05", "0.55"].map { [period, season, $0] }
        }
      }
      for row in all where row["variable"] != "significant" {
        let name = try #require(row["variable"])
        let place = ["period", "season", "depth"].map { row[$0] ?? "" }
        let index = try #require(order.firstIndex(of: place), "\(row)")
        let own = try values(maps, latitudes, name, index, row["class"] ?? "")
        guard !own.isEmpty else {
          #expect(row["n"] == "0" && row["mean"] == "" && row["p50"] == "", "\(row)")
          continue
        }
        let mean = own.map(\.value).reduce(0, +) / Double(own.count)
        let area = own.map(\.weight).reduce(0, +)
        #expect(row["n"] == "\(own.count)")
        #expect(abs(try number(row, "mean") - mean) < 1e-6)
        #expect(abs(try number(row, "mean_area") - own.reduce(0) { $0 + $1.value * $1.weight } / area) < 1e-6)
        let squares = own.reduce(0) { $0 + ($1.value - mean) * ($1.value - mean) }
        if own.count > 1 {
          #expect(abs(try number(row, "sd") - (squares / Double(own.count - 1)).squareRoot()) < 1e-6)
        }
        #expect(abs(try number(row, "max") - (own.map(\.value).max() ?? 0)) < 1e-6)
        let above = Double(own.count { $0.value > 0.5 }) / Double(own.count)
        #expect(try number(row, "share_above_0.5") == above)
      }
      let seasons = try rows("\(folder)/seasons.csv")
      #expect(seasons.count == 2 * 16)
      for row in seasons {
        let place = ["period", "season", "depth"].map { row[$0] ?? "" }
        let index = try #require(order.firstIndex(of: place), "\(row)")
        let group = row["class"] ?? ""
        let p = try values(maps, latitudes, "r_p", index, group)
        let r = try values(maps, latitudes, "r", index, group).map(\.value).sorted()
        guard !r.isEmpty else {
          #expect(row["n"] == "0" && row["mean_r"] == "" && row["n_significant"] == "0", "\(row)")
          continue
        }
        let significant = p.count { $0.value < 0.05 }
        #expect(row["n"] == "\(p.count)" && row["n_significant"] == "\(significant)", "\(row)")
        #expect(abs(try number(row, "share_significant") - Double(significant) / Double(p.count)) < 1e-12)
        #expect(abs(try number(row, "share_of_grid") - Double(significant) / 12) < 1e-12)
        let middle = r.count % 2 == 1 ? r[r.count / 2] : (r[r.count / 2 - 1] + r[r.count / 2]) / 2
        #expect(abs(try number(row, "p50_r") - middle) < 1e-6)
        #expect(abs(try number(row, "mean_p") - p.map(\.value).reduce(0, +) / Double(p.count)) < 1e-6)
      }
    }
  }

  /// Without classes the globe is one, and its means are those of the summary.
  @Test func theGlobeIsAClass() throws {
    try withTemporaryFolder { folder in
      try CorrelateTests.record.write(to: folder)
      let source = CorrelateTests.record.source("top", in: folder)
      let done = try run(
        [
          "trend", "--source", source, "--output", "\(folder)/t.nc", "--table", "\(folder)/t.csv", "--report",
          "\(folder)/t.json", "--progress", "0",
        ], ranks: 2)
      #expect(done.status == 0, "\(done.standardError)")
      let report = try RunReport.read(from: "\(folder)/t.json")
      let table = try rows("\(folder)/t.csv")
      #expect(table.allSatisfy { $0["class"] == "globe" && $0["period"] == nil })
      let mean = try #require(table.first { $0["variable"] == "mean" })
      #expect(try number(mean, "mean") == report.results["2001-2014_mean_cell_mean"])
      #expect(try number(mean, "mean_area") == report.results["2001-2014_mean_area_mean"])
      #expect(mean["n"] == "\(report.statusCounts["computed"] ?? 0)")
    }
  }

  /// Eleven years of GLDAS with latent heat as the response, by land cover from the nearest cell: figures that numpy gave.
  @Test(
    .enabled(
      if: RealRecord.hasMoisture && RealRecord.isThere && FileManager.default.fileExists(atPath: landCover),
      "GLDAS or the land cover is not there: ../shared/data"))
  func correlationsByLandCover() throws {
    try withTemporaryFolder { folder in
      try writeLandCover(to: "\(folder)/cover.nc")
      let layers = ["0_10", "10_40", "40_100", "100_200"].map { "SoilMoi\($0)cm_inst" }.joined(separator: ",")
      let done = try run(
        [
          "correlate", "--moisture", "\(RealRecord.folder)/soilmoisture_4layer/*.nc4:\(layers)", "--maximum",
          "99.9,299.9,599.9,999", "--response", "\(RealRecord.folder)/energy_fluxes/*.nc4:Qle_tavg", "--output",
          "\(folder)/r.nc", "--classes", "\(folder)/cover.nc:IGBP", "--groups",
          "forest=1-5,shrubland=6-9+11,grassland=10,cropland=12+14", "--class-method", "nearest", "--correlation-table",
          "\(folder)/cover.csv", "--progress", "0",
        ], ranks: 2)
      #expect(done.status == 0, "\(done.standardError)")
      let table = try rows("\(folder)/cover.csv")
      #expect(table.count == 64)
      for (name, season, count, mean, significant) in [
        ("forest", "humid", 3400, -0.2271449224, 946), ("forest", "sub_humid", 3400, -0.1989841023, 961),
        ("shrubland", "humid", 4366, 0.2103857816, 1953),
      ] {
        let row = try #require(
          table.first { $0["class"] == name && $0["season"] == season && $0["depth"] == "0.05" })
        #expect(row["n"] == "\(count)" && row["n_significant"] == "\(significant)", "\(row)")
        #expect(abs(try number(row, "mean_r") - mean) < 1e-7, "\(row)")
      }
    }
  }

  private nonisolated static let landCover = RealRecord.data + "/landcover_igbp_clmgrid/clmGrid_IGBP.csv"

  /// The table of land cover as a map.
  private func writeLandCover(to path: String) throws {
    let lines = try String(contentsOfFile: Self.landCover, encoding: .utf8).split(whereSeparator: \.isNewline)
      .dropFirst()
    let cells = lines.map { line in line.split(separator: ",").map { Double($0) ?? .nan } }
    var latitudes = [Double](repeating: 0, count: 96)
    var longitudes = [Double](repeating: 0, count: 144)
    var classes = [Double](repeating: -1, count: 96 * 144)
    for cell in cells {
      let (column, row) = (Int(cell[0]) - 1, Int(cell[1]) - 1)
      (latitudes[row], longitudes[column]) = (cell[4], cell[3])
      classes[row * 144 + column] = cell[5]
    }
    let writer = try NetCDFWriter(path)
    let dimensions = [try writer.dimension("lat", 96), try writer.dimension("lon", 144)]
    let latitude = try writer.variable(
      "lat", .double, [dimensions[0]], attributes: [("units", .text("degrees_north"))])
    let longitude = try writer.variable(
      "lon", .double, [dimensions[1]], attributes: [("units", .text("degrees_east"))])
    let cover = try writer.variable("IGBP", .int32, dimensions, attributes: [("_FillValue", .numbers([-1], .int32))])
    try writer.endDefinitions()
    try writer.write(latitudes, to: latitude)
    try writer.write(longitudes, to: longitude)
    try writer.write(classes, to: cover)
    try writer.commit()
  }

  /// What is wrong is found before anything is computed or written; a dry run names the classes.
  @Test func wrongClassesAreNamed() throws {
    try withTemporaryFolder { folder in
      let classes = try write(to: folder)
      try writeText("old", to: "\(folder)/old.csv")
      let plain = CorrelateTests.arguments(folder).filter { $0 != "--overwrite" }
      for (options, status, name) in [
        (["--groups", "a=1"], 64, "--groups"), (Array(classes.prefix(3)) + ["a=1-2,b=2"], 64, "share the id 2"),
        (Array(classes.prefix(3)) + ["a=1,b=7"], 65, "no cell of 'ids' is in the group 'b'"),
        (["--classes", "\(folder)/none.nc:ids"], 66, "none.nc"), (["--table", "\(folder)/old.csv"], 73, "old.csv"),
        (["--bands", "5:1"], 64, "--bands"),
      ] {
        let done = try run(plain + options, ranks: 2)
        #expect(done.status == Int32(status) && done.standardError.contains(name), "\(options): \(done.standardError)")
        #expect(!contents(of: folder).contains("r.nc"))
      }
      let dry = try run(plain + classes + ["--dry-run"])
      #expect(
        dry.standardOutput.contains("classes:  2 of \(folder)/classes.nc:ids: one, more"), "\(dry.standardOutput)")
      let monthly = try run(
        CorrelateTests.arguments(folder, ["--correlation-table", "\(folder)/s.csv"], monthly: true))
      #expect(monthly.status == 64 && monthly.standardError.contains("--correlation-table"))
    }
  }
}
