import Foundation
import TestSupport
import Testing

@testable import Distributed

/// Joined records, against what the tests join on their own.
@MainActor @Suite struct JoinedSourceTests {
  nonisolated static let (first, last) = (Month(year: 2003, month: 1), Month(year: 2004, month: 4))
  /// Cells in which the first record, and the second, has no value at some steps, and never.
  nonisolated static let (holedFirst, holedSecond, emptyFirst, emptySecond) = (0, 1, 2, 3)

  nonisolated static func first(_ step: Int, _ cell: Int) -> Double {
    cell == emptyFirst || cell == holedFirst && step % 11 == 3
      ? .nan : 40 + 5 * sin(0.07 * Double(step)) + Double(cell)
  }

  nonisolated static func second(_ step: Int, _ cell: Int) -> Double {
    cell == emptySecond || cell == holedSecond && step % 7 == 5
      ? .nan : 3 + 2 * cos(0.3 * Double(step * (cell + 1)))
  }

  /// Two records in folders of their own, as `(a, b)`.
  private func write(_ first: TestRecord, _ second: TestRecord, in folder: String) throws -> (String, String) {
    let texts = try [("a", first), ("b", second)].map { name, record in
      let own = "\(folder)/\(name)"
      try FileManager.default.createDirectory(atPath: own, withIntermediateDirectories: true)
      return try record.write(to: own)
    }
    return (texts[0], texts[1])
  }

  private func read(
    _ request: SourceRequest, period: ClosedRange<Month>? = nil, _ plan: ReadPlan? = nil, budget: Int = 1 << 20
  ) throws -> (catalogue: Catalogue, values: [[Double]]) {
    let catalogue = try Catalogue.make([request], members: [], period: period, .single)
    let partition = Partition(cells: Array(0..<catalogue.grid.cellCount), ranks: 1)
    var collector = StepCollector(catalogue)
    _ = try Ingest(catalogue, partition, .single, EveryStep(catalogue), forced: plan, budget: budget)
      .run(into: &collector) { _ in }
    return (catalogue, collector.values[0])
  }

