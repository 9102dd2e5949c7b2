import Distributed
import Foundation
import TestSupport
import Testing

/// `summarise`: statistics by class, as a table and as maps.
@MainActor @Suite struct SummariseTests {
  nonisolated static let maps = TestMaps(
    latitudes: (0..<6).map { -75 + 30 * Double($0) }, longitudes: (0..<8).map { 45 * Double($0) })
  nonisolated static let cells = 48
  /// Ids 0 … 6, some missing.
  nonisolated static let ids: [Double] = (0..<48).map { (cell: Int) -> Double in
    let id = cell * 7 % 13 % 7
    return cell % 11 == 5 ? Double.nan : Double(id)
  }
  nonisolated static let values: [Double] = (0..<48).map { (cell: Int) -> Double in
    let value = sin(Double(cell)) * Double(cell % 10)
    return cell % 9 == 4 ? Double.nan : value
  }

  /// Class map, fractions, texture by layers and the maps to be summed up.
  private static func write(to folder: String) throws {
    var maps = maps
    maps.axes = [
      .init("pft", (0..<3).map(Double.init)), .init("time", [15, 45], [("units", .text("days since 2004-01-01"))]),
      .init(
        "season", [0, 1, 2],
        [("flag_values", .numbers([0, 1, 2], .int32)), ("flag_meanings", .text("humid dry cold"))]),
      .init("depth", [0.05, 0.2, 0.5], bounds: [0, 0.1, 0.1, 0.3, 0.3, 0.7], [("units", .text("m"))]),
      .init("layer", length: 2),
    ]
    let fractions: [Double] = (0..<3 * cells).map { (place: Int) -> Double in
      Double((place % cells + place / cells * 3) % 5 * 5)
    }
    let both: [Double] = (0..<6).flatMap { (slice: Int) -> [Double] in
      let more = Double(slice % 3 * 10 + slice / 3 * 100)
      return values.map { $0 + more }
    }
    let clay: [Double] = (0..<3 * cells).map { Double($0 / cells * 10 + $0 % cells % 20) }
    let stack: [Double] = values + values.map { $0 + 1 }
    let zones: [Double] = ids.map { $0.isNaN || $0 < 3 ? 1 : 2 }
    try maps.write(
      [
        .init("x", values, [("units", .text("kg m-2"))]), .init("y", values.map { 2 * $0 - 1 }),
        .init("ids", ids, type: .int32),
        .init(
          "zones", zones, type: .int32,
          [("flag_values", .numbers([1, 2], .int32)), ("flag_meanings", .text("low high"))]),
        .init("pct", axes: ["pft"], fractions, [("units", .text("%"))]),
        .init("frac", axes: ["pft"], fractions.map { $0 / 100 }), .init("both", axes: ["time", "season"], both),
        .init("clay", axes: ["depth"], clay),
        .init("stack", axes: ["layer"], stack),
      ], to: "\(folder)/m.nc")
  }

