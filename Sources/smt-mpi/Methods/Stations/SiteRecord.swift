/// The days, or months, of a station.
struct SiteRecord: Sendable {
  /// What a value stands for.
  enum Step: Sendable {
    case day
    case month
  }

  /// The values of a quantity.
  struct Series: Sendable {
    /// The column that they come from; nil where the file has none for the quantity.
    var column: String?
    /// By day; NaN where there is none.
    ///
    /// Fluxes of CO₂ in g C m⁻² d⁻¹, precipitation in mm d⁻¹, moisture (`SWC…`) in %, others as in the file.
    var values: [Double]
    /// By day, the share of measured and well filled half-hours; NaN where it is not known.
    var quality: [Double]
  }

  /// The station's name.
  var site: String
  /// The file.
  var path: String
  var step: Step
  /// The days, or the first ones of the months, in ascending order; those that the file does not have are left out.
  var dates: [SiteDate]
  /// By quantity asked for.
  var series: [Series]
  /// What may be wrong with the file.
  var concerns: [String] = []

  /// What lies within a period, its last day included; nil stands for no bound.
  func within(_ first: SiteDate?, _ last: SiteDate?) -> SiteRecord {
    guard first != nil || last != nil else { return self }
    let kept = dates.indices.filter { index in
      first.map { $0 <= dates[index] } ?? true && last.map { dates[index] <= $0 } ?? true
    }
    var record = self
    record.dates = kept.map { dates[$0] }
    for index in series.indices {
      record.series[index].values = kept.map { series[index].values[$0] }
      record.series[index].quality = kept.map { series[index].quality[$0] }
    }
    return record
  }
}
