import ArgumentParser
import Distributed
import Foundation
import Kernels
import TestSupport
import Testing

@testable import smt_mpi

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A checkpoint is taken up by the job that left it, and by no job that would compute something else.
@MainActor @Suite struct FingerprintTests {
  /// Options that change how a job runs and where its results go, and no result.
  private static let withoutEffect: Set = [
    "output", "overwrite", "report", "progress", "memory-limit", "read-plan", "restart", "strict", "dry-run", "ranks",
    "log-level", "html", "png", "table", "classes", "groups", "fractions", "types", "presence", "bins", "bands",
    "class-method", "minimum-area", "above", "below", "limit",
  ]

  /// Options that are checked as they are read, or need others.
  private static let companions = [
    "classes": ["--classes=c.nc:ids"], "groups": ["--classes=c.nc:ids", "--groups=a=1"],
    "fractions": ["--fractions=f.nc:types"], "types": ["--fractions=f.nc:types", "--types=1"],
    "presence": ["--fractions=f.nc:types", "--presence=0.5"], "bins": ["--bins=b.nc:clay@0:60:5"],
    "bands": ["--bands=0:90"],
  ]

  /// Values of options that do not take any text, none of them the default.
  private static let texts = [
    "report": "r.json", "class-method": "nearest", "log-level": "debug", "memory-limit": "3GiB", "read-plan": "slab",
    "model": "plateau",
    "activation": "gelu",
    "preset": "paper", "optimizer": "adam", "derivative": "raw",
    "step": "month", "chunks": "series",
    "statistic": "sum", "correction": "hamed-rao", "ranking": "climatology", "response-months": "year",
  ]

  /// What gives an option another value than that of an entry.
  private func change(_ entry: ConfigurationEntry) -> [String] {
    if let companions = Self.companions[entry.key] { return companions }
    return switch entry.value {
    case .flag: ["--\(entry.key)"]
    case .number(let text): ["--\(entry.key)=" + (Int(text).map { "\($0 + 1)" } ?? "\((Double(text) ?? 0) + 1)")]
    case .text, .none, .list: ["--\(entry.key)=" + (Self.texts[entry.key] ?? "3")]
    }
  }

  private func identity(_ command: some JobCommand) throws -> String {
    try JobSettings(command, [], period: nil, choice: CellSelection.Choice()).identity
  }

  private func identity(of type: (some JobCommand).Type, _ arguments: [String]) throws -> String {
    try identity(try type.parse(arguments))
  }

  /// Every option of every command: what is not known to leave the results alone tells jobs apart.
  @Test func everyOptionThatMattersTellsJobsApart() throws {
    let commands = SMTMPI.rankCommands.compactMap { $0 as? any JobCommand.Type }
    #expect(commands.count >= 4)
    for command in commands {
      let plain = try identity(of: command, ["--output=x.nc"])
      let entries = command.defaultEntries()
      #expect(entries.count > 15)
      let silent = try entries.filter { try identity(of: command, ["--output=x.nc"] + change($0)) == plain }
      #expect(Set(silent.map(\.key)) == Self.withoutEffect, "\(command.commandName)")
    }
  }

  /// Of commands that are not cut into cells: how a job runs and what is shown of it is no part of it.
  @Test func theRestOfWhatHasCheckpoints() throws {
    func blend(_ more: [String]) throws -> String {
      let sources = ["--model", "m.nc:SM", "--levels", "l.nc:sm@0,0.1,0.3", "--output", "out"]
      let limits = ["--residual", "0", "--saturation"]
      return try BlendSettings(Blend.parse(sources + limits + (more.isEmpty ? ["0.5"] : more))).fingerprint
    }
    func train(_ more: [String]) throws -> String {
      let input = ["--samples", "s.csv", "--target", "RECO", "--predictor", "a=a.nc:a", "--models", "m"]
      return try TrainSettings(RespireTrain.parse(input + ["--table", "e.csv"] + more)).identity
    }
    let shown = [
      "--html", "run.html", "--png", "pictures", "--ranks", "3", "--progress", "5", "--memory-limit", "1GiB",
    ]
    #expect(try blend(["0.5"] + shown) == blend([]))
    #expect(try blend(["0.6"]) != blend([]))
    #expect(try train(shown + ["--ranks-per-network", "2", "--restart"]) == train([]))
    #expect(try train(["--seed", "2"]) != train([]))
    for (predictor, isSame) in [("b=/data/b.nc:b", true), ("c=b.nc:b", false), ("b=/data/c.nc:b", false)] {
      #expect(try (train(["--predictor", predictor]) == train(["--predictor", "b=b.nc:b"])) == isSame, "\(predictor)")
    }
  }

