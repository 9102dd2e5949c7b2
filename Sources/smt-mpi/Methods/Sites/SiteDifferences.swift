import Distributed
import Kernels

/// Sensitivities of fluxes to soil moisture at stations, from differences of consecutive days (`--differences`).
struct SiteDifferences {
  /// The fluxes, as `GPP`, or by the name of a column.
  let fluxes: [SiteQuantity]
  let rules: DayDifferences.Rules
  var moisture = SiteMoisture()

  /// What decides, beside moisture, which days make a pair.
  private static let conditions = ["TA", "SW_IN", "P"].map { SiteQuantity($0) }
  /// Pairs that a standard deviation takes.
  private static let fewestPairs = 2

  /// What a record must hold, in this order.
  var quantities: [SiteQuantity] { moisture.quantities + Self.conditions + fluxes }

  /// The table: a row for each record and flux.
  ///
  /// Columns: `site`, `lat`, `lon`, `class`, `flux`, `column`; `n`, the pairs; mean, sd (n − 1) and median of β = ΔC/Δθ, the
  /// Theil–Sen slope of ΔC on Δθ with its 95 % interval, all in g C m⁻² d⁻¹ per m³ m⁻³ of a flux of CO₂; `status`.
  ///
  /// - Parameters:
  ///   - records: of ``quantities``.
  /// - Throws: exit code 75 where a signal came.
  func table(_ records: [SiteRecord], _ stations: StationList?) throws -> Table {
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
      for (flux, (found, column, status)) in zip(fluxes, try found(record)) {
        table.add([
          .text(record.site), .number(station?.latitude ?? .nan), .number(station?.longitude ?? .nan),
          .text(station?.landCover ?? ""), .text(flux.name), .text(column ?? ""), .count(found.count),
          .number(found.mean), .number(found.standardDeviation), .number(found.median), .number(found.slope),
          .number(found.slopeLow), .number(found.slopeHigh), .text(status),
        ])
      }
    }
    return table
  }

  /// The sensitivity of each flux in a record of ``quantities``, with its column and `ok` or why there is none.
  ///
  /// - Throws: exit code 75 where a signal came.
  func found(_ record: SiteRecord) throws -> [(differences: DayDifferences, column: String?, status: String)] {
    let moisture = volumetric(record)
    let pairs = pairs(of: record, moisture)
    return try record.series.suffix(fluxes.count).map { series in
      try Interruption.check("while differences of days were computed")
      let found = DayDifferences(flux: series.values, moisture: moisture, pairs: pairs)
      return (found, series.column, status(of: record, moisture, series, found))
    }
  }

  private func layers(of record: SiteRecord) -> ArraySlice<SiteRecord.Series> {
    record.series.prefix(moisture.quantities.count)
  }

  private func conditions(of record: SiteRecord) -> [SiteRecord.Series] {
    Array(record.series.dropFirst(moisture.quantities.count).prefix(Self.conditions.count))
  }

  /// Soil moisture by day, m³ m⁻³.
  private func volumetric(_ record: SiteRecord) -> [Double] {
    let layers = layers(of: record)
    // As for maps: what is not in percent by its name is in m³ m⁻³.
    let isPercent = layers.first?.column.map { SiteQuantity.units(of: $0) == "%" } ?? true
    return moisture.values(layers).map { isPercent ? $0 / 100 : $0 }
  }

  private func pairs(of record: SiteRecord, _ moisture: [Double]) -> [Int] {
    guard record.step == .day else { return [] }
    let conditions = conditions(of: record).map(\.values)
    return DayDifferences.pairs(
      days: record.dates.map(\.number), temperature: conditions[0], radiation: conditions[1],
      precipitation: conditions[2], moisture: moisture, rules: rules)
  }

  private func status(
    of record: SiteRecord, _ moisture: [Double], _ series: SiteRecord.Series, _ found: DayDifferences
  ) -> String {
    guard record.step == .day else { return "no_days" }
    guard layers(of: record).allSatisfy({ $0.column != nil }) else { return "no_moisture_column" }
    for (condition, name) in zip(conditions(of: record), ["temperature", "radiation", "precipitation"])
    where condition.column == nil {
      return "no_\(name)_column"
    }
    guard series.column != nil else { return "no_flux_column" }
    if series.values.allSatisfy(\.isNaN) || moisture.allSatisfy(\.isNaN) { return "all_missing" }
    return found.count < Self.fewestPairs ? "too_few_pairs" : "ok"
  }
}
