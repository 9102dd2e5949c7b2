import Distributed
import Foundation
import Kernels
import TestSupport
import Testing

/// The sink command on small records whose trends the test works out itself, and on GLDAS.
@MainActor @Suite struct SinkTests {
  private nonisolated static let (rows, columns, years) = (6, 4, 2000...2013)
  private nonisolated static var cells: Int { rows * columns }

  /// Cell 0 is sea, cell 1 has no production, cell 2 lacks a month of each, in cell 3 respiration does not vary, cell 4 has
  /// production in five years.
  private nonisolated static func value(_ sample: TestSample, isProduction: Bool) -> Double {
    let (cell, month) = (sample.cell, sample.month)
    if cell == 0 || cell == 1 && isProduction { return .nan }
    if cell == 2, month == Month(year: isProduction ? 2003 : 2005, month: 7) { return .nan }
    if cell == 3 && !isProduction { return 4 }
    if cell == 4 && isProduction && month.year > 2004 { return .nan }
    let (year, place) = (Double(month.year - 2000), Double(cell))
    let season = cos(0.5 * Double(month.month) + place)
    return isProduction
      ? 9 + 0.08 * (place - 11) * year + sin(1.9 * year * (1 + place)) + season
      : 70 + 0.5 * Double(cell % 5 - 2) * year + 4 * cos(2.3 * year + 3 * place) + 3 * season
  }

  private static let production = TestField("NPP", units: "g m-2") { value($0, isProduction: true) }
  private static let respiration = TestField("RECO", units: "mg m-2") { value($0, isProduction: false) }
  private static let record: TestEnsemble = {
    var record = TestEnsemble.observations(
      grid: .regular(rows: rows, columns: columns), time: TestTime(from: Month(year: 2000, month: 1), count: 14 * 12),
      fields: [production, respiration])
    record.storage.packing = .double
    return record
  }()

  private func arguments(_ folder: String, _ more: [String] = [], output: String = "sink.nc") -> [String] {
    [
      "sink", "--respiration", Self.record.source("RECO", in: folder), "--production",
      Self.record.source("NPP", in: folder), "--output", "\(folder)/\(output)", "--overwrite", "--progress", "0",
    ] + more
  }

  /// Yearly values of a cell: means weighted by the length of months, or sums.
  private func series(_ field: TestField, _ cell: Int, _ months: ClosedRange<Int> = 1...12, isSum: Bool = false)
    -> [Double]
  {
    Self.years.map { year in
      let all = months.map { Month(year: year, month: $0) }
      let weights = all.map { isSum ? 1 : Double(Self.record.time.length(of: $0)) }
      let total = zip(all, weights).reduce(0) { $0 + $1.1 * Self.record.expected(field, month: $1.0, cell: cell) }
      return isSum ? total : total / weights.reduce(0, +)
    }
  }

  /// The slope of least squares by its definition.
  private func slope(_ years: [Double], _ values: [Double]) -> Double {
    let (x, y) = (mean(years), mean(values))
    let squares = years.reduce(0) { $0 + ($1 - x) * ($1 - x) }
    return zip(years, values).reduce(0) { $0 + ($1.0 - x) * ($1.1 - y) } / squares
  }

  private func zScores(_ values: [Double]) -> [Double] {
    let (centre, deviation) = (mean(values), standardDeviation(values))
    return values.map { ($0 - centre) / deviation }
  }

  /// What the command should find in a cell; nil where there are no trends.
  private func expected(_ both: (production: [Double], respiration: [Double]))
    -> (count: Int, lines: [(mean: Double, slope: Double, p: Double, z: Double)])?
  {
    let common = both.production.indices.filter { both.production[$0].isFinite && both.respiration[$0].isFinite }
    let years = common.map { Double(Self.years.lowerBound + $0) }
    guard common.count >= 10 else { return nil }
    let lines = [both.production, both.respiration].map { values in
      let own = common.map { values[$0] }
      return (
        mean(own), slope(years, own), OrdinaryTrend(times: years, values: own).p, slope(years, zScores(own))
      )
    }
    return (common.count, lines)
  }

  private func number(_ row: [String: String], _ column: String) -> Double { Double(row[column] ?? "") ?? .nan }

