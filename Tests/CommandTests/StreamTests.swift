import Distributed
import Foundation
import TestSupport
import Testing

@testable import smt_mpi

/// Standard output and standard error that take nothing end no job and damage no file; nobody is asked for names.
@MainActor @Suite struct StreamTests {
  #if os(Linux)
    /// A job with progress and a warning on streams of all kinds leaves the same maps.
    @Test(arguments: [1, 3])
    func whatCannotBeWrittenIsDropped(ranks: Int) throws {
      try withTemporaryFolder { folder in
        let fixture = ThresholdFixture.make(months: 12)
        try fixture.ensemble.write(to: folder)
        // No cell has so much moisture, which is a warning.
        let options = ["--moisture-floor", "1000000", "--progress", "0.000001", "--overwrite"]
        #expect(try run(fixture.arguments(folder, options), ranks: ranks).standardError.contains("warning:"))
        let expected = try bits(of: "\(folder)/smt.nc")
        let command =
          (ranks == 1 ? "$SMT " : "$MPIRUN -n \(ranks) $SMT ")
          + fixture.arguments(folder, options).map { "'\($0)'" }.joined(separator: " ")
        let status = "\(folder)/status"
        var streams = [">/dev/full 2>/dev/full", "2>/dev/full", "2>&1 | true", "2>&1 >/dev/null | true"]
        // mpirun opens its own streams in place of closed ones.
        if ranks == 1 { streams += [">&- 2>&-", "2>&-", "<&- >&- 2>&-"] }
        for stream in streams {
          try FileManager.default.removeItem(atPath: "\(folder)/smt.nc")
          let parts = stream.components(separatedBy: " | ")
          let pipe = parts.count > 1 ? " | \(parts[1])" : ""
          _ = try runShell("( \(command) \(parts[0]); echo $? >'\(status)' )\(pipe)")
          #expect(try String(contentsOfFile: status, encoding: .utf8) == "0\n", "\(stream)")
          #expect(try bits(of: "\(folder)/smt.nc") == expected, "\(stream)")
        }
      }
    }

    /// What is opened next does not take the place of a closed stream.
    @Test func closedStreamsAreReplaced() throws {
      for streams in ["<&-", ">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-"] {
        let done = try runShell("\"$(dirname \"$SMT\")/rank-program\" streams \(streams)")
        #expect(done.status == 0, "\(streams)")
      }
    }

    @Test func errorsKeepTheirExitCode() throws {
      for (arguments, code) in [("trend", 64), ("trend --epoch 2", 64), ("compare a.nc:a b.nc:b", 66)] {
        for stream in ["2>/dev/full", "2>&-"] {
          #expect(try runShell("$SMT \(arguments) \(stream)").status == Int32(code), "\(arguments) \(stream)")
        }
      }
    }
  #endif

  /// Foundation's `hostName` asks name service, which may take seconds.
  @Test func noSourceAsksNameService() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Sources").path
    let files = contents(of: root).filter { $0.hasSuffix(".swift") }
    #expect(files.count > 100)
    for file in files {
      let text = try String(contentsOfFile: "\(root)/\(file)", encoding: .utf8)
      #expect(!text.contains(".hostName") && !text.contains("gethostbyname"), "\(file)")
    }
    let report = RunReport(command: "trend", commandLine: "", versions: [:], ranks: 1)
    #expect(!report.host.isEmpty && report.host == hostName())
  }

  /// hwloc looks for displays on each host that it can think of, unless it is told not to.
  @Test func nothingLooksForDisplays() throws {
    for (environment, expected) in [([:], "-gl"), (["HWLOC_COMPONENTS": "-opencl"], "-opencl")] {
      let done = try run(["environment", "HWLOC_COMPONENTS"], of: "rank-program", environment: environment)
      #expect(done.status == 0 && done.standardOutput == expected + "\n", "\(done.standardOutput)")
    }
  }
}
