import ArgumentParser
import Distributed

/// A subcommand that makes maps or tables of maps.
protocol MapCommand: RankCommand {
  /// Whether one process does it all; others of a launcher leave it to the first.
  static var needsOneProcess: Bool { get }
  /// The job that the options describe.
  ///
  /// - Throws: exit code 64 where they do not agree.
  func makeJob() throws -> any MapJob
}

extension MapCommand {
  static var needsOneProcess: Bool { false }

  func perform() throws {
    if Self.needsOneProcess, (Launch.launcherRank ?? 0) > 0 { return }
    try perform(try makeJob(), inOneProcess: Self.needsOneProcess)
  }
}

extension RankCommand {
  /// Does a job that is not cut into cells, or says what it would do.
  ///
  /// - Parameter inOneProcess: Whether this process does it all.
  func perform(_ job: any MapJob, inOneProcess: Bool = false) throws {
    MemoryLimit.set(job.running.memoryLimit, name: "--memory-limit")
    if shared.dryRun {
      try Launch.plan(for: shared.ranks) { print(try job.dryRun(ranks: $0)) }
    } else if inOneProcess {
      try perform(job, on: .single, printsPhases: false)
    } else if Launch.isAlone {
      // MPI takes longer to start than most of these jobs take.
      Interruption.listen()
      try perform(job, on: .single)
    } else {
      try Launch.run { try perform(job, on: $0) }
    }
  }

  private func perform(_ job: any MapJob, on communicator: Communicator, printsPhases: Bool = true) throws {
    let run = JobRun(command: Self.commandName, job.running, communicator)
    if printsPhases { run.progress.announce("\(Self.commandName) on \(counted(communicator.size, "rank"))") }
    try run.perform {
      let text = try job.perform(run)
      try run.report.complete(run)
      try run.end(text.isEmpty ? [] : [text], hasPhases: printsPhases, isData: job.printsData)
    }
  }
}
