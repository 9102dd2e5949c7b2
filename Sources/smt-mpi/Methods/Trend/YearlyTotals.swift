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

/// Adds up the months of a calendar year of a source that count: one value, or two where some belong to the next year.
///
/// A part of a year with a missing month is NaN.
struct YearlyTotals: Reduction {
  let months: YearMonths
  let statistic: YearStatistic
  /// Largest plausible value; what is above is missing.
  var maximum = Double.infinity
  /// Index of the source among those of the job.
  var source = 0

  var width: Int { months.parts.count }

  /// The totals, and the number of months in each.
  var workWidth: Int { 2 * months.parts.count }

  func add(_ step: StepFields, to values: CellBlock) {
    guard let part = months.parts.firstIndex(where: { $0.contains(step.month.month) }) else { return }
    let weight = statistic == .mean ? Double(step.dayCount(ofSource: source)) : 1
    let field = step.field(0, ofSource: source)
    let (totals, counts) = (values[part], values[months.parts.count + part])
    for position in field.indices {
      totals[position] += field[position] <= maximum ? weight * field[position] : .nan
      counts[position] += 1
    }
  }

  func finish(year: Int, work: CellBlock, cells: Range<Int>, to values: CellBlock) { finish(work: work, to: values) }

  /// Makes the result of a year from its work.
  func finish(work: CellBlock, to values: CellBlock) {
    for (part, range) in months.parts.enumerated() {
      let (totals, counts, target) = (work[part], work[months.parts.count + part], values[part])
      for position in target.indices {
        target[position] = counts[position] == Double(range.count) ? totals[position] : .nan
      }
    }
  }
}
