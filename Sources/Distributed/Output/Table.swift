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

  private let columnCount: Int
  private var lines: [String]

  /// A table without rows.
  public init(columns: [String]) {
    columnCount = columns.count
    lines = [Self.line(columns.map(Entry.text))]
  }

  /// Adds a row, an entry for each column.
  public mutating func add(_ row: [Entry]) {
    precondition(row.count == columnCount, "an entry for each column")
    lines.append(Self.line(row))
  }

  /// The table as text.
  public var text: String { lines.joined() }

  /// Writes the table.
  ///
  /// - Throws: exit code 73 where it cannot be written.
  public func write(to path: String) throws { try OutputFile.write(text, to: path) }

  private static func line(_ row: [Entry]) -> String { row.map(\.field).joined(separator: ",") + "\r\n" }
}
