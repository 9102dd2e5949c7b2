import Distributed

/// Makes of a year's steps the value of a predictor; NaN where the year is not complete.
struct PredictorReduction: Reduction {
  let statistic: PredictorStatistic
  let calendar: ModelCalendar
  /// How far apart steps are.
  private let cadence: Cadence

  /// The value of a year of a record.
  init(_ statistic: PredictorStatistic, of catalogue: Catalogue) {
    self.statistic = statistic
    calendar = catalogue.sources[0].calendar
    cadence = catalogue.cadence
  }

  let width = 1
  /// What the steps add up to, or their extreme, and their days.
  var workWidth: Int { 2 }

  func add(_ step: StepFields, to values: CellBlock) {
    let (field, result, total) = (step.field(0, ofSource: 0), values[0], values[1])

    let days = statistic == .timeless ? 1 : step.days(ofSource: 0)
    switch statistic {
    case .mean: for cell in field.indices { result[cell] += days * field[cell] }
    case .sum: for cell in field.indices { result[cell] += field[cell] }
    case .minimum: Self.keep(field, in: result, total) { $0 < $1 }
    case .maximum: Self.keep(field, in: result, total) { $0 > $1 }
    case .month, .timeless: for cell in field.indices { result[cell] = field[cell] }
    }
    for cell in field.indices { total[cell] += days }
  }

  /// Keeps the more extreme of two values; NaN where any is missing.
  private static func keep(
    _ field: FieldValues, in result: CellValues, _ total: CellValues, _ isBetter: (Double, Double) -> Bool
  ) {
    for cell in field.indices {
      let value = field[cell]
      if total[cell] == 0 || value.isNaN || isBetter(value, result[cell]) {
        result[cell] = result[cell].isNaN ? .nan : value
      }
    }
  }

  func finish(year: Int, work: CellBlock, cells: Range<Int>, to values: CellBlock) {
    let (sum, days, result) = (work[0], work[1], values[0])
    guard days.count > 0 else { return }
    guard isComplete(year, days: days[0]) else { return result.fill(.nan) }
    for cell in result.indices { result[cell] = statistic == .mean ? sum[cell] / days[cell] : sum[cell] }
  }

  /// Whether so many days fill a year, but for less than a step: composites of some days may begin before it.
  private func isComplete(_ year: Int, days: Double) -> Bool {
    guard statistic != .timeless else { return true }
    let all = (1...12).reduce(0) { $0 + calendar.dayCount(of: Month(year: year, month: $1)) }
    var step = 1e-3
    if case .days(let count) = cadence, count > 1 { step = Double(count) }
    return Double(all) - days < step
  }
}
