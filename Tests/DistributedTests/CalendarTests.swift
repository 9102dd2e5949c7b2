import Testing

@testable import Distributed

/// Months, calendars and units of time, against the dates that cftime 1.6 gives.
@Suite struct CalendarTests {
  @Test func monthsCountAndSpell() {
    #expect(Month("2004-01") == Month(year: 2004, month: 1))
    #expect(Month(year: 2004, month: 12).index + 1 == Month(year: 2005, month: 1).index)
    #expect(Month(year: 850, month: 7).description == "0850-07")
    #expect(Month(index: -1) == Month(year: -1, month: 12))
    for index in [-25, -13, -12, -1, 0, 11, 12, 24059] {
      let month = Month(index: index)
      #expect((1...12).contains(month.month))
      #expect(Month(year: month.year, month: month.month) == month)
    }
    #expect(Month(year: 2003, month: 12) < Month(year: 2004, month: 1))
    for text in ["2004", "2004-13", "2004-00", "2004-1-1", "-5-01", "x-01", ""] {
      #expect(Month(text) == nil, "\(text)")
    }
  }

  @Test func calendarsAreFoundByAllTheirNames() {
    let names: [(String?, ModelCalendar)] = [
      (nil, .standard), ("", .standard), ("gregorian", .standard), ("Standard", .standard), ("noleap", .noLeap),
      ("NOLEAP", .noLeap), ("365_day", .noLeap), ("360_day", .day360), ("366_day", .allLeap), ("all_leap", .allLeap),
      ("proleptic_gregorian", .prolepticGregorian), ("julian", .julian),
    ]
    for (name, calendar) in names { #expect(ModelCalendar(attribute: name) == calendar, "\(name ?? "none")") }
    #expect(ModelCalendar(attribute: "lunar") == nil)
  }

  @Test func monthsHaveTheirLength() {
    func days(_ calendar: ModelCalendar, _ year: Int, _ month: Int) -> Int {
      calendar.dayCount(of: Month(year: year, month: month))
    }
    #expect([1900, 2000, 2001, 2004].map { days(.standard, $0, 2) } == [28, 29, 28, 29])
    #expect([1900, 2000].map { days(.prolepticGregorian, $0, 2) } == [28, 29])
    #expect(days(.standard, 1500, 2) == 29)
    #expect(days(.prolepticGregorian, 1500, 2) == 28)
    #expect(days(.julian, 1900, 2) == 29)
    #expect(days(.noLeap, 2004, 2) == 28)
    #expect(days(.allLeap, 2001, 2) == 29)
    #expect((1...12).map { days(.day360, 2001, $0) } == [Int](repeating: 30, count: 12))
    #expect((1...12).map { days(.noLeap, 2001, $0) } == [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
  }

  /// Every month begins where the one before ends, in every calendar.
  @Test(arguments: ModelCalendar.allCases)
  func daysAndMonthsAgree(calendar: ModelCalendar) {
    for index in Month(year: 1580, month: 1).index...Month(year: 2101, month: 1).index {
      let month = Month(index: index)
      let first = calendar.dayNumber(year: month.year, month: month.month, day: 1)
      #expect(calendar.month(ofDay: first) == month)
      #expect(calendar.month(ofDay: first - 1) == Month(index: index - 1), "before \(month)")
      // Ten days of October 1582 do not exist.
      if calendar == .standard, month == Month(year: 1582, month: 10) { continue }
      #expect(calendar.month(ofDay: first + calendar.dayCount(of: month) - 1) == month)
      #expect(calendar.month(ofDay: first + calendar.dayCount(of: month)) == Month(index: index + 1))
    }
  }

  @Test func gregorianFollowsJulian() {
    let last = ModelCalendar.standard.dayNumber(year: 1582, month: 10, day: 4)
    #expect(ModelCalendar.standard.dayNumber(year: 1582, month: 10, day: 15) == last + 1)
    #expect(ModelCalendar.standard.dayNumber(year: 2000, month: 1, day: 1) == 2_451_545)
  }

  @Test func instantsFallIntoMonths() throws {
    let cases: [(String, ModelCalendar, Double, Int, Int)] = [
      ("days since 1850-01-01 00:00:00", .noLeap, 60225, 2015, 1), ("days since 1850-01-01", .noLeap, 59, 1850, 3),
      ("days since 1850-01-01", .noLeap, 58.9, 1850, 2), ("days since 1850-01-01", .noLeap, -1, 1849, 12),
      ("days since 0001-01-01", .noLeap, 733_650, 2011, 1), ("days since 1-1-1", .standard, 577_736, 1582, 10),
      ("days since 1582-10-01", .standard, 3, 1582, 10), ("days since 1582-10-01", .standard, 4, 1582, 10),
      ("days since 1582-10-01", .standard, 21, 1582, 11), ("days since 1582-10-01", .standard, 20, 1582, 10),
      ("hours since 1900-01-01 00:00:00", .standard, 911_664, 2004, 1),
      ("hours since 1900-01-01", .standard, 1442, 1900, 3),
      ("hours since 1900-01-01 00:00:0.0", .standard, 1415, 1900, 2), ("days since 2000-01-01", .day360, 59, 2000, 2),
      ("days since 2000-01-01", .day360, 60, 2000, 3), ("days since 2000-01-01", .day360, 10799, 2029, 12),
      ("days since 2000-01-01", .day360, -1, 1999, 12), ("Days since 2000-02-28", .prolepticGregorian, 1, 2000, 2),
      ("days since 2000-02-28", .prolepticGregorian, 2, 2000, 3), ("days since 1900-02-28", .julian, 1, 1900, 2),
      ("days since 2001-02-28", .allLeap, 1, 2001, 2), ("seconds since 1970-01-01", .standard, 951_782_400, 2000, 2),
      ("seconds since 1970-01-01T00:00:00Z", .standard, 951_868_800, 2000, 3),
      ("minutes since 2004-01-01", .noLeap, 44640, 2004, 2), ("minutes since 2004-01-01", .noLeap, 44639, 2004, 1),
      ("days since 1500-02-28", .standard, 1, 1500, 2), ("days since 1500-02-28", .prolepticGregorian, 1, 1500, 3),
      ("days since 2004-02-29 12:00:00", .standard, 0.5, 2004, 3), ("months since 2000-01-01", .standard, 14, 2001, 3),
      ("months since 2000-01-15", .standard, -0.5, 1999, 12),
      ("days since 2000-01-01 06:00", .standard, 30.75, 2000, 2),
      // Rounding leaves stamps just short of the midnight that is meant.
      ("days since 2000-01-01", .standard, 31 - 1e-9, 2000, 2), ("days since 2000-01-01", .noLeap, -1e-9, 2000, 1),
      ("hours since 2000-01-01", .standard, 744 - 2.4e-8, 2000, 2),
      ("seconds since 2000-01-01", .standard, 2_678_400 - 8.64e-5, 2000, 2),
      ("months since 2000-01-01", .standard, 14 - 1e-9, 2001, 3),
      ("days since 2000-01-01", .standard, 31 - 1e-3, 2000, 1),
    ]
    for (text, calendar, instant, year, month) in cases {
      let units = try #require(TimeUnits(text, calendar), "\(text)")
      #expect(units.month(of: instant) == Month(year: year, month: month), "\(instant) \(text) \(calendar)")
    }
    for text in [
      "days", "days after 2000-01-01", "fortnights since 2000-01-01", "days since 2000", "days since 2000-13-01", "",
    ] {
      #expect(TimeUnits(text, .standard) == nil, "\(text)")
    }
  }
}
