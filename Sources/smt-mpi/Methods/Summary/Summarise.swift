import ArgumentParser
import Distributed

/// Sums maps up by classes of cells.
struct Summarise: MapCommand {
  static let configuration = CommandConfiguration(
    commandName: "summarise",
    abstract: "Sum maps up by climate zones, vegetation types, soils or bands of latitude.",
    usage: "smt-mpi summarise <FILE:VAR> ... --output <FILE> [<options>]",
    discussion: """
      One row for each variable and class: number of cells, area, mean over cells and by area, standard deviation, \
      quantiles, share above 0. Classes come from maps of whole numbers (--classes, in groups by --groups), from fractions \
      as weights (--fractions), from the values of a map (--bins) or from latitudes (--bands); without any the globe is \
      one. Variables with further dimensions (time, depth, season) are summed up slice by slice.

      Maps on another grid than the first one are brought over: classes by area majority, fractions by area means, other \
      values bilinearly; what was done is told.

      Rates by climate zone:
        smt-mpi summarise smt.nc:decline_rate_high smt.nc:decline_rate_low \\
          --classes koppen.nc:ids --limit 10 --output zones.csv \\
          --groups 'tropical=0-2,arid=3-6,temperate=7-15,cold=16-27'

      By vegetation type, weighted with its fraction of the cell, and by clay
      content:
        smt-mpi summarise smt.nc:smt --fractions surfdata.nc:PCT_NAT_PFT \\
          --types 1-14 --bins soil.nc:PCT_CLAY@0:60:5 --depth 0-0.3 \\
          --output types.csv

      The globe and two bands, with a map of the means:
        smt-mpi summarise r.nc:r --bands globe,30:90,-30:30 --above 0.5 \\
          --output bands.csv --map bands.nc

      Exit codes: 64 usage, 65 input wrong, 66 input not there, 69 launch, 70 internal, 71 memory limit, 73 cannot \
      write, 75 interrupted.
      """)

  @Argument(
    help: ArgumentHelp(
      "Maps, or arrays of numpy (FILE.npy, with --grid); the first one's grid is that of all.", valueName: "FILE:VAR"),
    completion: .file())
  var maps: [String] = []

  @OptionGroup var classOptions: ClassOptions

  @Option(
    help: ArgumentHelp(
      "Combine the layers of variables that have some over these depths in metres, weighted by thickness; e.g. 0-0.3.",
      valueName: "top-bottom"))
  var depth: String?

  @Option(
    help: ArgumentHelp(
      "Where the cells of arrays of numpy lie: the grid of a map, or CDO's global one of so many columns and rows.",
      valueName: "FILE:VAR|r360x180"), completion: .file())
  var grid: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The number that means missing in arrays of numpy, besides NaN; e.g. -9999.", valueName: "number"))
  var fill: Double?

  @Flag(help: "Add the share of each class in the sum of value times area over all classes of its map.")
  var shareOfTotal = false

  @Option(help: ArgumentHelp("The table, CSV.", valueName: "FILE"), completion: .file())
  var output: String?

  @Option(
    help: ArgumentHelp(
      "Write a map of the class mean in every cell, and of the values by class, as netCDF.", valueName: "FILE"),
    completion: .file())
  var map: String?

  @Flag(help: "With --fractions and --map: the type with the greatest fraction of each cell, too.")
  var dominant = false

  @Option(
    help: ArgumentHelp(
      "Write number and area of the cells of each pair of classes of two maps of classes, CSV.", valueName: "FILE"),
    completion: .file())
  var cross: String?

  @OptionGroup var shared: SharedRunOptions

  func makeJob() throws -> any MapJob { try SummaryJob(self) }
}
