import Distributed
import Foundation
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Ranks that have done their own cells help others, and nobody can tell from the maps.
@MainActor @Suite struct SharingTests {
  private static let network = [
    "--model", "network", "--hidden", "24,24", "--optimizer", "adam", "--noise-stop", "0", "--significance", "1",
  ]

  /// An ensemble of which only the first cells have enough members for a fit.
  private func corner(of costly: Int, rows: Int, columns: Int) -> ThresholdFixture {
    var fixture = ThresholdFixture.make(grid: .regular(rows: rows, columns: columns), months: 12, members: 9)
    let productivity = ThresholdFixture.productivity
    fixture.ensemble.fields[1] = TestField(productivity.name, units: productivity.units) { sample in
      sample.cell >= costly && sample.member > 1 ? .nan : productivity.value(sample)
    }
    return fixture
  }

  private func report(_ folder: String) throws -> [String: Any] {
    let data = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/run.json"))
    return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  /// Runs on some ranks and returns how many parts ranks computed for others.
  private func parts(
    _ fixture: ThresholdFixture, _ folder: String, _ more: [String], ranks: Int, output: String
  ) throws -> Int {
    let done = try run(
      fixture.arguments(folder, output: output, Self.network + more + ["--report", "\(folder)/run.json"]), ranks: ranks)
    #expect(done.status == 0, "\(ranks) ranks: \(done.standardError)")
    let report = try report(folder)
    let balance = try #require(report["balance"] as? Double)
    #expect(balance > 0 && balance <= 1 && (report["idle"] as? [String: Any])?["maximum"] is Double)
    return try #require(report["partsForOthers"] as? Int)
  }

  @Test func costlyCornersAreSharedAndTheSameBitByBit() throws {
    try withTemporaryFolder { folder in
      let fixture = corner(of: 9, rows: 6, columns: 10)
      try fixture.ensemble.write(to: folder)
      let work = ["--epochs", "1500", "--networks", "3", "--bootstrap", "20", "--save-curves"]
      #expect(try parts(fixture, folder, work, ranks: 1, output: "one.nc") == 0)
      #expect(try statuses("\(folder)/one.nc").count { $0 == "too_few_pairs" } == 51)
      for (ranks, plan) in [(2, "slab"), (3, "field"), (5, "slab"), (5, "field")] {
        let shared = try parts(
          fixture, folder, work + ["--read-plan", plan], ranks: ranks, output: "\(ranks)\(plan).nc")
        #expect(shared > 0 && shared <= 54, "\(ranks) ranks: \(shared) of 54 parts shared")
        for suffix in ["", "_curves"] {
          #expect(
            try bits(of: "\(folder)/\(ranks)\(plan)\(suffix).nc") == bits(of: "\(folder)/one\(suffix).nc"),
            "\(ranks) ranks, \(plan)\(suffix)")
        }
      }
    }
  }

  @Test func moreRanksThanCells() throws {
    try withTemporaryFolder { folder in
      let fixture = corner(of: 2, rows: 1, columns: 3)
      try fixture.ensemble.write(to: folder)
      let work = ["--epochs", "10000", "--networks", "12"]
      #expect(try parts(fixture, folder, work, ranks: 1, output: "one.nc") == 0)
      for ranks in [2, 5, 7] {
        let shared = try parts(fixture, folder, work, ranks: ranks, output: "\(ranks).nc")
        // Two ranks have a costly cell each.
        #expect(shared >= (ranks > 2 ? 1 : 0) && shared <= 24, "\(ranks) ranks: \(shared)")
        #expect(try bits(of: "\(folder)/\(ranks).nc") == bits(of: "\(folder)/one.nc"), "\(ranks) ranks")
      }
    }
  }

  /// Process of a rank of the job that works in a folder.
  private func process(ofRank rank: Int, in folder: String) -> pid_t? {
    processes(in: folder).first { number in
      let variables = FileManager.default.contents(atPath: "/proc/\(number)/environ") ?? Data()
      return variables.split(separator: 0).contains {
        String(decoding: $0, as: UTF8.self).contains("OMPI_COMM_WORLD_RANK=\(rank)")
      }
    }
  }

