import Distributed
import Kernels

/// Sensitivities of fluxes to soil moisture at stations, from differences of consecutive days (`--differences`).
struct SiteDifferences {
  /// The fluxes, as `GPP`, or by the name of a column.
  let fluxes: [SiteQuantity]
  let rules: DayDifferences.Rules

  /// What decides which days make a pair; the first is soil moisture, %.
  private static let conditions = ["SWC", "TA", "SW_IN", "P"].map { SiteQuantity($0) }
  /// Pairs that a standard deviation takes.
  private static let fewestPairs = 2

  /// What a record must hold, in this order.
  var quantities: [SiteQuantity] { Self.conditions + fluxes }

  /// The table: a row for each record and flux.
  ///
  /// Columns: `site`, `lat`, `lon`, `class`, `flux`, `column`; `n`, the pairs; mean, sd (n − 1) and median of β = ΔC/Δθ, the
  /// Theil–Sen slope of ΔC on Δθ with its 95 % interval, all in g C m⁻² d⁻¹ per m³ m⁻³ of a flux of CO₂; `status`.
  ///
  /// - Parameters:
  ///   - records: of ``quantities``.
  func table(_ records: [SiteRecord], _ stations: StationList?) -> Table {
    let units = fluxes.map { flux in SiteQuantity.units(of: flux.columns[0]) }
    let common = Set(units).count == 1 ? units.first ?? "" : ""
    // Per m³ m⁻³, which has no dimension.
    let slope = common
    var table = Table(
      columns: [
        "site", "lat", "lon", "class", "flux", "column", "n", "mean", "sd", "median", "slope", "slope_low",
        "slope_high",
        "status",
      ],
      units: ["", "degrees_north", "degrees_east", "", "", "", "1"] + Array(repeating: slope, count: 6) + [""])
    for record in records {
      let station = stations?[record.site]
      let pairs = pairs(of: record)
      let moisture = record.series[0].values.map { $0 / 100 }
      for (flux, series) in zip(fluxes, record.series.dropFirst(Self.conditions.count)) {
        let found = DayDifferences(flux: series.values, moisture: moisture, pairs: pairs)
        table.add([
          .text(record.site), .number(station?.latitude ?? .nan), .number(station?.longitude ?? .nan),
          .text(station?.landCover ?? ""), .text(flux.name), .text(series.column ?? ""), .count(found.count),
          .number(found.mean), .number(found.standardDeviation), .number(found.median), .number(found.slope),
          .number(found.slopeLow), .number(found.slopeHigh), .text(status(of: record, series, found)),
        ])
      }
    }
    return table
  }

  private func pairs(of record: SiteRecord) -> [Int] {
    guard record.step == .day else { return [] }
    return DayDifferences.pairs(
      days: record.dates.map(\.number), temperature: record.series[1].values, radiation: record.series[2].values,
      precipitation: record.series[3].values, moisture: record.series[0].values.map { $0 / 100 }, rules: rules)
  }

  private func status(of record: SiteRecord, _ series: SiteRecord.Series, _ found: DayDifferences) -> String {
    guard record.step == .day else { return "no_days" }
    for (quantity, name) in [(0, "moisture"), (1, "temperature"), (2, "radiation"), (3, "precipitation")]
    where record.series[quantity].column == nil {
      return "no_\(name)_column"
    }
    guard series.column != nil else { return "no_flux_column" }
    if [series, record.series[0]].contains(where: { $0.values.allSatisfy(\.isNaN) }) { return "all_missing" }
    return found.count < Self.fewestPairs ? "too_few_pairs" : "ok"
  }
}
