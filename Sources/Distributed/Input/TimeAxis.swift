/// The times of a file's steps, in seconds from the origin of their calendar.
struct TimeAxis: Codable, Sendable, Hashable {
  /// Where the interval of each step begins; the time stamps where there are no bounds.
  @PackedIntegers var starts: [Int]
  /// Where it ends; empty where there are no bounds.
  @PackedIntegers var ends: [Int]
  /// The calendar that gives months their length.
  var calendar: ModelCalendar
  /// Whether the variable has no time dimension.
  var isStatic = false

  /// The time of a variable that has none.
  static let `static` = TimeAxis(starts: [0], ends: [], calendar: .standard, isStatic: true)

  init(starts: [Int], ends: [Int], calendar: ModelCalendar, isStatic: Bool = false) {
    self.starts = starts
    self.ends = ends
    self.calendar = calendar
    self.isStatic = isStatic
  }

  /// The number of steps.
  var count: Int { starts.count }

  /// Whether steps have bounds and not time stamps alone.
  var hasBounds: Bool { isStatic || !ends.isEmpty }

  /// Whether some of the steps have a length.
  var haveLength: Bool { zip(starts, ends).contains { $0 < $1 } }

  /// The instant that tells which month, day or year a step is: the middle of its bounds, because CLM stamps the end
  /// of the interval; else the stamp.
  func instant(_ index: Int) -> Int { ends.isEmpty ? starts[index] : (starts[index] + ends[index]) >> 1 }

  /// The month of each step.
  var months: [Month] { starts.indices.map { calendar.month(at: instant($0)) } }

  /// Reads the time coordinate that belongs to a dimension of this name.
  static func read(dimension: String, in file: NetCDFFile) throws -> TimeAxis {
    guard let time = file.variable(dimension), time.dimensions.count == 1 else {
      throw JobError(.inputData, "\(file.path): the time dimension '\(dimension)' has no coordinate variable")
    }
    let calendarName = file.text("calendar", of: time)
    guard let calendar = ModelCalendar(attribute: calendarName) else {
      throw JobError(
        .inputData,
        "\(file.path): variable '\(dimension)' has calendar '\(calendarName ?? "")'; expected one of "
          + ModelCalendar.allCases.map(\.rawValue).joined(separator: ", "))
    }
    let unitText = file.text("units", of: time) ?? ""
    try file.checkAttributes()
    guard let units = TimeUnits(unitText, calendar) else {
      throw JobError(
        .inputData,
        "\(file.path): variable '\(dimension)' has units '\(unitText.prefix(200))'; expected for example "
          + "'days since 2000-01-01'")
    }
    func seconds(_ values: some Sequence<Double>, of name: String) throws -> [Int] {
      try values.map { value in
        guard let second = units.second(of: value) else {
          throw JobError(
            .inputData,
            "\(file.path): variable '\(name)' holds \(value) \(unitText), which is no time; expected years from "
              + "-\(InputLimit.year) to \(InputLimit.year)")
        }
        return second
      }
    }
    guard try file.valueCount(time) <= InputLimit.steps else {
      throw JobError(
        .inputData,
        "\(file.path): variable '\(dimension)' has \(file.shape(time)[0]) times; expected \(InputLimit.steps) at most")
    }
    let stamps = try file.values(time)
    guard let name = file.text("bounds", of: time), let bounds = file.variable(name),
      file.shape(bounds) == [stamps.count, 2]
    else { return TimeAxis(starts: try seconds(stamps, of: dimension), ends: [], calendar: calendar) }
    let edges = try seconds(try file.values(bounds), of: name)
    return TimeAxis(
      starts: stamps.indices.map { min(edges[2 * $0], edges[2 * $0 + 1]) },
      ends: stamps.indices.map { max(edges[2 * $0], edges[2 * $0 + 1]) }, calendar: calendar)
  }
}

/// Units of a time coordinate, as `hours since 1948-01-01 00:00:00`.
struct TimeUnits {
  /// Days of a unit, or months: those of a calendar, of whatever length.
  private enum Unit { case days(Double), months(Int) }

