import Distributed
import Foundation
import TestSupport
import Testing

/// One value that cannot be one, in one member, month and cell: that cell has a status of its own, no bit of the others
/// changes, and a warning names the file, the variable and the value.
@MainActor @Suite struct ImplausibleValueTests {
  private nonisolated static let cell = 5
  private nonisolated static let month = Month(year: 2004, month: 5)

  /// The ensemble or record with the value of one field, member and month of the cell replaced.
  private func spoilt(_ ensemble: TestEnsemble, _ field: Int, member: Int = 0, month: Month, _ value: Double)
    -> TestEnsemble
  {
    var ensemble = ensemble
    let old = ensemble.fields[field].value
    ensemble.fields[field].value = { sample in
      sample.cell == Self.cell && sample.member == member && sample.month == month ? value : old(sample)
    }
    return ensemble
  }

  /// Compares all numbers of two files but those of the cell.
  private func expectSame(_ path: String, _ other: String, cells: Int, location: SourceLocation = #_sourceLocation)
    throws
  {
    let (file, reference) = (try NetCDFFile(path), try NetCDFFile(other))
    var compared = 0
    for variable in reference.variables where variable.type != .string && variable.type != .character {
      let (found, wanted) = (try file.values(try file.requiredVariable(variable.name)), try reference.values(variable))
      #expect(found.count == wanted.count, sourceLocation: location)
      for index in wanted.indices where wanted.count < cells || index % cells != Self.cell {
        compared += 1
        #expect(
          found[index].bitPattern == wanted[index].bitPattern, "\(variable.name), \(index)", sourceLocation: location)
      }
    }
    #expect(compared > 3 * cells, sourceLocation: location)
  }

  /// Runs a command on the files as they are and with a spoilt value.
  private func check(
    _ ensemble: TestEnsemble, _ field: Int, member: Int = 0, month: Month, _ value: Double, naming parts: [String],
    ranks: [Int?] = [nil, 3], location: SourceLocation = #_sourceLocation,
    _ arguments: (_ folder: String, _ output: String) -> [String]
  ) throws {
    try withTemporaryFolder { folder in
      try ensemble.write(to: "\(folder)/good")
      try spoilt(ensemble, field, member: member, month: month, value).write(to: "\(folder)/bad")
      let good = try run(arguments("\(folder)/good", "\(folder)/good.nc"))
      #expect(good.status == 0, "\(good.standardError)", sourceLocation: location)
      let usual = try statuses("\(folder)/good.nc")
      #expect(usual[Self.cell] != "implausible_range", sourceLocation: location)
      for ranks in ranks {
        for plan in ["slab", "field"] {
          let output = "\(folder)/bad.nc"
          let command = arguments("\(folder)/bad", output) + ["--overwrite", "--read-plan", plan]
          let bad = try run(command, ranks: ranks)
          #expect(bad.status == 0, "\(bad.standardError)", sourceLocation: location)
          let warnings = bad.standardError.split(separator: "\n").filter { $0.contains("cannot be right") }
          #expect(warnings.count == 1, "\(bad.standardError)", sourceLocation: location)
          for part in parts + ["1 cell has", "implausible_range", "\(folder)/bad/"] {
            #expect(warnings.first?.contains(part) == true, "\(bad.standardError)", sourceLocation: location)
          }
          var expected = usual
          expected[Self.cell] = "implausible_range"
          #expect(try statuses(output) == expected, sourceLocation: location)
          try expectSame(output, "\(folder)/good.nc", cells: ensemble.grid.cellCount, location: location)
        }
      }
      let strict = try run(arguments("\(folder)/bad", "\(folder)/strict.nc") + ["--strict"])
      #expect(strict.status == 65 && strict.standardError.contains(parts[0]), sourceLocation: location)
    }
  }

  @Test func ensemble() throws {
    let ensemble = ThresholdFixture.make().ensemble
    for (value, field, text) in [
      (1e20, 0, "'SM' is 1e+20"), (1e18, 1, "'GPP' is 1e+18"), (1e6, 0, "'SM' is 1000000.0"),
      (-1e20, 0, "'SM' is -1e+20"),
    ] {
      try check(
        ensemble, field, member: 3, month: Self.month, value, naming: [text, "EXP_03.nc", "2004-05"],
        ranks: value == 1e20 ? [nil, 3] : [nil]
      ) { folder, output in
        var fixture = ThresholdFixture.make()
        fixture.ensemble = ensemble
        return fixture.arguments(folder) + ["--output", output]
      }
    }
  }