  @Test func arraysOfNumpyAreSummedUpLikeMaps() throws {
    try withMaps { folder in
      let header = "{'descr': '<f8', 'fortran_order': False, 'shape': (6, 8), }\n"
      let numbers = Self.values.map { $0.isNaN ? -99 : 2 * $0 - 1 }
      let bytes =
        [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, UInt8(header.utf8.count), 0] + Array(header.utf8)
        + numbers.withUnsafeBytes { [UInt8]($0) }
      try Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/y.npy"))
      let classes = ["--classes", "\(folder)/m.nc:ids", "--bands", "globe,0:90", "--overwrite", "--output"]
      let array = ["\(folder)/y.npy", "--grid", "\(folder)/m.nc:x", "--fill", "-99"]
      @MainActor func table(_ maps: [String], _ name: String, ranks: Int? = nil) throws -> String {
        let done = try run(["summarise"] + maps + classes + ["\(folder)/\(name).csv"], ranks: ranks)
        #expect(done.status == 0, "\(done.standardError)")
        return try String(contentsOfFile: "\(folder)/\(name).csv", encoding: .utf8)
      }
      let expected = try table(["\(folder)/m.nc:y"], "map")
      #expect(expected.contains("globe") && expected.split(separator: "\r\n").count > 5)
      for ranks in [nil, 3] { #expect(try table(array, "array", ranks: ranks) == expected) }
      // Beside a map, in one table.
      #expect(try table(["\(folder)/m.nc:x"] + array, "both").count > expected.count)
      let cases: [([String], Int32, String)] = [
        (["\(folder)/y.npy"], 64, "has no coordinates; give its grid: --grid"),
        (["\(folder)/y.npy", "--grid", "r4x2"], 65, "has 6 × 8 values; expected 2 × 4"),
        (["\(folder)/none.npy", "--grid", "r8x6"], 66, "none.npy"),
        (["\(folder)/m.nc:y", "--fill", "0"], 64, "no map is one"),
        (array + ["--overwrite", "--map", "\(folder)/y.npy"], 73, "y.npy"),
      ]
      for (arguments, status, message) in cases {
        let done = try run(["summarise"] + arguments + ["--output", "\(folder)/o.csv"])
        #expect(done.status == status && done.standardError.contains(message), "\(arguments): \(done.standardError)")
      }
    }
  }

  private func withMaps(_ body: (String) throws -> Void) throws {
    try withTemporaryFolder { folder in
      try Self.write(to: folder)
      try body(folder)
    }
  }

  private func summarise(_ folder: String, _ arguments: [String], ranks: Int? = nil) throws -> ProgramRun {
    try run(
      ["summarise"] + arguments.map { $0.hasPrefix("@") ? "\(folder)/m.nc:\($0.dropFirst())" : $0 }
        + ["--output", "\(folder)/t.csv", "--overwrite", "--progress", "0"], ranks: ranks)
  }

  /// The table of a run that must succeed.
  private func table(_ folder: String, _ arguments: [String], ranks: Int? = nil) throws -> CSVTable {
    let done = try summarise(folder, arguments, ranks: ranks)
    #expect(done.status == 0, "\(done.standardError)")
    return try CSVTable("\(folder)/t.csv")
  }

  private static let statistics = [
    "n", "area_km2", "mean", "mean_area", "sd", "min", "p05", "p25", "p50", "p75", "p95", "max", "share_positive",
  ]

  /// Statistics by their definitions, with the areas of the test grid on a sphere.
  private func wanted(_ cells: [Int], _ values: [Double] = values) -> [Double] {
    let taken = cells.filter { values[$0].isFinite }
    let sorted = taken.map { values[$0] }.sorted()
    let n = Double(taken.count)
    let mean = taken.reduce(0) { $0 + values[$1] } / n
    let weight = { (cell: Int) in cos(Self.maps.latitudes[cell / 8] * .pi / 180) }
    let area = { (cell: Int) in
      let latitude = Self.maps.latitudes[cell / 8]
      return 6371.22 * 6371.22 * .pi / 4 * (sin((latitude + 15) * .pi / 180) - sin((latitude - 15) * .pi / 180))
    }
    let quantiles = [0.05, 0.25, 0.5, 0.75, 0.95].map { percentile(sorted, $0) }
    return [
      n, taken.reduce(0) { $0 + area($1) }, mean,
      taken.reduce(0) { $0 + weight($1) * values[$1] } / taken.reduce(0) { $0 + weight($1) },
      (taken.reduce(0) { $0 + (values[$1] - mean) * (values[$1] - mean) } / (n - 1)).squareRoot(), sorted[0],
    ] + quantiles + [sorted[sorted.count - 1], Double(sorted.count { $0 > 0 }) / n]
  }

  private func percentile(_ sorted: [Double], _ fraction: Double) -> Double {
    let place = fraction * Double(sorted.count - 1)
    let lower = Int(place)
    return sorted[lower] + (place - Double(lower)) * (sorted[min(lower + 1, sorted.count - 1)] - sorted[lower])
  }

  private func expect(_ row: [String: String], _ wanted: [Double], _ text: String) throws {
    for (name, number) in zip(Self.statistics, wanted) {
      let found = try #require(Double(row[name] ?? ""), "\(text): no \(name) in \(row)")
      #expect(abs(found - number) <= 1e-12 * max(1, abs(number)), "\(text) \(name): \(found), expected \(number)")
    }
  }

  private func cells(_ groups: ClosedRange<Double>...) -> [Int] {
    (0..<Self.cells).filter { cell in groups.contains { $0.contains(Self.ids[cell]) } }
  }

  // MARK: Classes

  @Test func groupsOfIds() throws {
    try withMaps { folder in
      let done = try summarise(
        folder, ["@x", "@y", "--classes", "@ids", "--groups", "wet=0-1+4,dry=2"])
      #expect(done.status == 0, "\(done.standardError)")
      #expect(done.standardError.contains("no group names the ids 3 (") && done.standardError.contains("6 ("))
      #expect(done.standardOutput.contains("cos latitude") && done.standardOutput.contains("6371.22 km"))
      let table = try CSVTable("\(folder)/t.csv")
      #expect(table.columns == ["variable", "class"] + Self.statistics)
      #expect(table.rows.map { $0["variable"] } == ["x", "x", "y", "y"])
      #expect(table.rows.map { $0["class"] } == ["wet", "dry", "wet", "dry"])
      let (wet, dry) = (cells(0...1, 4...4), cells(2...2))
      try expect(table.rows[0], wanted(wet), "wet")
      try expect(table.rows[1], wanted(dry), "dry")
      try expect(table.rows[2], wanted(wet, Self.values.map { 2 * $0 - 1 }), "y wet")
    }
  }

  @Test func idsAreClassesWithoutGroups() throws {
    try withMaps { folder in
      let numbers = try table(folder, ["@x", "--classes", "@ids"])
      #expect(numbers.rows.map { $0["class"] } == (0...6).map(String.init))
      try expect(numbers.rows[3], wanted(cells(3...3)), "3")
      let named = try table(folder, ["@x", "--classes", "@zones"])
      #expect(named.rows.map { $0["class"] } == ["low", "high"])
    }
  }

  @Test func theGlobeAndBands() throws {
    try withMaps { folder in
      let globe = try table(folder, ["@x"])
      #expect(globe.rows.map { $0["class"] } == ["globe"])
      try expect(globe.rows[0], wanted(Array(0..<48)), "globe")
      let bands = try table(folder, ["@x", "--bands", "globe,-15:90,south=-90:-15"])
      #expect(bands.rows.map { $0["class"] } == ["globe", "-15:90", "south"])
      // The row at −15° belongs to the band that begins there.
      try expect(bands.rows[1], wanted(Array(16..<48)), "north")
      try expect(bands.rows[2], wanted(Array(0..<16)), "south")
    }
  }

  @Test func fractionsAreWeightsOrPresence() throws {
    try withMaps { folder in
      for map in ["@pct", "@frac"] {
        let table = try table(folder, ["@x", "--fractions", map, "--types", "0,2"])
        #expect(table.rows.map { $0["class"] } == ["0", "2"])
        for (row, type) in zip(table.rows, [0, 2]) {
          let shares = (0..<48).map { Double(($0 + 3 * type) % 5) / 20 }
          let taken = (0..<48).filter { shares[$0] > 0 && Self.values[$0].isFinite }
          let weight = taken.reduce(0) { $0 + shares[$1] }
          let mean = taken.reduce(0) { $0 + shares[$1] * Self.values[$1] } / weight
          #expect(row["n"] == "\(taken.count)")
          #expect(abs((Double(row["mean"] ?? "") ?? .nan) - mean) < 1e-12, "\(row)")
        }
      }
      let all = try table(folder, ["@x", "--fractions", "@pct"])
      #expect(all.rows.map { $0["class"] } == ["0", "1", "2"])
      let presence = try table(folder, ["@x", "--fractions", "@frac", "--types", "1", "--presence", "0.1"])
      try expect(presence.rows[0], wanted((0..<48).filter { ($0 + 3) % 5 > 2 }), "presence")
    }
  }

  @Test func binsOfAContinuousMap() throws {
    try withMaps { folder in
      let table = try table(folder, ["@x", "--bins", "@clay@0:20:10", "--depth", "0.05-0.3"])
      // 5 cm of the first layer and 20 of the second, which is 10 more.
      let clay = (0..<48).map { Double($0 % 20) + 8 }
      #expect(table.rows.map { $0["class"] } == ["0-10", "10-20"])
      try expect(table.rows[0], wanted((0..<48).filter { clay[$0] < 10 }), "low")
      try expect(table.rows[1], wanted((0..<48).filter { clay[$0] >= 10 && clay[$0] <= 20 }), "high")
      let edges = try self.table(folder, ["@x", "--bins", "@x@-9,-0.5,0.25,9"])
      #expect(edges.rows.map { $0["class"] } == ["-9 to -0.5", "-0.5 to 0.25", "0.25 to 9"])
    }
  }

  @Test func severalSetsOfClasses() throws {
    try withMaps { folder in
      let table = try table(
        folder,
        ["@x", "--classes", "@ids", "--groups", "a=0-3", "--classes", "@zones", "--groups", "", "--bands", "0:90"])
      #expect(table.columns.prefix(3) == ["classes", "variable", "class"])
      #expect(
        table.rows.map { $0["classes"] } == [
          "\(folder)/m.nc:ids", "\(folder)/m.nc:zones", "\(folder)/m.nc:zones", "latitude",
        ])
      #expect(table.rows.map { $0["class"] } == ["a", "low", "high", "0:90"])
    }
  }

