import Distributed
import Foundation
import Kernels
import TestSupport
import Testing

@testable import smt_mpi

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A record of 12 years on 3 × 4 cells whose sources have units of their own: cell 0 is sea, cell 1 has no evaporation, cell 2
/// has a month without rain, and cell 3 is the same every year.
private struct BalanceFixture {
  static let first = Month(year: 2001, month: 1)
  static let months = (0..<144).map { Month(index: first.index + $0) }
  static let cells = 12

  /// What is stored of rain, kg m⁻² s⁻¹, and of evaporation, W m⁻².
  static func rain(_ month: Int, _ cell: Int) -> Double {
    if cell == 0 || cell == 2 && month == 77 { return .nan }
    let t = Double(cell == 3 ? month % 12 : month), c = Double(cell)
    return Double(Float((3 + 2 * sin(0.7 * t + c) + 1.5 * cos(0.13 * t * t + c)) / 86400))
  }

  static func evaporation(_ month: Int, _ cell: Int) -> Double {
    if cell <= 1 { return .nan }
    let t = Double(cell == 3 ? month % 12 : month)
    return Double(Float(90 + 40 * sin(2 * .pi * t / 12) + Double(cell) + 5 * cos(1.3 * t)))
  }

  /// mm a month; the calendar has no leap years.
  static func balance(_ month: Int, _ cell: Int) -> Double {
    let days = Double([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month % 12])
    return rain(month, cell) * 86400 * days - evaporation(month, cell) / 2.45e6 * 86400 * days
  }

  /// Writes `balance.nc` with rain, evaporation and their difference in mm a month, of some of the months.
  static func write(
    to folder: String, _ range: Range<Int> = 0..<144, name: String = "balance",
    evaporationUnits: String = "W m-2"
  ) throws {
    let writer = try NetCDFWriter("\(folder)/\(name).nc")
    let time = try writer.dimension("time", range.count)
    let latitude = try writer.dimension("lat", 3)
    let longitude = try writer.dimension("lon", 4)
    let stamps = try writer.variable(
      "time", .double, [time],
      attributes: [("units", .text("days since 2001-01-01")), ("calendar", .text("noleap"))])
    let latitudes = try writer.variable("lat", .double, [latitude], attributes: [("units", .text("degrees_north"))])
    let longitudes = try writer.variable("lon", .double, [longitude], attributes: [("units", .text("degrees_east"))])
    let variables = try [
      ("rain", "kg m-2 s-1"), ("evaporation", evaporationUnits), ("d", "mm/month"), ("t", "K"),
    ].map { name, units in
      try writer.variable(
        name, name == "d" ? .double : .float, [time, latitude, longitude],
        attributes: [("units", .text(units)), ("_FillValue", .numbers([-9999], name == "d" ? .double : .float))])
    }
    try writer.endDefinitions()
    let starts = range.map { month in
      Double(365 * (month / 12) + [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334][month % 12])
    }
    try writer.write(starts.map { $0 + 14 }, to: stamps)
    try writer.write([10.0, 20, 50], to: latitudes)
    try writer.write([0.0, 10, 20, 30], to: longitudes)
    for (variable, value) in zip(variables, [rain, evaporation, balance, rain]) {
      let values = range.flatMap { month in (0..<cells).map { value(month, $0) } }
      try writer.write(values.map { $0.isNaN ? -9999 : $0 }, to: variable)
    }
    try writer.commit()
  }

