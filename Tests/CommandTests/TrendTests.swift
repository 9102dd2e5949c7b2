import Distributed
import Foundation
import Kernels
import TestSupport
import Testing

/// The trend command on a small record whose yearly series the test makes itself.
@MainActor @Suite struct TrendTests {
  private static let columns = 4

  /// Cell 0 has no data, cell 1 misses a month of 2003, cell 2 has data in 2000–2004 alone, cell 3 is constant.
  private nonisolated static func value(_ sample: TestSample) -> Double {
    let cell = Double(sample.cell)
    switch sample.cell {
    case 0: return .nan
    case 1 where sample.month == Month(year: 2003, month: 7): return .nan
    case 2 where sample.month.year > 2004: return .nan
    case 3: return 7
    default:
      let year = Double(sample.month.year - 2000)
      let wave = sin(1.7 * year * (1 + cell)) + 0.4 * cos(Double(sample.month.index) + cell)
      return 20 + 0.3 * (cell - 5) * year + 3 * wave + 5 * Double(sample.level) + Double(sample.month.month)
    }
  }

  private nonisolated static let top = TestField("top", units: "kg m-2") { value($0) }
  private nonisolated static let bottom = TestField("bottom", units: "kg m-2") { 2 * value($0) + 1 }

  private static let record = TestEnsemble.observations(
    grid: .regular(rows: 3, columns: columns), time: TestTime(from: Month(year: 2000, month: 1), count: 14 * 12),
    fields: [top, bottom])

  private func arguments(_ source: String, _ folder: String, output: String = "trend.nc", _ more: [String] = [])
    -> [String]
  {
    ["trend", "--source", source, "--output", "\(folder)/\(output)", "--overwrite", "--progress", "0"] + more
  }

  /// Yearly values of a cell: months as pairs of an offset of years and a month.
  private func series(
    _ cell: Int, years: ClosedRange<Int>, months: [(Int, Int)], isSum: Bool = false, fields: [TestField] = [top]
  ) -> [Double] {
    years.map { year in
      var (total, weight) = (0.0, 0.0)
      for (offset, number) in months {
        let month = Month(year: year + offset, month: number)
        guard Self.record.time.months.contains(month) else { return .nan }
        let days = isSum ? 1 : Double(Self.record.time.length(of: month))
        let value = fields.reduce(0) { $0 + Self.record.expected($1, month: month, cell: cell) }
        total += days * value
        weight += days
      }
      return isSum ? total : total / weight
    }
  }

  /// Compares all maps with the estimator's results on series made here.
  private func check(
    _ path: String, years: ClosedRange<Int>, options: TrendOptions, layer: Int = 0,
    location: SourceLocation = #_sourceLocation, _ series: (Int) -> [Double]
  ) throws {
    let estimator = TrendEstimator(options: options, maximumCount: years.count)
    func values(_ name: String) throws -> [Double] {
      let file = try NetCDFFile(path)
      let variable = try file.requiredVariable(name)
      let stored = try StoredValues(variable, in: file)
      let cells = Self.record.grid.cellCount
      return Array(try file.values(variable).map(stored.value)[layer * cells..<(layer + 1) * cells])
    }
    let status = try values("status")
    for cell in 0..<Self.record.grid.cellCount {
      let own = series(cell)
      let expected = estimator.estimate(times: years.map(Double.init), values: own)
      let kind: TrendStatus = cell == 0 ? .notLand : expected.status
      #expect(status[cell] == Double(kind.rawValue), "cell \(cell)", sourceLocation: location)
      let finite = own.filter(\.isFinite)
      let isThere = expected.status != .tooFewValues
      let mean = finite.reduce(0, +) / Double(finite.count)
      let squares = finite.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      let deviation = (squares / Double(finite.count - 1)).squareRoot()
      let test = expected.mannKendall
      let numbers: [(String, Double)] = [
        ("n_years", cell == 0 ? .nan : Double(finite.count)),
        ("mean", isThere ? finite.reduce(0, +) / Double(finite.count) : .nan),
        ("interannual_stddev", isThere ? deviation : .nan), ("trend", expected.ordinary.slope),
        ("trend_p", expected.ordinary.p), ("sen_slope", expected.sen.slope), ("sen_slope_low", expected.sen.low),
        ("sen_slope_high", expected.sen.high), ("mk_p", test.p), ("mk_z", test.z),
        ("mk_s", test.count > 0 ? Double(test.s) : .nan),
      ]
      for (name, number) in numbers {
        let found = try values(name)[cell]
        let isEqual = found.isNaN && number.isNaN || abs(found - number) <= 2e-6 * max(1, abs(number))
        #expect(isEqual, "\(name) of cell \(cell): \(found), expected \(number)", sourceLocation: location)
      }
    }
  }

