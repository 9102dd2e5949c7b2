/// One time of a record, whatever the calendar: a month and the second within it.
///
/// A month stands for itself as its first second, a year as that of its January, a day as its midnight.
public struct Step: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The index of the month times 2²², of which a month's seconds need fewer, and the second.
  fileprivate let packed: Int
  private static let bits = 22

  /// A second of a month, counted from its start.
  public init(_ month: Month, second: Int = 0) {
    precondition(second >= 0 && second < 1 << Self.bits, "a month has fewer seconds")
    packed = month.index << Self.bits | second
  }

  /// The one step of a record without time.
  public static let timeless = Step(Month(index: 0))

  fileprivate init(packed: Int) { self.packed = packed }

  /// The month.
  public var month: Month { Month(index: packed >> Self.bits) }

  /// The calendar year.
  public var year: Int { month.year }

  /// The second within the month.
  public var second: Int { packed & (1 << Self.bits - 1) }

  /// The day of the month, from 1.
  public var day: Int { second / 86400 + 1 }

  /// The last multiple of so many seconds within the month.
  func rounded(to seconds: Int) -> Step { Step(month, second: second / seconds * seconds) }

  /// As `2004-01-17`, with the time of the day where it is not midnight: `2004-01-17T06:00`.
  public var description: String {
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let time = second % 86400
    let clock = time == 0 ? "" : "T\(two(time / 3600)):\(two(time / 60 % 60))"
    return "\(month)-\(two(day))\(clock)"
  }

  /// The earlier one first.
  public static func < (left: Step, right: Step) -> Bool { left.packed < right.packed }
}

extension Step: Codable {
  /// Decodes the one number.
  public init(from decoder: any Decoder) throws {
    packed = try decoder.singleValueContainer().decode(Int.self)
  }

  /// Encodes one number.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(packed)
  }
}

/// Steps that are encoded in few bytes.
@propertyWrapper
public struct PackedSteps: Codable, Sendable, Hashable {
  /// The steps.
  public var wrappedValue: [Step]

  /// Packs steps.
  public init(wrappedValue: [Step]) { self.wrappedValue = wrappedValue }

  /// Decodes the steps' numbers.
  public init(from decoder: any Decoder) throws {
    wrappedValue = try PackedIntegers(from: decoder).wrappedValue.map(Step.init(packed:))
  }

  /// Encodes the steps' numbers.
  public func encode(to encoder: any Encoder) throws {
    try PackedIntegers(wrappedValue: wrappedValue.map(\.packed)).encode(to: encoder)
  }
}

extension ClosedRange<Month> {
  /// The months of the range as steps.
  var steps: [Step] { (lowerBound.index...upperBound.index).map { Step(Month(index: $0)) } }
}
