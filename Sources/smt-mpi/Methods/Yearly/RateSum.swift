import Distributed

/// A rate that is added up over time becomes an amount: kg m-2 s-1 make kg m-2, W m-2 make J m-2.
struct RateSum: Sendable {
  /// Units of the amount.
  let units: String
  private let unit: Unit
  private let calendar: ModelCalendar
  private let isYearly: Bool
  /// The month of each year that a yearly record is of (`@month=7`); nil where it is of whole years.
  private let monthOfYear: Int?

  /// The time that a rate is by.
  private enum Unit: Sendable {
    /// So many seconds.
    case seconds(Double)
    case month
    case year
  }

  /// Names of units of time with what they are.
  private static let known: [(name: String, unit: Unit)] = [
    ("s", .seconds(1)), ("min", .seconds(60)), ("h", .seconds(3600)), ("day", .seconds(86400)), ("month", .month),
    ("year", .year),
  ]

  /// The amounts that the steps of a source make, or of the month of each year that was asked for; nil where its units are
  /// no rate.
  init?(of source: SourceCatalogue, _ request: SourceRequest) {
    guard let (units, unit) = Self.amount(of: source.units) else { return nil }
    (self.units, self.unit) = (units, unit)
    calendar = source.calendar
    isYearly = source.cadence == .yearly
    monthOfYear = request.expression.records.first?.month
  }

  /// Whether units are of something by time.
  static func isRate(_ units: String) -> Bool { amount(of: units) != nil }

  /// The units of the amount that a rate makes, and the time that it is by; nil where units are no rate.
  private static func amount(of units: String) -> (units: String, unit: Unit)? {
    let times = known.filter { UnitSpelling.exponent(of: $0.name, in: units) != 0 }
    if times.isEmpty, UnitSpelling.exponent(of: "W", in: units) == 1 {
      return (UnitSpelling.product("J", UnitSpelling.quotient(units, "W")), .seconds(1))
    }
    guard times.count == 1, UnitSpelling.exponent(of: times[0].name, in: units) == -1 else { return nil }
    return (UnitSpelling.product(units, times[0].name), times[0].unit)
  }

  /// What the value of the step in a month, or of the year that begins with it, is multiplied by.
  func weight(_ month: Month) -> Double {
    let isWholeYear = isYearly && monthOfYear == nil
    let own = monthOfYear.map { Month(year: month.year, month: $0) } ?? month
    let length = isWholeYear ? daysOfYear(month.year) : Double(calendar.dayCount(of: own))
    switch unit {
    case .seconds(let seconds): return length * 86400 / seconds
    case .month: return isWholeYear ? 12 : 1
    case .year: return length / daysOfYear(month.year)
    }
  }

  private func daysOfYear(_ year: Int) -> Double {
    Double((1...12).reduce(0) { $0 + calendar.dayCount(of: Month(year: year, month: $1)) })
  }
}

extension String {
  /// The units of a yearly value as the terminal and files' comments tell them.
  var withWaterRemark: String { UnitSpelling.areSame(self, "kg m-2") ? "\(self) (of water 1 kg m-2 is 1 mm)" : self }
}
