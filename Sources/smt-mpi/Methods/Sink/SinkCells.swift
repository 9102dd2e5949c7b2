import Distributed
import Kernels

/// From the yearly values of respiration and production of a cell to their trends.
final class SinkCells: YearlyCells {
  /// What the regions of each period have, once they are put together.
  var regions: [SinkRegions] = []
  private let values: YearValues
  private let years: [Double]
  private let periods: [Range<Int>]
  private let parts: Int
  /// By source and year: what its total is divided by.
  private let divisors: [[Double]]
  private let estimator: SinkEstimator

  init(_ method: SinkMethod, _ reduction: SinkReduction, _ values: YearValues) {
    self.values = values
    let years = method.catalogue.years.map(\.year)
    self.years = years.map(Double.init)
    periods = method.periods.map { $0.positions(in: years) }
    parts = reduction.parts
    divisors = [SinkJob.respiration, SinkJob.production].map { source in
      years.map { reduction.divisor(ofYear: $0, source: source) }
    }
    estimator = SinkEstimator(
      minimumYears: method.minimumYears, maximumCount: years.count,
      allowsForAutocorrelation: method.job.allowsForAutocorrelation)
  }

  func begin(_ position: Int) -> CellBeginning<[SinkTrends]> {
    let production = yearlyValues(position, of: SinkJob.production)
    let respiration = yearlyValues(position, of: SinkJob.respiration)
    return .finished(
      periods.map { period in
        estimator.estimate(
          years: years[period], production: production[period], respiration: respiration[period])
      })
  }

  /// The yearly values of a source; NaN where one is missing.
  private func yearlyValues(_ position: Int, of source: Int) -> [Double] {
    values.withYears(years.indices, ofCell: position) { totals in
      years.indices.map { year in
        let place = year * values.width + source * parts
        var total = totals[place]
        // Years follow each other without gaps; what an absent one leaves is missing.
        if parts == 2 { total += year > 0 ? totals[place - values.width + 1] : .nan }
        return total / divisors[source][year]
      }
    }
  }

  func yearlyValues(_ position: Int) -> [Double] { yearlyValues(position, of: SinkJob.production) }

  /// Production and respiration of each year of a period, one year after the other; both NaN where one is missing.
  func bothValues(_ position: Int, period: Int) -> [Double] {
    let production = yearlyValues(position, of: SinkJob.production)[periods[period]]
    let respiration = yearlyValues(position, of: SinkJob.respiration)[periods[period]]
    return zip(production, respiration).flatMap { [$0, $1] }
  }
}
