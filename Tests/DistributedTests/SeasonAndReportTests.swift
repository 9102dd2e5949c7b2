import Foundation
import TestSupport
import Testing

@testable import Distributed

@MainActor @Suite struct SeasonAndReportTests {
  @Test func seasonsWrapTheYearEnd() {
    func months(_ first: UInt8, _ last: UInt8) -> [Int] {
      (1...12).filter { Seasons.season(first, last, contains: UInt8($0)) }
    }
    #expect(months(4, 9) == [4, 5, 6, 7, 8, 9])
    #expect(months(11, 2) == [1, 2, 11, 12])
    #expect(months(5, 5) == [5])
    #expect(months(1, 12) == Array(1...12))
    #expect(months(12, 1) == [1, 12])
    #expect(months(0, 3) == [] && months(3, 0) == [])
  }

  private func map(_ name: String, _ values: [Double]) -> GridMap {
    GridMap(
      path: "season.nc", name: name, units: "", grid: Grid(latitudes: [0], longitudes: values.indices.map(Double.init)),
      values: values)
  }

  @Test func seasonMapsGiveMonthsOrNone() throws {
    let seasons = try Seasons(
      start: map("start", [11, .nan, 0, 4]), end: map("end", [2, 5, 5, .nan]), cells: [0, 1, 2, 3])
    #expect(seasons.first == [11, 0, 0, 4])
    #expect(seasons.last == [2, 5, 5, 0])
    #expect(seasons.contains(12, position: 0) && !seasons.contains(6, position: 0))
    #expect((1...12).allSatisfy { !seasons.contains($0, position: 1) && !seasons.contains($0, position: 3) })
    for wrong in [13, -1, 1.5, 300, 1e9, .infinity] {
      #expect(throws: JobError.self, "\(wrong)") {
        try Seasons(start: map("start", [wrong]), end: map("end", [2]), cells: [0])
      }
    }
    // A cell that is not worked on may hold anything.
    #expect(throws: Never.self) {
      try Seasons(start: map("start", [99, 1]), end: map("end", [99, 2]), cells: [1])
    }
  }

  @Test func sumsAreWeightedByTheLengthOfMonths() throws {
    let seasons = try Seasons(start: map("s", [2, 3]), end: map("e", [3, 3]), cells: [0, 1])
    // The second source has other values and months of another length.
    let sums = SeasonSums(seasons, sources: 2)
    let layout = StepFields.Layout(fieldCounts: [1, 1], calendars: [.standard, .day360])
    let values = Block(capacity: 8)
    for (month, fields) in [(1, [100.0, 100]), (2, [1, 50]), (3, [2, .nan]), (4, [9, 9])] {
      let other = fields.map { 2 * $0 }
      fields.withUnsafeBufferPointer { fields in
        other.withUnsafeBufferPointer { other in
          guard let first = fields.baseAddress, let second = other.baseAddress else { return }
          let step = StepFields(Month(year: 2004, month: month), cells: 0..<2, layout, [first, second])
          sums.add(step, to: CellBlock(values.pointer, slotCount: sums.width, cellCount: 2))
        }
      }
    }
    #expect(Array(values.slice(0, 8)) == [29 + 62, 0, 60, 0, 60 + 120, 0, 60, 0])
  }

  @Test func reportsAreJSONWithWhateverNumbers() throws {
    try withTemporaryFolder { folder in
      var report = RunReport(
        command: "threshold", commandLine: "smt-mpi threshold 'a b'", versions: ["MPI": "4"], ranks: 3)
      report.phases = [PhaseSummary(name: "read", values: [1, 3, 2])]
      report.results = ["smt_cell_mean": .nan, "r2_cell_mean": 0.5]
      report.statusCounts = ["computed": 4]
      try report.write(to: "\(folder)/run.json")
      let data = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/run.json"))
      let json = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
      #expect(json["ranks"] as? Int == 3)
      #expect((json["statusCounts"] as? [String: Int]) == ["computed": 4])
      let phase = try #require((json["phases"] as? [[String: Any]])?.first)
      #expect(phase["minimum"] as? Double == 1 && phase["maximum"] as? Double == 3 && phase["mean"] as? Double == 2)
      #expect(phase["slowestRank"] as? Int == 1)
      #expect(report.phaseTable.contains("read"))
      #expect(throws: JobError.self) { try report.write(to: "\(folder)/none/run.json") }
    }
  }

  @Test func wordsForDurationsAndBytes() {
    #expect(durationText(3.21) == "3.2 s" && durationText(200) == "3 min 20 s" && durationText(7500) == "2 h 05 min")
    #expect(byteText(512) == "512 B" && byteText(1536) == "1.5 KiB" && byteText(3 << 30) == "3.0 GiB")
  }
}
