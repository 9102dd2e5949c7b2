import Foundation
import Kernels
import TestSupport
import Testing

@testable import Distributed
@testable import smt_mpi

/// A response on another grid than the moisture: its area means, against those that the test makes itself.
@MainActor @Suite struct ResponseGridTests {
  private nonisolated static let time = TestTime(from: Month(year: 2001, month: 1), count: 12 * 12)
  private nonisolated static let (rows, columns) = (3, 4)

  /// Missing in a quarter of coarse cell 0, in three quarters of 5 and in all of 6, and elsewhere now and then.
  private nonisolated static func fine(_ sample: TestSample) -> Double {
    let (row, column) = (sample.cell / (2 * columns), sample.cell % (2 * columns))
    let (cell, part) = (row / 2 * columns + column / 2, row % 2 * 2 + column % 2)
    if cell == 0 && part == 1 || cell == 5 && part != 2 || cell == 6 { return .nan }
    if cell == 7 && part == sample.month.month % 4 { return .nan }
    return 5 + cos(0.9 * Double(sample.month.index * (sample.cell + 2))) + 0.3 * Double(part)
      * sin(Double(sample.month.index))
  }

  private nonisolated static func moisture(_ sample: TestSample) -> Double {
    sample.cell == 11
      ? .nan
      : 30 + 9 * cos(0.5 * Double(sample.month.month)) + sin(1.3 * Double(sample.month.index * (sample.cell + 1)))
  }

  private nonisolated static func record(
    _ name: String, rows: Int, columns: Int, ascending: Bool = true, fromZero: Bool = true,
    _ value: @escaping @Sendable (TestSample) -> Double
  ) -> TestEnsemble {
    var record = TestEnsemble.observations(
      grid: .regular(rows: rows, columns: columns, ascending: ascending, fromZero: fromZero), time: time,
      fields: [TestField(name, units: "1", value: value)])
    record.storage.packing = .double
    return record
  }

  private nonisolated static let responses = record("GPP", rows: 2 * rows, columns: 2 * columns, fine)
  private nonisolated static let moistures = record("SM", rows: rows, columns: columns, moisture)

  /// The mean of the fine cells in a coarse one by their areas, from the definition.
  private nonisolated static func mean(_ month: Month, _ cell: Int) -> Double {
    // The outer rows reach to the poles; their centres are 160° / 6 apart.
    let edges = [-90] + (1..<6).map { -80 + 160 * Double($0) / 6 } + [90]
    var (sum, area) = (0.0, 0.0)
    for part in 0..<4 {
      let (row, column) = (cell / columns * 2 + part / 2, cell % columns * 2 + part % 2)
      let value = responses.expected(responses.fields[0], month: month, cell: row * 2 * columns + column)
      guard !value.isNaN else { continue }
      let own = sin(edges[row + 1] * .pi / 180) - sin(edges[row] * .pi / 180)
      sum += own * value
      area += own
    }
    return area > 0 ? sum / area : .nan
  }

