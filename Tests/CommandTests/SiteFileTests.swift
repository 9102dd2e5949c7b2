import Foundation
import TestSupport
import Testing

@testable import Distributed
@testable import smt_mpi

/// Station files and lists of stations.
@MainActor @Suite struct SiteFileTests {
  private static let quantities = ["SWC", "LE", "P", "NEE"].map { SiteQuantity($0) }

  private func record(
    _ text: String, name: String = "FLX_FR-Tou_FULLSET.csv", of quantities: [SiteQuantity] = Self.quantities,
    minimumSteps: Double = 0.5
  ) throws -> SiteRecord {
    try withTemporaryFolder { folder in
      try writeText(text, to: "\(folder)/\(name)")
      return try SiteFile("\(folder)/\(name)").record(of: quantities, minimumSteps: minimumSteps)
    }
  }

  /// What is wrong with a file, without the path.
  private func message(_ text: String, name: String = "FLX_FR-Tou_FULLSET.csv") -> String {
    do {
      return "none: \(try record(text, name: name).dates.count) days"
    } catch let error as JobError {
      #expect(error.exitCode == .inputData)
      return error.message.replacing(/^.*\.csv/, with: "")
    } catch {
      return "\(error)"
    }
  }

  private func same(_ found: [Double], _ expected: [Double]) -> Bool {
    found.count == expected.count && zip(found, expected).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN }
  }

  @Test func days() throws {
    let text = """
      TIMESTAMP,SWC_F_MDS_1,SWC_F_MDS_1_QC,SWC_1,LE,LE_F_MDS,NEE_CUT_REF,NEE_VUT_REF,NEE_VUT_REF_QC
      20191231,20.5,1,9,9,100,9,-1.5,0.75
      20200228,-9999,0,9,9,,9,-2,-9999
      20200229,21,0.5,9,9,NA,9,3,1
      20210101,22,-9999,9,9,50,9,4,1

      """
    let record = try record(text)
    #expect(record.site == "FR-Tou" && record.step == .day)
    #expect(record.dates.map(\.year) == [2019, 2020, 2020, 2021] && record.dates.map(\.day) == [31, 28, 29, 1])
    #expect(record.dates.map { $0.number - record.dates[0].number } == [0, 59, 60, 367])
    #expect(record.series.map(\.column) == ["SWC_F_MDS_1", "LE_F_MDS", nil, "NEE_VUT_REF"])
    #expect(same(record.series[0].values, [20.5, .nan, 21, 22]))
    #expect(same(record.series[0].quality, [1, 0, 0.5, .nan]))
    #expect(same(record.series[1].values, [100, .nan, .nan, 50]) && same(record.series[3].values, [-1.5, -2, 3, 4]))
    #expect(record.series[2].values.allSatisfy(\.isNaN) && record.series[2].values.count == 4)
    let part = record.within(SiteDate(year: 2020, month: 1, day: 1), SiteDate(year: 2020, month: 12, day: 31))
    #expect(part.dates.count == 2 && same(part.series[3].values, [-2, 3]))
    #expect(record.within(nil, nil).dates == record.dates)
  }

  /// Of half-hours a day has the mean, the sum of rain, carbon in grams, and the share of good flags.
  @Test func halfHours() throws {
    var text = "# a file of AmeriFlux\nTIMESTAMP_START,TIMESTAMP_END,SWC_1_1_1,P,NEE_VUT_REF,NEE_VUT_REF_QC\n"
    for day in 1...3 {
      for step in 0..<48 where day != 3 || step < 20 {
        let start = "2020010\(day)" + String(format: "%02d%02d", step / 2, step % 2 * 30)
        let moisture = day == 2 && step >= 24 ? "-9999" : "\(step)"
        text += "\(start),\(start),\(moisture),0.25,\(day),\(step % 4)\n"
      }
    }
    let days = try record(text, name: "AMF_US-Ha1_BASE_HH.csv")
    #expect(days.site == "US-Ha1" && days.step == .day && days.dates.count == 3)
    #expect(same(days.series[0].values, [23.5, 11.5, .nan]) && same(days.series[0].quality, [.nan, .nan, .nan]))
    #expect(same(days.series[2].values, [12, 12, .nan]))
    // 1 µmol m⁻² s⁻¹ is 12.011e-6 × 86400 g m⁻² d⁻¹.
    #expect(
      same(days.series[3].values, [1.0377504, 2.0755008, .nan]) && same(days.series[3].quality, [0.5, 0.5, 0.5]))
    let strict = try record(text, name: "AMF_US-Ha1_BASE_HH.csv", minimumSteps: 0.9)
    #expect(same(strict.series[0].values, [23.5, .nan, .nan]))
    let loose = try record(text, name: "AMF_US-Ha1_BASE_HH.csv", minimumSteps: 0)
    #expect(same(loose.series[0].values, [23.5, 11.5, 9.5]) && loose.series[2].values[2] == 12)
  }

  /// Days whose times have hours or seconds, as pandas writes them, are days.
  @Test(arguments: ["", " 00:00", "T00:00:00", " 12:30:59"]) func daysWithTimes(time: String) throws {
    let text =
      "TIMESTAMP,P,NEE_VUT_REF,NEE_VUT_REF_QC\n"
      + [("2018-01-01", 2, 0.25), ("2018-01-02", 4, 1), ("2018-01-09", 6, 0)]
      .map { "\($0.0)\(time),\($0.1),\($0.1),\($0.2)\n" }.joined()
    let days = try record(text)
    #expect(days.step == .day && days.dates.count == 3)
    #expect(same(days.series[2].values, [2, 4, 6]) && same(days.series[3].values, [2, 4, 6]))
    #expect(same(days.series[3].quality, [0.25, 1, 0]))
  }

  @Test func secondsOfTimes() throws {
    let steps =
      ["TIMESTAMP_START,LE"] + (0..<48).map { String(format: "2020-01-01 %02d:%02d:00,%d", $0 / 2, $0 % 2 * 30, $0) }
    #expect(try record(steps.joined(separator: "\n")).series[1].values == [23.5])
    #expect(SiteTime("20200101000060") == nil && SiteTime("2020010100005") == nil)
  }

  /// Moisture as a fraction is made percent, with a word about it.
  @Test func fractionsOfMoisture() throws {
    func moisture(_ values: [String], column: String = "SWC_F_MDS_2") throws -> (values: [Double], concerns: [String]) {
      let rows = values.enumerated().map { "2020010\($0 + 1),\($1)\n" }.joined()
      let record = try record("TIMESTAMP,\(column)\n" + rows, of: [SiteQuantity(column)])
      let sent = try SiteRecord(bytes: try record.bytes())
      #expect(sent.concerns == record.concerns && same(sent.series[0].values, record.series[0].values))
      return (record.series[0].values, record.concerns)
    }
    let fraction = try moisture(["0.25", "-9999", "0.5"])
    #expect(same(fraction.values, [25, .nan, 50]) && fraction.concerns.count == 1)
    #expect(
      fraction.concerns.first?.hasSuffix(
        "FLX_FR-Tou_FULLSET.csv, column 'SWC_F_MDS_2': expected soil moisture in %, found 0.5 at the most; taken as a "
          + "fraction, and multiplied by 100") == true, "\(fraction.concerns)")
    let percent = try moisture(["0.25", "1.5"])
    #expect(percent.values == [0.25, 1.5] && percent.concerns.isEmpty)
    for values in [["0", "0"], ["-9999", "NA"]] { #expect(try moisture(values).concerns.isEmpty) }
    let other = try moisture(["0.25", "0.5"], column: "SWCX")
    #expect(other.values == [0.25, 0.5] && other.concerns.isEmpty)
  }

  /// A row at an odd time among half-hours, and hours.
  @Test func stepsOfADay() throws {
    let halfHours = (0..<48).map { String(format: "20200101%02d%02d,1", $0 / 2, $0 % 2 * 30) }
    let odd = ["TIMESTAMP_START,LE"] + halfHours[..<30] + ["202001011431,1"] + halfHours[30...]
    #expect(try record(odd.joined(separator: "\n"), minimumSteps: 0.9).series[1].values == [1])
    let hours = ["TIMESTAMP_START,P"] + (0..<20).map { String(format: "20200101%02d00,1", $0) }
    #expect(try record(hours.joined(separator: "\n"), minimumSteps: 0.8).series[2].values == [24])
    #expect(try record(hours.joined(separator: "\n"), minimumSteps: 0.9).series[2].values[0].isNaN)
  }

  /// Small files and lists, damaged in many ways: a value for each day, or an error that says what is wrong.
  @Test func damagedFilesEndInDaysOrErrors() throws {
    let days = "TIMESTAMP,SWC,SWC_QC,LE,NEE\n20191231,20,1,5,-9999\n20200101,\"21\",0.5,NA,3\n20200229,22,1,1,1\n"
    let steps = "TIMESTAMP_START;SITE_ID;SWC;P\n202001010000;A;1,5;0\n202001010030;A;2;1\n202001020000;A;3;-9999\n"
    let list = "site,lat,lon,class,start,end\nA,1,2,x,2018,2019-06\nB,,,,20200101,\n"
    var state: UInt64 = 1
    func random(_ count: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % count
    }
    let special = Array("\",;\t\r\n\0#-.e0129".utf8) + [0xff]
    var (found, errors) = (0, 0)
    try withTemporaryFolder { folder in
      let path = "\(folder)/t.csv"
      let file = open(path, O_RDWR | O_CREAT, 0o600)
      defer { close(file) }
      for number in 0..<9000 {
        var bytes = Array([days, steps, list][number % 3].utf8)
        for _ in 0...random(2) {
          let place = random(bytes.count)
          switch random(4) {
          case 0: bytes[place] = special[random(special.count)]
          case 1: bytes[place] = UInt8(random(256))
          case 2: bytes.remove(at: place)
          default: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 12)], at: place)
          }
        }
        try #require(pwrite(file, bytes, bytes.count, 0) == bytes.count && ftruncate(file, off_t(bytes.count)) == 0)
        do {
          if number % 3 == 2 {
            found += try StationList(path).stations.count
          } else {
            let record = try SiteFile(path).record(of: Self.quantities)
            found += record.dates.count
            try #require(record.dates == record.dates.sorted() && Set(record.dates).count == record.dates.count)
            for series in record.series {
              try #require(series.values.count == record.dates.count && series.quality.count == record.dates.count)
            }
          }
        } catch let error as JobError {
          errors += 1
          try #require(error.exitCode == .inputData && error.message.hasPrefix(path))
        }
      }
    }
    #expect(found > 1000 && errors > 1000, "\(found) \(errors)")
  }

  @Test func monthsAndNames() throws {
    let months = try record(
      "TIMESTAMP,RECO_NT_VUT_REF,NEE_VUT_REF_QC\n202001,2,0.5\n202003,3,1\n", of: [SiteQuantity("RECO")])
    #expect(months.step == .month && months.dates.map(\.month) == [1, 3] && months.dates[1].daysOfMonth == 31)
    #expect(same(months.series[0].values, [2, 3]) && same(months.series[0].quality, [0.5, 1]))
    let named = try record("date;SITE_ID;LE\n2020-01-01;DE-Tha;1,5\n2020-01-02;DE-Tha;2\n", name: "table.csv")
    #expect(named.site == "DE-Tha" && same(named.series[1].values, [1.5, 2]))
    #expect(try record("TIMESTAMP,LE\n20200101,1\n", name: "plain.csv").site == "plain")
  }

  @Test func badTimes() {
    #expect(
      message("TIMESTAMP,LE\n20200101,1\n20200103,1\n20200102,1\n")
        == ", line 4, column 'TIMESTAMP': expected a time after '20200103', found '20200102'")
    #expect(
      message("TIMESTAMP,LE\n20200101,1\n20200101,1\n")
        == ", line 3, column 'TIMESTAMP': the time '20200101' is there twice")
    for (time, count) in [("20200230", 0), ("20201301", 0), ("2020", 0), ("-9999", 0), ("", 0), ("today", 0)] {
      #expect(
        message("TIMESTAMP,LE\n\(time),1\n")
          == ", line 2, column 'TIMESTAMP': expected a time as 201801, 20180131 or 201801312330, found '\(time)'",
        "\(count)")
    }
    #expect(
      message("TIMESTAMP,LE\n202001,1\n20200201,1\n")
        == ", line 3, column 'TIMESTAMP': expected a time of the same form as in the rows before, found '20200201'")
    #expect(
      message("TIMESTAMP_START,TIMESTAMP_END,LE\n20200101,20200107,1\n")
        == ", line 2, column 'TIMESTAMP_START': expected half-hours or hours; weeks are not read")
    #expect(message("TIME,LE\n20200101,1\n").hasPrefix(": no column holds times; expected one of TIMESTAMP_START"))
    #expect(
      message("TIMESTAMP,site,LE\n20200101,A,1\n20200102,B,1\n", name: "x.csv")
        == ", line 3, column 'site': expected one station a file, found 'A' and 'B'")
    #expect(message("TIMESTAMP,LE,LE\n20200101,1,2\n").hasPrefix(": there are several columns 'LE' (2, 3)"))
    #expect(message("TIMESTAMP,LE\n20200101,wet\n") == ", line 2, column 'LE': expected a number, found 'wet'")
    // Header only: a station without days.
    #expect(message("TIMESTAMP,LE\n") == "none: 0 days")
  }

  private func stations(_ bytes: [UInt8]) throws -> StationList {
    try withTemporaryFolder { folder in
      try Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/sites.csv"))
      return try StationList("\(folder)/sites.csv")
    }
  }

  @Test func listsOfStations() throws {
    let bom: [UInt8] = [0xef, 0xbb, 0xbf]
    let list = try stations(
      bom + Array("SiteCode,SiteName,Latitude,Longitude,IGBPCode,start,end\r\nAT-Hnb,\"H, b\",47.8,13.6,BSV,,\r\n".utf8)
        + Array("FR-Tou,x,43.6,1.4,GRA,2018,2019-06\r\nXX-Non,x,,NA,,20200102,20200229\r\n".utf8))
    #expect(list.stations.map(\.site) == ["AT-Hnb", "FR-Tou", "XX-Non"])
    let (one, two, three) = (list["AT-Hnb"], list["FR-Tou"], list["XX-Non"])
    #expect(one?.latitude == 47.8 && one?.longitude == 13.6 && one?.landCover == "BSV" && one?.start == nil)
    #expect(two?.start == SiteDate(year: 2018, month: 1, day: 1) && two?.end == SiteDate(year: 2019, month: 6, day: 30))
    #expect(three?.latitude == nil && three?.longitude == nil && three?.landCover == "")
    #expect(three?.end == SiteDate(year: 2020, month: 2, day: 29) && list["none"] == nil)
    // Names in Windows-1252, of the column that is preferred.
    let far = try stations(Array("site,lat,lon\nA,91,0\n".utf8))["A"]
    #expect(far?.latitude == nil && far?.longitude == 0)
    #expect(
      far?.concern?.hasSuffix(", line 2, column 'lat': expected -90 to 90 degrees, found '91'; taken as missing")
        == true)
    #expect(two?.concern == nil)
    let other = try stations(Array("siteid,fluxnetid,lat,lon\n9,H".utf8) + [0xf6] + Array(",1,2\n".utf8))
    #expect(other["Hö"]?.latitude == 1)
  }

  @Test func badLists() {
    func message(_ text: String) -> String {
      do {
        return "none: \(try stations(Array(text.utf8)).stations.count)"
      } catch {
        return "\(error)".replacing(/^.*\.csv/, with: "")
      }
    }
    #expect(message("site,lat,lon\nA,north,0\n") == ", line 2, column 'lat': expected a number, found 'north'")
    #expect(message("site,lat,lon\nA,1,0\nA,1,0\n") == ", line 3, column 'site': the station 'A' is there twice")
    #expect(message("name,lat\nA,1\n").hasPrefix(": no column holds the names of stations; expected one of sitecode"))
    #expect(
      message("site,start\nA,soon\n")
        == ", line 2, column 'start': expected a year or a date as 2018, 2018-01 or 2018-01-31, found 'soon'")
    #expect(
      message("site,start,end\nA,2019,2018\n")
        == ", line 2, column 'end': expected an end of the study after its start, found '2018'")
  }

  /// Sums over years, of days and of months.
  @Test func siteYears() throws {
    var text = "TIMESTAMP,RECO,P,TA\n"
    for year in [2019, 2020, 2022] {
      for month in 1...12 {
        let missing = year == 2022 && month == 2
        text += "\(year)" + String(format: "%02d", month) + ",\(missing ? "-9999" : "\(month)"),0.5,\(month)\n"
      }
    }
    func rows(_ text: String, _ quantity: String, coverage: Double = 0.95) throws -> [[String: String]] {
      let years = SiteYears(quantity: SiteQuantity(quantity), minimumCoverage: coverage)
      let table = years.table([try record(text, of: years.quantities)], nil)
      return try withTemporaryFolder { folder in
        try table.write(to: "\(folder)/t.csv")
        return try CSVTable("\(folder)/t.csv").rows
      }
    }
    let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    let sum = zip(lengths, 1...12).reduce(0) { $0 + $1.0 * $1.1 }
    let reco = try rows(text, "RECO")
    #expect(reco.map { $0["year"] } == ["2019", "2020", "2022"] && reco.map { $0["n"] } == ["12", "12", "11"])
    #expect(reco.map { $0["status"] } == ["ok", "ok", "incomplete"] && reco[2]["value"] == "")
    let values = reco.map { Double($0["value"] ?? "") ?? .nan }
    #expect(abs(values[0] - Double(sum) / 1000) < 1e-12 && abs(values[1] - Double(sum + 2) / 1000) < 1e-12)
    #expect(reco[0]["units"] == "kg m-2 yr-1" && reco[0]["coverage"] == "1.0" && reco[0]["column"] == "RECO")
    // A month that is missing is taken for the mean of the others.
    let gap = try #require(Double(try rows(text, "RECO", coverage: 0.9)[2]["value"] ?? ""))
    #expect(abs(gap - Double(sum - 56) / 337 * 365 / 1000) < 1e-12)
    #expect(try rows(text, "P").map { $0["value"] } == ["182.5", "183.0", "182.5"])
    #expect(try rows(text, "TA")[0]["units"] == "degC")
    #expect(try rows(text, "GPP").map { $0["status"] } == ["no_column"])
    #expect(try rows("TIMESTAMP,P\n", "P").map { $0["status"] } == ["no_days"])
    let days = "TIMESTAMP,P\n" + (1...31).map { "202101\($0 < 10 ? "0" : "")\($0),2\n" }.joined()
    let january = try rows(days, "P", coverage: 0)
    #expect(january[0]["n"] == "31" && january[0]["value"] == "730.0" && january[0]["status"] == "ok")
  }

  @Test func siteDifferences() throws {
    let differences = SiteDifferences(fluxes: [SiteQuantity("GPP"), SiteQuantity("RECO")], rules: .init())
    func rows(_ text: String) throws -> [[String: String]] {
      let table = try differences.table([try record(text, of: differences.quantities)], nil)
      return try withTemporaryFolder { folder in
        try table.write(to: "\(folder)/t.csv")
        return try CSVTable("\(folder)/t.csv").rows
      }
    }
    // Moisture in percent, differences 0.5 and −1.
    let text = """
      TIMESTAMP,SWC,TA,SW_IN,P,GPP
      20200101,20,10,100,0,1
      20200102,20.5,10.5,105,2,2
      20200103,19.5,10,100,0,1
      20200105,25,10,100,0,1

      """
    let found = try rows(text)
    #expect(found.map { $0["flux"] } == ["GPP", "RECO"] && found.map { $0["n"] } == ["2", "0"])
    #expect(found.map { $0["status"] } == ["ok", "no_flux_column"])
    #expect(abs((Double(found[0]["mean"] ?? "") ?? .nan) - 150) < 1e-9)
    #expect(abs((Double(found[0]["slope"] ?? "") ?? .nan) - 2 / 0.015) < 1e-9)
    // Another column, or several depths weighted by thickness, in place of the first.
    let deep =
      "TIMESTAMP,SWC,SWC_2,SWC_3,VWC,TA,SW_IN,P,GPP\n20200101,,20,20,0.2,10,100,0,1\n20200102,,24,22,0.24,10,100,0,2\n"
    for (texts, mean) in [(["SWC_2"], 25.0), (["SWC_2@0-0.1", "SWC_3@0.1-0.2"], 100.0 / 3), (["VWC"], 25)] {
      let other = SiteDifferences(
        fluxes: [SiteQuantity("GPP")], rules: .init(), moisture: try SiteMoisture(texts))
      let table = try other.table([try record(deep, of: other.quantities)], nil)
      let row = try withTemporaryFolder { folder in
        try table.write(to: "\(folder)/t.csv")
        return try CSVTable("\(folder)/t.csv").rows[0]
      }
      #expect(abs((Double(row["mean"] ?? "") ?? .nan) - mean) < 1e-9, "\(texts) \(row)")
    }
    let dry = text.replacing("SWC", with: "OTHER")
    #expect(try rows(dry).map { $0["status"] } == ["no_moisture_column", "no_moisture_column"])
    #expect(try rows("TIMESTAMP,SWC,TA,SW_IN,P,GPP\n202001,1,1,1,1,1\n")[0]["status"] == "no_days")
    #expect(
      try rows(
        text.replacing("20200102", with: "20200104").replacing("20200103,", with: "20200107,").replacing(
          "20200105", with: "20200109"))[0]["status"] == "too_few_pairs")
  }
}

