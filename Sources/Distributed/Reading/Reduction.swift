/// What a job makes of the steps of a calendar year while they stream in: a fixed number of values for each cell.
///
/// Steps come in order, each with the fields of all sources, and are combined in double, so that the result does not
/// depend on who reads them.
public protocol Reduction: Sendable {
  /// Values that a year of all sources leaves in a cell.
  var width: Int { get }

  /// Values of a cell that the steps of a year need while they come in; 0 where they are added to the result itself.
  var workWidth: Int { get }

  /// Adds a step's fields to the values of its year: to the work, or to the result where there is no work.
  ///
  /// - Parameters:
  ///   - step: the fields of all sources.
  ///   - values: as many slots as `workWidth`, or `width` where that is 0, on the step's cells; zeros before the first
  ///     step of the year.
  func add(_ step: StepFields, to values: CellBlock)

  /// Makes the result of a year from its work, once all its steps are in.
  ///
  /// - Parameters:
  ///   - year: the calendar year.
  ///   - work: what `add` made; without cells where `workWidth` is 0.
  ///   - cells: positions of the cells in the partition's list.
  ///   - values: the result, `width` slots on the same cells.
  func finish(year: Int, work: CellBlock, cells: Range<Int>, to values: CellBlock)
}

extension Reduction {
  /// No work beside the result.
  public var workWidth: Int { 0 }

  /// Nothing is left to do.
  public func finish(year: Int, work: CellBlock, cells: Range<Int>, to values: CellBlock) {}
}

/// Receives the reduced years of the cells that this rank owns, years of a member in order.
public protocol Collector {
  /// Takes the values of one year.
  ///
  /// - Parameters:
  ///   - member: position in the catalogue's members.
  ///   - year: position in the catalogue's years.
  ///   - values: what the reduction left, on the cells of the rank's share.
  mutating func take(member: Int, year: Int, values: CellBlock)
}