  private func write(_ record: TestEnsemble, to folder: String) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try record.write(to: folder)
  }

  private func correlate(
    _ folder: String, response: String, to output: String, ranks: Int, _ more: [String] = []
  ) throws -> ProgramRun {
    try run(
      [
        "correlate", "--monthly", "--moisture", Self.moistures.source("SM", in: "\(folder)/coarse"), "--response",
        Self.responses.source("GPP", in: response), "--output", "\(folder)/\(output)", "--overwrite", "--progress", "0",
      ] + more, ranks: ranks)
  }

  private func numbers(_ name: String, _ path: String) throws -> [Double] {
    let file = try NetCDFFile(path)
    let variable = try file.requiredVariable(name)
    return try file.values(variable).map(try StoredValues(variable, in: file).value)
  }

  @Test func fieldsAreMeansOverTheAreaThatHasValues() throws {
    try withTemporaryFolder { folder in
      try write(Self.moistures, to: "\(folder)/coarse")
      try write(Self.responses, to: "\(folder)/fine")
      var response = SourceRequest(
        name: "response", specification: try SourceSpecification(Self.responses.source("GPP", in: "\(folder)/fine")))
      response.regridding = .areaMean
      let moisture = SourceRequest(
        name: "moisture", specification: try SourceSpecification(Self.moistures.source("SM", in: "\(folder)/coarse")))
      let catalogue = try Catalogue.make([moisture, response], members: [], period: nil, .single)
      for plan in [nil] + ReadPlan.allCases.map(Optional.some) {
        let partition = Partition(cells: [0, 1, 4, 5, 6, 7, 10], ranks: 1)
        var collector = StepCollector(catalogue, source: 1)
        _ = try Ingest(catalogue, partition, .single, EveryStep(catalogue), forced: plan, budget: 1 << 16)
          .run(into: &collector) { _ in }
        for (month, values) in zip(catalogue.months, collector.values[0]) {
          for (value, cell) in zip(values, partition.cells) {
            let expected = Self.mean(month, cell)
            #expect(value.isNaN == expected.isNaN && !(abs(value - expected) > 1e-12), "\(month), cell \(cell)")
          }
        }
      }
    }
  }

  @Test func correlationsAreThoseOfTheMeans() throws {
    try withTemporaryFolder { folder in
      try write(Self.moistures, to: "\(folder)/coarse")
      try write(Self.responses, to: "\(folder)/fine")
      let means = Self.record("GPP", rows: Self.rows, columns: Self.columns) { Self.mean($0.month, $0.cell) }
      try write(means, to: "\(folder)/means")
      let byHand = try correlate(folder, response: "\(folder)/means", to: "hand.nc", ranks: 1)
      #expect(byHand.status == 0, "\(byHand.standardError)")
      let expected = try numbers("r", "\(folder)/hand.nc")
      var all: [[UInt64]] = []
      for ranks in 1...3 {
        for plan in ["auto", "slab"] {
          let done = try correlate(
            folder, response: "\(folder)/fine", to: "r.nc", ranks: ranks,
            ["--read-plan", plan, "--report", "\(folder)/r.json"])
          #expect(done.status == 0, "\(done.standardError)")
          #expect(done.standardError.contains("from 6 × 8 to 3 × 4 cells by area mean"), "\(done.standardError)")
          all.append(try ["r", "r_p", "status"].flatMap { try numbers($0, "\(folder)/r.nc").map(\.bitPattern) })
          let found = try numbers("r", "\(folder)/r.nc")
          #expect(found.count == 12 && found.count { $0.isNaN } == 2, "\(found)")
          for (cell, (one, other)) in zip(found, expected).enumerated() {
            // Single precision, at most one unit in the last place.
            #expect(one.isNaN && other.isNaN || abs(one - other) <= 1.2e-7, "cell \(cell): \(one), expected \(other)")
          }
        }
      }
      #expect(Set(all).count == 1)
      let file = try NetCDFFile("\(folder)/r.nc")
      #expect(file.text("comment")?.contains("by area mean") ?? false)
      #expect(try String(contentsOfFile: "\(folder)/r.json", encoding: .utf8).contains("by area mean"))
      let dry = try correlate(folder, response: "\(folder)/fine", to: "dry.nc", ranks: 1, ["--dry-run"])
      #expect(dry.standardOutput.contains("from 6 × 8 cells") && dry.standardOutput.contains("plan field"), "\(dry)")
    }
  }

  /// The same cells in another order are the same grid, for any source.
  @Test func rolledAndFlippedGridsAreUnderstood() throws {
    try withTemporaryFolder { folder in
      try write(Self.moistures, to: "\(folder)/coarse")
      let value: @Sendable (TestSample) -> Double = { sample in
        sample.latitude > 40 && sample.longitude.truncatingRemainder(dividingBy: 360) > 300
          ? .nan
          : 3 + cos(0.7 * Double(sample.month.index) + 0.1 * (sample.latitude + sin(sample.longitude * .pi / 180)))
      }
      let plain = Self.record("GPP", rows: Self.rows, columns: Self.columns, value)
      let turned = Self.record("GPP", rows: Self.rows, columns: Self.columns, ascending: false, fromZero: false) {
        sample in
        var sample = sample
        if sample.longitude < 0 { sample.longitude += 360 }
        return value(sample)
      }
      try write(plain, to: "\(folder)/plain")
      try write(turned, to: "\(folder)/turned")
      var bits: [[UInt64]] = []
      for (name, ranks) in [("plain", 1), ("turned", 1), ("turned", 3)] {
        let done = try correlate(folder, response: "\(folder)/\(name)", to: "r.nc", ranks: ranks)
        #expect(done.status == 0 && !done.standardError.contains("brought"), "\(done.standardError)")
        bits.append(try numbers("r", "\(folder)/r.nc").map(\.bitPattern))
      }
      #expect(Set(bits).count == 1)
      // The moisture tells land from sea; here it is the one that is turned.
      let swapped = try run(
        [
          "trend", "--source",
          "\(plain.source("GPP", in: "\(folder)/plain")) - \(turned.source("GPP", in: "\(folder)/turned"))",
          "--output", "\(folder)/t.nc", "--progress", "0",
        ], ranks: 2)
      #expect(swapped.status == 0, "\(swapped.standardError)")
      #expect(try numbers("mean", "\(folder)/t.nc").allSatisfy { $0.isNaN || $0 == 0 })
    }
  }
}
