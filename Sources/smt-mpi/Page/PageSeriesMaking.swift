import Distributed

extension TableFile {
  private static let mostLines = 24

  /// The lines of a table that has a year or a time: a picture for each column of numbers, a line for each combination of what
  /// else tells rows apart; nothing where there is no such column.
  ///
  /// - Parameter notes: receives what is left out.
  func series(notes: inout [String]) -> [PageSeries] {
    guard let axis = place("year") ?? place("time") else { return [] }
    let month = header[axis] == "year" ? place("month") : nil
    let times = rows.map { time($0, axis, month) }
    // Texts tell rows apart; so do numbers before the time, such as those of layers.
    let keys = header.indices.filter { column in
      column != axis && column != month && (column < axis || !isNumeric(column))
    }
    let quantities = header.indices.filter { $0 > axis && $0 != month && !keys.contains($0) && isNumeric($0) }
    let values = Set(times.compactMap(\.self)).sorted()
    guard values.count > 1 else { return [] }
    let places = Dictionary(uniqueKeysWithValues: values.enumerated().map { ($1, $0) })
    let names = Dictionary(zip(times, rows).compactMap { time, row in time.map { ($0, name(row, axis, month)) } }) {
      first, _ in first
    }
    let telling = keys.filter { key in Set(rows.lazy.map { $0[key] }).count > 1 }
    func key(_ row: Row) -> String { telling.map { row[$0] }.joined(separator: ", ") }
    let count = Set(rows.map(key)).count
    if count > Self.mostLines, !quantities.isEmpty {
      notes.append("\(path): \(Self.mostLines) of \(count) lines are drawn")
    }
    return quantities.map { column in
      var labels: [String] = []
      var lines: [String: [Double?]] = [:]
      for (row, time) in zip(rows, times) {
        guard let time, let place = places[time], let number = number(row, column) else { continue }
        let label = key(row)
        if lines[label] == nil {
          guard labels.count < Self.mostLines else { continue }
          labels.append(label)
          lines[label] = [Double?](repeating: nil, count: values.count)
        }
        lines[label]?[place] = number
      }
      return PageSeries(
        title: header[column], units: units?[column] ?? "",
        x: PageSeries.Axis(
          name: month == nil ? header[axis] : "time", values: values, labels: values.map { names[$0] ?? "" }),
        lines: labels.map { PageSeries.Line(label: $0.isEmpty ? header[column] : $0, values: lines[$0] ?? []) })
    }
  }

  /// The time of a row in years; of months and days their middle; nil where it has none.
  private func time(_ row: Row, _ axis: Int, _ month: Int?) -> Double? {
    if let number = number(row, axis) {
      guard let month else { return number }
      // A row without a month is about the year, and no step of the series.
      return self.number(row, month).map { number + ($0 - 0.5) / 12 }
    }
    let parts = row[axis].prefix(10).split(separator: "-").compactMap { Int($0) }
    guard parts.count > 1, (1...12).contains(parts[1]) else { return nil }
    let day = parts.count > 2 ? (Double(parts[2]) - 0.5) / 31 : 0.5
    return Double(parts[0]) + (Double(parts[1] - 1) + day) / 12
  }

  /// What the time of a row is called: `2000-01` of a month that has a column of its own.
  private func name(_ row: Row, _ axis: Int, _ month: Int?) -> String {
    guard let month else { return row[axis] }
    return "\(row[axis])-\(row[month].count < 2 ? "0" : "")\(row[month])"
  }
}
