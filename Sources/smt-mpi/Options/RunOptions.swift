import ArgumentParser
import Distributed

/// How a job runs and where its maps go: options that all methods share.
struct RunOptions: ParsableArguments {
  @Option(help: ArgumentHelp("File of the result maps, netCDF-4.", valueName: "FILE"), completion: .file())
  var output: String?

  @OptionGroup var shared: SharedRunOptions

  @Option(
    help: ArgumentHelp(
      """
      How fields come from the files: slab (each rank its own rows, together), field (whole fields, then exchanged) or \
      auto (by the files' storage).
      """, valueName: "plan"))
  var readPlan = "auto"

  @Flag(help: "Forget the checkpoint of an interrupted run and start afresh.")
  var restart = false

  /// The forced read plan.
  func forcedPlan() throws -> ReadPlan? {
    if readPlan == "auto" { return nil }
    guard let plan = ReadPlan(rawValue: readPlan) else {
      throw JobError(.usage, "--read-plan '\(readPlan)': expected auto, slab or field")
    }
    return plan
  }

  /// The output file.
  func outputPath() throws -> String {
    guard let output, !output.isEmpty else { throw JobError(.usage, "--output is missing; e.g. --output smt.nc") }
    return output
  }
}
