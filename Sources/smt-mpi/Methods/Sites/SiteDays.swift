import Distributed
import Kernels

/// Which days of a station count, and what their moisture is.
struct SiteDays: Sendable {
  var moisture: SiteMoisture
  /// Least quality of LE and H.
  var quality: Double
  /// Least quality of moisture; nil for any.
  var moistureQuality: Double?
  /// °C; nil for any.
  var minimumTemperature: Double?
  /// First day without rain that counts; nil where rain is of no matter.
  var dryAfter: Int?

  /// Least LE + H, W m⁻²: with less, their ratio means little.
  private static let leastEnergy = 20.0
  /// Most precipitation of a day without rain, mm: the resolution of a gauge.
  private static let mostRain = 0.1

  private static let latentHeat = SiteQuantity("LE")
  private static let sensibleHeat = SiteQuantity("H")
  private static let temperature = SiteQuantity("TA")
  private static let precipitation = SiteQuantity("P")

  /// What records must hold.
  var quantities: [SiteQuantity] {
    moisture.quantities + [Self.latentHeat, Self.sensibleHeat]
      + (minimumTemperature == nil ? [] : [Self.temperature]) + (dryAfter == nil ? [] : [Self.precipitation])
  }

  /// The days of a record that count.
  ///
  /// - Parameter record: of ``quantities``.
  /// - Returns: samples, or why there are none; and the mean moisture of all days that have it, NaN where none has.
  func samples(of record: SiteRecord) -> (samples: SiteSamples, status: SiteStatus, meanMoisture: Double) {
    func series(_ quantity: SiteQuantity) -> SiteRecord.Series {
      record.series[quantities.firstIndex(of: quantity) ?? 0]
    }
    let none = SiteSamples(days: [], moisture: [], response: [])
    let (latent, sensible) = (series(Self.latentHeat), series(Self.sensibleHeat))
    let layers = self.moisture.quantities.map(series)
    guard layers.allSatisfy({ $0.column != nil }) else { return (none, .noMoistureColumn, .nan) }
    let moisture = self.moisture.values(layers)
    let known = moisture.filter(\.isFinite)
    let meanMoisture = mean(known)
    func result(_ status: SiteStatus) -> (SiteSamples, SiteStatus, Double) { (none, status, meanMoisture) }
    guard latent.column != nil, sensible.column != nil else { return result(.noFluxColumn) }
    let filters = quantities.dropFirst(layers.count + 2).map(series)
    guard filters.allSatisfy({ $0.column != nil }) else { return result(.noFilterColumn) }
    guard record.step == .day else { return result(.noDailyValues) }

    let isDry = dryAfter.map { dryDays(record, moisture, series(Self.precipitation).values, after: $0) }
    let warmth = minimumTemperature.map { (least: $0, values: series(Self.temperature).values) }
    var samples = none
    var hasAny = false
    for (day, date) in record.dates.enumerated() {
      let (le, h) = (latent.values[day], sensible.values[day])
      guard moisture[day].isFinite, le.isFinite, h.isFinite else { continue }
      hasAny = true
      guard le >= 0, h >= 0, le + h >= Self.leastEnergy else { continue }
      // A quality that is not known is kept.
      guard !(latent.quality[day] < quality), !(sensible.quality[day] < quality) else { continue }
      if let least = moistureQuality, layers.contains(where: { $0.quality[day] < least }) { continue }
      if let warmth, !(warmth.values[day] >= warmth.least) { continue }
      if let isDry, !isDry[day] { continue }
      samples.days.append(date.number)
      samples.moisture.append(moisture[day])
      samples.response.append(le / (le + h))
    }
    return hasAny ? (samples, .ok, meanMoisture) : result(.allMissing)
  }

  /// Whether soil dries on a day: it is at least the given one of days known to be without rain, and has less moisture than
  /// the day before.
  private func dryDays(
    _ record: SiteRecord, _ moisture: [Double], _ precipitation: [Double], after first: Int
  ) -> [Bool] {
    var run = 0
    return record.dates.indices.map { day in
      let follows = day > 0 && record.dates[day].number == record.dates[day - 1].number + 1
      run = precipitation[day] <= Self.mostRain ? (follows ? run : 0) + 1 : 0
      return run >= first && follows && moisture[day] < moisture[day - 1]
    }
  }
}
