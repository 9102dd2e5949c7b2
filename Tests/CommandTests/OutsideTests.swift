import Foundation
import TestSupport
import Testing

@testable import Distributed
@testable import smt_mpi

/// What can be seen of a run from outside: its report, also of a failure, and its lines on standard error.
@MainActor @Suite struct OutsideTests {
  private func report(_ path: String) throws -> [String: Any] {
    let json = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: path)))
    return try #require(json as? [String: Any])
  }

  private func phases(_ report: [String: Any]) -> [String] {
    ((report["phases"] as? [[String: Any]]) ?? []).compactMap { $0["name"] as? String }
  }

  @Test func phasesNameTheSlowestRankAndItsHost() throws {
    try withTemporaryFolder { folder in
      let fixture = ThresholdFixture.make()
      try fixture.ensemble.write(to: folder)
      let done = try run(fixture.arguments(folder, ["--report", "\(folder)/run.json"]), ranks: 3)
      #expect(done.status == 0, "\(done.standardError)")
      let report = try report("\(folder)/run.json")
      #expect(phases(report) == ["catalogue", "cells", "read", "compute", "write", "summary"])
      for phase in (report["phases"] as? [[String: Any]] ?? []) + [report["idle"] as? [String: Any] ?? [:]] {
        let rank = try #require(phase["slowestRank"] as? Int)
        #expect((0..<3).contains(rank) && phase["slowestHost"] as? String == hostName())
        let times = ["minimum", "mean", "maximum"].map { phase[$0] as? Double ?? .nan }
        #expect(times[0] <= times[1] && times[1] <= times[2])
      }
      let table = done.standardOutput.split(separator: "\n").filter { $0.hasSuffix(" on \(hostName())") }
      #expect(table.count == 6, "\(done.standardOutput)")
    }
  }

  @Test func debuggingNamesTheFilesThatEachRankOpens() throws {
    try withTemporaryFolder { folder in
      let fixture = ThresholdFixture.make()
      try fixture.ensemble.write(to: folder)
      let done = try run(fixture.arguments(folder, ["--log-level", "debug", "--progress", "0.01"]), ranks: 3)
      #expect(done.status == 0, "\(done.standardError)")
      let lines = done.standardError.split(separator: "\n")
      for member in fixture.ensemble.members {
        #expect(lines.contains { $0.hasPrefix("debug: rank ") && $0.hasSuffix(": opens \(folder)/\(member).nc") })
      }
      for rank in 0..<3 {
        #expect(lines.contains { $0.hasPrefix("debug: rank \(rank): owns 4 of 12 cells") }, "\(done.standardError)")
      }
      #expect(lines.contains { $0.contains("plan ") && $0.contains(" a read") })
      let quiet = try run(fixture.arguments(folder, output: "quiet.nc", ["--log-level", "error"]), ranks: 3)
      #expect(quiet.status == 0 && quiet.standardError.isEmpty, "\(quiet.standardError)")
      let wrong = try run(fixture.arguments(folder, output: "none.nc", ["--log-level", "loud"]))
      #expect(wrong.status == 64 && wrong.standardError.contains("log-level"))
    }
  }

  /// The level is no part of the job: what was computed at one is resumed at another.
  @Test func warningsAreToldDownToTheirLevel() throws {
    try withTemporaryFolder { folder in
      var fixture = ThresholdFixture.make()
      fixture.ensemble.fields[0].units = "K"
      try fixture.ensemble.write(to: folder)
      for (level, isTold) in [("error", false), ("warning", true)] {
        let report = "\(folder)/\(level).json"
        let done = try run(
          fixture.arguments(folder, output: "\(level).nc", ["--log-level", level, "--report", report]), ranks: 2)
        #expect(done.status == 0, "\(done.standardError)")
        #expect(done.standardError.contains("warning: ") == isTold, "\(done.standardError)")
        #expect((try self.report(report)["warnings"] as? [String])?.isEmpty == false)
      }
      let strict = try run(
        fixture.arguments(folder, ["--log-level", "error", "--strict", "--report", "\(folder)/strict.json"]), ranks: 2)
      #expect(strict.status == 65 && strict.standardError.hasPrefix("error: "), "\(strict.standardError)")
      let error = try report("\(folder)/strict.json")["error"] as? [String: Any]
      #expect(error?["exitCode"] as? Int == 65 && error?["phase"] as? String == "cells")
    }
  }

  @Test func failuresAreReported() throws {
    for ranks in [nil, 3] {
      try withTemporaryFolder { folder in
        var fixture = ThresholdFixture.make(grid: .regular(rows: 20, columns: 30), members: 4)
        fixture.ensemble.storage.deflate = 4
        let month = Month(year: 2004, month: 5)
        try fixture.writeDamaged("EXP_02.nc", in: folder) { $0.month == month }
        let done = try run(fixture.arguments(folder, ["--report", "\(folder)/run.json"]), ranks: ranks)
        #expect(done.status == 65, "\(done.standardError)")
        let report = try report("\(folder)/run.json")
        let error = try #require(report["error"] as? [String: Any])
        #expect(error["exitCode"] as? Int == 65 && error["phase"] as? String == "read")
        #expect(done.standardError.hasPrefix("error: \(error["message"] ?? "")\n"), "\(done.standardError)")
        #expect(ranks == nil || (0..<3).contains(error["rank"] as? Int ?? -1))
        #expect(phases(report) == ["catalogue", "cells"])
        #expect((report["wallSeconds"] as? Double ?? 0) > 0 && (report["peakMemory"] as? Int ?? 0) > 0)

        // A report that cannot be written either does not change how the job ends.
        try FileManager.default.createDirectory(atPath: "\(folder)/report", withIntermediateDirectories: true)
        let unwritten = try run(fixture.arguments(folder, ["--report", "\(folder)/report"]), ranks: ranks)
        #expect(unwritten.status == 65 || unwritten.status == 73, "\(unwritten.standardError)")

        // Wrong options leave the report of an earlier run alone.
        let before = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/run.json"))
        let wrong = try run(
          fixture.arguments(folder, ["--report", "\(folder)/run.json", "--ranks", "0"]), ranks: ranks)
        #expect(wrong.status == 64)
        #expect(try Data(contentsOf: URL(fileURLWithPath: "\(folder)/run.json")) == before)
      }
    }
  }

  /// An error of one rank is told by that rank, without a word to the others: they may be waiting for it.
  @Test func errorsOfOneRankAreReportedByIt() {
    let timer = PhaseTimer()
    timer.measure("catalogue") {}
    try? timer.measure("read") { throw JobError(.internal, "broken") }
    var report = RunReport(command: "trend", commandLine: "", versions: [:], ranks: 3)
    // MPI has not started: any message would end the tests.
    report.complete(
      JobError(.internal, "broken"), timer, start: wallSeconds() - 5, Communicator(rank: 2, size: 3))
    #expect(report.error?.rank == 2 && report.error?.phase == "read" && report.error?.exitCode == 70)
    #expect(report.phases.map(\.name) == ["catalogue"] && report.phases.first?.slowestRank == 2)
    #expect(report.wallSeconds >= 5)
  }
}
