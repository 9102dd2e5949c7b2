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
  /// Meanings of the categories; empty for depths and times.
  public var meanings: [String]
  /// What kind of coordinate it is.
  private let kind: Kind

  private enum Kind: Equatable {
    case category, depth
    case time(units: String, calendar: ModelCalendar)
    /// A coordinate of numbers as another file has it; calendar and units may be empty
    case numbers(units: String, calendar: String)
  }

  /// Categories, numbered from `first`.
  public init(_ name: String, longName: String, meanings: [String], first: Int = 0) {
    self.name = name
    self.longName = longName
    self.meanings = meanings
    values = meanings.indices.map { Double($0 + first) }
    bounds = []
    kind = .category
  }

  /// Layers of soil between edges in metres.
  public init(depthEdges edges: [Double]) {
    name = "depth"
    longName = "depth below the surface"
    meanings = []
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
    meanings = axis.hasNames ? axis.labels.map(Self.word) : []
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
    meanings = []
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
    meanings = []
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
    meanings = []
    values = zip(starts, ends).map { ($0 + $1) / 2 }
    bounds = zip(starts, ends).flatMap { [$0, $1] }
    kind = .time(units: Self.units("days", since: first), calendar: calendar)
  }

  /// Attributes of the coordinate variable.
  fileprivate var attributes: [(String, NetCDFWriter.Attribute)] {
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

  fileprivate var type: NetCDFType { kind == .category ? .int32 : .double }
}

/// The axes of a file under construction, each defined once.
struct MapAxes {
  private var entries: [(axis: MapAxis, dimension: NetCDFWriter.Dimension, variable: NetCDFWriter.Variable)] = []
  private var boundVariables: [(NetCDFWriter.Variable, [Double])] = []

  /// Defines them.
  ///
  /// - Parameter unlimited: name of the axis that is an unlimited dimension; nil for none.
  init(_ axes: [MapAxis], unlimited: String? = nil, in writer: NetCDFWriter) throws {
    var pair: NetCDFWriter.Dimension?
    for axis in axes where !entries.contains(where: { $0.axis.name == axis.name }) {
      let count = axis.values.count
      let dimension = try writer.dimension(axis.name, count, unlimited: axis.name == unlimited)
      // Of unlimited dimensions the library would make chunks of a few values.
      let variable = try writer.variable(
        axis.name, axis.type, [dimension], attributes: axis.attributes, chunks: dimension.chunks())
      entries.append((axis, dimension, variable))
      if !axis.bounds.isEmpty {
        let two = try pair ?? writer.dimension("bnds", 2)
        pair = two
        let bounds = try writer.variable(
          axis.name + "_bnds", .double, [dimension, two], chunks: dimension.chunks(2))
        boundVariables.append((bounds, axis.bounds))
      }
    }
  }

  func dimensions(_ axes: [MapAxis]) -> [NetCDFWriter.Dimension] {
    axes.compactMap { axis in entries.first { $0.axis.name == axis.name }?.dimension }
  }

  func writeValues(to writer: NetCDFWriter) throws {
    for entry in entries { try writer.write(entry.axis.values, to: entry.variable) }
    for (variable, values) in boundVariables { try writer.write(values, to: variable) }
  }
}
