/// A table that is written as comma-separated values (RFC 4180).
public struct Table: Sendable {
  /// One entry of a row.
  public enum Entry: Sendable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
    /// Text, quoted where it has to be.
    case text(String)
    /// A whole number.
    case count(Int)
    /// A number to all its digits; empty where it is not finite.
    case number(Double)

    /// Text.
    public init(stringLiteral text: String) { self = .text(text) }
    /// A whole number.
    public init(integerLiteral count: Int) { self = .count(count) }

    fileprivate var field: String {
      switch self {
      case .text(let text):
        let isPlain = !text.contains { "\",\r\n".contains($0) || $0 == "\r\n" }
        return isPlain ? text : "\"" + text.replacing("\"", with: "\"\"") + "\""
      case .count(let count): return String(count)
      case .number(let number): return number.isFinite ? "\(number)" : ""
      }
    }
  }

  private let columns: [String]
  private let units: [String]
  private var lines: [String] = []

  /// A table without rows.
  ///
  /// - Parameters:
  ///   - units: of each column, "1" without dimension and empty of text; none where the table has no line of units.
  public init(columns: [String], units: [String] = []) {
    precondition(units.isEmpty || units.count == columns.count, "units for each column")
    self.columns = columns
    self.units = units
  }

  /// Adds a row, an entry for each column.
  public mutating func add(_ row: [Entry]) {
    precondition(row.count == columns.count, "an entry for each column")
    lines.append(Self.line(row))
  }

  /// The table as text.
  public var text: String { text(unitsRow: false) }

  /// The table as text, with a second line of units where they are asked for and known.
  ///
  /// What has no dimension has `-` there: no number, lest the line be taken for a row.
  public func text(unitsRow: Bool) -> String {
    let header = Self.line(columns.map(Entry.text))
    let second = unitsRow && !units.isEmpty ? Self.line(units.map { .text($0 == "1" ? "-" : $0) }) : ""
    return header + second + lines.joined()
  }

  /// Writes the table, with a second line of units where they are asked for and known.
  ///
  /// - Throws: exit code 73 where it cannot be written.
  public func write(to path: String, unitsRow: Bool = false) throws {
    try OutputFile.write(text(unitsRow: unitsRow), to: path)
  }

  private static func line(_ row: [Entry]) -> String { row.map(\.field).joined(separator: ",") + "\r\n" }
}