  @Test func annualMeansAreThoseOfTheEstimatorOnAnyRanks() throws {
    try withTemporaryFolder { folder in
      try Self.record.write(to: folder)
      let source = Self.record.source("top", in: folder)
      var first: [String: [UInt64]]?
      for (ranks, plan) in [(nil, "auto"), (2, "field"), (3, "field"), (1, "slab"), (2, "slab"), (3, "slab")]
        as [(Int?, String)]
      {
        let done = try run(arguments(source, folder, ["--read-plan", plan]), ranks: ranks)
        #expect(done.status == 0, "\(done.standardError)")
        let found = try bits(of: "\(folder)/trend.nc")
        #expect(found == first ?? found, "\(plan) on \(ranks ?? 1) ranks")
        first = first ?? found
        guard ranks == nil else { continue }
        #expect(done.standardOutput.contains("10 computed, 1 not_land, 1 too_few_values"), "\(done.standardOutput)")
        try check("\(folder)/trend.nc", years: 2000...2013, options: TrendOptions(minimumCount: 10)) {
          series($0, years: 2000...2013, months: (1...12).map { (0, $0) })
        }
      }
      let file = try NetCDFFile("\(folder)/trend.nc")
      #expect(file.text("units", of: try file.requiredVariable("sen_slope")) == "kg m-2 year-1")
      #expect(file.text("units", of: try file.requiredVariable("mean")) == "kg m-2")
    }
  }

  @Test func monthsOfTheYearPeriodsAndSums() throws {
    try withTemporaryFolder { folder in
      try Self.record.write(to: folder)
      let source = Self.record.source("top+bottom", in: folder)
      let fields = [Self.top, Self.bottom]
      var done = try run(
        arguments(
          source, folder, output: "sum.nc",
          [
            "--statistic", "sum", "--months", "6-8", "--period", "2000-2006", "--period", "2006-2013",
            "--minimum-years", "5",
          ]
        ), ranks: 2)
      #expect(done.status == 0, "\(done.standardError)")
      for (layer, years) in [2000...2006, 2006...2013].enumerated() {
        try check("\(folder)/sum.nc", years: years, options: TrendOptions(minimumCount: 5), layer: layer) {
          series($0, years: years, months: (6...8).map { (0, $0) }, isSum: true, fields: fields)
        }
      }
      // December belongs to the next year; the first year of the record lacks it, a later period does not.
      for (period, years) in [([], 2000...2013), (["--period", "2002-2013"], 2002...2013)]
        as [([String], ClosedRange<Int>)]
      {
        done = try run(
          arguments(Self.record.source("top", in: folder), folder, output: "winter.nc", ["--months", "12-2"] + period),
          ranks: 3)
        #expect(done.status == 0, "\(done.standardError)")
        try check("\(folder)/winter.nc", years: years, options: TrendOptions(minimumCount: 10)) {
          series($0, years: years, months: [(-1, 12), (0, 1), (0, 2)])
        }
      }
    }
  }

  /// A record of one month of each year is one of years, whose values are taken as they are.
  @Test func yearsOfOneMonth() throws {
    try withTemporaryFolder { folder in
      try Self.record.write(to: folder)
      let source = Self.record.source("top", in: folder) + "@month=7"
      let done = try run(arguments(source, folder), ranks: 2)
      #expect(done.status == 0, "\(done.standardError)")
      try check("\(folder)/trend.nc", years: 2000...2013, options: TrendOptions(minimumCount: 10)) {
        series($0, years: 2000...2013, months: [(0, 7)], isSum: true)
      }
      let refused = try run(arguments(source, folder, ["--months", "6-8"]))
      #expect(refused.status == 64 && refused.standardError.contains("are years already"), "\(refused.standardError)")
    }
  }