  /// Cells of a quarter the size: classes by the greatest area, or as the nearest is, fractions by their mean.
  @Test func classesOnAnotherGrid() throws {
    try withMaps { folder in
      let fine = TestMaps(
        latitudes: (0..<12).map { -82.5 + 15 * Double($0) }, longitudes: (0..<16).map { -11.25 + 22.5 * Double($0) })
      // Three of the four small cells of a cell are of its class.
      let ids = (0..<fine.cellCount).map { (cell: Int) -> Double in
        let (row, column) = (cell / 16, cell % 16)
        let own = Self.ids[row / 2 * 8 + column / 2]
        return row % 2 == 1 && column % 2 == 1 ? 9 : own
      }
      try fine.write([.init("ids", ids)], to: "\(folder)/fine.nc")
      let done = try summarise(folder, ["@x", "--classes", "\(folder)/fine.nc:ids"], ranks: 2)
      #expect(done.status == 0, "\(done.standardError)")
      #expect(done.standardError.contains("12 × 16 to 6 × 8 by area majority"), "\(done.standardError)")
      let table = try CSVTable("\(folder)/t.csv")
      #expect(table.rows.map { $0["class"] } == (0...6).map(String.init) + ["9"])
      try expect(table.rows[2], wanted(cells(2...2)), "2")
      // Where the others are missing the fourth one is the majority of what is there.
      try expect(table.rows[7], wanted((0..<48).filter { Self.ids[$0].isNaN }), "9")

      try writeCLMFractions(to: "\(folder)/clm.nc")
      for (options, method, fraction) in [
        ([], "area mean", 0.5), (["--class-method", "nearest"], "nearest neighbour", 1),
      ] {
        let done = try summarise(folder, ["@x", "--fractions", "\(folder)/clm.nc:PCT_NAT_PFT"] + options)
        #expect(done.status == 0 && done.standardError.contains(method), "\(done.standardError)")
        let row = try CSVTable("\(folder)/t.csv").rows[0]
        let area = wanted(Array(0..<48))[1]
        let found = try #require(Double(row["area_km2"] ?? ""))
        if method == "area mean" { #expect(abs(found - fraction * area) < 1e-9 * area, "\(found), \(area)") }
      }
    }
  }

  /// As in CLM's surface data: two-dimensional coordinates of a regular grid, percent that only the long name tells.
  ///
  /// Every other column has 100 percent of the one type, the others none.
  private func writeCLMFractions(to path: String) throws {
    let writer = try NetCDFWriter(path)
    let dimensions = [("natpft", 1), ("lsmlat", 12), ("lsmlon", 16)]
    let all = try dimensions.map { try writer.dimension($0.0, $0.1) }
    let grid = Array(all.dropFirst())
    let latitude = try writer.variable("LATIXY", .double, grid, attributes: [("units", .text("degrees north"))])
    let longitude = try writer.variable("LONGXY", .double, grid, attributes: [("units", .text("degrees east"))])
    let types = try writer.variable(
      "PCT_NAT_PFT", .double, all,
      attributes: [("units", .text("unitless")), ("long_name", .text("percent plant functional type"))])
    try writer.endDefinitions()
    try writer.write((0..<192).map { -82.5 + 15 * Double($0 / 16) }, to: latitude)
    try writer.write((0..<192).map { -11.25 + 22.5 * Double($0 % 16) }, to: longitude)
    try writer.write((0..<192).map { $0 % 2 == 0 ? 100.0 : 0 }, to: types)
    try writer.commit()
  }

  // MARK: Values

  @Test func limitsSharesAndSmallClasses() throws {
    try withMaps { folder in
      let bounds = try table(folder, ["@x", "--limit", "5", "--above", "-1,2.5", "--below", "-2", "--share-of-total"])
      #expect(
        bounds.columns == ["variable", "class"] + Self.statistics
          + ["share_above_-1", "share_above_2.5", "share_below_-2", "share_of_total"])
      let taken = Self.values.filter { abs($0) <= 5 }
      try expect(bounds.rows[0], wanted((0..<48).filter { abs(Self.values[$0]) <= 5 }), "limit")
      for (name, holds) in [
        ("share_above_-1", taken.map { $0 > -1 }), ("share_above_2.5", taken.map { $0 > 2.5 }),
        ("share_below_-2", taken.map { $0 < -2 }),
      ] {
        let share = Double(holds.count { $0 }) / Double(taken.count)
        #expect(abs((Double(bounds.rows[0][name] ?? "") ?? .nan) - share) < 1e-15, "\(name)")
      }
      #expect(bounds.rows[0]["share_of_total"] == "1.0")
      let zones = try table(folder, ["@x", "--classes", "@zones", "--share-of-total"])
      let totals = [cells(0...2) + (0..<48).filter { Self.ids[$0].isNaN }, cells(3...6)].map { cells in
        cells.reduce(0) { sum, cell in
          let value = Self.values[cell]
          return sum + (value.isNaN ? 0 : value * cos(Self.maps.latitudes[cell / 8] * .pi / 180))
        }
      }
      for (row, total) in zip(zones.rows, totals) {
        let share = total / (totals[0] + totals[1])
        #expect(abs((Double(row["share_of_total"] ?? "") ?? .nan) - share) < 1e-12 * max(1, abs(share)), "\(row)")
      }
      let areas = try table(folder, ["@x", "--classes", "@ids"]).rows.map { Double($0["area_km2"] ?? "") ?? .nan }
      let bound = areas.sorted()[3]
      let done = try summarise(folder, ["@x", "--classes", "@ids", "--minimum-area", "\(bound)"])
      #expect(done.standardError.contains("3 rows are left out"), "\(done.standardError)")
      #expect(try CSVTable("\(folder)/t.csv").rows.count == 4)
    }
  }

