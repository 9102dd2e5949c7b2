/// Months of a source on their way to the reduced values of their year.
///
/// Months of a year, and fields of a month, come in order; the next year begins when the last one is complete.
final class YearAccumulation<Reduction: YearReduction> {
  private let reduction: Reduction
  private let source: Int
  private let months: [Month]
  private let calendar: ModelCalendar
  private let fieldCount: Int
  private let cells: Range<Int>
  /// What the months need while they come in; nil where they are added to the result itself.
  private let work: Block?

  /// An accumulation of months of the catalogue's source on these cells, positions in the partition's list.
  init(_ reduction: Reduction, source: Int, of catalogue: Catalogue, cells: Range<Int>) {
    self.reduction = reduction
    self.source = source
    self.cells = cells
    months = catalogue.months
    calendar = catalogue.sources[source].calendar
    fieldCount = catalogue.sources[source].fieldCount
    let width = reduction.workWidth(ofSource: source)
    work = width > 0 ? Block(capacity: width * cells.count) : nil
  }

  /// Bytes that an accumulation on this many cells holds.
  static func bytes(_ reduction: Reduction, source: Int, cells: Int) -> Int {
    8 * reduction.workWidth(ofSource: source) * cells
  }

  /// Adds a field of a month of the job; true where the year, `values[slot * cells + position]`, is complete with it.
  func add(
    month index: Int, field: Int, _ fieldValues: UnsafePointer<Double>, to values: UnsafeMutablePointer<Double>
  ) -> Bool {
    let month = months[index]
    if field == 0, index == 0 || months[index - 1].year != month.year {
      values.update(repeating: 0, count: reduction.width(ofSource: source) * cells.count)
      if let work { work.pointer.update(repeating: 0, count: work.capacity) }
    }
    reduction.add(
      source: source, month: month, dayCount: calendar.dayCount(of: month), field: field, fieldValues, cells: cells,
      to: work?.pointer ?? values)
    let isLast = index + 1 == months.count || months[index + 1].year != month.year
    guard isLast, field + 1 == fieldCount else { return false }
    if let work {
      reduction.finish(source: source, year: month.year, work: UnsafePointer(work.pointer), cells: cells, to: values)
    }
    return true
  }
}
