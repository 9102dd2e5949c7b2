import Distributed
import Foundation
import TestSupport
import Testing

/// The attribution of soil moisture variability, from files to maps.
@MainActor @Suite struct AttributeTests {
  /// Writes the record, runs, and gives the maps.
  private func withRecord(
    _ fixture: AttributionFixture = .make(), _ body: (AttributionFixture, String) throws -> Void
  ) throws {
    try withTemporaryFolder { folder in
      try fixture.record.write(to: folder)
      try body(fixture, folder)
    }
  }

  private func maps(
    _ fixture: AttributionFixture, _ folder: String, _ more: [String] = [], ranks: Int? = 2,
    location: SourceLocation = #_sourceLocation
  ) throws -> AttributionMapFile {
    let done = try run(fixture.arguments(folder, more), ranks: ranks)
    #expect(done.status == 0, "\(more): \(done.standardError)", sourceLocation: location)
    return try AttributionMapFile("\(folder)/maps.nc", cellCount: fixture.record.grid.cellCount)
  }

  /// Every cell against covariances by definition; the same bits on any number of ranks, however the files are read.
  @Test func everyCellOnAnyNumberOfRanks() throws {
    try withRecord { fixture, folder in
      try fixture.check(try maps(fixture, folder, ranks: nil))
      let first = try bits(of: "\(folder)/maps.nc")
      for (ranks, plan) in [
        (1, "auto"), (2, "field"), (2, "slab"), (3, "slab"), (3, "field"), (5, "field"), (5, "slab"),
      ] {
        _ = try maps(fixture, folder, ["--read-plan", plan], ranks: ranks)
        #expect(try bits(of: "\(folder)/maps.nc") == first, "\(ranks) ranks, \(plan)")
      }
    }
  }

