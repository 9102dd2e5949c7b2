import Distributed
import Foundation
import Kernels
import TestSupport
import Testing

/// The correlate command on a small record whose correlations the test makes itself, and on GLDAS.
@MainActor @Suite struct CorrelateTests {
  private nonisolated static let (years, cells) = (2001...2014, 12)

  /// Cell 0 is sea, cell 1 has the same months every year, cell 2 lacks a month of 2003, cell 3 lacks the response from 2006.
  private nonisolated static func moisture(_ sample: TestSample, layer: Int) -> Double {
    let (cell, month) = (sample.cell, sample.month)
    if cell == 0 || cell == 2 && month == Month(year: 2003, month: 5) { return .nan }
    let base = [30.0, 150][layer]
    let cycle = 0.3 * base * cos(0.5 * Double(month.month + layer) + 0.2 * Double(cell))
    let wave = cell == 1 ? 0 : sin(1.3 * Double(month.year * (cell + 1))) + 0.3 * sin(2.1 * Double(month.index + layer))
    return base + cycle + 0.05 * base * wave
  }

  private nonisolated static func response(_ sample: TestSample) -> Double {
    if sample.cell == 0 || sample.cell == 3 && sample.month.year > 2005 { return .nan }
    return 5 + 0.02 * moisture(sample, layer: 0) + cos(0.9 * Double(sample.month.index * (sample.cell + 2)))
  }

  private static let fields = [
    TestField("top", units: "kg m-2") { moisture($0, layer: 0) },
    TestField("bottom", units: "kg m-2") { moisture($0, layer: 1) },
    TestField("GPP", units: "gC m-2 s-1") { response($0) },
  ]
  static let record = TestEnsemble.observations(
    grid: .regular(rows: 3, columns: 4), time: TestTime(from: Month(year: 2001, month: 1), count: 14 * 12),
    fields: fields)

  static func arguments(
    _ folder: String, _ more: [String] = [], output: String = "r.nc", monthly: Bool = false
  ) -> [String] {
    let moisture = record.source(monthly ? "top" : "top,bottom", in: folder)
    return [
      "correlate", "--moisture", moisture, "--response", record.source("GPP", in: folder), "--output",
      "\(folder)/\(output)", "--overwrite", "--progress", "0",
    ] + (monthly ? ["--monthly"] : ["--layer-bounds", "0,0.1,1"]) + more
  }

  /// All numbers of a variable of `r.nc`; NaN where missing.
  private func numbers(_ name: String, _ folder: String) throws -> [Double] {
    let file = try NetCDFFile("\(folder)/r.nc")
    let variable = try file.requiredVariable(name)
    return try file.values(variable).map(try StoredValues(variable, in: file).value)
  }

  private func value(_ field: Int, _ month: Int, _ cell: Int) -> Double {
    Self.record.expected(Self.fields[field], month: Month(index: Month(year: 2001, month: 1).index + month), cell: cell)
  }

  /// Correlations of a cell by season and layer from the definition alone; empty where there is a status instead.
  private func expected(
    _ cell: Int, years: Range<Int>, lag: Int = 0, isYear: Bool = false, isClimatology: Bool = false,
    allowsForAutocorrelation: Bool = false
  ) -> [Correlation] {
    let all = 14 * 12
    let isWhole = { (year: Int) in (0..<24).allSatisfy { value($0 % 2, year * 12 + $0 / 2, cell).isFinite } }
    func total(_ month: Int) -> Double { value(0, month, cell) + value(1, month, cell) }
    let whole = years.filter(isWhole)
    func seasons(_ year: Int) -> [Int] {
      let totals = (0..<12).map { month in
        isClimatology ? whole.reduce(0) { $0 + total($1 * 12 + month) } : total(year * 12 + month)
      }
      return (0..<12).map { month in
        totals.indices.count { totals[$0] > totals[month] || totals[$0] == totals[month] && $0 < month } / 3
      }
    }
    func response(_ year: Int, _ months: [Int]) -> Double {
      months.reduce(0) { sum, month in
        let place = year * 12 + month + lag
        return sum + (place < all ? value(2, place, cell) : .nan)
      } / Double(months.count)
    }
    let used = whole.filter { year in
      (0..<4).allSatisfy { season in
        response(year, isYear ? Array(0..<12) : (0..<12).filter { seasons(year)[$0] == season }).isFinite
      }
    }
    guard used.count >= 10 else { return [] }
    return (0..<4).flatMap { season in
      (0..<2).map { layer in
        let pairs = used.map { year -> (Double, Double) in
          let months = (0..<12).filter { seasons(year)[$0] == season }
          let x = months.reduce(0) { $0 + value(layer, year * 12 + $1, cell) } / 3
          return (x, response(year, isYear ? Array(0..<12) : months))
        }
        return Correlation(pairs.map(\.0), pairs.map(\.1), times: allowsForAutocorrelation ? used : nil)
      }
    }
  }

