import Distributed

/// The time axis of files that tests make: whole months.
public struct TestTime: Sendable {
  /// How months are counted in days.
  public enum Calendar: String, Sendable {
    case noLeap = "noleap"
    case day360 = "360_day"
    case standard
  }

  /// Which instant of a month stands for it.
  public enum Stamp: Sendable {
    case start, middle, end
  }

  /// The months of the record, in the order of the file.
  public var months: [Month]
  /// How months are counted in days.
  public var calendar = Calendar.noLeap
  /// Which instant of a month stands for it.
  public var stamp = Stamp.end
  /// Name of the variable of the bounds; nil for none.
  public var boundsName: String? = "time_bounds"
  /// Times count from January of this year.
  public var referenceYear = 2004
  /// Whether times are in hours instead of days.
  public var inHours = false

  /// A record of `count` months in a row.
  public init(from first: Month, count: Int) { months = (0..<count).map { Month(index: first.index + $0) } }

  /// The units attribute.
  public var units: String { "\(inHours ? "hours" : "days") since \(referenceYear)-01-01 00:00:00" }

  /// Days of a month.
  public func length(of month: Month) -> Int {
    if calendar == .day360 { return 30 }
    let isLeap = month.year % 4 == 0 && (month.year % 100 != 0 || month.year % 400 == 0)
    if month.month == 2 { return calendar == .standard && isLeap ? 29 : 28 }
    return [4, 6, 9, 11].contains(month.month) ? 30 : 31
  }

  /// First and last instant of a month in the axis' units.
  public func bounds(of month: Month) -> (start: Double, end: Double) {
    let reference = Month(year: referenceYear, month: 1)
    func days(_ range: Range<Int>) -> Int { range.reduce(0) { $0 + length(of: Month(index: $1)) } }
    let start =
      month >= reference ? days(reference.index..<month.index) : -days(month.index..<reference.index)
    let scale = inHours ? 24.0 : 1
    return (Double(start) * scale, Double(start + length(of: month)) * scale)
  }

  /// The instant that stands for a month, in the axis' units.
  public func stamp(of month: Month) -> Double {
    let (start, end) = bounds(of: month)
    switch stamp {
    case .start: return start
    case .middle: return (start + end) / 2
    case .end: return end
    }
  }
}