  private func expectSame(_ found: [[Double]], _ comment: Comment, _ expected: (_ step: Int, _ cell: Int) -> Double) {
    for (step, values) in found.enumerated() {
      for (cell, value) in values.enumerated() {
        let expected = expected(step, cell)
        #expect(
          value.isNaN && expected.isNaN || abs(value - expected) <= 1e-12 * abs(expected),
          "\(comment), step \(step), cell \(cell): \(value), expected \(expected)")
      }
    }
  }

  private nonisolated static func single(_ value: Double) -> Double { Double(Float(value)) }

  @Test func monthsAreJoinedCellByCell() throws {
    try withTemporaryFolder { folder in
      var records = [
        TestRecord(from: Self.first, count: 16, months: 1, calendar: .standard, value: Self.first),
        TestRecord(from: Self.first, count: 16, months: 1, calendar: .standard, value: Self.second),
      ]
      // One record in a file a step, compressed; one in a file of its own, contiguous.
      records[0].stepsPerFile = 1
      records[1].stepsPerChunk = 0
      let (a, b) = try write(records[0], records[1], in: folder)
      for plan in ReadPlan.allCases {
        for budget in [1, 1 << 20] {
          let request = SourceRequest(name: "source", expression: try SourceExpression("\(a) / (\(b) - 1) * 2"))
          let found = try read(request, plan, budget: budget)
          expectSame(found.values, "\(plan), \(budget)") { step, cell in
            let whole = Self.single(Self.second(step, cell)) - 1
            return Self.single(Self.first(step, cell)) / whole * 2
          }
          let source = found.catalogue.sources[0]
          #expect(source.units == "1" && source.longName == "v / (v - 1) * 2" && source.fieldCount == 1)
          #expect(found.catalogue.records.map(\.name) == ["source 1", "source 2"])
        }
      }
      let catalogue = try read(SourceRequest(name: "source", expression: try SourceExpression("\(a) - \(b)"))).catalogue
      let cells = try ValidCells.scan(source: 0, of: catalogue, .single)
      #expect(cells.indices.filter { !cells[$0] } == [Self.emptyFirst, Self.emptySecond])
    }
  }

  /// The mean of the days is that of their quotients, over days that both records have.
  @Test func stepsThatRecordsShareAreJoinedBeforeMonthsAreMade() throws {
    try withTemporaryFolder { folder in
      let records = [
        TestRecord(from: Self.first, to: Self.last, calendar: .standard, days: 1, value: Self.first),
        TestRecord(from: Self.first, to: Self.last, calendar: .standard, days: 1, value: Self.second),
      ]
      let (a, b) = try write(records[0], records[1], in: folder)
      var joined = records[0]
      joined.value = { step, cell in Self.single(Self.first(step, cell)) / Self.single(Self.second(step, cell)) }
      for plan in ReadPlan.allCases {
        let request = SourceRequest(
          name: "source", expression: try SourceExpression("\(a) / \(b)"), steps: .months(minimumShare: 0.5))
        let found = try read(request, plan)
        for (month, values) in zip(found.catalogue.months, found.values) {
          for cell in 0..<6 {
            let days = joined.days(of: month)
            let own = (Int(days.start)..<Int(days.end)).map { joined.value($0, cell) }.filter { !$0.isNaN }
            let expected =
              Double(own.count) >= 0.5 * (days.end - days.start) ? own.reduce(0, +) / Double(own.count) : .nan
            #expect(
              values[cell].isNaN && expected.isNaN || abs(values[cell] - expected) <= 1e-12 * expected,
              "\(plan), \(month), cell \(cell): \(values[cell]), expected \(expected)")
          }
        }
      }
    }
  }

  @Test func recordsOfUnlikeStepsAreJoinedByMonth() throws {
    try withTemporaryFolder { folder in
      let days = TestRecord(from: Self.first, to: Self.last, calendar: .standard, days: 1, value: Self.first)
      let months = TestRecord(from: Self.first, count: 16, months: 1, calendar: .standard, value: Self.second)
      let (a, b) = try write(days, months, in: folder)
      for plan in ReadPlan.allCases {
        for isFirst in [true, false] {
          let request = SourceRequest(
            name: "source", expression: try SourceExpression(isFirst ? "\(a) - \(b)" : "\(b) - \(a)"),
            steps: .months(minimumShare: 0.5))
          let found = try read(request, plan)
          expectSame(found.values, "\(plan)") { step, cell in
            let month = Month(index: Self.first.index + step)
            let difference = days.mean(month, cell: cell).mean - Self.single(Self.second(step, cell))
            return isFirst ? difference : -difference
          }
        }
      }
    }
  }

  /// A step that one record lacks is a gap of the joined source.
  @Test func gapsOfAnyRecordAreGaps() throws {
    try withTemporaryFolder { folder in
      var holed = TestRecord(from: Self.first, count: 16, months: 1, calendar: .standard, value: Self.second)
      holed.stepsPerFile = 1
      let whole = TestRecord(from: Self.first, count: 16, months: 1, calendar: .standard, value: Self.first)
      let (a, b) = try write(whole, holed, in: folder)
      try FileManager.default.removeItem(atPath: "\(folder)/b/part1004.nc")
      let expression = try SourceExpression("\(a) - \(b)")
      let found = try read(SourceRequest(name: "source", expression: expression, allowsGaps: true))
      #expect(found.catalogue.sources[0].gapCount() == 1)
      #expect(found.values[4].allSatisfy(\.isNaN) && !found.values[5][5].isNaN)
      do {
        _ = try read(SourceRequest(name: "source", expression: expression))
        Issue.record("a gap was taken")
      } catch let error as JobError {
        #expect(error.exitCode == .inputData && error.message.contains("2003-05"), "\(error)")
      }
    }
  }

  @Test func layersAreJoinedOneByOne() throws {
    try withTemporaryFolder { folder in
      var ensemble = TestEnsemble(
        grid: .regular(rows: 2, columns: 3), time: TestTime(from: Self.first, count: 12),
        fields: [
          TestField("A", units: "m3/m3", hasLevels: true) { 0.3 + 0.01 * Double($0.level + $0.cell) },
          TestField("B", units: "m3/m3", hasLevels: true) { 0.1 + 0.02 * Double($0.level * $0.cell) },
          TestField("C", units: "kg m-2") { _ in 5 },
        ], members: ["soil"])
      ensemble.levels = TestLevels(nodes: [0.1, 0.5, 1.5], edges: [0, 0.2, 0.8, 2])
      try ensemble.write(to: folder)
      func request(_ text: String) throws -> SourceRequest {
        SourceRequest(
          name: "moisture", expression: try SourceExpression(text), depth: 0...1,
          layering: .amounts(perMetre: 1000, units: "kg m-2"))
      }
      let file = "\(folder)/soil.nc"
      let catalogue = try Catalogue.make([try request("\(file):A - \(file):B")], members: [], period: nil, .single)
      let source = catalogue.sources[0]
      #expect(source.fieldCount == 3 && source.layerEdges == [0, 0.2, 0.8, 1] && source.units == "kg m-2")
      let (a, b) = (ensemble.fields[0], ensemble.fields[1])
      let collector = try fields(catalogue)
      for (level, thickness) in [0.2, 0.6, 0.2].enumerated() {
        for cell in 0..<6 {
          let month = Self.first
          let expected =
            (ensemble.expected(a, month: month, level: level, cell: cell)
              - ensemble.expected(b, month: month, level: level, cell: cell)) * thickness * 1000
          #expect(abs(collector[level][cell] - expected) < 1e-9, "level \(level), cell \(cell)")
        }
      }
      for (text, words) in [
        ("\(file):A / \(file):B", ["'1'", "kg m-2"]), ("\(file):A - \(file):C", ["'C'", "layers"]),
      ] {
        do {
          _ = try Catalogue.make([try request(text)], members: [], period: nil, .single)
          Issue.record("no error for \(text)")
        } catch let error as JobError {
          #expect(error.exitCode == .inputData && words.allSatisfy(error.message.contains), "\(error)")
        }
      }
    }
  }

  /// The fields of the first step of a catalogue's first source.
  private func fields(_ catalogue: Catalogue) throws -> [[Double]] {
    let plans = SourceReadPlan.chooseAll(
      catalogue, Partition(cells: Array(0..<catalogue.grid.cellCount), ranks: 1), EveryStep(catalogue), forced: nil,
      budget: 1 << 20)
    let region = ReadRegion(Array(0..<catalogue.grid.cellCount), ofAll: catalogue.grid)
    let reader = try StepReader(catalogue, plans, region, together: nil, inflatesChunks: true)
    var found: [[Double]] = []
    try reader.read(member: 0, steps: 0..<1) { _, step in
      found = (0..<step.fieldCount(ofSource: 0)).map { number in
        let field = step.field(number, ofSource: 0)
        return field.indices.map { field[$0] }
      }
    }
    return found
  }

  @Test func ranksAndPlansGiveTheSameBits() throws {
    try withTemporaryFolder { folder in
      var records = [
        TestRecord(from: Self.first, to: Self.last, calendar: .standard, days: 1, value: Self.first),
        TestRecord(from: Self.first, to: Self.last, calendar: .standard, days: 1, value: Self.second),
      ]
      for index in 0..<2 { records[index].shape = (4, 5) }
      records[0].stepsPerFile = 100
      records[1].stepsPerChunk = 0
      let (a, b) = try write(records[0], records[1], in: folder)
      var digests: Set<String> = []
      for ranks in [1, 2, 3, 5] {
        for plan in ReadPlan.allCases {
          let done = try run(
            ["steps", "\(a) / \(b) - 1", "mean", plan.rawValue], of: "rank-program", ranks: ranks)
          #expect(done.status == 0, "\(done.standardError)")
          digests.insert(done.standardOutput)
        }
      }
      #expect(digests.count == 1, "\(digests)")
    }
  }
}
