import ArgumentParser
import Distributed

/// Compares two maps cell by cell.
struct Compare: MapCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compare two maps: means, RMSE, bias, correlation, share of cells that agree.",
    usage: "smt-mpi compare <map> <map> [<options>]",
    discussion: """
      A map is FILE:VARIABLE of a netCDF file, FILE.tif:BAND of a GeoTIFF file, or an array of numpy (.npy) on the grid of \
      --grid. B is brought to A's grid where it has another, and the output says so; a grid that is rolled in longitude \
      or flipped in latitude is the same.

      Every statistic is given twice: plain over cells, and weighted by area: area x landfrac where A's file, or else \
      B's, has them, otherwise cos latitude. Only cells with a value in both maps count; the others are counted.

      Maps of two files, and a map against an array of numpy:
        smt-mpi compare smt.nc:smt truth.nc:smt --within 20% \\
          --map agreement.nc --quantiles pairs.csv
        smt-mpi compare smt.nc:smt observed.npy --grid observed.nc:lsm \\
          --method nearest
      """)

  static let needsOneProcess = true

  @Argument(
    help: ArgumentHelp("The two maps A and B, FILE:VARIABLE each, in the same units.", valueName: "map"),
    completion: .file())
  var maps: [String] = []
  @Option(
    help: """
      How B is brought to A's grid where it has another: nearest, bilinear, mean (by area) or majority (of area, for \
      classes).
      """)
  var method = RegriddingMethod.bilinear
  @Option(
    help: ArgumentHelp(
      "Where the cells of arrays of numpy lie: the grid of a map, or CDO's global one of so many columns and rows.",
      valueName: "FILE:VAR|r360x180"), completion: .file())
  var grid: String?
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The number that means missing in arrays of numpy, besides NaN.", valueName: "number"))
  var fill: Double?
  @Option(
    help: ArgumentHelp(
      """
      Largest |A - B| that counts as agreement: in the maps' units, e.g. 20, or relative to |B|, e.g. 20%. (default: 5)
      """, valueName: "difference"))
  var within: Tolerance?
  @Option(
    help: ArgumentHelp(
      """
      Write quantile-quantile pairs of the cells compared as CSV: columns probability (0 to 1 by 0.01), quantile_a and \
      quantile_b.
      """, valueName: "FILE.csv"), completion: .file())
  var quantiles: String?
  @Option(
    help: ArgumentHelp(
      """
      Write maps as netCDF: difference (A - B), relative_difference (in percent of |B|, missing where B is 0) and \
      agreement (0 differs, 1 agrees, by --within).
      """, valueName: "FILE.nc"), completion: .file())
  var map: String?
  @Flag(help: "Compare maps whose units may differ: the numbers of cells and the correlation alone.")
  var unlikeUnits = false
  @Flag(help: "Print JSON; shares are 0 to 1, what cannot be computed is null.")
  var json = false

  @OptionGroup(title: "Running")
  var shared: SharedRunOptions

  func validate() throws {
    guard !unlikeUnits || (within == nil && map == nil) else {
      throw ValidationError("--unlike-units gives the correlation alone; leave out --within and --map")
    }
  }

  func makeJob() throws -> any MapJob { try ComparisonJob(self) }
}
