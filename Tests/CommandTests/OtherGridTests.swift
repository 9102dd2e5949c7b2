import Distributed
import Foundation
import TestSupport
import Testing

/// Maps on another grid than what they are used with: in `compare`, for `--mask` and for `--season`.
@MainActor @Suite struct OtherGridTests {
  private struct Report: Decodable {
    struct Counts: Decodable {
      var (compared, onlyA, onlyB): (Int, Int, Int)
      init(from decoder: any Decoder) throws {
        let counts = try decoder.singleValueContainer().decode([String: Int].self)
        (compared, onlyA, onlyB) = (counts["compared"] ?? -1, counts["onlyA"] ?? -1, counts["onlyB"] ?? -1)
      }
    }
    struct Statistics: Decodable {
      var rmse: Double
      var bias: Double
    }
    var counts: Counts
    var cells: Statistics
    var area: Statistics
    var regridding: String?
  }

  private func report(_ arguments: [String]) throws -> Report {
    let done = try run(["compare", "--json"] + arguments)
    #expect(done.status == 0, "\(done.standardError)")
    return try JSONDecoder().decode(Report.self, from: Data(done.standardOutput.utf8))
  }

  /// A value that depends on the place alone; every third cell has none.
  private static func sparse(_ grid: TestGrid) -> [Double] {
    (0..<grid.cellCount).map { cell in
      let place = grid.place(ofCell: cell)
      let longitude = (place.longitude + 360).truncatingRemainder(dividingBy: 360)
      let number = (place.latitude * 7 + longitude).rounded()
      return Int(number) % 3 == 0 ? .nan : number
    }
  }

  @Test func rolledAndFlippedGridsAreTheSame() throws {
    try withTemporaryFolder { folder in
      let plain = TestGrid.regular(rows: 4, columns: 6)
      try writeMaps([("x", Self.sparse(plain))], units: "%", grid: plain, to: "\(folder)/a.nc")
      let count = Self.sparse(plain).count { !$0.isNaN }
      #expect(count > 8 && count < 24)
      for (ascending, fromZero) in [(true, false), (false, true), (false, false)] {
        let turned = TestGrid.regular(rows: 4, columns: 6, ascending: ascending, fromZero: fromZero)
        try writeMaps([("x", Self.sparse(turned))], units: "%", grid: turned, to: "\(folder)/b.nc")
        for (a, b) in [("a", "b"), ("b", "a")] {
          let found = try report(["\(folder)/\(a).nc:x", "\(folder)/\(b).nc:x"])
          #expect(found.counts.compared == count && found.counts.onlyA == 0 && found.counts.onlyB == 0)
          #expect(found.cells.rmse == 0 && found.area.rmse == 0 && found.regridding == nil)
        }
      }
      // A GeoTIFF goes from north to south and from -180° on.
      let image = TestGrid.regular(rows: 4, columns: 6, ascending: false, fromZero: false)
      let values = Self.sparse(image)
      var file = TestGeoTIFF { _, row, column in values[row * 6 + column] }
      (file.rows, file.columns, file.scale, file.tiePoints) = (4, 6, [60, 40, 0], [0, 0, 0, -180, 80, 0])
      try file.write(to: "\(folder)/b.tif")
      let found = try report(["\(folder)/a.nc:x", "\(folder)/b.tif:1"])
      #expect(found.counts.compared == count && found.cells.rmse == 0 && found.regridding == nil)
    }
  }

  @Test func otherGridsAreBroughtOver() throws {
    try withTemporaryFolder { folder in
      let (coarse, fine) = (TestGrid.regular(rows: 6, columns: 8), TestGrid.regular(rows: 12, columns: 16))
      // Linear in latitude, which interpolation keeps.
      for (name, grid) in [("a", coarse), ("b", fine)] {
        let values = (0..<grid.cellCount).map { 100 + grid.place(ofCell: $0).latitude }
        try writeMaps([("x", values)], units: "%", grid: grid, to: "\(folder)/\(name).nc")
      }
      let maps = ["\(folder)/a.nc:x", "\(folder)/b.nc:x"]
      let found = try report(maps + ["--map", "\(folder)/m.nc"])
      let note = "'x' of \(folder)/b.nc brought from 12 × 16 to 6 × 8 by bilinear interpolation"
      #expect(found.counts.compared == 48 && found.cells.rmse < 1e-9 && found.regridding == note)
      let file = try NetCDFFile("\(folder)/m.nc")
      #expect(file.text("comment")?.contains(note) == true)
      #expect(try GridMap.read("difference", from: "\(folder)/m.nc").grid.shape == [6, 8])
      #expect(try run(["compare"] + maps).standardOutput.contains("grid: \(note)\n"))

      // Of two rows that are equally far the one towards the pole is nearer, since columns are half a cell apart.
      let nearest = try report(maps + ["--method", "nearest"])
      #expect(abs(nearest.cells.rmse - 80.0 / 12) < 1e-9 && nearest.regridding?.hasSuffix("nearest neighbour") == true)
      #expect(try run(["compare"] + maps + ["--method", "cubic"]).status == 64)

      // What has no rows has neighbours alone.
      let scattered = TestGrid.unstructured(cells: 40)
      try writeMaps(
        [("x", [Double](repeating: 1, count: 40))], units: "%", grid: scattered, to: "\(folder)/s.nc")
      let refused = try run(["compare", maps[0], "\(folder)/s.nc:x"])
      #expect(refused.status == 65 && refused.standardError.contains("nearest neighbours work on any grid"))
      #expect(try report([maps[0], "\(folder)/s.nc:x", "--method", "nearest"]).counts.compared > 20)
    }
  }

