/// A dimension of maps besides those of the grid: depths with bounds, times with bounds, or categories.
public struct MapAxis: Sendable, Equatable {
  /// Name of the dimension and its coordinate variable.
  public var name: String
  /// What it is, in words.
  public var longName: String
  /// Coordinates: mid-depths in metres, days since the axis' reference, or the numbers of categories.
  public var values: [Double]
  /// Bounds of depths or times, two each; empty for categories.
  public var bounds: [Double]
  /// Meanings of the categories, words of `flag_meanings`; empty for depths and times.
  public var meanings: [String]
  /// Names of the categories as users know them, which the meanings are made of; empty for depths and times.
  public let names: [String]
  /// What kind of coordinate it is.
  private let kind: Kind

  private enum Kind: Equatable {
    case category, depth
    case time(units: String, calendar: ModelCalendar)
    /// A coordinate of numbers as another file has it; calendar and units may be empty
    case numbers(units: String, calendar: String)
  }

  /// Categories of these names, numbered from `first`.
  public init(_ name: String, longName: String, names: [String], first: Int = 0) {
    self.name = name
    self.longName = longName
    self.names = names
    meanings = names.map(Self.word)
    values = names.indices.map { Double($0 + first) }
    bounds = []
    kind = .category
  }

  /// Layers of soil between edges in metres.
  public init(depthEdges edges: [Double]) {
    name = "depth"
    longName = "depth below the surface"
    (names, meanings) = ([], [])
    values = zip(edges, edges.dropFirst()).map { ($0 + $1) / 2 }
    bounds = zip(edges, edges.dropFirst()).flatMap { [$0, $1] }
    kind = .depth
  }

  /// A dimension of maps that were read from a file.
  ///
  /// - Parameter values: one for each index.
  public init(_ axis: SliceAxis) {
    name = axis.name
    longName = axis.name
    values = axis.values
    bounds = []
    names = axis.hasNames ? axis.labels : []
    meanings = names.map(Self.word)
    kind = axis.hasNames ? .category : .numbers(units: axis.units, calendar: axis.calendar)
  }

  /// A coordinate of numbers, in these units.
  ///
  /// - Parameter values: one for each index.
  public init(_ name: String, longName: String, values: [Double], units: String) {
    self.name = name
    self.longName = longName
    self.values = values
    bounds = []
    (names, meanings) = ([], [])
    kind = .numbers(units: units, calendar: "")
  }

  /// Times, each between two instants; the coordinate is the middle.
  ///
  /// - Parameter times: seconds from the calendar's origin, increasing, at least one time.
  public init(times: [(start: Int, end: Int)], calendar: ModelCalendar) {
    let first = times.first.map { calendar.month(at: $0.start).year } ?? 0
    let origin = calendar.start(of: Month(year: first, month: 1))
    // Units in which starts, ends and middles are whole or half numbers.
    let length = [86400, 3600, 60].first { length in
      times.allSatisfy { ($0.start - origin) % length == 0 && ($0.end - origin) % length == 0 }
    }
    let noun = [86400: "days", 3600: "hours", 60: "minutes"][length ?? 1] ?? "seconds"
    name = "time"
    longName = "time"
    (names, meanings) = ([], [])
    bounds = times.flatMap { [$0.start, $0.end] }.map { Double($0 - origin) / Double(length ?? 1) }
    values = times.indices.map { [bounds] index in (bounds[2 * index] + bounds[2 * index + 1]) / 2 }
    kind = .time(units: Self.units(noun, since: first), calendar: calendar)
  }

  /// Calendar years, each between its first day and the next year's; the coordinate is the middle.
  ///
  /// - Parameter years: increasing, at least one.
  public init(years: [Int], calendar: ModelCalendar) {
    self.init(
      times: years.map { year in
        (calendar.start(of: Month(year: year, month: 1)), calendar.start(of: Month(year: year + 1, month: 1)))
      }, calendar: calendar)
  }

  private static func units(_ noun: String, since year: Int) -> String {
    let digits = String(year)
    return "\(noun) since \(String(repeating: "0", count: max(0, 4 - digits.count)) + digits)-01-01 00:00:00"
  }

  /// A name as a word of `flag_meanings`: of letters, digits and what CF allows besides.
  public static func word(_ name: String) -> String {
    String(name.map { $0.isLetter || $0.isNumber || "_-.+@".contains($0) ? $0 : "_" })
  }

  /// Months, each between its first day and the next month's; the coordinate is the middle.
  ///
  /// - Parameter months: increasing, at least one.
  public init(months: [Month], calendar: ModelCalendar) {
    let first = months.first?.year ?? 0
    let origin = calendar.dayNumber(year: first, month: 1, day: 1)
    let starts = months.map { Double(calendar.dayNumber(year: $0.year, month: $0.month, day: 1) - origin) }
    let ends = zip(starts, months).map { $0 + Double(calendar.dayCount(of: $1)) }
    name = "time"
    longName = "time"
    (names, meanings) = ([], [])
    values = zip(starts, ends).map { ($0 + $1) / 2 }
    bounds = zip(starts, ends).flatMap { [$0, $1] }
    kind = .time(units: Self.units("days", since: first), calendar: calendar)
  }

  /// Attributes of the coordinate variable.
  var attributes: [(String, NetCDFWriter.Attribute)] {
    let own: [(String, NetCDFWriter.Attribute)] =
      switch kind {
      case .category:
        [
          ("units", .text("1")), ("flag_values", .numbers(values, .int32)),
          ("flag_meanings", .text(meanings.joined(separator: " "))),
        ]
      case .depth:
        [
          ("standard_name", .text("depth")), ("units", .text("m")), ("positive", .text("down")), ("axis", .text("Z")),
          ("bounds", .text(name + "_bnds")),
        ]
      case .time(let units, let calendar):
        [
          ("standard_name", .text("time")), ("units", .text(units)), ("calendar", .text(calendar.rawValue)),
          ("axis", .text("T")), ("bounds", .text(name + "_bnds")),
        ]
      case .numbers(let units, let calendar):
        (units.isEmpty ? [] : [("units", .text(units))])
          + (calendar.isEmpty
            ? [] : [("standard_name", .text("time")), ("calendar", .text(calendar)), ("axis", .text("T"))])
      }
    return [("long_name", .text(longName))] + own
  }

  /// Whether it is the steps of a record.
  var isTime: Bool {
    switch kind {
    case .time: true
    case .numbers(_, let calendar): !calendar.isEmpty
    case .category, .depth: false
    }
  }

  /// The type of the coordinate variable.
  var type: NetCDFType { kind == .category ? .int32 : .double }
}
