import Distributed
import Foundation

/// The time that the name of a file tells: a year, a month, or the first day of some.
struct FileNameTime: Equatable {
  enum Kind: String {
    case year, month, day
  }

  let kind: Kind
  /// The first day, counted as the standard calendar does.
  let start: Int
  /// The year that it lies in.
  let year: Int
  /// The first day behind a year or a month; nil where a file is of some days.
  private let ownEnd: Int?

  private static let calendar = ModelCalendar.standard

  /// The last date in a name: 2001, 2001-01, 200101, 2001.M01, 2001-01-15, 20010115, and with the day of the year 2001009 or
  /// 2001-009; nil where there is none.
  init?(_ path: String) {
    let name = Array(URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent)
    let runs = Self.runs(of: name)
    for index in runs.indices.reversed() {
      // What follows a year, and then a month, by a sign.
      func next(_ place: Int) -> String? {
        guard place < runs.count, runs[place].joinsLast else { return nil }
        return runs[place].digits
      }
      if let time = Self(runs[index].digits, next(index + 1), next(index + 2)) {
        self = time
        return
      }
    }
    return nil
  }

  private init?(_ digits: String, _ second: String?, _ third: String?) {
    func number(_ text: String, _ range: Range<Int>) -> Int? {
      let digits = Array(text)
      return range.upperBound <= digits.count ? Int(String(digits[range])) : nil
    }
    guard let year = number(digits, 0..<4), (1500...2500).contains(year) else { return nil }
    let time: Self?
    switch digits.count {
    case 8: time = Self(year, month: number(digits, 4..<6), day: number(digits, 6..<8))
    case 7: time = Self(year, dayOfYear: number(digits, 4..<7))
    case 6: time = Self(year, month: number(digits, 4..<6))
    case 4:
      switch (second?.count, third?.count) {
      case (3, _): time = Self(year, dayOfYear: second.flatMap { Int($0) })
      case (2, 2): time = Self(year, month: second.flatMap { Int($0) }, day: third.flatMap { Int($0) })
      case (2, _): time = Self(year, month: second.flatMap { Int($0) })
      default: time = Self(kind: .year, Self.first(of: year), year, end: Self.first(of: year + 1))
      }
    default: time = nil
    }
    guard let time else { return nil }
    self = time
  }

  private init(kind: Kind, _ start: Int, _ year: Int, end: Int?) {
    self.kind = kind
    self.start = start
    self.year = year
    ownEnd = end
  }

  private init?(_ year: Int, month: Int?) {
    guard let month, (1...12).contains(month) else { return nil }
    let next = month == 12 ? (year + 1, 1) : (year, month + 1)
    self.init(
      kind: .month, Self.calendar.dayNumber(year: year, month: month, day: 1), year,
      end: Self.calendar.dayNumber(year: next.0, month: next.1, day: 1))
  }

  private init?(_ year: Int, month: Int?, day: Int?) {
    guard let month, let day, (1...12).contains(month),
      (1...Self.calendar.dayCount(of: Month(year: year, month: month))).contains(day)
    else { return nil }
    self.init(kind: .day, Self.calendar.dayNumber(year: year, month: month, day: day), year, end: nil)
  }

  private init?(_ year: Int, dayOfYear: Int?) {
    let first = Self.first(of: year)
    guard let dayOfYear, dayOfYear >= 1, first + dayOfYear <= Self.first(of: year + 1) else { return nil }
    self.init(kind: .day, first + dayOfYear - 1, year, end: nil)
  }

  private static func first(of year: Int) -> Int { calendar.dayNumber(year: year, month: 1, day: 1) }

  /// Runs of digits, and whether nothing but a sign, or a sign and M, lies between each and the one before.
  private static func runs(of name: [Character]) -> [(digits: String, joinsLast: Bool)] {
    var runs: [(digits: String, joinsLast: Bool)] = []
    var between = ""
    var isInside = false
    for character in name {
      let isDigit = character.isASCII && character.isNumber
      if isDigit, isInside {
        runs[runs.count - 1].digits.append(character)
      } else if isDigit {
        runs.append((String(character), ["-", ".", "_", ".M", "M", "_M", "-M"].contains(between)))
      } else {
        if isInside { between = "" }
        between.append(character)
      }
      isInside = isDigit
    }
    return runs
  }

  /// The time axis of files by their names: each step lasts for its year or month, or until the next one, but not beyond the
  /// year's end; the last as long as the one before.
  ///
  /// - Throws: exit code 65 naming a file without a date, or with one of another kind, or two of the same.
  static func axis(of paths: [String]) throws -> RecordAxis {
    let times = try paths.map { path in
      guard let time = FileNameTime(path) else {
        throw JobError(
          .inputData,
          "\(path): has no time, in the file or in its name; expected for example GPP_2001.tif, GPP_2001-01.tif, "
            + "GPP_200101.tif or GPP_2001009.tif")
      }
      return time
    }
    for (index, time) in times.enumerated().dropFirst() {
      guard time.kind == times[0].kind else {
        throw JobError(
          .inputData,
          "\(paths[index]): the name tells a \(time.kind.rawValue), that of \(paths[0]) a \(times[0].kind.rawValue); "
            + "expected names of one form")
      }
      guard time.start > times[index - 1].start else {
        throw JobError(
          .inputData,
          "\(paths[index]): the time in its name is not behind that of \(paths[index - 1]); expected a time for each file, "
            + "in the order of names")
      }
    }
    var days: [(start: Int, end: Int)] = []
    for (index, time) in times.enumerated() {
      let next =
        index + 1 < times.count ? times[index + 1].start : time.start + (days.last.map { $0.end - $0.start } ?? 1)
      days.append((time.start, time.ownEnd ?? min(next, first(of: time.year + 1))))
    }
    let year = times.first?.year ?? 0
    return RecordAxis(
      days: days, origin: first(of: year), units: "days since \(String(format: "%04d", year))-01-01 00:00:00",
      calendar: calendar)
  }
}