  @Test func layersAreAddedUpToADepth() throws {
    try withTemporaryFolder { folder in
      try Self.record.write(to: folder)
      let done = try run(
        arguments(
          Self.record.source("top,bottom", in: folder), folder, ["--layer-bounds", "0,0.1,0.3", "--depth", "0-0.2"]))
      #expect(done.status == 0, "\(done.standardError)")
      // Of the lower layer one half counts.
      let half = TestField("half", units: "kg m-2") { 0.5 * Double(Float(Self.bottom.value($0))) }
      try check("\(folder)/trend.nc", years: 2000...2013, options: TrendOptions(minimumCount: 10)) {
        series($0, years: 2000...2013, months: (1...12).map { (0, $0) }, fields: [Self.top, half])
      }
    }
  }

  @Test(arguments: [TrendCorrection.hamedRao, .trendFreePreWhitening])
  func correctionsRefuseGaps(correction: TrendCorrection) throws {
    try withTemporaryFolder { folder in
      try Self.record.write(to: folder)
      let done = try run(
        arguments(
          Self.record.source("top", in: folder), folder, ["--correction", correction.rawValue, "--confidence", "0.8"]))
      #expect(done.status == 0, "\(done.standardError)")
      #expect(try statuses("\(folder)/trend.nc")[1] == "gaps")
      let options = TrendOptions(confidence: 0.8, correction: correction, minimumCount: 10)
      try check("\(folder)/trend.nc", years: 2000...2013, options: options) {
        series($0, years: 2000...2013, months: (1...12).map { (0, $0) })
      }
    }
  }

  @Test func implausibleMonthsAreMissing() throws {
    try withTemporaryFolder { folder in
      try Self.record.write(to: folder)
      let done = try run(arguments(Self.record.source("top", in: folder), folder, ["--maximum", "45"]), ranks: 2)
      #expect(done.status == 0, "\(done.standardError)")
      var missing = 0
      try check("\(folder)/trend.nc", years: 2000...2013, options: TrendOptions(minimumCount: 10)) { cell in
        let months = (1...12).map { (0, $0) }
        return zip(2000...2013, series(cell, years: 2000...2013, months: months)).map { year, value in
          let isPlausible = (1...12).allSatisfy {
            Self.record.expected(Self.top, month: Month(year: year, month: $0), cell: cell) <= 45
          }
          if value.isFinite && !isPlausible { missing += 1 }
          return isPlausible ? value : .nan
        }
      }
      #expect(missing > 0)
    }
  }

  /// Eleven years of GLDAS: the corrected tests are those that pymannkendall makes; see Tests/reference/trend.py.
  @Test(
    .enabled(
      if: RealRecord.hasMoisture, "the GLDAS files are not there: ../shared/data/gldas_noah10_m/soilmoisture_4layer"))
  func correctionsOfTheRealRecord() throws {
    let reference = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("reference/trend-gldas-expected.txt")
    let rows = try String(contentsOf: reference, encoding: .utf8).split(separator: "\n").filter { !$0.hasPrefix("#") }
      .map { $0.split(separator: " ").map { Double($0) ?? .nan } }
    try #require(rows.count > 500)
    let layers = ["0_10", "10_40", "40_100", "100_200"].map { "SoilMoi\($0)cm_inst" }.joined(separator: ",")
    for (correction, s, z) in [("none", 1, 3), ("hamed-rao", 1, 5), ("trend-free-pre-whitening", 2, 7)] {
      try withTemporaryFolder { folder in
        let done = try run(
          arguments("\(RealRecord.folder)/soilmoisture_4layer/*.nc4:\(layers)", folder, ["--correction", correction]),
          ranks: 2)
        #expect(done.status == 0, "\(done.standardError)")
        let file = try NetCDFFile("\(folder)/trend.nc")
        for (name, column) in [("mk_s", s), ("mk_z", z), ("mk_p", z + 1)] {
          let variable = try file.requiredVariable(name)
          let values = try file.values(variable).map(try StoredValues(variable, in: file).value)
          for row in rows {
            let (found, wanted) = (values[Int(row[0])], row[column])
            let isEqual = found.isNaN && wanted.isNaN || abs(found - wanted) <= 2e-6 * max(1, abs(wanted))
            try #require(isEqual, "\(correction), \(name) of cell \(row[0]): \(found), expected \(wanted)")
          }
        }
      }
    }
  }

