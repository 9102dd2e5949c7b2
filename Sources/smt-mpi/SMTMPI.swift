import ArgumentParser
import Distributed

/// The program: one subcommand per job.
@main
struct SMTMPI: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "smt-mpi",
    abstract: "Land-surface analyses in every cell of a grid, on all the ranks of an MPI job.",
    version: ProgramVersion.text,
    subcommands: [Threshold.self, Attribute.self, Trend.self, Synthesize.self, Compare.self]
  )

  /// Parses and runs; under a launcher only the first process tells about wrong options or prints help.
  static func main() {
    do {
      let arguments = try ConfigurationFile.expand(
        Array(CommandLine.arguments.dropFirst()), commands: [Threshold.self, Attribute.self, Trend.self])
      var command = try parseAsRoot(ThresholdPreset.expand(arguments))
      try command.run()
    } catch let error as JobError {
      Launch.sayOnce("error: \(error.message)")
      exit(withError: ArgumentParser.ExitCode(error.exitCode.rawValue))
    } catch {
      if (Launch.launcherRank ?? 0) == 0 { exit(withError: error) }
      // What has its exit code already was told where it happened.
      if !(error is ArgumentParser.ExitCode), exitCode(for: error) != .success { Launch.letFirstProcessSpeak() }
      exit(withError: exitCode(for: error))
    }
  }
}
