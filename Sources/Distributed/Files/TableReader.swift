/// A table of comma-separated values (RFC 4180), plain or gzip, whose rows are read in one pass in little memory.
///
/// The delimiter, a comma, a semicolon or a tab, is what the header line has most of. Lines before the header that begin with
/// `#` are comments. A second line is taken for the units of the columns where it has text in every column in which the
/// third has a number, nothing or `-` where the third has text, and a number nowhere. Text is UTF-8, or Windows-1252 where its bytes are no UTF-8.
public final class TableReader: Sendable {
  /// The file.
  public let path: String
  /// The names of the columns as in the header, without blanks around them.
  public let columns: [String]
  /// The texts of a line of units, by column; nil where there is no such line.
  public let units: [String]?
  private let delimiter: UInt8

  private static let (semicolon, tab) = (UInt8(ascii: ";"), UInt8(ascii: "\t"))
  /// Names hold commas rather than semicolons, and these rather than tabs.
  private static let delimiters = [tab, semicolon, UInt8(ascii: ",")]
  private static let extensions = [".csv", ".tsv", ".txt"].flatMap { [$0, $0 + ".gz"] }

  /// Whether a path is that of a table, by its name: `.csv`, `.tsv` or `.txt`, and the same with `.gz`.
  public static func isTable(_ path: String) -> Bool {
    let name = path.lowercased()
    return extensions.contains { name.hasSuffix($0) }
  }

  /// Reads the header line.
  ///
  /// - Throws: exit code 66 where the file is not there or cannot be read, 65 where it is no table or damaged.
  public init(_ path: String) throws {
    self.path = path
    let scanner = try TableScanner(path)
    let counts = try scanner.delimiterCounts(Self.delimiters)
    let most = counts.max() ?? 0
    delimiter = zip(Self.delimiters, counts).first { $1 == most && most > 0 }?.0 ?? UInt8(ascii: ",")
    scanner.delimiter = delimiter
    guard try scanner.next() != nil else { throw JobError(.inputData, "\(path): the table has no header line") }
    columns = scanner.fields.map(scanner.text)
    units = try Self.units(scanner, columnCount: columns.count)
  }

  /// The texts of the row after the header where they are units.
  private static func units(_ scanner: TableScanner, columnCount: Int) throws -> [String]? {
    guard try scanner.next() == columnCount else { return nil }
    let texts = scanner.fields.map(scanner.text)
    let kinds = scanner.fields.map { DecimalNumber.read(scanner.bytes($0), comma: true) }
    guard try scanner.next() == columnCount else { return nil }
    var hasUnits = false
    for (column, field) in scanner.fields.enumerated() {
      if case .number = kinds[column] { return nil }
      switch DecimalNumber.read(scanner.bytes(field), comma: true) {
      case .number:
        guard kinds[column] == .text else { return nil }
        hasUnits = true
      case .text: guard ["", "-"].contains(texts[column]) else { return nil }
      case .missing: break
      }
    }
    return hasUnits ? texts : nil
  }

  /// The place of the first column of this very name, from 0.
  public func position(_ name: String) -> Int? { columns.firstIndex(of: name) }

  /// The place of the only column of this very name, from 0.
  ///
  /// - Throws: exit code 65 where there is none, naming those there are, or more than one.
  public func column(_ name: String) throws -> Int {
    guard let position = position(name) else {
      let closest = namesClosest(to: name, among: columns.filter { !$0.isEmpty })
      let named = closest.prefix(12).joined(separator: ", ") + (closest.count > 12 ? ", …" : "")
      throw JobError(
        .inputData, "\(path): there is no column '\(name)'; expected one of the table's \(columns.count): \(named)")
    }
    guard columns.lastIndex(of: name) == position else {
      let places = columns.indices.filter { columns[$0] == name }.map { "\($0 + 1)" }.joined(separator: ", ")
      throw JobError(
        .inputData,
        "\(path): there are several columns '\(name)' (\(places)); expected one: rename or remove the others")
    }
    return position
  }

  /// Reads the rows in order and gives the fields of the chosen columns, from the beginning at each call.
  ///
  /// - Parameters:
  ///   - positions: Places of columns, from 0.
  ///   - take: Receives each row, whose fields are there until it returns.
  /// - Throws: what `take` throws; exit code 65 with file and line where a row has fewer fields than the header, or more than
  ///   an empty one behind its last delimiter, a quote is not closed, or the file is damaged.
  public func read(_ positions: [Int], _ take: (TableRow) throws -> Void) throws {
    let chosen = Set(positions).sorted()
    let places = Dictionary(uniqueKeysWithValues: chosen.enumerated().map { ($1, $0) })
    let indices = positions.map { places[$0] ?? 0 }
    let scanner = try TableScanner(path)
    scanner.delimiter = delimiter
    let end = columns.count
    scanner.choose(chosen + [end])
    for _ in 0..<(units == nil ? 1 : 2) { _ = try scanner.next() }
    var row = TableRow(scanner, positions, indices, columns, readsComma: delimiter == Self.semicolon)
    while let count = try scanner.next() {
      // Rows that end with a delimiter have an empty field more than a header that does not.
      guard count == end || count == end + 1 && scanner.fields.last.map({ scanner.bytes($0).isEmpty }) == true else {
        throw scanner.error("expected \(end) fields as in the header, found \(count)")
      }
      row.line = scanner.line
      try take(row)
    }
  }
}

/// A row of a table, there during the call that it is given to.
public struct TableRow {
  /// The line of the file on which the row begins, from 1.
  public fileprivate(set) var line = 0
  private let scanner: TableScanner
  private let positions: [Int]
  private let indices: [Int]
  private let columns: [String]
  private let readsComma: Bool

  fileprivate init(
    _ scanner: TableScanner, _ positions: [Int], _ indices: [Int], _ columns: [String], readsComma: Bool
  ) {
    self.scanner = scanner
    self.positions = positions
    self.indices = indices
    self.columns = columns
    self.readsComma = readsComma
  }

  /// The number in one of the chosen columns; NaN where it is missing: empty, NA, NaN, N/A, null or -9999.
  ///
  /// In a table with semicolons a comma is read as a decimal point.
  ///
  /// - Parameters:
  ///   - index: Into the chosen columns.
  /// - Throws: exit code 65 with file, line and column where it is no number.
  public func number(_ index: Int) throws -> Double {
    switch DecimalNumber.read(scanner.bytes(scanner.fields[indices[index]]), comma: readsComma) {
    case .number(let number): return number
    case .missing: return .nan
    case .text: throw error(index, "expected a number, found '\(text(index).prefix(40))'")
    }
  }

  /// The text in one of the chosen columns, without blanks around it.
  public func text(_ index: Int) -> String { scanner.text(scanner.fields[indices[index]]) }

  /// Whether there is no value in one of the chosen columns: what `number` reads as NaN.
  public func isMissing(_ index: Int) -> Bool {
    DecimalNumber.read(scanner.bytes(scanner.fields[indices[index]]), comma: readsComma) == .missing
  }

  /// An error about one of the chosen columns of this row: exit code 65, with file, line and column.
  public func error(_ index: Int, _ what: String) -> JobError {
    JobError(.inputData, "\(scanner.path), line \(line), column '\(columns[positions[index]])': \(what)")
  }
}
