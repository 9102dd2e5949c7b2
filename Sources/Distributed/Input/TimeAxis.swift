/// The months of a file's records.
struct TimeAxis: Codable, Sendable, Hashable {
  /// The month of each record.
  var months: [Month]
  /// The calendar that gives months their length.
  var calendar: ModelCalendar
  /// Whether months come from the mean of the time bounds, and not from the time stamps alone.
  var hasBounds: Bool

  /// Reads the time coordinate that belongs to a dimension of this name.
  ///
  /// The month of a record is that of the mean of its bounds, because CLM stamps the end of the interval.
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
    guard let units = TimeUnits(unitText, calendar) else {
      throw JobError(
        .inputData,
        "\(file.path): variable '\(dimension)' has units '\(unitText)'; expected for example 'days since 2000-01-01'")
    }
    let stamps = try file.values(time)
    var instants = stamps
    var hasBounds = false
    if let name = file.text("bounds", of: time), let bounds = file.variable(name),
      file.shape(bounds) == [stamps.count, 2]
    {
      let edges = try file.values(bounds)
      instants = stamps.indices.map { (edges[2 * $0] + edges[2 * $0 + 1]) / 2 }
      hasBounds = true
    }
    let months = try instants.map { instant in
      guard instant.isFinite, abs(instant) < 1e15 else {
        throw JobError(.inputData, "\(file.path): variable '\(dimension)' or its bounds hold a value that is no time")
      }
      return units.month(of: instant)
    }
    return TimeAxis(months: months, calendar: calendar, hasBounds: hasBounds)
  }
}

/// Units of a time coordinate, as `hours since 1948-01-01 00:00:00`.
struct TimeUnits {
  private enum Step { case days(Double), months }

  private let step: Step
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
    case "days", "day", "d": step = .days(1)
    case "hours", "hour", "hr", "hrs", "h": step = .days(1.0 / 24)
    case "minutes", "minute", "min", "mins": step = .days(1.0 / 1440)
    case "seconds", "second", "sec", "secs", "s": step = .days(1.0 / 86400)
    case "months", "month": step = .months
    default: return nil
    }
    let date = words[2].split(separator: "-").map { Int($0) }
    guard date.count == 3, let year = date[0], let month = date[1], let day = date[2], (1...12).contains(month),
      (1...31).contains(day)
    else { return nil }
    var fraction = 0.0
    if words.count > 3 {
      var unit = 1.0 / 24
      for part in words[3].split(separator: ":") {
        guard let value = Double(part.filter { $0 != "Z" }) else { break }
        fraction += value * unit
        unit /= 60
      }
    }
    referenceDay = calendar.dayNumber(year: year, month: month, day: day)
    referenceFraction = fraction
    referenceMonth = Month(year: year, month: month)
    self.calendar = calendar
  }

  /// The month that an instant falls into.
  func month(of instant: Double) -> Month {
    switch step {
    case .days(let length):
      // A microday forgives sums of hours and seconds that fall just short of midnight.
      let days = (instant * length + referenceFraction + 1e-6).rounded(.down)
      return calendar.month(ofDay: referenceDay + Int(days))
    case .months:
      return Month(index: referenceMonth.index + Int((instant + 1e-6).rounded(.down)))
    }
  }
}
