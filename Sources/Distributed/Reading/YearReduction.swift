/// What a job makes of the months of a calendar year while they stream in: a fixed number of values for each cell.
///
/// Months come in order and are combined in double, so that the result does not depend on who reads them.
public protocol YearReduction: Sendable {
  /// Values that a year of a source leaves in a cell.
  func width(ofSource source: Int) -> Int

  /// Values of a cell that the months of a year need while they come in; 0 where they are added to the result itself.
  func workWidth(ofSource source: Int) -> Int

  /// Adds a month's field to the values of its year, which begin as zeros: to the work, or to the result where there is
  /// none. The fields of a month come in order.
  ///
  /// - Parameters:
  ///   - month: the month.
  ///   - dayCount: its length in the source's calendar.
  ///   - field: the number of the field.
  ///   - fieldValues: the month's values at `cells`, NaN where missing.
  ///   - cells: positions in the partition's list of cells.
  ///   - values: by slot and cell: `values[slot * cells.count + position]`.
  func add(
    source: Int, month: Month, dayCount: Int, field: Int, _ fieldValues: UnsafePointer<Double>, cells: Range<Int>,
    to values: UnsafeMutablePointer<Double>)

  /// Makes the result of a year from its work, once all its months are in.
  func finish(
    source: Int, year: Int, work: UnsafePointer<Double>, cells: Range<Int>, to values: UnsafeMutablePointer<Double>)
}

extension YearReduction {
  /// No work beside the result.
  public func workWidth(ofSource source: Int) -> Int { 0 }

  /// Nothing is left to do.
  public func finish(
    source: Int, year: Int, work: UnsafePointer<Double>, cells: Range<Int>, to values: UnsafeMutablePointer<Double>
  ) {}
}

/// Receives the reduced years of the cells that this rank owns, years of a source and member in order.
public protocol YearCollector {
  /// Takes the values of one year: `values[slot * cells + position]`, positions counted within the rank's share.
  mutating func take(source: Int, member: Int, year: Int, values: UnsafeBufferPointer<Double>)
}
