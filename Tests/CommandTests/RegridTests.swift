import Foundation
import TestSupport
import Testing

@testable import Distributed
@testable import smt_mpi

@MainActor @Suite struct RegridTests {
  /// Attributes of a variable: texts and numbers.
  private typealias Attributes = [(String, NetCDFWriter.Attribute)]

  /// A file with one variable on a regular grid, behind other dimensions.
  private struct TestFile {
    var latitudes: [Double] = [75, 45, 15, -15, -45, -75]
    var longitudes = (0..<12).map { -165 + 30 * Double($0) }
    var type = NetCDFType.float
    var attributes: Attributes = [("_FillValue", .numbers([-9], .float)), ("units", .text("m"))]
    /// Times in days and depths; empty for none.
    var times: [Double] = []
    var depths: [Double] = []
    var chunks: [Int]?
    var hasCoordinates = true
    var timeUnits = "days since 2001-01-01"
    /// By time, depth, row and column.
    var value: (Int, Int, Int, Int) -> Double = { _, _, row, column in Double(12 * row + column) }

    func write(_ path: String, _ name: String = "v") throws {
      let writer = try NetCDFWriter(path)
      func axis(_ name: String, _ values: [Double], _ units: String) throws -> (
        NetCDFWriter.Dimension, NetCDFWriter.Variable?
      ) {
        let dimension = try writer.dimension(name, values.count)
        let bounds: Attributes = name == "time" ? [("bounds", .text("time_bnds"))] : []
        return (
          dimension,
          hasCoordinates
            ? try writer.variable(name, .double, [dimension], attributes: [("units", .text(units))] + bounds) : nil
        )
      }
      var axes: [(NetCDFWriter.Dimension, NetCDFWriter.Variable?, [Double])] = []
      for (name, values, units) in [("time", times, timeUnits), ("levsoi", depths, "m")] where !values.isEmpty {
        let made = try axis(name, values, units)
        axes.append((made.0, made.1, values))
      }
      let bounds =
        times.isEmpty ? nil : try writer.variable("time_bnds", .double, [axes[0].0, try writer.dimension("nb", 2)])
      for (name, values, units) in [("lat", latitudes, "degrees_north"), ("lon", longitudes, "degrees_east")] {
        let made = try axis(name, values, units)
        axes.append((made.0, made.1, values))
      }
      let variable = try writer.variable(
        name, type, axes.map(\.0), attributes: attributes, chunks: chunks, deflate: chunks == nil ? 0 : 4)
      try writer.endDefinitions()
      for (_, variable, values) in axes { if let variable { try writer.write(values, to: variable) } }
      if let bounds { try writer.write(times.flatMap { [$0 - 0.5, $0 + 0.5] }, to: bounds) }
      var all: [Double] = []
      for time in 0..<max(1, times.count) {
        for depth in 0..<max(1, depths.count) {
          for row in latitudes.indices { all += longitudes.indices.map { value(time, depth, row, $0) } }
        }
      }
      try writer.write(all.map { $0.isNaN ? -9 : $0 }, to: variable)
      try writer.commit()
    }
  }

  private func values(_ name: String, of path: String) throws -> [Double] {
    let file = try NetCDFFile(path)
    let variable = try file.requiredVariable(name)
    let stored = try StoredValues(variable, in: file)
    return try file.values(variable).map(stored.value)
  }

  @discardableResult
  private func regrid(_ arguments: [String], ranks: Int? = nil) throws -> ProgramRun {
    let done = try run(["regrid", "--progress", "0"] + arguments, ranks: ranks)
    #expect(done.status == 0, "\(done.standardError)")
    return done
  }

  private func isSame(_ found: [Double], _ expected: [Double], _ tolerance: Double = 1e-6) -> Bool {
    found.count == expected.count
      && zip(found, expected).allSatisfy { $0.isNaN && $1.isNaN || abs($0 - $1) <= tolerance * max(1, abs($1)) }
  }

  private static let coarse = ["--grid", "r6x3"]

