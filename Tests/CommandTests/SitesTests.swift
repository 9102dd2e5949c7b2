import Distributed
import Foundation
import Kernels
import TestSupport
import Testing

/// `sites`: thresholds at stations whose files the tests write.
@MainActor @Suite struct SitesTests {
  /// A day of a station's file; nil is missing.
  private struct Day {
    var moisture: Double? = 20
    var deep: Double? = 30
    var latent: Double? = 60
    var sensible: Double? = 60
    var quality: Double? = 1
    var sensibleQuality: Double? = 1
    var temperature: Double? = 15
    var rain: Double? = 0
  }

  /// A station whose evaporative fraction rises to 0.7 at a moisture of 18 %, with noise.
  private static func days(
    _ count: Int = 300, threshold: Double = 18, slope: Double = 0.05, noise: Double = 0.04, seed: Int = 1
  ) -> [Day] {
    var generator = KeyedGenerator(seed, count)
    var soil = 0.0
    return (0..<count).map { day in
      soil = 0.95 * soil + 0.3 * generator.normal()
      let moisture = 20 + 6 * cos(2 * .pi * Double(day) / 365) + 2.5 * soil
      let fraction = min(max(0.7 + slope * min(moisture - threshold, 0) + noise * generator.normal(), 0.02), 0.98)
      return Day(moisture: moisture, deep: 30, latent: 120 * fraction, sensible: 120 * (1 - fraction))
    }
  }

  private static let columns = [
    "TIMESTAMP", "TA_F", "P_F", "SWC_F_MDS_1", "SWC_F_MDS_1_QC", "SWC_F_MDS_2", "LE_F_MDS", "LE_F_MDS_QC", "H_F_MDS",
    "H_F_MDS_QC", "RECO_NT_VUT_REF", "SW_IN_F",
  ]

  /// Writes a file of days from the first of January 2018 on, without some of the columns.
  private static func write(
    _ days: [Day], _ site: String, in folder: String, without left: [String] = [], step: String = "DD"
  ) throws {
    let calendar = Calendar(identifier: .gregorian)
    let first = DateComponents(calendar: calendar, timeZone: .gmt, year: 2018, month: 1, day: 1).date ?? .now
    let kept = columns.indices.filter { !left.contains(columns[$0]) }
    var text = kept.map { columns[$0] }.joined(separator: ",") + "\n"
    let formatter = DateFormatter()
    formatter.timeZone = .gmt
    formatter.dateFormat = step == "MM" ? "yyyyMM" : "yyyyMMdd"
    for (number, day) in days.enumerated() {
      let date = first.addingTimeInterval(Double(number) * 86400 * (step == "MM" ? 31 : 1))
      let values: [Double?] = [
        day.temperature, day.rain, day.moisture, day.quality, day.deep, day.latent, day.quality, day.sensible,
        day.sensibleQuality, 2, 200,
      ]
      let fields = [formatter.string(from: date)] + values.map { $0.map { "\($0)" } ?? "-9999" }
      text += kept.map { fields[$0] }.joined(separator: ",") + "\n"
    }
    try writeText(text, to: "\(folder)/FLX_\(site)_FLUXNET2015_FULLSET_\(step)_2018-2018_1-3.csv")
  }

  private func sites(_ folder: String, _ arguments: [String] = [], ranks: Int? = nil) throws -> ProgramRun {
    try run(
      ["sites", "\(folder)/FLX_*.csv", "--output", "\(folder)/t.csv", "--overwrite", "--progress", "0"] + arguments,
      ranks: ranks)
  }

  /// The rows of a run that must succeed, by site.
  private func table(_ folder: String, _ arguments: [String] = [], ranks: Int? = nil) throws -> [String: [String:
    String]]
  {
    let done = try sites(folder, arguments, ranks: ranks)
    #expect(done.status == 0, "\(done.standardError)")
    let rows = try CSVTable("\(folder)/t.csv").rows
    return Dictionary(uniqueKeysWithValues: rows.map { ($0["site"] ?? "", $0) })
  }

  private func number(_ row: [String: String]?, _ column: String) -> Double { Double(row?[column] ?? "") ?? .nan }

  /// The fit of days by the kernel.
  private func kernelFit(_ days: [Day]) -> PlateauFit? {
    let samples = days.compactMap { day -> (x: Double, y: Double)? in
      guard let moisture = day.moisture, let latent = day.latent, let sensible = day.sensible else { return nil }
      return (moisture, latent / (latent + sensible))
    }.sorted { $0.x < $1.x }
    return PlateauFit(moisture: samples.map(\.x), response: samples.map(\.y))
  }

