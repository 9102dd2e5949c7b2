import ArgumentParser
import Distributed

/// A subcommand that all ranks work on; its options may come from a file, and can be printed as one.
protocol RankCommand: ParsableCommand {
  /// The words that call it, as `trend`; of a command within a group both, as `respire train`.
  static var commandName: String { get }
  var shared: SharedRunOptions { get }
  /// Does what the options say, once their numbers are checked.
  func perform() throws
  /// The command line with options put in that others imply.
  static func expand(_ arguments: [String]) -> [String]
}

extension RankCommand {
  static var commandName: String { configuration.commandName ?? _commandName }

  /// The words of its name, as they stand in a command line.
  static var commandWords: [String] { commandName.split(separator: " ").map(String.init) }

  static func expand(_ arguments: [String]) -> [String] { arguments }

  /// The entries of a command without arguments: the defaults.
  static func defaultEntries() -> [ConfigurationEntry] { (try? Self.parse([]))?.entries ?? [] }

  /// All options as YAML.
  var configurationText: String {
    "# Options of smt-mpi \(Self.commandName) \(ProgramVersion.number), for --config\n"
      + entries.map { $0.yaml + "\n" }.joined()
  }

  func run() throws {
    Log.level = shared.logLevel
    try reporting {
      try checkNumbers()
      if shared.printConfig {
        print(configurationText, terminator: "")
        return
      }
      try perform()
    }
  }
}
