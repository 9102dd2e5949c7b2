import Distributed
import Kernels

/// From the yearly totals of a cell to the trends of its periods.
final class TrendCells: YearlyCells {
  private let values: YearValues
  private let years: [Double]
  private let periods: [Range<Int>]
  /// By year: what its total is divided by.
  private let divisors: [Double]
  private let estimator: TrendEstimator

  init(_ job: TrendJob, catalogue: Catalogue, periods: [ClosedRange<Int>], _ values: YearValues) {
    self.values = values
    let years = catalogue.years.map(\.year)
    let calendar = catalogue.sources[0].calendar
    self.years = years.map(Double.init)
    self.periods = periods.map { $0.positions(in: years) }
    let totals = job.totals(of: catalogue)
    divisors = years.map { year in
      guard totals.statistic == .mean else { return 1 }
      return Double(totals.months.months(ofYear: year).map(calendar.dayCount).reduce(0, +))
    }
    estimator = TrendEstimator(
      options: TrendOptions(
        confidence: job.confidence, correction: job.correction, minimumCount: job.record.minimumYears,
        tieTolerance: TrendOptions.roundingOfSums),
      maximumCount: max(3, years.count))
  }

  func begin(_ position: Int) -> CellBeginning<[TrendCell]> {
    let series = yearlyValues(position)
    return .finished(
      periods.map { period in
        let own = Array(series[period])
        guard !own.contains(where: \.isInfinite) else { return TrendCell(.implausibleRange) }
        return TrendCell(estimator.estimate(times: Array(years[period]), values: own), series: own)
      })
  }

  func yearlyValues(_ position: Int) -> [Double] {
    values.withYears(years.indices, ofCell: position) { totals in
      years.indices.map { year in
        var total = totals[year * values.width]
        // Years follow each other without gaps; what an absent one leaves is missing.
        if values.width == 2 { total += year > 0 ? totals[(year - 1) * values.width + 1] : .nan }
        return total / divisors[year]
      }
    }
  }
}
