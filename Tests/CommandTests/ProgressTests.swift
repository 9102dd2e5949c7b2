import Distributed
import Foundation
import TestSupport
import Testing

/// What a job tells of its progress, on a terminal and elsewhere.
@MainActor @Suite struct ProgressTests {
  /// A network in each cell, some seconds of work.
  private static let work = [
    "--model", "network", "--hidden", "48,48", "--optimizer", "adam", "--noise-stop", "0", "--epochs", "40000",
    "--networks", "1", "--read-plan", "slab",
  ]

  private func job(_ folder: String) throws -> [String] {
    let fixture = ThresholdFixture.make(grid: .regular(rows: 6, columns: 10), months: 12)
    try fixture.ensemble.write(to: folder)
    return fixture.arguments(folder, Self.work + ["--progress", "0.3", "--overwrite"])
  }

  @Test("In a log each line is whole, and the first one comes at once")
  func lines() throws {
    try withTemporaryFolder { folder in
      let arguments = try job(folder)
      for ranks in [nil, 2] {
        let done = try run(arguments, ranks: ranks)
        #expect(done.status == 0 && !done.standardError.contains("\r"), "\(done.standardError)")
        let lines = done.standardError.split(separator: "\n")
        let count = ranks == 2 ? "2 ranks" : "1 rank"
        try #require(lines.count > 2, "\(done.standardError)")
        #expect(lines[0] == "threshold on \(count): looking at the input")
        #expect(lines[1].wholeMatch(of: /reads .*iB of \d+ files?, .*, for 60 cells with data/) != nil, "\(lines[1])")
        #expect(lines[2...].contains { $0.hasPrefix("compute: ") && $0.contains(" left, ") }, "\(done.standardError)")
      }
      let silent = try run(arguments + ["--progress", "0"])
      #expect(silent.status == 0 && silent.standardError.isEmpty, "\(silent.standardError)")
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
        let command = "\"$SMT\" " + (try job(folder)).map { "'\($0)'" }.joined(separator: " ")
        try writeText("stty cols 50\n\(command)\n", to: "\(folder)/job.sh")
        let done = try runShell("script -qec 'sh \(folder)/job.sh' /dev/null")
        #expect(done.status == 0, "\(done.standardOutput)")
        let clearing = "\r\u{1B}[K"
        let pieces = done.standardOutput.components(separatedBy: clearing).dropFirst()
        let states = pieces.filter { $0.hasPrefix("compute: ") }
        #expect(states.count > 1, "\(done.standardOutput)")
        #expect(states.allSatisfy { $0.count <= 49 && !$0.contains("\n") }, "\(states)")
        // What follows the last clearing is no state, and the table stands on lines of its own.
        #expect(pieces.last?.contains("wall ") == true && pieces.last?.hasPrefix("compute: ") == false)
        #expect(done.standardOutput.hasPrefix("threshold on 1 rank: looking at the input\r\n"))
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
      let sum = try run(
        ["summarise", "\(folder)/season.nc:start", "--output", "\(folder)/t.csv", "--dry-run"], ranks: 2)
      #expect(sum.standardOutput.components(separatedBy: "output:").count == 2 || sum.status != 0, "\(sum)")
      let wrong = try run(arguments + ["--dry-run", "--response", "\(folder)/none.nc:x"], ranks: 3)
      #expect(wrong.status != 0)
      #expect(wrong.standardError.components(separatedBy: "error: ").count == 2, "\(wrong.standardError)")
    }
  }
}
