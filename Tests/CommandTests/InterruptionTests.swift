import Distributed
import Foundation
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Signals and crashes lose nothing, and what is resumed is the same bit by bit.
@MainActor @Suite struct InterruptionTests {
  /// A network in each of 60 cells, some seconds of work.
  private static let work = [
    "--model", "network", "--hidden", "48,48", "--optimizer", "adam", "--noise-stop", "0", "--epochs", "120000",
    "--networks", "1", "--read-plan", "slab",
  ]

  /// Waits until some condition holds, a minute at most.
  private func wait(until condition: () -> Bool) {
    let deadline = Date(timeIntervalSinceNow: 60)
    while !condition(), Date() < deadline { Thread.sleep(forTimeInterval: 0.02) }
  }

  /// Runs and sends a signal as soon as the last rank has kept a cell.
  private func interrupt(_ arguments: [String], ranks: Int, in folder: String, by signal: Int32) throws -> ProgramRun {
    let before = contents(of: folder)
    var isSent = false
    return try run(arguments, ranks: ranks) { process in
      let isKept = contents(of: folder).contains {
        $0.hasPrefix("smt.nc.checkpoint/rank-\(ranks - 1)-") && !before.contains($0)
      }
      guard !isSent, isKept else { return }
      kill(process.processIdentifier, signal)
      isSent = true
    }
  }

