import Distributed
import Foundation
import Kernels
import TestSupport
import Testing

@testable import smt_mpi

/// An ensemble of six members whose phases are known, on a grid of 3 × 4 cells of which the first ones have reasons for
/// having no result.
private struct PhasesFixture {
  var ensemble: TestEnsemble

  /// Moisture in percent of the reference.
  static let moistures = [100.0, 90, 80, 60, 40, 20]
  static let thresholds = [70, .nan, 10, 150, 70, 70, 70, 70, 70, 70, 50, 85]
  static let statuses = [
    "not_land", "no_threshold", "nobody_below", "nobody_above", "missing_months", "no_season", "reference_below_floor",
    "implausible_range", "outside_selection", "computed", "computed", "computed",
  ]
  static let grid = TestGrid.regular(rows: 3, columns: 4)
  /// Layers of 1, 1 and 2 m.
  static let levels = TestLevels(nodes: [0.5, 1.5, 3], edges: [0, 1, 2, 4])

  private static let moisture = TestField("SM", units: "m3/m3") { sample in
    if sample.cell == 0 || (sample.cell == 4 && sample.member == 0 && sample.month.month == 1) { return .nan }
    if sample.cell == 6, sample.member == 0 { return 0 }
    return 0.004 * moistures[sample.member] * (1 + 0.1 * Double(sample.month.month % 3))
  }
  private static let temperature = TestField("TSA", units: "K") { sample in
    if sample.cell == 7, sample.member == 2 { return 1e20 }
    // A member that misses a month of a cell.
    if sample.cell == 10, sample.member == 5, sample.month.month == 6 { return .nan }
    return 280 + 0.7 * Double(sample.member * sample.member) + Double(sample.month.index % 7) * 0.3
      + 0.1 * Double(sample.cell)
  }
  private static func flux(_ name: String, units: String, hasLevels: Bool) -> TestField {
    TestField(name, units: units, hasLevels: hasLevels) { sample in
      1e-6 * (7 - Double(sample.member)) * (1 + Double(sample.month.month % 5)) * (4 - Double(sample.level))
    }
  }
  private static let constant = TestField("SAME", units: "W m-2") { 100.1 + Double($0.month.month) / 3 }

  init() {
    ensemble = TestEnsemble(
      grid: Self.grid, time: TestTime(from: Month(year: 2003, month: 11), count: 14),
      fields: [
        Self.moisture, Self.temperature, Self.flux("WATER", units: "mm/s", hasLevels: true),
        Self.flux("MASS", units: "kg m-2 s-1", hasLevels: true),
        Self.flux("CARBON", units: "kg m-2 s-1", hasLevels: false),
        Self.constant,
      ], members: ["REF"] + (1...5).map { "EXP_0\($0)" })
    ensemble.levels = Self.levels
    ensemble.storage.packing = .double
  }

  /// First and last month of a cell's growing season.
  static func season(_ cell: Int) -> (first: Int, last: Int) { cell == 5 ? (0, 0) : cell == 9 ? (11, 2) : (1, 12) }

  /// Writes members, seasons, mask, and the threshold with its interval.
  func write(to folder: String) throws {
    try ensemble.write(to: folder)
    let cells = 0..<12
    try writeMaps(
      [
        ("first", cells.map { Double(Self.season($0).first) }), ("last", cells.map { Double(Self.season($0).last) }),
        ("mask", cells.map { $0 == 8 ? 0 : 1 }),
      ], grid: Self.grid, to: "\(folder)/season.nc")
    let thresholds = Self.thresholds
    // A member lies within the interval of cell 10, at its end in cell 11.
    try writeMaps(
      [
        ("smt", thresholds), ("smt_p05", cells.map { $0 == 10 ? 30 : thresholds[$0] - 5 }),
        ("smt_p95", cells.map { $0 == 11 ? 90 : thresholds[$0] + 5 }),
      ], units: "%", grid: Self.grid, to: "\(folder)/smt.nc")
  }

