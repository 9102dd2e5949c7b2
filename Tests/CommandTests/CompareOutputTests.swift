import Distributed
import Foundation
import TestSupport
import Testing

/// What `compare` writes beside its table: quantiles and maps; relative tolerances and unlike units.
@MainActor @Suite struct CompareOutputTests {
  private static let grid = TestGrid.regular(rows: 2, columns: 3)
  private static let a: [Double] = [60, 70, .nan, -8, 5, 50]
  private static let b: [Double] = [50, 70, 75, -10, 0, .nan]

  /// Writes maps of A and B; those of `units` have no units where it is empty.
  private func withMaps(units: (String, String) = ("%", "%"), _ body: (String) throws -> Void) throws {
    try withTemporaryFolder { folder in
      for (name, values, units) in [("a", Self.a, units.0), ("b", Self.b, units.1)] {
        var record = TestEnsemble(
          grid: Self.grid, time: TestTime(from: Month(year: 2001, month: 1), count: 1),
          fields: [TestField("x", units: units) { values[$0.cell] }], members: [name])
        record.storage.packing = .double
        try record.write(to: folder)
      }
      try body(folder)
    }
  }

  private func compare(_ folder: String, _ more: [String]) throws -> ProgramRun {
    try run(["compare", "\(folder)/a.nc:x", "\(folder)/b.nc:x"] + more)
  }

  private func share(_ folder: String, _ more: [String]) throws -> Double {
    struct Report: Decodable {
      struct Statistics: Decodable { var shareWithin: Double }
      var cells: Statistics
    }
    let done = try compare(folder, more + ["--json"])
    #expect(done.status == 0, "\(done.standardError)")
    return try JSONDecoder().decode(Report.self, from: Data(done.standardOutput.utf8)).cells.shareWithin
  }

  /// Differences 10, 0, 2 and 5, of B's 50, 70, −10 and 0.
  @Test func tolerancesAreAbsoluteOrRelativeToB() throws {
    try withMaps { folder in
      #expect(try share(folder, ["--within", "20"]) == 1)
      #expect(try share(folder, ["--within", "2"]) == 0.5)
      #expect(try share(folder, ["--within", "20%"]) == 0.75)
      #expect(try share(folder, ["--within", "19.9%"]) == 0.25)
      // Of A's 60 ten is less than 17 %.
      let swapped = try run(["compare", "\(folder)/b.nc:x", "\(folder)/a.nc:x", "--within", "17%", "--json"])
      #expect(swapped.standardOutput.contains("\"shareWithin\" : 0.5"), "\(swapped.standardOutput)")
      #expect(try compare(folder, ["--within", "20%"]).standardOutput.contains("<= 20 % of |B|"))
      for wrong in ["nan", "-1%", "inf", "20%%", "%", "5K"] {
        #expect(try compare(folder, ["--within", wrong]).status == 64, "\(wrong)")
      }
    }
  }

  @Test func quantilePairs() throws {
    try withMaps { folder in
      let path = "\(folder)/pairs.csv"
      let done = try compare(folder, ["--quantiles", path])
      #expect(done.status == 0, "\(done.standardError)")
      let text = try String(contentsOfFile: path, encoding: .utf8)
      let lines = text.components(separatedBy: "\r\n")
      #expect(lines.count == 103 && lines[102].isEmpty && lines[0] == "probability,quantile_a,quantile_b")
      #expect(!text.replacingOccurrences(of: "\r\n", with: "").contains("\n"))
      let rows = lines[1...101].map { $0.split(separator: ",").compactMap { Double($0) } }
      #expect(rows.allSatisfy { $0.count == 3 })
      // numpy.quantile of [-8, 5, 60, 70] and [-10, 0, 50, 70].
      for (index, a, b) in [(0, -8.0, -10.0), (10, -4.1, -7.0), (50, 32.5, 25), (99, 69.7, 69.4), (100, 70, 70)] {
        let row = rows[index]
        #expect(row[0] == Double(index) / 100 && abs(row[1] - a) < 1e-12 && abs(row[2] - b) < 1e-12, "\(row)")
      }
      #expect(contents(of: folder) == ["a.nc", "b.nc", "pairs.csv"])
    }
  }

