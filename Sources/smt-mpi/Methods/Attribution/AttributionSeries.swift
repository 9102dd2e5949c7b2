import Distributed
import Kernels

/// The globe's mean moisture in each year of a period, by season and layer.
///
/// Source: Li et al. (2025), figures 1b to 1d.
struct AttributionSeries {
  private let period: String
  private let yearly: YearlyMeans

  /// Puts the series together on rank 0.
  ///
  /// Collective.
  init(_ results: MethodResults<AttributionMethod>, of method: AttributionMethod, period: Int) throws {
    self.period = method.periods.names[period]
    yearly = try YearlyMeans(
      results, of: method, period: period, quantities: method.wetness.seasons * method.layers.count
    ) { results.work.seasonMoisture($0, period: period) }
  }

  /// A row for each period, season, layer and year: the mean, its line of least squares over the period, what departs from
  /// it, and the coefficient of variation of the period's means (standard deviation, n − 1, over mean).
  static func table(_ series: [Self], _ wetness: WetnessSettings, _ layers: MoistureLayers) -> Table {
    var table = Table(columns: [
      "period", "season", "layer", "year", "mean_moisture", "trend", "residual", "coefficient_of_variation",
    ])
    for period in series {
      let years = period.yearly.years.map(Double.init)
      for (season, seasonName) in wetness.axis.meanings.enumerated() {
        for (layer, layerName) in layers.names.enumerated() {
          let values = period.yearly.means.map { $0[season * layers.count + layer] }
          let line = OrdinaryTrend(times: years, values: values)
          for (year, value) in zip(years, values) {
            let fitted = line.intercept + line.slope * year
            table.add([
              .text(period.period), .text(seasonName), .text(layerName), .count(Int(year)), .number(value),
              .number(fitted), .number(value - fitted), .number(standardDeviation(values) / mean(values)),
            ])
          }
        }
      }
    }
    return table
  }
}