  // MARK: Results

  @Test func tableHoldsTheFit() throws {
    try withTemporaryFolder { folder in
      let days = Self.days()
      try Self.write(days, "XX-Aaa", in: folder)
      try writeText(
        "SiteCode,Latitude,Longitude,IGBPCode\nXX-Aaa,43.5,1.25,GRA\n", to: "\(folder)/list.csv")
      let row = try table(
        folder, ["--stations", "\(folder)/list.csv", "--bootstrap", "100", "--report", "\(folder)/r.json"])
      let text = try String(contentsOfFile: "\(folder)/t.csv", encoding: .utf8)
      #expect(
        text.hasPrefix(
          "site,n,theta,theta_percent,slope,ef_max,rss,delta_aic,theta_sd,theta_p05,theta_p95,status,"
            + "threshold_probability,p,lat,lon,class,start,end\r\nXX-Aaa,300,"), "\(text.prefix(200))")
      let fit = try #require(kernelFit(days))
      let found = row["XX-Aaa"]
      let meanMoisture = days.reduce(0) { $0 + ($1.moisture ?? 0) } / 300
      for (column, wanted) in [
        ("theta", fit.threshold), ("theta_percent", 100 * fit.threshold / meanMoisture), ("slope", fit.slope),
        ("ef_max", fit.plateau), ("rss", fit.residualSumOfSquares), ("delta_aic", fit.gain), ("lat", 43.5),
        ("lon", 1.25),
      ] {
        #expect(
          abs(number(found, column) - wanted) <= 1e-9 * abs(wanted), "\(column): \(number(found, column)), \(wanted)")
      }
      #expect(abs(fit.threshold - 18) < 1)
      #expect(found?["status"] == "ok" && found?["class"] == "GRA")
      #expect(found?["start"] == "2018-01-01" && found?["end"] == "2018-10-27")
      #expect(number(found, "theta_p05") < fit.threshold && number(found, "theta_p95") > fit.threshold)
      #expect(
        number(found, "theta_sd") > 0 && number(found, "p") < 0.05 && number(found, "threshold_probability") > 0.95)
      let report = try String(contentsOfFile: "\(folder)/r.json", encoding: .utf8)
      #expect(report.contains("\"thresholds\" : 1") && report.contains("\"ok\" : 1"), "\(report)")
    }
  }

  @Test func everyStatus() throws {
    try withTemporaryFolder { folder in
      @MainActor func write(_ site: String, _ days: [Day], without left: [String] = []) throws {
        try Self.write(days, site, in: folder, without: left)
      }
      let days = Self.days()
      try write("XX-Okk", days)
      try write("XX-Swc", days, without: ["SWC_F_MDS_1"])
      try write("XX-Flx", days, without: ["H_F_MDS"])
      try write("XX-Tmp", days, without: ["TA_F"])
      try write("XX-Mis", days.map { _ in Day(latent: nil) })
      try write("XX-Few", Array(days.prefix(29)))
      try write("XX-Low", days.map { _ in Day(latent: 5, sensible: 5) })
      try write("XX-Con", days.map { _ in Day() })
      try write("XX-Fal", Self.days(threshold: 40, slope: -0.02))
      try write("XX-Lin", Self.days(threshold: 100, slope: 0.005))
      try Self.write(days, "XX-Mon", in: folder, step: "MM")
      let rows = try table(folder, ["--bootstrap", "20", "--minimum-temperature", "-5"])
      let wanted = [
        "XX-Okk": "ok", "XX-Swc": "no_moisture_column", "XX-Flx": "no_flux_column", "XX-Tmp": "no_filter_column",
        "XX-Mis": "all_missing", "XX-Few": "too_few_days", "XX-Low": "too_few_days", "XX-Con": "no_variation",
        "XX-Fal": "no_positive_slope", "XX-Lin": "no_gain", "XX-Mon": "no_daily_values",
      ]
      #expect(rows.mapValues { $0["status"] ?? "" } == wanted)
      for (site, row) in rows where site != "XX-Okk" {
        #expect(row["theta"] == "" && row["slope"] == "" && row["theta_p05"] == "", "\(site)")
      }
      #expect(rows["XX-Few"]?["n"] == "29" && rows["XX-Low"]?["n"] == "0")
      let strict = try table(folder, ["--bootstrap", "19", "--significance", "0.05", "--minimum-gain=-100"])
      #expect(strict["XX-Okk"]?["status"] == "ok" && strict["XX-Lin"]?["status"] == "not_significant")
      // Thirty days are a block, and 120 are four.
      try write("XX-Sho", Array(days.prefix(120)))
      let short = try table(folder, ["--bootstrap", "19", "--significance", "0.05"])
      #expect(
        short["XX-Sho"]?["status"] == "too_few_blocks" && short["XX-Sho"]?["p"] == "" && short["XX-Sho"]?["theta"] == ""
      )
      #expect(try table(folder, ["--bootstrap", "19"])["XX-Sho"]?["status"] == "ok")
      #expect(try table(folder, ["--bootstrap", "0", "--minimum-gain", "1e5"])["XX-Okk"]?["status"] == "no_gain")
    }
  }

  @Test func sameBytesOnAnyRanks() throws {
    try withTemporaryFolder { folder in
      for (number, site) in ["XX-Aaa", "XX-Bbb", "XX-Ccc", "XX-Ddd"].enumerated() {
        try Self.write(Self.days(120 + 40 * number, seed: number), site, in: folder)
      }
      var expected: [Data] = []
      for ranks in [nil, 1, 2, 3, 5] {
        let done = try sites(
          folder, ["--bootstrap", "40", "--yearly", "RECO", "--differences", "RECO"], ranks: ranks)
        #expect(done.status == 0, "\(done.standardError)")
        let found = try ["t", "t.years", "t.differences"].map {
          try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\($0).csv"))
        }
        if expected.isEmpty { expected = found }
        #expect(found == expected, "\(ranks ?? 0) ranks")
      }
      // A station's numbers are its own, whatever others there are.
      let all = try table(folder, ["--bootstrap", "40"])
      let one = try run(
        [
          "sites", "\(folder)/FLX_XX-Ccc_FLUXNET2015_FULLSET_DD_2018-2018_1-3.csv", "--bootstrap", "40", "--output",
          "\(folder)/one.csv",
        ])
      #expect(one.status == 0)
      #expect(try CSVTable("\(folder)/one.csv").rows == [all["XX-Ccc"] ?? [:]])
    }
  }

  // MARK: Days

  /// Which days count, by the number that is left.
  @Test func filtersChooseDays() throws {
    try withTemporaryFolder { folder in
      var days = Self.days(200)
      for day in 0..<10 { days[day].quality = 0.49 }
      for day in 10..<20 { days[day].quality = nil }
      for day in 20..<25 { days[day].temperature = nil }
      for day in 25..<40 { days[day].temperature = -3 }
      for day in 40..<44 { days[day].latent = -1 }
      for day in 48..<50 { days[day].sensibleQuality = 0.3 }
      for day in 44..<48 { (days[day].latent, days[day].sensible) = (10, 9.9) }
      try Self.write(days, "XX-Aaa", in: folder)
      @MainActor func count(_ arguments: [String]) throws -> Int? {
        try table(folder, ["--bootstrap", "0"] + arguments)["XX-Aaa"]?["n"].flatMap { Int($0) }
      }
      #expect(try count([]) == 200 - 10 - 4 - 4 - 2)
      #expect(try count(["--qc", "0"]) == 200 - 4 - 4)
      #expect(try count(["--qc", "0.3"]) == 200 - 4 - 4)
      #expect(try count(["--qc", "0", "--moisture-qc", "0.5"]) == 200 - 10 - 4 - 4)
      #expect(try count(["--minimum-temperature", "-2.9"]) == 200 - 10 - 4 - 4 - 2 - 20)
      #expect(try count(["--minimum-temperature", "-3"]) == 200 - 10 - 4 - 4 - 2 - 5)
      #expect(try count(["--period", "2018-2018"]) == 180)
      // Normal moisture is that of all days that have it.
      let row = try table(folder, ["--bootstrap", "0"])["XX-Aaa"]
      let meanMoisture = days.reduce(0) { $0 + ($1.moisture ?? 0) } / 200
      #expect(abs(100 * number(row, "theta") / number(row, "theta_percent") - meanMoisture) < 1e-9)
      #expect(try count(["--period", "2019-2020"]) == 0)
      try writeText(
        "site,lat,lon,start,end\nXX-Aaa,1,2,2018-03-01,2018-03-31\n", to: "\(folder)/list.csv")
      #expect(try count(["--stations", "\(folder)/list.csv"]) == 31)
    }
  }

  /// From the second day without rain on, where soil gets drier.
  @Test func dryDaysFollowRain() throws {
    try withTemporaryFolder { folder in
      var days = [Day](repeating: Day(), count: 60)
      for day in days.indices {
        days[day].moisture = 30 - Double(day) * 0.1
        days[day].latent = 40 + Double(day)
      }
      days[20].rain = 5
      days[21].rain = 0.1
      days[30].rain = nil
      days[40].moisture = 40
      try Self.write(days, "XX-Aaa", in: folder)
      @MainActor func count(_ arguments: [String]) throws -> Int? {
        try table(folder, ["--bootstrap", "0", "--dry-days"] + arguments)["XX-Aaa"]?["n"].flatMap { Int($0) }
      }
      // Without the first day, days 20 and 30 and the day after each, and day 40, on which moisture rises.
      #expect(try count([]) == 60 - 1 - 2 - 2 - 1)
      #expect(try count(["--dry-after", "1"]) == 60 - 1 - 1 - 1 - 1)
      #expect(try count(["--dry-after", "4"]) == 60 - 3 - 4 - 4 - 1)
    }
  }

  @Test func depthsAreWeighted() throws {
    try withTemporaryFolder { folder in
      var days = Self.days()
      for day in days.indices { days[day].deep = 100 - (days[day].moisture ?? 0) }
      days[7].deep = nil
      try Self.write(days, "XX-Aaa", in: folder)
      let one = try table(folder, ["--bootstrap", "0"])["XX-Aaa"]
      let two = try table(
        folder,
        ["--bootstrap", "0", "--moisture", "SWC_F_MDS_1@0-0.3", "--moisture", "SWC_F_MDS_2@0.3-0.4"])["XX-Aaa"]
      #expect(one?["n"] == "300" && two?["n"] == "299")
      let combined = days.filter { $0.deep != nil }.map { day -> Day in
        var day = day
        day.moisture = ((day.moisture ?? 0) * 3 + (day.deep ?? 0)) / 4
        return day
      }
      #expect(abs(number(two, "theta") - (kernelFit(combined)?.threshold ?? 0)) < 1e-6)
      for text in [
        ["SWC_F_MDS_1@0-0.3", "SWC_F_MDS_2"], ["SWC@0.3-0.1"], ["SWC@x-1"], ["@0-1"],
        ["SWC_F_MDS_1@0-0.1", "SWC_F_MDS_2@0.05-0.2"], ["SWC_F_MDS_1@0-0.1", "SWC_F_MDS_2@0-0.1"],
        ["SWC_F_MDS_1@0-0.1", "SWC_F_MDS_1@0.1-0.2"], ["SWC@0-0.1", "SWC_F_MDS_1@0.1-0.2"],
      ] {
        let done = try sites(folder, text.flatMap { ["--moisture", $0] })
        #expect(done.status == 64 && done.standardError.contains("--moisture"), "\(text): \(done.standardError)")
      }
    }
  }

  // MARK: Maps

  @Test func mapsStandBesideStations() throws {
    try withTemporaryFolder { folder in
      for (number, site) in ["XX-Aaa", "XX-Bbb", "XX-Ccc"].enumerated() {
        try Self.write(Self.days(threshold: 17 + Double(number), seed: number), site, in: folder)
      }
      try writeText(
        "SiteCode,Latitude,Longitude\nXX-Aaa,11,-29\nXX-Bbb,-9,121\n", to: "\(folder)/list.csv")
      let maps = TestMaps(latitudes: [-10, 10], longitudes: [0, 120, 240, 330])
      let values: [Double] = [1, 80, 3, 4, 5, 6, 7, 90]
      try maps.write(
        [
          .init("smt", values, [("units", .text("percent"))]), .init("smt_p05", values.map { $0 - 30 }),
          .init("smt_p95", values.map { $0 + 1 }),
        ], to: "\(folder)/m.nc")
      try maps.write([.init("smt", values.map { $0 / 500 }, [("units", .text("m3 m-3"))])], to: "\(folder)/v.nc")
      let done = try sites(
        folder,
        [
          "--bootstrap", "30", "--stations", "\(folder)/list.csv", "--compare", "\(folder)/m.nc:smt", "--map",
          "\(folder)/p.nc", "--picture", "\(folder)/p.svg",
        ], ranks: 2)
      #expect(done.status == 0, "\(done.standardError)")
      #expect(done.standardError.contains("1 of 3 stations has no coordinates"))
      let rows = try CSVTable("\(folder)/t.csv").rows
      #expect(
        rows.map { number($0, "smt") }.prefix(2) == [90, 80] && rows[2]["smt"] == "" && rows[2]["status"] == "ok")
      #expect(number(rows[0], "smt_p05") == 60 && number(rows[0], "smt_p95") == 91)
      let differences = rows.prefix(2).map { number($0, "smt_difference") }
      for (row, difference) in zip(rows, differences) {
        #expect(abs(number(row, "smt") - number(row, "theta_percent") - difference) < 1e-12)
      }
      let rmse = ((differences[0] * differences[0] + differences[1] * differences[1]) / 2).squareRoot()
      #expect(done.standardOutput.contains("smt: n 2"))
      #expect(done.standardOutput.contains("RMSE \(String(format: "%.4g", rmse))"), "\(done.standardOutput)")
      let picture = try String(contentsOfFile: "\(folder)/p.svg", encoding: .utf8)
      #expect(picture.contains("XX-Aaa") && picture.contains("XX-Bbb") && !picture.contains("XX-Ccc"))
      // Two stations lie on a line: there is no r.
      #expect(picture.contains("smt: n 2, RMSE ") && picture.hasSuffix("</svg>\n"))
      #expect(done.standardOutput.contains("smt: n 2, RMSE ") && done.standardOutput.contains("intervals overlap at "))

      let volumetric = try table(
        folder, ["--bootstrap", "0", "--stations", "\(folder)/list.csv", "--compare", "obs=\(folder)/v.nc:smt"])
      let row = volumetric["XX-Aaa"]
      #expect(abs(number(row, "obs_difference") - (90.0 / 500 - number(row, "theta") / 100)) < 1e-12)
      // Without refits stations have no interval.
      let bare = try sites(
        folder, ["--bootstrap", "0", "--stations", "\(folder)/list.csv", "--compare", "\(folder)/m.nc:smt"])
      #expect(bare.standardOutput.contains("smt: n 2") && !bare.standardOutput.contains("overlap"))

      for (arguments, status, words) in [
        (["--compare", "theta=\(folder)/m.nc:smt"], Int32(64), "another name"),
        (["--compare", "\(folder)/m.nc:smt", "--compare", "\(folder)/v.nc:smt"], 64, "another name"),
        (["--compare", "\(folder)/none.nc:smt"], 66, "none.nc"), (["--compare", "\(folder)/m.nc:no"], 65, "no"),
        (["--picture", "\(folder)/x.svg"], 64, "--compare"),
        (
          [
            "--compare", "\(folder)/m.nc:smt", "--compare", "obs=\(folder)/v.nc:smt", "--picture", "\(folder)/x.svg",
          ], 65, "different units"
        ),
      ] {
        let done = try sites(folder, arguments)
        #expect(done.status == status && done.standardError.contains(words), "\(arguments): \(done.standardError)")
      }
    }
  }

  /// Maps in other units are refused; fill values that are not declared are missing.
  @Test func unitsAndFillValuesOfMaps() throws {
    try withTemporaryFolder { folder in
      try Self.write(Self.days(), "XX-Aaa", in: folder)
      try writeText("site,lat,lon\nXX-Aaa,11,-29\n", to: "\(folder)/list.csv")
      let maps = TestMaps(latitudes: [-10, 10], longitudes: [0, 120, 240, 330])
      @MainActor func compare(_ units: String?, _ value: Double, _ more: [String] = []) throws -> ProgramRun {
        let values = [0.2, 0.2, 1, 1, 1, 1, 1, value]
        try maps.write([.init("sm", values, units.map { [("units", .text($0))] } ?? [])], to: "\(folder)/m.nc")
        return try sites(
          folder, ["--bootstrap", "0", "--stations", "\(folder)/list.csv", "--compare", "\(folder)/m.nc:sm"] + more)
      }
      for units in ["kg m-2", "degC", "1", "m3 s-1"] {
        let done = try compare(units, 0.3)
        #expect(
          done.status == 65 && done.standardError.contains("variable 'sm' has units '\(units)'; expected percent"),
          "\(units): \(done.standardError)")
      }
      for (units, isVolumetric) in [
        ("m3.m-3", true), ("m**3 m**-3", true), ("m3/m3", true), ("cm^3 cm^-3", true), ("%", false), ("percent", false),
      ] {
        let done = try compare(units, 0.3)
        #expect(done.status == 0 && done.standardError.isEmpty, "\(units): \(done.standardError)")
        let row = try CSVTable("\(folder)/t.csv").rows[0]
        let theta = isVolumetric ? number(row, "theta") / 100 : number(row, "theta_percent")
        #expect(abs(number(row, "sm_difference") - (0.3 - theta)) < 1e-12, "\(units)")
      }
      let bare = try compare(nil, 90)
      #expect(bare.status == 0 && bare.standardError.contains("has no units; taken as percent of normal"))
      for fill in [1e36, -9999] {
        let filled = try compare("percent", fill)
        #expect(
          filled.status == 0 && filled.standardError.contains("in 1 cell; taken as missing"), "\(filled.standardError)"
        )
        #expect(try CSVTable("\(folder)/t.csv").rows[0]["sm"] == "")
        #expect(try compare("percent", fill, ["--strict"]).status == 65)
      }
    }
  }

  /// Moisture as a fraction gives what the same in percent does, in every table.
  @Test func fractionsOfMoistureAreConverted() throws {
    try withTemporaryFolder { folder in
      let days = Self.days()
      @MainActor func tables(_ days: [Day], warns: Bool) throws -> [[String: String]] {
        try Self.write(days, "XX-Aaa", in: folder)
        let done = try sites(folder, ["--bootstrap", "0", "--differences", "LE", "--yearly", "SWC"], ranks: 2)
        #expect(
          done.status == 0 && done.standardError.contains("taken as a fraction") == warns, "\(done.standardError)")
        return try ["t", "t.differences", "t.years"].flatMap { try CSVTable("\(folder)/\($0).csv").rows }
      }
      let percent = try tables(days, warns: false)
      let fraction = try tables(
        days.map { day in
          var day = day
          day.moisture = day.moisture.map { $0 / 100 }
          return day
        }, warns: true)
      #expect(percent.count == fraction.count && !percent.isEmpty)
      for (one, other) in zip(percent, fraction) {
        for (column, text) in one {
          if let number = Double(text), let found = Double(other[column] ?? "") {
            #expect(abs(number - found) <= 1e-6 * abs(number), "\(column): \(text), \(found)")
          } else {
            #expect(other[column] == text, "\(column)")
          }
        }
      }
    }
  }

  /// The study of a station cuts its years as `--period` does.
  @Test func studyCutsYears() throws {
    try withTemporaryFolder { folder in
      try Self.write(Self.days(730), "XX-Aaa", in: folder)
      try writeText("site,lat,lon,start,end\nXX-Aaa,1,2,2019,2019\n", to: "\(folder)/list.csv")
      for arguments in [["--stations", "\(folder)/list.csv"], ["--period", "2019-2019"]] {
        _ = try table(folder, ["--bootstrap", "0", "--yearly", "RECO"] + arguments)
        #expect(try CSVTable("\(folder)/t.years.csv").rows.map { $0["year"] } == ["2019"], "\(arguments)")
      }
    }
  }

  /// Maps and refits are in the memory that is predicted.
  @Test func memoryOfMapsIsPredicted() throws {
    try withTemporaryFolder { folder in
      try Self.write(Self.days(), "XX-Aaa", in: folder)
      let maps = TestMaps(
        latitudes: (0..<1700).map { -89.9 + 0.1 * Double($0) }, longitudes: (0..<3000).map { 0.12 * Double($0) })
      try maps.write(
        [.init("smt", [Double](repeating: 80, count: 5_100_000), [("units", .text("percent"))])], to: "\(folder)/m.nc")
      let limit = ["--bootstrap", "0", "--memory-limit", "120MiB"]
      let plain = try sites(folder, limit, ranks: 1)
      #expect(plain.status == 0, "\(plain.standardError)")
      for more in [[], ["--dry-run"]] {
        let done = try sites(folder, limit + ["--compare", "\(folder)/m.nc:smt"] + more, ranks: 1)
        #expect(done.status == 71, "\(more): \(done.standardError)")
      }
    }
  }

  @Test func pointsAreCF() throws {
    try withTemporaryFolder { folder in
      try Self.write(Self.days(), "XX-Aaa", in: folder)
      try Self.write(Self.days(), "XX-Long", in: folder, without: ["LE_F_MDS"])
      let rows = try table(folder, ["--bootstrap", "20", "--map", "\(folder)/p.nc"])
      let file = try NetCDFFile("\(folder)/p.nc")
      #expect(file.text("featureType") == "point")
      func values(_ name: String) throws -> [Double] { try file.values(try file.requiredVariable(name)) }
      #expect(try values("theta")[0] == number(rows["XX-Aaa"], "theta"))
      #expect(try values("theta")[1] == Double(MapWriter.floatFill))
      #expect(try values("status") == [0, 2])
      let status = try file.requiredVariable("status")
      let meanings = file.text("flag_meanings", of: status)?.split(separator: " ") ?? []
      #expect(meanings.count == file.numbers("flag_values", of: status).count && meanings[2] == "no_flux_column")
      #expect(try file.labels(try file.requiredVariable("site_name")) == ["XX-Aaa", "XX-Long"])
      for name in ["site_name", "class"] {
        #expect(file.text("_Encoding", of: try file.requiredVariable(name)) == "utf-8")
      }
      #expect(try values("time")[0] == 17532 + 150)
      #expect(try values("time_bnds").prefix(2) == [17532, 17832])
    }
  }

  // MARK: Other tables, options and errors

  @Test func tablesBesideTheOutput() throws {
    try withTemporaryFolder { folder in
      try Self.write(Self.days(365), "XX-Aaa", in: folder)
      _ = try table(
        folder, ["--bootstrap", "0", "--yearly", "RECO", "--differences", "RECO,H_F_MDS", "--units-row"])
      let years = try CSVTable("\(folder)/t.years.csv").rows
      #expect(years.count == 2 && years[1]["year"] == "2018" && abs(number(years[1], "value") - 0.73) < 1e-12)
      let differences = try CSVTable("\(folder)/t.differences.csv").rows
      #expect(differences.dropFirst().map { $0["flux"] } == ["RECO", "H_F_MDS"])
      #expect(number(differences[1], "mean") == 0 && number(differences[1], "n") > 50)
      let lines = try String(contentsOfFile: "\(folder)/t.csv", encoding: .utf8).components(separatedBy: "\r\n")
      #expect(lines[1].hasPrefix(",-,%,percent,") && lines[2].hasPrefix("XX-Aaa,365,"))
    }
  }

  @Test func dryRunReadsHeadersAlone() throws {
    try withTemporaryFolder { folder in
      try Self.write(Self.days(), "XX-Aaa", in: folder)
      try Self.write(Self.days(), "XX-Bbb", in: folder, without: ["SWC_F_MDS_1", "SWC_F_MDS_2"])
      let done = try sites(folder, ["--dry-run"])
      #expect(done.status == 0 && !FileManager.default.fileExists(atPath: "\(folder)/t.csv"))
      #expect(done.standardOutput.contains("SWC_F_MDS_1, LE_F_MDS, H_F_MDS"), "\(done.standardOutput)")
      #expect(done.standardOutput.contains("no SWC, LE_F_MDS, H_F_MDS"), "\(done.standardOutput)")
      let limited = try sites(folder, ["--memory-limit", "1MiB"])
      #expect(limited.status == 71)
    }
  }

  @Test func wrongOptionsAndFilesAreNamed() throws {
    try withTemporaryFolder { folder in
      try Self.write(Self.days(40), "XX-Aaa", in: folder)
      for (arguments, status, words) in [
        (["\(folder)/none*.csv"], Int32(66), "no file matches"), (["--qc", "1.5"], 64, "--qc"),
        (["--qc", "nan"], 64, "--qc"), (["--block", "0"], 64, "--block"), (["--bootstrap", "-1"], 64, "--bootstrap"),
        (["--bootstrap", "0", "--significance", "0.05"], 64, "--significance"),
        // Eighteen refits cannot give a p of 0.05.
        (["--bootstrap", "18", "--significance", "0.05"], 64, "more refits"),
        (["--differences", "GPP,GPP"], 64, "--differences"), (["--map", ""], 64, "--map is empty"),
        (["--picture", ""], 64, "--picture is empty"), (["--yearly", ""], 64, "--yearly is empty"),
        (["--stations", ""], 64, "--stations is empty"),
        (["--period", "2020-2018"], 64, "--period"),
        (["--minimum-days", "2"], 64, "--minimum-days"), (["--differences", "GPP,"], 64, "--differences"),
        (["--stations", "\(folder)/none.csv"], 66, "none.csv"), (["--map", "\(folder)/t.csv"], 64, "--map"),
        (["--yearly", "RECO", "--picture", "\(folder)/t.years.csv", "--compare", "a.nc:b"], 64, "t.years.csv"),
      ] {
        let done = try sites(folder, arguments)
        #expect(done.status == status && done.standardError.contains(words), "\(arguments): \(done.standardError)")
      }
      #expect(try run(["sites", "\(folder)/FLX_*.csv"]).status == 64)
      #expect(try run(["sites", "--output", "\(folder)/t.csv"]).status == 64)
      // On several ranks whichever of them meets it.
      try Self.write(Self.days(40), "XX-Bbb", in: folder)
      try writeText(
        "TIMESTAMP,SWC_F_MDS_1,LE_F_MDS,H_F_MDS\n20180101,20,abc,3\n", to: "\(folder)/FLX_XX-Ccc_DD.csv")
      for ranks in [1, 2, 3] {
        let done = try sites(folder, ranks: ranks)
        #expect(done.status == 65 && done.standardError.contains("line 2"), "\(done.standardError)")
        #expect(!FileManager.default.fileExists(atPath: "\(folder)/t.csv"))
      }
      try FileManager.default.removeItem(atPath: "\(folder)/FLX_XX-Ccc_DD.csv")
      try Self.write(Self.days(40), "XX-Bbb", in: folder, step: "MM")
      let twice = try sites(folder, ranks: 2)
      #expect(
        twice.status == 65 && twice.standardError.contains("both of the station XX-Bbb"), "\(twice.standardError)")
    }
  }
}

