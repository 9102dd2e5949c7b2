import Distributed

/// Consecutive months of the year that count; where the first is the later one, they begin in the year before.
struct YearMonths: Equatable, Sendable {
  let first: Int
  let last: Int

  /// All months of the calendar year.
  static let wholeYear = YearMonths(first: 1, last: 12)

  /// The months' first letters.
  private static let letters = Array("JFMAMJJASOND")

  init(first: Int, last: Int) {
    self.first = first
    self.last = last
  }

  /// Reads what `--months` has: `6-8`, `12-2`, one month, or the first letters of months that follow each other, `DJF`.
  ///
  /// - Throws: exit code 64 where the text is none of these, or where the letters are those of several runs of months.
  init(option text: String) throws {
    let numbers = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
    if (1...2).contains(numbers.count), let first = numbers[0], let last = numbers[numbers.count - 1],
      (1...12).contains(first), (1...12).contains(last)
    {
      self.init(first: first, last: last)
      return
    }
    let found = Self.runs(ofLetters: text)
    guard found.count == 1 else {
      let what = found.isEmpty ? "" : " may be " + found.map(\.text).joined(separator: " or ")
      throw JobError(
        .usage,
        "--months '\(text)'\(what): expected first and last month of the year, for example 6-8 or 12-2, or the letters "
          + "of months, for example JJA or DJF")
    }
    self = found[0]
  }

  /// The runs of months whose first letters these are.
  private static func runs(ofLetters text: String) -> [YearMonths] {
    let given = Array(text.uppercased())
    guard (1...12).contains(given.count) else { return [] }
    return letters.indices.filter { start in
      given.indices.allSatisfy { letters[(start + $0) % 12] == given[$0] }
    }.map { YearMonths(first: $0 + 1, last: ($0 + given.count - 1) % 12 + 1) }
  }

  /// Whether the first of the months are those of the year before.
  var beginInYearBefore: Bool { first > last }

  /// Whether the months are those of a calendar year.
  var areWholeYear: Bool { self == .wholeYear }

  /// The months of the year itself, then those at its end that belong to the next year.
  var parts: [ClosedRange<Int>] { beginInYearBefore ? [1...last, first...12] : [first...last] }

  /// Whether a month of the year is among them.
  func contains(_ month: Int) -> Bool { parts.contains { $0.contains(month) } }

  /// All months that make the value of a year.
  func months(ofYear year: Int) -> [Month] {
    parts.enumerated().flatMap { number, part in part.map { Month(year: year - number, month: $0) } }
  }

  /// The months in words: `month 6`, `months 6-8`.
  var text: String { first == last ? "month \(first)" : "months \(first)-\(last)" }

  /// What to know of months that begin in the year before; nil of others.
  var remark: String? {
    guard beginInYearBefore else { return nil }
    let own = first == 12 ? "month 12 of a year counts" : "months \(first)-12 of a year count"
    return own + " with the year that follows"
  }
}
