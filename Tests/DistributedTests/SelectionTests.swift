import Foundation
import TestSupport
import Testing

@testable import Distributed

/// One index of a dimension, and one month of each year, where sources and maps are named.
@MainActor @Suite struct SelectionTests {
  private static let (rows, columns, times) = (4, 5, 30)

  /// A file with `a[scale = 3, 12, 24][time from 2001-01]`, see `TestSeries`, in chunks of tiles.
  private func write(to path: String) throws {
    let grid = TestSeries.grid(rows: Self.rows, columns: Self.columns)
    let record = TestSeries.record(on: grid, times: Self.times, .series, .cells, to: path)
    let partition = Partition(cells: TestSeries.cells(of: grid), ranks: 1)
    let output = try SeriesOutput(record, partition, identity: "", .single)
    try output.fill { TestSeries.values(of: $0, in: record, partition.cells) }
    try output.finish(MapWriter.FileAttributes(title: "a", source: "b", references: "", commandLine: "c"))
  }

  /// The values of `a` on the grid.
  private func field(outer: Int, time: Int) -> [Double] {
    let grid = TestSeries.grid(rows: Self.rows, columns: Self.columns)
    let own = Set(TestSeries.cells(of: grid))
    return (0..<grid.cellCount).map { cell in
      own.contains(cell) ? Double(Float(TestSeries.value(0, outer: outer, time: time, cell: cell))) : .nan
    }
  }