  @Test func missingMonthsAreNamedOrAllowed() throws {
    try withTemporaryFolder { folder in
      try Self.record.write(to: folder)
      try FileManager.default.removeItem(atPath: "\(folder)/GLDAS_NOAH10_M.A200508.nc4")
      let source = Self.record.source("top", in: folder)
      var done = try run(arguments(source, folder), ranks: 2)
      #expect(done.status == 65)
      #expect(done.standardError.contains("2005-08"), "\(done.standardError)")
      done = try run(arguments(source, folder, ["--allow-gaps"]), ranks: 2)
      #expect(done.status == 0, "\(done.standardError)")
      try check("\(folder)/trend.nc", years: 2000...2013, options: TrendOptions(minimumCount: 10)) { cell in
        var own = series(cell, years: 2000...2013, months: (1...12).map { (0, $0) })
        own[5] = .nan
        return own
      }
    }
  }

  /// A winter that begins in a year of which there is nothing is missing: it is not that of the year before.
  @Test func aSeasonDoesNotReachOverAnAbsentYear() throws {
    try withTemporaryFolder { folder in
      try Self.record.write(to: folder)
      for month in 1...12 {
        try FileManager.default.removeItem(atPath: "\(folder)/GLDAS_NOAH10_M.A2005\(month < 10 ? "0" : "")\(month).nc4")
      }
      let done = try run(
        arguments(Self.record.source("top", in: folder), folder, ["--allow-gaps", "--months", "12-2"]), ranks: 2)
      #expect(done.status == 0, "\(done.standardError)")
      try check("\(folder)/trend.nc", years: 2000...2013, options: TrendOptions(minimumCount: 10)) { cell in
        var own = series(cell, years: 2000...2013, months: [(-1, 12), (0, 1), (0, 2)])
        (own[5], own[6]) = (.nan, .nan)
        return own
      }
    }
  }

  @Test func wrongOptionsAreNamed() throws {
    try withTemporaryFolder { folder in
      try Self.record.write(to: folder)
      let source = Self.record.source("top", in: folder)
      for (options, status, message) in [
        (["--months", "0-5"], 64, "--months '0-5'"), (["--confidence", "1"], 64, "--confidence 1"),
        (["--minimum-years", "2"], 64, "--minimum-years 2"),
        (["--period", "1990-2005"], 64, "--period 1990-2005 is not within the record, which begins in 2000-01"),
        (["--period", "1990-2005", "--months", "12-2"], 64, "--period 1990-2005 is not within"),
        (["--correction", "some"], 64, "--correction"), (["--memory-limit", "1MiB"], 71, "--memory-limit"),
      ] as [([String], Int32, String)] {
        let done = try run(arguments(source, folder, options), ranks: 2)
        #expect(done.status == status, "\(options): \(done.standardError)")
        #expect(done.standardError.contains(message), "\(options): \(done.standardError)")
      }
      #expect(try run(["trend", "--output", "\(folder)/x.nc"]).standardError.contains("--source is missing"))
      #expect(try run(arguments("\(folder)/*.nc4:none", folder)).standardError.contains("none"))
    }
  }

  @Test func plansAndConfigurations() throws {
    try withTemporaryFolder { folder in
      try Self.record.write(to: folder)
      let options = ["--months", "3-5", "--confidence", "0.9", "--period", "2001-2013"]
      let full = arguments(Self.record.source("top", in: folder), folder, options)
      let plan = try run(full + ["--dry-run"])
      #expect(plan.status == 0, "\(plan.standardError)")
      #expect(plan.standardOutput.contains("mean of top over months 3-5, kg m-2"), "\(plan.standardOutput)")
      #expect(!contents(of: folder).contains("trend.nc"))
      let printed = try run(full + ["--print-config"])
      try printed.standardOutput.write(toFile: "\(folder)/trend.yaml", atomically: true, encoding: .utf8)
      #expect(try run(full).status == 0)
      let direct = try bits(of: "\(folder)/trend.nc")
      #expect(try run(["trend", "--config", "\(folder)/trend.yaml"]).status == 0)
      #expect(try bits(of: "\(folder)/trend.nc") == direct)
    }
  }
}
