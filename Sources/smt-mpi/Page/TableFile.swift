import Distributed

/// A table of a file as a page shows it.
struct TableFile {
  let path: String
  let header: [String]
  /// Units by column; nil where the file does not tell.
  let units: [String]?
  /// The first rows, up to `mostRows`.
  private(set) var rows: [[String]] = []
  /// The number of rows of the file.
  private(set) var rowCount = 0

  private static let (mostRows, mostColumns) = (20_000, 200)

  /// - Throws: exit code 65 or 66 where it cannot be read.
  init(_ path: String) throws {
    self.path = path
    let reader = try TableReader(path)
    let columns = Array(reader.columns.indices.prefix(Self.mostColumns))
    header = columns.map { reader.columns[$0] }
    units = reader.units.map { units in columns.map { units[$0] == "-" ? "" : units[$0] } }
    try reader.read(columns) { row in
      rowCount += 1
      if rows.count < Self.mostRows { rows.append(columns.map(row.text)) }
    }
  }

  /// The place of a column.
  func place(_ name: String) -> Int? { header.firstIndex(of: name) }

  /// The number in a field; nil where there is none.
  func number(_ row: [String], _ column: Int) -> Double? { Double(row[column]).flatMap { $0.isFinite ? $0 : nil } }

  /// Whether a column has numbers, and nothing else.
  func isNumeric(_ column: Int) -> Bool {
    rows.contains { !$0[column].isEmpty } && rows.allSatisfy { $0[column].isEmpty || Double($0[column]) != nil }
  }
}
