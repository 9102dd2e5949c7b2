/// The time that maps are statistics of: a scalar coordinate `time`, or one for each period with bounds, which cell methods
/// like `time: mean` refer to (CF 5.7 and 7.3).
///
/// Bounds of a scalar are refused by compliance-checker, which takes it for a vector: comments in the cell methods tell them.
public struct TimeSpan: Sendable {
  private let times: MapAxis
  /// The dimension that it lies along; nil for a scalar.
  private let axis: String?

  /// One span, or several.
  ///
  /// - Parameters:
  ///   - spans: the start of each and its end, seconds from the calendar's origin; at least one.
  ///   - axis: the dimension of several.
  public init(_ spans: [(start: Int, end: Int)], calendar: ModelCalendar, along axis: String = "period") {
    precondition(!spans.isEmpty, "a span of time has a start and an end")
    times = MapAxis(times: spans, calendar: calendar)
    self.axis = spans.count > 1 ? axis : nil
  }

  /// A span of time in a file under construction.
  struct Variables {
    private let span: TimeSpan
    private let time: NetCDFWriter.Variable
    /// Nil for a scalar.
    private let bounds: NetCDFWriter.Variable?

    /// Defines the coordinate; nil where no variable has a method over time, or another one has its name.
    init?(
      _ span: TimeSpan?, methods: [String?], _ axes: inout MapAxes, taken: [String], in writer: NetCDFWriter
    ) throws {
      guard let span, methods.contains(where: Self.isOverTime), !axes.hasTime, !taken.contains("time") else {
        return nil
      }
      var dimensions: [NetCDFWriter.Dimension] = []
      if let axis = span.axis {
        guard let dimension = axes.dimension(axis) else { return nil }
        dimensions = [dimension]
      }
      self.span = span
      // No axis of the variables: it is one of their further coordinates.
      let isScalar = dimensions.isEmpty
      time = try writer.variable(
        "time", .double, dimensions,
        attributes: span.times.attributes.filter { $0.0 != "axis" && !(isScalar && $0.0 == "bounds") })
      bounds = isScalar ? nil : try writer.variable("time_bnds", .double, dimensions + [axes.pair(in: writer)])
    }

    /// Whether cell methods are about time.
    static func isOverTime(_ method: String?) -> Bool { method?.hasPrefix("time:") ?? false }

    /// Whether a variable has this coordinate; one that is of a single period of several has not.
    func isCoordinate(of map: MapWriter.MapVariable) -> Bool {
      Self.isOverTime(map.cellMethods) && span.axis.map { axis in map.axes.contains { $0.name == axis } } ?? true
    }

    func writeValues(to writer: NetCDFWriter) throws {
      try writer.write(span.times.values, to: time)
      if let bounds { try writer.write(span.times.bounds, to: bounds) }
    }
  }
}
