/// Rows of measurements under one title.
public struct ReportTable: Encodable {
  struct Cell {
    var column: String
    var value: ReportValue
  }

  /// One measurement: an object of columns in JSON.
  struct Row: Encodable {
    var cells: [Cell]

    func encode(to encoder: any Encoder) throws {
      var values: [String: ReportValue] = [:]
      for cell in cells { values[cell.column] = cell.value }
      try values.encode(to: encoder)
    }
  }

  let title: String
  var rows: [Row]

  /// The title and the table in Markdown, numbers to the right.
  var markdown: String {
    guard let first = rows.first else { return "" }
    let line = { (cells: [String]) in "| " + cells.joined(separator: " | ") + " |" }
    let rules = first.cells.map { $0.value.isNumber ? "---:" : "---" }
    let lines = [line(first.cells.map(\.column)), line(rules)] + rows.map { line($0.cells.map { "\($0.value)" }) }
    return (title.isEmpty ? "" : "\(title)\n\n") + lines.joined(separator: "\n")
  }
}