  private func areSame(_ found: [Double], _ expected: [Double]) -> Bool {
    found.count == expected.count && zip(found, expected).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN }
  }

  private func message(_ code: Distributed.ExitCode, _ body: () throws -> Void) -> String {
    do { try body() } catch {
      let failure = JobError(wrapping: error)
      #expect(failure.exitCode == code, "\(failure)")
      return failure.message
    }
    Issue.record("no error")
    return ""
  }

  @Test func mapsOfOneIndexOfEachDimension() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/a.nc"
      try write(to: path)
      for (text, outer, time) in [
        ("a[scale=12,time=2001-03]", 1, 2), ("a[time=2002-12,scale=24]", 2, 23), ("a[scale=#0,time=#29]", 0, 29),
        ("a[scale=12.0001,time=2001-01]", 1, 0),
      ] {
        let map = try GridMap.read("\(path):\(text)")
        #expect(map.name == text && areSame(map.values, field(outer: outer, time: time)), "\(text)")
        #expect(try areSame(MapSlices("\(path):\(text)").field(0).values, field(outer: outer, time: time)))
      }
      let slices = try MapSlices("\(path):a[scale=24]")
      #expect(slices.name == "a" && slices.axes.map(\.name) == ["time"] && slices.count == Self.times)
      #expect(try areSame(slices.field(7).values, field(outer: 2, time: 7)))
      let header = try RecordHeader.read("a[scale=12]", from: path)
      #expect(header.name == "a" && header.axes.map(\.name) == ["time"] && header.fieldCount == Self.times)
      let classes = try MapSlices("\(path):status[scale=3]")
      #expect(classes.count == 1 && classes.meanings[3] == "outside")
    }
  }

  @Test func whatIsNotThereIsSaidWithWhatIs() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/a.nc"
      try write(to: path)
      for (text, words) in [
        ("a[scale=18,time=#0]", ["'a' has no scale = 18", "3, 12, 24"]),
        ("a[scale=12.01,time=#0]", ["no scale = 12.01"]),
        ("a[scale=#3,time=#0]", ["no scale #3", "#0 to #2"]),
        ("a[scal=12,time=#0]", ["no dimension 'scal'", "time, scale"]),
        ("a[lat=0]", ["no dimension 'lat'", "time, scale"]), ("exact[scale=3]", ["none besides"]),
        ("a[time=1999-01]", ["2001-01, 2001-02", "…", "2003-06"]),
        ("a[scale=12]", ["'time' of length 30", "a[scale=12,time=2001-01] (time: 2001-01, 2001-02"]),
        ("nothing[scale=12]", ["no variable 'nothing'"]),
      ] {
        let said = message(.inputData) { _ = try GridMap.read("\(path):\(text)") }
        for word in words + [path] { #expect(said.contains(word), "\(text): \(said)") }
      }
      for text in [
        "a[scale]", "a[=3]", "a[scale=]", "a[]", "a[scale=3", "a]", "a[scale=3,scale=12]", "[scale=3]", "a[b=[c]]",
      ] {
        let said = [
          message(.usage) { _ = try GridMap.read("\(path):\(text)") },
          message(.usage) { _ = try SourceSpecification("\(path):\(text)") },
        ]
        #expect(said.allSatisfy { $0.contains(text) }, "\(said)")
      }
      let said = message(.usage) { _ = try GridMap.read("\(path):a[scale=3]@month=12") }
      #expect(said.contains("of records"), "\(said)")
    }
  }

  /// A record of which an index must be chosen is refused with what to write, whatever command reads it.
  @Test func messageSaysWhatToChoose() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/a.nc"
      try write(to: path)
      for steps in [StepRequest.native(), .months()] {
        let said = message(.inputData) { _ = try request("\(path):a", steps).make() }
        #expect(said.contains("a dimension 'scale' without depths") && said.contains("a[scale=3] (scale: 3, 12, 24)"))
      }
      let said = message(.inputData) { _ = try request("\(path):a[scale=12]@month=12", .months()).make() }
      #expect(said.contains("leave @month=12 out"), "\(said)")
    }
  }

  @Test func sourcesAreReadAndWrittenAgain() throws {
    for (text, variables, month) in [
      ("x[0-9].nc:a[scale=24]", ["a[scale=24]"], nil), ("x.nc:a[d=0.1,s=DJF]+b", ["a[d=0.1,s=DJF]", "b"], nil),
      ("x.nc:a,b[s=1e+3]@month=2", ["a", "b[s=1e+3]"], 2),
      ("x.nc:a[time=2001-01-01T06:00]", ["a[time=2001-01-01T06:00]"], nil),
      ("{member}/x.nc:a@month=12", ["a"], 12),
    ] {
      let source = try SourceSpecification(text)
      #expect(source.variables == variables && source.month == month && source.text == text, "\(source)")
      guard case .record(let record) = try SourceExpression(text) else {
        Issue.record("\(text) is joined")
        continue
      }
      #expect(record == source)
    }
    for text in ["x.nc:a@month=0", "x.nc:a@month=13", "x.nc:a@month=", "x.nc:a@year=1", "x.nc:a@"] {
      let said = message(.usage) { _ = try SourceSpecification(text) }
      #expect(said.contains("@month=1 to @month=12"), "\(said)")
    }
    let joined = try SourceExpression("x.nc:a[scale=12]@month=6 - x.nc:a[scale=12]@month=12")
    #expect(joined.records.map(\.month) == [6, 12])
    #expect(joined.text == "x.nc:a[scale=12]@month=6 - x.nc:a[scale=12]@month=12")
  }

  private struct Request {
    let source: SourceRequest

    func make() throws -> Catalogue { try Catalogue.make([source], members: [], period: nil, .single) }
  }

  private func request(_ text: String, _ steps: StepRequest = .native()) throws -> Request {
    Request(source: SourceRequest(name: "source", expression: try SourceExpression(text), steps: steps))
  }

  /// Steps and values of the first cell as ranks read them.
  private func values(_ source: String, _ plan: String, ranks: Int) throws -> [String: Double] {
    let done = try run(["steps", source, "native", plan, "values"], of: "rank-program", ranks: ranks)
    #expect(done.status == 0, "\(done.standardError)")
    return Dictionary(
      uniqueKeysWithValues: done.standardOutput.split(separator: "\n").dropLast().map { line in
        let words = line.split(separator: " ")
        return (String(words[0]), Double(words[1]) ?? .infinity)
      })
  }

  @Test(arguments: ["slab", "field"]) func recordsOfOneIndex(plan: String) throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/a.nc"
      try write(to: path)
      for (outer, scale) in [3, 12, 24].enumerated() {
        let found = try values("\(path):a[scale=\(scale)]", plan, ranks: 2)
        #expect(found.count == Self.times)
        for time in 0..<Self.times {
          let month = Month(index: Month(year: 2001, month: 1).index + time)
          let expected = field(outer: outer, time: time)[0]
          let value = try #require(found["\(month)-01"])
          #expect(value == expected || value.isNaN && expected.isNaN, "\(scale) \(month)")
        }
      }
      // Of three Junes, and two Decembers.
      for (number, months) in [(6, [5, 17, 29]), (12, [11, 23])] {
        let found = try values("\(path):a[scale=12]@month=\(number)", plan, ranks: 2)
        #expect(found.keys.sorted() == ["2001-01-01", "2002-01-01", "2003-01-01"].prefix(months.count).sorted())
        for (year, time) in months.enumerated() {
          let expected = field(outer: 1, time: time)[0]
          let value = try #require(found["\(2001 + year)-01-01"])
          #expect(value == expected || value.isNaN && expected.isNaN, "\(number) \(year)")
        }
      }
    }
  }

  @Test func oneMonthOfEachYearMakesYears() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/a.nc"
      try write(to: path)
      let catalogue = try request("\(path):a[scale=12]@month=6", .native([.yearly])).make()
      #expect(catalogue.cadence == .yearly && catalogue.steps.map(\.year) == [2001, 2002, 2003])
      // Records of two months of the same years go together.
      let both = try request("\(path):a[scale=12]@month=6 - \(path):a[scale=12]@month=1", .native([.yearly])).make()
      #expect(both.steps.count == 3)
      // Other steps than months have no month of the year.
      let month = TestEnsemble(
        grid: .regular(rows: 2, columns: 2), time: TestTime(from: Month(year: 2004, month: 1), count: 1),
        fields: [TestField("x", units: "1") { Double($0.cell) }], members: ["m"])
      try month.write(to: folder)
      #expect(try request("\(folder)/m.nc:x@month=1").make().cadence == .yearly)
      let said = message(.inputData) { _ = try request("\(path):exact@month=1").make() }
      #expect(said.contains("are static") && said.contains("@month=1"), "\(said)")
    }
  }
}
