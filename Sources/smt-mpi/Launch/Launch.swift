import ArgumentParser
import Distributed
import Foundation

/// Starting and ending of the ranks of a job.
enum Launch {
  /// The launcher of this process, found out once, before MPI starts: an MPI without a launcher calls itself rank 0 in the
  /// environment.
  private static let launcher = Launcher(ProcessInfo.processInfo.environment)

  /// The rank that the launcher gave this process; nil outside of a launcher.
  static var launcherRank: Int? { launcher.rank }

  /// Whether no launcher started this process, so that it is the only one.
  static var isAlone: Bool { launcherRank == nil }

  /// Starts MPI, runs the job on every rank and ends the process' part of it.
  ///
  /// An error that all ranks share is told by rank 0 and ends them one by one; any other ends all at once, because the
  /// other ranks may be waiting.
  static func run(_ body: (Communicator) throws -> Void) throws {
    Interruption.listen()
    let launcher = Self.launcher
    try launcher.checkStep()
    let communicator = try Communicator.start()
    do {
      if communicator.size == 1 { try launcher.checkSingleRank() }
      try body(communicator)
      Communicator.finish()
    } catch {
      let failure = JobError(wrapping: error)
      guard failure.isAgreed || communicator.size == 1 else {
        say("error: rank \(communicator.rank): \(failure.message)")
        Communicator.abort(failure.exitCode)
        return
      }
      if communicator.isRoot { sayOnce("error: \(failure.message)") }
      Communicator.finish()
      end(failure.exitCode)
    }
  }

  /// Plans a job without starting MPI: of the processes of a launcher the first alone speaks.
  ///
  /// - Parameters:
  ///   - ranks: those that the user wants it planned for; nil takes as many as the launcher has started.
  ///   - body: makes the plan for so many ranks.
  static func plan(for ranks: Int?, _ body: (Int) throws -> Void) throws {
    guard (launcherRank ?? 0) == 0 else { return }
    try body(ranks ?? launcher.size ?? 1)
  }

  /// Ends the process at once, without the exit handlers: HDF5's end in a crash where a file could not be closed.
  static func end(_ code: Distributed.ExitCode) -> Never {
    fflush(nil)
    _exit(code.rawValue)
  }

  /// Writes a line to standard error.
  static func say(_ text: String) { StandardError.write(line: text) }

  /// Writes a line to standard error on the first process of a launcher alone; for what all of them find before MPI
  /// has started.
  static func sayOnce(_ text: String) {
    if (launcherRank ?? 0) == 0 { say(text) } else { letFirstProcessSpeak() }
  }

  /// Waits a moment before a process that is not the first ends with an error that the first one tells: a launcher ends
  /// all processes as soon as one of them fails.
  static func letFirstProcessSpeak() { Thread.sleep(forTimeInterval: 2) }
}
