/// Which sums of a monthly series are fitted and scored.
package struct DroughtSeries: Sendable, Equatable {
  /// The index.
  package var index: DroughtIndex
  /// Months of a sum, from 1.
  package var scale: Int
  /// Months of the series.
  package var count: Int
  /// The calendar month of the first of them, 0 for January.
  package var firstMonth: Int
  /// The months in which sums end that are fitted.
  package var reference: Range<Int>
  /// The calendar months that are wanted, 0 for January.
  package var months: [Int]
  /// The largest magnitude of a score; infinite for none.
  package var limit: Double

  /// A description of the work.
  package init(
    _ index: DroughtIndex, scale: Int, count: Int, firstMonth: Int, reference: Range<Int>, months: [Int], limit: Double
  ) {
    self.index = index
    self.scale = scale
    self.count = count
    self.firstMonth = firstMonth
    self.reference = reference
    self.months = months
    self.limit = limit
  }

  /// The months of the series that are a calendar month.
  func places(of month: Int) -> StrideTo<Int> { stride(from: (month - firstMonth + 12) % 12, to: count, by: 12) }

  /// The months of the series in which sums that are fitted end, for a calendar month.
  func fitted(_ month: Int) -> [Int] { places(of: month).filter { reference.contains($0) } }

  /// Years that are drawn together in a bootstrap: sums of neighbouring years share months.
  package var blockYears: Int { (scale + 11) / 12 }
}