  func arguments(_ folder: String, _ quantities: [String], _ more: [String] = []) -> [String] {
    [
      "phases", "--threshold", "\(folder)/smt.nc:smt", "--members", "REF,EXP_01..EXP_05", "--moisture",
      ensemble.source("SM", in: folder), "--season", "\(folder)/season.nc:first,last", "--mask",
      "\(folder)/season.nc:mask", "--output", "\(folder)/phases.nc", "--overwrite", "--progress", "0",
    ] + quantities.flatMap { ["--quantity", $0] } + more
  }

  func quantity(_ name: String, _ variable: String, _ folder: String) -> String {
    "\(name)=\(ensemble.source(variable, in: folder))"
  }

  /// Means below and above the threshold of a cell, of the season mean of what `value` makes of a month.
  func means(
    _ cell: Int, _ value: (_ member: Int, _ month: Month) -> Double
  ) -> (low: Double, high: Double, lowCount: Int, highCount: Int) {
    let (first, last) = Self.season(cell)
    let months = ensemble.time.months.filter {
      first <= last ? (first...last).contains($0.month) : $0.month >= first || $0.month <= last
    }
    let seasonMeans = ensemble.members.indices.map { member in
      let weights = months.map { Double(ensemble.time.length(of: $0)) }
      return zip(weights, months).reduce(0) { $0 + $1.0 * value(member, $1.1) } / weights.reduce(0, +)
    }
    func mean(_ isIn: (Double) -> Bool) -> (Double, Int) {
      let values = zip(Self.moistures, seasonMeans).filter { isIn($0.0) && !$0.1.isNaN }.map(\.1)
      return (values.reduce(0, +) / Double(values.count), values.count)
    }
    let (low, high) = (mean { $0 < Self.thresholds[cell] }, mean { $0 > Self.thresholds[cell] })
    return (low.0, high.0, low.1, high.1)
  }

  /// The value of a field without layers, or the sum over layers with these weights.
  func value(_ name: String, _ member: Int, _ month: Month, _ cell: Int, weights: [Double] = [1]) -> Double {
    guard let field = ensemble.fields.first(where: { $0.name == name }) else { return .nan }
    return weights.enumerated().reduce(0) {
      $0 + $1.element * ensemble.expected(field, member: member, month: month, level: $1.offset, cell: cell)
    }
  }
}

@MainActor @Suite struct PhasesTests {
  private func isClose(_ found: Double, _ expected: Double) -> Bool { abs(found - expected) <= 1e-6 * abs(expected) }

  private func units(_ name: String, _ path: String) throws -> String? {
    let file = try NetCDFFile(path)
    return file.text("units", of: try file.requiredVariable(name))
  }

