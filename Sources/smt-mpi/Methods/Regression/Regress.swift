import ArgumentParser
import Distributed
import Kernels

/// Explains a map or a column of a table by others.
struct Regress: MapCommand {
  static let configuration = CommandConfiguration(
    commandName: "regress",
    abstract: "Multiple regression of a map or a table's column on others and on categories.",
    usage: """
      smt-mpi regress <FILE:VAR> --on <FILE:VAR> ... --output <FILE>
        [<options>]
      smt-mpi regress <FILE:VAR> --categories <FILE:VAR> ... --output <FILE>
        [<options>]
      """,
    discussion: """
      Sources are maps, FILE:VARIABLE, or columns of one table, FILE.csv:COLUMN (plain or .gz); NAME=FILE:VARIABLE gives a \
      source the name that its term has. Cells or rows count where nothing is missing. Response and numbers become \
      z-scores (--no-standardise keeps their units), each class of a category but its base a column of 0 and 1.

      fit.csv (--output) has estimate, standard error, t, p and stars by term; beside it fit.anova.csv has the analyses of \
      variance, fit.pairs.csv t tests of each pair of classes, fit.letters.csv their means with letters: two classes share \
      one where they do not differ at --alpha.

      Maps on another grid than the response's are brought over bilinearly (--method), categories by area majority \
      (--class-method); what was done is told.

      Rates by soil and climate zone, allowing for neighbouring cells that are
      alike:
        smt-mpi regress smt.nc:decline_rate_low \\
          --on smt.nc:smt soil.nc:sand soil.nc:clay \\
          --categories zone=koppen.nc:ids --base arid --limit 10 \\
          --groups 'tropical=0-2,arid=3-6,temperate=7-15,cold=16-27' \\
          --block-degrees 5 --output fit.csv

      A table of sites:
        smt-mpi regress sites.csv:theta --on sites.csv:clay sites.csv:LAI \\
          --categories sites.csv:IGBP --base GRA --output fit.csv

      Exit codes: 64 usage, 65 input wrong, 66 input not there, 69 launch, 70 internal, 71 memory limit, 73 cannot \
      write, 75 interrupted.
      """)

  @Argument(
    help: ArgumentHelp("What is explained: a map, or a column of a table.", valueName: "FILE:VAR"), completion: .file())
  var response = ""

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Numbers that explain it; e.g. soil.nc:clay or LAI=modis.nc:lai.", valueName: "FILE:VAR"),
    completion: .file())
  var on: [String] = []

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Categories that explain it: maps of whole numbers, or columns of text; e.g. zone=koppen.nc:ids.",
      valueName: "FILE:VAR"), completion: .file())
  var categories: [String] = []

  @Option(
    help: ArgumentHelp(
      """
      Groups of the classes of --categories that are maps, one such list for each in their order ('' for none); \
      e.g. 'forest=1-5,shrubland=6-9+11'.
      """, valueName: "name=ids,…"))
  var groups: [String] = []

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "The class that the others are compared with, one for each of --categories in their order. Default: the first.",
      valueName: "class"))
  var base: [String] = []

  @Flag(
    inversion: .prefixedNo, help: "Turn response and numbers into z-scores (n − 1); classes are 0 and 1 in any case.")
  var standardise = true

  @Option(help: ArgumentHelp("Leave out responses of a larger magnitude; e.g. 10.", valueName: "value"))
  var limit: Double?

  @Option(
    help: ArgumentHelp(
      "Only cells where this map is neither 0 nor missing, or is one of these classes, e.g. koppen.nc:ids=4-6+11.",
      valueName: "FILE:VAR"), completion: .file())
  var mask: String?

  @Option(help: ArgumentHelp("Leave out classes of fewer cells or rows.", valueName: "n"))
  var minimumRows = 1

  @Option(
    help: ArgumentHelp("p below which classes differ, for the letters; e.g. 0.001.", valueName: "probability"))
  var alpha = 0.05

  @Option(
    help: ArgumentHelp("How p of pairs allow for their number: holm, bonferroni or none.", valueName: "method"))
  var adjust = PairwiseTests.Adjustment.holm

  @Option(
    help: ArgumentHelp(
      """
      Add standard errors clustered by blocks of so many degrees of latitude and longitude; e.g. 5. Neighbouring cells \
      are alike, and without this each counts as if it stood alone.
      """, valueName: "degrees"))
  var blockDegrees: Double?

  @Option(
    help: ArgumentHelp("Columns of latitude and longitude in a table, for --block-degrees.", valueName: "lat,lon"))
  var coordinates = "lat,lon"

  @Option(
    help: ArgumentHelp(
      "Add standard errors clustered by a column of the table, or by the values of a map.", valueName: "FILE:VAR"),
    completion: .file())
  var cluster: String?

  @Option(
    help: ArgumentHelp(
      "How numbers on another grid are brought over: bilinear, nearest or mean (of area).", valueName: "method"))
  var method = RegriddingMethod.bilinear

  @Option(
    help: ArgumentHelp(
      "How categories on another grid are brought over: majority (of area) or nearest.", valueName: "method"))
  var classMethod = ClassMethod.majority

  @Option(
    help: ArgumentHelp("The table of terms, CSV; the others are named after it.", valueName: "FILE"),
    completion: .file())
  var output: String?

  @OptionGroup var shared: SharedRunOptions

  func makeJob() throws -> any MapJob { try RegressionJob(self) }
}

extension PairwiseTests.Adjustment: ExpressibleByArgument {}
