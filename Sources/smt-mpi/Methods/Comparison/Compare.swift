import ArgumentParser
import Distributed
import Foundation

/// Compares two maps cell by cell.
struct Compare: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compare two maps: means, RMSE, bias, correlation, share of cells that agree.",
    discussion: """
      A map is FILE:VARIABLE of a netCDF file, FILE.tif:BAND of a GeoTIFF file, or an array of numpy (.npy) on the grid of \
      --grid. B is brought to A's grid where it has another, and the output says so; a grid that is rolled in longitude \
      or flipped in latitude is the same.

      Every statistic is given twice: plain over cells, and weighted by area: area x landfrac where A's file, or else \
      B's, has them, otherwise cos latitude. Only cells with a value in both maps count; the others are counted.

      Example:
        smt-mpi compare smt.nc:smt truth.nc:smt --within 20% --map agreement.nc --quantiles pairs.csv
        smt-mpi compare smt.nc:smt observed.npy --grid observed.nc:lsm --method nearest
      """)

  @Argument(help: "First map, FILE:VARIABLE.")
  var a: String
  @Argument(help: "Second map, FILE:VARIABLE, in the same units.")
  var b: String
  @Option(
    help: """
      How B is brought to A's grid where it has another: nearest, bilinear, mean (by area) or majority (of area, for \
      classes).
      """)
  var method = RegriddingMethod.bilinear
  @Option(
    help: ArgumentHelp(
      "Where the cells of arrays of numpy lie: the grid of a map, or CDO's global one of so many columns and rows.",
      valueName: "FILE:VAR|r360x180"))
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
      """, valueName: "FILE.csv"))
  var quantiles: String?
  @Option(
    help: ArgumentHelp(
      """
      Write maps as netCDF: difference (A - B), relative_difference (in percent of |B|, missing where B is 0) and \
      agreement (0 differs, 1 agrees, by --within).
      """, valueName: "FILE.nc"))
  var map: String?
  @Flag(help: "Replace the files of --quantiles and --map if they exist.")
  var overwrite = false
  @Flag(help: "Compare maps whose units may differ: the numbers of cells and the correlation alone.")
  var unlikeUnits = false
  @Flag(help: "Print JSON; shares are 0 to 1, what cannot be computed is left out.")
  var json = false

  /// Reads both maps.
  private func maps() throws -> (GridMap, GridMap) {
    let areArrays = [a, b].map(GridMap.isArray)
    guard areArrays.contains(true) || grid == nil && fill == nil else {
      throw JobError(.usage, "--grid and --fill are for arrays of numpy (.npy), and neither map is one; leave them out")
    }
    let named = try grid.map { try NamedGrid($0, option: "grid") }
    func map(_ source: String) throws -> GridMap {
      guard GridMap.isArray(source) else { return try GridMap.read(source) }
      guard let named else {
        throw JobError(
          .usage,
          "\(source) is an array of numpy, which has no coordinates; give its grid: --grid FILE:VARIABLE or r360x180")
      }
      return try GridMap.read(array: source, on: named.grid, of: named.path, fill: fill)
    }
    return (try map(a), try map(b))
  }

  func validate() throws {
    guard !unlikeUnits || (within == nil && map == nil) else {
      throw ValidationError("--unlike-units gives the correlation alone; leave out --within and --map")
    }
  }

  func run() throws {
    try onFirstProcess {
      let outputs = [("--quantiles", quantiles), ("--map", map)].compactMap { option, path in path.map { (option, $0) }
      }
      for (option, path) in outputs where !overwrite && FileManager.default.fileExists(atPath: path) {
        throw JobError(.cannotWrite, "\(option) \(path) exists; give --overwrite to replace it, or another name")
      }
      let (mapA, mapB) = try maps()
      func place(_ path: String) -> URL { URL(fileURLWithPath: path).resolvingSymlinksInPath() }
      for (option, path) in outputs where [mapA.path, mapB.path].contains(where: { place($0) == place(path) }) {
        throw JobError(.cannotWrite, "\(option) \(path) is one of the files compared; give another name")
      }
      let comparison = try Comparison(
        mapA, mapB, by: method, within: within ?? Tolerance(number: 5, isRelative: false),
        allowsUnlikeUnits: unlikeUnits)
      if let quantiles { try comparison.quantiles.write(to: quantiles) }
      if let map { try comparison.writeMap(to: map) }
      print(json ? try comparison.json() : comparison.table)
    }
  }
}
