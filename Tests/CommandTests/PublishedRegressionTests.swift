import Distributed
import Foundation
import TestSupport
import Testing

/// Regression of the threshold paper's rates on soil and climate zone, against R 4.2.2 on the same rows.
@MainActor
@Suite(
  .enabled(
    if: PublishedMaps.areThere && PublishedClasses.areThere,
    "the maps of Yan et al. (2024), climate zones or soils are not there: ../shared/data"))
struct PublishedRegressionTests {
  private func isNear(_ text: String?, _ wanted: Double) -> Bool {
    abs((Double(text ?? "") ?? .nan) - wanted) <= 1e-8 * abs(wanted)
  }

  /// Writes the rate with threshold, texture and zone of the nearest cells; of equally near ones the western.
  private func writeTable(_ folder: String) throws {
    try PublishedMaps.write(to: "\(folder)/yan.nc")
    try PublishedClasses.writeTexture(to: "\(folder)/soil.nc")
    let (low, smt) = (try GridMap.read("\(folder)/yan.nc:low"), try GridMap.read("\(folder)/yan.nc:smt"))
    let zones = try GridMap.read(PublishedClasses.zones)
    let (sand, clay) = (try GridMap.read("\(folder)/soil.nc:sand"), try GridMap.read("\(folder)/soil.nc:clay"))
    func nearest(_ places: [Double], _ distance: (Double) -> Double) -> Int {
      places.indices.min { distance(places[$0]) < distance(places[$1]) } ?? 0
    }
    let grid = low.grid
    let east = zones.grid.longitudes.enumerated().map { (index: $0, place: $1 < 0 ? $1 + 360 : $1) }
      .sorted { $0.place < $1.place }
    let zoneRows = grid.latitudes.map { latitude in nearest(zones.grid.latitudes) { abs($0 - latitude) } }
    let zoneColumns = grid.longitudes.map { longitude in
      east[nearest(east.map(\.place)) { abs($0 - longitude) }].index
    }
    let soilRows = grid.latitudes.map { latitude in nearest(sand.grid.latitudes) { abs($0 - latitude) } }
    let soilColumns = grid.longitudes.map { longitude in
      nearest(sand.grid.longitudes) { min(abs($0 - longitude), 360 - abs($0 - longitude)) }
    }
    func text(_ value: Double) -> String { value.isFinite ? "\(value)" : "" }
    var lines = ["low,SMT,sand,clay,zone,koppen"]
    for cell in 0..<grid.cellCount where low.values[cell].isFinite {
      let (row, column) = (cell / grid.rowLength, cell % grid.rowLength)
      let id = zones.values[zoneRows[row] * zones.grid.rowLength + zoneColumns[column]]
      let soil = soilRows[row] * sand.grid.rowLength + soilColumns[column]
      let zone = [("tropical", 2.0), ("arid", 6), ("temperate", 15), ("cold", 27)].first { id <= $0.1 }?.0
      lines.append(
        [
          text(low.values[cell]), text(smt.values[cell]), text(sand.values[soil]), text(clay.values[soil]), zone ?? "",
          zone == nil ? "" : "k\(Int(id))",
        ].joined(separator: ","))
    }
    try writeText(lines.joined(separator: "\n") + "\n", to: "\(folder)/t.csv")
  }

  private func regress(_ folder: String, _ arguments: [String]) throws -> ProgramRun {
    let table = "\(folder)/t.csv"
    let done = try run(
      ["regress", "\(table):low", "--on", "\(table):SMT", "\(table):sand", "\(table):clay", "--limit", "10"] + arguments
        + ["--output", "\(folder)/fit.csv", "--overwrite", "--progress", "0", "--report", "\(folder)/r.json"])
    #expect(done.status == 0, "\(done.standardError)")
    return done
  }