  /// Where the files are is no part of the job; which ones, and which variables of them, is.
  @Test func movedFilesAreTheSame() throws {
    func identity(_ source: String) throws -> String {
      try self.identity(of: Trend.self, ["--source=\(source)", "--output=o.nc"])
    }
    let plain = try identity("/data/a/x.nc:v")
    #expect(try identity("/elsewhere/x.nc:v") == plain)
    for other in ["/data/a/y.nc:v", "/data/a/x.nc:w", "/data/a/x.nc:v+w"] {
      #expect(try identity(other) != plain, "\(other)")
    }
  }

  /// An interrupted job, and jobs that differ from it in their input or their arithmetic, which are refused.
  @Test func otherInputAndOtherArithmeticAreRefused() throws {
    try withTemporaryFolder { folder in
      var fixture = ThresholdFixture.make(grid: .regular(rows: 6, columns: 10), months: 12)
      // Files of the same size whatever their values.
      fixture.ensemble.storage.chunks = .contiguous
      fixture.ensemble.storage.deflate = 0
      try fixture.ensemble.write(to: folder)
      func writeSeason(_ first: Double) throws {
        let cells = 0..<fixture.ensemble.grid.cellCount
        try writeMaps(
          [("first", cells.map { _ in first }), ("last", cells.map { _ in 12 })], grid: fixture.ensemble.grid,
          to: "\(folder)/season.nc")
      }
      try writeSeason(1)
      let arguments = fixture.arguments(
        folder,
        [
          "--model", "network", "--hidden", "48,48", "--optimizer", "adam", "--noise-stop", "0", "--epochs", "100000",
          "--networks", "1", "--report", "\(folder)/run.json", "--season", "\(folder)/season.nc:first,last",
        ])
      var isSent = false
      let stopped = try run(arguments, ranks: 2) { process in
        let isKept = contents(of: folder).contains { $0.hasPrefix("smt.nc.checkpoint/rank-1-") }
        guard !isSent, isKept else { return }
        kill(process.processIdentifier, SIGUSR1)
        isSent = true
      }
      #expect(stopped.status == 75, "\(stopped.standardError)")
      let kept = contents(of: "\(folder)/smt.nc.checkpoint")

      @MainActor func expectRefusal(_ environment: [String: String], _ comment: Comment) throws {
        let refused = try run(arguments, environment: environment)
        #expect(refused.status == 64 && refused.standardError.contains("--restart"), comment)
        #expect(contents(of: "\(folder)/smt.nc.checkpoint") == kept, comment)
      }
      // The same file with other values: at equal size, and later than the original.
      let path = "\(folder)/EXP_03.nc"
      try FileManager.default.moveItem(atPath: path, toPath: "\(folder)/original")
      var other = fixture
      other.ensemble.fields = fixture.ensemble.fields.map { field in
        TestField(field.name, units: field.units) { 1.01 * field.value($0) }
      }
      try other.ensemble.write(to: folder, members: ["EXP_03"])
      let sizes = try [path, "\(folder)/original"].map { try Data(contentsOf: URL(fileURLWithPath: $0)).count }
      #expect(sizes[0] == sizes[1])
      try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSinceNow: 60)], ofItemAtPath: path)
      try expectRefusal([:], "another file in its place")
      // And written over it, so that all but the time of change stays.
      let changed = try Data(contentsOf: URL(fileURLWithPath: path))
      try FileManager.default.removeItem(atPath: path)
      try FileManager.default.moveItem(atPath: "\(folder)/original", toPath: path)
      #expect(try runShell("cp -p '\(path)' '\(folder)/original'").status == 0)
      let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
      try file.write(contentsOf: changed)
      try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSinceNow: 60)], ofItemAtPath: path)
      try expectRefusal([:], "the file rewritten")
      try file.seek(toOffset: 0)
      try file.write(contentsOf: try Data(contentsOf: URL(fileURLWithPath: "\(folder)/original")))
      try file.close()
      #expect(try runShell("touch -r '\(folder)/original' '\(path)'").status == 0)

      try writeSeason(2)
      try expectRefusal([:], "another map of seasons")
      try writeSeason(1)

      #if arch(x86_64)
        let hasFused = InstructionLevel.highest > .baseline
        if hasFused { try expectRefusal(["SMT_MPI_ISA": "baseline"], "arithmetic") }
        let environment = hasFused ? ["SMT_MPI_ISA": "v3"] : [:]
      #else
        let environment: [String: String] = [:]
      #endif
      // With the input as it was, and instructions that give the same bits, it goes on.
      let resumed = try run(arguments, ranks: 2, environment: environment)
      #expect(resumed.status == 0, "\(resumed.standardError)")
      let json = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: "\(folder)/run.json")))
      #expect((json as? [String: Any])?["cellsResumed"] as? Int ?? 0 > 0)
    }
  }
}