  private func report(_ path: String) throws -> [String: Any] {
    let json = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: path)))
    return try #require(json as? [String: Any])
  }

  @Test func signalsAndCrashesLoseNothing() throws {
    try withTemporaryFolder { folder in
      let fixture = ThresholdFixture.make(grid: .regular(rows: 6, columns: 10), months: 12)
      try fixture.ensemble.write(to: folder)
      let inputs = contents(of: folder)
      let arguments = fixture.arguments(folder, Self.work + ["--report", "\(folder)/run.json"])

      let stopped = try interrupt(arguments, ranks: 3, in: folder, by: SIGUSR1)
      #expect(stopped.status == 75, "\(stopped.standardError)")
      let errors = stopped.standardError.split(separator: "\n").filter { $0.hasPrefix("error:") }
      #expect(errors.count == 1 && errors.first?.contains("resumes") == true, "\(stopped.standardError)")
      #expect(!contents(of: folder).contains { $0.hasPrefix("smt.nc") && !$0.hasPrefix("smt.nc.checkpoint") })
      #expect(contents(of: folder).contains { $0.hasPrefix("smt.nc.checkpoint/rank-2-") })
      let failed = try report("\(folder)/run.json")
      let error = try #require(failed["error"] as? [String: Any])
      #expect(error["exitCode"] as? Int == 75 && error["phase"] as? String == "compute" && error["rank"] == nil)
      #expect("error: \(error["message"] ?? "")" == errors.first.map(String.init))
      #expect(
        (failed["phases"] as? [[String: Any]])?.compactMap { $0["name"] as? String } == ["catalogue", "cells", "read"])
      let words = (errors.first ?? "").split(separator: " ")
      let done = try #require(words.firstIndex(of: "of").flatMap { Int(words[$0 - 1]) })
      #expect(done > 0 && done < 60, "\(errors)")

      // Another job does not take its results for its own.
      let other = try run(arguments + ["--seed", "2"], ranks: 2)
      #expect(other.status == 64, "\(other.standardError)")
      #expect(other.standardError.contains("--restart"))

      // A dry run tells whose the checkpoint is, and leaves it alone.
      let inside = contents(of: folder)
      for (options, words) in [
        ([], "smt.nc.checkpoint holds \(done) of about 60 cells of this job, which the same command takes up"),
        (["--seed", "2"], "the run will be refused: "), (["--restart"], "smt.nc.checkpoint is discarded (--restart)"),
      ] {
        let plan = try run(arguments + options + ["--dry-run"])
        #expect(plan.status == 0 && plan.standardOutput.contains(words), "\(plan.standardOutput)")
      }
      #expect(contents(of: folder) == inside)

      // Each finished cell is kept once.
      let logs = contents(of: "\(folder)/smt.nc.checkpoint").map { "\(folder)/smt.nc.checkpoint/\($0)" }
      let kept = try logs.reduce(0) { try $0 + Data(contentsOf: URL(fileURLWithPath: $1)).count - 32 }

      // A crash of the resumed run loses nothing of what the first one finished.
      let killed = try interrupt(arguments, ranks: 2, in: folder, by: SIGKILL)
      #expect(killed.status != 0)
      wait { processes(in: folder).isEmpty }
      for number in processes(in: folder) { kill(number, SIGKILL) }
      let finished = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/smt.nc.checkpoint/finished.log"))
      #expect(
        finished.count - 32 == kept && kept % done == 0, "\(finished.count) bytes, \(kept) of \(done) cells before")
      #expect(!contents(of: folder).contains("smt.nc"))

      let resumed = try run(arguments, ranks: 5)
      #expect(resumed.status == 0, "\(resumed.standardError)")
      #expect(!contents(of: folder).contains { $0.hasPrefix("smt.nc.") })
      let counts = try report("\(folder)/run.json")
      #expect(counts["error"] == nil)
      let (again, computed) = (counts["cellsResumed"] as? Int ?? -1, counts["cellsComputed"] as? Int ?? -1)
      #expect(again >= done && again + computed == 60, "\(again) resumed, \(computed) computed, \(done) done")
      #expect(resumed.standardError.contains("resumed: \(again) of 60 cells were done\n"), "\(resumed.standardError)")

      let whole = try run(fixture.arguments(folder, output: "whole.nc", Self.work))
      #expect(whole.status == 0, "\(whole.standardError)")
      #expect(try bits(of: "\(folder)/smt.nc") == bits(of: "\(folder)/whole.nc"))
      #expect(contents(of: folder) == (inputs + ["run.json", "smt.nc", "whole.nc"]).sorted())
    }
  }

  /// A job whose lock another one may have taken leaves the output alone.
  @Test func lostLocksKeepTheOutputFree() throws {
    try withTemporaryFolder { folder in
      let fixture = ThresholdFixture.make(grid: .regular(rows: 6, columns: 10), months: 12)
      try fixture.ensemble.write(to: folder)
      let arguments = fixture.arguments(folder, Self.work)
      let done = try run(arguments, ranks: 2) { _ in
        guard contents(of: folder).contains(where: { $0.hasPrefix("smt.nc.checkpoint/rank-1-") }) else { return }
        unlink("\(folder)/smt.nc.lock")
      }
      #expect(done.status == 73 && done.standardError.contains("smt.nc.lock"), "\(done.standardError)")
      #expect(!contents(of: folder).contains("smt.nc"))
      #expect(contents(of: folder).contains { $0.hasPrefix("smt.nc.checkpoint/") })
    }
  }

  /// A job whose cells are computed cannot be stopped anymore: it ends with 0, with its maps and its report.
  @Test func signalsComeTooLate() throws {
    for (ranks, signal) in [(nil, SIGTERM), (nil, SIGUSR1), (2, SIGUSR1), (2, SIGTERM), (nil, SIGINT)] {
      try withTemporaryFolder { folder in
        let fixture = ThresholdFixture.make(grid: .regular(rows: 6, columns: 10), months: 12)
        try fixture.ensemble.write(to: folder)
        // Whether a signal comes between the first byte of the maps and the end is luck.
        var sent = 0
        for _ in 0..<20 where sent == 0 {
          let arguments = fixture.arguments(folder, ["--report", "\(folder)/run.json", "--overwrite"])
          try? FileManager.default.removeItem(atPath: "\(folder)/smt.nc")
          let done = try run(arguments, ranks: ranks) { process in
            // A file without bytes is made at the beginning, too, to see whether there can be one.
            let isBegun = contents(of: folder).contains {
              $0 == "smt.nc" || $0.hasPrefix("smt.nc.part") && byteCount(of: "\(folder)/\($0)") > 0
            }
            guard isBegun else { return }
            // The ranks themselves: mpirun has its own way with SIGTERM.
            let numbers = ranks == nil ? [process.processIdentifier] : processes(in: folder, named: "smt-mpi")
            for number in numbers where kill(number, signal) == 0 { sent += 1 }
          }
          #expect(done.status == 0, "signal \(signal), \(ranks ?? 1) ranks: \(done.standardError)")
        }
        #expect(sent > 0)
        #expect(try report("\(folder)/run.json")["error"] == nil)
        #expect(!contents(of: folder).contains { $0.hasPrefix("smt.nc.") })
      }
    }
  }

  /// Intervals of cells that were finished before an interruption, and after it.
  @Test func intervalsAreResumed() throws {
    try withTemporaryFolder { folder in
      let fixture = ThresholdFixture.make(grid: .regular(rows: 6, columns: 10), months: 12, members: 10)
      try fixture.ensemble.write(to: folder)
      let work = [
        "--model", "network", "--hidden", "100,100,100", "--networks", "100", "--uncertainty", "--significance", "1",
      ]
      let arguments = fixture.arguments(folder, work + ["--report", "\(folder)/run.json"])
      let stopped = try interrupt(arguments, ranks: 2, in: folder, by: SIGUSR1)
      #expect(stopped.status == 75, "\(stopped.standardError)")
      let resumed = try run(arguments, ranks: 3)
      #expect(resumed.status == 0, "\(resumed.standardError)")
      let counts = try report("\(folder)/run.json")
      let (again, computed) = (counts["cellsResumed"] as? Int ?? -1, counts["cellsComputed"] as? Int ?? -1)
      #expect(again > 0 && computed > 0 && again + computed == 60, "\(again) resumed, \(computed) computed")
      let whole = try run(fixture.arguments(folder, output: "whole.nc", work))
      #expect(whole.status == 0, "\(whole.standardError)")
      let (found, expected) = (try bits(of: "\(folder)/smt.nc"), try bits(of: "\(folder)/whole.nc"))
      #expect(found == expected && found["smt_p05"] != nil)
      #expect(try map("smt_stddev", "\(folder)/smt.nc").contains { $0 > 0 })
    }
  }

  @Test func restartForgets() throws {
    try withTemporaryFolder { folder in
      let fixture = ThresholdFixture.make(grid: .regular(rows: 6, columns: 10), months: 12)
      try fixture.ensemble.write(to: folder)
      let stopped = try interrupt(fixture.arguments(folder, Self.work), ranks: 2, in: folder, by: SIGTERM)
      // mpirun itself ends on SIGTERM; the ranks have a second to keep what they have.
      #expect(stopped.status != 0)
      wait { processes(in: folder).isEmpty }
      #expect(!contents(of: folder).contains("smt.nc"))
      let fresh = try run(fixture.arguments(folder, ["--restart", "--report", "\(folder)/run.json"]), ranks: 2)
      #expect(fresh.status == 0, "\(fresh.standardError)")
      #expect(try report("\(folder)/run.json")["cellsResumed"] as? Int == 0)
      #expect(!contents(of: folder).contains { $0.hasPrefix("smt.nc.") })
    }
  }
}
