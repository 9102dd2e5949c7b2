import Distributed

/// Quantities in each year of a period, of the cells that have every year, so that years differ by their values and not by
/// their cells.
struct CompleteYears {
  /// The period's years that cells have; a year that no cell has is left out, and all are where no cell has every one.
  let years: [Int]
  /// The number of cells that have every year.
  let cellCount: Int
  /// Rows of the quantities of the period's years, one year after the other; NaN in the cells that do not count.
  let cells: CellResults
  /// By year of `years` and quantity, where in a row it is.
  let places: [[Int]]

  /// Gathers the quantities of this rank's cells.
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
    cells = CellResults(
      held, results.cells.partition, communicator, isSelected: [], rowWithoutData: missing, rowOutside: missing)
    places = shown.map { year in (0..<quantities).map { year * quantities + $0 } }
    years = shown.map { allYears[positions.lowerBound + $0] }
  }
}
