import Distributed

/// Yearly values of a quantity at stations (`--yearly`): the table of site-years that models are trained on.
struct SiteYears {
  /// The quantity, as `RECO`, or by the name of its column.
  let quantity: SiteQuantity
  /// The share of a year's days that must have values, 0…1.
  let minimumCoverage: Double

  /// What a record must hold.
  var quantities: [SiteQuantity] { [quantity] }

  /// What the days or months of a year add up to.
  private struct Year {
    /// Sum of values by the days that they stand for.
    var sum = 0.0
    /// Days that have values.
    var days = 0
    /// Days or months that have values.
    var count = 0
  }

  /// The table: a row for each record and year, in the order of the records.
  ///
  /// Columns: `site`, `lat`, `lon`, `class`, `year`; `n`, the days or months with values; `coverage`, their share of the
  /// year's days; `value`, the mean over them times the days of the year for fluxes of CO₂ (kg C m⁻² yr⁻¹) and precipitation
  /// (mm yr⁻¹), the mean itself for others; `units`; `column`; `status`. A record without any year has a row with its status.
  ///
  /// - Parameters:
  ///   - records: of ``quantities``.
  func table(_ records: [SiteRecord], _ stations: StationList?) -> Table {
    var table = Table(
      columns: ["site", "lat", "lon", "class", "year", "n", "coverage", "value", "units", "column", "status"],
      units: ["", "degrees_north", "degrees_east", "", "yr", "1", "1", "", "", "", ""])
    for record in records {
      let station = stations?[record.site]
      func add(_ year: Table.Entry, _ found: Year, _ length: Double, _ status: String) {
        let (factor, units) = scale(record.series[0].column)
        let value = status == "ok" ? found.sum / Double(found.days) * (factor.map { $0 * length } ?? 1) : .nan
        table.add([
          .text(record.site), .number(station?.latitude ?? .nan), .number(station?.longitude ?? .nan),
          .text(station?.landCover ?? ""), year, .count(found.count), .number(Double(found.days) / length),
          .number(value), .text(units), .text(record.series[0].column ?? ""), .text(status),
        ])
      }
      let years = years(of: record)
      guard record.series[0].column != nil, !years.isEmpty else {
        add("", Year(), 365, record.series[0].column == nil ? "no_column" : "no_days")
        continue
      }
      for (number, year) in years {
        let length = Double(SiteDate.days(ofYear: number))
        let isComplete = Double(year.days) >= minimumCoverage * length
        add(.count(number), year, length, year.days == 0 ? "all_missing" : isComplete ? "ok" : "incomplete")
      }
    }
    return table
  }

  private func years(of record: SiteRecord) -> [(Int, Year)] {
    var years: [(Int, Year)] = []
    for (date, value) in zip(record.dates, record.series[0].values) {
      if years.last?.0 != date.year { years.append((date.year, Year())) }
      guard !value.isNaN else { continue }
      let days = record.step == .month ? date.daysOfMonth : 1
      years[years.count - 1].1.sum += value * Double(days)
      years[years.count - 1].1.days += days
      years[years.count - 1].1.count += 1
    }
    return years
  }

  /// What a mean over a day is multiplied by, beside the days of the year, to give the yearly value, nil where that is the mean
  /// itself; its units.
  private func scale(_ column: String?) -> (perDay: Double?, units: String) {
    guard let column else { return (nil, "") }
    return switch SiteQuantity.kind(of: column) {
    case .carbon: (0.001, "kg m-2 yr-1")
    case .sum: (1, "mm yr-1")
    case .mean: (nil, SiteQuantity.units(of: column))
    }
  }
}
