/// The exit codes of the program, after `sysexits.h`.
public enum ExitCode: Int32, Sendable, Codable {
  /// Wrong options.
  case usage = 64
  /// Input data wrong: variable missing, grids or units differ, damaged file.
  case inputData = 65
  /// Input not there: no file matches, member missing.
  case noInput = 66
  /// Wrong launcher or MPI failure.
  case launch = 69
  /// An error in the program itself.
  case `internal` = 70
  /// The memory limit is too small for the job.
  case memory = 71
  /// The output cannot be written.
  case cannotWrite = 73
  /// Stopped by a signal; the same command resumes.
  case interrupted = 75
}

/// An error that ends the job: one message for the user and the exit code of the process.
public struct JobError: Error, Sendable, Codable, CustomStringConvertible {
  /// What the process exits with.
  public var exitCode: ExitCode
  /// What was expected, what was found and how to mend it; names file and variable where there are any.
  public var message: String
  /// Whether all ranks throw this same error, so that each can end on its own.
  public internal(set) var isAgreed = false
  /// The rank that met it, where it is known to be one.
  public internal(set) var rank: Int?

  /// An error with its exit code and message.
  public init(_ exitCode: ExitCode, _ message: String) {
    self.exitCode = exitCode
    self.message = message
  }

  /// The message.
  public var description: String { message }
}
