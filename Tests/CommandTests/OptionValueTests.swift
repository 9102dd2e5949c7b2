import ArgumentParser
import Foundation
import TestSupport
import Testing

@testable import Distributed
@testable import smt_mpi

/// Absurd values of every option that takes one: a message and exit code 64, or a job, but never the end of the process.
@MainActor @Suite struct OptionValueTests {
  private static let values = [
    "0", "-1", "1", "2147483648", "9223372036854775807", "-9223372036854775808", "9223372036854775808", "1e308",
    "1e400",
    "nan", "inf", "-inf", "", " ", "-", ",", ",,", "1,2,3", "9223372036854775807,9223372036854775807", "1-2", "2-1",
    "0-9223372036854775807", "9223372036854775807-9223372036854775807", "-9223372036854775808-0", "1..5",
    "0..9223372036854775807", "A1..A1000000000", "a..b", "0001-01/9223372036854775807-12", "99999-12/99999-12", "/",
    "%",
    "nan%", "1e400%", ":", "::", "x:", ":x", "x:a+b,c", "x:,", "{member}:x", "99999999999GiB", "1e400GiB", "nanGiB",
    "@",
    "@/dev/zero", "@/", "1,2,3,4", "90,0,0,90", "1e308,1e308,1e308,1e308", "\u{0}", "é\u{301}",
  ]
  private static let jobs: [any JobCommand.Type] = [Threshold.self, Attribute.self, Trend.self, Correlate.self]

  private func arguments(_ command: any JobCommand.Type, _ folder: String) -> [String] {
    let sources =
      switch command.commandName {
      case "trend": ["--source", "x.nc:a"]
      case "attribute": ["--moisture", "x.nc:a,b"]
      default: ["--moisture", "x.nc:a,b", "--response", "x.nc:c"]
      }
    return sources + ["--output", "\(folder)/o.nc"]
  }

  /// The error of a command line, which ends before any file is opened.
  private func failure(_ command: any JobCommand.Type, _ arguments: [String]) -> (any Error)? {
    do {
      let parsed = try command.parse(command.expand([command.commandName] + arguments).dropFirst().map { $0 })
      try parsed.checkNumbers()
      _ = try parsed.makeJob()
      return nil
    } catch { return error }
  }

  @Test func everyOptionOfJobs() throws {
    try withTemporaryFolder { folder in
      for command in Self.jobs {
        let plain = arguments(command, folder)
        #expect(failure(command, plain) == nil)
        let entries = command.defaultEntries()
        #expect(entries.count > 15)
        for entry in entries {
          if case .flag = entry.value { continue }
          for value in Self.values {
            guard let error = failure(command, plain + ["--\(entry.key)=\(value)"]) as? JobError else { continue }
            #expect([.usage, .noInput, .cannotWrite].contains(error.exitCode), "--\(entry.key)=\(value): \(error)")
            #expect(!error.message.isEmpty)
          }
        }
      }
    }
  }

  @Test func everyOptionOfOtherCommands() {
    for name in [
      "rows", "columns", "members", "months", "first-year", "noise", "ocean-share", "seed", "deflate", "chunks",
    ] {
      for value in Self.values { _ = try? Synthesize.parse(["folder", "--\(name)=\(value)"]) }
    }
    for value in Self.values { _ = try? Compare.parse(["a.nc:a", "b.nc:b", "--within=\(value)"]) }
    for wrong in ["--rows=9223372036854775807", "--members=1000000000", "--months=2000000000", "--columns=20001"] {
      #expect(throws: (any Error).self, "\(wrong)") { try Synthesize.parse(["folder", wrong]) }
    }
  }

  /// Devices are refused before the work, also where files are to be replaced.
  @Test func outputsAreFiles() {
    let error = failure(Trend.self, ["--source", "x.nc:a", "--output", "/dev/null", "--overwrite"]) as? JobError
    #expect(error?.exitCode == .cannotWrite && error?.message.contains("device or a pipe") == true, "\(error as Any)")
  }

  /// What used to end the process, from outside.
  @Test func namedLimits() throws {
    try withTemporaryFolder { folder in
      let cases: [(any JobCommand.Type, String, [String])] = [
        (Threshold.self, "--members=1..9223372036854775807", ["100000 members"]),
        (Threshold.self, "--members=A1..A1000000000", ["A1..A1000000000", "100000 members"]),
        (Trend.self, "--period=0-2000000000", ["--period", "99999"]),
        (Trend.self, "--period=9223372036854775807-9223372036854775807", ["--period", "99999"]),
        (Trend.self, "--time=2000-01/9223372036854775807-12", ["--time", "99999"]),
        (Trend.self, "--depth=0-inf", ["--depth", "0-inf"]), (Trend.self, "--depth=nan-1", ["--depth"]),
        (Trend.self, "--ranks=1000000000", ["--ranks", "1000000"]),
        (Trend.self, "--memory-limit=99999999999GiB", ["--memory-limit", "1024.0 TiB"]),
        (Trend.self, "--memory-limit=0.1", ["--memory-limit"]),
        (Trend.self, "--minimum-years=9223372036854775807", ["--minimum-years", "99999"]),
        (Threshold.self, "--hidden=" + [String](repeating: "9", count: 17).joined(separator: ","), ["16 layers"]),
      ]
      for (command, option, parts) in cases {
        let error = failure(command, arguments(command, folder) + [option]) as? JobError
        #expect(error?.exitCode == .usage, "\(option)")
        for part in parts { #expect(error?.message.contains(part) == true, "\(option): \(error?.message ?? "")") }
      }
      let names = (0...100_000).map { "m\($0)" }.joined(separator: "\n")
      try writeText(names, to: "\(folder)/members.txt")
      #expect(throws: JobError.self) { try MemberNames.expand("@\(folder)/members.txt") }
      #expect(try MemberNames.expand("1..100000").count == 100_000)
    }
  }
}