  /// Does something to one rank's process a while after the cells have been begun.
  private func disturb(
    _ arguments: [String], rank: Int, of ranks: Int, in folder: String, _ body: (pid_t) -> Void
  ) throws -> ProgramRun {
    var time: Date?
    return try run(arguments, ranks: ranks) { _ in
      if let begun = time {
        guard Date() > begun, let process = process(ofRank: rank, in: folder) else { return }
        body(process)
        time = .distantFuture
      } else if contents(of: folder).contains(where: { $0.hasPrefix("smt.nc.checkpoint/rank-\(ranks - 1)-") }) {
        time = Date(timeIntervalSinceNow: 0.5)
      }
    }
  }

  /// Rank 0 owns all that takes time, the others help it; each way one of them stops alone, and the others go on.
  @Test(arguments: [0, 1, 2])
  func aRankThatIsInterruptedAloneKeepsNobodyWaiting(rank: Int) throws {
    try withTemporaryFolder { folder in
      let fixture = corner(of: 12, rows: 6, columns: 10)
      try fixture.ensemble.write(to: folder)
      let arguments = fixture.arguments(
        folder, Self.network + ["--epochs", "150000", "--networks", "4", "--report", "\(folder)/run.json"])
      let stopped = try disturb(arguments, rank: rank, of: 3, in: folder) { kill($0, SIGUSR1) }
      // Helpers alone leave the work to its owner; an owner leaves it to the next run.
      #expect(stopped.status == (rank == 0 ? 75 : 0), "\(stopped.status) \(stopped.standardError)")
      let done = rank == 0 ? try run(arguments, ranks: 5) : stopped
      #expect(done.status == 0, "\(done.standardError)")
      let whole = try run(
        fixture.arguments(folder, output: "whole.nc", Self.network + ["--epochs", "150000", "--networks", "4"]))
      #expect(whole.status == 0, "\(whole.standardError)")
      #expect(try bits(of: "\(folder)/smt.nc") == bits(of: "\(folder)/whole.nc"))
      #expect(!contents(of: folder).contains { $0.hasPrefix("smt.nc.") })
    }
  }

  #if os(Linux)
    /// Leaves a process no room in files, as a full disk does.
    private func takeRoom(from process: pid_t) {
      let limiting = try? Process.run(
        URL(fileURLWithPath: "/usr/bin/env"), arguments: ["prlimit", "--pid", "\(process)", "--fsize=64"])
      limiting?.waitUntilExit()
      #expect(limiting?.terminationStatus == 0)
    }

    /// Cells that take longer than finished ones wait for the disk: all ranks stop when one cannot go on.
    @Test(arguments: [0, 2])
    func anErrorOfOneRankStopsTheOthers(rank: Int) throws {
      try withTemporaryFolder { folder in
        let fixture = corner(of: 60, rows: 6, columns: 10)
        try fixture.ensemble.write(to: folder)
        let arguments = fixture.arguments(
          folder, Self.network + ["--epochs", "2000000", "--networks", "1", "--log-level", "debug"])
        let failed = try disturb(arguments, rank: rank, of: 3, in: folder, takeRoom)
        #expect(failed.status == 73, "\(failed.status) \(failed.standardError)")
        for other in 0..<3 {
          #expect(failed.standardError.contains("debug: rank \(other): stops: "), "\(failed.standardError)")
        }
      }
    }

    /// A rank whose checkpoint cannot be written anymore ends the job with its error, and no rank hangs.
    @Test(arguments: [0, 2])
    func anErrorOfOneRankIsToldAndEndsTheJob(rank: Int) throws {
      try withTemporaryFolder { folder in
        let fixture = corner(of: 60, rows: 6, columns: 10)
        try fixture.ensemble.write(to: folder)
        let arguments = fixture.arguments(folder, Self.network + ["--epochs", "50000", "--networks", "1"])
        let failed = try disturb(arguments, rank: rank, of: 3, in: folder, takeRoom)
        #expect(failed.status == 73, "\(failed.status) \(failed.standardError)")
        let errors = failed.standardError.split(separator: "\n").filter { $0.hasPrefix("error:") }
        #expect(
          errors.count == 1 && errors.first?.contains("files may not grow so large") == true, "\(failed.standardError)"
        )
        #expect(!contents(of: folder).contains("smt.nc"))
        // What the others have finished is kept.
        let resumed = try run(arguments, ranks: 2)
        #expect(resumed.status == 0, "\(resumed.standardError)")
      }
    }
  #endif
}
