import Distributed
import Foundation
import TestSupport
import Testing

@testable import smt_mpi

/// `view`: what its pages hold of files of maps.
@MainActor @Suite struct ViewTests {
  private static let (rows, columns) = (6, 8)
  private static let maps: TestMaps = {
    var maps = TestMaps(
      latitudes: (0..<rows).map { -62.5 + 25 * Double($0) }, longitudes: (0..<columns).map { 45 * Double($0) })
    maps.axes = [
      .init("season", [0, 1], [("flag_values", .numbers([0, 1], .int32)), ("flag_meanings", .text("wet dry"))]),
      .init("time", (0..<130).map { 15.2 + 30.4 * Double($0) }, [("units", .text("days since 2000-01-01"))]),
    ]
    return maps
  }()
  private static var cells: Int { rows * columns }

  /// Numbers that are no float's neighbours, one of them missing.
  private static func value(_ field: Int, _ cell: Int) -> Double {
    cell == 5 ? .nan : Double(Float(50 + 17 * sin(Double(31 * field + 7 * cell)) / 3))
  }

  private static let name = "text </script><script>alert(1)</script><!-- \u{2028} \"quoted\""

  private func write(_ path: String, steps: Bool = false) throws {
    let both = (0..<2).flatMap { season in (0..<Self.cells).map { Self.value(season, $0) } }
    let status: [Double] = (0..<2).flatMap { season in
      (0..<Self.cells).map { $0 == 5 ? 1 : $0 == 6 ? Double(season) : 0 }
    }
    let flags: TestMaps.Attributes = [
      ("flag_values", .numbers([0, 1], .int32)), ("flag_meanings", .text("computed not_land")),
    ]
    let series = (0..<130).flatMap { step in (0..<Self.cells).map { Self.value(step, $0) } }
    try Self.maps.write(
      [
        .init(
          "smt", axes: ["season"], both, type: .float,
          [("units", .text("percent")), ("long_name", .text(Self.name)), ("valid_range", .numbers([0, 100], .float))]),
        .init("status", axes: ["season"], status, type: .int32, flags),
        .init("area", Array(repeating: 2, count: Self.cells), [("units", .text("km2"))]),
      ] + (steps ? [.init("spei", axes: ["time"], series, type: .float)] : []), to: path)
  }

  private func view(_ arguments: [String], to path: String) throws -> TestPage {
    let done = try run(["view"] + arguments + ["--html", path])
    #expect(done.status == 0, "\(done.standardError)")
    #expect(done.standardOutput == "page: \(path)\n")
    return try TestPage(path)
  }

  /// The bits that 32-bit numbers of a map have, NaN alike.
  private func bits(_ values: [Double]) -> [UInt32] { values.map { $0.isNaN ? 0 : Float($0).bitPattern } }
  private func bits(_ page: TestPage, _ map: Int) -> [UInt32] { page.values(map).map { $0.isNaN ? 0 : $0.bitPattern } }

