import ArgumentParser
import Distributed

/// The program: one subcommand per job.
@main
struct SMTMPI: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "smt-mpi",
    abstract: "Land-surface analyses in every cell of a grid, on all the ranks of an MPI job.",
    version: ProgramVersion.text,
    subcommands: [
      Threshold.self,
      Phases.self,
      Attribute.self,
      Trend.self,
      Correlate.self,
      Sensitivity.self,
      Spei.self,
      Sink.self,
      Contrast.self,
      Regrid.self,
      Synthesize.self,
      Compare.self,
      Calculate.self,
      Summarise.self,
      View.self,
      Sites.self,
      Regress.self,
      Blend.self,
      Respire.self,
    ]
  )

  /// The commands that ranks work on, those within groups too.
  static var rankCommands: [any RankCommand.Type] {
    configuration.subcommands.flatMap { [$0] + $0.configuration.subcommands }
      .compactMap { $0 as? any RankCommand.Type }
  }

  /// Parses and runs; under a launcher only the first process tells about wrong options or prints help.
  static func main() {
    StandardStreams.prepare()
    var arguments = Array(CommandLine.arguments.dropFirst())
    do {
      arguments = try PathArguments.expand(arguments)
      if let command = rankCommands.first(where: { arguments.starts(with: $0.commandWords) }) {
        arguments = command.expand(try PathArguments.expand(try ConfigurationFile.expand(arguments, of: command)))
      }
      var command = try parseAsRoot(arguments)
      try command.run()
    } catch let error as JobError {
      Launch.sayOnce("error: \(error.message)")
      exit(withError: ArgumentParser.ExitCode(error.exitCode.rawValue))
    } catch {
      if let unexpected = UnexpectedArguments.error(message(for: error), arguments) {
        Launch.sayOnce("error: \(unexpected.message)")
        exit(withError: ArgumentParser.ExitCode(unexpected.exitCode.rawValue))
      }
      if (Launch.launcherRank ?? 0) == 0 {
        guard let help = HelpText.text(of: error) else { exit(withError: error) }
        print(help, terminator: "")
        exit()
      }
      // What has its exit code already was told where it happened.
      if !(error is ArgumentParser.ExitCode), exitCode(for: error) != .success { Launch.letFirstProcessSpeak() }
      exit(withError: exitCode(for: error))
    }
  }
}
