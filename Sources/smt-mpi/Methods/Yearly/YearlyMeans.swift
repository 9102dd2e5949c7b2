import Distributed
import Kernels

/// The means over the globe, weighted by area, of quantities that cells have in each year of a period.
///
/// Only cells count that have every year, so that years differ by their values and not by their cells.
struct YearlyMeans {
  /// The period's years that cells have; a year that no cell has is left out.
  let years: [Int]
  /// By year and quantity; NaN on other ranks than 0.
  let means: [[Double]]
  /// The number of cells that count.
  let cellCount: Int

  /// Puts the means together on rank 0.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - quantities: how many there are a year.
  ///   - values: of the cell at a position within the rank's share: those of each of the period's years, one year after the
  ///     other; NaN where a year is missing.
  init<Analysis: YearlyMethod>(
    _ results: MethodResults<Analysis>, of method: Analysis, period: Int, quantities: Int,
    values: (_ position: Int) -> [Double]
  ) throws {
    let complete = try CompleteYears(results, of: method, period: period, quantities: quantities, values: values)
    let places = complete.places.flatMap { $0 }
    let found = try SummaryMeans(
      places.map { place in SummaryField(name: "\(place)") { $0[place] } }, of: complete.cells, on: results.grid)
    (years, cellCount) = (complete.years, complete.cellCount)
    means = complete.places.map { $0.map { found["\($0)"].area } }
  }
}
