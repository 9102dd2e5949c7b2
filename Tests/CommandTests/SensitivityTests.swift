import Distributed
import Foundation
import Kernels
import TestSupport
import Testing

@testable import smt_mpi

/// An ensemble of three members on a grid of 4 × 5 cells, some of them sea, with what makes trouble: a cell without a value
/// of one source in one month, a month without any, cells that do not vary.
private struct SensitivityFixture {
  var ensemble: TestEnsemble

  static let grid = TestGrid.regular(rows: 4, columns: 5)
  static let members = ["REF", "EXP_01", "EXP_02"]
  static let areas = (0..<20).map { 100 + 7 * Double($0) }
  static let fractions = (0..<20).map { $0 == 3 ? 0 : 1 - 0.03 * Double($0) }
  /// Zones: 1 has the first rows, 2 the rest but for the last cells, which are those of 3 and are sea.
  static let zones = (0..<20).map { $0 < 9 ? 1.0 : $0 < 17 ? 2 : $0 < 19 ? 3 : .nan }
  static let isSea: @Sendable (Int) -> Bool = { [4, 17, 18].contains($0) }
  /// The cell whose moisture is missing in a month, of every member; and the month in which no cell has radiation.
  static let (cellWithGap, monthWithGap, monthWithout) = (6, 5, 11)
  /// The cell that does not vary.
  static let constantCell = 12

  init(months: Int = 30) {
    func field(
      _ name: String, units: String, _ value: @escaping @Sendable (TestSample, _ time: Double) -> Double
    ) -> TestField {
      TestField(name, units: units) { sample in
        Self.isSea(sample.cell) ? .nan : value(sample, Double(sample.month.index - 24100))
      }
    }
    let temperature = field("TSA", units: "K") { sample, time in
      280 + 0.3 * Double(sample.cell) + 9 * cos(2 * .pi * time / 12) + 2 * sin(1.7 * time + Double(sample.cell))
    }
    let moisture = field("SM", units: "m3/m3") { sample, time in
      if sample.cell == Self.cellWithGap, sample.month.index % 100 == Self.monthWithGap { return .nan }
      return (0.3 - 0.05 * Double(sample.member)) * (1 + 0.1 * sin(0.9 * time + 0.3 * Double(sample.cell)))
    }
    let humidity = field("RH2M", units: "%") { sample, time in
      60 - 12 * cos(2 * .pi * time / 12) + 6 * sin(2.9 * time + Double(sample.cell))
    }
    let radiation = field("FSDS", units: "W/m2") { sample, time in
      sample.month.index % 100 == Self.monthWithout
        ? .nan : 200 + 80 * cos(2 * .pi * time / 12 + 0.3) + 20 * sin(4.1 * time)
    }
    let production = field("GPP", units: "gC/m2/s") { sample, time in
      guard sample.cell != Self.constantCell else { return 100.1 }
      return 5 + 2 * cos(2 * .pi * time / 12 - 0.2) + sin(0.9 * time + 0.3 * Double(sample.cell))
        + 0.4 * sin(7.7 * time * Double(sample.member + 1))
    }
    ensemble = TestEnsemble(
      grid: Self.grid, time: TestTime(from: Month(index: 24100), count: months),
      fields: [production, moisture, temperature, humidity, radiation], members: Self.members)
    ensemble.storage.packing = .double
    ensemble.landAreas = (Self.areas, Self.fractions)
  }

  /// Names of the sources in the output.
  static let names = ["response", "SM", "VPD", "T", "RAD"]

  func write(to folder: String) throws {
    try ensemble.write(to: folder)
    try writeMaps([("ids", Self.zones)], grid: Self.grid, to: "\(folder)/zones.nc")
    try writeMaps(
      [("smt", (0..<20).map { $0 < 9 ? 60 + Double($0) : .nan })], units: "%", grid: Self.grid, to: "\(folder)/smt.nc")
  }

