import Distributed
import Foundation
import TestSupport
import Testing

/// What is too short for any cell to have a result is refused before data are read.
@MainActor @Suite struct ShortRecordTests {
  private nonisolated static func value(_ sample: TestSample) -> Double {
    30 + 5 * sin(Double(sample.month.index * (sample.cell + 1))) + Double(sample.month.year - 2000)
  }

  private static let record = TestEnsemble.observations(
    grid: .regular(rows: 2, columns: 2), time: TestTime(from: Month(year: 2000, month: 3), count: 70),
    fields: [
      TestField("w", units: "kg m-2") { value($0) }, TestField("d", units: "kg m-2") { 3 * value($0) + 2 },
      TestField("g", units: "g m-2") { 2 * value($0) + 1 },
    ])

  /// A command with its sources.
  private static func command(_ name: String, _ folder: String) -> [String] {
    let (water, flux) = (record.source("w", in: folder), record.source("g", in: folder))
    let layers = ["--layer-bounds", "0,0.3,1"]
    switch name {
    case "attribute": return [name, "--moisture", "\(water),d"] + layers
    case "correlate": return [name, "--moisture", "\(water),d", "--response", flux] + layers
    case "sink": return [name, "--respiration", water, "--production", flux]
    default: return [name, "--source", water]
    }
  }

  @Test(arguments: ["trend", "attribute", "correlate", "sink"])
  func years(command: String) throws {
    try withTemporaryFolder { folder in
      try Self.record.write(to: folder)
      let own = Self.command(command, folder) + ["--output", "\(folder)/x.nc", "--progress", "0"]
      // 2000-03 to 2005-12: five whole years.
      for (options, status, words) in [
        ([], 65, ["2000-2005", "5 complete years", "--minimum-years 10", "or --minimum-years 5"]),
        (["--minimum-years", "6"], 65, ["5 complete years", "--minimum-years 6"]),
        (["--period", "2001-2004"], 64, ["--period 2001-2004", "has 4 years", "or --minimum-years 4"]),
        (["--period", "2001-2002", "--minimum-years", "3"], 64, ["has 2 years", "give a longer period\n"]),
        (["--period", "2000-2005", "--minimum-years", "6", "--allow-gaps"], 64, ["5 complete years"]),
        (["--minimum-years", "5", "--dry-run"], 0, []), (["--minimum-years", "6", "--dry-run"], 65, ["5 complete"]),
      ] as [([String], Int32, [String])] {
        let done = try run(own + options, ranks: options.isEmpty ? 2 : nil)
        #expect(done.status == status, "\(options): \(done.standardError)")
        for word in words { #expect(done.standardError.contains(word), "\(options): \(done.standardError)") }
        #expect(!contents(of: folder).contains("x.nc"))
      }
    }
  }

  /// Months that begin in the year before need that year's, those of the summer alone do not need the rest.
  @Test func monthsOfTheYear() throws {
    try withTemporaryFolder { folder in
      try Self.record.write(to: folder)
      let own = Self.command("trend", folder) + ["--output", "\(folder)/x.nc", "--dry-run", "--minimum-years", "6"]
      #expect(try run(own + ["--months", "JJA"]).status == 0)
      let done = try run(own + ["--months", "DJF"])
      #expect(done.status == 65 && done.standardError.contains("5 complete years with all of --months"))
    }
  }

  @Test func pairsAndMonths() throws {
    try withTemporaryFolder { folder in
      let fixture = ThresholdFixture.make(months: 2, members: 6)
      try fixture.ensemble.write(to: folder)
      try Self.record.write(to: folder)
      let (water, flux) = (Self.record.source("w", in: folder), Self.record.source("g", in: folder))
      let output = ["--output", "\(folder)/x.nc"]
      for (arguments, words) in [
        (
          fixture.arguments(folder, ["--minimum-pairs", "9"]), ["--minimum-pairs 9", "6 members", "--minimum-pairs 6"]
        ),
        (
          ["threshold", "--response", flux, "--moisture", water, "--minimum-pairs", "19", "--months", "JJA"] + output,
          ["--minimum-pairs 19", "18 months"]
        ),
        (
          ["sensitivity", "--response", flux, "--predictor", "W=\(water)", "--minimum-months", "71"] + output,
          ["--minimum-months 71", "70 months"]
        ),
        (
          ["sensitivity", "--response", flux, "--predictor", "W=\(water)", "--minimum-months", "71", "--each-cell"]
            + output,
          ["--minimum-months 71", "70 months"]
        ),
        (
          ["spei", "--balance", water, "--scales", "36", "--months", "12"] + output,
          ["--scales 36", "4 years", "3 years"]
        ),
      ] {
        let done = try run(arguments)
        #expect(done.status == 64, "\(arguments[0]): \(done.status) \(done.standardError)")
        for word in words { #expect(done.standardError.contains(word), "\(arguments[0]): \(done.standardError)") }
        let errors = done.standardError.split(separator: "\n").filter { $0.hasPrefix("error: ") }
        #expect(errors.count == 1, "\(done.standardError)")
      }
    }
  }

  /// A summary of cells that have no value says so by dashes; the report has null there.
  @Test func withoutValues() throws {
    try withTemporaryFolder { folder in
      try Self.record.write(to: folder)
      for command in ["trend", "attribute", "correlate"] {
        // No month is plausible, and no year complete.
        let limit = ["--maximum", command == "trend" ? "1e-30" : "1e-30,1e-30"]
        let done = try run(
          Self.command(command, folder) + limit + ["--minimum-years", "5", "--report", "\(folder)/\(command).json"]
            + ["--table", "\(folder)/\(command).csv", "--output", "\(folder)/\(command).nc", "--progress", "0"],
          ranks: 2)
        #expect(done.status == 0, "\(command): \(done.standardError)")
        #expect(!done.standardOutput.lowercased().contains("nan"), "\(command): \(done.standardOutput)")
        #expect(done.standardOutput.contains("–"), "\(command): \(done.standardOutput)")
        let text = try String(contentsOfFile: "\(folder)/\(command).json", encoding: .utf8)
        #expect(!text.contains("\"nan\"") && text.contains(" : null"), "\(command)")
        let report = try RunReport.read(from: "\(folder)/\(command).json")
        #expect(report.results.values.contains { $0.isNaN })
        let table = try String(contentsOfFile: "\(folder)/\(command).csv", encoding: .utf8)
        #expect(!table.lowercased().contains("nan") && table.contains(",,"), "\(command): \(table)")
      }
    }
  }
}
