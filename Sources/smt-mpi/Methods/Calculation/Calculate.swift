import ArgumentParser
import Distributed

/// Joins finished maps.
struct Calculate: MapCommand {
  static let configuration = CommandConfiguration(
    commandName: "calculate",
    abstract: "Calculate a map from finished maps: differences, ratios, sums, products, vapour pressure deficit.",
    usage: "smt-mpi calculate <expression> --output <FILE> [<options>]",
    discussion: """
      Maps are FILE:VARIABLE; operators + - * / stand between blanks, and numbers and brackets are allowed. The units of \
      the result follow from those of the maps, which must be equal for + and -. Maps with further dimensions (season, \
      depth, time) are joined slice by slice where these are the same; a map without goes with each. A cell is missing \
      where a map is missing there, or divided by zero. Maps on another grid than the first one are brought over \
      bilinearly, and the output says so.

      The width of a threshold's interval:
        smt-mpi calculate 'smt.nc:smt_p95 - smt.nc:smt_p05' --name smt_width \\
          --output width.nc

      One run in percent of another:
        smt-mpi calculate 'dry.nc:smt / wet.nc:smt * 100' --output ratio.nc

      Exit codes: 64 usage, 65 input wrong, 66 input not there, 70 internal, 71 memory limit, 73 cannot write.
      """)

  static let needsOneProcess = true

  @Argument(
    help: ArgumentHelp("What is calculated, e.g. 'a.nc:smt - b.nc:smt'.", valueName: "expression"), completion: .file())
  var expression = ""

  @Option(
    help: ArgumentHelp(
      "Name of the result. Default: difference, ratio, sum, product or vpd, by what is calculated last.",
      valueName: "name"))
  var name: String?

  @OptionGroup
  var quantityName: QuantityNameOptions

  @Option(help: ArgumentHelp("The file that is written, netCDF.", valueName: "FILE"), completion: .file())
  var output: String?

  @OptionGroup var shared: SharedRunOptions

  func makeJob() throws -> any MapJob { try CalculationJob(self) }
}