  @Test func cellsFollowTheDefinitionOnAnyNumberOfRanks() throws {
    let fixture = PhasesFixture()
    try withTemporaryFolder { folder in
      try fixture.write(to: folder)
      let output = "\(folder)/phases.nc"
      let arguments = fixture.arguments(
        folder, ["T", "WATER", "SAME"].map { fixture.quantity($0, $0 == "T" ? "TSA" : $0, folder) }, ["--depth", "0-3"])
      var first: [String: [UInt64]]?
      for ranks in [nil, 1, 2, 3, 5] {
        let done = try run(arguments, ranks: ranks)
        try #require(done.status == 0, "\(done.standardError)")
        let found = try bits(of: output)
        #expect(first == nil || first == found, "\(ranks ?? 0) ranks")
        first = first ?? found
      }
      #expect(try statuses(output) == PhasesFixture.statuses)
      let names = ["T", "WATER", "SAME"].flatMap { name in
        ["difference", "low", "high", "n_low", "n_high"].map { "\($0)_\(name)" }
      }
      var maps: [String: [Double]] = [:]
      for name in names + ["n_low", "n_high", "uncertain"] { maps[name] = try map(name, output) }
      for cell in 0..<12 {
        guard PhasesFixture.statuses[cell] == "computed" else {
          for name in names where !name.hasPrefix("n_") { #expect(maps[name]?[cell].isNaN == true, "\(name) \(cell)") }
          continue
        }
        let expected = [
          "T": fixture.means(cell) { fixture.value("TSA", $0, $1, cell) },
          "WATER": fixture.means(cell) { member, month in
            fixture.value("WATER", member, month, cell, weights: [1, 1, 0.5]) * 86400
              * Double(fixture.ensemble.time.length(of: month))
          },
          "SAME": fixture.means(cell) { fixture.value("SAME", $0, $1, cell) },
        ]
        for (name, means) in expected {
          func found(_ prefix: String) -> Double { maps["\(prefix)_\(name)"]?[cell] ?? .infinity }
          #expect(isClose(found("low"), means.low) && isClose(found("high"), means.high), "\(name) \(cell)")
          #expect(abs(found("difference") - (means.low - means.high)) < 1e-6 * max(means.low, 1e-3), "\(name) \(cell)")
          #expect(found("n_low") == Double(means.lowCount) && found("n_high") == Double(means.highCount))
        }
        // Where nothing differs, nothing is found.
        #expect(abs(maps["difference_SAME"]?[cell] ?? 1) < 1e-12)
      }
      #expect(maps["n_low"]?[1...].prefix(3).elementsEqual([0, 0, 6]) == true)
      #expect(maps["n_low_T"]?[10] == 1 && maps["n_low"]?[10] == 2)
      #expect(maps["uncertain"]?.suffix(3) == [0, 1, 1])
      #expect(try units("difference_WATER", output) == "mm" && units("difference_T", output) == "K")
    }
  }

  @Test func fluxesAreAmountsByUnitsAndLayers() throws {
    let fixture = PhasesFixture()
    try withTemporaryFolder { folder in
      try fixture.write(to: folder)
      let names = ["WATER", "MASS", "CARBON"]
      let quantities = names.map { fixture.quantity("Q_\($0)", $0, folder) }
      let done = try run(fixture.arguments(folder, quantities))
      try #require(done.status == 0, "\(done.standardError)")
      let output = "\(folder)/phases.nc"
      let (water, mass) = try (map("low_Q_WATER", output), map("low_Q_MASS", output))
      #expect(water.map(\.bitPattern) == mass.map(\.bitPattern))
      #expect(try names.map { try units("low_Q_\($0)", output) } == ["mm", "kg m-2", "kg m-2 s-1"])
      // Without --depth all layers count.
      let expected = fixture.means(9) { member, month in
        fixture.value("WATER", member, month, 9, weights: [1, 1, 1]) * 86400
          * Double(fixture.ensemble.time.length(of: month))
      }
      #expect(isClose(water[9], expected.low))
      // What has no layers may be a flux of anything.
      let carbon = fixture.means(9) { fixture.value("CARBON", $0, $1, 9) }
      #expect(isClose(try map("low_Q_CARBON", output)[9], carbon.low))
    }
  }

  @Test func membersThatLackAQuantityAreTold() throws {
    let fixture = PhasesFixture()
    try withTemporaryFolder { folder in
      try fixture.write(to: folder)
      for ranks in [1, 3] {
        let done = try run(fixture.arguments(folder, [fixture.quantity("T", "TSA", folder)]), ranks: ranks)
        #expect(
          done.standardError.contains("--quantity T: in 1 cell members miss months of it"), "\(done.standardError)")
      }
      let complete = try run(
        fixture.arguments(folder, [fixture.quantity("W", "WATER", folder)], ["--depth", "0-3", "--strict"]))
      #expect(complete.status == 0, "\(complete.standardError)")
      // Depths choose nothing where nothing has layers.
      try expectFailure(
        65, naming: ["--depth", "no source has layers"],
        fixture.arguments(folder, [fixture.quantity("S", "SAME", folder)], ["--depth", "0-3", "--strict"]), in: folder)
    }
  }

