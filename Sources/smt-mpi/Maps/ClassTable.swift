import Distributed
import Kernels

/// A field that is summed up by classes: a variable, or one slice of it.
struct ClassField: Sendable {
  /// Name of the variable in its file.
  var variable: String
  var units: String
  /// What the field is on the variable's further dimensions: their names with the value or meaning of their coordinate.
  var place: [(dimension: String, label: String)] = []
  /// The file, where a table has several of one name.
  var path = ""
}

/// A table of fields by classes: long and tidy, a row for each field and class.
struct ClassTable {
  private let sets: [CellClasses]
  private let rules: ClassStatistics.Rules
  private let minimumArea: Double
  private let hasTotals: Bool
  private var rows: [(field: ClassField, set: Int, name: String, statistics: ClassStatistics, shareOfTotal: Double)] =
    []
  /// Rows left out for their small area.
  private(set) var leftOut = 0

  /// A table without rows.
  ///
  /// - Parameter hasTotals: whether it tells the share of each class in the sum over all classes.
  init(_ summary: ClassSummary, minimumArea: Double = 0, hasTotals: Bool = false) {
    sets = summary.sets
    rules = summary.rules
    self.minimumArea = minimumArea
    self.hasTotals = hasTotals
  }

  /// Adds the rows of a field.
  ///
  /// - Parameter statistics: by set and class.
  mutating func add(_ field: ClassField, _ statistics: [[ClassStatistics]]) {
    for (set, classes) in statistics.enumerated() {
      let total = classes.reduce(0) { $0 + $1.total }
      for (index, found) in classes.enumerated() {
        guard !(found.area < minimumArea) else {
          leftOut += 1
          continue
        }
        rows.append((field, set, sets[set].classes[index].name, found, total == 0 ? .nan : found.total / total))
      }
    }
  }

  /// Names of the dimensions that any field has, in the order in which they come; those of a column are told apart.
  private var dimensions: [String] {
    var names: [String] = []
    for row in rows {
      for place in row.field.place where !names.contains(place.dimension) { names.append(place.dimension) }
    }
    return names
  }

  /// Whether fields of several files have one name.
  private var needsPath: Bool {
    Dictionary(grouping: rows.map(\.field), by: \.variable).values.contains { Set($0.map(\.path)).count > 1 }
  }

  /// The columns of statistics with their values.
  private var columns: [(name: String, entry: (ClassStatistics) -> Table.Entry)] {
    var columns: [(name: String, entry: (ClassStatistics) -> Table.Entry)] = [
      ("n", { .count($0.count) }), ("area_km2", { .number($0.area) }), ("mean", { .number($0.mean) }),
      ("mean_area", { .number($0.areaMean) }), ("sd", { .number($0.standardDeviation) }),
      ("min", { .number($0.minimum) }),
    ]
    for (index, name) in ["p05", "p25", "p50", "p75", "p95"].enumerated() {
      columns.append((name, { .number($0.quantiles[index]) }))
    }
    columns += [("max", { .number($0.maximum) }), ("share_positive", { .number($0.sharePositive) })]
    for (index, bound) in rules.above.enumerated() {
      columns.append(("share_above_\(bound.shortText)", { .number($0.sharesAbove[index]) }))
    }
    for (index, bound) in rules.below.enumerated() {
      columns.append(("share_below_\(bound.shortText)", { .number($0.sharesBelow[index]) }))
    }
    return columns
  }

  /// The table for a file.
  ///
  /// Columns: `classes`, the map that a class comes from, where there are several; `file`, where variables of several files
  /// have one name; `variable`; the dimensions of the variables besides those of the grid; `class`; the statistics.
  var table: Table {
    let (dimensions, columns, needsPath) = (dimensions, columns, needsPath)
    let statistics = columns.map(\.name) + (hasTotals ? ["share_of_total"] : [])
    let reserved = Set(statistics + ["classes", "file", "variable", "class"])
    var table = Table(
      columns: (sets.count > 1 ? ["classes"] : []) + (needsPath ? ["file"] : []) + ["variable"]
        + dimensions.map { reserved.contains($0) ? "dimension_\($0)" : $0 } + ["class"] + statistics)
    for row in rows {
      var entries: [Table.Entry] = sets.count > 1 ? [.text(sets[row.set].title)] : []
      if needsPath { entries.append(.text(row.field.path)) }
      entries.append(.text(row.field.variable))
      entries += dimensions.map { name in .text(row.field.place.first { $0.dimension == name }?.label ?? "") }
      entries.append(.text(row.name))
      entries += columns.map { $0.entry(row.statistics) }
      if hasTotals { entries.append(.number(row.shareOfTotal)) }
      table.add(entries)
    }
    return table
  }

  /// Means and numbers of cells by name, for the report: `smt_tropical_mean`.
  var results: [String: Double] {
    var results: [String: Double] = [:]
    for row in rows {
      let place = row.field.place.map { "_\($0.dimension)_\($0.label)" }.joined()
      let set = sets.count > 1 ? "_\(sets[row.set].title)" : ""
      let key = (needsPath ? "\(row.field.path):" : "") + "\(row.field.variable)\(place)\(set)_\(row.name)"
      results["\(key)_n"] = Double(row.statistics.count)
      if row.statistics.count > 0 {
        results["\(key)_mean"] = row.statistics.mean
        results["\(key)_mean_area"] = row.statistics.areaMean
      }
    }
    return results
  }

  /// The most rows that the terminal is told.
  private static let mostLines = 60

  /// The table for the terminal: some of the columns.
  var text: String {
    let heads = ["n", "area km2", "mean", "by area", "sd", "p05", "p50", "p95"]
    let width = max(16, rows.map { $0.name.count }.max() ?? 0) + 2
    var lines: [String] = []
    var head = ""
    for row in rows.prefix(Self.mostLines) {
      let place = row.field.place.map { " \($0.dimension) \($0.label)" }.joined()
      let title =
        (needsPath ? "\(row.field.path):" : "") + row.field.variable + place
        + (["", "1"].contains(row.field.units) ? "" : " [\(row.field.units)]")
        + (sets.count > 1 ? " by \(sets[row.set].title)" : "")
      if title != head {
        lines.append(title)
        lines.append(Self.line("  class", width, heads))
        head = title
      }
      let found = row.statistics
      let numbers =
        [found.area, found.mean, found.areaMean, found.standardDeviation] + [0, 2, 4].map { found.quantiles[$0] }
      lines.append(
        Self.line(
          "  " + row.name, width, ["\(found.count)"] + numbers.map { numberText($0, "%.4g") }))
    }
    if rows.count > Self.mostLines { lines.append("… \(counted(rows.count - Self.mostLines, "row")) more") }
    return lines.joined(separator: "\n")
  }

  private static func line(_ name: String, _ width: Int, _ numbers: [String]) -> String {
    name + String(repeating: " ", count: max(0, width - name.count))
      + numbers.map { String(repeating: " ", count: max(1, 11 - $0.count)) + $0 }.joined()
  }
}