  @Test func aPageHoldsTheFilesBits() throws {
    try withTemporaryFolder { folder in
      try write("\(folder)/smt.nc")
      let page = try view(["\(folder)/smt.nc"], to: "\(folder)/p.html")
      let content = page.content
      #expect(
        content.maps.map(\.label) == ["smt, season=wet", "smt, season=dry", "status, season=wet", "status, season=dry"])
      #expect(content.maps.map(\.status) == [2, 3, nil, nil] && content.maps.map(\.coarsened) == [1, 1, 1, 1])
      #expect(content.maps.map(\.kind) == ["quantity", "quantity", "classes", "classes"])
      #expect(content.grids.count == 1 && content.maps.allSatisfy { $0.grid == 0 })
      #expect(content.grids[0].kind == "regular")
      #expect(content.grids[0].latitude == Self.maps.latitudes && content.grids[0].longitude == Self.maps.longitudes)
      for season in 0..<2 {
        let values = (0..<Self.cells).map { Self.value(season, $0) }
        #expect(bits(page, season) == bits(values))
        let present = values.filter(\.isFinite).sorted()
        let statistics = try #require(content.maps[season].statistics)
        #expect(statistics.count == Self.cells - 1)
        #expect(statistics.minimum == present[0] && statistics.maximum == present[present.count - 1])
        #expect(statistics.median == present[present.count / 2])
        #expect(abs(statistics.mean - present.reduce(0, +) / Double(present.count)) < 1e-9)
        // The file has areas, all of them alike.
        #expect(abs((statistics.areaMean ?? 0) - statistics.mean) < 1e-9)
        let histogram = try #require(content.maps[season].histogram)
        #expect(histogram.edges.count == histogram.counts.count + 1)
        #expect(histogram.counts.reduce(histogram.below + histogram.above, +) == present.count)
      }
      // One scale for both seasons, within the valid range.
      let scales = content.maps.prefix(2).map(\.scale)
      #expect(scales[0].low == scales[1].low && scales[0].high == scales[1].high && scales[0].high <= 100)
      #expect(scales[0].kind == "sequential" && scales[0].colours.count == 256)
      #expect(scales[0].colours.allSatisfy { $0.wholeMatch(of: /#[0-9a-f]{6}/) != nil })
      let counts = try #require(content.maps[3].counts)
      #expect(counts.map(\.meaning) == ["computed", "not_land"] && counts.map(\.cells) == [Self.cells - 2, 2])
      #expect(content.maps[3].flags?.map(\.meaning) == ["computed", "not_land"])
      #expect(content.run == nil && content.command?.contains("view") == true)
    }
  }

  /// Names from files stay text, and nothing is fetched.
  @Test func aNameCannotBecomeAScript() throws {
    try withTemporaryFolder { folder in
      try write("\(folder)/smt.nc")
      let page = try view(["\(folder)/smt.nc:smt[season=dry]"], to: "\(folder)/p.html")
      #expect(page.content.maps.map(\.longName) == [Self.name, ""])
      #expect(!page.html.contains("<script>") && !page.html.contains("<!-- "))
      let scripts = page.html.matches(of: /<script[^>]*>/).map { String($0.output) }
      // The data, two maps, and the one that is run, whose mark the policy names.
      #expect(scripts.count == 4)
      let mark = try #require(page.html.firstMatch(of: /script-src 'nonce-([0-9a-f]+)'/)).output.1
      #expect(scripts.count { !$0.contains("type=") } == 1 && scripts[3] == "<script nonce=\"\(mark)\">")
      #expect(page.html.contains("default-src 'none'"))
      #expect(page.html.firstMatch(of: /(src|href)\s*=\s*["']?(https?:|\/\/)/) == nil)
    }
  }

  @Test func ofManyStepsSomeAreShown() throws {
    try withTemporaryFolder { folder in
      try write("\(folder)/r.nc", steps: true)
      let page = try view(["\(folder)/r.nc:spei"], to: "\(folder)/p.html")
      #expect(page.content.maps.count == 60)
      #expect(page.content.maps[0].label == "spei, time=2000-01")
      #expect(page.content.maps[59].label == "spei, time=2010-10")
      #expect(bits(page, 59) == bits((0..<Self.cells).map { Self.value(129, $0) }))
      #expect(page.content.notes.contains { $0.contains("60 of 130 fields of spei are shown, evenly taken") })

      let few = try view(["\(folder)/r.nc", "--maps", "7"], to: "\(folder)/few.html")
      #expect(few.content.maps.count == 7 && few.place("smt, season=dry") != nil)
      #expect(few.content.maps.filter { $0.name == "spei" }.map(\.label).last == "spei, time=2010-10")

      let one = try view(["\(folder)/r.nc:spei[time=2004-07],smt[season=dry]"], to: "\(folder)/one.html")
      // What says why cells have no value comes with what is asked for.
      #expect(
        one.content.maps.map(\.label) == ["spei, time=2004-07", "smt, season=dry", "status, season=dry"])
      #expect(one.content.maps.map(\.status) == [nil, 2, nil])
      #expect(bits(one, 0) == bits((0..<Self.cells).map { Self.value(54, $0) }))
      #expect(bits(one, 1) == bits((0..<Self.cells).map { Self.value(1, $0) }))
      #expect(one.content.notes.isEmpty)
    }
  }

  /// A status without the dimension of which an index is chosen is that of all.
  @Test func aStatusOfAllStepsComesWithOne() throws {
    try withTemporaryFolder { folder in
      let flags: TestMaps.Attributes = [
        ("flag_values", .numbers([0, 1], .int32)), ("flag_meanings", .text("computed not_land")),
      ]
      let series = (0..<130).flatMap { step in (0..<Self.cells).map { Self.value(step, $0) } }
      try Self.maps.write(
        [
          .init("spei", axes: ["time"], series, type: .float),
          .init("status", (0..<Self.cells).map { $0 == 5 ? 1 : 0 }, type: .int32, flags),
        ], to: "\(folder)/spei.nc")
      let page = try view(["\(folder)/spei.nc:spei[time=2004-07]"], to: "\(folder)/p.html")
      #expect(page.content.maps.map(\.label) == ["spei, time=2004-07", "status"])
      #expect(page.content.maps.map(\.status) == [1, nil])
    }
  }

  /// A range with an end that is no number is none; the others are taken in their order.
  @Test func validRangesMayBeNone() throws {
    try withTemporaryFolder { folder in
      let grid = TestMaps(latitudes: [0, 30], longitudes: [0, 120])
      let ranges: [(TestMaps.Attributes, ClosedRange<Double>?)] = [
        ([("valid_range", .numbers([0, .nan], .double))], nil),
        ([("valid_max", .numbers([100], .double)), ("scale_factor", .numbers([0], .double))], nil),
        ([("valid_range", .numbers([0, 50], .double)), ("scale_factor", .numbers([-2], .double))], -100...0),
      ]
      for (number, (attributes, expected)) in ranges.enumerated() {
        let path = "\(folder)/\(number).nc"
        try grid.write([.init("v", [1, 2, 3, 4], attributes)], to: path)
        #expect(try MapSource(file: path).variables().map(\.validRange) == [expected], "\(number)")
      }
    }
  }

  @Test func picturesHaveLongNamesAndWhatIsSelected() throws {
    let grid = Grid(latitudes: [0], longitudes: [0])
    func title(_ longName: String, _ place: [(dimension: String, label: String)]) -> String {
      MapField(
        path: "", name: "smt", place: place, units: "", longName: longName, grid: grid, values: [], flags: [],
        validRange: nil
      ).title
    }
    #expect(title("threshold", [("season", "wet")]) == "threshold, season=wet" && title("threshold", []) == "threshold")
    #expect(title("", [("season", "wet")]) == "smt, season=wet")
  }

  @Test(arguments: [TestGrid.unstructured(cells: 40), .curvilinear(rows: 5, columns: 7)])
  func gridsOfOtherKinds(grid: TestGrid) throws {
    try withTemporaryFolder { folder in
      let values = (0..<grid.cellCount).map { $0 == 3 ? Double.nan : Double($0) / 4 }
      try writeMaps([("v", values)], units: "m", grid: grid, to: "\(folder)/v.nc")
      let page = try view(["\(folder)/v.nc"], to: "\(folder)/p.html")
      #expect(page.content.maps.map(\.name) == ["v"] && bits(page, 0) == bits(values))
      let found = page.content.grids[0]
      #expect(found.kind == (grid.shape.count == 1 ? "points" : "curvilinear"))
      #expect([found.rows, found.columns].compactMap(\.self) == (grid.shape.count == 1 ? [] : grid.shape))
      for cell in 0..<grid.cellCount {
        let place = grid.place(ofCell: cell)
        #expect(abs((found.latitude[cell] ?? .nan) - place.latitude) <= 5e-5)
        #expect(abs((found.longitude[cell] ?? .nan) - place.longitude) <= 5e-5)
      }
    }
  }

  @Test func geoTIFFAndNamesOfRegions() throws {
    try withTemporaryFolder { folder in
      var image = TestGeoTIFF { band, row, column in Double(100 * band + 10 * row + column) }
      image.bands = 2
      try image.write(to: "\(folder)/i.tif")
      let page = try view(["\(folder)/i.tif", "\(folder)/i.tif:2"], to: "\(folder)/p.html")
      #expect(page.content.maps.map(\.name) == ["1", "2", "2"] && page.content.grids.count == 1)
      let second = (0..<48).map { (cell: Int) -> Float in Float(200 + 10 * (cell / 8) + cell % 8) }
      #expect(page.values(1) == second)

      let writer = try NetCDFWriter("\(folder)/regions.nc")
      let (lat, lon) = (try writer.dimension("lat", 2), try writer.dimension("lon", 2))
      let names = try writer.dimension("names", 3)
      let y = try writer.variable("lat", .double, [lat], attributes: [("units", .text("degrees_north"))])
      let x = try writer.variable("lon", .double, [lon], attributes: [("units", .text("degrees_east"))])
      let labels = try writer.variable("labels", .character, [names, try writer.dimension("width", 2)])
      let ids = try writer.variable("ids", .int32, [lat, lon], attributes: [("labels", .text("labels"))])
      try writer.endDefinitions()
      try writer.write([10.0, 20], to: y)
      try writer.write([10.0, 20], to: x)
      try writer.write(labels: ["Af", "Am", "Aw"], to: labels)
      try writer.write([Int32(2), 0, 2, 2], to: ids)
      try writer.commit()
      let regions = try view(["\(folder)/regions.nc"], to: "\(folder)/regions.html")
      #expect(regions.content.maps.map(\.kind) == ["classes"])
      #expect(regions.content.maps[0].counts?.map(\.meaning) == ["Af", "Aw"])
      #expect(regions.content.maps[0].counts?.map(\.cells) == [1, 3])
    }
  }

  @Test func twelveMapsOfOneDegreeAreBelowFiveMegabytes() throws {
    try withTemporaryFolder { folder in
      var maps = TestMaps(
        latitudes: (0..<192).map { -90 + 180 * Double($0) / 191 }, longitudes: (0..<288).map { 1.25 * Double($0) })
      maps.axes = [.init("month", (1...12).map(Double.init))]
      // Noise, of which deflate makes nothing.
      var generator = SystemRandomNumberGenerator()
      let values = (0..<12 * maps.cellCount).map { _ in Double(Float.random(in: 0..<1, using: &generator)) }
      try maps.write([.init("v", axes: ["month"], values, type: .float)], to: "\(folder)/v.nc")
      let page = try view(["\(folder)/v.nc"], to: "\(folder)/p.html")
      #expect(page.content.maps.count == 12 && page.content.maps.allSatisfy { $0.coarsened == 1 })
      #expect(page.html.utf8.count < 5_000_000, "\(page.html.utf8.count) bytes")
      #expect(bits(page, 11) == bits(Array(values.suffix(maps.cellCount))))
    }
  }

  @Test func picturesAreNamedByMaps() throws {
    try withTemporaryFolder { folder in
      try write("\(folder)/smt.nc")
      let arguments = ["view", "\(folder)/smt.nc", "--png", "\(folder)/png"]
      let done = try run(arguments)
      #expect(done.status == 0 && done.standardOutput == "pictures: \(folder)/png\n", "\(done.standardError)")
      let names = ["smt_season-dry.png", "smt_season-wet.png", "status_season-dry.png", "status_season-wet.png"]
      #expect(contents(of: "\(folder)/png") == names)
      let refused = try run(arguments)
      #expect(refused.status == 73 && refused.standardError.contains("smt_season-dry.png exists; give --overwrite"))
      #expect(try run(arguments + ["--overwrite"]).status == 0)
      try write("\(folder)/other.nc")
      let two = try run([
        "view", "\(folder)/smt.nc:smt", "\(folder)/other.nc:smt[season=dry]", "--png", "\(folder)/two",
      ])
      #expect(two.status == 0)
      #expect(contents(of: "\(folder)/two").contains("smt_smt_season-wet.png"))
      #expect(contents(of: "\(folder)/two").contains("other_smt_season-dry.png"))
    }
  }

  @Test func whatCannotBeShownIsNamed() throws {
    try withTemporaryFolder { folder in
      try write("\(folder)/smt.nc")
      try writeText("class,n\na,1\n", to: "\(folder)/t.csv")
      try writeText("there already", to: "\(folder)/there.html")
      let writer = try NetCDFWriter("\(folder)/series.nc")
      let time = try writer.dimension("time", 3)
      let series = try writer.variable("gpp", .float, [time])
      try writer.endDefinitions()
      try writer.write([Float(1), 2, 3], to: series)
      try writer.commit()
      let page = ["--html", "\(folder)/p.html"]
      for (arguments, status, words) in [
        (["\(folder)/smt.nc"], 64, "--html or --png is missing"),
        (page, 64, "there is nothing to show"),
        (["\(folder)/none.nc"] + page, 66, "none.nc"),
        (["\(folder)/series.nc"] + page, 65, "no variable is a map"),
        (["\(folder)/series.nc:gpp"] + page, 65, "has no latitudes and longitudes"),
        (["\(folder)/smt.nc:none"] + page, 65, "no variable 'none'"),
        (["\(folder)/smt.nc:smt[season=cold]"] + page, 65, "has no season = cold"),
        (["\(folder)/t.csv"] + page, 65, "--table \(folder)/t.csv"),
        (["\(folder)/smt.nc", "--maps", "0"] + page, 64, "--maps 0: expected 1 to"),
        (["\(folder)/smt.nc", "--html", "\(folder)/there.html"], 73, "there.html exists"),
        (["\(folder)/smt.nc", "--html", "\(folder)/no/p.html"], 73, "is not there or cannot be written"),
        (["\(folder)/smt.nc", "--overwrite", "--html", "\(folder)/smt.nc"], 73, "is one of the input files"),
      ] as [([String], Int32, String)] {
        let done = try run(["view"] + arguments)
        #expect(done.status == status && done.standardError.contains(words), "\(arguments): \(done.standardError)")
        #expect(done.standardError.split(separator: "\n").count == 1, "\(done.standardError)")
      }
      #expect(!contents(of: folder).contains("p.html"))
      #expect(try String(contentsOfFile: "\(folder)/there.html", encoding: .utf8) == "there already")
    }
  }
}