  @Test func arraysOfNumpy() throws {
    try withTemporaryFolder { folder in
      let grid = TestGrid.regular(rows: 2, columns: 3)
      try writeMaps([("x", [1, 2, 3, 4, .nan, 6])], units: "%", grid: grid, to: "\(folder)/a.nc")
      let header = "{'descr': '<i2', 'fortran_order': False, 'shape': (2, 3), }\n"
      let numbers: [Int16] = [1, 2, -9999, 4, 5, 8]
      let bytes =
        [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, UInt8(header.utf8.count), 0] + Array(header.utf8)
        + numbers.withUnsafeBytes { [UInt8]($0) }
      let path = "\(folder)/b.npy"
      try Data(bytes).write(to: URL(fileURLWithPath: path))
      let found = try report(["\(folder)/a.nc:x", path, "--grid", "\(folder)/a.nc:x", "--fill", "-9999"])
      #expect(found.counts.compared == 4 && found.counts.onlyA == 1 && found.counts.onlyB == 1)
      #expect(found.cells.bias == -0.5)
      // CDO's grid of three columns and two rows has its rows 45° from the equator.
      let named = try report([path, path, "--grid", "r3x2"])
      #expect(named.counts.compared == 6)
      let cases: [([String], Int32, String)] = [
        ([path], 64, "has no coordinates; give its grid: --grid"),
        ([path, "--grid", "r4x2"], 65, "has 2 × 3 values; expected 2 × 4"),
        ([path, "--grid", "r0x2"], 64, "--grid 'r0x2'"), ([path, "--grid", "nothing"], 66, "nothing"),
        ([path, "--grid", "r999999x999999"], 64, "--grid 'r999999x999999'"),
        ([path, "--grid", "\(folder)/a.nc:y"], 65, "no variable 'y'"),
        (["\(folder)/a.nc:x", "--fill", "0"], 64, "no map is one"),
      ]
      for (arguments, status, message) in cases {
        let done = try run(["compare", "\(folder)/a.nc:x"] + arguments)
        #expect(done.status == status && done.standardError.contains(message), "\(arguments): \(done.standardError)")
      }
    }
  }

  // MARK: Mask and season

  /// The values of cells of a coarse grid on one with three times as many rows and columns: at the middles of the coarse
  /// cells, and elsewhere what `others` says.
  private static func refined(_ values: [Double], columns: Int, others: (_ value: Double) -> Double) -> [Double] {
    (0..<9 * values.count).map { cell in
      let (row, column) = (cell / (3 * columns), cell % (3 * columns))
      let value = values[row / 3 * columns + column / 3]
      return row % 3 == 1 && column % 3 == 1 ? value : others(value)
    }
  }

