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
    let allYears = method.catalogue.years.map(\.year)
    let positions = method.periods[period].positions(in: allYears)
    let width = positions.count * quantities
    let yearCount = results.rows.place("n_years", period: period)
    let communicator = results.cells.communicator
    var held: [Double] = []
    held.reserveCapacity(results.cells.partition.share(of: communicator.rank).count * width)
    var isPresent = [Int](repeating: 0, count: positions.count)
    results.cells.forEachRow { position, row in
      // A cell with too few years has no result, and tells nothing of a year either.
      let own =
        row[yearCount] >= Double(method.minimumYears) ? values(position) : [Double](repeating: .nan, count: width)
      for year in 0..<positions.count
      where own[year * quantities..<(year + 1) * quantities].allSatisfy(\.isFinite) { isPresent[year] = 1 }
      held += own
    }
    isPresent = try communicator.allReduce(isPresent, .maximum)
    let present = isPresent.indices.filter { isPresent[$0] > 0 }
    // Every year of a cell with a result is present, so that the number tells whether it has them all.
    var own = 0
    results.cells.forEachRow { position, row in
      if row[yearCount] >= Double(method.minimumYears), row[yearCount] == Double(present.count) {
        own += 1
      } else {
        for index in position * width..<(position + 1) * width { held[index] = .nan }
      }
    }
    cellCount = try communicator.allReduce([own], .sum)[0]
    let shown = cellCount > 0 ? present : []
    let missing = [Double](repeating: .nan, count: width)
    let cells = CellResults(
      held, results.cells.partition, communicator, isSelected: [], rowWithoutData: missing, rowOutside: missing)
    let places = shown.flatMap { year in (0..<quantities).map { year * quantities + $0 } }
    let found = try SummaryMeans(
      places.map { place in SummaryField(name: "\(place)") { $0[place] } }, of: cells, on: results.grid)
    years = shown.map { allYears[positions.lowerBound + $0] }
    means = shown.map { year in (0..<quantities).map { found["\(year * quantities + $0)"].area } }
  }
}
