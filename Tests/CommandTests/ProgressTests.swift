import Distributed
import Foundation
import TestSupport
import Testing

/// What a job tells of its progress, on a terminal and elsewhere, and what a plan of it tells.
@MainActor @Suite struct ProgressTests {
  private func job(_ folder: String) throws -> [String] {
    let fixture = ThresholdFixture.make(grid: .regular(rows: 6, columns: 10), months: 12)
    try fixture.ensemble.write(to: folder)
    return fixture.arguments(folder, ["--overwrite"])
  }

  @Test("What is read, for how many cells and on how many ranks, is told at once, and with --progress 0 nothing is")
  func opening() throws {
    try withTemporaryFolder { folder in
      let arguments = try job(folder)
      for (ranks, count) in [(nil, "1 rank"), (2, "2 ranks")] {
        let done = try run(arguments + ["--progress", "60"], ranks: ranks)
        #expect(done.status == 0 && !done.standardError.contains("\r"), "\(done.standardError)")
        let lines = done.standardError.split(separator: "\n").filter { !$0.hasPrefix("warning: ") }
        try #require(lines.count == 2, "\(done.standardError)")
        #expect(lines[0] == "threshold on \(count): looking at the input")
        #expect(lines[1].wholeMatch(of: /reads .*B of 6 files, .*, for 60 cells with data/) != nil, "\(lines[1])")
        let silent = try run(arguments + ["--progress", "0"], ranks: ranks)
        let others = silent.standardError.split(separator: "\n").filter { !$0.hasPrefix("warning: ") }
        #expect(silent.status == 0 && others.isEmpty, "\(others)")
      }
      // A job that is not cut into cells does likewise.
      try writeMaps([("a", [1, 2, 3, 4])], grid: .regular(rows: 2, columns: 2), to: "\(folder)/maps.nc")
      let sum = ["summarise", "\(folder)/maps.nc:a", "--output", "\(folder)/t.csv", "--overwrite"]
      for (ranks, count) in [(nil, "1 rank"), (2, "2 ranks")] {
        let done = try run(sum + ["--progress", "60"], ranks: ranks)
        #expect(done.status == 0 && done.standardError.hasPrefix("summarise on \(count)\n"), "\(done.standardError)")
        #expect(try !run(sum + ["--progress", "0"], ranks: ranks).standardError.contains("summarise on"))
      }
    }
  }

  #if os(Linux)
    @Test("On a terminal one line is rewritten, not wider than it, and is gone at the end")
    func terminal() throws {
      guard FileManager.default.isExecutableFile(atPath: "/usr/bin/script") else {
        print("skipped: 'script' is not there, which makes a terminal")
        return
      }
      try withTemporaryFolder { folder in
        try writeText("stty cols 30\n\"$(dirname \"$SMT\")/rank-program\" stall info\n", to: "\(folder)/job.sh")
        let done = try runShell("script -qec 'sh \(folder)/job.sh' /dev/null")
        #expect(done.status == 0, "\(done.standardOutput)")
        let pieces = done.standardOutput.components(separatedBy: "\r\u{1B}[K")
        let states = pieces.filter { $0.hasPrefix("stalled-0: for ") }
        #expect(states.count > 2, "\(done.standardOutput)")
        #expect(states.allSatisfy { $0.count == 29 && $0.hasSuffix("…") && !$0.contains("\n") }, "\(states)")
        // After the last clearing nothing of it stands there.
        #expect(pieces.last?.contains("stalled-0") == false, "\(pieces)")
      }
    }
  #endif

  @Test("A dry run under a launcher speaks once, and plans for its ranks")
  func plans() throws {
    try withTemporaryFolder { folder in
      let arguments = try job(folder)
      for (ranks, more, count) in [(3, [], "3 ranks"), (3, ["--ranks", "64"], "64 ranks"), (nil, [], "1 rank")]
        as [(Int?, [String], String)]
      {
        let done = try run(arguments + ["--dry-run"] + more, ranks: ranks)
        #expect(done.status == 0, "\(done.standardError)")
        #expect(done.standardOutput.components(separatedBy: "grid:").count == 2, "\(done.standardOutput)")
        #expect(done.standardOutput.contains(" on \(count)\n"), "\(done.standardOutput)")
        #expect(!done.standardOutput.contains("checkpoint:"))
      }
      // A job that is not cut into cells does likewise.
      let maps = "\(folder)/maps.nc"
      try writeMaps([("a", [1, 2, 3, 4])], grid: .regular(rows: 2, columns: 2), to: maps)
      let sum = try run(["summarise", "\(maps):a", "--output", "\(folder)/t.csv", "--dry-run"], ranks: 2)
      let lines = sum.standardOutput.split(separator: "\n")
      #expect(sum.status == 0 && !lines.isEmpty && Set(lines).count == lines.count, "\(sum.standardOutput)")
      let wrong = try run(arguments + ["--dry-run", "--response", "\(folder)/none.nc:x"], ranks: 3)
      #expect(wrong.status != 0)
      #expect(wrong.standardError.components(separatedBy: "error: ").count == 2, "\(wrong.standardError)")
    }
  }
}
