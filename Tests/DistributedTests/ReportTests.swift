import Foundation
import TestSupport
import Testing

@testable import Distributed

@MainActor @Suite struct ReportTests {
  @Test func reportsAreJSONWithWhateverNumbers() throws {
    try withTemporaryFolder { folder in
      var report = RunReport(
        command: "threshold", commandLine: "smt-mpi threshold 'a b'", versions: ["MPI": "4"], ranks: 3)
      report.phases = [PhaseSummary(name: "read", values: [1, 3, 2], hosts: ["a", "b", "c"])]
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
      #expect(phase["slowestHost"] as? String == "b" && report.phaseTable.contains("rank 1 on b"))
      #expect(json["error"] == nil)
      #expect(throws: JobError.self) { try report.write(to: "\(folder)/none/run.json") }
    }
  }

  /// Reports of versions that named no host are read.
  @Test func reportsWithoutHostsAreRead() throws {
    try withTemporaryFolder { folder in
      var report = RunReport(command: "trend", commandLine: "", versions: [:], ranks: 2)
      report.phases = [PhaseSummary(name: "read", values: [1, 2], hosts: ["a", "b"])]
      try report.write(to: "\(folder)/run.json")
      let text = try String(contentsOfFile: "\(folder)/run.json", encoding: .utf8)
      let lines = text.split(separator: "\n").filter { !$0.contains("slowestHost") }
      let older = lines.joined(separator: "\n").replacing("\"slowestRank\" : 1,", with: "\"slowestRank\" : 1")
      #expect(older.count < text.count)
      try writeText(older, to: "\(folder)/older.json")
      let read = try RunReport.read(from: "\(folder)/older.json")
      #expect(read.phases.first?.slowestRank == 1 && read.phases.first?.slowestHost == nil)
    }
  }

  @Test func phasesThatAreNotCompletedHaveNoTime() throws {
    let timer = PhaseTimer()
    timer.measure("catalogue") {}
    #expect(timer.current == nil)
    #expect(throws: JobError.self) { try timer.measure("read") { throw JobError(.inputData, "damaged") } }
    #expect(timer.current == "read")
    let phases = timer.own(rank: 4)
    #expect(phases.map(\.name) == ["catalogue"])
    #expect(phases[0].slowestRank == 4 && phases[0].slowestHost == hostName() && !hostName().isEmpty)
    #expect(try timer.summary(.single).map(\.name) == ["catalogue"])
  }

  @Test func lineOfProgress() {
    let line = ProgressLine.text("compute", share: 0.25, count: "5 of 20 cells", seconds: 30, memory: 3 << 20)
    #expect(line == "compute: 25 %, 5 of 20 cells, for 30 s, 1 min 30 s left, 3.0 MiB on rank 0")
    let unknown = ProgressLine.text("catalogue", share: 0, count: nil, seconds: 90, memory: 1 << 30)
    #expect(unknown == "catalogue: for 1 min 30 s, 1.0 GiB on rank 0")
    // No less than a start of the tests takes, and no more than the largest so far.
    #expect(memoryBytes() > 1 << 20 && memoryBytes() <= peakMemoryBytes() + 4 << 20)
  }

  /// A line now and then where nothing advances, of the first rank alone; at lower levels none.
  @Test func workThatStandsStillIsTold() throws {
    for (level, isTold) in [("info", true), ("debug", true), ("warning", false), ("error", false)] {
      let done = try run(["stall", level], of: "rank-program", ranks: 2)
      #expect(done.status == 0, "\(done.standardError)")
      let lines = done.standardError.split(separator: "\n").filter { $0.hasPrefix("stalled-0: for ") }
      #expect(isTold ? lines.count > 1 : lines.isEmpty, "\(level): \(done.standardError)")
      #expect(lines.allSatisfy { $0.hasSuffix("on rank 0") && !$0.contains("\r") })
      #expect(!done.standardError.contains("stalled-1: "))
      #expect(done.standardError.contains("warning: something") == (level != "error"))
      for rank in 0..<2 {
        #expect(done.standardError.contains("debug: rank \(rank): phase stalled-\(rank) begins") == (level == "debug"))
      }
    }
  }

  /// Intervals that no clock has.
  @Test func intervalsOfProgressMayBeAnything() {
    for interval in [1e-300, 1e300, .greatestFiniteMagnitude] {
      let progress = ProgressLine(.single, interval: interval)
      #expect(progress.isWanted)
    }
    #expect(!ProgressLine(.single, interval: 0).isWanted && !ProgressLine(.single, interval: -1).isWanted)
  }

  @Test func wordsForDurationsAndBytes() {
    #expect(durationText(3.21) == "3.2 s" && durationText(200) == "3 min 20 s" && durationText(7500) == "2 h 05 min")
    #expect(
      grouped(0) == "0" && grouped(999) == "999" && grouped(1000) == "1,000" && grouped(-1_234_567) == "-1,234,567")
    #expect(counted(1, "cell") == "1 cell" && counted(0, "copy", plural: "copies") == "0 copies")
    #expect(
      counted(1, "site", ("lies", "lie")) == "1 site lies" && counted(2, "site", ("lies", "lie")) == "2 sites lie")
    #expect(
      numberText(.nan, "%.2f %%") == "–" && numberText(.infinity, "%g") == "–"
        && numberText(12.3, "%.2f %%") == "12.30 %")
    #expect(byteText(512) == "512 B" && byteText(1536) == "1.5 KiB" && byteText(3 << 30) == "3.0 GiB")
  }
}
