import ArgumentParser
import Distributed

/// What a year's months become.
enum YearStatistic: String, CaseIterable, ExpressibleByArgument {
  /// Mean weighted by the length of the months
  case mean
  /// Sum of the months' values; of a rate the amount that it makes in them
  case sum

  /// What to know of sums of a source whose units are no rate.
  static func noteOfSums(of source: SourceCatalogue) -> String {
    "--\(source.name) has units '\(source.units)', which are no rate: --statistic sum adds up the values of the months as "
      + "they are"
  }
}

/// Adds up the months of a calendar year of a source that count: one value, or two where some belong to the next year.
///
/// A part of a year with a missing month is NaN.
struct YearlyTotals: Reduction {
  let months: YearMonths
  let statistic: YearStatistic
  /// What a sum is made of where values are rates; nil where they are added up as they are.
  var rate: RateSum?
  /// Largest plausible value; what is above is missing.
  var maximum = Double.infinity
  /// Index of the source among those of the job.
  var source = 0

  var width: Int { months.parts.count }

  /// The totals, and the number of months in each.
  var workWidth: Int { 2 * months.parts.count }

  func add(_ step: StepFields, to values: CellBlock) {
    guard let part = months.parts.firstIndex(where: { $0.contains(step.month.month) }) else { return }
    let weight = statistic == .mean ? Double(step.dayCount(ofSource: source)) : rate?.weight(step.month) ?? 1
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
