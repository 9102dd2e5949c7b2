import Distributed
import Foundation
import Kernels
import TestSupport
import Testing

/// `sensitivity` of the files of flux stations, each of which takes the place of a zone.
@MainActor @Suite struct StationSensitivityTests {
  private static let predictors = ["SM=%:SWC", "T=%:TA"]
  /// The λ that the formula is computed for.
  private static let penalty = 2.5

  /// Response, moisture and temperature of a month.
  private static func month(_ number: Int, seed: Int) -> (response: Double, moisture: Double, temperature: Double) {
    var generator = KeyedGenerator(seed, number)
    let (first, second, noise) = (generator.normal(), generator.normal(), generator.normal())
    let phase = 2 * Double.pi * Double(number) / 12
    let (moisture, temperature) = (20 - 5 * cos(phase) + first, 12 - 8 * cos(phase - 0.5) + second)
    return (0.2 * moisture + 0.5 * temperature + noise, moisture, temperature)
  }

  /// Writes months from January 2010 on.
  private static func write(_ months: Int, _ site: String, seed: Int, to folder: String, without: String? = nil) throws
  {
    let columns = ["GPP_NT_VUT_REF", "SWC_F_MDS_1", "TA_F"]
    let kept = columns.indices.filter { columns[$0] != without }
    let rows = (0..<months).map { number in
      let (response, moisture, temperature) = month(number, seed: seed)
      let values = [response, moisture, temperature]
      return "\(2010 + number / 12)\(number % 12 + 1 < 10 ? "0" : "")\(number % 12 + 1),"
        + kept.map { "\(values[$0])" }.joined(separator: ",")
    }
    try writeText(
      (["TIMESTAMP," + kept.map { columns[$0] }.joined(separator: ",")] + rows).joined(separator: "\n") + "\n",
      to: "\(folder)/FLX_\(site)_FLUXNET2015_FULLSET_MM_2010-2019_1-3.csv")
  }

  /// β = (ZᵀZ + λ)⁻¹ Zᵀy of two predictors in standard units, by Cramer's rule.
  private static func beta(_ rows: [(response: Double, moisture: Double, temperature: Double)]) -> [Double] {
    func standard(_ values: [Double]) -> [Double] {
      let mean = values.reduce(0, +) / Double(values.count)
      let variance = values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(values.count - 1)
      return values.map { ($0 - mean) / variance.squareRoot() }
    }
    func product(_ one: [Double], _ other: [Double]) -> Double { zip(one, other).map(*).reduce(0, +) }
    let (y, a, b) = (
      standard(rows.map(\.response)), standard(rows.map(\.moisture)), standard(rows.map(\.temperature))
    )
    let (aa, ab, bb) = (product(a, a) + penalty, product(a, b), product(b, b) + penalty)
    let determinant = aa * bb - ab * ab
    return [
      (product(a, y) * bb - product(b, y) * ab) / determinant, (product(b, y) * aa - product(a, y) * ab) / determinant,
    ]
  }

  private func sensitivity(_ folder: String, _ more: [String] = [], ranks: Int? = nil) throws -> ProgramRun {
    let pattern = "\(folder)/FLX_*.csv"
    return try run(
      ["sensitivity", "--response", "\(pattern):GPP", "--predictor"]
        + Self.predictors.map { $0.replacingOccurrences(of: "%", with: pattern) } + [
          "--penalty", "\(Self.penalty)", "--output", "\(folder)/beta.nc", "--table", "\(folder)/beta.csv",
          "--overwrite", "--progress", "0",
        ] + more, ranks: ranks)
  }

  private func rows(_ folder: String) throws -> [String: [String: String]] {
    Dictionary(
      uniqueKeysWithValues: try CSVTable("\(folder)/beta.csv").rows.map {
        ("\($0["zone"] ?? "") \($0["predictor"] ?? "")", $0)
      })
  }

