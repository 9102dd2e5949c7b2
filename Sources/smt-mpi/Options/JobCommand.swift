import Distributed

/// A subcommand that is one job for all ranks.
protocol JobCommand: ConfigurableCommand {
  associatedtype Job
  var running: RunOptions { get }
  /// The job that the options describe.
  ///
  /// - Throws: exit code 64 where they do not agree.
  func makeJob() throws -> Job
  /// What the job would read, need and write on so many ranks.
  func dryRun(_ job: Job, ranks: Int) throws -> String
  /// Does a rank's part of the job; collective.
  func perform(_ job: Job, on communicator: Communicator) throws
}

extension JobCommand {
  func run() throws {
    try reporting {
      try checkNumbers()
      if running.printConfig {
        print(configurationText, terminator: "")
        return
      }
      let job = try makeJob()
      if running.dryRun {
        print(try dryRun(job, ranks: running.ranks))
        return
      }
      try Launch.run { try perform(job, on: $0) }
    }
  }
}