  private let unit: Unit
  private let referenceDay: Int
  private let referenceFraction: Double
  private let referenceMonth: Month
  private let calendar: ModelCalendar

  /// Whether a text has the form of time units.
  static func isTime(_ text: String) -> Bool { text.contains(" since ") }

  init?(_ text: String, _ calendar: ModelCalendar) {
    let words = text.split(whereSeparator: { $0 == " " || $0 == "T" }).map(String.init)
    guard words.count >= 3, words[1] == "since" else { return nil }
    switch words[0].lowercased() {
    case "days", "day", "d": unit = .days(1)
    case "hours", "hour", "hr", "hrs", "h": unit = .days(1.0 / 24)
    case "minutes", "minute", "min", "mins": unit = .days(1.0 / 1440)
    case "seconds", "second", "sec", "secs", "s": unit = .days(1.0 / 86400)
    case "months", "month": unit = .months(1)
    case "years", "year": unit = .months(12)
    default: return nil
    }
    let isBeforeChrist = words[2].hasPrefix("-")
    let date = words[2].split(separator: "-").map { Int($0) }
    guard date.count == 3, let year = date[0].map({ isBeforeChrist ? -$0 : $0 }), let month = date[1],
      let day = date[2], (1...12).contains(month), (1...31).contains(day), year.magnitude <= InputLimit.year
    else { return nil }
    // A time zone follows the time after a space, or its sign does.
    var clock = words.count > 3 ? words[3] : ""
    var zone = words.count > 4 ? words[4] : ""
    if let sign = clock.dropFirst().firstIndex(where: { $0 == "+" || $0 == "-" }) {
      (clock, zone) = (String(clock[..<sign]), String(clock[sign...]))
    }
    referenceDay = calendar.dayNumber(year: year, month: month, day: day)
    guard let time = Self.fraction(ofClock: clock), let ahead = Self.fraction(ofZone: zone) else { return nil }
    referenceFraction = time - ahead
    referenceMonth = Month(year: year, month: month)
    self.calendar = calendar
  }

  /// The part of a day that a time is: `06:00`; nil for one longer than a day.
  private static func fraction(ofClock text: String) -> Double? {
    var fraction = 0.0
    var unit = 1.0 / 24
    for part in text.split(separator: ":") {
      guard let value = Double(part.filter { $0 != "Z" }) else { break }
      fraction += value * unit
      unit /= 60
    }
    return (0...1).contains(fraction) ? fraction : nil
  }

  /// The part of a day by which clocks of a zone are ahead: `+05:30`, `-0600` or `-6`; 0 for `UTC` and the like.
  private static func fraction(ofZone text: String) -> Double? {
    guard let first = text.first, first == "+" || first == "-" else { return 0 }
    var digits = text.dropFirst()
    if !digits.contains(":"), digits.count > 2 {
      digits = Substring(digits.dropLast(2) + ":" + digits.suffix(2))
    }
    return fraction(ofClock: String(digits)).map { first == "-" ? -$0 : $0 }
  }

  /// Seconds from the calendar's origin to an instant; nil where it is too far away for a date.
  ///
  /// Years and months are those of the calendar: parts of them are parts of the month, or the twelve months, that has
  /// begun. They count from the first day of the reference's month.
  func second(of instant: Double) -> Int? {
    switch unit {
    case .days(let length):
      // A microday forgives sums of hours and seconds that fall just short of midnight.
      let days = instant * length + referenceFraction + 1e-6
      guard abs(days) < 366 * Double(2 * InputLimit.year) else { return nil }
      let whole = days.rounded(.down)
      return 86400 * (referenceDay + Int(whole)) + Int((days - whole) * 86400)
    case .months(let length):
      guard abs(instant) * Double(length) < 12 * Double(2 * InputLimit.year) else { return nil }
      let whole = (instant + 1e-6).rounded(.down)
      let first = referenceMonth.index + length * Int(whole)
      let (start, end) = (calendar.start(of: Month(index: first)), calendar.start(of: Month(index: first + length)))
      return start + Int(max(0, instant - whole) * Double(end - start))
    }
  }

  /// The month that an instant falls into.
  func month(of instant: Double) -> Month? { second(of: instant).map { calendar.month(at: $0) } }
}