  func sources(_ folder: String) -> [String] {
    func source(_ name: String) -> String { ensemble.source(name, in: folder) }
    return [
      "--response", source("GPP"), "--predictor", "SM=\(source("SM"))", "VPD=vpd(\(source("TSA")); \(source("RH2M")))",
      "T=\(source("TSA"))", "RAD=\(source("FSDS"))",
    ]
  }

  static let groups = "first=1,second=2,sea=3"

  func arguments(_ folder: String, _ more: [String] = [], zones: Bool = true) -> [String] {
    ["sensitivity", "--members", "REF,EXP_01,EXP_02"] + sources(folder)
      + (zones ? ["--classes", "\(folder)/zones.nc:ids", "--groups", Self.groups] : [])
      + ["--output", "\(folder)/beta.nc", "--overwrite", "--progress", "0"] + more
  }

  /// The value of a source of the job in a cell; NaN where it is missing.
  func value(_ source: Int, member: Int, month: Month, cell: Int) -> Double {
    func stored(_ name: String) -> Double {
      guard let field = ensemble.fields.first(where: { $0.name == name }) else { return .nan }
      return ensemble.expected(field, member: member, month: month, cell: cell)
    }
    guard source == 2 else { return stored(["GPP", "SM", "", "TSA", "FSDS"][source]) }
    return VapourPressure.deficit(temperature: stored("TSA") - 273.15, relativeHumidity: stored("RH2M"))
  }

  /// The area mean of a source over a zone, 1 to 3, by the definition.
  func mean(_ source: Int, zone: Int, member: Int, month: Month) -> Double {
    var (sum, weight) = (0.0, 0.0)
    for cell in 0..<20 where Self.zones[cell] == Double(zone) {
      let value = value(source, member: member, month: month, cell: cell)
      guard !value.isNaN else { continue }
      sum += Self.areas[cell] * Self.fractions[cell] * value
      weight += Self.areas[cell] * Self.fractions[cell]
    }
    return weight > 0 ? sum / weight : .nan
  }

  var months: [Month] { ensemble.time.months }
}

/// The values of a variable with its missing ones as NaN.
private func values(_ name: String, _ path: String) throws -> [Double] {
  let file = try NetCDFFile(path)
  let variable = try file.requiredVariable(name)
  let fill = file.numbers("_FillValue", of: variable).first
  return try file.values(variable).map { $0 == fill ? .nan : $0 }
}