  @Test func withoutAnIntervalNothingIsUncertain() throws {
    let fixture = PhasesFixture()
    try withTemporaryFolder { folder in
      try fixture.write(to: folder)
      let plain = fixture.arguments(folder, [fixture.quantity("T", "TSA", folder)])
        .map { $0.hasSuffix(":smt") ? "\(folder)/plain.nc:smt" : $0 }
      try writeMaps(
        [("smt", PhasesFixture.thresholds)], units: "percent", grid: PhasesFixture.grid, to: "\(folder)/plain.nc")
      #expect(try run(plain).status == 0)
      #expect(try NetCDFFile("\(folder)/phases.nc").variable("uncertain") == nil)
      #expect(try statuses("\(folder)/phases.nc") == PhasesFixture.statuses)
    }
  }

  @Test func thresholdsOnOtherGridsAreBroughtOver() throws {
    let fixture = PhasesFixture()
    try withTemporaryFolder { folder in
      try fixture.write(to: folder)
      let output = "\(folder)/phases.nc"
      func arguments(_ threshold: String) -> [String] {
        fixture.arguments(folder, [fixture.quantity("T", "TSA", folder)])
          .map { $0.hasSuffix(":smt") ? "\(folder)/\(threshold):smt" : $0 }
      }
      // The same grid from north to south, and from 180° W.
      let turned = (0..<12).map { (2 - $0 / 4) * 4 + ($0 + 2) % 4 }
      try writeMaps(
        [("smt", turned.map { PhasesFixture.thresholds[$0] })], units: "%",
        grid: .regular(rows: 3, columns: 4, ascending: false, fromZero: false), to: "\(folder)/turned.nc")
      let same = try run(arguments("turned.nc"), ranks: 2)
      #expect(same.status == 0 && !same.standardError.contains("turned.nc"), "\(same.standardError)")
      #expect(try statuses(output) == PhasesFixture.statuses)
      // One threshold everywhere on a finer grid.
      try writeMaps(
        [("smt", [Double](repeating: 70, count: 9 * 12))], units: "%", grid: .regular(rows: 9, columns: 12),
        to: "\(folder)/fine.nc")
      let fine = try run(arguments("fine.nc"), ranks: 2)
      #expect(fine.status == 0 && fine.standardError.contains("fine.nc"), "\(fine.standardError)")
      #expect(try NetCDFFile(output).text("comment")?.contains("fine.nc") == true)
      #expect(try map("n_low", output)[9] == 3 && statuses(output)[1] == "computed")
    }
  }

  /// In doubles, before they become maps in single precision.
  @Test func theTruthOfASyntheticEnsembleIsFound() throws {
    try withTemporaryFolder { folder in
      let made = try run(
        [
          "synthesize", "\(folder)/e", "--rows", "12", "--columns", "18", "--members", "17", "--ocean-share", "0.5",
          "--months", "15", "--climate",
        ])
      try #require(made.status == 0, "\(made.standardError)")
      let files = "\(folder)/e/{member}.nc"
      let quantities = [
        ("T", "TSA", "\(files):TSA"), ("RH", "RH2M", "\(files):RH2M"), ("UPTAKE", "QROOTSINK", "\(files):QROOTSINK"),
        ("VPD", "VPD", "vpd(\(files):TSA; \(files):RH2M)"),
      ]
      let arguments =
        [
          "--threshold", "\(folder)/e/truth.nc:smt", "--members", "REF,EXP_01..EXP_17", "--moisture",
          "\(folder)/e/{member}.nc:SM", "--season", "\(folder)/e/season.nc:start_month,end_month", "--depth", "0-3",
          "--output", "\(folder)/phases.nc", "--strict", "--progress", "0",
        ] + quantities.flatMap { ["--quantity", "\($0.0)=\($0.2)"] }
      let done = try run(["phases"] + arguments, ranks: 2)
      try #require(done.status == 0, "\(done.standardError)")

      let job = try PhasesJob(try Phases.parse(arguments + ["--overwrite"]))
      let plan = try Pipeline(job: job, communicator: .single).plan(
        ranks: 1, baseMemory: 0, isRough: false, PhaseTimer())
      var data = plan.method.data(cells: plan.partition.cells.count)
      _ = try plan.ingest.run(into: &data) { _ in }
      let cells = try plan.method.cells(data, plan.partition, rank: 0)
      for (index, (name, variable, _)) in quantities.enumerated() {
        let truth = try map("difference_\(variable)", "\(folder)/e/truth.nc")
        let found = try map("difference_\(name)", "\(folder)/phases.nc")
        #expect(truth.count { !$0.isNaN } == plan.partition.cells.count && plan.partition.cells.count > 50)
        for (position, cell) in plan.partition.cells.enumerated() {
          let difference = cells.result(position).quantities[index].difference
          #expect(abs(difference - truth[cell]) <= 1e-9 * abs(truth[cell]), "\(name) of cell \(cell)")
          #expect(isClose(found[cell], truth[cell]))
        }
      }
    }
  }

