import Distributed

/// The cells that have every year of a period, the only ones of which a mean over the globe can be compared between
/// years.
struct CompleteCells {
  /// The period's years that cells have; a year that no cell has is left out.
  let years: [Int]
  /// Number of the cells.
  let count: Int
  /// The cells' values in each of the years.
  let fields: [SummaryField]

  /// Looks for the years and counts the cells.
  ///
  /// Collective.
  init(_ results: CellResults, _ rows: RecordRows, period: Int) throws {
    let positions = rows.periods[period].positions(in: rows.years)
    let mean = rows.place("mean", period: period)
    let yearCount = rows.place("n_years", period: period)
    var isPresent = [Int](repeating: 0, count: positions.count)
    results.forEachRow { _, row in
      guard row[mean].isFinite else { return }
      for (index, year) in positions.enumerated() where row[rows.place(ofYear: year)].isFinite { isPresent[index] = 1 }
    }
    isPresent = try results.communicator.allReduce(isPresent, .maximum)
    let present = zip(positions, isPresent).filter { $0.1 > 0 }.map(\.0)
    // Every year of a cell with a mean is present, so that the number tells whether it has them all.
    let wanted = Double(present.count)
    let isComplete = { @Sendable (row: UnsafeBufferPointer<Double>) in row[mean].isFinite && row[yearCount] == wanted }
    var own = 0
    results.forEachRow { own += isComplete($1) ? 1 : 0 }
    let count = try results.communicator.allReduce([own], .sum)[0]
    let shown = count > 0 ? present : []
    self.count = count
    years = shown.map { rows.years[$0] }
    fields = shown.map { year in
      let place = rows.place(ofYear: year)
      return SummaryField(name: Self.name(rows.years[year], rows.periods[period])) { isComplete($0) ? $0[place] : .nan }
    }
  }

  /// What the mean of a year goes by.
  static func name(_ year: Int, _ period: ClosedRange<Int>) -> String { "\(period)_year_\(year)" }
}
