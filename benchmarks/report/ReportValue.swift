import Foundation

/// A value of a table: text, or a number that is rounded in Markdown and exact in JSON.
public enum ReportValue: Encodable, CustomStringConvertible {
  /// Text, as it stands.
  case text(String)
  /// A number and its decimal places in Markdown; `null` and a dash where it is not finite.
  case number(Double, digits: Int)

  /// A whole number.
  public static func count(_ value: Int) -> ReportValue { .number(Double(value), digits: 0) }

  var isNumber: Bool { if case .number = self { true } else { false } }

  /// As in Markdown.
  public var description: String {
    switch self {
    case .text(let text): text
    case .number(let value, let digits): value.isFinite ? grouped(value, digits) : "–"
    }
  }

  /// Encodes a string, a number or null.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .text(let text): try container.encode(text)
    case .number(let value, _): value.isFinite ? try container.encode(value) : try container.encodeNil()
    }
  }
}

extension ReportValue: ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
  /// Text.
  public init(stringLiteral value: String) { self = .text(value) }
}

extension ReportValue: ExpressibleByIntegerLiteral {
  /// A whole number.
  public init(integerLiteral value: Int) { self = .count(value) }
}

/// A number with commas between its thousands.
private func grouped(_ value: Double, _ digits: Int) -> String {
  let text = String(format: "%.\(digits)f", abs(value))
  let whole = text.prefix { $0 != "." }
  let groups = whole.enumerated().map { index, digit in
    index > 0 && (whole.count - index) % 3 == 0 ? ",\(digit)" : "\(digit)"
  }
  return (value < 0 ? "−" : "") + groups.joined() + text.dropFirst(whole.count)
}
