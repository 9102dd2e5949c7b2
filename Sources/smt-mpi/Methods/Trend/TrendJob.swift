import Distributed
import Kernels

/// All that describes a run of the trends, checked; made before MPI starts.
struct TrendJob: Job {
  let settings: JobSettings
  let record: RecordYears
  /// What the user calls the quantity; nil where files and the source tell.
  let quantityName: String?
  /// Largest plausible value of a month.
  let maximum: Double?
  let statistic: YearStatistic
  let months: YearMonths
  let confidence: Double
  let correction: TrendCorrection

  init(_ command: Trend) throws {
    guard let source = command.source else {
      throw JobError(.usage, "--source is missing; e.g. --source 'GLDAS*.nc4:Evap_tavg'")
    }
    guard command.confidence > 0, command.confidence < 1 else {
      throw JobError(
        .usage, "--confidence \(command.confidence.shortText): expected more than 0 and less than 1, for example 0.95")
    }
    quantityName = try command.quantityName.checked()
    maximum = command.maximum
    statistic = command.statistic
    months = try YearMonths(option: command.months)
    confidence = command.confidence
    correction = command.correction
    record = try RecordYears(command.record)
    // Where a year's months begin in the year before, the first year's are those before the first period.
    settings = try JobSettings(
      command,
      [
        try command.record.request(
          "source", source, layering: .combined, command.selection, statistic: command.statistic == .sum ? .sum : .mean,
          orYears: true)
      ],
      period: try command.selection.period() ?? (months.beginInYearBefore ? nil : record.months),
      choice: try command.selection.choice())
  }

  func method(for catalogue: Catalogue, _ communicator: Communicator) throws -> TrendMethod {
    guard catalogue.cadence != .yearly || months.areWholeYear else {
      throw JobError(.usage, "--months is about years of months; the steps of --source are years already")
    }
    return TrendMethod(
      job: self, catalogue: catalogue,
      periods: try record.periods(of: catalogue, settings.requests[0], months: months))
  }

  /// What makes the value of a year of a record.
  ///
  /// A year that is a step of its own comes as its first month, and is taken as it is; of a rate the sum is its amount.
  func totals(of catalogue: Catalogue) -> YearlyTotals {
    let isYearly = catalogue.cadence == .yearly
    return YearlyTotals(
      months: isYearly ? YearMonths(first: 1, last: 1) : months, statistic: isYearly ? .sum : statistic,
      rate: amounts(of: catalogue), maximum: maximum ?? .infinity)
  }

  /// What sums of the record are made of; nil where there are none, or where values are no rates.
  private func amounts(of catalogue: Catalogue) -> RateSum? {
    statistic == .sum ? RateSum(of: catalogue.sources[0], settings.requests[0]) : nil
  }

  /// Units of the yearly value.
  func units(of catalogue: Catalogue) -> String { amounts(of: catalogue)?.units ?? catalogue.sources[0].units }

  /// What to know of sums that are no amounts.
  func notes(on catalogue: Catalogue) -> [String] {
    guard statistic == .sum, catalogue.cadence != .yearly, amounts(of: catalogue) == nil else { return [] }
    return [YearStatistic.noteOfSums(of: catalogue.sources[0])]
  }

  /// The yearly value in words.
  func yearlyValue(of quantity: String, _ catalogue: Catalogue) -> String {
    if catalogue.cadence == .yearly {
      return (amounts(of: catalogue) == nil ? "yearly value of " : "annual sum of ") + quantity
    }
    if months.areWholeYear { return "annual \(statistic.rawValue) of \(quantity)" }
    return "\(statistic.rawValue) of \(quantity) over \(months.text)"
  }
}