  /// ξ, α, k and the scores of the sums of a cell that end in a calendar month, by the formulas.
  static func expected(
    _ cell: Int, scale: Int, month: Int, years: Range<Int> = 0..<12
  ) -> (parameters: [Double], scores: [Int: Double]) {
    func sum(_ place: Int) -> Double { (0..<scale).reduce(0) { $0 + balance(place - $1, cell) } }
    let places = (0..<12).map { 12 * $0 + month }.filter { $0 >= scale - 1 && !sum($0).isNaN }
    let values = places.filter { years.contains($0 / 12) }.map(sum).sorted()
    let n = Double(values.count)
    var (b0, b1, b2) = (0.0, 0.0, 0.0)
    for (rank, value) in values.enumerated() {
      let r = Double(rank)
      b0 += value / n
      b1 += r * value / n / (n - 1)
      b2 += r * (r - 1) * value / n / (n - 1) / (n - 2)
    }
    let l2 = 2 * b1 - b0
    let k = -(6 * b2 - 6 * b1 + b0) / l2
    let g = k * .pi / sin(k * .pi)
    let alpha = l2 / g
    let xi = b0 - alpha * (1 - g) / k
    let scores = places.map { place -> (Int, Double) in
      let inner = 1 - k * (sum(place) - xi) / alpha
      guard inner > 0 else { return (place, k > 0 ? 3.09 : -3.09) }
      let y = -log(inner) / k
      return (place, max(-3.09, min(3.09, NormalDistribution.quantile(1 / (1 + exp(-y))))))
    }
    return ([xi, alpha, k], Dictionary(uniqueKeysWithValues: scores))
  }
}

/// `spei` from outside.
@MainActor @Suite struct SpeiTests {
  private func arguments(_ folder: String, _ more: [String] = [], output: String = "spei.nc") -> [String] {
    [
      "spei", "--balance", "\(folder)/balance.nc:rain - \(folder)/balance.nc:evaporation", "--output",
      "\(folder)/\(output)", "--overwrite", "--progress", "0",
    ] + more
  }

  private func values(_ name: String, _ path: String) throws -> [Double] {
    let file = try NetCDFFile(path)
    let variable = try file.requiredVariable(name)
    let fill = file.numbers("_FillValue", of: variable).first
    return try file.values(variable).map { $0 == fill ? .nan : $0 }
  }

  private func flags(_ path: String) throws -> [String] { try statuses(path) }

