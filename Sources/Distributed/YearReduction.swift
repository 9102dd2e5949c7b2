/// What a job makes of the months of a calendar year while they stream in: a fixed number of values for each cell.
///
/// Months come in order and are combined in double, so that the result does not depend on who reads them.
public protocol YearReduction: Sendable {
  /// Values that a year of a source leaves in a cell.
  func width(ofSource source: Int) -> Int

  /// Adds a month's field to the values of its year, which begin as zeros.
  ///
  /// - Parameters:
  ///   - month: the month.
  ///   - dayCount: its length in the source's calendar.
  ///   - field: the month's values at `cells`, NaN where missing.
  ///   - cells: positions in the partition's list of cells.
  ///   - values: `width` values for each of `cells`: `values[slot * cells.count + position]`.
  func add(
    source: Int, month: Month, dayCount: Int, field: UnsafePointer<Double>, cells: Range<Int>,
    to values: UnsafeMutablePointer<Double>)
}

/// Receives the reduced years of the cells that this rank owns, years of a source and member in order.
public protocol YearCollector {
  /// Takes the values of one year: `values[slot * cells + position]`, positions counted within the rank's share.
  mutating func take(source: Int, member: Int, year: Int, values: UnsafeBufferPointer<Double>)
}
