import ArgumentParser
import Distributed

/// A subcommand that makes maps or tables of maps, on all ranks.
protocol MapCommand: RankCommand {
  /// The job that the options describe.
  ///
  /// - Throws: exit code 64 where they do not agree.
  func makeJob() throws -> any MapJob
}

extension MapCommand {
  func perform() throws {
    let job = try makeJob()
    MemoryLimit.set(job.running.memoryLimit, name: "--memory-limit")
    if shared.dryRun {
      print(try job.dryRun(ranks: shared.ranks))
      return
    }
    try Launch.run { communicator in
      let run = JobRun(command: Self.commandName, job.running, communicator)
      try run.perform {
        let text = try job.perform(run)
        try communicator.together {
          if communicator.isRoot { print(text) }
        }
      }
    }
  }
}
