import Distributed

/// A day of the calendar.
struct SiteDate: Hashable, Comparable, Sendable {
  var year: Int
  var month: Int
  var day: Int

  private static let calendar = ModelCalendar.prolepticGregorian

  /// Days from an origin of the calendar's own: a day later is one more.
  var number: Int { Self.calendar.dayNumber(year: year, month: month, day: day) }

  /// Days of the date's month.
  var daysOfMonth: Int { Self.calendar.dayCount(of: Month(year: year, month: month)) }

  /// Days of a year.
  static func days(ofYear year: Int) -> Int {
    calendar.dayNumber(year: year + 1, month: 1, day: 1) - calendar.dayNumber(year: year, month: 1, day: 1)
  }

  static func < (left: SiteDate, right: SiteDate) -> Bool {
    (left.year, left.month, left.day) < (right.year, right.month, right.day)
  }
}

/// A time as station files write it: `2018`, `201801`, `20180131`, `201801312330` or `20180131233000`, with or without `-`, `/`,
/// `:`, `T` and blanks between the parts.
///
/// Seconds are left out.
struct SiteTime: Hashable, Sendable {
  /// The parts that are given.
  enum Resolution: Int, Sendable {
    case year = 4
    case month = 6
    case day = 8
    case minute = 12
  }

  /// The day, or the first one of the month or year.
  var date: SiteDate
  /// Minutes since the day began.
  var minute = 0
  var resolution: Resolution

  /// Reads a time; nil where the text is none.
  init?(_ text: String) {
    var digits: [Int] = []
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digits.append(Int(byte - UInt8(ascii: "0")))
      case UInt8(ascii: "-"), UInt8(ascii: "/"), UInt8(ascii: ":"), UInt8(ascii: "T"), UInt8(ascii: " "): continue
      default: return nil
      }
    }
    let hasSeconds = digits.count == Resolution.minute.rawValue + 2
    guard let resolution = hasSeconds ? .minute : Resolution(rawValue: digits.count) else { return nil }
    func part(_ start: Int, _ count: Int = 2) -> Int { digits[start..<start + count].reduce(0) { 10 * $0 + $1 } }
    self.resolution = resolution
    date = SiteDate(
      year: part(0, 4), month: resolution.rawValue >= 6 ? part(4) : 1, day: resolution.rawValue >= 8 ? part(6) : 1)
    guard (1...12).contains(date.month), (1...date.daysOfMonth).contains(date.day) else { return nil }
    if resolution == .minute {
      guard part(8) < 24, part(10) < 60, !hasSeconds || part(12) < 60 else { return nil }
      minute = 60 * part(8) + part(10)
    }
  }

  /// The last day of the year, month or day.
  var lastDay: SiteDate {
    switch resolution {
    case .year: SiteDate(year: date.year, month: 12, day: 31)
    case .month: SiteDate(year: date.year, month: date.month, day: date.daysOfMonth)
    case .day, .minute: date
    }
  }
}
