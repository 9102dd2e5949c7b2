import Distributed
import Foundation
import TestSupport
import Testing

@testable import smt_mpi

/// What `--help` shows can be pasted and run, on a terminal of 80 columns, a narrower one, and through a pipe.
@MainActor @Suite struct HelpTests {
  private nonisolated static let commands = [
    "threshold", "phases", "attribute", "trend", "correlate", "sensitivity", "spei", "sink", "contrast", "regrid",
    "synthesize", "compare", "calculate", "summarise", "sites", "regress", "blend", "respire train", "respire apply",
    "respire validate",
  ]

  @Test func allCommandsAreTested() {
    let names = SMTMPI.rankCommands.map { $0.commandName }
    #expect(Set(names) == Set(Self.commands))
  }

  private func help(_ command: String, environment: [String: String] = [:]) throws -> String {
    let done = try run(command.split(separator: " ").map(String.init) + ["--help"], environment: environment)
    #expect(done.status == 0 && done.standardError.isEmpty, "\(command): \(done.standardError)")
    return done.standardOutput
  }

  /// The blocks of indented lines before the usage.
  private func examples(_ help: String) -> [String] {
    let overview = help.components(separatedBy: "\nUSAGE: ")[0]
    var blocks: [[String]] = [[]]
    for line in overview.components(separatedBy: "\n") {
      if line.hasPrefix("  ") {
        blocks[blocks.count - 1].append(line)
      } else if blocks.last?.isEmpty == false {
        blocks.append([])
      }
    }
    return blocks.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") + "\n" }
  }

  @Test("Examples are the same at any width", arguments: commands + ["view"])
  func widths(command: String) throws {
    let plain = try help(command)
    #expect(!examples(plain).isEmpty)
    for columns in ["80", "60", "132"] {
      #expect(examples(try help(command, environment: ["COLUMNS": columns])) == examples(plain), "\(columns)")
    }
    #expect(plain.split(separator: "\n").allSatisfy { $0.count <= 80 })
  }

  @Test("Examples are words of the shell that the program understands as a whole", arguments: commands)
  func pasted(command: String) throws {
    try withTemporaryFolder { folder in
      let (bin, work) = ("\(folder)/bin", "\(folder)/work")
      for path in [bin, work] {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      }
      // In place of the launcher its program is run; the program itself parses, then plans with whatever is there.
      try writeText("#!/bin/bash\n[ $1 = -n ] || exit 64\nshift 2\nexec \"$@\"\n", to: "\(bin)/mpirun")
      try writeText(
        """
        #!/bin/bash
        echo run >> ../runs
        "$SMT" "$@" --print-config > ../config || exit 1
        "$SMT" "$@" --dry-run > ../plan 2>&1
        code=$?
        [ $code = 64 ] && cat ../plan >&2 && exit 64
        exit 0

        """, to: "\(bin)/smt-mpi")
      try writeText("response: 'g/*.nc4:GPP'\nmoisture: 'g/*.nc4:SM'\n", to: "\(work)/run.yaml")
      for (number, example) in examples(try help(command)).enumerated() {
        try writeText(example, to: "\(folder)/example.sh")
        let calls = example.components(separatedBy: "smt-mpi \(command)").count - 1
        #expect(calls > 0, "\(example)")
        try? FileManager.default.removeItem(atPath: "\(folder)/runs")
        let done = try runShell(
          """
          chmod +x '\(bin)'/* && cd '\(work)' && bash -n ../example.sh && PATH='\(bin)':"$PATH" bash -eu ../example.sh
          """)
        #expect(done.status == 0, "\(command), example \(number): \(done.standardError)")
        let runs = (try? String(contentsOfFile: "\(folder)/runs", encoding: .utf8)) ?? ""
        #expect(runs.split(separator: "\n").count == calls, "\(example)")
      }
    }
  }

  @Test("What help says of two periods is what maps hold")
  func changes() throws {
    #expect(try help("attribute").contains("with the changes of contributions between them"))
    #expect(
      try help("attribute", environment: ["COLUMNS": "80"]).contains("attribute --period 1948-1999 --period 2000-2024"))
    let names = try withTemporaryFolder { folder in
      let record = TestEnsemble.observations(
        grid: .regular(rows: 2, columns: 2), time: TestTime(from: Month(year: 2001, month: 1), count: 120),
        fields: ["w", "d"].map { name in
          TestField(name, units: "kg m-2") { 20 + 5 * sin(Double($0.month.index * ($0.cell + 1) + name.utf8.count)) }
        })
      try record.write(to: folder)
      let done = try run([
        "attribute", "--moisture", "\(record.source("w", in: folder)),d", "--layer-bounds", "0,0.3,1", "--period",
        "2001-2005",
        "--period", "2006-2010", "--minimum-years", "5", "--output", "\(folder)/a.nc", "--progress", "0",
      ])
      #expect(done.status == 0, "\(done.standardError)")
      return try NetCDFFile("\(folder)/a.nc").variables.map(\.name)
    }
    #expect(names.contains("relative_contribution_change"), "\(names)")
  }

  @Test("What must be given comes first, and nothing of the listing is lost", arguments: commands)
  func order(command: String) throws {
    let text = try help(command, environment: ["COLUMNS": "80"])
    for other in SMTMPI.rankCommands where other.commandName == command {
      let plain = SMTMPI.helpMessage(for: other, columns: 80)
      #expect(listing(text) == listing(plain))
    }
    let parts = text.components(separatedBy: "\n\n")
    let usage = try #require(parts.firstIndex { $0.hasPrefix("USAGE: ") })
    // What all forms of the usage ask for.
    let forms = parts[usage].replacing(/\[(?:[^\[\]]|\[[^\[\]]*\])*\]/, with: "").components(separatedBy: "smt-mpi ")
    let wanted =
      forms.dropFirst().map { Set($0.matches(of: /--[a-z-]+/).map { String($0.output) }) }
      .reduce(nil as Set<String>?) { $0?.intersection($1) ?? $1 } ?? []
    let titles = parts[(usage + 1)...].map { String($0.prefix { $0 != "\n" }) }
    let first = parts[usage].contains("smt-mpi \(command) <") ? ["ARGUMENTS:"] : []
    #expect(
      Array(titles.prefix(first.count + 1)) == first + (wanted.isEmpty ? ["OPTIONS:"] : ["REQUIRED:"]), "\(titles)")
    guard let required = parts.first(where: { $0.hasPrefix("REQUIRED:\n") }) else { return }
    let listed = required.split(separator: "\n").filter { $0.hasPrefix("  --") }
      .map { String($0.split(separator: " ")[0]) }
    #expect(Set(listed) == wanted && (!listed.contains("--output") || listed.last == "--output"), "\(listed)")
    // Without any of them a run is refused, by the name of one of them.
    let done = try run(command.split(separator: " ").map(String.init))
    #expect(done.status == 64, "\(done.standardError)")
  }

  @Test func whatOneFormAsksForIsNotRequired() throws {
    let text = try help("view")
    #expect(text.contains("--html <FILE>") && !text.contains("REQUIRED:"))
  }

  /// The lines of a help but for the titles of its sections, sorted.
  private func listing(_ help: String) -> [Substring] {
    help.split(separator: "\n").filter { $0.wholeMatch(of: /[A-Z ]+:/) == nil }.sorted()
  }

  @Test func programAndGroup() throws {
    for command in ["", "respire"] {
      let text = try help(command)
      #expect(text.contains("SUBCOMMANDS:\n") && text.hasSuffix("for detailed help.\n"), "\(text)")
    }
  }
}
