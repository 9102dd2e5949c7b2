import Distributed
import Foundation
import TestSupport
import Testing

@testable import smt_mpi

/// Sums over years of rates and of what is none, and which months make a year.
@MainActor @Suite struct YearlySumTests {
  private nonisolated static func value(_ sample: TestSample) -> Double {
    Double(sample.cell + 1) * (2 + sin(Double(sample.month.index)) + 0.1 * Double(sample.month.year - 2000))
  }

  private static let units = [
    "kg m-2 s-1", "W m-2", "mm/day", "kg m-2 month-1", "g m-2 yr-1", "mm hr-1", "K", "kg m-2",
  ]
  private static let record = TestEnsemble.observations(
    grid: .regular(rows: 2, columns: 2), time: TestTime(from: Month(year: 2000, month: 1), count: 6 * 12),
    fields: units.enumerated().map { number, units in TestField("v\(number)", units: units) { value($0) } })

  private func values(_ name: String, of path: String) throws -> [Double] { try map(name, path) }

  private func units(of path: String) throws -> String? {
    let file = try NetCDFFile(path)
    return file.text("units", of: try file.requiredVariable("mean"))
  }

  /// The mean over years of the sums over months, each times its weight.
  private func mean(
    _ field: Int, cell: Int, years: ClosedRange<Int>, months: [(Int, Int)], _ weight: (Month) -> Double
  ) -> Double {
    years.reduce(0) { sum, year in
      months.reduce(sum) { sum, place in
        let month = Month(year: year + place.0, month: place.1)
        return sum + weight(month) * Self.record.expected(Self.record.fields[field], month: month, cell: cell)
      }
    } / Double(years.count)
  }

  private func trend(_ source: String, _ folder: String, _ more: [String], ranks: Int? = nil) throws -> ProgramRun {
    try run(
      ["trend", "--source", source, "--output", "\(folder)/trend.nc", "--overwrite", "--progress", "0"]
        + ["--minimum-years", "5"] + more, ranks: ranks)
  }

  @Test("A rate becomes the amount of its months, and what is none stays as it is")
  func amounts() throws {
    try withTemporaryFolder { folder in
      try Self.record.write(to: folder)
      let time = Self.record.time
      func days(_ month: Month) -> Double { Double(time.length(of: month)) }
      func daysOfYear(_ month: Month) -> Double {
        (1...12).reduce(0) { $0 + days(Month(year: month.year, month: $1)) }
      }
      let expected: [(units: String, weight: (Month) -> Double)] = [
        ("kg m-2", { 86400 * days($0) }), ("J m-2", { 86400 * days($0) }), ("mm", days), ("kg m-2", { _ in 1 }),
        ("g m-2", { days($0) / daysOfYear($0) }), ("mm", { 24 * days($0) }), ("K", { _ in 1 }), ("kg m-2", { _ in 1 }),
      ]
      for (number, (units, weight)) in expected.enumerated() {
        let source = Self.record.source("v\(number)", in: folder)
        let done = try trend(source, folder, ["--statistic", "sum"], ranks: number == 0 ? 3 : nil)
        try #require(done.status == 0, "\(done.standardError)")
        #expect(try self.units(of: "\(folder)/trend.nc") == units, "\(Self.units[number])")
        let found = try values("mean", of: "\(folder)/trend.nc")
        for cell in 0..<4 {
          let own = mean(number, cell: cell, years: 2000...2005, months: (1...12).map { (0, $0) }, weight)
          #expect(abs(found[cell] - own) < 2e-6 * own, "\(Self.units[number]), cell \(cell): \(found[cell]), \(own)")
        }
        #expect(done.standardError.contains("are no rate") == (number >= 6), "\(done.standardError)")
        #expect(done.standardOutput.contains("1 kg m-2 is 1 mm") == (units == "kg m-2"), "\(done.standardOutput)")
        let comment = try NetCDFFile("\(folder)/trend.nc").text("comment") ?? ""
        #expect(comment.contains("Units are \(units)"), "\(comment)")
      }
    }
  }

  @Test("DJF is December of the year before to February")
  func winter() throws {
    try withTemporaryFolder { folder in
      try Self.record.write(to: folder)
      let source = Self.record.source("v0", in: folder)
      let time = Self.record.time
      func days(_ month: Month) -> Double { Double(time.length(of: month)) }
      for months in ["DJF", "djf", "12-2"] {
        let done = try trend(source, folder, ["--statistic", "sum", "--months", months])
        try #require(done.status == 0, "\(done.standardError)")
        let found = try values("mean", of: "\(folder)/trend.nc")
        for cell in 0..<4 {
          // The first year has no December before it.
          let own = mean(0, cell: cell, years: 2001...2005, months: [(-1, 12), (0, 1), (0, 2)]) { 86400 * days($0) }
          #expect(abs(found[cell] - own) < 2e-6 * own, "\(months), cell \(cell): \(found[cell]), expected \(own)")
        }
        #expect(try values("n_years", of: "\(folder)/trend.nc") == [5, 5, 5, 5])
        let comment = try NetCDFFile("\(folder)/trend.nc").text("comment") ?? ""
        #expect(comment.contains("Month 12 of a year counts with the year that follows"), "\(comment)")
      }
    }
  }

