import ArgumentParser
import Distributed

/// What the members of an ensemble are like below and above each cell's soil moisture threshold.
struct Phases: JobCommand {
  static let configuration = CommandConfiguration(
    commandName: "phases",
    abstract: "Compare quantities below and above the soil moisture threshold of every grid cell.",
    usage: """
      smt-mpi phases --threshold <FILE:VAR> --members <A,B..C>
        --moisture <PATTERN:VAR> --quantity <NAME=SOURCE> --output <FILE>
        [<options>]
      """,
    discussion: """
      Of each quantity the mean over the members whose moisture is below the threshold, minus that over the members above \
      it, growing-season means (Yan et al. 2024). The threshold is a map of 'smt-mpi threshold', in percent of the \
      reference's moisture; where it was made with --uncertainty, cells with a member within the threshold's interval are \
      flagged as uncertain.

      Sources are PATTERN:VARIABLE, or several joined, such as vpd(T; RH), the vapour pressure deficit. The pattern is a \
      path or glob, {member} in it stands for each member's name. A flux of \
      water by soil layer (mm s-1, kg m-2 s-1) is summed over the layers within --depth and becomes the amount of the \
      month.

      An ensemble as CESM writes it:
        mpirun -n 64 smt-mpi phases --threshold smt.nc:smt \\
          --members REF,EXP_01..EXP_85 \\
          --moisture 'run/{member}/lnd/hist/{member}.clm2.h0.*.nc:H2OSOI' \\
          --depth 0-3 --season 'season.nc:start_month,end_month' \\
          --quantity 'T=run/{member}/lnd/hist/{member}.clm2.h0.*.nc:TSA' \\
          --quantity 'VPD=vpd(run/{member}/*.nc:TSA; run/{member}/*.nc:RH2M)' \\
          --quantity 'UPTAKE=run/{member}/lnd/hist/*.clm2.h0.*.nc:QROOTSINK' \\
          --output phases.nc

      Exit codes: 64 usage, 65 input wrong, 66 input not there, 69 launch, 70 internal, 71 memory limit, 73 cannot \
      write, 75 interrupted (the same command resumes).
      """)

  @Option(
    help: ArgumentHelp(
      """
      Map of the threshold, percent of normal; on another grid it is brought over. Its interval, VAR_p05 and VAR_p95, is \
      looked for beside it.
      """, valueName: "FILE:VAR"), completion: .file())
  var threshold: String?

  @Option(
    help: ArgumentHelp("Members, the reference first: REF,EXP_01..EXP_85, or @file.", valueName: "A,B..C"))
  var members: String?

  @Option(help: ArgumentHelp("Soil moisture: 'run/{member}.nc:H2OSOI'.", valueName: "PATTERN:VAR"), completion: .file())
  var moisture: String?

  @Option(
    help: ArgumentHelp(
      "A quantity and its name in the output: 'T=run/{member}.nc:TSA'. Repeatable.", valueName: "NAME=SOURCE"),
    completion: .file())
  var quantity: [String] = []

  @Option(
    help: ArgumentHelp(
      """
      Depths of the layers of moisture and quantities that count, metres; e.g. 0-3. A layer across an end counts with its \
      part. Default: all layers.
      """, valueName: "TOP-BOTTOM"))
  var depth: String?

  @Option(
    help: ArgumentHelp(
      "Edges of the layers in metres where files do not tell; e.g. 0,0.1,0.4,1,2.", valueName: "m,m,…"))
  var layerBounds: String?

  @Option(
    help: ArgumentHelp(
      """
      Maps of the first and last month (1 to 12), or day of the year (1 to 366), of the growing season; first > last \
      wraps the year end. Of days, months count whose middle lies between them. Default: all months.
      """, valueName: "FILE:FIRST,LAST"), completion: .file())
  var season: String?

  @Option(
    help: ArgumentHelp(
      """
      Months of the growing season of all cells, in place of --season; e.g. 6-8, 12-2, or letters of months, JJA or DJF.
      """, valueName: "M-M"))
  var months: String?

  @OptionGroup(title: "Selection")
  var selection: SelectionOptions

  @OptionGroup(title: "Classes")
  var classTable: ClassTableOptions

  @OptionGroup(title: "Running")
  var running: RunOptions

  func makeJob() throws -> any Job { try PhasesJob(self) }
}