  @Test func stationsFollowTheFormulaOnAnyNumberOfRanks() throws {
    try withTemporaryFolder { folder in
      try Self.write(60, "XX-Aaa", seed: 1, to: folder)
      try Self.write(41, "XX-Bbb", seed: 2, to: folder)
      try Self.write(60, "XX-Ccc", seed: 3, to: folder, without: "SWC_F_MDS_1")
      try Self.write(20, "XX-Ddd", seed: 4, to: folder)
      let done = try sensitivity(folder)
      try #require(done.status == 0, "\(done.standardError)")
      let table = try rows(folder)
      for (site, count, seed) in [("XX-Aaa", 60, 1), ("XX-Bbb", 41, 2)] {
        let expected = Self.beta((0..<count).map { Self.month($0, seed: seed) })
        for (name, beta) in zip(["SM", "T"], expected) {
          let row = try #require(table["\(site) \(name)"])
          #expect(row["status"] == "computed" && row["n_months"] == "\(count)")
          #expect(abs((Double(row["beta"] ?? "") ?? .nan) - beta) < 1e-12, "\(site) \(name): \(row) \(beta)")
        }
      }
      #expect(done.standardError.contains("station 'XX-Ddd' has no sensitivities: too_few_months"))
      #expect(table["XX-Ccc SM"]?["status"] == "no_data" && table["XX-Ddd SM"]?["status"] == "too_few_months")
      let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/beta.csv"))
      for ranks in [1, 3, 5] {
        try #require(try sensitivity(folder, ranks: ranks).status == 0)
        #expect(try Data(contentsOf: URL(fileURLWithPath: "\(folder)/beta.csv")) == bytes)
      }
      // A period counts what lies in it.
      try #require(try sensitivity(folder, ["--time", "2010-07/2013-06"]).status == 0)
      let part = Self.beta((6..<42).map { Self.month($0, seed: 1) })
      let found = try rows(folder)
      #expect(found["XX-Aaa SM"]?["n_months"] == "36" && found["XX-Bbb SM"]?["n_months"] == "35")
      #expect(abs((Double(found["XX-Aaa SM"]?["beta"] ?? "") ?? .nan) - part[0]) < 1e-12)
    }
  }

  /// Days count as the mean of their month where enough of them have a value.
  @Test func daysBecomeMonths() throws {
    try withTemporaryFolder { folder in
      var text = "TIMESTAMP,GPP_NT_VUT_REF,SWC_F_MDS_1,TA_F\n"
      for number in 0..<36 {
        let days = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][number % 12]
        let (response, moisture, temperature) = Self.month(number, seed: 5)
        for day in 1...days {
          let date = 10000 * (2013 + number / 12) + 100 * (number % 12 + 1) + day
          // They vary within the month about its value; every tenth month has moisture on three days alone.
          let offset = Double(day) - Double(days + 1) / 2
          let moistureText = number % 10 == 9 && day > 3 ? "-9999" : "\(moisture + 0.1 * offset)"
          text += "\(date),\(response + 0.05 * offset),\(moistureText),\(temperature - 0.2 * offset)\n"
        }
      }
      try writeText(text, to: "\(folder)/FLX_XX-Eee_FLUXNET2015_FULLSET_DD_2013-2015_1-3.csv")
      let done = try sensitivity(folder)
      try #require(done.status == 0, "\(done.standardError)")
      let expected = Self.beta((0..<36).filter { $0 % 10 != 9 }.map { Self.month($0, seed: 5) })
      let row = try #require(try rows(folder)["XX-Eee SM"])
      #expect(row["n_months"] == "33")
      #expect(abs((Double(row["beta"] ?? "") ?? .nan) - expected[0]) < 1e-12)
    }
  }

  @Test func whatIsAboutGridsIsRefused() throws {
    try withTemporaryFolder { folder in
      try Self.write(60, "XX-Aaa", seed: 1, to: folder)
      for (options, words) in [
        (["--each-cell"], "--each-cell is about grids"), (["--bands", "a=0:1"], "--bands is about grids"),
        (["--bbox", "0,0,1,1"], "--bbox is about grids"), (["--members", "A,B"], "expected FILE.csv:COLUMN alone"),
        (["--depth", "0-1"], "--depth is about grids"),
        (["--predictor", "X=other.csv:SWC"], "one column of the files of --response"),
      ] {
        let done = try sensitivity(folder, options)
        #expect(done.status == 64 && done.standardError.contains(words), "\(options): \(done.standardError)")
      }
      let dry = try sensitivity(folder, ["--dry-run"])
      #expect(
        dry.status == 0 && dry.standardOutput.contains("GPP_NT_VUT_REF, SWC_F_MDS_1, TA_F"), "\(dry.standardOutput)")
      #expect(!FileManager.default.fileExists(atPath: "\(folder)/beta.nc"))
      for (options, words) in [
        (["--predictor", "X=\(folder)/FLX_*.csv:SWCX"], "no file has a column 'SWCX'"),
        (["--predictor", "X=\(folder)/FLX_*.csv:NETRAD"], "no file has a column 'NETRAD' (NETRAD, NETRAD_PI_F"),
        (["--time", "1990-01/1999-12"], "no file has a month of 1990-01 to 1999-12"),
      ] {
        let done = try sensitivity(folder, options, ranks: 2)
        #expect(done.status == 65 && done.standardError.contains(words), "\(options): \(done.standardError)")
      }
      // A period that is longer than the record takes no more memory and gives no more months.
      try #require(try sensitivity(folder, ["--time", "0001-01/9999-12"]).status == 0)
      let file = try NetCDFFile("\(folder)/beta.nc")
      #expect(file.shape(try file.requiredVariable("mean_SM")).first == 60)
      try Self.write(60, "XX-Aaa", seed: 1, to: folder)
      try FileManager.default.copyItem(
        atPath: "\(folder)/FLX_XX-Aaa_FLUXNET2015_FULLSET_MM_2010-2019_1-3.csv",
        toPath: "\(folder)/FLX_XX-Aaa_FLUXNET2015_FULLSET_MM_2010-2020_1-3.csv")
      let twice = try sensitivity(folder, ranks: 2)
      #expect(
        twice.status == 65 && twice.standardError.contains("both of the station XX-Aaa"), "\(twice.standardError)")
    }
  }
}