  @Test func mapsOfAgreement() throws {
    try withMaps { folder in
      let path = "\(folder)/agreement.nc"
      let done = try compare(folder, ["--map", path, "--within", "20%"])
      #expect(done.status == 0, "\(done.standardError)")
      func check(_ name: String, _ expected: [Double]) throws {
        let found = try map(name, path)
        #expect(
          found.count == 6 && zip(found, expected).allSatisfy { $0.isNaN && $1.isNaN || abs($0 - $1) < 1e-5 },
          "\(name): \(found)")
      }
      try check("difference", [10, 0, .nan, 2, 5, .nan])
      // Relative to the magnitude of B: the sign is that of the difference.
      try check("relative_difference", [20, 0, .nan, 20, .nan, .nan])
      try check("agreement", [1, 1, .nan, 1, 0, .nan])
      let file = try NetCDFFile(path)
      let flag = try file.requiredVariable("agreement")
      #expect(file.text("flag_meanings", of: flag) == "differs agrees")
      #expect(file.text("Conventions") == "CF-1.8" && file.text("comment")?.contains("a.nc") == true)
      #expect(file.text("units", of: try file.requiredVariable("difference")) == "%")
      #expect(contents(of: folder) == ["a.nc", "agreement.nc", "b.nc"])
    }
  }

  @Test func outputsThatCannotBeWritten() throws {
    try withMaps { folder in
      for option in ["--map", "--quantiles"] {
        let missing = try compare(folder, [option, "\(folder)/none/out"])
        #expect(missing.status == 73 && missing.standardError.contains("none/out"), "\(missing.standardError)")
        let existing = try compare(folder, [option, "\(folder)/a.nc"])
        #expect(existing.status == 73 && existing.standardError.contains("--overwrite"), "\(existing.standardError)")
        let inputByAnotherName = "\(folder)/../\(URL(fileURLWithPath: folder).lastPathComponent)/a.nc"
        let input = try compare(folder, [option, inputByAnotherName, "--overwrite"])
        #expect(input.status == 73 && input.standardError.contains("one of the input files"), "\(input.standardError)")
        let folderItself = try compare(folder, [option, folder, "--overwrite"])
        #expect(folderItself.status == 73, "\(folderItself.standardError)")
      }
      #expect(contents(of: folder) == ["a.nc", "b.nc"])
    }
  }

  @Test func unlikeUnitsHaveACorrelationAlone() throws {
    try withMaps(units: ("%", "m3 m-3")) { folder in
      let refused = try compare(folder, [])
      #expect(refused.status == 65 && refused.standardError.contains("--unlike-units"))
      let done = try compare(folder, ["--unlike-units", "--json", "--quantiles", "\(folder)/pairs.csv"])
      #expect(done.status == 0, "\(done.standardError)")
      let json = try JSONSerialization.jsonObject(with: Data(done.standardOutput.utf8))
      let report = try #require(json as? [String: Any])
      #expect(report["units"] as? String == "%" && report["unitsOfB"] as? String == "m3 m-3")
      #expect((report["counts"] as? [String: Int])?["compared"] == 4 && report["within"] == nil)
      for kind in ["cells", "area"] {
        let statistics = try #require(report[kind] as? [String: Double])
        #expect(Array(statistics.keys) == ["correlation"])
      }
      // numpy.corrcoef([60, 70, -8, 5], [50, 70, -10, 0])
      let correlation = (report["cells"] as? [String: Double])?["correlation"] ?? 0
      #expect(abs(correlation - 0.9937573198931946) < 1e-12, "\(correlation)")
      let table = try compare(folder, ["--unlike-units"]).standardOutput
      #expect(table.contains("Pearson correlation") && !table.contains("RMSE") && table.contains("A %, B m3 m-3"))
      for option in [["--map", "\(folder)/m.nc"], ["--within", "3"]] {
        #expect(try compare(folder, ["--unlike-units"] + option).status == 64)
      }
    }
  }
}
