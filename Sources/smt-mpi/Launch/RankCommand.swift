import ArgumentParser
import Distributed

/// A subcommand that all ranks work on; its options may come from a file, and can be printed as one.
protocol RankCommand: ParsableCommand {
  var shared: SharedRunOptions { get }
  /// Does what the options say, once their numbers are checked.
  func perform() throws
  /// The command line with options put in that others imply.
  static func expand(_ arguments: [String]) -> [String]
}

extension RankCommand {
  /// The subcommand's name.
  static var commandName: String { configuration.commandName ?? _commandName }

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