/// `sensitivity` on the monthly files of the Warm Winter data.
@MainActor
@Suite(
  .enabled(if: RealSites.areThere, "the station files are not there: ../shared/data/fluxnet_warmwinter"))
struct RealStationSensitivityTests {
  /// By numpy's formula; λ is also that of R 4.2.2, MASS::lm.ridge.
  @Test func threeSites() throws {
    try withTemporaryFolder { folder in
      let pattern = "\(RealSites.folder)/FLX_*_MM_*.csv.gz"
      let done = try run(
        [
          "sensitivity", "--response", "\(pattern):GPP", "--predictor", "SM=\(pattern):SWC", "VPD=\(pattern):VPD",
          "T=\(pattern):TA", "RAD=\(pattern):SW_IN", "--output", "\(folder)/beta.nc", "--table", "\(folder)/beta.csv",
          "--progress", "0",
        ], ranks: 2)
      try #require(done.status == 0, "\(done.standardError)")
      let rows = try CSVTable("\(folder)/beta.csv").rows
      for (site, count, penalty, determination, betas) in [
        ("CH-Dav", "168", 0.7943282347242822, 0.7196152680835823, [-0.03417822, -0.31572639, 0.75587207, 0.41194213]),
        ("DE-Tha", "286", 0.12589254117941676, 0.9166190026196375, [0.0535385, -0.56033162, 0.80562604, 0.73309767]),
        ("ES-LJu", "192", 1.2589254117941675, 0.2668585965327197, [0.08794507, -0.90551265, 0.29218633, 0.72603619]),
      ] {
        let own = rows.filter { $0["zone"] == site }
        #expect(own.map { $0["predictor"] } == ["SM", "VPD", "T", "RAD"])
        for (row, beta) in zip(own, betas) {
          #expect(row["n_months"] == count)
          for (column, value, tolerance) in [
            ("penalty", penalty, 1e-12), ("r2", determination, 1e-12), ("beta", beta, 1e-8),
          ] {
            #expect(abs((Double(row[column] ?? "") ?? .nan) - value) <= tolerance, "\(site): \(row)")
          }
        }
      }
    }
  }
}
