/// The fields of all sources at one step, on some cells.
public struct StepFields {
  /// The step.
  public let step: Step
  /// Its position in the catalogue's steps.
  public let index: Int
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
    let cadence: Cadence
    /// By source and step its seconds, where the cadence does not tell them.
    let stepSeconds: [[Int]]

    /// The order of fields of sources with these numbers of fields and calendars, at steps of a cadence.
    init(
      fieldCounts: [Int], calendars: [ModelCalendar], cadence: Cadence = .monthly, stepSeconds: [[Int]] = []
    ) {
      self.cadence = cadence
      self.stepSeconds = stepSeconds
      firstFields = fieldCounts.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) }
      self.calendars = calendars
    }

    /// The order of the fields of a catalogue's sources.
    init(_ catalogue: Catalogue) {
      self.init(
        fieldCounts: catalogue.sources.map(\.fieldCount), calendars: catalogue.sources.map(\.calendar),
        cadence: catalogue.cadence, stepSeconds: catalogue.sources.map(\.stepSeconds))
    }

    /// Fields of all sources.
    var fieldCount: Int { firstFields[firstFields.count - 1] }
  }

  /// The fields of a step, each on as many cells as `cells`.
  init(_ step: Step, at index: Int, cells: Range<Int>, _ layout: Layout, _ fields: [UnsafePointer<Double>]) {
    self.step = step
    self.index = index
    self.cells = cells
    self.layout = layout
    allFields = fields
  }

  /// The month that the step is, or lies in.
  public var month: Month { step.month }

  /// Days of the step's month in the calendar of a source.
  public func dayCount(ofSource source: Int) -> Int { layout.calendars[source].dayCount(of: month) }

  /// Days of the step in the calendar of a source; 0 where the record has no time.
  public func days(ofSource source: Int) -> Double {
    let calendar = layout.calendars[source]
    switch layout.cadence {
    case .static: return 0
    case .monthly: return Double(calendar.dayCount(of: month))
    case .yearly: return Double((1...12).reduce(0) { $0 + calendar.dayCount(of: Month(year: step.year, month: $1)) })
    case .days, .hours, .minutes: return Double(layout.stepSeconds[source][index]) / 86400
    }
  }

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
