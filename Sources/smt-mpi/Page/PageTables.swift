import Distributed

extension TableFile {
  /// Rows of a table that a page holds.
  private static let mostShown = 2000

  /// The table; one of classes as one for each variable, whose spreads are drawn.
  ///
  /// - Parameters:
  ///   - units: of a variable by its name, as maps tell.
  ///   - notes: receives what is left out.
  func tables(_ units: (String) -> String?, notes: inout [String]) -> [PageTable] {
    let found = tables(units)
    let shown = found.reduce(0) { $0 + $1.rows.count }
    if shown < rowCount { notes.append("\(path): the first \(shown) of \(rowCount) rows are shown") }
    if rows.count < rowCount {
      notes.append("\(path): lines, pairs and boxes are of the first \(rows.count) of \(rowCount) rows")
    }
    if header.count < columnCount {
      notes.append("\(path): the first \(header.count) of \(columnCount) columns are shown")
    }
    for table in found where table.boxes.map({ $0.count < table.rows.count }) ?? false {
      notes.append("\(table.path): only the first \(Self.mostBoxes) classes are drawn as boxes")
    }
    return found
  }

  private func tables(_ units: (String) -> String?) -> [PageTable] {
    let quantiles = ["p05", "p25", "p50", "p75", "p95", "mean", "n"].map(place)
    guard let variable = place("variable"), let last = place("class"), quantiles.allSatisfy({ $0 != nil }) else {
      let shown = rows.prefix(Self.mostShown).map(\.texts)
      return [PageTable(path: path, header: header, rows: shown, boxes: nil, units: nil)]
    }
    // What stands before the class says of what it is one, besides the variable.
    let keys = (0...last).filter { $0 != variable && $0 != place("file") && $0 != place("classes") }
    let groups = [place("file"), place("classes"), variable].compactMap(\.self)
    var order: [[String]] = []
    var parts: [[String]: [Row]] = [:]
    for row in rows {
      let group = groups.map { row[$0] }
      if parts[group] == nil { order.append(group) }
      parts[group, default: []].append(row)
    }
    return order.map { group in
      let own = parts[group] ?? []
      let boxes = own.prefix(Self.mostBoxes).map { row in
        let numbers = quantiles.map { place in place.flatMap { number(row, $0) } }
        return PageTable.Box(
          label: keys.map { row[$0] }.filter { !$0.isEmpty }.joined(separator: ", "), low: numbers[0],
          high: numbers[4], q25: numbers[1], median: numbers[2], q75: numbers[3], mean: numbers[5],
          n: numbers[6].flatMap(Int.init(exactly:)))
      }
      return PageTable(
        path: order.count > 1 ? "\(path): \(group.joined(separator: ", "))" : path, header: header,
        rows: own.prefix(Self.mostShown).map(\.texts), boxes: boxes, units: units(group[group.count - 1]))
    }
  }

  private static let mostBoxes = 200
}
