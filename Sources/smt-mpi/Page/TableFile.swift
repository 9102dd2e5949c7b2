import Distributed

/// A table of a file as a page shows it.
struct TableFile {
  /// A row.
  struct Row {
    /// As the file has them.
    let texts: [String]
    /// NaN where there is none.
    fileprivate let numbers: [Double]

    /// The text of a column.
    subscript(column: Int) -> String { texts[column] }
  }

  let path: String
  let header: [String]
  /// Units by column; nil where the file does not tell.
  let units: [String]?
  /// The first rows, up to `mostRows`.
  private(set) var rows: [Row] = []
  /// The number of rows of the file.
  private(set) var rowCount = 0
  /// The number of columns of the file.
  let columnCount: Int
  /// By column, whether it has numbers, and whether it has what is neither a number nor a sign of none, such as NA.
  private var hasNumbers, hasTexts: [Bool]

  private static let (mostRows, mostColumns) = (20_000, 200)

  /// - Throws: exit code 65 or 66 where it cannot be read.
  init(_ path: String) throws {
    self.path = path
    let reader = try TableReader(path)
    let columns = Array(reader.columns.indices.prefix(Self.mostColumns))
    columnCount = reader.columns.count
    header = columns.map { reader.columns[$0] }
    hasNumbers = columns.map { _ in false }
    hasTexts = hasNumbers
    units = reader.units.map { units in columns.map { units[$0] == "-" ? "" : units[$0] } }
    try reader.read(columns) { row in
      rowCount += 1
      guard rows.count < Self.mostRows else { return }
      let numbers = columns.map { column -> Double in
        guard let number = try? row.number(column) else {
          hasTexts[column] = true
          return .nan
        }
        if number.isFinite { hasNumbers[column] = true }
        return number
      }
      rows.append(Row(texts: columns.map(row.text), numbers: numbers))
    }
  }

  /// The place of a column.
  func place(_ name: String) -> Int? { header.firstIndex(of: name) }

  /// The number in a field; nil where there is none.
  func number(_ row: Row, _ column: Int) -> Double? { row.numbers[column].isFinite ? row.numbers[column] : nil }

  /// Whether a column has numbers, and nothing else.
  func isNumeric(_ column: Int) -> Bool { hasNumbers[column] && !hasTexts[column] }
}