  /// The days of a rate: their mean over a month times its seconds, also where one is missing.
  @Test func daysOfARate() throws {
    try withTemporaryFolder { folder in
      var record = TestRecord(
        from: Month(year: 2001, month: 1), to: Month(year: 2005, month: 12), calendar: .noLeap, days: 1
      ) { step, cell in step % 30 == 7 && cell == 1 ? .nan : 1e-5 * (2 + cos(Double(step)) + Double(cell)) }
      record.units = "kg m-2 s-1"
      let source = try record.write(to: folder)
      let done = try trend(source, folder, ["--statistic", "sum", "--minimum-steps", "0.8"], ranks: 2)
      try #require(done.status == 0, "\(done.standardError)")
      let found = try values("mean", of: "\(folder)/trend.nc")
      for cell in 0..<6 {
        let sum = (2001...2005).flatMap { year in (1...12).map { Month(year: year, month: $0) } }.reduce(0.0) {
          let (start, end) = record.days(of: $1)
          return $0 + record.mean($1, cell: cell).mean * (end - start) * 86400
        }
        #expect(abs(found[cell] - sum / 5) < 2e-6 * sum / 5, "cell \(cell): \(found[cell]), expected \(sum / 5)")
      }
      #expect(try units(of: "\(folder)/trend.nc") == "kg m-2")
    }
  }

  /// Both records of `sink`, of which one is of a month of each year.
  @Test func ratesOfASink() throws {
    try withTemporaryFolder { folder in
      try Self.record.write(to: folder)
      let july = Self.record.source("v0", in: folder) + "@month=7"
      let done = try run(
        [
          "sink", "--respiration", july, "--production", Self.record.source("v2", in: folder), "--statistic", "sum",
          "--minimum-years", "5", "--output", "\(folder)/sink.nc", "--progress", "0",
        ], ranks: 2)
      try #require(done.status == 0, "\(done.standardError)")
      let file = try NetCDFFile("\(folder)/sink.nc")
      #expect(file.text("units", of: try file.requiredVariable("production_mean")) == "mm")
      #expect(file.text("units", of: try file.requiredVariable("respiration_trend")) == "kg m-2 year-1")
      let (production, respiration) = (
        try values("production_mean", of: "\(folder)/sink.nc"), try values("respiration_mean", of: "\(folder)/sink.nc")
      )
      let time = Self.record.time
      func days(_ month: Month) -> Double { Double(time.length(of: month)) }
      for cell in 0..<4 {
        let own = mean(2, cell: cell, years: 2000...2005, months: (1...12).map { (0, $0) }, days)
        #expect(abs(production[cell] - own) < 2e-6 * own, "cell \(cell)")
        let amount = mean(0, cell: cell, years: 2000...2005, months: [(0, 7)]) { 86400 * days($0) }
        #expect(abs(respiration[cell] - amount) < 2e-6 * amount, "cell \(cell)")
      }
    }
  }

  @Test(
    "Letters name one run of months",
    arguments: [
      ("6-8", 6, 8), ("12-2", 12, 2), ("7", 7, 7), ("1-12", 1, 12), ("DJF", 12, 2), ("jja", 6, 8), ("MAM", 3, 5),
      ("SON", 9, 11), ("JFM", 1, 3), ("ONDJ", 10, 1), ("JFMAMJJASOND", 1, 12), ("ONDJFMAMJJAS", 10, 9), ("S", 9, 9),
    ])
  func months(text: String, first: Int, last: Int) throws {
    #expect(try YearMonths(option: text) == YearMonths(first: first, last: last))
  }

  @Test(
    "What is no run of months, or one of several, is refused",
    arguments: [
      "", "J", "M", "A", "XYZ", "DFJ", "0-5", "6-13", "6-8-9", "JFMAMJJASONDJ", "6,7", "-", "6-",
    ])
  func noMonths(text: String) throws {
    let error = #expect(throws: JobError.self) { try YearMonths(option: text) }
    #expect(error?.exitCode == .usage && error?.message.contains("--months '\(text)'") == true)
    if text == "J" { #expect(error?.message.contains("month 1 or month 6 or month 7") == true) }
  }

  /// The months of the growing season of all cells in place of maps, for members and for months as samples.
  @Test func monthsOfThresholds() throws {
    try withTemporaryFolder { folder in
      let grid = TestGrid.regular(rows: 2, columns: 2)
      let record = TestEnsemble.observations(
        grid: grid, time: TestTime(from: Month(year: 2004, month: 1), count: 36),
        fields: [ThresholdFixture.moisture, ThresholdFixture.productivity])
      try record.write(to: "\(folder)/record")
      let members = ThresholdFixture.make(grid: grid, months: 14, members: 4)
      try members.ensemble.write(to: folder)
      try writeMaps([("a", [12, 12, 12, 12]), ("b", [2, 2, 2, 2])], grid: grid, to: "\(folder)/season.nc")
      let own =
        ["threshold", "--moisture", record.source("SM", in: "\(folder)/record"), "--response"]
        + [record.source("GPP", in: "\(folder)/record"), "--output", "\(folder)/smt.nc", "--overwrite"]
        + ThresholdFixture.quick
      for arguments in [own, members.arguments(folder, ["--overwrite"])] {
        let plain = arguments.filter { $0 != "--season" && !$0.hasSuffix(":start,end") }
        var maps: [[String: [UInt64]]] = []
        for season in [["--months", "DJF"], ["--season", "\(folder)/season.nc:a,b"], []] {
          let done = try run(plain + season, ranks: 2)
          try #require(done.status == 0, "\(done.standardError)")
          maps.append(try bits(of: "\(folder)/smt.nc"))
        }
        #expect(maps[0] == maps[1] && maps[0] != maps[2])
      }
      try expectFailure(
        64, naming: ["--season", "--months"],
        own + ["--months", "JJA", "--season", "\(folder)/season.nc:a,b"], in: folder)
    }
  }
}
