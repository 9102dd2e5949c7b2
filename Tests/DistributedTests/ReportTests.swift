import Foundation
import TestSupport
import Testing

@testable import Distributed

@MainActor @Suite struct ReportTests {
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
