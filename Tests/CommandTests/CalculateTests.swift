import Foundation
import TestSupport
import Testing

@testable import Distributed

/// Maps calculated from maps.
@MainActor @Suite struct CalculateTests {
  /// A map or, with `levels`, a variable on these; values by level and cell.
  private func write(
    _ path: String, _ name: String, units: String, rows: Int = 2, columns: Int = 3, levels: [Double] = [],
    _ value: (_ level: Int, _ cell: Int) -> Double
  ) throws {
    let writer = try NetCDFWriter(path)
    let latitude = try writer.dimension("lat", rows)
    let longitude = try writer.dimension("lon", columns)
    let level = levels.isEmpty ? nil : try writer.dimension("depth", levels.count)
    let latitudes = try writer.variable("lat", .double, [latitude], attributes: [("units", .text("degrees_north"))])
    let longitudes = try writer.variable("lon", .double, [longitude], attributes: [("units", .text("degrees_east"))])
    let depths = try level.map { try writer.variable("depth", .double, [$0], attributes: [("units", .text("m"))]) }
    let variable = try writer.variable(
      name, .double, (level.map { [$0] } ?? []) + [latitude, longitude],
      attributes: [("units", .text(units)), ("_FillValue", .numbers([-9999], .double))])
    try writer.endDefinitions()
    try writer.write((0..<rows).map { -45 + 90 * (Double($0) + 0.5) / Double(rows) }, to: latitudes)
    try writer.write((0..<columns).map { 360 * (Double($0) + 0.5) / Double(columns) }, to: longitudes)
    if let depths { try writer.write(levels, to: depths) }
    let values = (0..<max(1, levels.count)).flatMap { level in (0..<rows * columns).map { value(level, $0) } }
    try writer.write(values.map { $0.isNaN ? -9999 : $0 }, to: variable)
    try writer.commit()
  }

  private func calculate(_ expression: String, _ folder: String, _ more: [String] = [], ranks: Int? = nil) throws
    -> ProgramRun
  {
    let paths = ["a", "b", "l", "m", "f"].reduce(expression) { $0.replacing("<\($1)>", with: "\(folder)/\($1).nc") }
    return try run(
      ["calculate", paths, "--output", "\(folder)/out.nc", "--overwrite", "--progress", "0"] + more, ranks: ranks)
  }

  private func writeMaps(_ folder: String) throws {
    try write("\(folder)/a.nc", "x", units: "kg m-2") { _, cell in cell == 1 ? .nan : 10 + Double(cell) }
    try write("\(folder)/b.nc", "y", units: "kg/m2") { _, cell in cell == 2 ? .nan : Double(cell) - 3 }
    try write("\(folder)/l.nc", "z", units: "kg m-2", levels: [0.1, 0.5]) { Double(100 * $0 + $1) }
    try write("\(folder)/m.nc", "z", units: "kg m-2", levels: [0.1, 0.6]) { Double($0 + $1) }
    try write("\(folder)/f.nc", "y", units: "K", rows: 4, columns: 6) { _, cell in cell == 0 ? .nan : 7 }
  }

  private func result(_ name: String, _ folder: String) throws -> (values: [Double], units: String, longName: String) {
    let file = try NetCDFFile("\(folder)/out.nc")
    let variable = try file.requiredVariable(name)
    return (
      try file.values(variable).map(try StoredValues(variable, in: file).value), file.text("units", of: variable) ?? "",
      file.text("long_name", of: variable) ?? ""
    )
  }

