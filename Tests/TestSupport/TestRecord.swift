import Distributed

/// A record of steps of any length for tests, without members or layers, in one file or many.
public struct TestRecord: Sendable {
  /// How days make months and years.
  public enum Calendar: String, Sendable, CaseIterable {
    case standard, noLeap = "noleap", day360 = "360_day", prolepticGregorian = "proleptic_gregorian", julian

    /// Days of a month.
    public func length(of month: Month) -> Int {
      if self == .day360 { return 30 }
      let year = month.year
      let isLeap =
        switch self {
        case .noLeap, .day360: false
        case .julian: year % 4 == 0
        case .standard, .prolepticGregorian: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        }
      if month.month == 2 { return isLeap ? 29 : 28 }
      return [4, 6, 9, 11].contains(month.month) ? 30 : 31
    }

    /// Days from the start of one month to that of another.
    public func days(from first: Month, to last: Month) -> Int {
      guard first <= last else { return -days(from: last, to: first) }
      return (first.index..<last.index).reduce(0) { $0 + length(of: Month(index: $1)) }
    }
  }

  /// Which instant of a step stands for it.
  public enum Stamp: Sendable, CaseIterable {
    case start, middle, end
  }

  /// The month from whose start on all days are counted.
  public var first: Month
  /// How days make months and years.
  public var calendar: Calendar
  /// Where steps begin and end, in days.
  public var steps: [(start: Double, end: Double)]
  /// Which instant of a step stands for it.
  public var stamp = Stamp.start
  /// Whether the variable has no time dimension; the first step is written.
  public var isStatic = false
  /// Whether there are bounds.
  public var hasBounds = true
  /// Units of the variable.
  public var units = "kg m-2"
  /// The unit of the time coordinate.
  public var unit = "days"
  /// Steps of a file; all where it is 0.
  public var stepsPerFile = 0
  /// Steps of a chunk; 0 stores the variable contiguously.
  public var stepsPerChunk = 1
  /// Rows and columns of the grid.
  public var shape = (rows: 2, columns: 3)
  /// The value of a step, by its number, in a cell; NaN where it is missing.
  public var value: @Sendable (_ step: Int, _ cell: Int) -> Double

  /// Steps of so many days, or parts of a day, one after another; those that begin anew with a year end with it.
  public init(
    from first: Month, to last: Month, calendar: Calendar, days length: Double, beginWithYear: Bool = false,
    value: @escaping @Sendable (_ step: Int, _ cell: Int) -> Double
  ) {
    self.first = first
    self.calendar = calendar
    self.value = value
    let end = Month(index: last.index + 1)
    let yearEnds = (first.year...last.year).map {
      Double(calendar.days(from: first, to: Month(year: $0 + 1, month: 1)))
    }
    let all = Double(calendar.days(from: first, to: end))
    steps = []
    var start = 0.0
    while start < all - 1e-9 {
      var next = start + length
      if beginWithYear, let end = yearEnds.first(where: { $0 > start + 1e-9 }) { next = min(next, end) }
      steps.append((start, next))
      // Parts of a day are counted from its start, so that rounding does not add up.
      start = length < 1 ? Double(steps.count) * length : next
    }
  }

  /// Months, or years of a number of months, from a month on.
  public init(
    from first: Month, count: Int, months: Int, calendar: Calendar,
    value: @escaping @Sendable (_ step: Int, _ cell: Int) -> Double
  ) {
    self.first = first
    self.calendar = calendar
    self.value = value
    steps = (0..<count).map { number in
      let month = Month(index: first.index + number * months)
      return (
        Double(calendar.days(from: first, to: month)),
        Double(calendar.days(from: first, to: Month(index: month.index + months)))
      )
    }
  }

  /// Where a month begins and ends, in days.
  public func days(of month: Month) -> (start: Double, end: Double) {
    let start = Double(calendar.days(from: first, to: month))
    return (start, start + Double(calendar.length(of: month)))
  }

  /// The mean of the steps that a cell has in a month, weighted by the part of each that lies in it, and the share of the
  /// month that they are.
  public func mean(_ month: Month, cell: Int) -> (mean: Double, share: Double) {
    let (start, end) = days(of: month)
    var (sum, weights) = (0.0, 0.0)
    for (number, step) in steps.enumerated() {
      let overlap = min(step.end, end) - max(step.start, start)
      let value = Double(Float(value(number, cell)))
      guard overlap > 1e-9, !value.isNaN else { continue }
      sum += overlap * value
      weights += overlap
    }
    return (sum / weights, weights / (end - start))
  }

  /// Writes the files and gives the source, `PATTERN:v`.
  public func write(to folder: String) throws -> String {
    let length = stepsPerFile == 0 ? max(1, steps.count) : stepsPerFile
    for (number, start) in stride(from: 0, to: steps.count, by: length).enumerated() {
      try write(start..<min(start + length, steps.count), to: "\(folder)/part\(1000 + number).nc")
    }
    return "\(folder)/part*.nc:v"
  }

  private func write(_ range: Range<Int>, to path: String) throws {
    let writer = try NetCDFWriter(path)
    let time = try writer.dimension("time", range.count, unlimited: stepsPerChunk > 0 && !isStatic)
    let latitude = try writer.dimension("lat", shape.rows)
    let longitude = try writer.dimension("lon", shape.columns)
    var attributes: [(String, NetCDFWriter.Attribute)] = [
      ("units", .text("\(unit) since \(first.year)-\(first.month)-1")), ("calendar", .text(calendar.rawValue)),
    ]
    if hasBounds { attributes.append(("bounds", .text("time_bnds"))) }
    let stamps = try writer.variable("time", .double, [time], attributes: attributes)
    let bounds =
      hasBounds ? try writer.variable("time_bnds", .double, [time, try writer.dimension("two", 2)]) : nil
    let latitudes = try writer.variable("lat", .double, [latitude], attributes: [("units", .text("degrees_north"))])
    let longitudes = try writer.variable("lon", .double, [longitude], attributes: [("units", .text("degrees_east"))])
    let variable = try writer.variable(
      "v", .float, (isStatic ? [] : [time]) + [latitude, longitude],
      attributes: [("units", .text(units)), ("_FillValue", .numbers([-9999], .float))],
      chunks: stepsPerChunk > 0 && !isStatic ? [min(stepsPerChunk, range.count), shape.rows, shape.columns] : nil,
      deflate: stepsPerChunk > 0 && !isStatic ? 1 : 0)
    try writer.endDefinitions()
    let scale = unit == "hours" ? 24.0 : 1
    let own = steps[range]
    try writer.write(
      own.map { step in
        switch stamp {
        case .start: step.start * scale
        case .middle: (step.start + step.end) / 2 * scale
        case .end: step.end * scale
        }
      }, to: stamps, start: [0], count: [range.count])
    if let bounds {
      try writer.write(
        own.flatMap { [$0.start * scale, $0.end * scale] }, to: bounds, start: [0, 0], count: [range.count, 2])
    }
    try writer.write((0..<shape.rows).map(Double.init), to: latitudes)
    try writer.write((0..<shape.columns).map(Double.init), to: longitudes)
    let values = range.flatMap { step in
      (0..<shape.rows * shape.columns).map { cell in
        let value = value(step, cell)
        return value.isNaN ? -9999 : value
      }
    }
    let lengths = (isStatic ? [] : [range.count]) + [shape.rows, shape.columns]
    try writer.write(
      isStatic ? Array(values.prefix(shape.rows * shape.columns)) : values, to: variable, start: lengths.map { _ in 0 },
      count: lengths)
    try writer.commit()
  }
}