/// Stations of the Warm Winter 2020 collection, and the figures that pandas gives of them.
@MainActor
@Suite(.enabled(if: RealSites.areThere, "the station files are not there: ../shared/data/fluxnet_warmwinter"))
struct RealSiteTests {
  /// n, mean ± sd of GPP, RECO and NEE, g C m⁻² d⁻¹ per m³ m⁻³.
  @Test func differencesOfDays() throws {
    let expected: [(String, Int, [(Double, Double)])] = [
      ("FR-Tou", 97, [(38.12, 153.84), (6.79, 80.84), (-28.25, 155.23)]),
      ("IT-BFt", 128, [(43.68, 539.61), (16.24, 147.14), (-30.74, 513.00)]),
    ]
    let differences = SiteDifferences(fluxes: ["GPP", "RECO", "NEE"].map { SiteQuantity($0) }, rules: .init())
    for (site, count, figures) in expected {
      let path = try #require(RealSites.files("FLX_\(site)_*_DD_*.csv").first)
      let record = try withTemporaryFolder { _ in try SiteFile(path).record(of: differences.quantities) }
      try withTemporaryFolder { folder in
        try differences.table([record], nil).write(to: "\(folder)/t.csv")
        let rows = try CSVTable("\(folder)/t.csv").rows
        for (row, figure) in zip(rows, figures) {
          #expect(row["n"] == "\(count)" && row["status"] == "ok")
          #expect(abs((Double(row["mean"] ?? "") ?? .nan) - figure.0) <= 0.005, "\(row)")
          #expect(abs((Double(row["sd"] ?? "") ?? .nan) - figure.1) <= 0.005, "\(row)")
        }
      }
    }
  }