/// `sites` on the nine daily files of the Warm Winter data.
@MainActor
@Suite(
  .enabled(if: RealSites.areThere, "the station files are not there: ../shared/data/fluxnet_warmwinter"))
struct RealSitesTests {
  /// θ and RSS by R 4.2.2, `segmented(lm(y ~ 1), seg.Z = ~xx)` of segmented 1.6-2 with xx = −x, tol 1e-12.
  @Test func agreesWithR() throws {
    try withTemporaryFolder { folder in
      let done = try run(
        [
          "sites", "\(RealSites.folder)/FLX_*_DD_*.csv", "--stations", "\(RealSites.folder)/SitesList.csv", "--output",
          "\(folder)/t.csv",
        ], ranks: 2)
      #expect(done.status == 0, "\(done.standardError)")
      let rows = Dictionary(
        uniqueKeysWithValues: try CSVTable("\(folder)/t.csv").rows.map { ($0["site"] ?? "", $0) })
      let wanted:
        [(
          site: String, n: String, theta: Double, rss: Double, slope: Double, level: Double, percent: Double,
          gain: Double
        )] = [
          ("FR-Tou", "799", 12.6809027872, 14.902393006638, 0.096056, 0.715478, 59.83, 374.4),
          ("FI-Ken", "525", 11.3938495136, 22.754677618143, 0.035700, 0.421537, 64.43, 17.6),
          ("FI-Qvd", "426", 20.7220567040, 10.102610774516, 0.066512, 0.689417, 58.02, 8.7),
        ]
      for (site, n, theta, rss, slope, level, percent, gain) in wanted {
        let row = try #require(rows[site])
        #expect(row["n"] == n && row["status"] == "ok")
        for (column, value, tolerance) in [
          ("theta", theta, 1e-6), ("rss", rss, 1e-6), ("slope", slope, 5.1e-7), ("ef_max", level, 5.1e-7),
          ("theta_percent", percent, 0.0051), ("delta_aic", gain, 0.051),
        ] {
          let found = Double(row[column] ?? "") ?? .nan
          #expect(abs(found - value) <= tolerance, "\(site) \(column): \(found), expected \(value)")
        }
      }
      let deviation = Double(rows["FR-Tou"]?["theta_sd"] ?? "") ?? .nan
      #expect(abs(deviation - 0.72) <= 0.05)
      for (site, status) in [
        ("BE-Lcr", "no_positive_slope"), ("IT-BFt", "no_positive_slope"), ("FR-LGt", "no_positive_slope"),
        ("IE-Cra", "no_gain"), ("DK-Gds", "no_moisture_column"), ("GL-Dsk", "no_moisture_column"),
      ] { #expect(rows[site]?["status"] == status, "\(site)") }
    }
  }
}