  @Test func mapsHoldTheCorrelationsOfTheDefinition() throws {
    try withTemporaryFolder { folder in
      try Self.record.write(to: folder)
      for (options, years, wanted) in [
        ([], 0..<14, { self.expected($0, years: 0..<14) }),
        (["--lag", "3"], 0..<14, { self.expected($0, years: 0..<14, lag: 3) }),
        (["--response-months", "year"], 0..<14, { self.expected($0, years: 0..<14, isYear: true) }),
        (["--ranking", "climatology"], 0..<14, { self.expected($0, years: 0..<14, isClimatology: true) }),
        (
          ["--effective-n", "--period", "2003-2014"], 2..<14,
          { self.expected($0, years: 2..<14, allowsForAutocorrelation: true) }
        ),
      ] as [([String], Range<Int>, (Int) -> [Correlation])] {
        let done = try run(Self.arguments(folder, options), ranks: 2)
        #expect(done.status == 0, "\(done.standardError)")
        let maps = try AttributionMapFile("\(folder)/r.nc", cellCount: Self.cells)
        for cell in 0..<Self.cells {
          let status = try maps.values("status", cell: cell)[0]
          let (r, p) = (try maps.values("r", cell: cell), try maps.values("r_p", cell: cell))
          let wanted = cell == 0 || cell == 1 ? [] : wanted(cell)
          let reason = cell == 0 ? 1.0 : cell == 1 ? 3 : wanted.isEmpty ? 4 : 0
          #expect(status == reason, "\(options) cell \(cell): status \(status), expected \(reason)")
          guard !wanted.isEmpty else {
            #expect(r.allSatisfy(\.isNaN) && p.allSatisfy(\.isNaN))
            continue
          }
          for index in 0..<8 {
            #expect(abs(r[index] - wanted[index].r) < 1e-6, "\(options) cell \(cell) r \(index)")
            #expect(abs(p[index] - wanted[index].p) < 1e-6, "\(options) cell \(cell) p \(index)")
          }
          let count = try maps.values("n_years", cell: cell)[0]
          #expect(count == Double(years.count - (cell == 2 ? 1 : 0) - (options.contains("--lag") ? 1 : 0)))
        }
      }
    }
  }

  @Test func bitsAndAdjustedProbabilitiesAreTheSameOnAnyRanks() throws {
    try withTemporaryFolder { folder in
      try Self.record.write(to: folder)
      var first: [String: [UInt64]]?
      for ranks in [1, 2, 3, 5] {
        let done = try run(
          Self.arguments(folder, ["--fdr", "--effective-n", "--period", "2001-2010", "--period", "2003-2014"]),
          ranks: ranks)
        #expect(done.status == 0, "\(done.standardError)")
        let found = try bits(of: "\(folder)/r.nc")
        #expect(found == first ?? found, "\(ranks) ranks")
        first = found
      }
      let split = try run(Self.arguments(folder, ["--split", "--period", "2003-2014"], output: "split.nc"))
      #expect(split.status == 0, "\(split.standardError)")
      let names = try NetCDFFile("\(folder)/split.nc").variables.map(\.name)
      #expect(names.contains("r_humid") && names.contains("r_p_arid") && !names.contains("r"))
      let (p, q) = (try numbers("r_p", folder), try numbers("r_q", folder))
      // Each field of cells is adjusted by itself: 2 periods, 4 seasons, 2 layers.
      for field in 0..<16 {
        let own = field * Self.cells..<(field + 1) * Self.cells
        for (found, wanted) in zip(q[own], falseDiscoveryRates(Array(p[own]))) {
          #expect(found.isNaN == wanted.isNaN && (found.isNaN || abs(found - wanted) < 1e-6))
        }
      }
    }
  }