  /// The mean of the 2 × 2 cells of 30° that make a cell of r6x3, whose columns have their middle at 0°, 60°, ….
  private func mean(_ row: Int, _ column: Int, _ value: (_ row: Int, _ column: Int) -> Double) -> Double {
    var (sum, weight) = (0.0, 0.0)
    // From the south in the result, from the north in the input.
    for own in [5 - 2 * row, 4 - 2 * row] {
      let area = sin((90 - 30 * Double(own)) * .pi / 180) - sin((60 - 30 * Double(own)) * .pi / 180)
      for offset in [5, 6] {
        let found = value(own, (2 * column + offset) % 12)
        guard !found.isNaN else { continue }
        sum += area * found
        weight += area
      }
    }
    return sum / weight
  }

  @Test func recordsKeepTheirStepsAndLayersOnAnyNumberOfRanks() throws {
    try withTemporaryFolder { folder in
      func value(_ time: Int, _ depth: Int, _ row: Int, _ column: Int) -> Double {
        (time + 3 * depth + 5 * row + column) % 7 == 0
          ? .nan : Double(100 * time + 10 * depth + row) + Double(column) / 16
      }
      var file = TestFile()
      file.depths = [0.1, 0.4]
      file.attributes += [("long_name", .text("water")), ("cell_methods", .text("time: mean"))]
      for (index, chunks) in [nil, [2, 1, 6, 12], [1, 2, 4, 5]].enumerated() {
        (file.times, file.chunks) = ([Double(2 * index) + 0.5, Double(2 * index) + 1.5], chunks)
        file.value = { value(2 * index + $0, $1, $2, $3) }
        try file.write("\(folder)/part\(index).nc")
      }
      var bytes: Set<[UInt64]> = []
      for ranks in [nil, 2, 3, 5] {
        let output = "\(folder)/out\(ranks ?? 1).nc"
        try regrid(["\(folder)/part*.nc:v", "--method", "mean", "--output", output] + Self.coarse, ranks: ranks)
        let found = try values("v", of: output)
        bytes.insert(found.map(\.bitPattern))
        var expected: [Double] = []
        for time in 0..<6 {
          for depth in 0..<2 {
            for row in 0..<3 {
              for column in 0..<6 { expected.append(mean(row, column) { value(time, depth, $0, $1) }) }
            }
          }
        }
        #expect(isSame(found, expected))
        #expect(try values("time", of: output) == (0..<6).map { Double($0) + 0.5 })
        #expect(try values("time_bnds", of: output).prefix(4) == [0, 1, 1, 2])
        #expect(try values("levsoi", of: output) == [0.1, 0.4])
        let read = try NetCDFFile(output)
        let variable = try read.requiredVariable("v")
        #expect(read.text("units", of: variable) == "m" && read.text("long_name", of: variable) == "water")
        #expect(read.text("cell_methods", of: variable) == "time: mean area: mean")
        #expect(read.text("units", of: try read.requiredVariable("time")) == "days since 2001-01-01")
        #expect(read.dimensionNames(variable) == ["time", "levsoi", "lat", "lon"])
      }
      #expect(bytes.count == 1)
    }
  }

  @Test func nearestAndBilinearTakeTheirNeighbours() throws {
    try withTemporaryFolder { folder in
      try TestFile().write("\(folder)/a.nc")
      // 0° lies between the columns at 15° W and 15° E, of which nearest takes the first of the file.
      try regrid(["\(folder)/a.nc:v", "--method", "nearest", "--output", "\(folder)/n.nc", "--grid", "r12x6"])
      try regrid(["\(folder)/a.nc:v", "--method", "bilinear", "--output", "\(folder)/b.nc", "--grid", "r12x6"])
      let (nearest, bilinear) = (try values("v", of: "\(folder)/n.nc"), try values("v", of: "\(folder)/b.nc"))
      #expect(nearest[0..<3] == [65, 66, 67] && nearest[5] == 70 && nearest[6] == 60 && nearest[66] == 0)
      #expect(bilinear[0..<3] == [65.5, 66.5, 67.5] && bilinear[6] == 65.5)
    }
  }