@MainActor @Suite struct SensitivityCommandTests {
  @Test func zonesFollowTheDefinitionOnAnyNumberOfRanks() throws {
    let fixture = SensitivityFixture()
    try withTemporaryFolder { folder in
      try fixture.write(to: folder)
      let (output, table) = ("\(folder)/beta.nc", "\(folder)/beta.csv")
      let arguments = fixture.arguments(folder, ["--bootstrap", "100", "--block", "6", "--table", table])
      var first: (bits: [String: [UInt64]], table: String)?
      for ranks in [nil, 1, 2, 3, 5] {
        let done = try run(arguments, ranks: ranks)
        try #require(done.status == 0, "\(done.standardError)")
        let found = (bits: try bits(of: output), table: try String(contentsOfFile: table, encoding: .utf8))
        #expect(first.map { $0.bits == found.bits && $0.table == found.table } ?? true, "\(ranks ?? 0) ranks")
        first = first ?? found
      }
      // Means of the zones to 1e-12.
      let months = fixture.months
      var series: [[[[Double]]]] = []
      for (source, name) in SensitivityFixture.names.enumerated() {
        let found = try values("mean_\(name)", output)
        #expect(found.count == 3 * 3 * months.count)
        let expected = (1...3).map { zone in
          (0..<3).map { member in
            months.map { fixture.mean(source, zone: zone, member: member, month: $0) }
          }
        }
        let byMonth = months.indices.flatMap { month in expected.joined().map { $0[month] } }
        for (own, other) in zip(found, byMonth) {
          #expect(own.isNaN == other.isNaN && (own.isNaN || abs(own - other) <= 1e-12 * abs(other)), "\(name)")
        }
        series.append(expected)
      }
      // The regressions of these means.
      let names = ["beta", "beta_se", "beta_p05", "beta_p95", "vif", "penalty", "r2"]
      let found = Dictionary(uniqueKeysWithValues: try names.map { ($0, try values($0, output)) })
      var options = SensitivityOptions()
      (options.replicates, options.blockLength, options.seed) = (100, 6, 1)
      let kernel = SensitivityKernel(options)
      func isClose(_ one: Double, _ other: Double) -> Bool {
        one.isNaN ? other.isNaN : abs(one - other) <= 1e-9 * max(1, abs(other))
      }
      for zone in 0..<3 {
        for member in 0..<3 {
          let expected = kernel.compute(
            response: series[0][zone][member], predictors: (1...4).map { series[$0][zone][member] },
            firstMonth: months[0].month, place: (zone, member))
          #expect(expected.status == (zone < 2 ? .computed : .noData))
          let lists = [
            "beta": expected.beta, "beta_se": expected.standardError, "beta_p05": expected.lower,
            "beta_p95": expected.upper, "vif": expected.varianceInflation,
          ]
          let place = zone * 3 + member
          for (name, list) in lists {
            for (index, value) in list.enumerated() {
              #expect(isClose(found[name]?[4 * place + index] ?? 0, value), "\(name) \(zone) \(member) \(index)")
            }
          }
          #expect(isClose(found["penalty"]?[place] ?? 0, expected.penalty))
          #expect(isClose(found["r2"]?[place] ?? 0, expected.determination))
        }
      }
      // A month without radiation does not count; a zone of sea has nothing.
      #expect(try values("n_months", output) == [29, 29, 29, 29, 29, 29, 0, 0, 0])
      #expect(
        try statuses(output)
          == ["computed", "no_data"].flatMap { [String](repeating: $0, count: $0 == "computed" ? 6 : 3) })
      let percent = try values("moisture_percent", output)
      #expect(zip(percent.prefix(3), [100, 100 * 0.25 / 0.3, 100 * 0.2 / 0.3]).allSatisfy { abs($0 - $1) < 1e-9 })
      let lines = (first?.table ?? "").split(separator: "\r\n")
      #expect(lines.count == 1 + 3 * 3 * 4)
      #expect(lines[0].hasPrefix("zone,member,predictor,beta,beta_se,beta_p05,beta_p95,vif,penalty,r2,n_months,status"))
      #expect(lines[2].hasPrefix("first,REF,VPD,\(found["beta"]?[1] ?? 0),"))
      #expect(lines[36].hasPrefix("sea,EXP_02,RAD,,,,,,,,0,no_data,"))
    }
  }

  @Test func troubleWithZonesIsTold() throws {
    let fixture = SensitivityFixture()
    try withTemporaryFolder { folder in
      try fixture.write(to: folder)
      let done = try run(fixture.arguments(folder), ranks: 2)
      for text in [
        "zone 'first': the cells that have values of 'SM' are not the same in all months and members",
        "zone 'sea' has no sensitivities for 3 of 3 members: no_data",
      ] {
        #expect(done.standardError.contains(text), "\(text): \(done.standardError)")
      }
      // With --strict the results are there, and the end is an error.
      let strict = try run(fixture.arguments(folder, ["--strict"]), ranks: 2)
      #expect(strict.status == 65 && contents(of: folder).contains("beta.nc"))
      // A value that can be none has its zone's status, and another zone its result.
      var wrong = fixture
      let value = wrong.ensemble.fields[1].value
      wrong.ensemble.fields[1].value = { $0.cell == 1 && $0.member == 1 && $0.month.index == 24103 ? 1e20 : value($0) }
      try wrong.ensemble.write(to: folder)
      let implausible = try run(fixture.arguments(folder), ranks: 3)
      #expect(implausible.status == 0)
      #expect(
        implausible.standardError.contains(
          "'SM' has values that cannot be right in zone 'first', member 'EXP_01', \(Month(index: 24103))"),
        "\(implausible.standardError)")
      #expect(try statuses("\(folder)/beta.nc").prefix(4) == ["computed", "implausible_range", "computed", "computed"])
    }
  }

  @Test func cellsAreLeftOutByMaskAndBox() throws {
    let fixture = SensitivityFixture()
    try withTemporaryFolder { folder in
      try fixture.write(to: folder)
      try writeMaps(
        [("land", (0..<20).map { $0 < 3 ? 1 : 0 })], grid: SensitivityFixture.grid, to: "\(folder)/mask.nc")
      let done = try run(
        fixture.arguments(folder, ["--mask", "\(folder)/mask.nc:land"], zones: false), ranks: 2)
      try #require(done.status == 0, "\(done.standardError)")
      let found = try values("mean_T", "\(folder)/beta.nc")
      let month = fixture.months[0]
      var (sum, weight) = (0.0, 0.0)
      for cell in 0..<3 {
        let own = SensitivityFixture.areas[cell] * SensitivityFixture.fractions[cell]
        sum += own * fixture.value(3, member: 0, month: month, cell: cell)
        weight += own
      }
      #expect(abs(found[0] - sum / weight) < 1e-10)
      #expect(try values("n_cells", "\(folder)/beta.nc") == [3])
    }
  }

  @Test func everyCellHasItsOwn() throws {
    let fixture = SensitivityFixture()
    try withTemporaryFolder { folder in
      try fixture.write(to: folder)
      let output = "\(folder)/beta.nc"
      let arguments = fixture.arguments(
        folder, ["--each-cell", "--penalty", "2.5", "--bootstrap", "100", "--table", "\(folder)/table.csv"])
      var first: [String: [UInt64]]?
      for ranks in [nil, 1, 2, 3, 5] {
        let done = try run(arguments, ranks: ranks)
        try #require(done.status == 0, "\(done.standardError)")
        let found = try bits(of: output)
        #expect(first == nil || first == found, "\(ranks ?? 0) ranks")
        first = first ?? found
      }
      var options = SensitivityOptions()
      (options.penalty, options.replicates, options.seed) = (2.5, 100, 1)
      let kernel = SensitivityKernel(options)
      let (beta, upper, counts) = try (
        values("beta", output), values("beta_p95", output), values("n_months", output)
      )
      let statuses = try statuses(output)
      for cell in 0..<20 {
        for member in 0..<3 {
          let series = (0..<5).map { source in
            fixture.months.map { fixture.value(source, member: member, month: $0, cell: cell) }
          }
          let expected = kernel.compute(
            response: series[0], predictors: Array(series.dropFirst()), firstMonth: fixture.months[0].month,
            place: (cell, member))
          let status = SensitivityFixture.isSea(cell) ? "not_land" : expected.status.name
          #expect(statuses[cell] == status, "cell \(cell)")
          for index in 0..<4 {
            let place = (member * 4 + index) * 20 + cell
            for (own, other) in [(beta[place], expected.beta[index]), (upper[place], expected.upper[index])] {
              #expect(own.isNaN ? other.isNaN : abs(own - other) <= 1e-6, "cell \(cell) member \(member)")
            }
          }
          if !SensitivityFixture.isSea(cell) { #expect(counts[member * 20 + cell] == Double(expected.count)) }
        }
      }
      #expect(statuses[SensitivityFixture.constantCell] == "no_variation")
      #expect(contents(of: folder).contains("table.csv"))
    }
  }

  /// Writes an ensemble with known sensitivities; the command that looks for them.
  private func synthesized(_ name: String, noise: String, in folder: String) throws -> [String] {
    let done = try run(
      [
        "synthesize", "\(folder)/\(name)", "--rows", "10", "--columns", "12", "--members", "5", "--ocean-share",
        "0.4", "--months", "48", "--sensitivity", "--noise", noise,
      ])
    try #require(done.status == 0, "\(done.standardError)")
    let files = "\(folder)/\(name)/{member}.nc"
    return [
      "sensitivity", "--members", "REF,EXP_01..EXP_05", "--response", "\(files):GPP", "--predictor",
      "SM=\(files):SM", "VPD=vpd(\(files):TSA; \(files):RH2M)", "T=\(files):TSA", "RAD=\(files):FSDS", "--progress",
      "0", "--overwrite", "--output", "\(folder)/beta.nc",
    ]
  }

  /// beta is what was put in, of zones and of cells.
  @Test func theTruthOfASyntheticEnsembleIsFound() throws {
    try withTemporaryFolder { folder in
      let exact = try synthesized("exact", noise: "0", in: folder)
      let truth = try values("beta", "\(folder)/exact/sensitivity.nc")
      #expect(truth.count == 6 * 4)
      let zones = try run(exact + ["--penalty", "0", "--bands", "globe,south=-90:0"], ranks: 2)
      try #require(zones.status == 0, "\(zones.standardError)")
      var found = try values("beta", "\(folder)/beta.nc")
      #expect(zip(found, truth + truth).allSatisfy { abs($0 - $1) < 1e-4 } && found.count == 48)
      // Temperature and vapour pressure deficit go together.
      #expect(try values("vif", "\(folder)/beta.nc")[1] > 4)
      let cells = try run(exact + ["--penalty", "0", "--each-cell"], ranks: 3)
      try #require(cells.status == 0, "\(cells.standardError)")
      let land = try statuses("\(folder)/beta.nc").enumerated().filter { $0.element == "computed" }.map(\.offset)
      found = try values("beta", "\(folder)/beta.nc")
      #expect(land.count > 40)
      for cell in land {
        #expect((0..<24).allSatisfy { abs(found[$0 * 120 + cell] - truth[$0]) < 1e-3 }, "cell \(cell)")
      }
      // With noise within its errors: of 24 few are further away than two of them, and none far.
      let noisy = try run(try synthesized("noisy", noise: "40", in: folder) + ["--penalty", "0"], ranks: 2)
      try #require(noisy.status == 0, "\(noisy.standardError)")
      let errors = try values("beta_se", "\(folder)/beta.nc")
      // Noise adds to the response's standard deviation.
      let explained = try values("r2", "\(folder)/beta.nc")
      found = try values("beta", "\(folder)/beta.nc")
      let far = found.indices.map { index in
        abs(found[index] - truth[index] * explained[index / 4].squareRoot()) / errors[index]
      }
      #expect(far.allSatisfy { $0 < 5 } && far.count { $0 > 2 } <= 6, "\(far)")
      #expect(explained.allSatisfy { $0 < 0.999 })
    }
  }

  @Test func picturesHaveAPanelForEachZone() throws {
    let fixture = SensitivityFixture()
    try withTemporaryFolder { folder in
      try fixture.write(to: folder)
      let done = try run(
        fixture.arguments(
          folder, ["--threshold", "\(folder)/smt.nc:smt", "--picture", "\(folder)/beta.svg", "--table", "/dev/stdout"]),
        ranks: 2)
      try #require(done.status == 0, "\(done.standardError)")
      let picture = try String(contentsOfFile: "\(folder)/beta.svg", encoding: .utf8)
      #expect(picture.ranges(of: "<svg").count == 4 && picture.ranges(of: "</svg>").count == 4)
      // The second zone has no threshold, the third no cells.
      #expect(picture.ranges(of: ">threshold<").count == 1)
      for name in ["first", "second", "sea", "RAD", "SM, % of the reference"] { #expect(picture.contains(name)) }
      let cells = 0..<9
      let weights = cells.map { SensitivityFixture.areas[$0] * SensitivityFixture.fractions[$0] }
      let mean =
        zip(cells, weights).reduce(0) { $0 + (60 + Double($1.0)) * $1.1 } / weights.reduce(0, +)
      let found = try values("threshold", "\(folder)/beta.nc")
      #expect(abs(found[0] - mean) < 1e-9 && found[1].isNaN && found[2].isNaN)
      #expect(done.standardOutput.contains(",threshold\r\n"))
    }
  }

  @Test func oneRecordIsEnough() throws {
    let fixture = SensitivityFixture()
    try withTemporaryFolder { folder in
      try fixture.write(to: folder)
      func source(_ name: String) -> String { "\(folder)/REF.nc:\(name)" }
      let arguments = [
        "sensitivity", "--response", source("GPP"), "--predictor=T=\(source("TSA"))", "--predictor",
        "SM=\(source("SM"))", "--moisture-predictor", "SM", "--anomalies", "--penalty", "0", "--output",
        "\(folder)/beta.nc", "--table", "\(folder)/beta.csv", "--report", "\(folder)/run.json", "--progress", "0",
      ]
      let done = try run(arguments)
      try #require(done.status == 0, "\(done.standardError)")
      let file = try NetCDFFile("\(folder)/beta.nc")
      #expect(file.variable("member") == nil)
      #expect(file.shape(try file.requiredVariable("beta")) == [1, 2])
      #expect(try values("moisture_percent", "\(folder)/beta.nc") == [100])
      let report = try RunReport.read(from: "\(folder)/run.json")
      let beta = try values("beta", "\(folder)/beta.nc")
      #expect(report.results["beta_globe_SM"] == beta[1])
      #expect(report.statusCounts == ["computed": 1] && report.areaWeights?.hasPrefix("area × landfrac") == true)
      #expect(report.bytesRead > 0 && report.phases.contains { $0.name == "read" })
    }
  }

  @Test func badOptionsAreRefused() throws {
    let fixture = SensitivityFixture()
    try withTemporaryFolder { folder in
      try fixture.write(to: folder)
      try writeMaps(
        [("smt", [Double](repeating: 1, count: 20))], units: "m", grid: SensitivityFixture.grid,
        to: "\(folder)/metres.nc")
      let sources = fixture.sources(folder)
      let plain = ["sensitivity", "--output", "\(folder)/beta.nc"]
      func with(_ more: String...) -> [String] { fixture.arguments(folder, more) }
      let cases: [(Int32, [String], [String])] = [
        (64, ["--response is missing"], plain + sources.dropFirst(2)),
        (64, ["--predictor is missing"], plain + sources.prefix(2)),
        (64, ["--predictor 'x.nc:T' has no name"], plain + sources.prefix(2) + ["--predictor", "x.nc:T"]),
        (64, ["--predictor 'T' is given twice"], plain + sources.prefix(2) + ["--predictor", "T=a.nc:T", "T=b.nc:T"]),
        (64, ["'response=", "another name"], plain + sources.prefix(2) + ["--predictor", "response=a.nc:T"]),
        (64, ["--response holds {member}", "--members"], plain + sources),
        (64, ["--penalty 'none'", "gcv"], with("--penalty", "none")),
        (64, ["--penalty '-1'"], with("--penalty=-1")),
        (64, ["--bootstrap 99", "100 to"], with("--bootstrap", "99")),
        (64, ["--block 0"], with("--block", "0")),
        (64, ["--minimum-months 2"], with("--minimum-months", "2")),
        (64, ["--moisture-predictor 'X'", "SM, VPD, T, RAD"], with("--moisture-predictor", "X")),
        (64, ["zones are the classes of one map"], with("--bands", "globe")),
        (64, ["--limit"], with("--limit", "3")),
        (64, ["--read-plan slab"], with("--read-plan", "slab")),
        (64, ["--threshold is about zones"], with("--each-cell", "--threshold", "\(folder)/smt.nc:smt")),
        (64, ["--table", "another option"], with("--table", "\(folder)/beta.nc")),
        (
          64, ["--picture", "members"],
          ["sensitivity", "--members", "REF"] + sources + plain.suffix(2) + ["--picture", "\(folder)/p.svg"]
        ),
        (65, ["metres.nc", "percent"], with("--threshold", "\(folder)/metres.nc:smt")),
        (
          65, ["NOTHING"],
          ["sensitivity", "--members", "REF", "--predictor", "A=\(folder)/{member}.nc:NOTHING"] + sources.prefix(2)
            + plain.suffix(2)
        ),
        (
          66, ["--predictor A", "no file matches"],
          ["sensitivity", "--members", "REF", "--predictor", "A=\(folder)/x{member}.nc:A"] + sources.prefix(2)
            + plain.suffix(2)
        ),
        (71, ["--memory-limit"], with("--memory-limit", "1MiB")),
        (73, ["--table", "input files"], with("--table", "\(folder)/REF.nc")),
        (73, ["--picture", "input files"], with("--picture", "\(folder)/zones.nc")),
      ]
      for (code, parts, arguments) in cases {
        try expectFailure(code, naming: parts, arguments, in: folder, ranks: code == 64 ? [nil] : [nil, 2])
      }
    }
  }

  @Test func dryRunTellsZonesAndMaps() throws {
    let fixture = SensitivityFixture()
    try withTemporaryFolder { folder in
      try fixture.write(to: folder)
      let zones = try run(fixture.arguments(folder, ["--dry-run", "--ranks", "3", "--anomalies"]))
      for text in [
        "zones:    first (8 cells), second (8 cells), sea (2 cells)", "3, reference REF",
        "response on SM, VPD, T, RAD, without the mean annual cycle, penalty by generalised cross-validation",
        "on 3 ranks", "area × landfrac",
      ] {
        #expect(zones.standardOutput.contains(text), "\(text): \(zones.standardOutput) \(zones.standardError)")
      }
      let cells = try run(fixture.arguments(folder, ["--dry-run", "--each-cell"]))
      #expect(cells.standardOutput.contains("maps:     beta, beta_se, vif, penalty, r2, n_months, status"))
      #expect(!contents(of: folder).contains("beta.nc"))
    }
  }

  /// The latent heat flux of GLDAS on soil moisture, precipitation and potential evaporation: numpy's figures.
  @Test(
    .enabled(
      if: RealRecord.hasMoisture && RealRecord.isThere, "the GLDAS files are not there: ../shared/data/gldas_noah10_m"))
  func aRealRecordHasTheFiguresOfNumpy() throws {
    let folder = RealRecord.folder
    try withTemporaryFolder { scratch in
      let moisture = "SoilMoi0_10cm_inst,SoilMoi10_40cm_inst,SoilMoi40_100cm_inst"
      let done = try run(
        [
          "sensitivity", "--response", "\(folder)/energy_fluxes/*.nc4:Qle_tavg", "--predictor",
          "SM=\(folder)/soilmoisture_4layer/*.nc4:\(moisture)", "PRECIP=\(folder)/precip_pet/*.nc4:Rainf_f_tavg",
          "PET=\(folder)/precip_pet/*.nc4:PotEvap_tavg", "--output", "\(scratch)/beta.nc", "--progress", "0",
        ], ranks: 2)
      try #require(done.status == 0, "\(done.standardError)")
      let expected = [0.1328673622951161, 0.14591744769902953, 0.9112249017289127]
      #expect(zip(try values("beta", "\(scratch)/beta.nc"), expected).allSatisfy { abs($0 - $1) < 1e-10 })
      #expect(abs(try values("penalty", "\(scratch)/beta.nc")[0] - 0.11220184543019641) < 1e-12)
    }
  }
}