  @Test func badInputIsRefused() throws {
    let fixture = PhasesFixture()
    try withTemporaryFolder { folder in
      try fixture.write(to: folder)
      try writeMaps(
        [("smt", PhasesFixture.thresholds)], units: "m3 m-3", grid: PhasesFixture.grid, to: "\(folder)/volume.nc")
      let t = fixture.quantity("T", "TSA", folder)
      func arguments(_ quantities: [String], without option: String? = nil, _ more: [String] = []) -> [String] {
        var arguments = fixture.arguments(folder, quantities)
        if let place = option.flatMap({ arguments.firstIndex(of: $0) }) { arguments.removeSubrange(place...place + 1) }
        return arguments + more
      }
      let cases: [(Int32, [String], [String])] = [
        (64, ["--threshold is missing"], arguments([t], without: "--threshold")),
        (64, ["--members is missing"], arguments([t], without: "--members")),
        (64, ["--moisture is missing"], arguments([t], without: "--moisture")),
        (64, ["--quantity is missing"], arguments([])),
        (64, ["--quantity 'a.nc:TSA' has no name", "NAME=SOURCE"], arguments(["a.nc:TSA"])),
        (64, ["--quantity '=a.nc:TSA' has no name"], arguments(["=a.nc:TSA"])),
        (64, ["'2 m'", "letters"], arguments(["2 m=a.nc:TSA"])),
        (64, ["--quantity 'T' is given twice"], arguments([t, t])),
        (64, ["'TSA'", "PATTERN:VARIABLE"], arguments(["T=TSA"])),
        (
          65, ["volume.nc", "'smt'", "'m3 m-3'", "percent of normal"],
          arguments([t], without: "--threshold", ["--threshold", "\(folder)/volume.nc:smt"])
        ),
        (65, ["NOTHING"], arguments(["T=\(folder)/{member}.nc:NOTHING"])),
        (66, ["--quantity T", "REF", "no file matches"], arguments(["T=\(folder)/none/{member}.nc:TSA"])),
        (
          66, ["absent.nc"], arguments([t], without: "--threshold", ["--threshold", "\(folder)/absent.nc:smt"])
        ),
        (
          73, ["--threshold", "another name"],
          arguments([t], without: "--output", ["--output", "\(folder)/smt.nc"])
        ),
      ]
      for (code, parts, arguments) in cases {
        try expectFailure(code, naming: parts, arguments, in: folder, ranks: [nil, 2])
      }
    }
  }

  @Test func dryRunTellsThePhases() throws {
    let fixture = PhasesFixture()
    try withTemporaryFolder { folder in
      try fixture.write(to: folder)
      let dry = try run(
        fixture.arguments(folder, [fixture.quantity("T", "TSA", folder)], ["--dry-run", "--ranks", "4"]))
      #expect(dry.status == 0, "\(dry.standardError)")
      for text in ["6 members, reference REF", "below and above \(folder)/smt.nc:smt", "difference_T, low_T"] {
        #expect(dry.standardOutput.contains(text), "\(text): \(dry.standardOutput)")
      }
      #expect(!contents(of: folder).contains("phases.nc"))
    }
  }
}
