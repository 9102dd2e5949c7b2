import ArgumentParser
import Distributed
import Foundation

/// Compares two maps cell by cell.
struct Compare: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compare two maps on the same grid: means, RMSE, bias, correlation, share of cells that agree.",
    discussion: """
      Every statistic is given twice: plain over cells, and weighted by area: area x landfrac where A's file, or else \
      B's, has them, otherwise cos latitude. Only cells with a value in both maps count; the others are counted.

      Example:
        smt-mpi compare smt.nc:smt truth.nc:smt --within 20% --map agreement.nc --quantiles pairs.csv
      """)

  @Argument(help: "First map, FILE:VARIABLE.")
  var a: String
  @Argument(help: "Second map, FILE:VARIABLE, on the same grid and in the same units.")
  var b: String
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
      let (mapA, mapB) = (try GridMap.read(a), try GridMap.read(b))
      func place(_ path: String) -> URL { URL(fileURLWithPath: path).resolvingSymlinksInPath() }
      for (option, path) in outputs where [mapA.path, mapB.path].contains(where: { place($0) == place(path) }) {
        throw JobError(.cannotWrite, "\(option) \(path) is one of the files compared; give another name")
      }
      let comparison = try Comparison(
        mapA, mapB, within: within ?? Tolerance(number: 5, isRelative: false), allowsUnlikeUnits: unlikeUnits)
      if let quantiles { try comparison.quantiles.write(to: quantiles) }
      if let map { try comparison.writeMap(to: map) }
      print(json ? try comparison.json() : comparison.table)
    }
  }
}