  /// Of many such cells, on several ranks, the first is named.
  @Test func theFirstOfManyCellsIsNamed() throws {
    try withTemporaryFolder { folder in
      var fixture = ThresholdFixture.make()
      let old = fixture.ensemble.fields[0].value
      fixture.ensemble.fields[0].value = { sample in
        sample.cell >= Self.cell && sample.member == 3 && sample.month == Self.month
          ? 1e20 * Double(sample.cell) : old(sample)
      }
      try fixture.ensemble.write(to: folder)
      for ranks in [nil, 3] {
        let done = try run(fixture.arguments(folder, ["--overwrite"]), ranks: ranks)
        #expect(done.status == 0, "\(done.standardError)")
        let warnings = done.standardError.split(separator: "\n").filter { $0.contains("cannot be right") }
        #expect(warnings.count == 1, "\(done.standardError)")
        for part in ["7 cells have", "'SM' is 5e+20 in \(folder)/EXP_03.nc, 2004-05"] {
          #expect(warnings.first?.contains(part) == true, "\(done.standardError)")
        }
        #expect(try statuses("\(folder)/smt.nc").count { $0 == "implausible_range" } == 7)
      }
    }
  }

  /// Layers that are averaged where they are there, and another storage of the numbers.
  @Test func layersAndPacking() throws {
    var fixture = ThresholdFixture.make()
    fixture.ensemble.fields[0].hasLevels = true
    fixture.ensemble.levels = TestLevels(nodes: [0.05, 0.3], edges: [0, 0.1, 0.5])
    fixture.ensemble.storage.packing = .double
    for value in [1e20, .infinity] {
      try check(
        fixture.ensemble, 0, member: 0, month: Self.month, value, naming: ["'SM' is \(value)", "REF.nc"], ranks: [nil]
      ) { folder, output in fixture.arguments(folder) + ["--output", output] }
    }
  }

  private static let record = TestEnsemble.observations(
    grid: .regular(rows: 3, columns: 4), time: TestTime(from: Month(year: 2001, month: 1), count: 12 * 12),
    fields: ["top", "bottom", "GPP"].enumerated().map { number, name in
      TestField(name, units: name == "GPP" ? "gC m-2 s-1" : "kg m-2") { sample in
        let phase = Double(sample.month.index * (3 + number) + 5 * sample.cell)
        return 20 + 5 * Double(number) + 3 * sin(phase) + 0.02 * Double(sample.month.year % 7)
      }
    })

  @Test func observations() throws {
    let fixture = ["--model", "quadratic", "--minimum-span", "5", "--progress", "0"]
    for value in [1e20, -1e20] {
      try check(
        Self.record, 0, month: Self.month, value, naming: ["'top'", "A200405.nc4", "2004-05"], ranks: [nil]
      ) { folder, output in
        [
          "threshold", "--moisture", Self.record.source("top", in: folder), "--response",
          Self.record.source("GPP", in: folder), "--output", output,
        ] + fixture
      }
    }
  }

  @Test func records() throws {
    let (top, both) = ("top", "top,bottom")
    func command(_ name: String, _ more: [String]) -> (String, String) -> [String] {
      { folder, output in
        let moisture = Self.record.source(name == "trend" || more.contains("--monthly") ? top : both, in: folder)
        var arguments = [name, name == "trend" ? "--source" : "--moisture", moisture, "--output", output]
        if name == "correlate" { arguments += ["--response", Self.record.source("GPP", in: folder)] }
        if moisture.hasSuffix(both) { arguments += ["--layer-bounds", "0,0.1,1"] }
        return arguments + ["--progress", "0"] + more
      }
    }
    let cases: [(String, [String], Int)] = [
      ("trend", [], 0), ("trend", ["--statistic", "sum", "--months", "12-6"], 0), ("attribute", [], 1),
      ("attribute", ["--ranking", "climatology"], 1), ("correlate", [], 0), ("correlate", ["--lag", "2"], 2),
      ("correlate", ["--monthly"], 2),
    ]
    for (number, (name, more, field)) in cases.enumerated() {
      try check(
        Self.record, field, month: Self.month, 1e20,
        naming: ["'\(Self.record.fields[field].name)' is 1e+20", "A200405.nc4"],
        ranks: number == 0 ? [nil, 3] : [nil],
        command(name, more))
    }
  }
}
