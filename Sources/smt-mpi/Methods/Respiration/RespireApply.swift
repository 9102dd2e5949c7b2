import ArgumentParser
import Distributed

/// Maps of what trained networks say of every cell and year.
struct RespireApply: MapCommand {
  static let commandName = "respire apply"
  static let configuration = CommandConfiguration(
    commandName: "apply",
    abstract: "Apply trained networks to every cell and year of a grid.",
    usage: """
      smt-mpi respire apply --model <FILE> ...
        --predictor <NAME=PATTERN:VAR[@STATISTIC]> ...
        --period <YYYY-YYYY> --output <FILE> [<options>]
      """,
    discussion: """
      Each network gets the window around every cell, with its neighbours beyond the borders of ranks and the date line; \
      several networks are averaged, and how far they are apart is a map of its own. The result has the values of each year, \
      their mean and standard deviation, where predictors lie outside of what the networks were trained with, and why a cell \
      has no value. Models are files of respire train, or others in ONNX that are networks of the same kind.

      The five networks of an experiment, 2000 to 2018:
        mpirun -n 64 smt-mpi respire apply --model 'models/CNN5-*.onnx' \\
          --predictor 'MAT=cru.nc:tmp@mean' \\
          --predictor 'SOC00=soc.nc:soc@static' \\
          --predictor 'SPEI24=spei.nc:spei@month=12' --period 2000-2018 \\
          --output reco.nc

      Exit codes: 64 usage, 65 input wrong, 66 input not there, 69 launch, 70 internal, 71 memory limit, 73 cannot \
      write, 75 interrupted (the same command resumes).
      """)

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Files of networks, all of the same predictors, or patterns of such; several are averaged; e.g. models/CNN5-*.onnx.",
      valueName: "FILE"), completion: .file())
  var model: [String] = []

  @OptionGroup(title: "Predictors") var predictors: PredictorOptions

  @Option(help: ArgumentHelp("First and last calendar year; e.g. 2000-2018.", valueName: "YYYY-YYYY"))
  var period: String?

  @Option(
    help: ArgumentHelp(
      """
      What stands for a neighbour that has no value: that of the centre, the mean of the window, or missing (cells beside the \
      sea then have no value). Default: what the networks were trained with, else centre.
      """, valueName: "centre|mean|missing"))
  var edge: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Only cells with their centre in this box, degrees; it may cross the date line; e.g. -20,-35,55,38.",
      valueName: "W,S,E,N"))
  var bbox: String?

  @Option(
    help: ArgumentHelp(
      """
      Only cells where this map is neither 0 nor missing, e.g. land.nc:mask, or where it is one of these classes, e.g. \
      koppen.nc:ids=4-6+12.
      """, valueName: "FILE:VAR"), completion: .file())
  var mask: String?

  @Option(help: ArgumentHelp("File of the result maps, netCDF-4.", valueName: "FILE"), completion: .file())
  var output: String?

  @Flag(help: "Forget the checkpoint of an interrupted run and start afresh.")
  var restart = false

  @OptionGroup var shared: SharedRunOptions

  func makeJob() throws -> any MapJob { try ApplyJob(self) }
}