  private func check(
    _ path: String, location: SourceLocation = #_sourceLocation,
    _ series: (Int) -> (production: [Double], respiration: [Double])
  ) throws {
    let status = try statuses(path)
    let reasons = [0: "not_land", 1: "no_production", 3: "no_variation", 4: "too_few_years"]
    let names = ["mean", "trend", "trend_p", "z_trend"]
    var maps: [String: [Double]] = [:]
    for name in ["n_years", "z_trend_difference", "direction", "faster"] { maps[name] = try map(name, path) }
    for source in ["production", "respiration"] {
      for name in names + ["trend_q"] { maps["\(source)_\(name)"] = try map("\(source)_\(name)", path) }
    }
    func expect(_ name: String, _ cell: Int, _ wanted: Double) {
      let found = maps[name]?[cell] ?? .nan
      let isEqual = found.isNaN && wanted.isNaN || abs(found - wanted) <= 1e-6 * max(1e-3, abs(wanted))
      #expect(isEqual, "\(name) of cell \(cell): \(found), expected \(wanted)", sourceLocation: location)
    }
    var p = [[Double]](repeating: [], count: 2)
    for cell in 0..<Self.cells {
      let wanted = reasons[cell] == nil ? expected(series(cell)) : nil
      #expect(status[cell] == (reasons[cell] ?? "computed"), "cell \(cell)", sourceLocation: location)
      for (index, source) in ["production", "respiration"].enumerated() {
        let line = wanted?.lines[index]
        for (name, value) in zip(names, [line?.mean, line?.slope, line?.p, line?.z]) {
          expect("\(source)_\(name)", cell, value ?? .nan)
        }
        p[index].append(line?.p ?? .nan)
      }
      guard let wanted else {
        for name in ["direction", "faster", "z_trend_difference"] { expect(name, cell, .nan) }
        continue
      }
      expect("n_years", cell, Double(wanted.count))
      let (up, down) = (wanted.lines[0], wanted.lines[1])
      expect("z_trend_difference", cell, up.z - down.z)
      expect("direction", cell, (up.slope > 0 ? 0 : 2) + (down.slope > 0 ? 0 : 1))
      expect("faster", cell, up.z > down.z ? 1 : 0)
    }
    for (index, source) in ["production", "respiration"].enumerated() {
      for (cell, wanted) in falseDiscoveryRates(p[index]).enumerated() { expect("\(source)_trend_q", cell, wanted) }
    }
  }