  @Test func maskAndSeasonOnAnotherGrid() throws {
    let (coarse, fine) = (
      TestGrid.regular(rows: 3, columns: 4), TestGrid.regular(rows: 9, columns: 12, fromZero: false)
    )
    let cells = Array(0..<12)
    let land = cells.map { $0 % 5 == 0 ? 0 : $0 == 9 ? .nan : 0.5 }
    let (first, last) = (cells.map { Double($0 % 12 + 1) }, cells.map { Double(($0 + 5) % 12 + 1) })
    // Columns of the fine grid begin half a turn away.
    func rolled(_ values: [Double]) -> [Double] {
      values.indices.map { values[$0 / 12 * 12 + ($0 % 12 + 6) % 12] }
    }
    try withTemporaryFolder { folder in
      let fixture = ThresholdFixture.make(grid: coarse)
      try fixture.ensemble.write(to: folder)
      try writeMaps([("first", first), ("last", last), ("land", land)], grid: coarse, to: "\(folder)/own.nc")
      // The middle of a cell alone is no majority, here the other way round.
      try writeMaps(
        [
          ("first", rolled(Self.refined(first, columns: 4) { $0 + 1 == 13 ? 1 : $0 + 1 })),
          ("last", rolled(Self.refined(last, columns: 4) { _ in .nan })),
          (
            "land", rolled(Self.refined(land.map { $0.isNaN ? 0 : $0 == 0 ? 1 : .nan }, columns: 4) { $0 == 0 ? 2 : 0 })
          ),
          ("wanted", rolled(Self.refined(land, columns: 4) { $0 })),
        ], grid: fine, to: "\(folder)/fine.nc")
      @MainActor func bits(_ more: [String], ranks: Int? = nil) throws -> (bits: [String: [UInt64]], run: ProgramRun) {
        let done = try run(
          fixture.arguments(folder, ["--overwrite", "--report", "\(folder)/r.json"] + more), ranks: ranks)
        #expect(done.status == 0, "\(done.standardError)")
        return (try CommandTests.bits(of: "\(folder)/smt.nc"), done)
      }
      let season = try bits(["--season", "\(folder)/own.nc:first,last"]).bits
      let masked = try bits(["--mask", "\(folder)/own.nc:land"]).bits
      #expect(season != masked)
      for ranks in [nil, 2, 3] {
        let (found, done) = try bits(["--season", "\(folder)/fine.nc:first,last"], ranks: ranks)
        #expect(found == season, "\(ranks ?? 1) ranks")
        let notes = ["first", "last"].map {
          "'\($0)' of \(folder)/fine.nc brought from 9 × 12 to 3 × 4 by nearest neighbour"
        }
        try expect(notes, in: done, folder)
        let (other, run) = try bits(["--mask", "\(folder)/fine.nc:wanted"], ranks: ranks)
        #expect(other == masked, "\(ranks ?? 1) ranks")
        try expect(["'wanted' of \(folder)/fine.nc brought from 9 × 12 to 3 × 4 by area majority"], in: run, folder)
      }
      // Missing and 0 alike are the majority where the middle alone is land.
      _ = try bits(["--mask", "\(folder)/fine.nc:land"])
      let outside = try statuses("\(folder)/smt.nc").map { $0 == "outside_selection" }
      #expect(outside == land.map { !$0.isNaN })
    }
  }

  /// Terminal, report and the maps' comment say what was done.
  private func expect(_ notes: [String], in run: ProgramRun, _ folder: String) throws {
    let report = try RunReport.read(from: "\(folder)/r.json")
    let comment = try NetCDFFile("\(folder)/smt.nc").text("comment") ?? ""
    for note in notes {
      #expect(run.standardError.contains("warning: \(note)"), "\(run.standardError)")
      #expect(report.warnings.contains(note) && comment.contains(note), "\(comment)")
    }
  }

  /// Where rows and columns are none, a mask comes from the nearest cells.
  @Test func masksOfGridsThatAreNotRegular() throws {
    try withTemporaryFolder { folder in
      let fixture = ThresholdFixture.make(grid: .unstructured(cells: 12))
      try fixture.ensemble.write(to: folder)
      let mask = TestGrid.regular(rows: 18, columns: 36)
      let values = (0..<mask.cellCount).map { mask.place(ofCell: $0).latitude > 0 ? 1.0 : 0 }
      try writeMaps([("north", values)], grid: mask, to: "\(folder)/mask.nc")
      let done = try run(fixture.arguments(folder, ["--mask", "\(folder)/mask.nc:north"]), ranks: 2)
      #expect(done.status == 0 && done.standardError.contains("nearest neighbour"), "\(done.standardError)")
      let isNorth = try statuses("\(folder)/smt.nc").map { $0 != "outside_selection" }
      #expect(isNorth == (0..<12).map { fixture.ensemble.grid.place(ofCell: $0).latitude > 0 })
    }
  }

  @Test func masksFromGeoTIFF() throws {
    try withTemporaryFolder { folder in
      let fixture = ThresholdFixture.make(grid: .regular(rows: 4, columns: 8))
      try fixture.ensemble.write(to: folder)
      var image = TestGeoTIFF { band, _, column in band == 2 && column < 4 ? 1 : 0 }
      (image.rows, image.bands, image.type) = (4, 2, .uint8)
      (image.scale, image.tiePoints) = ([45, 40, 0], [0, 0, 0, -180, 80, 0])
      try image.write(to: "\(folder)/land.tif")
      let done = try run(fixture.arguments(folder, ["--mask", "\(folder)/land.tif:2"]), ranks: 2)
      #expect(done.status == 0 && !done.standardError.contains("brought"), "\(done.standardError)")
      // The western half lies behind the eastern one where longitudes begin at 0°.
      let isChosen = try statuses("\(folder)/smt.nc").map { $0 != "outside_selection" }
      #expect(isChosen == (0..<32).map { $0 % 8 >= 4 })
    }
  }