  @Test func furtherDimensionsAreSlices() throws {
    try withMaps { folder in
      let table = try table(folder, ["@both", "@x", "--bands", "0:90"])
      #expect(table.columns == ["variable", "time", "season", "class"] + Self.statistics)
      #expect(
        table.rows.map { "\($0["time"] ?? "") \($0["season"] ?? "")" } == [
          "2004-01 humid", "2004-01 dry", "2004-01 cold", "2004-02 humid", "2004-02 dry", "2004-02 cold", " ",
        ])
      let first = wanted(Array(24..<48))
      for (index, row) in table.rows.prefix(6).enumerated() {
        let more = Double(index % 3 * 10 + index / 3 * 100)
        #expect(abs((Double(row["mean"] ?? "") ?? .nan) - (first[2] + more)) < 1e-11, "\(row)")
      }
      let stack = try self.table(folder, ["@stack"])
      #expect(stack.rows.map { $0["layer"] } == ["0", "1"])
      // 10 cm of three layers' first and 20 of the second.
      let layers = try self.table(folder, ["@clay", "@x", "--depth", "0-0.3"])
      #expect(layers.columns == ["variable", "class"] + Self.statistics)
      let clay = (0..<48).map { Double($0 % 20) + 20.0 / 3 }
      try expect(layers.rows[0], wanted(Array(0..<48), clay), "clay")
    }
  }

  @Test func variablesOfOneNameAreToldApart() throws {
    try withMaps { folder in
      try Self.maps.write([.init("x", Self.values.map { -$0 })], to: "\(folder)/other.nc")
      let table = try table(folder, ["@x", "\(folder)/other.nc:x"])
      #expect(table.columns.prefix(3) == ["file", "variable", "class"])
      #expect(table.rows.map { $0["file"] } == ["\(folder)/m.nc", "\(folder)/other.nc"])
    }
  }

  /// Areas of land: km², or m², times the fraction of land; else those of the sphere, 4πR² in all.
  @Test func areasOfCells() throws {
    try withTemporaryFolder { folder in
      let fractions = (0..<48).map { $0 % 3 == 0 ? Double.nan : Double($0 % 3) / 2 }
      for (units, scale) in [("km^2", 1.0), ("m2", 1e6), ("steradian", 1)] {
        try Self.maps.write(
          [
            .init("x", (0..<48).map(Double.init)), .init("landfrac", fractions),
            .init("area", (0..<48).map { scale * Double(100 + $0) }, [("units", .text(units))]),
          ], to: "\(folder)/m.nc")
        let row = try table(folder, ["@x"]).rows[0]
        #expect(row["n"] == "48")
        let found = try #require(Double(row["area_km2"] ?? ""))
        let land = (0..<48).reduce(0) { $0 + (fractions[$1].isNaN ? 0 : fractions[$1] * Double(100 + $1)) }
        let wanted = units == "steradian" ? 4 * .pi * 6371.22 * 6371.22 : land
        #expect(abs(found - wanted) < 1e-9 * wanted, "\(units): \(found), expected \(wanted)")
        let mean = (0..<48).reduce(0) {
          $0 + (fractions[$1].isNaN ? 0 : fractions[$1] * Double(100 + $1) * Double($1))
        }
        #expect(abs((Double(row["mean_area"] ?? "") ?? .nan) - mean / land) < 1e-12 * mean / land)
      }
    }
  }

  // MARK: Files

  @Test func mapsOfClasses() throws {
    try withMaps { folder in
      let path = "\(folder)/zones.nc"
      let table = try table(
        folder, ["@both", "@x", "--classes", "@zones", "--map", path, "--limit", "8"])
      let means = table.rows.filter { $0["variable"] == "x" }.map { Double($0["mean"] ?? "") ?? .nan }
      let zone = Self.ids.map { $0.isNaN || $0 < 3 ? 0 : 1 }
      let found = try map("x_class_mean", path)
      for cell in 0..<48 { #expect(abs(found[cell] - means[zone[cell]]) < 1e-6, "cell \(cell)") }
      let slices = try MapSlices("\(path):x")
      #expect(slices.axes.map(\.name) == ["class"] && slices.axes[0].labels == ["low", "high"])
      for index in 0..<2 {
        for (cell, value) in try slices.field(index).values.enumerated() {
          let wanted = zone[cell] == index && abs(Self.values[cell]) <= 8 ? Self.values[cell] : .nan
          #expect(value.isNaN && wanted.isNaN || abs(value - wanted) < 1e-6, "class \(index), cell \(cell)")
        }
      }
      let both = try MapSlices("\(path):both")
      #expect(both.axes.map(\.name) == ["class", "time", "season"] && both.count == 12)
      #expect(both.axes[1].labels == ["2004-01", "2004-02"] && both.axes[2].labels == ["humid", "dry", "cold"])
      // The second class at the first time and the second season.
      let field = try both.field(7).values
      for cell in 0..<48 where zone[cell] == 1 && Self.values[cell] <= -2.5 && Self.values[cell] >= -17 {
        #expect(abs(field[cell] - Self.values[cell] - 10) < 1e-5, "cell \(cell)")
      }
      let file = try NetCDFFile(path)
      #expect(file.text("Conventions") == "CF-1.8" && file.text("comment")?.contains("cos latitude") == true)
    }
  }

  @Test func theDominantType() throws {
    try withMaps { folder in
      _ = try table(
        folder, ["@x", "--fractions", "@pct", "--types", "0-2", "--map", "\(folder)/d.nc", "--dominant"])
      let found = try map("dominant_class", "\(folder)/d.nc")
      for cell in 0..<48 {
        let shares = (0..<3).map { (cell + 3 * $0) % 5 }
        #expect(found[cell] == Double(shares.firstIndex(of: shares.max() ?? 0) ?? 0), "cell \(cell)")
      }
      let means = try map("x_class_mean", "\(folder)/d.nc")
      let classMeans = try CSVTable("\(folder)/t.csv").rows.map { Double($0["mean"] ?? "") ?? .nan }
      let shares = (0..<3).map { Double((7 + 3 * $0) % 5) }
      let wanted = zip(shares, classMeans).reduce(0) { $0 + $1.0 * $1.1 } / shares.reduce(0, +)
      #expect(abs(means[7] - wanted) < 1e-6)
    }
  }

  @Test func pairsOfClasses() throws {
    try withMaps { folder in
      _ = try table(
        folder, ["@x", "--classes", "@zones", "--fractions", "@pct", "--types", "1-2", "--cross", "\(folder)/c.csv"])
      let cross = try CSVTable("\(folder)/c.csv")
      #expect(cross.columns == ["class_1", "class_2", "n", "area_km2"])
      #expect(
        cross.rows.map { "\($0["class_1"] ?? "") \($0["class_2"] ?? "")" } == ["low 1", "low 2", "high 1", "high 2"])
      let shared = (0..<48).filter { Self.ids[$0] >= 3 && ($0 + 6) % 5 > 0 }
      #expect(cross.rows[3]["n"] == "\(shared.count)")
      let ones = [Double](repeating: 1, count: 48)
      let area = shared.reduce(0) { $0 + wanted([$1], ones)[1] * Double(($1 + 6) % 5) / 20 }
      #expect(abs((Double(cross.rows[3]["area_km2"] ?? "") ?? .nan) - area) < 1e-9 * area)
    }
  }

  @Test func theSameBitsOnAnyNumberOfRanks() throws {
    try withMaps { folder in
      var first: (table: Data, maps: [String: [UInt64]])?
      for ranks in [1, 2, 3, 5] {
        let done = try summarise(
          folder,
          [
            "@both", "@x", "@clay", "--classes", "@ids", "--fractions", "@frac", "--above", "0.5", "--share-of-total",
            "--map", "\(folder)/z.nc",
          ], ranks: ranks)
        #expect(done.status == 0, "\(done.standardError)")
        let table = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/t.csv"))
        let maps = try bits(of: "\(folder)/z.nc")
        #expect(first.map { $0.table == table && $0.maps == maps } ?? true, "\(ranks) ranks")
        first = first ?? (table, maps)
      }
      #expect(first?.maps["both"]?.isEmpty == false)
    }
  }

  @Test func reportAndDryRun() throws {
    try withMaps { folder in
      let dry = try summarise(folder, ["@both", "@x", "--classes", "@zones", "--dry-run", "--ranks", "4"])
      #expect(dry.status == 0, "\(dry.standardError)")
      for words in ["low (", "fields:   7, 2 a rank", "memory:", "6 × 8 regular"] {
        #expect(dry.standardOutput.contains(words), "\(words) in \(dry.standardOutput)")
      }
      #expect(contents(of: folder) == ["m.nc"])
      let done = try summarise(folder, ["@x", "--classes", "@zones", "--report", "\(folder)/r.json"], ranks: 2)
      #expect(done.status == 0, "\(done.standardError)")
      let report = try RunReport.read(from: "\(folder)/r.json")
      #expect(report.command == "summarise" && report.ranks == 2 && report.areaWeights == "cos latitude")
      #expect(report.phases.map(\.name) == ["catalogue", "classes", "read", "write"] && report.bytesRead == 8 * 48)
      #expect((report.results["x_low_n"] ?? 0) > 0 && report.results["x_high_mean_area"]?.isFinite == true)
      let printed = try summarise(folder, ["@x", "--bands", "0:90", "--print-config"])
      #expect(printed.standardOutput.contains("bands: '0:90'"))
    }
  }

  // MARK: What is wrong

  @Test func wrongOptions() throws {
    try withMaps { folder in
      for (words, arguments) in [
        (["'a=' is no group"], ["--classes", "@ids", "--groups", "a="]),
        (["'1-2' is no group"], ["--classes", "@ids", "--groups", "a=0,1-2"]),
        (["'b=3-1'"], ["--classes", "@ids", "--groups", "a=0,b=3-1"]),
        (["'b=x'"], ["--classes", "@ids", "--groups", "a=0,b=x"]),
        (["share the id 3"], ["--classes", "@ids", "--groups", "a=0-3,b=3-5"]),
        (["two groups are called 'a'"], ["--classes", "@ids", "--groups", "a=0,a=3"]),
        (["--groups is given 1 time,"], ["--groups", "a=0"]),
        (["--types", "no type 3"], ["--fractions", "@pct", "--types", "1-7"]),
        (["--types 'x'"], ["--fractions", "@pct", "--types", "x"]), (["--fractions"], ["--types", "1"]),
        (["--presence 1"], ["--fractions", "@pct", "--presence", "1"]), (["there are no edges"], ["--bins", "@x"]),
        (["do not divide"], ["--bins", "@x@0:10:3"]), (["no increasing edges"], ["--bins", "@x@0,5,5"]),
        (["'30' is no band"], ["--bands", "30"]), (["'90:30'"], ["--bands", "90:30"]),
        (["two bands"], ["--bands", "globe,globe"]), (["--above '1,'"], ["--above", "1,"]),
        (["--limit -1"], ["--limit=-1"]), (["--cross takes two"], ["--cross", "\(folder)/c.csv"]),
        (["--dominant"], ["--fractions", "@pct", "--dominant"]), (["--depth"], ["@clay", "--depth", "0-9"]),
        (["another option"], ["--map", "\(folder)/t.csv"]),
      ] {
        let done = try summarise(folder, ["@x"] + arguments)
        #expect(done.status == 64, "\(arguments): \(done.standardError)")
        for word in words { #expect(done.standardError.contains(word), "\(arguments): \(done.standardError)") }
        #expect(contents(of: folder) == ["m.nc"], "\(arguments)")
      }
      #expect(try run(["summarise", "--output", "\(folder)/t.csv"]).status == 64)
      #expect(try run(["summarise", "\(folder)/m.nc:x"]).status == 64)
    }
  }

  @Test func wrongInput() throws {
    try withMaps { folder in
      var without = Self.maps
      without.hasCoordinates = false
      try without.write([.init("ids", Self.ids)], to: "\(folder)/bare.nc")
      try Self.maps.write([.init("ids", Self.ids.map { $0 + 0.5 })], to: "\(folder)/half.nc")
      var types = Self.maps
      types.axes = [.init("pft", length: 2)]
      try types.write(
        [.init("f", axes: ["pft"], (0..<96).map { $0 == 60 ? 1.25 : 0.5 })], to: "\(folder)/f.nc")
      let before = contents(of: folder)
      for (status, words, arguments) in [
        (65, ["no cell", "'polar'", "28-29", "0-6"], ["--classes", "@ids", "--groups", "a=0-6,polar=28-29"]),
        (65, ["bare.nc", "'ids"], ["--classes", "\(folder)/bare.nc:ids"]),
        (65, ["half.nc", "0.5", "whole numbers", "--bins"], ["--classes", "\(folder)/half.nc:ids"]),
        (65, ["f.nc", "type 1", "1.25", "0 to 1"], ["--fractions", "\(folder)/f.nc:f"]),
        (65, ["--classes", "'pft' of length 3"], ["--classes", "@pct"]),
        (65, ["'ids' has the value 2"], ["--fractions", "@ids"]),
        (65, ["2 dimensions besides"], ["--fractions", "@both"]),
        (65, ["--bins", "--depth"], ["--bins", "@clay@0:20:10"]), (65, ["band '88:89'"], ["--bands", "88:89"]),
        (65, ["no variable 'none'"], ["--classes", "@none"]),
        (66, ["gone.nc"], ["--classes", "\(folder)/gone.nc:ids"]),
        (73, ["one of the input files"], ["--map", "\(folder)/m.nc"]),
      ] {
        for ranks in [nil, 3] {
          let done = try summarise(folder, ["@x"] + arguments, ranks: ranks)
          #expect(done.status == Int32(status), "\(arguments): \(done.standardError)")
          for word in words { #expect(done.standardError.contains(word), "\(arguments): \(done.standardError)") }
          #expect(contents(of: folder) == before, "\(arguments)")
        }
      }
    }
  }

  /// `--mask` with classes.
  @Test func classesAsMask() throws {
    try withTemporaryFolder { folder in
      let fixture = ThresholdFixture.make(grid: .regular(rows: 3, columns: 4))
      try fixture.ensemble.write(to: folder)
      let ids = (0..<12).map { $0 == 7 ? Double.nan : Double($0 % 5) }
      try writeMaps([("ids", ids)], grid: fixture.ensemble.grid, to: "\(folder)/k.nc")
      let done = try run(
        fixture.arguments(folder, ["--model", "plateau", "--mask", "\(folder)/k.nc:ids=1-2+4"]), ranks: 2)
      #expect(done.status == 0, "\(done.standardError)")
      for (cell, status) in try statuses("\(folder)/smt.nc").enumerated() {
        #expect((status != "outside_selection") == [1, 2, 4].contains(ids[cell]), "cell \(cell): \(status)")
      }
      for (status, mask, word) in [
        (64, "ids=9", "'ids' in \(folder)/k.nc is 9"), (64, "ids=a", "--mask"), (64, "ids=", "--mask"),
        (65, "none=1", "no variable 'none'"),
      ] {
        let done = try run(fixture.arguments(folder, ["--mask", "\(folder)/k.nc:\(mask)", "--overwrite"]))
        #expect(done.status == status && done.standardError.contains(word), "\(mask): \(done.standardError)")
      }
    }
  }
}

/// A table as RFC 4180 has it, by column.
struct CSVTable {
  let columns: [String]
  let rows: [[String: String]]

  init(_ path: String) throws {
    let text = try String(contentsOfFile: path, encoding: .utf8)
    try #require(text.hasSuffix("\r\n"))
    let lines = text.components(separatedBy: "\r\n").dropLast().map(Self.fields)
    let columns = try #require(lines.first)
    self.columns = columns
    try #require(lines.allSatisfy { $0.count == columns.count }, "\(text)")
    rows = lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(columns, $0)) }
  }

  private static func fields(_ line: String) -> [String] {
    var fields = [""]
    var isQuoted = false
    for character in line {
      switch character {
      case "\"": isQuoted.toggle()
      case "," where !isQuoted: fields.append("")
      default: fields[fields.count - 1].append(character)
      }
    }
    return fields
  }
}
