import Distributed
import Kernels

/// A station with its days, ready for the fit.
struct SiteInput: Sendable {
  var site: String
  /// Degrees north and east; NaN where they are not known.
  var latitude = Double.nan
  var longitude = Double.nan
  var landCover = ""
  /// First and last day of the record within the study; nil where there is none.
  var period: (start: SiteDate, end: SiteDate)?
  var samples: SiteSamples
  /// Why the samples have no fit, or `ok`.
  var status: SiteStatus
  /// Of all days of the study that have it.
  var meanMoisture: Double
}

/// What is found at a station.
struct SiteResult: Sendable {
  var input: SiteInput
  var threshold: SiteThreshold
  /// By map of `--compare`.
  var compared: [SiteComparison.Value] = []

  /// Whether there is a threshold.
  var hasThreshold: Bool { threshold.status == .ok }

  /// A number that only thresholds have.
  func ofThreshold(_ number: (SiteThreshold) -> Double?) -> Double { hasThreshold ? number(threshold) ?? .nan : .nan }

  /// A moisture in percent of the mean.
  func percent(_ moisture: Double) -> Double { 100 * moisture / input.meanMoisture }
}

/// A column of the table of stations, and a variable of the file of points.
struct SiteColumn: Sendable {
  /// What a row holds there.
  enum Value: Sendable {
    case text(@Sendable (SiteResult) -> String)
    case count(@Sendable (SiteResult) -> Int)
    case number(@Sendable (SiteResult) -> Double)
    case status
  }

  var name: String
  /// Empty of text.
  var units: String
  var words: String
  var value: Value

  private init(_ name: String, _ units: String, _ words: String, _ value: Value) {
    (self.name, self.units, self.words, self.value) = (name, units, words, value)
  }

  /// A column of numbers.
  static func number(
    _ name: String, _ units: String, _ words: String, _ value: @escaping @Sendable (SiteResult) -> Double
  ) -> SiteColumn { SiteColumn(name, units, words, .number(value)) }

  /// The entry of a row.
  func entry(_ result: SiteResult) -> Table.Entry {
    switch value {
    case .text(let value): .text(value(result))
    case .count(let value): .count(value(result))
    case .number(let value): .number(value(result))
    case .status: .text(result.threshold.status.name)
    }
  }

  /// The columns of all runs, in the order of the table.
  ///
  /// - Parameter units: those of moisture.
  static func all(moistureUnits units: String) -> [SiteColumn] {
    let interval = "90 % interval of the threshold"
    return [
      SiteColumn("site", "", "name of the station", .text { $0.input.site }),
      SiteColumn("n", "1", "number of days", .count { $0.input.samples.days.count }),
      .number("theta", units, "soil moisture threshold of the evaporative fraction") {
        $0.ofThreshold { $0.fit?.threshold }
      },
      .number("theta_percent", "percent", "the same in percent of the mean soil moisture") { result in
        result.percent(result.ofThreshold { $0.fit?.threshold })
      },
      .number("slope", units == "1" ? "1" : "\(units)-1", "slope of the evaporative fraction below the threshold") {
        $0.ofThreshold { $0.fit?.slope }
      },
      .number("ef_max", "1", "evaporative fraction above the threshold") { $0.ofThreshold { $0.fit?.plateau } },
      .number("rss", "1", "residual sum of squares of the two segments") {
        $0.threshold.fit?.residualSumOfSquares ?? .nan
      },
      .number("delta_aic", "1", "smaller Akaike criterion of a level and a line minus that of the two segments") {
        $0.threshold.fit?.gain ?? .nan
      },
      .number("theta_sd", units, "standard deviation of the threshold over refits") {
        $0.ofThreshold(\.standardDeviation)
      },
      .number("theta_p05", units, "lower end of the \(interval)") { $0.ofThreshold(\.interval.low) },
      .number("theta_p95", units, "upper end of the \(interval)") { $0.ofThreshold(\.interval.high) },
      SiteColumn("status", "", "whether there is a threshold, and why not", .status),
      .number("threshold_probability", "1", "part of the refits with a threshold") { $0.threshold.probability },
      .number("p", "1", "probability of such a gain on a straight line with the same noise") { $0.threshold.p },
      .number("lat", "degrees_north", "latitude") { $0.input.latitude },
      .number("lon", "degrees_east", "longitude") { $0.input.longitude },
      SiteColumn("class", "", "class of land cover", .text { $0.input.landCover }),
      SiteColumn("start", "", "first day of the record within the study", .text { $0.input.period?.start.text ?? "" }),
      SiteColumn("end", "", "last day of the record within the study", .text { $0.input.period?.end.text ?? "" }),
    ]
  }

  /// The table of results.
  static func table(_ columns: [SiteColumn], _ results: [SiteResult]) -> Table {
    var table = Table(columns: columns.map(\.name), units: columns.map(\.units))
    for result in results { table.add(columns.map { $0.entry(result) }) }
    return table
  }
}

extension SiteDate {
  /// As `2018-01-31`.
  var text: String {
    func padded(_ number: Int, _ width: Int) -> String {
      String(repeating: "0", count: max(0, width - "\(number)".count)) + "\(number)"
    }
    return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
  }
}