  @Test func classesOfGeoTIFF() throws {
    try withTemporaryFolder { folder in
      let grid = TestGrid.regular(rows: 4, columns: 8, ascending: false, fromZero: false)
      try writeMaps([("1", (0..<32).map(Double.init))], grid: grid, to: "\(folder)/x.nc")
      var image = TestGeoTIFF { _, row, column in Double(8 * row + column) }
      (image.rows, image.scale, image.tiePoints) = (4, [45, 40, 0], [0, 0, 0, -180, 80, 0])
      try image.write(to: "\(folder)/x.tif")
      var tables: [String] = []
      for name in ["x.nc", "x.tif"] {
        let done = try run([
          "summarise", "\(folder)/\(name):1", "--bands", "0:90", "--output", "\(folder)/\(name).csv", "--progress", "0",
        ])
        #expect(done.status == 0, "\(done.standardError)")
        tables.append((try? String(contentsOfFile: "\(folder)/\(name).csv", encoding: .utf8)) ?? name)
      }
      // The middle of 0 to 15.
      #expect(tables[0].contains(",16,") && tables[0].contains(",7.5,"), "\(tables[0])")
      #expect(tables[1].split(separator: ",").prefix(20) == tables[0].split(separator: ",").prefix(20), "\(tables[1])")
    }
  }

  /// Files that would make a library fail end with their name, and nothing else.
  @Test func hostileImages() throws {
    let cases: [(String, (inout TestGeoTIFF) -> Void)] = [
      ("truncated or damaged", { $0.changes[273] = [1 << 30, 1 << 31] }),
      ("truncated or damaged", { $0.changes[273] = [0xffff_ffff, 8] }),
      ("truncated or damaged", { $0.changes[279] = [1, 1] }),
      ("image.tif", { $0.changes[279] = [0xffff_ffff, 0xffff_ffff] }),
      ("cells; expected 1 to", { $0.changes[256] = [1 << 31] }), ("image.tif", { $0.changes[256] = [0xffff_ffff] }),
      ("image.tif", { $0.changes[257] = [0xffff_ffff] }), ("image.tif", { $0.changes[257] = [0] }),
      ("image.tif", { $0.changes[256] = [0] }),
      ("image.tif", { $0.changes[277] = [65535] }), ("image.tif", { $0.changes[277] = [0] }),
      ("image.tif", { ($0.changes[277], $0.changes[256]) = ([65535], [2_000_000]) }),
      ("image.tif", { $0.changes[278] = [0] }),
      ("image.tif", { $0.changes[258] = [0] }), ("image.tif", { $0.changes[258] = [65535] }),
      ("image.tif", { $0.changes[284] = [9] }),
      (
        "image.tif",
        {
          $0.tile = (16, 16); $0.changes[322] = [0]
        }
      ),
      (
        "image.tif",
        {
          $0.tile = (16, 16); $0.changes[323] = [1 << 31]
        }
      ),
      (
        "image.tif",
        {
          $0.tile = (16, 16); ($0.changes[322], $0.changes[323]) = ([1 << 20], [1 << 20])
        }
      ),
      (
        "image.tif",
        {
          $0.tile = (16, 16); $0.changes[324] = [1 << 31]
        }
      ),
      (
        "image.tif",
        {
          $0.compression = .deflate; $0.changes[279] = [5, 5]
        }
      ),
      (
        "image.tif",
        {
          $0.compression = .lzw; $0.changes[317] = [9]
        }
      ),
      ("image.tif", { $0.keys = (0..<500).map { _ in (1024, 7) } }),
    ]
    try withTemporaryFolder { folder in
      let path = "\(folder)/image.tif"
      for (number, (text, change)) in cases.enumerated() {
        var image = TestGeoTIFF { _, row, column in Double(row + column) }
        image.type = .uint16
        change(&image)
        try image.write(to: path)
        let done = try run(["compare", path, path])
        #expect(done.status == 65, "\(number): \(done.status) \(done.standardError) \(done.standardOutput)")
        #expect(
          done.standardError.contains(text) && done.standardError.contains("image.tif"),
          "\(number): \(done.standardError)")
      }
    }
  }
}
