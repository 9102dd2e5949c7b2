import Distributed

/// What becomes of some of the values of a class map, `0,13,15,16=missing,1-5=1`; the others stay.
struct Recoding: Sendable {
  /// Values from one to another, both among them, with what becomes of them; NaN for missing.
  private let entries: [(values: ClosedRange<Double>, result: Double)]

  /// Leaves all as it is.
  static let none = Recoding(entries: [])

  private init(entries: [(values: ClosedRange<Double>, result: Double)]) { self.entries = entries }

  /// Reads values and ranges of values, each list with `=` and a value or `missing` behind it.
  ///
  /// - Throws: exit code 64 where the text has no such form or names a value twice.
  init(_ text: String) throws {
    func wrong(_ reason: String) -> JobError {
      JobError(
        .usage,
        "--recode '\(text)': \(reason); expected values or ranges and what becomes of them, for example "
          + "0,13,15,16=missing,1-5=1")
    }
    var entries: [(values: ClosedRange<Double>, result: Double)] = []
    var open: [ClosedRange<Double>] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let sides = part.split(separator: "=", omittingEmptySubsequences: false).map {
        $0.trimmingPrefix(while: \.isWhitespace)
      }
      guard let range = Self.range(sides[0]) else { throw wrong("'\(sides[0])' is no value and no range") }
      open.append(range)
      guard sides.count > 1 else { continue }
      guard sides.count == 2 else { throw wrong("'\(part)' has two '='") }
      guard let result = sides[1] == "missing" ? Double.nan : Int(sides[1]).map(Double.init) else {
        throw wrong("'\(sides[1])' is neither a whole number nor 'missing'")
      }
      entries += open.map { ($0, result) }
      open = []
    }
    if let last = open.last { throw wrong("nothing is said of what becomes of \(Self.text(last))") }
    let sorted = entries.map(\.values).sorted { $0.lowerBound < $1.lowerBound }
    if let (one, other) = zip(sorted, sorted.dropFirst()).first(where: { $0.upperBound >= $1.lowerBound }) {
      throw wrong("\(Self.text(one)) and \(Self.text(other)) overlap")
    }
    self.entries = entries
  }

  /// Whether nothing changes.
  var isEmpty: Bool { entries.isEmpty }

  /// The values that there may be in place of others.
  var results: [Double] { entries.map(\.result).filter { !$0.isNaN } }

  /// What becomes of a value; NaN for missing, which stays missing.
  @inline(__always)
  func callAsFunction(_ value: Double) -> Double {
    for entry in entries where value >= entry.values.lowerBound && value <= entry.values.upperBound {
      return entry.result
    }
    return value
  }

  /// `3`, `-1` or `1-5`, whole numbers.
  private static func range(_ text: Substring) -> ClosedRange<Double>? {
    if let value = Int(text) { return text.first == "+" ? nil : Double(value)...Double(value) }
    guard let dash = text.dropFirst().firstIndex(of: "-"), let first = Int(text[..<dash]),
      let last = Int(text[text.index(after: dash)...]), first < last, text.first != "+"
    else { return nil }
    return Double(first)...Double(last)
  }

  private static func text(_ range: ClosedRange<Double>) -> String {
    range.lowerBound == range.upperBound
      ? range.lowerBound.shortText : "\(range.lowerBound.shortText)-\(range.upperBound.shortText)"
  }
}
