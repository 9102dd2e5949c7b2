import ArgumentParser
import Distributed

/// A subcommand that is one job in cells for all ranks.
protocol JobCommand: RankCommand {
  var running: RunOptions { get }
  var classTable: ClassTableOptions { get }
  /// The job that the options describe.
  ///
  /// - Throws: exit code 64 where they do not agree.
  func makeJob() throws -> any Job
}

extension JobCommand {
  var shared: SharedRunOptions { running.shared }

  func perform() throws { try perform(try makeJob()) }

  /// Does a job in cells, or says what it would do.
  func perform(_ job: some Job) throws {
    MemoryLimit.set(job.settings.running.memoryLimit, name: "--memory-limit")
    if shared.dryRun {
      try Launch.plan(for: shared.ranks) {
        print(try Pipeline(job: job, communicator: .single).dryRun(ranks: $0))
      }
      return
    }
    try Launch.run { try Pipeline(job: job, communicator: $0).run() }
  }
}