  @Test func expressionsOfMaps() throws {
    try withTemporaryFolder { folder in
      try writeMaps(folder)
      let a = (0..<6).map { $0 == 1 ? Double.nan : 10 + Double($0) }
      let b = (0..<6).map { $0 == 2 ? Double.nan : Double($0) - 3 }
      let cases: [(String, String, String, [Double])] = [
        ("<a>:x - <b>:y", "difference", "kg m-2", zip(a, b).map { $0 - $1 }),
        ("<a>:x + <b>:y", "sum", "kg m-2", zip(a, b).map { $0 + $1 }),
        ("<a>:x / <b>:y", "ratio", "1", zip(a, b).map { $1 == 0 ? .nan : $0 / $1 }),
        ("<a>:x * <b>:y", "product", "kg2 m-4", zip(a, b).map { $0 * $1 }),
        ("(<a>:x - <b>:y) / <a>:x * 100", "product", "1", zip(a, b).map { ($0 - $1) / $0 * 100 }),
      ]
      for (text, name, units, expected) in cases {
        let done = try calculate(text, folder)
        #expect(done.status == 0, "\(done.standardError)")
        let found = try result(name, folder)
        #expect(found.units == units, "\(text): \(found.units)")
        for (one, other) in zip(found.values, expected) {
          #expect(
            one.isNaN && other.isNaN || abs(one - other) <= 1e-6 * abs(other), "\(text): \(one), expected \(other)")
        }
      }
      let done = try calculate("<a>:x - <b>:y", folder, ["--name", "gap", "--report", "\(folder)/r.json"], ranks: 2)
      #expect(done.status == 0, "\(done.standardError)")
      #expect(try result("gap", folder).longName == "x - y")
      #expect(
        try NetCDFFile("\(folder)/out.nc").text("comment")?.contains("\(folder)/a.nc:x - \(folder)/b.nc:y") ?? false)
      #expect(FileManager.default.fileExists(atPath: "\(folder)/r.json"))
    }
  }

  @Test func slicesAreJoinedOneByOne() throws {
    try withTemporaryFolder { folder in
      try writeMaps(folder)
      let done = try calculate("<l>:z - <a>:x", folder)
      #expect(done.status == 0, "\(done.standardError)")
      let found = try result("difference", folder).values
      let expected = (0..<12).map { (place: Int) -> Double in
        let (level, cell) = (place / 6, place % 6)
        return cell == 1 ? .nan : Double(100 * level + cell - 10 - cell)
      }
      #expect(zip(found, expected).allSatisfy { $0.isNaN && $1.isNaN || $0 == $1 } && found.count == 12, "\(found)")
      let file = try NetCDFFile("\(folder)/out.nc")
      #expect(try file.values(try file.requiredVariable("depth")) == [0.1, 0.5])
      let other = try calculate("<l>:z - <m>:z", folder)
      #expect(other.status == 65 && other.standardError.contains("depth = 2"), "\(other.standardError)")
    }
  }

  /// Never across a coast: beside a missing cell the map from the other grid is missing.
  @Test func mapsOnOtherGridsAreBroughtOver() throws {
    try withTemporaryFolder { folder in
      try writeMaps(folder)
      let dry = try calculate("<a>:x / <f>:y", folder, ["--dry-run"])
      #expect(dry.standardOutput.contains("another grid") && dry.standardOutput.contains("kg m-2 K-1"), "\(dry)")
      let done = try calculate("<a>:x / <f>:y", folder)
      #expect(done.status == 0 && done.standardError.contains("bilinear"), "\(done.standardError)")
      let found = try result("ratio", folder)
      #expect(found.units == "kg m-2 K-1")
      #expect(found.values[0].isNaN && found.values[1].isNaN && abs(found.values[5] - 15 / 7) < 1e-6, "\(found)")
      #expect(try NetCDFFile("\(folder)/out.nc").text("comment")?.contains("bilinear") ?? false)
    }
  }

  @Test(arguments: [
    ("<a>:x - <f>:y", [], 65, ["'kg m-2'", "'K'"]), ("<a>:x - <a>:none", [], 65, ["none"]),
    ("<a>:x - nothing.nc:x", [], 66, ["nothing.nc"]), ("(<a>:x - <b>:y", [], 64, ["closing bracket"]),
    ("mean(<a>:x)", [], 64, ["no function 'mean'"]), ("<a>:x,y - <b>:y", [], 64, ["no map"]),
    ("<a>:x * 2", ["--name", "lat"], 64, ["coordinate"]), ("<a>:x * 2", ["--name", "1x"], 64, ["--name"]),
    ("", [], 64, ["nothing to calculate"]),
  ])
  func wrongInputIsOneMessage(text: String, more: [String], status: Int, words: [String]) throws {
    try withTemporaryFolder { folder in
      try writeMaps(folder)
      let done = try calculate(text, folder, more)
      #expect(done.status == Int32(status), "\(done.standardError)")
      for word in words { #expect(done.standardError.contains(word), "\(done.standardError)") }
      #expect(done.standardError.split(separator: "\n").count { $0.hasPrefix("error:") } == 1, "\(done.standardError)")
      #expect(!FileManager.default.fileExists(atPath: "\(folder)/out.nc"))
    }
  }

  @Test func inputIsNeverReplaced() throws {
    try withTemporaryFolder { folder in
      try writeMaps(folder)
      let before = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/a.nc"))
      let done = try run(
        ["calculate", "\(folder)/a.nc:x * 2", "--output", "\(folder)/./a.nc", "--overwrite"])
      #expect(done.status == 73, "\(done.standardError)")
      #expect(try Data(contentsOf: URL(fileURLWithPath: "\(folder)/a.nc")) == before)
    }
  }
}