  @Test func classesStayWholeAndKeepTheirNames() throws {
    try withTemporaryFolder { folder in
      var file = TestFile()
      file.type = .int8
      file.attributes = [
        ("_FillValue", .numbers([-9], .int8)), ("flag_values", .numbers([0, 1, 2, 3], .int8)),
        ("flag_meanings", .text("water forest grass ice")),
      ]
      file.value = { _, _, row, column in Double((row / 2 + column / 2) % 4) }
      try file.write("\(folder)/a.nc", "class")
      // Blocks of 2 × 2 alike: where 0 is missing, where 2 became 1.
      var target = TestFile()
      (target.latitudes, target.longitudes) = ([60, 0, -60], [-150, -90, -30, 30, 90, 150])
      try target.write("\(folder)/grid.nc")
      for method in ["majority", "block"] {
        let output = "\(folder)/\(method).nc"
        try regrid(
          ["\(folder)/a.nc:class", "--onto", "\(folder)/grid.nc", "--method", method, "--output", output]
            + ["--recode", "0=missing,1-2=1"])
        let expected = (0..<18).map { [Double.nan, 1, 1, 3][($0 / 6 + $0 % 6) % 4] }
        #expect(isSame(try values("class", of: output), expected))
        let read = try NetCDFFile(output)
        let variable = try read.requiredVariable("class")
        #expect(variable.type == .int8 && read.numbers("_FillValue", of: variable) == [-9])
        #expect(read.numbers("flag_values", of: variable) == [1, 3])
        #expect(read.text("flag_meanings", of: variable) == "forest_or_grass ice")
      }
      let output = "\(folder)/f.nc"
      for ranks in [nil, 3] {
        try regrid(
          ["\(folder)/a.nc:class", "--method", "fractions", "--recode", "0=missing", "--overwrite", "--output", output]
            + Self.coarse, ranks: ranks)
        let found = try values("class_fraction", of: output)
        #expect(try values("class", of: output) == [1, 2, 3])
        for index in 0..<3 {
          let expected = (0..<18).map { cell in
            mean(cell / 6, cell % 6) { (($0 / 2 + $1 / 2) % 4 == index + 1) ? 1 : 0 }
          }
          #expect(isSame(Array(found[18 * index..<18 * (index + 1)]), expected))
        }
        let read = try NetCDFFile(output)
        #expect(read.text("flag_meanings", of: try read.requiredVariable("class")) == "forest grass ice")
      }
    }
  }

  @Test func minimumShareIsOfTheWholeCell() throws {
    try withTemporaryFolder { folder in
      var file = TestFile()
      // One of two columns of a cell has values.
      file.value = { _, _, _, column in column % 2 == 0 ? 4 : .nan }
      try file.write("\(folder)/a.nc")
      for (share, isThere) in [("0", true), ("0.5", true), ("0.51", false)] {
        try regrid(
          [
            "\(folder)/a.nc:v", "--method", "mean", "--minimum-share", share, "--overwrite", "--output",
            "\(folder)/o.nc",
          ]
            + Self.coarse)
        #expect(try values("v", of: "\(folder)/o.nc").allSatisfy { isThere ? $0 == 4 : $0.isNaN })
      }
    }
  }

