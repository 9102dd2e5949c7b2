import ArgumentParser
import Distributed

/// Compares two maps cell by cell.
struct Compare: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compare two maps on the same grid: RMSE, bias, correlation, share of cells that agree.",
    discussion: """
      Every statistic is given twice: plain over cells, and weighted by area: area x landfrac where A's file, or else \
      B's, has them, otherwise cos latitude. Missing values are left out and counted.

      Example:
        smt-mpi compare smt.nc:smt truth.nc:smt --within 5
      """)

  @Argument(help: "First map, FILE:VARIABLE.")
  var a: String
  @Argument(help: "Second map, FILE:VARIABLE, on the same grid and in the same units.")
  var b: String
  @Option(
    help: ArgumentHelp(
      "Largest |A - B| that counts as agreement, in the maps' units; e.g. 20.", valueName: "difference"))
  var within = 5.0
  @Flag(help: "Print JSON; shares are 0 to 1, what cannot be computed is left out.")
  var json = false

  func validate() throws {
    guard within >= 0 else { throw ValidationError("--within \(within): give a difference of 0 or more") }
  }

  func run() throws {
    try onFirstProcess {
      let comparison = try Comparison(try GridMap.read(a), try GridMap.read(b), within: within)
      print(json ? try comparison.json() : comparison.table)
    }
  }
}
