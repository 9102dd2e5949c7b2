import ArgumentParser
import Distributed

/// A subcommand that is one job for all ranks.
protocol JobCommand: ParsableCommand {
  var running: RunOptions { get }
  /// The job that the options describe.
  ///
  /// - Throws: exit code 64 where they do not agree.
  func makeJob() throws -> any Job
  /// The command line with options put in that others imply.
  static func expand(_ arguments: [String]) -> [String]
}

extension JobCommand {
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
    Log.level = running.logLevel
    try reporting {
      try checkNumbers()
      if running.printConfig {
        print(configurationText, terminator: "")
        return
      }
      try perform(try makeJob())
    }
  }

  private func perform(_ job: some Job) throws {
    MemoryLimit.set(job.settings.running.memoryLimit, name: "--memory-limit")
    if running.dryRun {
      print(try Pipeline(job: job, communicator: .single).dryRun(ranks: running.ranks))
      return
    }
    try Launch.run { try Pipeline(job: job, communicator: $0).run() }
  }
}
