/// The fields of all sources at one step, on some cells.
public struct StepFields {
  /// The step.
  public let month: Month
  /// The cells, as positions in the partition's list of cells.
  public let cells: Range<Int>
  private let layout: Layout
  /// The values of all fields, in the order of `layout`.
  let allFields: [UnsafePointer<Double>]

  /// The order of the fields of a step: sources after each other, the fields of each in order.
  struct Layout {
    /// The number of the first field of each source, and the number of all fields.
    let firstFields: [Int]
    let calendars: [ModelCalendar]

    /// The order of fields of sources with these numbers of fields and calendars.
    init(fieldCounts: [Int], calendars: [ModelCalendar]) {
      firstFields = fieldCounts.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) }
      self.calendars = calendars
    }

    /// The order of the fields of a catalogue's sources.
    init(_ catalogue: Catalogue) {
      self.init(fieldCounts: catalogue.sources.map(\.fieldCount), calendars: catalogue.sources.map(\.calendar))
    }

    /// Fields of all sources.
    var fieldCount: Int { firstFields[firstFields.count - 1] }
  }

  /// The fields of a step, each on as many cells as `cells`.
  init(_ month: Month, cells: Range<Int>, _ layout: Layout, _ fields: [UnsafePointer<Double>]) {
    self.month = month
    self.cells = cells
    self.layout = layout
    allFields = fields
  }

  /// Days of the step in the calendar of a source.
  public func dayCount(ofSource source: Int) -> Int { layout.calendars[source].dayCount(of: month) }

  /// The number of fields of a source.
  public func fieldCount(ofSource source: Int) -> Int {
    layout.firstFields[source + 1] - layout.firstFields[source]
  }

  /// A field of a source; NaN where a value is missing.
  public func field(_ field: Int, ofSource source: Int) -> FieldValues {
    assert((0..<fieldCount(ofSource: source)).contains(field), "field \(field) of source \(source)")
    return FieldValues(allFields[layout.firstFields[source] + field], count: cells.count)
  }
}
