import ArgumentParser
import Distributed
import Foundation

/// Runs a subcommand's work; an error is printed on standard error and ends the process with its exit code, 70 for one that
/// is no `JobError`.
///
/// - Throws: errors of the argument parser itself.
func reporting(_ body: () throws -> Void) throws {
  do {
    try body()
  } catch let error as ArgumentParser.ExitCode {
    throw error
  } catch let error as ValidationError {
    throw error
  } catch {
    let failure = JobError(wrapping: error)
    Launch.sayOnce("error: \(failure.message)")
    Launch.end(failure.exitCode)
  }
}

/// The command line of the process, for `history` attributes and reports; arguments that a shell would split are quoted.
var commandLine: String {
  CommandLine.arguments.map { argument in
    let isPlain = argument.allSatisfy { $0.isLetter || $0.isNumber || "-_=+./,:@%{}".contains($0) }
    return isPlain && !argument.isEmpty ? argument : "'" + argument.replacingOccurrences(of: "'", with: "'\\''") + "'"
  }.joined(separator: " ")
}
