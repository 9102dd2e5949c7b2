import Distributed
import Kernels

/// From the reduced years of a cell to its attribution and trends, as a row of numbers.
struct AttributionCells {
  private let values: YearValues
  private let periods: [(years: [Int], range: Range<Int>)]
  private let kernel: AttributionKernel
  private let trends: TrendEstimator
  private let basis: SeasonBasis
  let fields: AttributionFields

  init(
    _ job: AttributionJob, _ layers: AttributionLayers, years: [Int], periods: [ClosedRange<Int>], _ values: YearValues
  ) {
    self.values = values
    self.periods = periods.map { ($0.positions(in: years).map { years[$0] }, $0.positions(in: years)) }
    var options = AttributionOptions()
    options.basis = job.basis
    options.minimumYears = job.record.minimumYears
    basis = job.basis
    kernel = AttributionKernel(options: options, layers: layers.count, groups: job.seasons, maximumYears: years.count)
    trends = TrendEstimator(
      options: TrendOptions(tieTolerance: TrendOptions.roundingOfSums), maximumCount: max(3, years.count))
    fields = AttributionFields(layers: layers, seasons: job.seasons)
  }

  /// Writes the results of all periods of the cell at a position within the rank's share.
  func compute(_ position: Int, into row: UnsafeMutableBufferPointer<Double>) {
    var start = 0
    for period in periods {
      let result = values.withYears(period.range, ofCell: position) { block in
        basis == .year
          ? kernel.compute(seasonMeans: block, years: period.years)
          : kernel.compute(moisture: block, years: period.years)
      }
      let numbers = fields.numbers(result, statistics: result.status == .tooFewYears ? [] : statistics())
      _ = row[start..<start + numbers.count].update(fromContentsOf: numbers)
      start += numbers.count
    }
    _ = UnsafeMutableBufferPointer(rebasing: row[start...]).update(fromContentsOf: totals(position))
  }

  /// The annual mean of the total in each year of the record.
  private func totals(_ position: Int) -> [Double] {
    let groups = Double(basis == .year ? kernel.groups : 12)
    return values.withYears(0..<values.years, ofCell: position) { block in
      (0..<values.years).map { year in
        block[year * values.width..<(year + 1) * values.width].reduce(0, +) / groups
      }
    }
  }

  /// Statistics of the total, then of each layer, then of each season.
  private func statistics() -> [[Double]] {
    let series = kernel.series
    let all =
      [series.total] + (0..<kernel.layers).map { series.annual(layer: $0) }
      + (0..<kernel.groups).map { series.total(season: $0) }
    return all.map { values in
      let estimate = trends.estimate(times: series.years, values: values)
      return [
        values.reduce(0, +) / Double(values.count), estimate.ordinary.slope, estimate.ordinary.p, estimate.sen.slope,
        estimate.sen.low, estimate.sen.high, estimate.mannKendall.p, estimate.mannKendall.z,
      ]
    }
  }
}
