import Distributed
import Kernels

/// From the reduced years of a cell to its attribution and trends.
final class AttributionCells: YearlyCells {
  private let values: YearValues
  private let periods: [(years: [Int], range: Range<Int>)]
  private let kernel: AttributionKernel
  private let trends: TrendEstimator
  private let basis: SeasonBasis

  init(
    _ job: AttributionJob, _ layers: MoistureLayers, years: [Int], periods: [ClosedRange<Int>], _ values: YearValues
  ) {
    self.values = values
    self.periods = periods.map { ($0.positions(in: years).map { years[$0] }, $0.positions(in: years)) }
    var options = AttributionOptions()
    options.basis = job.wetness.basis
    options.minimumYears = job.record.minimumYears
    basis = job.wetness.basis
    kernel = AttributionKernel(
      options: options, layers: layers.count, groups: job.wetness.seasons, maximumYears: years.count)
    trends = TrendEstimator(
      options: TrendOptions(tieTolerance: TrendOptions.roundingOfSums), maximumCount: max(3, years.count))
  }

  func begin(_ position: Int) -> CellBeginning<[AttributionCell]> {
    .finished(
      periods.map { period in
        guard !values.hasInfinity(period.range, ofCell: position) else {
          return AttributionCell(
            result: AttributionResult(status: .implausibleRange, groups: kernel.groups, layers: kernel.layers))
        }
        let result = compute(position, period)
        return AttributionCell(result: result, trends: result.status == .tooFewYears ? [] : seriesTrends)
      })
  }

  private func compute(_ position: Int, _ period: (years: [Int], range: Range<Int>)) -> AttributionResult {
    values.withYears(period.range, ofCell: position) { block in
      basis == .year
        ? kernel.compute(seasonMeans: block, years: period.years)
        : kernel.compute(moisture: block, years: period.years)
    }
  }

  /// Moisture of each year of a period by season and layer; NaN where a year is missing.
  func seasonMoisture(_ position: Int, period: Int) -> [Double] {
    let period = periods[period]
    _ = compute(position, period)
    let (series, terms) = (kernel.series, kernel.groups * kernel.layers)
    var moisture = [Double](repeating: .nan, count: period.years.count * terms)
    for (index, year) in series.years.enumerated() {
      guard let place = period.years.firstIndex(of: Int(year)) else { continue }
      for term in 0..<terms { moisture[place * terms + term] = series.moisture[term][index] }
    }
    return moisture
  }

  /// The annual mean of the total in each year of the record.
  func yearlyValues(_ position: Int) -> [Double] {
    let groups = Double(basis == .year ? kernel.groups : 12)
    return values.withYears(0..<values.years, ofCell: position) { block in
      (0..<values.years).map { year in
        block[year * values.width..<(year + 1) * values.width].reduce(0, +) / groups
      }
    }
  }

  /// Trends of the total, then of each layer, then of each season, of the cell computed last.
  private var seriesTrends: [AttributionCell.SeriesTrend] {
    let series = kernel.series
    let all =
      [series.total] + (0..<kernel.layers).map { series.annual(layer: $0) }
      + (0..<kernel.groups).map { series.total(season: $0) }
    return all.map { values in
      AttributionCell.SeriesTrend(
        mean: values.reduce(0, +) / Double(values.count), estimate: trends.estimate(times: series.years, values: values)
      )
    }
  }
}