  @Test func mapsHoldTheTrendsOfTheDefinition() throws {
    try withTemporaryFolder { folder in
      try Self.record.write(to: folder)
      var done = try run(arguments(folder), ranks: 2)
      #expect(done.status == 0, "\(done.standardError)")
      try check("\(folder)/sink.nc") { (series(Self.production, $0), series(Self.respiration, $0)) }
      let file = try NetCDFFile("\(folder)/sink.nc")
      #expect(file.text("units", of: try file.requiredVariable("production_trend")) == "g m-2 year-1")
      #expect(file.text("units", of: try file.requiredVariable("respiration_mean")) == "mg m-2")
      #expect(
        file.text("flag_meanings", of: try file.requiredVariable("direction"))
          == "production_up_respiration_up production_up_respiration_down production_down_respiration_up "
          + "production_down_respiration_down")
      done = try run(arguments(folder, ["--statistic", "sum", "--months", "6-8"], output: "sum.nc"), ranks: 3)
      #expect(done.status == 0, "\(done.standardError)")
      // Without July cell 2 is as in any summer, with it two years are missing in both.
      try check("\(folder)/sum.nc") {
        (series(Self.production, $0, 6...8, isSum: true), series(Self.respiration, $0, 6...8, isSum: true))
      }
    }
  }

  /// Each number of the table from the cells' trends and series, by region and group of classes; the same on any ranks.
  @Test func tablesOfRegionsAndClasses() throws {
    try withTemporaryFolder { folder in
      try Self.record.write(to: folder)
      let places = (0..<Self.cells).map { Self.record.grid.place(ofCell: $0) }
      let maps = TestMaps(
        latitudes: (0..<Self.rows).map { places[$0 * Self.columns].latitude },
        longitudes: (0..<Self.columns).map { places[$0].longitude })
      try maps.write([TestMaps.Map("id", (0..<Self.cells).map { Double($0 % 3) })], to: "\(folder)/classes.nc")
      var first: (bits: [String: [UInt64]], texts: [String])?
      for ranks in [1, 2, 3, 5] {
        let done = try run(
          arguments(
            folder,
            [
              "--classes", "\(folder)/classes.nc:id", "--groups", "even=0+2,odd=1", "--significance", "0.3",
              "--table", "\(folder)/sink.csv", "--series", "\(folder)/series.csv", "--picture", "\(folder)/series.svg",
              "--faster-picture", "\(folder)/faster.svg",
            ]), ranks: ranks)
        #expect(done.status == 0, "\(done.standardError)")
        let found = (
          bits: try bits(of: "\(folder)/sink.nc"),
          texts: try ["sink.csv", "series.csv", "series.svg", "faster.svg"].map {
            try String(contentsOfFile: "\(folder)/\($0)", encoding: .utf8)
          }
        )
        #expect(found.bits == first?.bits ?? found.bits && found.texts == first?.texts ?? found.texts, "\(ranks) ranks")
        first = first ?? found
      }
      let (table, series) = (try CSVTable("\(folder)/sink.csv"), try CSVTable("\(folder)/series.csv"))
      #expect(table.rows.map { $0["class"] } == ["globe", "30:90", "-30:30", "-90:-30", "even", "odd"])
      #expect(table.rows.map { $0["classes"] }.last == "\(folder)/classes.nc:id")
      let classes: [(Int) -> Bool] = [
        { _ in true }, { places[$0].latitude >= 30 }, { abs(places[$0].latitude) < 30 },
        { places[$0].latitude < -30 }, { $0 % 3 != 1 }, { $0 % 3 == 1 },
      ]
      for (row, isIn) in zip(table.rows, classes) { try check(row, series, places.map(\.latitude), isIn) }
    }
  }

  private func check(
    _ row: [String: String], _ series: CSVTable, _ latitudes: [Double], _ isIn: (Int) -> Bool
  ) throws {
    let own = (0..<Self.cells).filter { ![0, 1, 3, 4].contains($0) && isIn($0) }
    let both = own.map {
      (production: self.series(Self.production, $0), respiration: self.series(Self.respiration, $0))
    }
    let lines = try both.map { try #require(expected($0)).lines }
    let weights = own.map { cos(latitudes[$0] * .pi / 180) }
    let name = row["class"] ?? ""
    #expect(number(row, "n") == Double(own.count))
    func expect(_ share: String, _ holds: [Bool]) {
      let cells = Double(holds.count { $0 }) / Double(own.count)
      let area = zip(holds, weights).reduce(0) { $0 + ($1.0 ? $1.1 : 0) } / weights.reduce(0, +)
      #expect(abs(number(row, "\(share)_cells") - cells) < 1e-12, "\(name) \(share)")
      #expect(abs(number(row, "\(share)_area") - area) < 1e-12, "\(name) \(share)")
    }
    for (index, source) in ["production", "respiration"].enumerated() {
      let line = lines.map { $0[index] }
      expect("\(source)_increasing", line.map { $0.slope > 0 })
      expect("\(source)_decreasing", line.map { $0.slope < 0 })
      expect("\(source)_significant_increasing", line.map { $0.slope > 0 && $0.p < 0.3 })
      expect("\(source)_significant_decreasing", line.map { $0.slope < 0 && $0.p < 0.3 })
      let all = (0..<Self.cells).filter { ![0, 1, 3, 4].contains($0) }
      let q = falseDiscoveryRates(
        try all.map { cell in
          try #require(expected((self.series(Self.production, cell), self.series(Self.respiration, cell)))).lines[index]
            .p
        })
      let adjusted = own.map { cell in all.firstIndex(of: cell).map { q[$0] } ?? .nan }
      expect("\(source)_adjusted_increasing", zip(line, adjusted).map { $0.slope > 0 && $1 < 0.3 })
      expect("\(source)_adjusted_decreasing", zip(line, adjusted).map { $0.slope < 0 && $1 < 0.3 })
    }
    expect("production_up_respiration_up", lines.map { $0[0].slope > 0 && $0[1].slope > 0 })
    expect("production_up_respiration_down", lines.map { $0[0].slope > 0 && $0[1].slope < 0 })
    expect("production_down_respiration_up", lines.map { $0[0].slope < 0 && $0[1].slope > 0 })
    expect("production_down_respiration_down", lines.map { $0[0].slope < 0 && $0[1].slope < 0 })
    expect("production_faster", lines.map { $0[0].z > $0[1].z })
    expect("respiration_faster", lines.map { $0[0].z < $0[1].z })

    // Cells with every year: not cell 2, but cell 3, where respiration does not vary.
    let complete = (0..<Self.cells).filter { ![0, 1, 2, 4].contains($0) && isIn($0) }
    #expect(number(row, "series_n") == Double(complete.count) && number(row, "series_years") == 14)
    let total = complete.reduce(0) { $0 + cos(latitudes[$1] * .pi / 180) }
    let years = Self.years.map(Double.init)
    let rows = series.rows.filter { $0["class"] == name }
    #expect(rows.map { number($0, "year") } == years)
    for (field, source) in [(Self.production, "production"), (Self.respiration, "respiration")] {
      let all = complete.map { (weight: cos(latitudes[$0] * .pi / 180), values: self.series(field, $0)) }
      let means = years.indices.map { year in all.reduce(0) { $0 + $1.weight * $1.values[year] } / total }
      for (row, (mean, z)) in zip(rows, zip(means, zScores(means))) {
        #expect(abs(number(row, source) - mean) < 1e-12 * mean, "\(name) \(source)")
        #expect(abs(number(row, "\(source)_z") - z) < 1e-9, "\(name) \(source)")
      }
      #expect(abs(number(row, "\(source)_mean") - mean(means)) < 1e-10)
      #expect(abs(number(row, "\(source)_trend") - slope(years, means)) < 1e-10)
      #expect(abs(number(row, "\(source)_z_trend") - slope(years, zScores(means))) < 1e-10)
      #expect(abs(number(row, "\(source)_trend_p") - OrdinaryTrend(times: years, values: means).p) < 1e-10)
    }
  }

  /// Records of years, with bounds or without, have the trends of their values.
  @Test func yearsAreTakenAsTheyAre() throws {
    try withTemporaryFolder { folder in
      @Sendable func value(_ year: Int, _ cell: Int, _ which: Double) -> Double {
        cell == 5 ? .nan : 3 + which * Double(year) + sin(Double(year * (cell + 2)) * 1.3 * which)
      }
      var sources: [String] = []
      for (name, which) in [("reco", 0.2), ("npp", 0.35)] {
        var record = TestRecord(
          from: Month(year: 2000, month: 1), count: 14, months: 12, calendar: .standard
        ) { value($0, $1, which) }
        (record.hasBounds, record.stamp, record.stepsPerFile) = (which < 0.3, .middle, which < 0.3 ? 0 : 1)
        try FileManager.default.createDirectory(atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
        sources.append(try record.write(to: "\(folder)/\(name)"))
      }
      let arguments = [
        "sink", "--respiration", sources[0], "--production", sources[1], "--output", "\(folder)/s.nc", "--overwrite",
        "--progress", "0", "--period", "2001-2012",
      ]
      let dry = try run(arguments + ["--dry-run"])
      #expect(dry.status == 0 && dry.standardOutput.contains("years:    2001/2012, 12"), "\(dry.standardOutput)")
      #expect(!contents(of: folder).contains("s.nc"))
      let done = try run(arguments, ranks: 2)
      #expect(done.status == 0, "\(done.standardError)")
      for (name, which) in [("respiration", 0.2), ("production", 0.35)] {
        let found = try map("\(name)_trend", "\(folder)/s.nc")
        for cell in 0..<5 {
          let wanted = slope((1...12).map(Double.init), (1...12).map { Double(Float(value($0, cell, which))) })
          #expect(abs(found[cell] - wanted) < 1e-6, "\(name), cell \(cell)")
        }
      }
      #expect(try statuses("\(folder)/s.nc") == Array(repeating: "computed", count: 5) + ["not_land"])
      let months = try run(arguments + ["--months", "6-8"])
      #expect(months.status == 64 && months.standardError.contains("--months"), "\(months.standardError)")
    }
  }

  /// Years of one record beside months of the other, in either place; a year that one lacks is missing in both.
  @Test func yearsStandBesideMonths() throws {
    try withTemporaryFolder { folder in
      @Sendable func yearly(_ year: Int, _ cell: Int) -> Double {
        cell == 5 ? .nan : 3 + 0.2 * Double((cell - 2) * year) + sin(1.3 * Double(year * (cell + 2)))
      }
      @Sendable func monthly(_ month: Int, _ cell: Int) -> Double {
        cell == 5 || cell == 2 && month == 43 ? .nan : 9 - 0.01 * Double(month) + cos(0.7 * Double(month * (cell + 1)))
      }
      let begin = Month(year: 2000, month: 1)
      var years = TestRecord(from: begin, count: 14, months: 12, calendar: .noLeap, value: yearly)
      let months = TestRecord(from: begin, count: 14 * 12, months: 1, calendar: .noLeap, value: monthly)
      for name in ["years", "files", "gap", "months"] {
        try FileManager.default.createDirectory(atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
      }
      let monthSource = try months.write(to: "\(folder)/months")
      let yearSource = try years.write(to: "\(folder)/years")
      years.stepsPerFile = 1
      let fileSource = try years.write(to: "\(folder)/files")
      years.steps.remove(at: 6)
      years.value = { yearly($0 < 6 ? $0 : $0 + 1, $1) }
      let gapSource = try years.write(to: "\(folder)/gap")

      func means(_ year: Int, _ cell: Int) -> Double {
        let lengths = (1...12).map { Double(TestRecord.Calendar.noLeap.length(of: Month(year: 2001, month: $0))) }
        return zip(0..<12, lengths).reduce(0) { $0 + $1.1 * Double(Float(monthly(12 * year + $1.0, cell))) } / 365
      }
      for (source, options, missing) in [
        (yearSource, [], []), (fileSource, ["--period", "2001-2012"], [0, 13]), (gapSource, ["--allow-gaps"], [6]),
      ] {
        for (respiration, production) in [(source, monthSource), (monthSource, source)] {
          var first: [String: [UInt64]]?
          for ranks in [1, 3] {
            let done = try run(
              [
                "sink", "--respiration", respiration, "--production", production, "--output", "\(folder)/s.nc",
                "--overwrite", "--progress", "0",
              ] + options, ranks: ranks)
            #expect(done.status == 0, "\(done.standardError)")
            let found = try bits(of: "\(folder)/s.nc")
            #expect(found == first ?? found, "\(ranks) ranks")
            first = first ?? found
          }
          let names = respiration == source ? ["respiration", "production"] : ["production", "respiration"]
          for cell in 0..<5 {
            let own = (0..<14).filter { !missing.contains($0) && !(cell == 2 && $0 == 3) }
            #expect(try map("n_years", "\(folder)/s.nc")[cell] == Double(own.count), "cell \(cell)")
            let values = [own.map { Double(Float(yearly($0, cell))) }, own.map { means($0, cell) }]
            for (name, values) in zip(names, values) {
              let wanted = slope(own.map(Double.init), values)
              let found = try map("\(name)_trend", "\(folder)/s.nc")[cell]
              #expect(abs(found - wanted) < 1e-6 * max(1e-2, abs(wanted)), "\(name), cell \(cell): \(found), \(wanted)")
            }
          }
        }
      }
      let arguments = [
        "sink", "--respiration", monthSource, "--production", gapSource, "--output", "\(folder)/none.nc",
      ]
      let gap = try run(arguments)
      #expect(gap.status == 65 && gap.standardError.contains("years are missing: 2006;"), "\(gap.standardError)")
      let seasons = try run(arguments + ["--allow-gaps", "--months", "6-8"])
      #expect(
        seasons.status == 64 && seasons.standardError.contains("--production are years"), "\(seasons.standardError)")
      // Within one source there is nothing that would make years of the one and months of the other alike.
      let joined = try run(arguments + ["--production", "\(yearSource) + \(monthSource)"])
      #expect(joined.status == 65 && joined.standardError.contains("of one length"), "\(joined.standardError)")
      #expect(!contents(of: folder).contains("none.nc"))
    }
  }

  @Test func productionOnAnotherGridIsBroughtOver() throws {
    try withTemporaryFolder { folder in
      try Self.record.write(to: folder)
      let columns = Self.columns
      var fine = TestEnsemble.observations(
        grid: .regular(rows: 2 * Self.rows, columns: 2 * columns), time: Self.record.time,
        fields: [
          TestField("NPP", units: "g m-2") { sample in
            let (row, column) = (sample.cell / (2 * columns), sample.cell % (2 * columns))
            // A quarter of each cell is missing, the rest differs by as much in both directions.
            if row % 2 == 1, column % 2 == 1 { return .nan }
            var coarse = sample
            coarse.cell = row / 2 * columns + column / 2
            return Self.value(coarse, isProduction: true)
          }
        ])
      fine.storage.packing = .double
      try FileManager.default.createDirectory(atPath: "\(folder)/fine", withIntermediateDirectories: true)
      try fine.write(to: "\(folder)/fine")
      let done = try run(
        arguments(folder) + ["--production", fine.source("NPP", in: "\(folder)/fine")], ranks: 2)
      #expect(done.status == 0, "\(done.standardError)")
      #expect(done.standardError.contains("from 12 × 8 to 6 × 4 cells by area mean"), "\(done.standardError)")
      try check("\(folder)/sink.nc") { (series(Self.production, $0), series(Self.respiration, $0)) }
    }
  }

  @Test func wrongInputIsNamed() throws {
    try withTemporaryFolder { folder in
      try Self.record.write(to: folder)
      for (options, text) in [
        (["--significance", "1"], "--significance 1"), (["--minimum-years", "2"], "--minimum-years"),
        (["--regions", "30:100"], "--regions '30:100'"), (["--above", "3"], "--above"),
        (["--bands", "30:90"], "--regions"), (["--months", "13"], "--months"),
      ] {
        let done = try run(arguments(folder, options))
        #expect(done.status == 64 && done.standardError.contains(text), "\(options): \(done.standardError)")
      }
      let missing = try run(["sink", "--respiration", "a.nc:x", "--output", "\(folder)/s.nc"])
      #expect(missing.status == 64 && missing.standardError.contains("--production is missing"))
      try "kept".write(toFile: "\(folder)/series.csv", atomically: true, encoding: .utf8)
      let taken = try run(arguments(folder, ["--series", "\(folder)/series.csv"]).filter { $0 != "--overwrite" })
      #expect(taken.status == 73 && taken.standardError.contains("series.csv exists"), "\(taken.standardError)")

      // A band without a cell of the grid is left out.
      let north = try run(
        arguments(folder, ["--bbox", "0,20,360,90", "--table", "\(folder)/t.csv", "--regions", "globe,85:90"]))
      #expect(north.status == 0, "\(north.standardError)")
      #expect(try CSVTable("\(folder)/t.csv").rows.map { $0["class"] } == ["globe"])
    }
  }

  /// The trends that a synthetic record was made with.
  @Test func syntheticTrendsAreFound() throws {
    try withTemporaryFolder { folder in
      let made = try run([
        "synthesize", "\(folder)/demo", "--rows", "12", "--columns", "16", "--members", "1", "--months", "240",
        "--sink",
        "--progress", "0",
      ])
      #expect(made.status == 0 && made.standardOutput.contains("sink_truth.nc"), "\(made.standardError)")
      let done = try run(
        [
          "sink", "--respiration", "\(folder)/demo/sink.nc:RECO", "--production", "\(folder)/demo/sink.nc:NPP",
          "--output", "\(folder)/s.nc", "--progress", "0",
        ], ranks: 2)
      #expect(done.status == 0, "\(done.standardError)")
      let status = try statuses("\(folder)/s.nc")
      var directions = Set<Double>()
      let maps = try Dictionary(
        uniqueKeysWithValues: ["production_trend", "production_z_trend", "respiration_trend", "respiration_z_trend"].map
        {
          ($0, (found: try map($0, "\(folder)/s.nc"), truth: try map($0, "\(folder)/demo/sink_truth.nc")))
        })
      let direction = try map("direction", "\(folder)/s.nc")
      for cell in status.indices {
        for (name, values) in maps {
          let (found, truth) = (values.found[cell], values.truth[cell])
          // Stored in single precision.
          let isNear =
            found.isNaN && truth.isNaN || abs(found - truth) < 2e-4 * max(abs(truth), name.contains("z") ? 0.1 : 5)
          #expect(isNear, "\(name) of cell \(cell): \(found), true \(truth)")
        }
        #expect((status[cell] == "computed") == direction[cell].isFinite)
        guard let up = maps["production_trend"]?.truth[cell], let down = maps["respiration_trend"]?.truth[cell],
          up.isFinite
        else { continue }
        #expect(direction[cell] == (up > 0 ? 0 : 2) + (down > 0 ? 0 : 1))
        directions.insert(direction[cell])
      }
      #expect(directions.count == 4)
    }
    let months = try run(["synthesize", "none", "--months", "40", "--sink"])
    #expect(months.status == 64 && months.standardError.contains("--sink"))
  }

  /// Eleven years of GLDAS, latent heat in place of production and sensible heat in place of respiration: the figures of
  /// scipy's `linregress` in every cell.
  @Test(.enabled(if: RealRecord.isThere, "the GLDAS files are not there: ../shared/data/gldas_noah10_m"))
  func realRecord() throws {
    try withTemporaryFolder { folder in
      let source = "\(RealRecord.folder)/energy_fluxes/*.nc4"
      let done = try run(
        [
          "sink", "--respiration", "\(source):Qh_tavg", "--production", "\(source):Qle_tavg", "--output",
          "\(folder)/s.nc", "--table", "\(folder)/s.csv", "--progress", "0",
        ], ranks: 2)
      #expect(done.status == 0, "\(done.standardError)")
      let table = try CSVTable("\(folder)/s.csv")
      let names =
        ["production", "respiration"].flatMap { name in
          ["increasing", "decreasing", "significant_increasing", "significant_decreasing"].map { "\(name)_\($0)" }
        } + [
          "production_up_respiration_up", "production_up_respiration_down", "production_down_respiration_up",
          "production_down_respiration_down", "production_faster",
        ]
      let counts = [
        [7219, 7940, 1742, 2421, 6589, 8570, 1546, 2560, 1681, 5538, 4908, 3032, 8009],
        [4855, 4242, 1237, 1153, 4148, 4949, 1033, 1389, 1405, 3450, 2743, 1499, 5104],
        [2182, 3340, 498, 1159, 2165, 3357, 453, 1129, 264, 1918, 1901, 1439, 2676],
        [182, 358, 7, 109, 276, 264, 60, 42, 12, 170, 264, 94, 229],
      ]
      let slopes = [
        [-0.10989636454625347, 0.07713215580650253, -0.16697734048829121, -0.16701881287510736, 0.2133977712709212],
        [0.03518575797824068, 0.4739869909117364, 0.07287404377858589, -0.1887595211016356, 0.09423330178182679],
        [-0.23075530262473842, 0.029319667155720493, -0.19693771616296357, -0.16798996285492068, 0.35107508463733966],
        [-0.3475356360254294, 0.24811314217258737, -0.11477390186211751, 0.1011741656220515, 0.7670372526585671],
      ]
      let trends = [
        "production_trend", "production_trend_p", "production_z_trend", "respiration_trend", "respiration_trend_p",
      ]
      for (row, (cells, (counts, slopes))) in zip(table.rows, zip([15159, 9097, 5522, 540], zip(counts, slopes))) {
        #expect(number(row, "n") == Double(cells) && number(row, "series_n") == Double(cells))
        for (name, count) in zip(names, counts) {
          #expect(
            abs(number(row, "\(name)_cells") * Double(cells) - Double(count)) < 1e-6, "\(row["class"] ?? "") \(name)")
        }
        for (name, wanted) in zip(trends, slopes) {
          #expect(abs(number(row, name) - wanted) < 1e-10, "\(row["class"] ?? "") \(name): \(number(row, name))")
        }
      }
      let globe = try #require(table.rows.first)
      // Over cells with p adjusted over all of them.
      let adjusted = ["production", "respiration"].map { name in
        15159 * ["increasing", "decreasing"].reduce(0) { $0 + number(globe, "\(name)_adjusted_\($1)_cells") }
      }
      #expect(abs(adjusted[0] - 922) < 1e-6 && abs(adjusted[1] - 927) < 1e-6, "\(adjusted)")
      for (name, area) in zip(names.suffix(5) + ["production_increasing"], [8.54, 37.45, 31.86, 22.15, 53.12, 46.00]) {
        #expect(abs(100 * number(globe, "\(name)_area") - area) < 0.0051, "\(name)")
      }
    }
  }

  /// Every cell of GLDAS by the definitions: in double precision from the kernel, in single from the maps.
  ///
  /// The sums are those of scipy 1.17.1 (`linregress`) and statsmodels 0.15.0 (`multipletests`, fdr_bh); see Tests/reference/sink.py.
  @Test(.enabled(if: RealRecord.isThere, "the GLDAS files are not there: ../shared/data/gldas_noah10_m"))
  func everyCellOfTheRealRecord() throws {
    try withTemporaryFolder { folder in
      let source = "\(RealRecord.folder)/energy_fluxes/*.nc4"
      let done = try run(
        [
          "sink", "--respiration", "\(source):Qh_tavg", "--production", "\(source):Qle_tavg", "--output",
          "\(folder)/s.nc", "--progress", "0",
        ], ranks: 3)
      #expect(done.status == 0, "\(done.standardError)")
      let both = try annualMeans(["Qle_tavg", "Qh_tavg"])
      let years = (2012...2022).map(Double.init)
      let estimator = SinkEstimator(minimumYears: 10, maximumCount: 11)
      let cells = both[0].indices.filter { cell in both.allSatisfy { $0[cell].allSatisfy(\.isFinite) } }
      let found = cells.map { cell in
        estimator.estimate(years: years[...], production: both[0][cell][...], respiration: both[1][cell][...])
      }
      let wanted: [String: (slope: Double, p: Double, z: Double, q: Double, significant: Int, adjusted: Int)] = [
        "production": (5885.313990388643, 5689.391874545217, 1661.9093163298833, 8836.946929343008, 4163, 922),
        "respiration": (7419.981351940294, 5717.422232494588, 1651.3860674886237, 8932.681151072311, 4106, 927),
      ]
      for (index, name) in ["production", "respiration"].enumerated() {
        let lines = found.map { index == 0 ? $0.production : $0.respiration }
        let q = falseDiscoveryRates(lines.map(\.p))
        let maps = try ["trend", "trend_p", "trend_q", "z_trend"].map { try map("\(name)_\($0)", "\(folder)/s.nc") }
        #expect(maps[0].count(where: \.isFinite) == cells.count)
        var worst = (slope: 0.0, p: 0.0, map: 0.0)
        for (position, cell) in cells.enumerated() {
          let (values, line) = (both[index][cell], lines[position])
          let slope = slope(years, values)
          worst.slope = max(
            worst.slope, abs(line.slope - slope) / abs(slope),
            abs(line.standardSlope - slope / standardDeviation(values)) / abs(line.standardSlope))
          worst.p = max(worst.p, abs(line.p - p(slope, years, values)))
          for (map, number) in zip(maps, [line.slope, line.p, q[position], line.standardSlope]) {
            worst.map = max(worst.map, abs(map[cell] - number) / max(1e-3, abs(number)))
          }
        }
        #expect(worst.slope < 1e-10 && worst.p < 1e-12 && worst.map < 1e-6, "\(name): \(worst)")
        let sums = try #require(wanted[name])
        for (sum, expected) in [
          (lines.reduce(0) { $0 + abs($1.slope) }, sums.slope), (lines.reduce(0) { $0 + $1.p }, sums.p),
          (lines.reduce(0) { $0 + abs($1.standardSlope) }, sums.z), (q.reduce(0, +), sums.q),
        ] {
          #expect(abs(sum - expected) < 1e-10 * expected, "\(name): \(sum), expected \(expected)")
        }
        #expect(lines.count { $0.p < 0.1 } == sums.significant && q.count { $0 < 0.1 } == sums.adjusted)
      }
    }
  }

  /// Means of each year of GLDAS, weighted by the length of the months: by variable, cell and year.
  private func annualMeans(_ names: [String]) throws -> [[[Double]]] {
    let folder = "\(RealRecord.folder)/energy_fluxes"
    let paths = contents(of: folder).filter { $0.hasSuffix(".nc4") }.sorted().map { "\(folder)/\($0)" }
    var totals = names.map { _ in [[Double]](repeating: [Double](repeating: 0, count: 11), count: 360 * 150) }
    for (number, path) in paths.enumerated() {
      let (year, month) = (number / 12, number % 12)
      let leap = year % 4 == 0
      let length = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month]
      let file = try NetCDFFile(path)
      for (variable, name) in names.enumerated() {
        let stored = try #require(file.variable(name))
        var values = [Float](repeating: 0, count: 360 * 150)
        try values.withUnsafeMutableBufferPointer {
          try file.read(stored, start: [0, 0, 0], count: [1, 150, 360], into: try #require($0.baseAddress))
        }
        for cell in values.indices {
          totals[variable][cell][year] += values[cell] == -9999 ? .nan : Double(length) * Double(values[cell])
        }
      }
    }
    return totals.map { $0.map { $0.enumerated().map { $1 / ($0 % 4 == 0 ? 366 : 365) } } }
  }

  /// Two-sided p of a slope through eleven values: Student's t with nine degrees of freedom in closed form (Abramowitz and
  /// Stegun 1964, 26.7.3).
  private func p(_ slope: Double, _ years: [Double], _ values: [Double]) -> Double {
    let (x, y) = (mean(years), mean(values))
    let rest = zip(years, values).reduce(0) { $0 + pow($1.1 - y - slope * ($1.0 - x), 2) }
    let t = abs(slope) / (rest / 9 / years.reduce(0) { $0 + ($1 - x) * ($1 - x) }).squareRoot()
    let angle = atan(t / 3)
    let (c, s) = (cos(angle), sin(angle))
    return 1 - 2 / .pi * (angle + s * (c + 2 / 3 * pow(c, 3) + 8 / 15 * pow(c, 5) + 16 / 35 * pow(c, 7)))
  }
}