  @Test func namesOfFilesTellTimes() throws {
    try withTemporaryFolder { folder in
      var file = TestFile()
      file.attributes = []
      for (index, name) in ["2004001", "2004009", "2004361", "2005001"].enumerated() {
        file.value = { _, _, row, column in column == 3 ? 65535 : Double(10 * index + row) }
        try file.write("\(folder)/GPP_0.05_\(name)_v1.nc")
      }
      let output = "\(folder)/o.nc"
      try regrid(
        [
          "\(folder)/GPP_*.nc:v", "--method", "nearest", "--onto", "\(folder)/GPP_0.05_2004001_v1.nc", "--output",
          output,
        ]
          + ["--scale", "0.5", "--fill", "65535,65534"])
      #expect(try values("time_bnds", of: output) == [0, 8, 8, 360, 360, 366, 366, 372])
      let read = try NetCDFFile(output)
      #expect(read.text("units", of: try read.requiredVariable("time")) == "days since 2004-01-01 00:00:00")
      let found = try values("v", of: output)
      #expect(found[3 * 72 + 12] == 15.5 && found[3 * 72 + 15].isNaN && found.filter(\.isNaN).count == 4 * 6)
    }
    #expect(FileNameTime("a/GOSIF_GPP_2001.tif")?.kind == .year)
    #expect(FileNameTime("GPP_2001-02.nc") == FileNameTime("GPP_200102.nc"))
    #expect(FileNameTime("GPP_2001.M02.nc") == FileNameTime("GPP_200102.nc"))
    #expect(FileNameTime("GPP_2001032.nc") == FileNameTime("GPP_20010201.nc"))
    #expect(FileNameTime("x.2001-02-01.nc") == FileNameTime("GPP_20010201.nc"))
    #expect(FileNameTime("MOD17A2H.A2001032.006.nc") == FileNameTime("GPP_20010201.nc"))
    #expect(
      FileNameTime("GPP_20010230.nc") == nil && FileNameTime("GPP_2001366.nc") == nil && FileNameTime("v12.nc") == nil)
  }

  @Test func otherGridsHaveNearestNeighbours() throws {
    try withTemporaryFolder { folder in
      let ensemble = TestGrid.unstructured(cells: 40)
      let writer = try NetCDFWriter("\(folder)/cells.nc")
      let cells = try writer.dimension("ncol", 40)
      let lat = try writer.variable("lat", .double, [cells], attributes: [("units", .text("degrees_north"))])
      let lon = try writer.variable("lon", .double, [cells], attributes: [("units", .text("degrees_east"))])
      let map = try writer.variable("v", .float, [cells], attributes: [("coordinates", .text("lat lon"))])
      try writer.endDefinitions()
      try writer.write((0..<40).map { ensemble.place(ofCell: $0).latitude }, to: lat)
      try writer.write((0..<40).map { ensemble.place(ofCell: $0).longitude }, to: lon)
      try writer.write((0..<40).map(Double.init), to: map)
      try writer.commit()
      try TestFile().write("\(folder)/a.nc")
      let output = "\(folder)/o.nc"
      try regrid(["\(folder)/a.nc:v", "--onto", "\(folder)/cells.nc", "--method", "nearest", "--output", output])
      let found = try values("v", of: output)
      for cell in 0..<40 {
        let place = ensemble.place(ofCell: cell)
        let (row, column) = (Int(found[cell]) / 12, Int(found[cell]) % 12)
        let nearest = (0..<72).map { other in
          angle(place.latitude, place.longitude, 75 - 30 * Double(other / 12), -165 + 30 * Double(other % 12))
        }
        #expect(abs(nearest[12 * row + column] - (nearest.min() ?? 0)) < 1e-9)
      }
      try regrid(
        [
          "\(folder)/cells.nc:v", "--onto", "\(folder)/cells.nc", "--method", "nearest", "--output", output,
          "--overwrite",
        ])
      #expect(try values("v", of: output) == (0..<40).map(Double.init))
      let done = try run(
        ["regrid", "\(folder)/cells.nc:v", "--method", "mean", "--output", "\(folder)/no.nc"] + Self.coarse)
      #expect(done.status == 65 && done.standardError.contains("unstructured"), "\(done.standardError)")
    }
  }

  /// The angle between two points in degrees (haversine formula).
  private func angle(_ latitude1: Double, _ longitude1: Double, _ latitude2: Double, _ longitude2: Double)
    -> Double
  {
    let radians = Double.pi / 180
    let (a, b) = (sin((latitude2 - latitude1) * radians / 2), sin((longitude2 - longitude1) * radians / 2))
    return 2 * asin(min(1, (a * a + cos(latitude1 * radians) * cos(latitude2 * radians) * b * b).squareRoot()))
      / radians
  }

  @Test func wrongInputIsToldAndNothingIsLeft() throws {
    try withTemporaryFolder { folder in
      var file = TestFile()
      try file.write("\(folder)/a.nc")
      file.value = { _, _, row, column in row == 2 && column == 3 ? 1.5 : 2 }
      try file.write("\(folder)/classes.nc")
      file.value = { _, _, row, _ in row == 0 ? 1e20 : 2 }
      try file.write("\(folder)/huge.nc")
      file = TestFile(hasCoordinates: false)
      try file.write("\(folder)/bare.nc")
      file = TestFile()
      file.times = [3, 4]
      try file.write("\(folder)/r1.nc")
      file.times = [1, 2]
      try file.write("\(folder)/r2.nc")
      let a = "\(folder)/a.nc:v"
      let before = contents(of: folder)
      let cases: [(status: Int32, words: String, arguments: [String])] = [
        (65, "no latitudes and longitudes", ["\(folder)/bare.nc:v", "--method", "mean"]),
        (65, "holds 1.5; expected classes", ["\(folder)/classes.nc:v", "--method", "majority"]),
        (65, "holds 1.5; expected classes", ["\(folder)/classes.nc:v", "--method", "fractions"]),
        (65, "give --fill", ["\(folder)/huge.nc:v", "--method", "mean"]),
        (65, "do not follow", ["\(folder)/r?.nc:v", "--method", "mean"]),
        (65, "no variable 'w'", ["\(folder)/a.nc:w", "--method", "mean"]),
        (66, "no file matches", ["\(folder)/none*.nc:v", "--method", "mean"]),
        (64, "--method 'cubic'", [a, "--method", "cubic"]),
        (64, "--method is missing", [a]),
        (64, "is no value", [a, "--method", "majority", "--recode", "'1-3'=1"]),
        (64, "overlap", [a, "--method", "majority", "--recode", "1-3=1,2=missing"]),
        (64, "nothing is said", [a, "--method", "majority", "--recode", "1-3=1,4"]),
        (64, "is neither", [a, "--method", "majority", "--recode", "1=mising"]),
        (64, "is no value", [a, "--method", "majority", "--recode", "3-1=1"]),
        (64, "is no value", [a, "--method", "majority", "--recode", "1=1,"]),
        (64, "--minimum-share 2", [a, "--method", "mean", "--minimum-share", "2"]),
        (64, "two maps are called 'v'", [a, "\(folder)/classes.nc:v", "--method", "mean"]),
      ]
      for test in cases {
        let rankCounts: [Int?] = test.arguments.contains("majority") && test.status == 65 ? [nil, 3] : [nil]
        for ranks in rankCounts {
          let done = try run(["regrid"] + test.arguments + Self.coarse + ["--output", "\(folder)/o.nc"], ranks: ranks)
          #expect(done.status == test.status, "\(test.arguments): \(done.status), \(done.standardError)")
          #expect(done.standardError.contains(test.words), "\(test.arguments): \(done.standardError)")
          #expect(done.standardError.components(separatedBy: "error: ").count == 2, "\(done.standardError)")
          #expect(contents(of: folder) == before)
        }
      }
      let blocks = try run(["regrid", a, "--method", "block", "--output", "\(folder)/o.nc", "--grid", "r5x3"])
      #expect(blocks.status == 65 && blocks.standardError.contains("no blocks of whole cells"))
      let twice = try run(
        ["regrid", a, "--method", "mean", "--output", "\(folder)/o.nc", "--onto", "x.nc"] + Self.coarse)
      #expect(twice.status == 64 && twice.standardError.contains("either --onto"))
      for grid in ["360x180", "r0x3", "r6", "r-6x3", "r6x3x1"] {
        let done = try run(["regrid", a, "--method", "mean", "--output", "\(folder)/o.nc", "--grid", grid])
        #expect(done.status == 64 && done.standardError.contains("--grid '\(grid)'"), "\(done.standardError)")
      }
    }
  }

  @Test func recodingIsDoneOnce() throws {
    let recoding = try Recoding("0,13,15-16=missing,1-5=1,-9--7=2,6=7,7=6")
    #expect([0.0, 13, 15, 16].allSatisfy { recoding($0).isNaN })
    #expect([1.0, 5, -8, 6, 7, 8, 12].map { recoding($0) } == [1, 1, 2, 7, 6, 8, 12])
    #expect(recoding(.nan).isNaN)
  }

  @Test func mapsComeToOtherGridsWithANote() throws {
    func map(_ latitudes: [Double], _ longitudes: [Double], _ values: [Double]) -> GridMap {
      GridMap(
        path: "soil.nc", name: "clay", units: "%", grid: Grid(latitudes: latitudes, longitudes: longitudes),
        values: values)
    }
    let own = map([-45, 45], [0, 90, 180, 270], [1, 2, 3, 4, 5, .nan, 7, 8])
    let rolled = try own.brought(
      to: Grid(latitudes: [45, -45.00005], longitudes: [-180, -90, 0, 90]), of: "g.nc", by: .bilinear)
    #expect(isSame(rolled.map.values, [7, 8, 5, .nan, 3, 4, 1, 2]) && rolled.note == nil)
    #expect(rolled.map.grid.longitudes == [-180, -90, 0, 90])
    let finer = Grid(latitudes: [-60, -30, 30, 60], longitudes: [45, 135, 225, 315])
    let nearest = try own.brought(to: finer, of: "g.nc", by: .nearest)
    #expect(nearest.note == "'clay' of soil.nc brought from 2 × 4 to 4 × 4 by nearest neighbour")
    let bilinear = try own.brought(to: finer, of: "g.nc", by: .bilinear)
    #expect(bilinear.map.values[0] == 1.5 && bilinear.map.values[8].isNaN && bilinear.map.values[12].isNaN)
    let halves = map([-45, 45], [0, 90, 180, 270], [0.5, 2, 3, 4, 5, 6, 7, 8])
    #expect(throws: JobError.self) { try halves.brought(to: finer, of: "g.nc", by: .majority) }
  }

  @Test func dryRunPredictsAndWritesNothing() throws {
    try withTemporaryFolder { folder in
      try TestFile().write("\(folder)/a.nc")
      let done = try regrid(
        ["\(folder)/a.nc:v", "--method", "mean", "--output", "\(folder)/o.nc", "--dry-run"] + Self.coarse)
      #expect(done.standardOutput.contains("3 × 6") && done.standardOutput.contains("memory:"))
      #expect(contents(of: folder) == ["a.nc"])
      let small = try run(
        ["regrid", "\(folder)/a.nc:v", "--method", "mean", "--output", "\(folder)/o.nc", "--memory-limit", "1MiB"]
          + Self.coarse)
      #expect(small.status == 71 && contents(of: folder) == ["a.nc"], "\(small.standardError)")
    }
  }

  /// Chunks that were never written are missing values; the library's own words of them are no news.
  @Test func chunksThatAreNotThereAreMissing() throws {
    try withTemporaryFolder { folder in
      let writer = try NetCDFWriter("\(folder)/a.nc")
      let dimensions = [try writer.dimension("lat", 6), try writer.dimension("lon", 12)]
      let latitude = try writer.variable(
        "lat", .double, [dimensions[0]], attributes: [("units", .text("degrees_north"))])
      let longitude = try writer.variable(
        "lon", .double, [dimensions[1]], attributes: [("units", .text("degrees_east"))])
      _ = try writer.variable(
        "v", .float, dimensions, attributes: [("_FillValue", .numbers([-9], .float))], chunks: [2, 12], deflate: 1)
      try writer.endDefinitions()
      try writer.write((0..<6).map { -75 + 30 * Double($0) }, to: latitude)
      try writer.write((0..<12).map { 15 + 30 * Double($0) }, to: longitude)
      try writer.commit()
      let done = try regrid(
        ["\(folder)/a.nc:v", "--method", "mean", "--output", "\(folder)/o.nc"] + Self.coarse)
      #expect(!done.standardError.contains("HDF5"), "\(done.standardError)")
      #expect(try values("v", of: "\(folder)/o.nc").allSatisfy(\.isNaN))
    }
  }

  private nonisolated static let koppen = RealRecord.data + "/koppen_whittaker_regions/Koppen.nc"

  /// Figures of numpy on the file, by counting cells.
  @Test(
    .enabled(
      if: FileManager.default.fileExists(atPath: koppen),
      "the climates are not there: ../shared/data/koppen_whittaker_regions"))
  func koppenClassesOfOneDegree() throws {
    try withTemporaryFolder { folder in
      var grid = TestFile()
      grid.latitudes = (0..<180).map { 89.5 - Double($0) }
      grid.longitudes = (0..<360).map { -179.5 + Double($0) }
      grid.value = { _, _, _, _ in 0 }
      try grid.write("\(folder)/one.nc")
      let output = "\(folder)/o.nc"
      try regrid(["\(Self.koppen):ids", "--onto", "\(folder)/one.nc", "--method", "block", "--output", output])
      let found = try values("ids", of: output)
      #expect(found.count { !$0.isNaN } == 18029)
      #expect((0..<4).map { id in found.count { $0 == Double(id) } } == [959, 542, 1673, 2171])
    }
  }
}
