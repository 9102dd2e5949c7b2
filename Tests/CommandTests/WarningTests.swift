import Distributed
import Foundation
import TestSupport
import Testing

/// Input that is wrong though it can be read: a warning on the terminal, in the report and in the map, and an error with
/// `--strict`.
@MainActor @Suite struct WarningTests {
  /// Eleven members whose moisture falls by 8 %, with a bend in the response; `change` gives what is written instead of a
  /// member's value.
  private func ensemble(
    moisture: @escaping @Sendable (_ member: Int, _ value: Double) -> Double = { $1 },
    response: @escaping @Sendable (_ member: Int, _ value: Double) -> Double = { $1 }
  ) -> ThresholdFixture {
    var fixture = ThresholdFixture.make(grid: .regular(rows: 4, columns: 5), months: 3, members: 10)
    fixture.ensemble.fields = [
      TestField("SM", units: "m3/m3") { sample in
        moisture(sample.member, (1 - 0.08 * Double(sample.member)) * (0.2 + 0.01 * Double(sample.cell)))
      },
      TestField("GPP", units: "gC/m^2/s") { sample in
        let wetness = 1 - 0.08 * Double(sample.member)
        // Collapses to nothing in the driest members.
        let value = max(0, min(0.7 + 0.3 * wetness, 2.2 * wetness - 0.7 + 0.01 * Double(sample.cell)))
        return response(sample.member, 1e-5 * value)
      },
    ]
    return fixture
  }

  private static let spline = ["--model", "spline"]