  @Test func monthsOfTwoRecords() throws {
    try withTemporaryFolder { folder in
      try Self.record.write(to: folder)
      let done = try run(
        Self.arguments(folder, ["--series", "\(folder)/series.csv", "--report", "\(folder)/run.json"], monthly: true),
        ranks: 3)
      #expect(done.status == 0, "\(done.standardError)")
      let found = try map("r", "\(folder)/r.nc")
      for cell in 1..<Self.cells {
        let months = (0..<168).filter { value(0, $0, cell).isFinite && value(2, $0, cell).isFinite }
        guard cell != 3 else {
          #expect(found[cell].isNaN)
          continue
        }
        let wanted = Correlation(months.map { value(0, $0, cell) }, months.map { value(2, $0, cell) })
        #expect(abs(found[cell] - wanted.r) < 1e-6, "cell \(cell)")
      }
      // Area means of the cells that have every month: all but 0, 2 and 3.
      let rows = try String(contentsOfFile: "\(folder)/series.csv", encoding: .utf8).split(separator: "\r\n")
      #expect(rows.count == 1 + 14 * 13 && rows[0] == "period,year,month,moisture,response")
      let latitudes = try GridMap.read("\(folder)/r.nc:r").grid.latitudes
      let weights = (0..<Self.cells).map { cos(latitudes[$0 / 4] * .pi / 180) }
      let whole = [1] + Array(4..<Self.cells)
      let total = whole.reduce(0) { $0 + weights[$1] }
      for (source, column) in [(0, 3), (2, 4)] {
        let cells = rows[6].split(separator: ",", omittingEmptySubsequences: false)
        let wanted = whole.reduce(0) { $0 + weights[$1] * value(source, 5, $1) } / total
        #expect(abs((Double(cells[column]) ?? 0) - wanted) < 1e-9 * wanted, "\(rows[6]), expected \(wanted)")
        let year = rows[13].split(separator: ",", omittingEmptySubsequences: false)
        let days = [31.0, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        let mean =
          (0..<12).reduce(0) { sum, month in
            sum + days[month] * whole.reduce(0) { $0 + weights[$1] * value(source, month, $1) } / total
          } / 365
        #expect(year[2].isEmpty && abs((Double(year[column]) ?? 0) - mean) < 1e-9 * mean)
      }
      // Months count, not complete years: none is complete without June.
      for name in contents(of: folder) where name.hasSuffix("06.nc4") {
        try FileManager.default.removeItem(atPath: "\(folder)/\(name)")
      }
      let gaps = try run(
        Self.arguments(folder, ["--allow-gaps", "--minimum-years", "10"], output: "gaps.nc", monthly: true))
      #expect(gaps.status == 0, "\(gaps.standardError)")
      let none = try run(
        Self.arguments(folder, ["--allow-gaps", "--minimum-years", "13"], output: "gaps.nc", monthly: true))
      #expect(none.status == 65 && none.standardError.contains("154 months"), "\(none.standardError)")
    }
  }

  @Test func wrongOptionsAreNamed() throws {
    try withTemporaryFolder { folder in
      try Self.record.write(to: folder)
      for (options, name) in [
        (["--lag", "-1"], "--lag"), (["--series", "s.csv"], "--series"),
        (["--monthly", "--seasons", "2"], "--seasons"),
        (["--minimum-years", "2"], "--minimum-years"), (["--group-layers", "1"], "--group-layers"),
      ] {
        let done = try run(Self.arguments(folder, options))
        #expect(done.status == 64 && done.standardError.contains(name), "\(options): \(done.standardError)")
      }
      let missing = try run(["correlate", "--moisture", "a.nc:x,y", "--output", "\(folder)/r.nc"])
      #expect(missing.status == 64 && missing.standardError.contains("--response is missing"))
      #expect(!contents(of: folder).contains("r.nc"))
    }
  }

  /// Eleven years of GLDAS with latent heat as the response: the figures that numpy and scipy gave.
  @Test(
    .enabled(
      if: RealRecord.hasMoisture && RealRecord.isThere, "the GLDAS files are not there: ../shared/data/gldas_noah10_m"))
  func realRecord() throws {
    try withTemporaryFolder { folder in
      let layers = ["0_10", "10_40", "40_100", "100_200"].map { "SoilMoi\($0)cm_inst" }.joined(separator: ",")
      let done = try run(
        [
          "correlate", "--moisture", "\(RealRecord.folder)/soilmoisture_4layer/*.nc4:\(layers)", "--response",
          "\(RealRecord.folder)/energy_fluxes/*.nc4:Qle_tavg", "--output", "\(folder)/r.nc", "--report",
          "\(folder)/run.json", "--progress", "0",
        ], ranks: 2)
      #expect(done.status == 0, "\(done.standardError)")
      let report = try RunReport.read(from: "\(folder)/run.json")
      #expect(report.statusCounts["computed"] == 14603)
      let means = [
        0.1145, 0.1803, 0.2077, 0.1415, 0.2075, 0.1722, 0.1834, 0.1058, 0.2452, 0.1573, 0.1919, 0.1114, 0.3376, 0.2354,
        0.2276, 0.1450,
      ]
      let shares = [
        38.29, 29.36, 24.15, 18.76, 45.87, 25.86, 17.49, 14.24, 50.82, 28.61, 19.47, 14.33, 55.27, 32.95, 24.45, 17.05,
      ]
      for index in 0..<16 {
        let mean = try #require(report.results["2012-2022_r_\(index)_cell_mean"])
        #expect(abs(mean - means[index]) < 5.1e-5, "r \(index): \(mean)")
        let share = 100 * (try #require(report.results["2012-2022_significant_\(index)_cell_mean"]))
        #expect(abs(share - shares[index]) < 0.0051, "significant \(index): \(share)")
        let ofGrid = 100 * (try #require(report.results["2012-2022_significant_of_grid_\(index)"]))
        #expect(abs(ofGrid - share * 14603 / 54000) < 1e-9)
      }
      let (r, status) = (try numbers("r", folder), try numbers("status", folder))
      let undefined = (0..<54000).count { cell in
        status[cell] == 0 && (0..<16).contains { r[$0 * 54000 + cell].isNaN }
      }
      #expect(undefined == 148)
    }
  }
}
