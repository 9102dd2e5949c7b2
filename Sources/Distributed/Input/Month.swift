/// A calendar month, counted from January of year 0.
public struct Month: Hashable, Comparable, Codable, Sendable, CustomStringConvertible {
  /// Months since January of year 0.
  public var index: Int

  /// The month with this index.
  public init(index: Int) { self.index = index }

  /// A year and a month of it, 1…12.
  public init(year: Int, month: Int) { index = year * 12 + month - 1 }

  /// Reads `2004-01`; nil where it is no month, or of a year after ``InputLimit/year``.
  public init?(_ text: some StringProtocol) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, let year = Int(parts[0]), let month = Int(parts[1]), (0...InputLimit.year).contains(year),
      (1...12).contains(month)
    else { return nil }
    self.init(year: year, month: month)
  }

  /// The year.
  public var year: Int { Int((Double(index) / 12).rounded(.down)) }

  /// The month of the year, 1…12.
  public var month: Int { index - year * 12 + 1 }

  /// As `2004-01`.
  public var description: String {
    let digits = String(year)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits + (month < 10 ? "-0" : "-") + String(month)
  }

  /// The earlier one first.
  public static func < (left: Month, right: Month) -> Bool { left.index < right.index }
}