  /// Predicted and measured memory of records, whose years are reduced from months that are held.
  @Test(arguments: ["attribute", "trend"])
  func memoryIsPredicted(command: String) throws {
    try withTemporaryFolder { folder in
      let layers = AttributionFixture.layers.map { name in
        TestField(name, units: "kg m-2") { 20 + Double(($0.month.index * 7 + $0.cell) % 31) }
      }
      let record = TestEnsemble.observations(
        grid: .regular(rows: 200, columns: 300), time: TestTime(from: Month(year: 2001, month: 1), count: 36),
        fields: layers)
      try record.write(to: folder)
      let source = record.source(AttributionFixture.layers.joined(separator: ","), in: folder)
      for (plan, ranks) in [("field", 1), ("field", 3), ("slab", 2)] {
        let done = try run(
          [
            command, command == "trend" ? "--source" : "--moisture", source, "--layer-bounds", "0,0.1,0.4,1,2",
            "--minimum-years", "3", "--read-plan", plan, "--output", "\(folder)/maps.nc", "--overwrite", "--report",
            "\(folder)/run.json", "--progress", "0",
          ], ranks: ranks)
        #expect(done.status == 0, "\(done.standardError)")
        let report = try RunReport.read(from: "\(folder)/run.json")
        let share = Double(report.peakMemory) / Double(report.predictedPeakMemory)
        #expect(
          share > 0.6 && share <= 1, "\(plan), \(ranks) ranks: \(report.peakMemory), \(report.predictedPeakMemory)")
      }
    }
  }

  @Test func implausibleValuesAreMissing() throws {
    var fixture = AttributionFixture.make()
    fixture.maxima = [99.9, 299.9, 599.9, 999]
    try withRecord(fixture) { fixture, folder in
      try fixture.check(try maps(fixture, folder, ["--maximum", "99.9,299.9,599.9,999"]))
      #expect(fixture.expected(cell: AttributionFixture.Cell.implausible).yearCount == 11)
      // With fewer years asked for, the sparse cell has an attribution.
      try fixture.check(
        try maps(fixture, folder, ["--maximum", "99.9,299.9,599.9,999", "--minimum-years", "9"]), minimumYears: 9)
    }
  }

  @Test func periodsLeadAndAreCompared() throws {
    try withRecord { fixture, folder in
      let file = try maps(
        fixture, folder, ["--period", "2001-2006", "--period", "2005-2012", "--minimum-years", "5"], ranks: 3)
      let periods = [2001...2006, 2005...2012]
      for (number, years) in periods.enumerated() {
        try fixture.check(file, "\(years)", period: number, years: years, minimumYears: 5)
      }
      #expect(file.file.dimensions.contains { $0.name == "period" && $0.length == 2 })
      for cell in 7..<12 {
        let (before, after) = (
          fixture.expected(cell: cell, years: periods[0], minimumYears: 5),
          fixture.expected(cell: cell, years: periods[1], minimumYears: 5)
        )
        for (name, change) in [
          ("relative_contribution_change", zip(after.terms, before.terms).map { $0 - $1 }),
          ("omega_change", zip(after.omega, before.omega).map { $0 - $1 }),
        ] {
          let found = try file.values(name, cell: cell)
          #expect(
            found.count == change.count && zip(found, change).allSatisfy { abs($0 - $1) < 1e-5 }, "\(name) \(cell)")
        }
      }
      // One period alone has no such dimension.
      let one = try maps(fixture, folder, ["--period", "2002-2011"])
      try fixture.check(one, years: 2002...2011)
      #expect(!one.file.dimensions.contains { $0.name == "period" })
    }
  }

  @Test func layersSeasonsAndRankingAreChosen() throws {
    try withRecord { fixture, folder in
      var other = fixture
      other.layerGroups = [1, 1, 2]
      let merged = try maps(other, folder, ["--group-layers", "1,1,2"])
      try other.check(merged, "merged")
      let bounds = try merged.file.values(try merged.file.requiredVariable("depth_bnds"))
      #expect(bounds == [0, 0.1, 0.1, 0.4, 0.4, 2])
      other = fixture
      other.seasons = 2
      let halves = try maps(other, folder, ["--seasons", "2"])
      try other.check(halves, "two seasons")
      let season = try halves.file.requiredVariable("season")
      #expect(halves.file.text("flag_meanings", of: season) == "wetness_rank_1 wetness_rank_2")
      other = fixture
      other.isRankedByClimatology = true
      for ranks in [1, 3] {
        try other.check(try maps(other, folder, ["--ranking", "climatology"], ranks: ranks), "climatology")
      }
    }
  }

  /// For programs that know no more than four dimensions: the same numbers in more variables.
  @Test func splitVariablesHaveFourDimensionsAtMost() throws {
    try withRecord { fixture, folder in
      let periods = ["--period", "2001-2006", "--period", "2007-2012", "--minimum-years", "5"]
      for options in [[], periods] {
        let whole = try maps(fixture, folder, options)
        let names = ["relative_contribution", "omega", "top_contribution"]
        func contents(_ file: NetCDFFile, _ name: String) throws -> [UInt64] {
          try file.variables.filter { $0.name.hasPrefix(name) && !$0.name.contains("change") }.flatMap {
            try file.values($0).map(\.bitPattern)
          }
        }
        let expected = try names.map { try contents(whole.file, $0) }
        let split = try maps(fixture, folder, options + ["--split"])
        for variable in split.file.variables {
          #expect(split.file.shape(variable).count <= 4, "\(variable.name)")
        }
        #expect(split.file.variables.count > whole.file.variables.count)
        for (name, values) in zip(names, expected) { #expect(try contents(split.file, name) == values, "\(name)") }
      }
    }
  }

  @Test func volumetricMoistureIsTurnedIntoAmounts() throws {
    let thicknesses = zip(AttributionFixture.edges, AttributionFixture.edges.dropFirst()).map { 1000 * ($1 - $0) }
    try withRecord(.make(units: "m3 m-3", factors: thicknesses)) { fixture, folder in
      let file = try maps(fixture, folder)
      try fixture.check(file)
      #expect(file.file.text("units", of: try file.file.requiredVariable("mean_moisture")) == "kg m-2")
    }
  }

  /// One file with many months and a level dimension, and depths that end within a layer.
  @Test func levelsOfOneVariable() throws {
    try withRecord(.makeWithLevels()) { fixture, folder in
      for plan in ["field", "slab"] {
        try fixture.check(try maps(fixture, folder, ["--read-plan", plan], ranks: 3), plan)
      }
      var upper = fixture
      upper.layerGroups = [1, 1, 1]
      upper.factors[2] = 1.0 / 6
      let file = try maps(fixture, folder, ["--depth", "0-0.5"])
      try upper.check(file, "to 0.5 m")
      let bounds = try file.file.values(try file.file.requiredVariable("depth_bnds"))
      #expect(bounds == [0, 0.1, 0.1, 0.4, 0.4, 0.5])
    }
  }

  /// A calendar year of which the period holds a part is missing.
  @Test func yearsThatBeginLate() throws {
    try withRecord { fixture, folder in
      try fixture.check(try maps(fixture, folder, ["--time", "2001-03/2012-12"]), years: 2002...2012)
    }
  }

  @Test func monthsThatNoFileHolds() throws {
    try withRecord { fixture, folder in
      let month = Month(year: 2008, month: 7)
      let path = "\(folder)/GLDAS_NOAH10_M.A200807.nc4"
      try FileManager.default.copyItem(atPath: path, toPath: "\(folder)/GLDAS_NOAH10_M.Acopy.nc4")
      try expectFailure(
        65, naming: ["2008-07", "GLDAS_NOAH10_M.A200807.nc4", "Acopy.nc4"],
        fixture.arguments(folder, ["--allow-gaps"]), in: folder)
      try FileManager.default.removeItem(atPath: "\(folder)/GLDAS_NOAH10_M.Acopy.nc4")
      try FileManager.default.removeItem(atPath: path)
      try expectFailure(65, naming: ["2008-07"], fixture.arguments(folder), in: folder)
      var other = fixture
      other.gaps = [month]
      for (ranks, plan) in [(1, "field"), (3, "slab")] {
        try other.check(
          try maps(other, folder, ["--allow-gaps", "--read-plan", plan], ranks: ranks), "gap, \(plan)")
      }
    }
  }

  /// Files of two products are one record; it is said where that touches the trends.
  @Test func productsOfOnePeriod() throws {
    var fixture = AttributionFixture.make()
    fixture.record.title = { $0.year < 2007 ? "GLDAS2.0 monthly" : "GLDAS2.1 monthly" }
    try withRecord(fixture) { fixture, folder in
      for (options, remarks) in [
        ([], ["2001-2012: the files come from more than one product ('GLDAS2.0 monthly', 'GLDAS2.1 monthly')"]),
        (
          ["--period", "2001-2006", "--period", "2007-2012", "--minimum-years", "5"],
          ["different products (2001-2006 'GLDAS2.0 monthly', 2007-2012 'GLDAS2.1 monthly')"]
        ),
        (["--period", "2001-2006", "--period", "2003-2012", "--minimum-years", "5"], ["2003-2012: the files come"]),
        (["--period", "2007-2012", "--minimum-years", "5"], []),
      ] as [([String], [String])] {
        let done = try run(fixture.arguments(folder, options), ranks: 2)
        #expect(done.status == 0, "\(done.standardError)")
        let comment = try NetCDFFile("\(folder)/maps.nc").text("comment") ?? ""
        for remark in remarks {
          #expect(comment.contains(remark), "\(comment)")
          #expect(done.standardError.contains("warning: ") && done.standardError.contains(remark))
        }
        if remarks.isEmpty { #expect(!comment.contains("product") && !done.standardError.contains("product")) }
      }
    }
  }

  /// The global mean of each year is that of the cells with every year, and its trend that of these means.
  @Test func globalSeries() throws {
    try withRecord { fixture, folder in
      let more = ["--report", "\(folder)/run.json", "--period", "2001-2012", "--period", "2003-2012"]
      let done = try run(fixture.arguments(folder, more), ranks: 3)
      #expect(done.status == 0, "\(done.standardError)")
      let report = try JSONDecoder().decode(
        Report.self, from: try Data(contentsOf: URL(fileURLWithPath: "\(folder)/run.json")))
      for (name, years) in [("2001-2012", 2001...2012), ("2003-2012", 2003...2012)] {
        var sums = [Double](repeating: 0, count: years.count), weight = 0.0, cells = 0
        for cell in 0..<fixture.record.grid.cellCount {
          let expected = fixture.expected(cell: cell, years: years)
          guard expected.yearCount == years.count else { continue }
          let area = cos(fixture.record.grid.place(ofCell: cell).latitude * .pi / 180)
          for year in sums.indices { sums[year] += area * expected.total[year] }
          (weight, cells) = (weight + area, cells + 1)
        }
        #expect(cells < 11 && report.results["\(name)_global_mean_cells"] == Double(cells))
        let means = sums.map { $0 / weight }, times = years.map(Double.init)
        #expect(report.series["\(name)_years"] == times)
        let found = try #require(report.series["\(name)_global_mean"])
        #expect(found.count == means.count && zip(found, means).allSatisfy { abs($0 - $1) < 1e-4 })
        for (key, wanted) in [
          ("trend", AttributionFixture.slope(means, times)),
          ("sen_slope", AttributionFixture.medianSlope(means, times)),
        ] {
          let slope = try #require(report.results["\(name)_global_mean_\(key)"])
          #expect(abs(slope - wanted) < 1e-4, "\(key) \(slope), expected \(wanted)")
        }
        #expect(done.standardOutput.contains("of the \(cells) cells with every year"))
      }
      // Every contribution has both means; those of a component, season or layer are their sums.
      for mean in ["area_mean", "cell_mean"] {
        let terms = try (0..<32).map { try #require(report.results["2001-2012_relative_contribution_\($0)_\(mean)"]) }
        let layer = terms.indices.filter { $0 % 4 == 2 }.reduce(0) { $0 + terms[$1] }
        #expect(abs(terms.reduce(0, +) - 1) < 1e-9)
        #expect(abs(layer - (report.results["2001-2012_contribution_depth_2_\(mean)"] ?? .nan)) < 1e-9)
      }
      #expect(report.results["2001-2012_cells_not_land"] == 1)
    }
  }

  @Test func wrongOptionsAndInput() throws {
    try withRecord { fixture, folder in
      for (code, parts, options) in [
        (64, ["--seasons 5", "12"], ["--seasons", "5"]),
        (64, ["--maximum", "3", "4"], ["--maximum", "1,2,3"]),
        (64, ["--group-layers", "5", "4"], ["--group-layers", "2,3"]),
        (64, ["--layer-bounds"], ["--layer-bounds", "0,0.1,0.4"]),
        (64, ["--minimum-years 2"], ["--minimum-years", "2"]),
        (64, ["--period", "2012-2001"], ["--period", "2012-2001"]),
        (64, ["--period 2003-2013", "ends in 2012-12"], ["--period", "2003-2013"]),
        (64, ["1990-01/1999-12"], ["--period", "1990-1999"]), (65, ["2013-01"], ["--time", "2005-01/2013-12"]),
        (64, ["--period 1990-1999", "begins in 2001-01"], ["--period", "1990-1999", "--time", "2001-01/2012-12"]),
        (65, ["'z'"], ["--moisture", "\(folder)/GLDAS_NOAH10_M.A*.nc4:a,b,c,z"]),
        (66, ["none*.nc4"], ["--moisture", "\(folder)/none*.nc4:a,b,c,d"]),
      ] as [(Int32, [String], [String])] {
        try expectFailure(code, naming: parts, fixture.arguments(folder, options), in: folder)
      }
      var changed = fixture
      changed.record.fields[2].units = "m3 m-3"
      try changed.record.write(to: folder)
      try expectFailure(65, naming: ["units"], fixture.arguments(folder), in: folder)
    }
  }

  /// Without MPI the plan is told and nothing is written.
  @Test func dryRun() throws {
    try withRecord { fixture, folder in
      let before = contents(of: folder)
      let options = ["--dry-run", "--ranks", "8", "--period", "2001-2006", "--minimum-years", "6"]
      let done = try run(fixture.arguments(folder, options))
      #expect(done.status == 0, "\(done.standardError)")
      #expect(done.standardOutput.contains("edges 0, 0.1, 0.4, 1, 2 m") && done.standardOutput.contains("2001-2006"))
      #expect(done.standardOutput.contains("reading (300 MB/s a rank assumed) on 8 ranks"))
      #expect(contents(of: folder) == before)
    }
  }

  private struct Report: Decodable {
    var statusCounts: [String: Int]
    var results: [String: Double]
    var series: [String: [Double]]
  }

  /// Eleven years of GLDAS: the figures that a calculation by other means gave.
  @Test(
    .enabled(
      if: RealRecord.hasMoisture, "the GLDAS files are not there: ../shared/data/gldas_noah10_m/soilmoisture_4layer"))
  func realRecord() throws {
    try withTemporaryFolder { folder in
      let layers = ["0_10", "10_40", "40_100", "100_200"].map { "SoilMoi\($0)cm_inst" }.joined(separator: ",")
      var first: [String: [UInt64]]?
      for ranks in [1, 2, 5] {
        let done = try run(
          [
            "attribute", "--moisture", "\(RealRecord.folder)/soilmoisture_4layer/*.nc4:\(layers)", "--maximum",
            "99.9,299.9,599.9,999", "--output", "\(folder)/maps.nc", "--overwrite", "--report", "\(folder)/run.json",
            "--progress", "0",
          ], ranks: ranks)
        #expect(done.status == 0, "\(done.standardError)")
        let found = try bits(of: "\(folder)/maps.nc")
        #expect(found == first ?? found, "\(ranks) ranks")
        first = found
      }
      let report = try JSONDecoder().decode(
        Report.self, from: try Data(contentsOf: URL(fileURLWithPath: "\(folder)/run.json")))
      #expect(report.statusCounts["computed"] == 14603)
      func percent(_ name: String, _ mean: String) throws -> Double {
        100 * (try #require(report.results["2012-2022_contribution_\(name)_\(mean)_mean"]))
      }
      for (layer, (area, cells)) in [(4.33, 4.68), (16.38, 16.74), (38.34, 39.23), (40.96, 39.35)].enumerated() {
        #expect(abs(try percent("depth_\(layer)", "area") - area) < 0.01)
        #expect(abs(try percent("depth_\(layer)", "cell") - cells) < 0.01)
      }
      #expect(abs(try percent("component_1", "area") - 74.63) < 0.01)
      #expect(abs(try percent("component_1", "cell") - 72.92) < 0.01)
      let omega = [
        0.78, 0.90, 1.24, 0.78, 0.94, 1.10, 1.36, 0.77, 0.99, 1.22, 1.48, 0.78, 1.20, 1.32, 1.55, 0.76,
      ]
      for (index, value) in omega.enumerated() {
        let found = try #require(report.results["2012-2022_omega_\(index)_global"])
        #expect(abs(found - value) <= 0.005001, "omega \(index): \(found), expected \(value)")
      }
      let medians = [0: 0.58, 1: 0.87, 2: 1.20, 3: 0.76, 12: 1.04, 13: 1.25, 14: 1.47, 15: 0.63]
      for (index, value) in medians {
        let found = try #require(report.results["2012-2022_omega_\(index)_median"])
        #expect(abs(found - value) <= 0.005001, "median omega \(index): \(found), expected \(value)")
      }
    }
  }
}
