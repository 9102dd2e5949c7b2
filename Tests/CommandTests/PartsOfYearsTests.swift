import Distributed
import Foundation
import TestSupport
import Testing

/// With more ranks than years, parts of years are dealt out, and nobody can tell from the maps.
@MainActor @Suite struct PartsOfYearsTests {
  /// Runs, and gives the months of a task of each source and the bits of the maps.
  private func result(
    _ arguments: [String], in folder: String, ranks: Int
  ) throws -> (months: [String: Int], bits: [String: [UInt64]]) {
    let done = try run(
      arguments + ["--overwrite", "--read-plan", "field", "--report", "\(folder)/run.json"], ranks: ranks)
    #expect(done.status == 0, "\(ranks) ranks: \(done.standardError)")
    let report = try RunReport.read(from: "\(folder)/run.json")
    return (report.readPlans.mapValues(\.monthsPerTask), try bits(of: "\(folder)/maps.nc"))
  }

  /// Four years, one of them without a month; as many tasks as ranks, and fewer.
  @Test func attributionOfARecord() throws {
    let fixture = AttributionFixture.make()
    try withTemporaryFolder { folder in
      try fixture.record.write(to: folder)
      try FileManager.default.removeItem(atPath: "\(folder)/GLDAS_NOAH10_M.A200205.nc4")
      let arguments = fixture.arguments(
        folder, ["--time", "2001-01/2004-12", "--minimum-years", "3", "--allow-gaps"])
      let (whole, expected) = try result(arguments, in: folder, ranks: 1)
      #expect(whole == ["moisture": 12])
      for (ranks, months) in [(5, 12), (13, 4), (17, 3), (48, 1)] {
        let (parts, found) = try result(arguments, in: folder, ranks: ranks)
        #expect(parts == ["moisture": months], "\(ranks) ranks")
        #expect(found == expected, "\(ranks) ranks")
      }
    }
  }

  /// Two years of two series and the last months of the year before; parts of a year come in different rounds.
  @Test func monthsOfARecord() throws {
    try withTemporaryFolder { folder in
      let grid = TestGrid.regular(rows: 40, columns: 50)
      let record = TestEnsemble.observations(
        grid: grid, time: TestTime(from: Month(year: 2003, month: 11), count: 26),
        fields: [ThresholdFixture.moisture, ThresholdFixture.productivity])
      try record.write(to: folder)
      let arguments =
        ["threshold", "--moisture", record.source("SM", in: folder), "--response", record.source("GPP", in: folder)]
        + ["--output", "\(folder)/maps.nc"] + ThresholdFixture.quick
      let (_, expected) = try result(arguments, in: folder, ranks: 1)
      for (ranks, months) in [(5, 4), (7, 6)] {
        let (parts, found) = try result(arguments, in: folder, ranks: ranks)
        #expect(parts == ["moisture": months, "response": months], "\(ranks) ranks")
        #expect(found == expected, "\(ranks) ranks")
      }
    }
  }

  /// Sums over seasons that wrap the year end, of members of which the first year has two months.
  @Test func seasonsOfAnEnsemble() throws {
    try withTemporaryFolder { folder in
      var fixture = ThresholdFixture.make(grid: .regular(rows: 40, columns: 50), months: 14, members: 3)
      fixture.season = { [(4, 9), (11, 2), (1, 12)][$0 % 3] }
      try fixture.ensemble.write(to: folder)
      let seasons = (0..<fixture.ensemble.grid.cellCount).map { fixture.season($0) }
      try writeMaps(
        [
          ("first", seasons.map { Double($0?.first ?? 0) }), ("last", seasons.map { Double($0?.last ?? 0) }),
        ], grid: fixture.ensemble.grid, to: "\(folder)/season.nc")
      let arguments = fixture.arguments(
        folder, output: "maps.nc", ["--season", "\(folder)/season.nc:first,last"])
      let (whole, expected) = try result(arguments, in: folder, ranks: 1)
      #expect(whole == ["moisture": 12, "response": 12])
      for (ranks, months) in [(9, 12), (18, 2), (32, 1)] {
        let (parts, found) = try result(arguments, in: folder, ranks: ranks)
        #expect(parts == ["moisture": months, "response": months], "\(ranks) ranks")
        #expect(found == expected, "\(ranks) ranks")
      }
    }
  }
}
