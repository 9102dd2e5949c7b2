import Foundation
import TestSupport
import Testing

@testable import Distributed
@testable import smt_mpi

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Blends that are stopped, killed or out of space go on, and leave the same.
@MainActor @Suite struct BlendResumeTests {
  /// Half a year of hours, in five blocks and six files.
  private func synthesize(_ folder: String) throws {
    let done = try run([
      "synthesize", folder, "--progress", "0", "--snapshots", "--rows", "4", "--columns", "6", "--months", "6",
      "--ocean-share", "0.3",
    ])
    #expect(done.status == 0, "\(done.standardError)")
  }

  private func arguments(_ data: String, to output: String) -> [String] {
    [
      "blend", "--progress", "0", "--model", "\(data)/model.*.nc:SOIL_WATER", "--residual",
      "\(data)/soil.nc:residual", "--saturation", "\(data)/soil.nc:saturation", "--profile",
      "\(data)/profiles.nc:a,b,c", "--output", output, "--report", "\(output).json",
    ]
  }

  /// The bits of all numbers of a folder's netCDF files, by file and variable.
  private func bits(of folder: String) throws -> [String: [UInt64]] {
    var bits: [String: [UInt64]] = [:]
    for name in contents(of: folder) where name.hasSuffix(".nc") {
      let file = try NetCDFFile("\(folder)/\(name)")
      for variable in file.variables where variable.type != .character {
        bits["\(name) \(variable.name)"] = try file.values(variable).map(\.bitPattern)
      }
    }
    return bits
  }

  @Test func stoppedAndKilledRunsLeaveTheSame() throws {
    try withTemporaryFolder { folder in
      let data = "\(folder)/s"
      try synthesize(data)
      let whole = try run(arguments(data, to: "\(folder)/whole"))
      #expect(whole.status == 0, "\(whole.standardError)")
      let (expected, files) = (try bits(of: "\(folder)/whole"), contents(of: "\(folder)/whole"))
      #expect(files.count == 9 && expected["blended.nc blended"]?.count == 4344 * 6 * 24)
      for (signal, count) in [(SIGUSR1, 2), (SIGKILL, 3)] {
        let output = "\(folder)/out\(signal)"
        let log = "\(output)/blended.nc.checkpoint/blocks.log"
        var stopped: ProgramRun?
        // Whether a signal comes before the end is luck.
        for _ in 0..<20 where stopped == nil {
          try? FileManager.default.removeItem(atPath: output)
          var isSent = false
          let done = try run(arguments(data, to: output), ranks: count) { process in
            guard !isSent, !wholeBlocks(in: log).isEmpty else { return }
            isSent = true
            let all = processes(in: folder, named: "smt-mpi")
            for number in signal == SIGKILL ? Array(all.suffix(1)) : all { kill(number, signal) }
          }
          if done.status != 0 { stopped = done }
        }
        let found = try #require(stopped)
        if signal == SIGUSR1 {
          #expect(found.status == 75 && found.standardError.contains("the same command resumes"), "\(found)")
          let errors = found.standardError.split(separator: "\n").filter { $0.hasPrefix("error:") }
          #expect(errors.count == 1, "\(found.standardError)")
        }
        let left = contents(of: output)
        #expect(!left.contains("blended.nc") && !left.contains("maps.nc") && left.contains("unfinished.json"))
        let resumed = try run(arguments(data, to: output), ranks: 5)
        #expect(resumed.status == 0, "\(resumed.standardError)")
        let report = try RunReport.read(from: "\(output).json")
        let blocks = try #require(report.results["blocks_resumed"])
        #expect((1...5).contains(blocks), "\(blocks)")
        #expect(try bits(of: output) == expected)
        #expect(contents(of: output) == files)
      }
    }
  }

  #if os(Linux)
    /// A disk without room ends the job with one message; what is finished is taken up once there is room.
    @Test func fullDisksEndTheJobAndLoseNothing() throws {
      try withTemporaryFolder { folder in
        let data = "\(folder)/s"
        try synthesize(data)
        let whole = try run(arguments(data, to: "\(folder)/whole"))
        #expect(whole.status == 0, "\(whole.standardError)")
        // Blocks of 512 bytes: room for the first copies, and not for all of the blended record.
        let limit = byteCount(of: "\(folder)/whole/blended.nc") / 2 / 512
        #expect(512 * limit > byteCount(of: "\(folder)/whole/model.2004-01.nc"))
        let output = "\(folder)/out"
        let words = arguments(data, to: output).map { "'\($0)'" }.joined(separator: " ")
        let full = try runShell("ulimit -f \(limit); exec $SMT \(words)")
        #expect(full.status == 73, "\(full.standardError)")
        let errors = full.standardError.split(separator: "\n").filter { $0.hasPrefix("error:") }
        #expect(errors.count == 1 && errors[0].contains("ulimit -f"), "\(full.standardError)")
        #expect(!contents(of: output).contains { ["blended.nc", "maps.nc", "scores.csv"].contains($0) })
        let done = try run(arguments(data, to: output), ranks: 2)
        #expect(done.status == 0, "\(done.standardError)")
        #expect((try RunReport.read(from: "\(output).json").results["blocks_resumed"] ?? 0) > 0)
        #expect(try bits(of: output) == bits(of: "\(folder)/whole"))
        #expect(contents(of: output) == contents(of: "\(folder)/whole"))
      }
    }
  #endif

  @Test func foldersOfOthersAreLeftAlone() throws {
    try withTemporaryFolder { folder in
      let data = "\(folder)/s"
      let made = try run([
        "synthesize", data, "--progress", "0", "--snapshots", "--rows", "4", "--columns", "6", "--months", "1",
      ])
      #expect(made.status == 0, "\(made.standardError)")
      let output = "\(folder)/out"
      try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
      try writeText("mine", to: "\(output)/scores.csv")
      let done = try run(arguments(data, to: output))
      #expect(done.status == 73 && done.standardError.contains("scores.csv exists"), "\(done.standardError)")
      #expect(contents(of: output) == ["scores.csv"])
      // Another job's lock: of this process, which lives.
      try FileManager.default.removeItem(atPath: "\(output)/scores.csv")
      let lock = try OutputLock(output: "\(output)/blended.nc")
      try writeText("{}", to: "\(output)/unfinished.json.other")
      let second = try run(arguments(data, to: output))
      #expect(second.status == 73 && second.standardError.contains("blended.nc.lock"), "\(second.standardError)")
      #expect(contents(of: output).sorted() == ["blended.nc.lock", "unfinished.json.other"])
      lock.release()
      let third = try run(arguments(data, to: output))
      #expect(third.status == 0, "\(third.standardError)")
    }
  }
}
