import ArgumentParser
import Distributed
import Kernels

/// Trains networks of windows on site-years, and tells which predictors help.
struct RespireTrain: MapCommand {
  static let commandName = "respire train"
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract:
      "Train networks on site-years, experiment by experiment, with tests on sites that they have not seen.",
    usage: """
      smt-mpi respire train --samples <FILE.csv>
        --predictor <NAME=PATTERN:VAR[@STATISTIC]> ... --models <DIR>
        --table <FILE> [<options>]
      """,
    discussion: """
      Samples are site-years: a table with columns site, lat, lon, year and the target (or value, as smt-mpi sites --yearly \
      writes it). A sample's input is the window of cells around its site, a channel for each predictor.

      An experiment is a name and its predictors; basic stands for all that no experiment names. Each is trained for every \
      fold and network: --folds parts of the samples, each the test of networks trained on the others. Clusters are sites \
      whose windows overlap, directly or by way of others; --split site and iteration leak what was trained into the test.

      experiments.csv (--table) has the scores of each experiment and part, mean and standard deviation over networks; \
      beside it experiments.differences.csv the differences between experiments with p, experiments.trainings.csv every \
      training. DIR (--models) has a model for each, EXPERIMENT-foldF-networkN.onnx.

      Two experiments, of which one has the drought index, too:
        smt-mpi respire train --samples reco.csv --target RECO \\
          --predictor 'MAT=cru.nc:tmp@mean' \\
          --predictor 'SOC=soc.nc:soc@static' \\
          --predictor 'SPEI24=spei.nc:spei@month=12' \\
          --experiment CNN1=basic CNN3=basic+SPEI24 \\
          --models models --table experiments.csv

      Exit codes: 64 usage, 65 input wrong, 66 input not there, 69 launch, 70 internal, 71 memory limit, 73 cannot \
      write, 75 interrupted.
      """)

  @Option(
    help: ArgumentHelp(
      "Site-years: a table with columns site, lat, lon, year and the target.", valueName: "FILE.csv"
    ), completion: .file())
  var samples: String?

  @Option(
    help: ArgumentHelp(
      "What is predicted: a column of the table, or what its column value holds.", valueName: "NAME"
    ))
  var target = "RECO"

  @OptionGroup var predictors: PredictorOptions

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Experiments and their predictors; basic: all that no experiment names. Default: one, all, of all predictors.",
      valueName: "NAME=A+B+…"))
  var experiment: [String] = []

  @Option(
    help: ArgumentHelp(
      """
      What is kept together in one fold: cluster (sites whose windows overlap), site, or nothing: iteration draws 3 of 13 \
      samples for the test anew at every iteration.
      """, valueName: "split"))
  var split = SampleSplit.cluster

  @Option(
    help: ArgumentHelp("Parts of the samples, each the test of one training.", valueName: "n"))
  var folds = 10

  @Option(
    help: ArgumentHelp(
      "Networks of each experiment and fold, from other initial weights.", valueName: "n"))
  var networks = 5

  @Option(
    help: ArgumentHelp(
      "Iterations of a training at the most, each over all of its samples.", valueName: "n"))
  var iterations = 100_000

  @Option(
    help: ArgumentHelp("Relative improvement of the loss that counts as one.", valueName: "share"))
  var tolerance = 1e-4

  @Option(
    help: ArgumentHelp(
      "Iterations without improvement after which a training ends.", valueName: "n"))
  var patience = 2000

  @Option(
    help: ArgumentHelp(
      "Iterations between two evaluations; scores are means of the last ten.", valueName: "n"))
  var evaluateEvery = 100

  @Option(help: ArgumentHelp("Step size of Adam.", valueName: "rate"))
  var learningRate = 1e-3

  @Option(help: ArgumentHelp("Rows and columns of a window, an odd number.", valueName: "n"))
  var window = 3

  @Option(help: ArgumentHelp("Output channels of the convolutions.", valueName: "n,n,…"))
  var filters = "32,64,128"

  @Option(
    help: ArgumentHelp(
      "What stands for a missing neighbour: centre, mean (of the window's values), or missing (the sample is left out).",
      valueName: "edge"))
  var edge = WindowEdge.centre

  @Flag(
    help: """
      Leave out sites outside of the grid, or in a cell in which a predictor has no value in any year, in place of an error.
      """)
  var skipSites = false

  @Option(help: ArgumentHelp("Seed of initial weights, folds and random splits.", valueName: "n"))
  var seed: UInt64 = 1

  @Option(
    help: ArgumentHelp(
      "Ranks that share one training; auto: one, or more where ranks are more than trainings.",
      valueName: "n"))
  var ranksPerNetwork = "auto"

  @Option(
    help: ArgumentHelp("Folder of the models, made where it is not there.", valueName: "DIR"), completion: .directory)
  var models: String?

  @Option(
    help: ArgumentHelp(
      "The table of experiments, CSV; others are named after it.", valueName: "FILE"), completion: .file())
  var table: String?

  @Option(
    help: ArgumentHelp(
      "Also write what each network predicts for its test samples, CSV.", valueName: "FILE"), completion: .file())
  var predictions: String?

  @Flag(help: "Forget the checkpoint of an interrupted run and start afresh.")
  var restart = false

  @OptionGroup var shared: SharedRunOptions

  func makeJob() throws -> any MapJob { try TrainJob(self) }
}

/// How samples are divided into training and test.
enum SampleSplit: String, CaseIterable, Codable, ExpressibleByArgument {
  /// Sites whose windows overlap stay together.
  case cluster
  /// Samples of a site stay together.
  case site
  /// At random, anew at every iteration.
  case iteration
}

extension WindowEdge: ExpressibleByArgument {}
