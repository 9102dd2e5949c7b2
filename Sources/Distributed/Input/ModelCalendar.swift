/// The calendars of the CF conventions.
public enum ModelCalendar: String, Codable, Sendable, CaseIterable {
  /// Julian before 1582-10-15, Gregorian from then on (CF's `standard` and `gregorian`).
  case standard
  /// Gregorian throughout.
  case prolepticGregorian = "proleptic_gregorian"
  /// Julian throughout.
  case julian
  /// 365 days in every year.
  case noLeap = "noleap"
  /// 366 days in every year.
  case allLeap = "all_leap"
  /// Twelve months of 30 days.
  case day360 = "360_day"

  /// The calendar that a `calendar` attribute names; `standard` where there is none.
  public init?(attribute: String?) {
    switch attribute?.lowercased() {
    case nil, "standard", "gregorian", "": self = .standard
    case "noleap", "365_day", "no_leap": self = .noLeap
    case "all_leap", "366_day": self = .allLeap
    case let name?:
      guard let calendar = ModelCalendar(rawValue: name) else { return nil }
      self = calendar
    }
  }

  /// Days in a month.
  public func dayCount(of month: Month) -> Int {
    switch self {
    case .day360: return 30
    case .noLeap: return Self.monthLengths[month.month - 1]
    case .allLeap: return month.month == 2 ? 29 : Self.monthLengths[month.month - 1]
    case .julian: return Self.length(month, leap: month.year % 4 == 0)
    case .standard where month.year < 1582: return Self.length(month, leap: month.year % 4 == 0)
    case .standard, .prolepticGregorian:
      let year = month.year
      return Self.length(month, leap: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0))
    }
  }

  /// Days from an origin of the calendar's own to the start of a date.
  public func dayNumber(year: Int, month: Int, day: Int) -> Int {
    switch self {
    case .day360: return 360 * year + 30 * (month - 1) + day - 1
    case .noLeap: return 365 * year + Self.daysBefore[month - 1] + day - 1
    case .allLeap: return 366 * year + Self.daysBefore[month - 1] + (month > 2 ? 1 : 0) + day - 1
    case .julian: return Self.julianDayNumber(year, month, day, gregorian: false)
    case .prolepticGregorian: return Self.julianDayNumber(year, month, day, gregorian: true)
    case .standard:
      let isGregorian = (year, month, day) >= (1582, 10, 15)
      return Self.julianDayNumber(year, month, day, gregorian: isGregorian)
    }
  }

  /// The month that a day number falls into.
  public func month(ofDay day: Int) -> Month {
    switch self {
    case .day360:
      return Month(index: Self.floorDivide(day, 30))
    case .noLeap, .allLeap:
      let length = self == .noLeap ? 365 : 366
      let year = Self.floorDivide(day, length)
      let dayOfYear = day - year * length
      let month = (1...12).last { dayNumber(year: 0, month: $0, day: 1) <= dayOfYear } ?? 1
      return Month(year: year, month: month)
    case .julian: return Self.month(ofJulianDay: day, gregorian: false)
    case .prolepticGregorian: return Self.month(ofJulianDay: day, gregorian: true)
    case .standard: return Self.month(ofJulianDay: day, gregorian: day >= 2_299_161)
    }
  }

  /// Seconds from the calendar's origin to the start of a month.
  public func start(of month: Month) -> Int { 86400 * dayNumber(year: month.year, month: month.month, day: 1) }

  /// Seconds from the start of a month to that of the next.
  func seconds(of month: Month) -> Int { start(of: Month(index: month.index + 1)) - start(of: month) }

  /// Seconds from the calendar's origin to a step.
  func second(of step: Step) -> Int { start(of: step.month) + step.second }

  /// The month that a second, counted from the calendar's origin, falls into.
  func month(at second: Int) -> Month { month(ofDay: Self.floorDivide(second, 86400)) }

  /// The step that begins with a second, counted from the calendar's origin.
  func step(at second: Int) -> Step {
    let month = month(at: second)
    return Step(month, second: second - start(of: month))
  }

  private static let monthLengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
  private static let daysBefore = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334]

  private static func length(_ month: Month, leap: Bool) -> Int {
    month.month == 2 && leap ? 29 : monthLengths[month.month - 1]
  }

  private static func floorDivide(_ a: Int, _ b: Int) -> Int { a >= 0 ? a / b : -((b - 1 - a) / b) }

  // Julian day numbers after E. G. Richards, Explanatory Supplement to the Astronomical Almanac (2013), section 15.11.
  private static func julianDayNumber(_ year: Int, _ month: Int, _ day: Int, gregorian: Bool) -> Int {
    let a = (14 - month) / 12
    let y = year + 4800 - a
    let m = month + 12 * a - 3
    let days = day + (153 * m + 2) / 5 + 365 * y + floorDivide(y, 4)
    return gregorian ? days - floorDivide(y, 100) + floorDivide(y, 400) - 32045 : days - 32083
  }

  private static func month(ofJulianDay day: Int, gregorian: Bool) -> Month {
    var f = day + 1401
    if gregorian { f += floorDivide(floorDivide(4 * day + 274277, 146_097) * 3, 4) - 38 }
    let e = 4 * f + 3
    let g = floorDivide(e - floorDivide(e, 1461) * 1461, 4)
    let h = 5 * g + 2
    let month = (h / 153 + 2) % 12 + 1
    return Month(year: floorDivide(e, 1461) - 4716 + (14 - month) / 12, month: month)
  }
}
