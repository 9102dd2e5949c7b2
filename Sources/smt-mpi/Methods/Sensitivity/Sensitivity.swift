import ArgumentParser
import Distributed

/// Sensitivities of a response to several predictors, in zones or in every cell.
struct Sensitivity: JobCommand {
  static let configuration = CommandConfiguration(
    commandName: "sensitivity",
    abstract: "Regress a response such as GPP on soil moisture, vapour pressure deficit, temperature and radiation.",
    usage: """
      smt-mpi sensitivity --response <SOURCE> --predictor <NAME=SOURCE> ...
        --output <FILE> [<options>]
      """,
    discussion: """
      In each zone and member the monthly area means of response and predictors are brought to standard units and the \
      response is regressed on the predictors by ridge regression, whose penalty is that with the least generalised \
      cross-validation (Yan et al. 2024): beta is the change of the response, in its standard deviations, for one standard \
      deviation of a predictor while the others stay. Zones are the classes of --classes, --fractions, --bins or --bands; \
      without them the globe is one. With --each-cell every cell of the grid has its own regression, and the output is maps.

      Sources are PATTERN:VARIABLE, or several joined, such as vpd(T; RH), which is computed in each cell and month before \
      the area mean. The pattern is a path or glob, {member} in it stands for each member's name. Columns of FLUXNET, ICOS \
      and AmeriFlux tables of months or days, FILES.csv:GPP, make each station a zone.

      An ensemble by climate zone, with intervals and a picture:
        mpirun -n 64 smt-mpi sensitivity --members REF,EXP_01..EXP_85 \\
          --response 'run/{member}.nc:GPP' --depth 0-3 \\
          --predictor 'SM=run/{member}.nc:H2OSOI' \\
                      'VPD=vpd(run/{member}.nc:TSA; run/{member}.nc:RH2M)' \\
                      'T=run/{member}.nc:TSA' 'RAD=run/{member}.nc:FSDS' \\
          --classes koppen.nc:ids --bootstrap 1000 \\
          --groups 'tropical=1-3,arid=4-7,temperate=8-16,cold=17-28' \\
          --threshold smt.nc:smt --picture beta.svg --output beta.nc \\
          --table beta.csv

      One record, in every cell, of anomalies:
        mpirun -n 8 smt-mpi sensitivity --response 'obs/*.nc:GPP' \\
          --predictor 'SM=obs/*.nc:SM' 'T=obs/*.nc:T2M' \\
          --anomalies --each-cell --output beta.nc

      At flux stations, each of which takes the place of a zone:
        smt-mpi sensitivity --response 'FLX_*_MM_*.csv.gz:GPP' \\
          --predictor 'SM=FLX_*_MM_*.csv.gz:SWC' \\
                      'VPD=FLX_*_MM_*.csv.gz:VPD' 'T=FLX_*_MM_*.csv.gz:TA' \\
          --output stations.nc --table stations.csv

      Exit codes: 64 usage, 65 input wrong, 66 input not there, 69 launch, 70 internal, 71 memory limit, 73 cannot \
      write, 75 interrupted (with --each-cell the same command resumes).
      """)

  @OptionGroup(title: "Sources")
  var sources: SensitivitySources

  @OptionGroup(title: "Regression")
  var regression: RegressionOptions

  @OptionGroup(title: "Zones")
  var zones: ZoneOptions

  @OptionGroup(title: "Selection")
  var selection: SelectionOptions

  @OptionGroup(title: "Classes")
  var classTable: ClassTableOptions

  @OptionGroup(title: "Running")
  var running: RunOptions

  func perform() throws {
    if StationSensitivityJob.isMeant(by: self) {
      try perform(try StationSensitivityJob(self))
    } else if zones.eachCell {
      try perform(try makeJob())
    } else {
      try perform(try ZoneSensitivityJob(self))
    }
  }

  func makeJob() throws -> any Job { try CellSensitivityJob(self) }
}

/// What is regressed on what.
struct SensitivitySources: ParsableArguments {
  @Option(
    help: ArgumentHelp("Members, the reference first: REF,EXP_01..EXP_85, or @file.", valueName: "A,B..C"))
  var members: String?

  @Option(
    help: ArgumentHelp(
      "What responds, on whose grid all is: 'run/{member}.nc:GPP'.", valueName: "SOURCE"), completion: .file())
  var response: String?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      """
      Predictors, each with its name in the output: 'SM=run/{member}.nc:SM' 'T=run/{member}.nc:TSA'. On another regular \
      grid area means count.
      """, valueName: "NAME=SOURCE"), completion: .file())
  var predictor: [String] = []

  @Option(
    help: ArgumentHelp(
      """
      Depths of the layers that count, metres, of all sources that have layers; e.g. 0-3. A layer across an end counts \
      with its part. Default: all layers.
      """, valueName: "TOP-BOTTOM"))
  var depth: String?

  @Option(
    help: ArgumentHelp(
      "Edges of the layers in metres where files do not tell; e.g. 0,0.1,0.4,1,2.", valueName: "m,m,…"))
  var layerBounds: String?
}

/// How it is regressed.
struct RegressionOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      The penalty of the ridge regression: gcv, the one of 0.001 to 10000 with the least generalised cross-validation, or \
      a number; 0 is least squares.
      """, valueName: "gcv|number"))
  var penalty = "gcv"

  @Flag(help: "Take the mean annual cycle off all series first.")
  var anomalies = false

  @Option(help: ArgumentHelp("Fewest months with all values.", valueName: "months"))
  var minimumMonths = 24

  @Option(
    help: ArgumentHelp(
      "Replicates of a bootstrap of blocks of months, for an interval of 90 %: 100 or more; e.g. 1000. Default: none.",
      valueName: "n"))
  var bootstrap = 0

  @Option(help: ArgumentHelp("Months of a block.", valueName: "months"))
  var block = 12

  @Option(help: ArgumentHelp("Seed of the bootstrap.", valueName: "number"))
  var seed = 1
}

/// What is done with zones, or that there are none.
struct ZoneOptions: ParsableArguments {
  @Flag(help: "Regress in every cell in place of zones; the output is maps.")
  var eachCell = false

  @Option(
    help: ArgumentHelp(
      "The predictor that is soil moisture, whose mean in percent of the reference's is told. Default: the first.",
      valueName: "NAME"))
  var moisturePredictor: String?

  @Option(
    help: ArgumentHelp(
      """
      Map of the soil moisture threshold, percent of normal, whose mean over each zone is told and drawn; on another grid \
      it is brought over.
      """, valueName: "FILE:VAR"), completion: .file())
  var threshold: String?

  @Option(
    help: ArgumentHelp(
      "Draw the members' beta against their moisture, a panel for each zone, as SVG.", valueName: "FILE"),
    completion: .file())
  var picture: String?
}