  @Test func ratesBySoilAndZone() throws {
    try withTemporaryFolder { folder in
      try writeTable(folder)
      _ = try regress(folder, ["--categories", "\(folder)/t.csv:zone", "--base", "arid"])
      let wanted = [
        ("intercept", 0.10389518905410393, 0.017718279616472196, 4.6598739428077187e-09),
        ("SMT", 0.022641728502168088, 0.010122802931028197, 0.025326139489231833),
        ("sand", 0.028351101565297836, 0.013746646783741852, 0.039193659937487267),
        ("clay", 0.076808845263909103, 0.01648292981017993, 3.2018236441645025e-06),
        ("zone=cold", -0.42040992295740859, 0.023411931704636547, 4.6527697407688699e-71),
        ("zone=temperate", 0.21042850964992707, 0.032493826615917099, 9.8351792561581864e-11),
        ("zone=tropical", 0.14291554461205772, 0.033290054088471507, 1.7779744462374543e-05),
      ]
      let rows = try CSVTable("\(folder)/fit.csv").rows
      #expect(rows.map { $0["term"] } == wanted.map(\.0))
      for (row, (_, estimate, error, p)) in zip(rows, wanted) {
        #expect(isNear(row["estimate"], estimate) && isNear(row["se"], error) && isNear(row["p"], p), "\(row)")
      }
      let report = try RunReport.read(from: "\(folder)/r.json").results
      for (name, number) in [
        ("n", 10695), ("degrees_of_freedom", 10688), ("r2", 0.085756143599861598), ("r2_adjusted", 0.08524290790203215),
        ("sigma", 0.9564293450631719), ("f", 167.0892028020308),
      ] {
        #expect(isNear(report[name].map { "\($0)" }, number), "\(name): \(report[name] ?? .nan)")
      }
      let variance = try CSVTable("\(folder)/fit.anova.csv").rows
      for (row, f) in zip(variance, [26.94367484640491, 0.01260885376355211, 412.33001293258906, 187.74964005980902]) {
        #expect(isNear(row["f"], f), "\(row)")
      }
      let oneWay = variance.first { $0["analysis"] == "zone" }
      #expect(abs((Double(oneWay?["f"] ?? "") ?? .nan) - 320.72069) < 1e-5)
      let pairs = try CSVTable("\(folder)/fit.pairs.csv").rows
      #expect(pairs.map { "\($0["class_1"] ?? "")-\($0["class_2"] ?? "")" }.first == "temperate-tropical")
      let adjusted = [
        0.74987485631354511, 1.2208850041652712e-17, 9.9587571346030418e-112, 3.5505803269651262e-21,
        7.8839924242060522e-146, 1.0145899223846277e-73,
      ]
      for (row, p) in zip(pairs, adjusted) { #expect(isNear(row["p_adjusted"], p), "\(row)") }
    }
  }

  /// Twenty classes with 100 cells or more; letters of `multcompLetters` (multcompView 0.1-8).
  @Test func lettersOfClimateClasses() throws {
    try withTemporaryFolder { folder in
      try writeTable(folder)
      let order = [20, 0, 13, 14, 1, 10, 21, 6, 2, 4, 7, 3, 24, 5, 11, 25, 22, 26, 18, 27].map { "k\($0)" }
      for (alpha, differ, letters) in [
        (
          "0.001", 120,
          "a a ab ab bc bcd bcde de de de cde e de e ef f fg fg fg g"
        ),
        ("0.05", 133, "a ab bc bc c cd cde de ef efg defg efg efg fg gh h h h hi i"),
      ] {
        let done = try regress(
          folder, ["--categories", "\(folder)/t.csv:koppen", "--minimum-rows", "100", "--alpha", alpha])
        #expect(done.standardOutput.contains("\(differ) of 190 pairs differ at \(alpha)"), "\(done.standardOutput)")
        #expect(done.standardOutput.contains("10491 rows"))
        let rows = try CSVTable("\(folder)/fit.letters.csv").rows
        #expect(rows.map { $0["class"] } == order)
        #expect(rows.map { $0["letters"] ?? "" }.joined(separator: " ") == letters)
      }
    }
  }

  /// The maps themselves: which of equally near cells is taken decides on a few.
  @Test func theMapsThemselves() throws {
    try withTemporaryFolder { folder in
      try PublishedMaps.write(to: "\(folder)/yan.nc")
      try PublishedClasses.writeTexture(to: "\(folder)/soil.nc")
      let done = try run(
        [
          "regress", "\(folder)/yan.nc:low", "--on", "\(folder)/yan.nc:smt", "\(folder)/soil.nc:sand",
          "\(folder)/soil.nc:clay", "--categories", "zone=\(PublishedClasses.zones)", "--groups",
          "tropical=0-2,arid=3-6,temperate=7-15,cold=16-27", "--base", "arid", "--limit", "10", "--method", "nearest",
          "--class-method", "nearest", "--block-degrees", "5", "--output", "\(folder)/fit.csv", "--progress", "0",
        ], ranks: 2)
      #expect(done.status == 0, "\(done.standardError)")
      let rows = try CSVTable("\(folder)/fit.csv").rows
      let wanted = [0.1038952, 0.0226417, 0.0283511, 0.0768088, 0.1429155, 0.2104285, -0.4204099]
      for (row, number) in zip(rows, wanted) {
        #expect(abs((Double(row["estimate"] ?? "") ?? .nan) - number) < 0.006, "\(row)")
        // Neighbours are alike, so that blocks are less sure.
        let errors = ["se", "se_clustered"].map { Double(row[$0] ?? "") ?? .nan }
        #expect(errors[1] > 1.3 * errors[0], "\(row)")
      }
    }
  }
}
