import Foundation
import TestSupport
import Testing

@testable import Distributed

/// Steps, cadences and times finer than months.
@Suite struct StepTests {
  @Test func stepsAreOrderedAndOneNumber() throws {
    let months = [Month(year: 2004, month: 2), Month(year: 2004, month: 3), Month(year: -1, month: 12)]
    for month in months {
      for second in [0, 1, 86399, 86400, 31 * 86400 - 1] {
        let step = Step(month, second: second)
        #expect(step.month == month && step.second == second && step.year == month.year)
        #expect(step.day == second / 86400 + 1)
        let text = try JSONEncoder().encode([step])
        #expect(try JSONDecoder().decode([Step].self, from: text) == [step])
        #expect(text.count < 20)
      }
    }
    #expect(Step(months[0], second: 29 * 86400 - 1) < Step(months[1]))
    #expect(Step(months[2], second: 5) < Step(months[0]))
    #expect(Step(months[0], second: 28 * 86400).description == "2004-02-29")
    #expect(Step(months[0], second: 6 * 3600 + 1800).description == "2004-02-01T06:30")
    #expect(Step(months[0], second: 40000).rounded(to: 10800) == Step(months[0], second: 32400))
    let texts = [
      (Cadence.yearly, "2004"), (.monthly, "2004-02"), (.daily, "2004-02-29"), (.hours(3), "2004-02-29"),
    ]
    for (cadence, text) in texts {
      #expect(cadence.text(of: Step(months[0], second: 28 * 86400)) == text)
    }
  }

  /// Eighty years of hours, and numbers without any order.
  @Test func integersArePackedInFewBytes() throws {
    struct Holder: Codable {
      @PackedIntegers var numbers: [Int]
    }
    func size(_ numbers: [Int]) throws -> Int {
      let data = try JSONEncoder().encode(Holder(numbers: numbers))
      #expect(try JSONDecoder().decode(Holder.self, from: data).numbers == numbers)
      return data.count
    }
    #expect(try size((0..<700_000).map { 210_866_000_000 + 3600 * $0 }) < 950_000)
    #expect(try size((0..<700_000).map { $0 % 8760 }) < 950_000)
    #expect(try size([]) < 20)
    _ = try size([.max, .min, 0, -1, 1, .min, .max, 63, 64, -64, -65])
    var random = SystemRandomNumberGenerator()
    _ = try size((0..<1000).map { _ in Int(bitPattern: UInt(random.next())) })
  }

  /// Dates as cftime 1.6 gives them; those of the zone without minutes after UDUNITS' rules.
  @Test func instantsHaveTheirSecond() throws {
    let cases: [(String, ModelCalendar, Double, String)] = [
      ("days since 1850-01-01 00:00:00", .noLeap, 60225.25, "2015-01-01T06:00"),
      ("days since 1-1-1", .standard, 733650.5, "2009-08-30T12:00"),
      ("days since 2000-01-01T00:00:00Z", .standard, 59.75, "2000-02-29T18:00"),
      ("hours since 1900-01-01 00:00:0.0", .standard, 911_671, "2004-01-02T07:00"),
      ("hours since 2000-01-01 06:30", .day360, 1439.5, "2000-03-01T06:00"),
      ("seconds since 1970-01-01", .prolepticGregorian, 951_782_460, "2000-02-29T00:01"),
      ("minutes since 1999-12-31 23:59", .julian, 1, "2000-01-01"),
      ("days since 2000-01-01 00:00:00 +01:00", .standard, 1, "2000-01-01T23:00"),
      ("days since 2000-02-28 12:00:00+05:30", .standard, 1, "2000-02-29T06:30"),
      ("days since 2000-01-01 00:00 +0530", .noLeap, 0.5, "2000-01-01T06:30"),
      ("hours since 2000-01-01 00:00:00 -6", .standard, 0, "2000-01-01T06:00"),
      ("hours since 2000-01-01 00:00:00 UTC", .standard, 5, "2000-01-01T05:00"),
      ("days since 2001-01-01", .allLeap, 59.5, "2001-02-29T12:00"),
      ("months since 2000-01-01", .standard, 13.5, "2001-02-15"),
      ("years since 1900-01-01", .standard, 104, "2004-01-01"),
      ("years since 2000-07-01", .noLeap, 0.5, "2000-12-30T12:00"),
      ("years since 1850-01-01", .day360, 150.5, "2000-07-01"),
    ]
    for (text, calendar, instant, expected) in cases {
      let units = try #require(TimeUnits(text, calendar), "\(text)")
      let second = try #require(units.second(of: instant))
      #expect(calendar.step(at: second).description == expected, "\(instant) \(text) \(calendar)")
      #expect(calendar.second(of: calendar.step(at: second)) == second)
    }
    #expect(try #require(TimeUnits("days since 2000-01-01", .standard)).second(of: 1e13) == nil)
  }

  private func times(_ starts: [Double], _ ends: [Double] = [], _ calendar: ModelCalendar = .noLeap) -> TimeAxis {
    let origin = calendar.start(of: Month(year: 2000, month: 1))
    return TimeAxis(
      starts: starts.map { origin + Int($0 * 86400) }, ends: ends.map { origin + Int($0 * 86400) }, calendar: calendar)
  }

  @Test func cadencesComeFromBoundsOrStamps() {
    let ends = [31.0, 59, 90, 120, 151, 181]
    let cases: [([TimeAxis], Cadence)] = [
      ([times([0])], .monthly), ([times([])], .monthly), ([.static], .static),
      ([times([0], [1])], .daily), ([times([0], [365])], .yearly), ([times([0], [360], .day360)], .yearly),
      ([times([15, 44, 74, 105])], .monthly), ([times([0] + ends.dropLast(), ends)], .monthly),
      ([times([0, 1, 2, 30, 31, 90])], .daily), ([times([0]), times([1]), times([2])], .daily),
      ([times([345, 353, 361, 365, 373])], .days(8)), ([times([0, 10, 20, 31, 41])], .days(10)),
      ([times([0, 0.25, 0.5, 0.75, 9])], .hours(6)), ([times([0, 1.0 / 48, 1.0 / 24])], .minutes(30)),
      ([times([0.5, 1.5, 2.5].map { $0 / 24 })], .hours(1)), ([times([182, 547, 912])], .yearly),
      // A model's first step has no length; bounds count before stamps.
      ([times([0, 0, 1], [0, 1, 2])], .daily), ([times([0, 0.5, 9], [1, 1.5, 10])], .daily),
      // Months of which every other is missing, and seasons, remain months with gaps.
      ([times([15, 75, 135])], .monthly), ([times([0, 90], [90, 181])], .monthly),
    ]
    for (times, cadence) in cases { #expect(Cadence(of: times) == cadence, "\(times)") }
    #expect(
      [Cadence.daily, .days(8), .hours(1), .hours(6), .static].map(\.description)
        == ["daily", "8-daily", "hourly", "6-hourly", "static"])
  }
}
