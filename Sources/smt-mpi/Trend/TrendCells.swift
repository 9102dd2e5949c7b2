import Distributed
import Kernels

/// From the yearly totals of a cell to the trends of its periods, as a row of numbers.
struct TrendCells {
  private let values: YearValues
  private let years: [Double]
  private let periods: [Range<Int>]
  /// By year: what its total is divided by.
  private let divisors: [Double]
  private let hasYearBefore: [Bool]
  private let estimator: TrendEstimator

  init(_ job: TrendJob, catalogue: Catalogue, periods: [ClosedRange<Int>], _ values: YearValues) {
    self.values = values
    let years = catalogue.years.map(\.year)
    let calendar = catalogue.sources[0].calendar
    self.years = years.map(Double.init)
    self.periods = periods.map { $0.positions(in: years) }
    divisors = years.map { year in
      guard job.statistic == .mean else { return 1 }
      return Double(job.months.months(ofYear: year).map(calendar.dayCount).reduce(0, +))
    }
    hasYearBefore = years.indices.map { $0 > 0 && years[$0 - 1] == years[$0] - 1 }
    estimator = TrendEstimator(
      options: TrendOptions(
        confidence: job.confidence, correction: job.correction, minimumCount: job.record.minimumYears,
        tieTolerance: TrendOptions.roundingOfSums),
      maximumCount: max(3, years.count))
  }

  /// Writes the results of all periods of the cell at a position within the rank's share.
  func compute(_ position: Int, into row: UnsafeMutableBufferPointer<Double>) {
    let series = series(position)
    var start = 0
    for period in periods {
      let own = Array(series[period])
      let numbers = TrendFields.numbers(estimator.estimate(times: Array(years[period]), values: own), series: own)
      _ = row[start..<start + numbers.count].update(fromContentsOf: numbers)
      start += numbers.count
    }
    _ = UnsafeMutableBufferPointer(rebasing: row[start...]).update(fromContentsOf: series)
  }

  /// The yearly values of a cell, NaN where a month is missing.
  private func series(_ position: Int) -> [Double] {
    values.withYears(years.indices, ofCell: position) { totals in
      years.indices.map { year in
        var total = totals[year * values.width]
        if values.width == 2 { total += hasYearBefore[year] ? totals[(year - 1) * values.width + 1] : .nan }
        return total / divisors[year]
      }
    }
  }
}