  @Test func listsOfStations() throws {
    try withTemporaryFolder { _ in
      let list = try StationList("\(RealSites.folder)/SitesList.csv")
      #expect(list["AT-Hnb"]?.landCover == "BSV" && list["AT-Hnb"]?.latitude == 47.803333)
      #expect(list.stations.count { $0.concern != nil } == 1)
      #expect(try StationList("\(RealSites.folder)/fluxnet_site_info_all.csv").stations.count == 844)
    }
  }

  /// Complete years 2014–2020 of the stations on land of the GLDAS grid; six lie on cells that are sea there.
  @Test func yearsOfRespiration() throws {
    let years = SiteYears(quantity: SiteQuantity("RECO"), minimumCoverage: 0.95)
    try withTemporaryFolder { folder in
      let records = try RealSites.files("FLX_*_MM_*.csv.gz").map { try SiteFile($0).record(of: years.quantities) }
      let stations = try StationList("\(RealSites.folder)/SitesList.csv")
      try years.table(records, stations).write(to: "\(folder)/t.csv")
      let sea = ["BE-Lcr", "ES-Agu", "ES-LJu", "GF-Guy", "IT-BCi", "IT-Cp2"]
      let rows = try CSVTable("\(folder)/t.csv").rows.filter { row in
        row["status"] == "ok" && (2014...2020).contains(Int(row["year"] ?? "") ?? 0) && row["lat"] != ""
      }
      #expect(rows.count == 439 && Set(rows.map { $0["site"] }).count == 71)
      let land = rows.filter { !sea.contains($0["site"] ?? "") }
      let values = land.compactMap { Double($0["value"] ?? "") }
      let mean = values.reduce(0, +) / Double(values.count)
      let sd = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)).squareRoot()
      #expect(values.count == 410 && Set(land.map { $0["site"] }).count == 65)
      #expect(abs(mean - 1.303540895) < 1e-8 && abs(sd - 0.533358785) < 1e-8, "\(mean) \(sd)")
    }
  }
}

/// Where the station files are.
enum RealSites {
  static let folder = RealRecord.data + "/fluxnet_warmwinter"
  static let areThere = FileManager.default.fileExists(atPath: folder + "/SitesList.csv")

  static func files(_ pattern: String) -> [String] { paths(matching: "\(folder)/\(pattern)") }
}