  /// Scores, distributions, statuses and counts are those of the formulas; what sources lack is told.
  @Test func indexIsThatOfTheFormulas() throws {
    try withTemporaryFolder { folder in
      try BalanceFixture.write(to: folder)
      let found = try run(
        arguments(folder, ["--scales", "1,3", "--save-parameters", "\(folder)/fit.nc", "--report", "\(folder)/r.json"]))
      #expect(found.status == 0, "\(found.standardError)")
      #expect(found.standardError.contains("of 11 cells with 'rain', 1 has no 'evaporation'"))
      #expect(found.standardError.contains("in 1 cell some months have no balance"))
      let scores = try values("spei", "\(folder)/spei.nc")
      let parameters = try ["xi", "alpha", "k"].map { try values($0, "\(folder)/fit.nc") }
      let counts = try values("n", "\(folder)/fit.nc")
      var seen = 0
      for (place, scale) in [1, 3].enumerated() {
        for cell in 4..<12 {
          for month in 0..<12 {
            let expected = BalanceFixture.expected(cell, scale: scale, month: month)
            for (number, value) in expected.parameters.enumerated() {
              let found = parameters[number][(place * 12 + month) * 12 + cell]
              #expect(abs(found - value) < 1e-9 * max(1, abs(value)))
            }
            #expect(counts[(place * 12 + month) * 12 + cell] == (scale == 3 && month < 2 ? 11 : 12))
            for year in 0..<12 {
              let score = scores[((12 * year + month) * 2 + place) * 12 + cell]
              if let value = expected.scores[12 * year + month] {
                #expect(abs(score - value) < 3e-7)
                seen += 1
              } else {
                #expect(score.isNaN)
              }
            }
          }
        }
        // The gap of cell 2 is in the sums over it, and nowhere else.
        for time in 0..<144 {
          let isMissing = time < scale - 1 || (77..<77 + scale).contains(time)
          #expect(scores[(time * 2 + place) * 12 + 2].isNaN == isMissing)
        }
      }
      #expect(seen == 8 * (144 + 142))
      let status = try flags("\(folder)/spei.nc")
      for scale in 0..<2 {
        #expect(
          Array(status[12 * scale..<12 * scale + 4]) == ["not_land", "no_data", "computed", "no_variation"])
        #expect(status[12 * scale + 4..<12 * scale + 12].allSatisfy { $0 == "computed" })
      }
      let missing = try values("months_missing", "\(folder)/spei.nc")
      #expect(Array(missing[1...3]) == [144, 1, 0])
      let report = try RunReport.read(from: "\(folder)/r.json")
      #expect(report.results["spei_3_cells"] == 9 && report.statusCounts["spei_1_no_data"] == 1)
      // Times are months between their ends, in the calendar of the files.
      let file = try NetCDFFile("\(folder)/spei.nc")
      let time = try file.requiredVariable("time")
      #expect(file.text("calendar", of: time) == "noleap")
      let bounds = try values("time_bnds", "\(folder)/spei.nc")
      #expect(Array(bounds.prefix(6)) == [0, 31, 31, 59, 59, 90])
    }
  }

  /// A balance in millimetres, and precipitation with evapotranspiration, are the same as the difference.
  @Test func balanceMayBeGivenInThreeWays() throws {
    try withTemporaryFolder { folder in
      try BalanceFixture.write(to: folder)
      let path = "\(folder)/balance.nc"
      let ways = [
        ["--balance", "\(path):rain - \(path):evaporation"], ["--balance", "\(path):d"],
        ["--precipitation", "\(path):rain", "--evapotranspiration", "\(path):evaporation"],
      ]
      for (number, way) in ways.enumerated() {
        let found = try run(
          ["spei", "--scales", "6", "--output", "\(folder)/\(number).nc", "--progress", "0"] + way)
        #expect(found.status == 0, "\(found.standardError)")
      }
      let first = try values("spei", "\(folder)/0.nc")
      #expect(first.contains { $0 > 1 } && first.contains { $0 < -1 })
      for number in 1..<3 {
        for (a, b) in zip(first, try values("spei", "\(folder)/\(number).nc")) {
          #expect(a.isNaN == b.isNaN && !(abs(a - b) > 1e-6))
        }
      }
    }
  }

  /// Every number of ranks and both ways of cutting chunks leave the same numbers, bit by bit.
  @Test func ranksAndChunksDoNotMatter() throws {
    try withTemporaryFolder { folder in
      try BalanceFixture.write(to: folder)
      let options = ["--scales", "3,12", "--save-parameters", "\(folder)/fit.nc", "--bootstrap", "20"]
      #expect(try run(arguments(folder, options)).status == 0)
      let reference = try (bits(of: "\(folder)/spei.nc"), bits(of: "\(folder)/fit.nc"))
      #expect(reference.1["xi_se"]?.contains { Double(bitPattern: $0) < 100 } ?? false)
      for ranks in [1, 2, 3, 5] {
        let chunks = ranks % 2 == 0 ? "map" : "series"
        let found = try run(arguments(folder, options + ["--chunks", chunks]), ranks: ranks)
        #expect(found.status == 0, "\(found.standardError)")
        #expect(try bits(of: "\(folder)/spei.nc") == reference.0, "\(ranks) ranks")
        #expect(try bits(of: "\(folder)/fit.nc") == reference.1, "\(ranks) ranks")
      }
    }
  }

  /// A run that is killed once its index is computed takes that up, and leaves the same numbers.
  @Test func killedRunIsTakenUp() throws {
    try withTemporaryFolder { folder in
      try BalanceFixture.write(to: folder)
      let options = [
        "--months", "12", "--scales", "1", "--save-parameters", "\(folder)/fit.nc", "--bootstrap", "60000", "--report",
        "\(folder)/r.json",
      ]
      #expect(try run(arguments(folder, options)).status == 0)
      let reference = try (bits(of: "\(folder)/spei.nc"), bits(of: "\(folder)/fit.nc"))
      for name in ["spei.nc", "fit.nc", "r.json"] { try FileManager.default.removeItem(atPath: "\(folder)/\(name)") }
      var isSent = false
      let killed = try run(arguments(folder, options)) { process in
        guard !isSent, keptCells(of: "\(folder)/spei.nc") == 11 else { return }
        kill(process.processIdentifier, SIGKILL)
        isSent = true
      }
      #expect(isSent && killed.status != 0)
      #expect(!contents(of: folder).contains("spei.nc") && !contents(of: folder).contains("fit.nc"))
      let plan = try run(arguments(folder, options + ["--dry-run"]))
      #expect(
        plan.standardOutput.contains("spei.nc.checkpoint holds 11 of 11 cells of this job"), "\(plan.standardOutput)")
      let resumed = try run(arguments(folder, options))
      #expect(resumed.status == 0)
      #expect(resumed.standardError.contains("resumed: 11 of 11 cells were done"), "\(resumed.standardError)")
      let report = try RunReport.read(from: "\(folder)/r.json")
      #expect(report.cellsResumed == 11)
      #expect(try bits(of: "\(folder)/spei.nc") == reference.0)
      #expect(try bits(of: "\(folder)/fit.nc") == reference.1)
      #expect(!contents(of: folder).contains { $0.contains("checkpoint") })
    }
  }

  /// Distributions that were saved give other months the scores that a fit to the reference gives them.
  @Test func savedParametersServeLaterMonths() throws {
    try withTemporaryFolder { folder in
      try BalanceFixture.write(to: folder)
      let scales = ["--scales", "12,3", "--months", "6-12"]
      let fit = ["--reference", "2002-2008", "--save-parameters", "\(folder)/fit.nc"]
      #expect(try run(arguments(folder, scales + fit)).status == 0)
      let expected = BalanceFixture.expected(7, scale: 3, month: 11, years: 1..<8)
      let alpha = try values("alpha", "\(folder)/fit.nc")[(7 + 6) * 12 + 7]
      #expect(abs(alpha - expected.parameters[1]) < 1e-7)
      let again = try run(
        arguments(folder, ["--scales", "3", "--months", "12", "--parameters", "\(folder)/fit.nc"], output: "b.nc"))
      #expect(again.status == 0, "\(again.standardError)")
      let (all, decembers) = try (values("spei", "\(folder)/spei.nc"), values("spei", "\(folder)/b.nc"))
      for year in 0..<12 {
        for cell in 4..<12 {
          let score = decembers[12 * year + cell]
          #expect(score == all[((7 * year + 6) * 2 + 1) * 12 + cell])
          #expect(abs(score - (expected.scores[12 * year + 11] ?? .nan)) < 3e-7 || cell != 7)
        }
      }
      let status = try flags("\(folder)/b.nc")
      #expect(status[1] == "no_parameters" && status[3] == "no_parameters" && status[5] == "computed")

      let missing = try run(
        arguments(folder, ["--scales", "6", "--months", "12", "--parameters", "\(folder)/fit.nc"], output: "c.nc"))
      #expect(missing.status == 65 && missing.standardError.contains("there is no scale 6"))
      let other = try run(
        [
          "spei", "--index", "spi", "--precipitation", "\(folder)/balance.nc:rain", "--scales", "3", "--months", "12",
          "--parameters", "\(folder)/fit.nc", "--output", "\(folder)/c.nc",
        ])
      #expect(other.status == 65 && other.standardError.contains("there is no variable 'gamma_shape'"))
    }
  }

  /// The index of precipitation is that of the gamma distribution, whose parameters are in the file.
  @Test func precipitationIndexIsGamma() throws {
    try withTemporaryFolder { folder in
      try BalanceFixture.write(to: folder)
      let found = try run([
        "spei", "--index", "spi", "--precipitation", "\(folder)/balance.nc:rain", "--scales", "2", "--output",
        "\(folder)/spi.nc", "--save-parameters", "\(folder)/fit.nc", "--progress", "0",
      ])
      #expect(found.status == 0, "\(found.standardError)")
      let scores = try values("spi", "\(folder)/spi.nc")
      let days = [31.0, 28]
      for cell in 4..<12 {
        let sums = (0..<12).map { year in
          (0..<2).reduce(0.0) { $0 + BalanceFixture.rain(12 * year + $1, cell) * 86400 * days[$1] }
        }
        let mean = sums.reduce(0, +) / 12
        let a = log(mean) - sums.reduce(0) { $0 + log($1) } / 12
        let shape = (1 + sqrt(1 + 4 * a / 3)) / (4 * a)
        let found = try values("gamma_shape", "\(folder)/fit.nc")[12 + cell]
        #expect(abs(found - shape) < 1e-9 * shape)
        for year in 0..<12 {
          let z = NormalDistribution.quantile(
            UnitGammaDistribution.cumulative(sums[year] * shape / mean, shape: shape))
          #expect(abs(scores[(12 * year + 1) * 12 + cell] - z) < 1e-6)
        }
      }
    }
  }

  /// A table by bands, and what a dry run tells.
  @Test func tableAndDryRun() throws {
    try withTemporaryFolder { folder in
      try BalanceFixture.write(to: folder)
      let found = try run(
        arguments(folder, ["--scales", "6", "--bands", "tropics=-30:30,30:90", "--table", "\(folder)/t.csv"]))
      #expect(found.status == 0, "\(found.standardError)")
      let lines = try String(contentsOfFile: "\(folder)/t.csv", encoding: .utf8).split(whereSeparator: \.isNewline)
      #expect(lines[0].hasPrefix("variable,scale,time,class,n,area_km2,mean,mean_area"))
      #expect(lines.count == 1 + 12 * 2)
      let scores = try values("spei", "\(folder)/spei.nc")
      let line = try #require(lines.first { $0.hasPrefix("spei,6,2004-12,30:90") })
      let row = line.split(separator: ",", omittingEmptySubsequences: false)
      let own = (8..<12).map { scores[(36 + 11) * 12 + $0] }
      #expect(row[4] == "4")
      #expect(abs((Double(row[6]) ?? .nan) - own.reduce(0, +) / 4) < 1e-6)
      let dry = try run(arguments(folder, ["--scales", "6", "--dry-run", "--ranks", "4"]))
      #expect(dry.status == 0)
      for word in ["balance:  rain - evaporation, mm a month", "memory:", "disk:", "fitted to all years"] {
        #expect(dry.standardOutput.contains(word), "\(word): \(dry.standardOutput)")
      }
      #expect(try run(arguments(folder, ["--memory-limit", "20MiB"], output: "no.nc")).status == 71)
      #expect(!contents(of: folder).contains("no.nc"))
    }
  }

  /// What cannot be right ends with one message, its code, and nothing written.
  @Test func badInputIsRefused() throws {
    try withTemporaryFolder { folder in
      try BalanceFixture.write(to: folder)
      try BalanceFixture.write(to: folder, 0..<60, name: "early")
      try BalanceFixture.write(to: folder, 80..<144, name: "late")
      try BalanceFixture.write(to: folder, name: "kelvin", evaporationUnits: "K")
      let path = "\(folder)/balance.nc"
      let cases: [([String], Int32, String)] = [
        (["--balance", "\(path):rain - \(folder)/kelvin.nc:evaporation"], 65, "units 'K', which make no mm a month"),
        (["--balance", "\(path):t"], 65, "units 'K'"),
        (["--balance", "\(path):d - 3"], 64, "is a number"),
        (["--balance", "\(folder)/early.nc:rain - \(folder)/late.nc:evaporation"], 65, "the sources share no months"),
        (["--balance", "\(folder)/early.nc:d", "\(folder)/x"], 64, "Unexpected argument"),
        (["--balance", "{\(folder)/early.nc,\(folder)/late.nc}:d"], 66, "no file matches"),
        (["--precipitation", "\(path):rain"], 64, "a balance is missing or given twice"),
        (["--index", "spi", "--balance", "\(path):d"], 64, "of precipitation alone"),
        (["--balance", "\(path):d", "--reference", "1961-1990"], 64, "not within the record, 2001-01/2012-12"),
        (["--balance", "\(path):d", "--reference", "1990"], 64, "--reference '1990'"),
        (["--balance", "\(path):d", "--scales", "0"], 64, "--scales '0'"),
        (["--balance", "\(path):d", "--scales", "3,3"], 64, "different numbers"),
        (["--balance", "\(path):d", "--months", "13"], 64, "--months '13'"),
        (["--balance", "\(path):d", "--limit=-1"], 64, "--limit '-1'"),
        (["--balance", "\(path):d", "--bootstrap", "100"], 64, "--save-parameters"),
        (["--balance", "\(path):d", "--parameters", "\(folder)/none.nc"], 66, "none.nc"),
        (["--balance", "\(path):d", "--parameters", path], 65, "scale"),
      ]
      let before = contents(of: folder)
      for (options, code, message) in cases {
        let found = try run(["spei", "--output", "\(folder)/out.nc", "--progress", "0"] + options)
        #expect(found.status == code, "\(options): \(found.standardError)")
        #expect(found.standardError.contains(message), "\(options): \(found.standardError)")
        #expect(contents(of: folder) == before, "\(options)")
      }
      let itself = try run(["spei", "--balance", "\(path):d", "--output", path, "--overwrite"])
      #expect(itself.status == 73 && itself.standardError.contains("one of the input files"))
    }
  }

  /// Months that no file holds end the run, or are missing where that is allowed.
  @Test func gapsOfTheRecordAreMissing() throws {
    try withTemporaryFolder { folder in
      try BalanceFixture.write(to: folder, 0..<60, name: "part1")
      try BalanceFixture.write(to: folder, 62..<144, name: "part2")
      let options = [
        "spei", "--balance", "\(folder)/part*.nc:d", "--scales", "3", "--output", "\(folder)/spei.nc", "--progress",
        "0",
      ]
      let refused = try run(options)
      #expect(refused.status == 65, "\(refused.standardError)")
      let found = try run(options + ["--allow-gaps"])
      #expect(found.status == 0, "\(found.standardError)")
      #expect(found.standardError.contains("2 months of") && found.standardError.contains("are missing"))
      let scores = try values("spei", "\(folder)/spei.nc")
      for time in 0..<144 {
        #expect(scores[time * 12 + 6].isNaN == (time < 2 || (60..<64).contains(time)))
      }
      let missing = try values("months_missing", "\(folder)/spei.nc")
      #expect(missing[6] == 2)
    }
  }

  /// The index of a balance that was made of a known one is found: to all digits by the true distributions, and by fitted
  /// ones as well as 40 years tell.
  @Test func syntheticDroughtIsFound() throws {
    try withTemporaryFolder { folder in
      let made = try run([
        "synthesize", "\(folder)/d", "--balance", "--months", "480", "--rows", "6", "--columns", "8", "--ocean-share",
        "0.3",
      ])
      #expect(made.status == 0, "\(made.standardError)")
      let sources = [
        "spei", "--precipitation", "\(folder)/d/balance.nc:PR", "--evapotranspiration", "\(folder)/d/balance.nc:PET",
        "--scales", "1", "--limit", "none", "--progress", "0", "--output",
      ]
      #expect(try run(sources + ["\(folder)/true.nc", "--parameters", "\(folder)/d/truth.nc"]).status == 0)
      #expect(try run(sources + ["\(folder)/fit.nc"]).status == 0)
      let truth = try values("spei", "\(folder)/d/truth.nc")
      let (given, fitted) = try (values("spei", "\(folder)/true.nc"), values("spei", "\(folder)/fit.nc"))
      let dry = try values("drought", "\(folder)/d/truth.nc")
      var (squares, count) = (0.0, 0.0)
      for (index, value) in truth.enumerated() where !value.isNaN {
        #expect(abs(given[index] - value) < 1e-6)
        // Beyond the support of a fitted distribution the index is infinite.
        let difference = min(max(fitted[index], -3.09), 3.09) - min(max(value, -3.09), 3.09)
        squares += difference * difference
        count += 1
      }
      #expect(count > 480 * 15 && (squares / count).squareRoot() < 0.25, "\((squares / count).squareRoot())")
      // June to August of the year in the middle.
      let cells = dry.indices.filter { dry[$0] == 1 }
      #expect(!cells.isEmpty && dry.contains(0))
      for cell in cells {
        for month in 245..<248 { #expect(fitted[month * 48 + cell] < -1.5) }
      }
      let wet = try run(["synthesize", "\(folder)/e", "--balance", "--months", "20"])
      #expect(wet.status == 64 && wet.standardError.contains("--balance needs whole years"))
    }
  }

  /// Means by area of the Decembers of GLDAS, by R's formula in numpy 2.4: 15,159 cells, values beyond ±3.09 (infinite).
  @Test(.enabled(if: RealBalance.isThere, "the GLDAS files are not there: ../shared/data/gldas_noah10_m/precip_pet"))
  func realRecordHasTheKnownMeans() throws {
    try withTemporaryFolder { folder in
      let files = "\(RealBalance.folder)/*.nc4"
      let found = try run([
        "spei", "--balance", "\(files):Rainf_f_tavg - \(files):PotEvap_tavg", "--scales", "12,24,36", "--months", "12",
        "--output", "\(folder)/spei.nc", "--report", "\(folder)/r.json", "--progress", "0",
      ])
      #expect(found.status == 0, "\(found.standardError)")
      #expect(
        found.standardError.contains("of 15325 cells with 'Rainf_f_tavg', 166 have no 'PotEvap_tavg'"))
      let results = try RunReport.read(from: "\(folder)/r.json").results
      let expected: [(Int, Int, [Double], Double, Double)] = [
        (
          12, 2012, [0.0858, 0.1620, 0.0620, -0.2534, 0.0795, 0.0967, -0.3161, -0.0845, -0.0060, -0.0591, 0.2275], 18, 6
        ),
        (24, 2013, [0.1765, 0.1745, -0.1098, -0.1075, 0.1505, -0.1248, -0.2356, -0.0135, -0.0315, 0.1291], 7, 3),
        (36, 2014, [0.2216, 0.0239, -0.0417, -0.0037, -0.0184, -0.1028, -0.1676, -0.0112, 0.1433], 7, 6),
      ]
      for (scale, year, means, clipped, infinite) in expected {
        for (number, mean) in means.enumerated() {
          let value = results["spei_\(scale)_\(year + number)-12_area"] ?? .nan
          #expect(abs(value - mean) < 5.1e-5, "\(scale) \(year + number)")
        }
        #expect(results["spei_\(scale)_clipped"] == clipped && results["spei_\(scale)_infinite"] == infinite)
        #expect(results["spei_\(scale)_cells"] == 15159)
      }
      // 50.5° N, 10.5° E.
      let scores = try values("spei", "\(folder)/spei.nc")
      let series = (0..<11).map { (year: Int) -> Double in scores[(year * 450 + 110) * 360 + 190] }
      for (place, value) in [(0, 0.90926), (1, 1.27873), (2, -0.02488), (3, -1.39536), (10, -1.02823)] {
        #expect(abs(series[place] - value) < 6e-6)
      }
      // All months of 12: 155 values beyond the limit, of 1,834,167 that are finite.
      let all = try run([
        "spei", "--balance", "\(files):Rainf_f_tavg - \(files):PotEvap_tavg", "--scales", "12", "--limit", "none",
        "--output", "\(folder)/all.nc", "--progress", "0",
      ])
      #expect(all.status == 0, "\(all.standardError)")
      let finite = try values("spei", "\(folder)/all.nc").filter(\.isFinite)
      #expect(finite.count == 1_834_167)
      #expect(finite.count { abs($0) > 3.09 } + 15159 * 121 - finite.count == 155)
    }
  }
}

/// Precipitation and potential evaporation of GLDAS, where they are at hand.
private enum RealBalance {
  static let folder = RealRecord.folder + "/precip_pet"
  static let isThere = FileManager.default.fileExists(atPath: folder)
}
