import ArgumentParser
import Distributed

/// The soil moisture threshold of every cell.
struct Threshold: JobCommand {
  static let configuration = CommandConfiguration(
    commandName: "threshold",
    abstract: "Find the soil moisture threshold of every grid cell.",
    usage: """
      smt-mpi threshold --response <PATTERN:VAR> --moisture <PATTERN:VAR>
        --output <FILE> [<options>]
      """,
    discussion: """
      Fits a curve, by default a small neural network, to the pairs of soil moisture and response of each cell, both in \
      percent of normal, and finds where the response begins to fall steeply (Yan et al. 2024).

      Sources are PATTERN:VARIABLE. The pattern is a path or glob, {member} in it stands for each member's name. \
      Variables joined by + are summed, joined by a comma they are the layers of a profile.

      An ensemble as CESM writes it:
        mpirun -n 64 smt-mpi threshold --members REF,EXP_01..EXP_85 \\
          --response 'run/{member}/lnd/hist/{member}.clm2.h0.*.nc:GPP' \\
          --moisture 'run/{member}/lnd/hist/{member}.clm2.h0.*.nc:H2OSOI' \\
          --depth 0-3 --season 'season.nc:start_month,end_month' --output smt.nc

      Observations, where months are the samples, and evaporative fraction:
        mpirun -n 4 smt-mpi threshold --response 'g/*.nc4:Qle_tavg' \\
          --fraction-with 'g/*.nc4:Qh_tavg' --months JJA \\
          --moisture 'g/*.nc4:SoilMoi0_10cm_inst+SoilMoi10_40cm_inst' \\
          --output smt.nc

      One cell, with its curve as netCDF and picture; run.yaml has the sources:
        smt-mpi threshold --config run.yaml --point=0,-60 --output point.nc

      Exit codes: 64 usage, 65 input wrong, 66 input not there, 69 launch, 70 internal, 71 memory limit, 73 cannot \
      write, 75 interrupted (the same command resumes).
      """)

  @Option(
    help: ArgumentHelp(
      "Members, the reference first: REF,EXP_01..EXP_85, or @file. Without it the months are the samples.",
      valueName: "A,B..C"))
  var members: String?

  @Option(
    help: ArgumentHelp("The response, e.g. GPP: 'run/{member}.nc:GPP'.", valueName: "PATTERN:VAR"), completion: .file())
  var response: String?

  @Option(help: ArgumentHelp("Soil moisture: 'run/{member}.nc:H2OSOI'.", valueName: "PATTERN:VAR"), completion: .file())
  var moisture: String?

  @Option(
    help: ArgumentHelp(
      "Make the response a fraction, response / (response + this): evaporative fraction from latent and sensible heat.",
      valueName: "PATTERN:VAR"), completion: .file())
  var fractionWith: String?

  @Option(
    help: ArgumentHelp(
      "Depths over which layers of moisture are averaged, metres; e.g. 0-3. Default: all layers.",
      valueName: "TOP-BOTTOM"))
  var depth: String?

  @Option(
    help: ArgumentHelp(
      "Edges of the moisture's layers in metres where files do not tell; e.g. 0,0.1,0.4,1,2.",
      valueName: "m,m,…"))
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

  @OptionGroup
  var quantityName: QuantityNameOptions

  @OptionGroup(title: "Selection")
  var selection: SelectionOptions

  @OptionGroup(title: "Method")
  var method: ThresholdMethodOptions

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      """
      Compute only the cell nearest to this point, degrees; save its pairs and curve as netCDF (OUTPUT_curves.nc) and \
      as a picture. Repeatable; e.g. --point=0,-60.
      """, valueName: "LAT,LON"))
  var point: [String] = []

  @Flag(
    help: """
      Save pairs, f, f′ and f″ of all cells (OUTPUT_curves.nc); with --point of those points, while all cells are \
      computed.
      """)
  var saveCurves = false

  @OptionGroup(title: "Classes")
  var classTable: ClassTableOptions

  @OptionGroup(title: "Running")
  var running: RunOptions

  func makeJob() throws -> any Job { try ThresholdJob(self) }

  static func expand(_ arguments: [String]) -> [String] { ThresholdPreset.expand(arguments) }
}