  /// What a run said on the terminal, in its report and in its map.
  private func warnings(_ done: ProgramRun, _ folder: String) throws -> (terminal: [String], report: [String]) {
    let prefix = "warning: "
    let terminal = done.standardError.split(separator: "\n").filter { $0.hasPrefix(prefix) }
      .map { String($0.dropFirst(prefix.count)) }
    let comment = try NetCDFFile("\(folder)/smt.nc").text("comment") ?? ""
    for text in terminal { #expect(comment.contains(text), "\(text) in \(comment)") }
    return (terminal, try RunReport.read(from: "\(folder)/run.json").warnings)
  }

  /// Runs alone and on three ranks and expects a warning that names these, and an error with `--strict`.
  ///
  /// - Parameter consequences: further warnings, which without the first would not be there.
  private func expectWarning(
    naming parts: [String], _ fixture: ThresholdFixture, _ options: [String] = [], isLate: Bool = false,
    consequences: Int = 0, location: SourceLocation = #_sourceLocation
  ) throws {
    try withTemporaryFolder { folder in
      try fixture.ensemble.write(to: folder)
      var said: [[String]] = []
      for ranks in [nil, 3] as [Int?] {
        let arguments = fixture.arguments(
          folder, Self.spline + ["--report", "\(folder)/run.json", "--overwrite"] + options)
        let done = try run(arguments, ranks: ranks)
        #expect(done.status == 0, "\(done.standardError)", sourceLocation: location)
        let (terminal, report) = try warnings(done, folder)
        #expect(terminal == report, sourceLocation: location)
        #expect(terminal.count == 1 + consequences, "\(terminal)", sourceLocation: location)
        for part in parts {
          #expect(terminal.first?.contains(part) == true, "\(part) in \(terminal)", sourceLocation: location)
        }
        said.append(terminal)
      }
      #expect(said[0] == said[1], sourceLocation: location)
      for name in ["smt.nc", "run.json"] { try FileManager.default.removeItem(atPath: "\(folder)/\(name)") }
      let strict = fixture.arguments(folder, Self.spline + ["--strict"] + options)
      if isLate {
        let done = try run(strict, ranks: 3)
        #expect(done.status == 65, sourceLocation: location)
        for part in parts { #expect(done.standardError.contains(part), sourceLocation: location) }
        // The map is complete.
        #expect(try statuses("\(folder)/smt.nc").count == fixture.ensemble.grid.cellCount, sourceLocation: location)
      } else {
        try expectFailure(65, naming: parts + ["--strict"], strict, in: folder, location: location)
      }
    }
  }

  /// Legitimate ensembles and records say nothing.
  @Test func nothingIsSaidOfGoodInput() throws {
    try withTemporaryFolder { folder in
      let fixture = ensemble()
      try fixture.ensemble.write(to: folder)
      for ranks in [nil, 3] as [Int?] {
        let arguments = fixture.arguments(
          folder, Self.spline + ["--report", "\(folder)/run.json", "--overwrite", "--strict"])
        let done = try run(arguments, ranks: ranks)
        #expect(done.status == 0, "\(done.standardError)")
        let (terminal, report) = try warnings(done, folder)
        #expect(terminal.isEmpty && report.isEmpty)
        #expect(try NetCDFFile("\(folder)/smt.nc").text("comment")?.contains("Warnings") == false)
        #expect(try statuses("\(folder)/smt.nc").contains("computed"))
      }
      let dry = try run(fixture.arguments(folder, ["--dry-run", "--overwrite", "--strict"]))
      #expect(dry.status == 0 && dry.standardError.isEmpty, "\(dry.standardError)")
    }
  }

  @Test(arguments: [85, 17, 3])
  func nothingIsSaidOfSyntheticEnsembles(members: Int) throws {
    try withTemporaryFolder { folder in
      let made = try run(["synthesize", "\(folder)/e", "--rows", "6", "--columns", "9", "--members", "\(members)"])
      #expect(made.status == 0)
      let last = members < 10 ? "0\(members)" : "\(members)"
      let options = [
        "threshold", "--members", "REF,EXP_01..EXP_\(last)", "--response", "\(folder)/e/{member}.nc:GPP", "--moisture",
        "\(folder)/e/{member}.nc:SM", "--season", "\(folder)/e/season.nc:start_month,end_month", "--output",
        "\(folder)/smt.nc", "--strict",
      ]
      // Four pairs cannot be tested for a bend, nor has a spline of them an AICc.
      let untested = members < 9 ? ["--published-rule"] : []
      let done = try run(options + ThresholdFixture.quick + Self.spline + untested, ranks: 2)
      #expect(done.status == 0 && !done.standardError.contains("warning"), "\(done.standardError)")
    }
  }

  @Test func nothingIsSaidOfGoodObservations() throws {
    try withTemporaryFolder { folder in
      let latent = TestField("Qle_tavg", units: "W m-2") { sample in
        40 + 2 * min(Double(sample.month.index % 24), 11) + Double(sample.cell)
      }
      let moisture = TestField("SM", units: "kg m-2") { sample in 25 + 2 * Double(sample.month.index % 24) }
      let record = TestEnsemble.observations(
        grid: .regular(rows: 3, columns: 4), time: TestTime(from: ThresholdFixture.january, count: 24),
        fields: [latent, moisture])
      try record.write(to: folder)
      let done = try run(
        [
          "threshold", "--response", record.source("Qle_tavg", in: folder), "--moisture",
          record.source("SM", in: folder),
          "--output", "\(folder)/smt.nc", "--strict",
        ] + ThresholdFixture.quick, ranks: 3)
      #expect(done.status == 0 && !done.standardError.contains("warning"), "\(done.standardError)")
    }
  }

  @Test func referenceThatIsNotTheWettest() throws {
    try expectWarning(
      naming: ["'EXP_01'", "20 of 20", "'REF' is in 20", "--members"], ensemble(),
      ["--members", "EXP_01,EXP_02..EXP_09,REF"])
    // A response that has collapsed in the reference says nothing of units.
    try withTemporaryFolder { folder in
      let fixture = ensemble()
      try fixture.ensemble.write(to: folder)
      let done = try run(fixture.arguments(folder, Self.spline + ["--members", "EXP_08,EXP_01..EXP_07,REF"]))
      #expect(done.standardError.contains("not the wettest") && !done.standardError.contains("check the units"))
    }
    // In a few cells it may happen.
    try withTemporaryFolder { folder in
      var fixture = ensemble()
      let moisture = fixture.ensemble.fields[0].value
      fixture.ensemble.fields[0].value = { $0.cell < 8 && $0.member == 3 ? 3 * moisture($0) : moisture($0) }
      try fixture.ensemble.write(to: folder)
      #expect(try run(fixture.arguments(folder, Self.spline + ["--strict"])).status == 0)
    }
  }

  @Test func membersInOtherUnits() throws {
    try expectWarning(
      naming: ["--response", "'GPP'", "/EXP_04.nc", "1000 times", "'EXP_03'", "units of 'EXP_04'"],
      ensemble(response: { $0 == 4 ? 1000 * $1 : $1 }))
    try expectWarning(
      naming: ["--moisture", "'SM'", "/EXP_01.nc", "1/100 of", "'REF'", "units of 'EXP_01'"],
      ensemble(moisture: { $0 == 1 ? $1 / 100 : $1 }))
    try expectWarning(
      naming: ["--moisture", "/REF.nc", "100 times", "'EXP_01'", "units of 'REF'"],
      ensemble(moisture: { $0 == 0 ? 100 * $1 : $1 }))
    try expectWarning(
      naming: ["--moisture", "/EXP_06.nc", "units of 'EXP_06', 'EXP_07', 'EXP_08' and 1 more"],
      ensemble(moisture: { $0 >= 6 ? 1000 * $1 : $1 }), consequences: 1)
  }

  @Test func unitsOfAnotherQuantity() throws {
    // Cells have a threshold whatever the units.
    var carbon = ensemble()
    carbon.ensemble.fields[0].units = "gC m-2 s-1"
    try expectWarning(naming: ["--moisture", ":SM'", "'gC m-2 s-1'", "m3 m-3"], carbon)
    var water = ensemble()
    water.ensemble.fields[1].units = "mm3/mm3"
    try expectWarning(naming: ["--response", ":GPP'", "'mm3/mm3'", "gC m-2 s-1", "swapped"], water)
    try withTemporaryFolder { folder in
      try carbon.ensemble.write(to: folder)
      let dry = try run(carbon.arguments(folder, ["--dry-run"]))
      #expect(dry.status == 0 && dry.standardError.contains("warning: --moisture"), "\(dry.standardError)")
      try expectFailure(
        65, naming: ["--moisture", "'gC m-2 s-1'"], carbon.arguments(folder, ["--dry-run", "--strict"]), in: folder,
        ranks: [nil])
    }
  }

  @Test func depthWithoutLayers() throws {
    try expectWarning(
      naming: ["/REF.nc", "'SM'", "--depth", "no depth dimension"], ensemble(), ["--depth", "0-3"])
  }

  /// A complete map without values is written before the run ends with an error.
  @Test func hardlyAnyCellWithAValue() throws {
    try expectWarning(
      naming: ["none of the 20 land cells", "status of 20 is reference_below_floor", "'REF'", "--response-floor"],
      ensemble(),
      ["--response-floor", "1"], isLate: true)
  }

  /// What the catalogue says goes the same way.
  @Test func differentPeriods() throws {
    try withTemporaryFolder { folder in
      let fixture = ensemble()
      try fixture.ensemble.write(to: folder)
      var longer = fixture.ensemble
      longer.time = TestTime(from: Month(year: 2003, month: 11), count: 5)
      try longer.write(to: "\(folder)/longer")
      let options =
        Self.spline + [
          "--moisture", longer.source("SM", in: "\(folder)/longer"), "--report", "\(folder)/run.json",
        ]
      let (terminal, report) = try warnings(try run(fixture.arguments(folder, options), ranks: 2), folder)
      #expect(terminal.count == 1 && terminal == report)
      #expect(report.first?.contains("different periods") == true)
      try expectFailure(
        65, naming: ["different periods", "--strict"],
        fixture.arguments(folder, options + ["--strict", "--overwrite"]),
        in: folder)
    }
  }

  /// Records of one quantity: the same mechanism.
  @Test func recordsWarnToo() throws {
    try withTemporaryFolder { folder in
      let fixture = AttributionFixture.make(units: "W m-2")
      try fixture.record.write(to: folder)
      let done = try run(fixture.arguments(folder, ["--report", "\(folder)/run.json"]), ranks: 3)
      #expect(done.status == 0, "\(done.standardError)")
      let report = try RunReport.read(from: "\(folder)/run.json").warnings
      #expect(report.count == 1 && report.first?.contains("'W m-2'") == true, "\(report)")
      #expect(try NetCDFFile("\(folder)/maps.nc").text("comment")?.contains(report.first ?? "?") == true)
      let strict = fixture.arguments(folder, ["--strict"])
      try expectFailure(65, naming: ["--moisture", "'W m-2'", "--strict"], strict, in: folder)
      // No month is plausible; the maps are there all the same.
      let trend = [
        "trend", "--source", fixture.record.source("a", in: folder), "--maximum", "1e-30", "--strict", "--output",
        "\(folder)/trend.nc", "--progress", "0",
      ]
      let late = try run(trend, ranks: 3)
      #expect(late.status == 65 && late.standardError.contains("none of the 11 land cells"), "\(late.standardError)")
      #expect(try NetCDFFile("\(folder)/trend.nc").text("comment")?.contains("too_few_values") == true)
    }
  }
}
