import ArgumentParser
import Distributed

/// What a year's months become.
enum YearStatistic: String, CaseIterable, ExpressibleByArgument {
  /// Mean weighted by the length of the months
  case mean
  /// Sum of the months' values
  case sum
}

/// Consecutive months that make a year's value; first > last begins in the year before.
struct YearMonths: Equatable, Sendable {
  let first: Int
  let last: Int

  /// Whether the first of the months are those of the year before.
  var beginInYearBefore: Bool { first > last }

  /// Whether the months are those of a calendar year.
  var areWholeYear: Bool { first == 1 && last == 12 }

  /// The months of the year itself, then those at its end that belong to the next year.
  var parts: [ClosedRange<Int>] { beginInYearBefore ? [1...last, first...12] : [first...last] }

  /// All months that make the value of a year.
  func months(ofYear year: Int) -> [Month] {
    parts.enumerated().flatMap { number, part in part.map { Month(year: year - number, month: $0) } }
  }
}

/// Adds up the months of a calendar year that count: one value, or two where some belong to the next year.
///
/// A part of a year with a missing month is NaN.
struct YearlyTotals: YearReduction {
  let months: YearMonths
  let statistic: YearStatistic
  /// Largest plausible value; what is above is missing.
  let maximum: Double

  func width(ofSource source: Int) -> Int { months.parts.count }

  /// The totals, and the number of months in each.
  func workWidth(ofSource source: Int) -> Int { 2 * months.parts.count }

  func add(
    source: Int, month: Month, dayCount: Int, field: Int, _ fieldValues: UnsafePointer<Double>, cells: Range<Int>,
    to values: UnsafeMutablePointer<Double>
  ) {
    guard let part = months.parts.firstIndex(where: { $0.contains(month.month) }) else { return }
    let weight = statistic == .mean ? Double(dayCount) : 1
    let totals = values + part * cells.count
    let counts = values + (months.parts.count + part) * cells.count
    for position in 0..<cells.count {
      totals[position] += fieldValues[position] <= maximum ? weight * fieldValues[position] : .nan
      counts[position] += 1
    }
  }

  func finish(
    source: Int, year: Int, work: UnsafePointer<Double>, cells: Range<Int>, to values: UnsafeMutablePointer<Double>
  ) {
    for (part, range) in months.parts.enumerated() {
      let totals = work + part * cells.count
      let counts = work + (months.parts.count + part) * cells.count
      let target = values + part * cells.count
      for position in 0..<cells.count {
        target[position] = counts[position] == Double(range.count) ? totals[position] : .nan
      }
    }
  }
}
