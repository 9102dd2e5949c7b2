import Distributed
import Foundation
import Kernels

/// What a run tells about its results: cells by status, means of columns, and what the method adds; period after period
/// where there are any.
struct Summary {
  /// Cells by name of their status, of the last period.
  private(set) var statusCounts: [String: Int] = [:]
  /// Numbers for the report.
  private(set) var results: [String: Double] = [:]
  /// Sequences of numbers for the report.
  private(set) var series: [String: [Double]] = [:]
  private var lines: [String] = []

  /// The summary on rank 0; elsewhere it is without meaning.
  ///
  /// Collective.
  /// - Parameter counts: Cells by name of their status, of each period or of the whole.
  init<Analysis: Method>(_ method: Analysis, _ all: MethodResults<Analysis>, _ counts: [[String: Int]]) throws {
    let names = method.periods.names
    let columns = counts.indices.map {
      ColumnMeans(all.rows, period: $0, prefix: names.isEmpty ? "" : names[$0] + "_")
    }
    let parts = try method.summaryParts(all)
    let means = try SummaryMeans(
      columns.flatMap(\.fields) + parts.flatMap(\.fields), of: all.cells, on: all.grid)
    guard all.cells.communicator.isRoot else { return }
    statusCounts = counts[counts.count - 1]
    for (period, counts) in counts.enumerated() {
      let listed = Analysis.Status.allCases.compactMap { status in
        counts[status.name].map { "\($0) \(status.name)" }
      }
      lines.append((names.isEmpty ? "" : names[period] + ", ") + "cells: " + listed.joined(separator: ", "))
      if !names.isEmpty {
        for (status, count) in counts { results["\(names[period])_cells_\(status)"] = Double(count) }
      }
      lines.append("area means weighted with \(all.grid.weightOrigin), the rest over cells")
      columns[period].describe(means, &self)
      for part in parts where part.period == period { part.describe(means, &self) }
    }
  }

  /// Adds a line for the terminal.
  mutating func add(line: String) { lines.append(line) }

  /// Adds a number for the report.
  mutating func add(_ name: String, _ value: Double) { results[name] = value }

  /// Adds a sequence of numbers for the report.
  mutating func add(_ name: String, _ values: [Double]) { series[name] = values }

  /// The lines of the terminal.
  var text: String { lines.joined(separator: "\n") }
}

/// A part of a summary that is about one period, or about the whole.
protocol SummaryPart {
  /// The period that it is about; 0 where there are none.
  var period: Int { get }
  /// Quantities whose means it needs, under names that no other part has.
  var fields: [SummaryField] { get }
  /// Adds its lines and numbers.
  func describe(_ means: SummaryMeans, _ summary: inout Summary)
}

/// Means of all columns that are to be summed up.
struct ColumnMeans<Result>: SummaryPart {
  let period: Int
  let fields: [SummaryField]
  private let columns: [Column<Result>]
  private let prefix: String

  /// Statistics: names in the report and heads of the table; all but the first are unweighted.
  private static var statistics: [(name: String, title: String, value: (FieldMeans) -> Double)] {
    [
      ("area_mean", "area mean", \.area), ("cell_mean", "mean", \.cells), ("cell_median", "median", \.median),
      ("cell_p05", "5 %", \.p05), ("cell_p95", "95 %", \.p95),
    ]
  }

  init(_ rows: Rows<Result>, period: Int, prefix: String) {
    self.period = period
    self.prefix = prefix
    columns = rows.columns.filter { $0.summary != .none }
    fields = columns.flatMap { column in
      rows.places(column.name, period: period).enumerated().map { index, place in
        SummaryField(
          name: Self.key(prefix, column, index), hasQuantiles: column.summary == .quantiles,
          gathered: column.gathered
        ) { $0[place] }
      }
    }
  }

  /// The key under which the means of a number of a column are kept.
  private static func key(_ prefix: String, _ column: Column<Result>, _ index: Int) -> String {
    prefix + column.name + (Self.axes(column).isEmpty ? "" : "_\(index)")
  }

  /// Axes of a column besides that of periods.
  private static func axes(_ column: Column<Result>) -> ArraySlice<MapAxis> {
    column.axes.dropFirst(column.periodCount > 1 ? 1 : 0)
  }

  func describe(_ means: SummaryMeans, _ summary: inout Summary) {
    for field in fields {
      let found = means[field.name]
      for statistic in Self.statistics.prefix(field.hasQuantiles ? 5 : 2) {
        summary.add("\(field.name)_\(statistic.name)", statistic.value(found))
      }
    }
    let table = columns.filter { Self.axes($0).isEmpty }
    if !table.isEmpty { summary.add(line: Self.line("", Self.statistics.map(\.title), "")) }
    for column in table {
      let found = means[Self.key(prefix, column, 0)]
      let shown = Self.statistics.prefix(column.summary == .quantiles ? 5 : 2).map {
        Self.text($0.value(found), column)
      }
      summary.add(line: Self.line(column.name, shown, ["1", "percent"].contains(column.units) ? "" : column.units))
    }
    for column in columns where !Self.axes(column).isEmpty { describe(column, means, &summary) }
  }

  /// A line for all indices of the last axis, for each index of the others: area means, in parentheses means over cells.
  private func describe(_ column: Column<Result>, _ means: SummaryMeans, _ summary: inout Summary) {
    let axes = Self.axes(column)
    guard let last = axes.last else { return }
    let outer = axes.dropLast().reduce([""]) { labels, axis in
      labels.flatMap { label in axis.labels.map { "\(label) \($0)" } }
    }
    for (row, label) in outer.enumerated() {
      let shown = last.values.indices.map { index in
        let found = means[Self.key(prefix, column, row * last.values.count + index)]
        return "\(Self.text(found.area, column)) (\(Self.text(found.cells, column)))"
      }
      summary.add(line: "\(column.name)\(label) by \(last.name): " + shown.joined(separator: ", "))
    }
  }

  private static func text(_ value: Double, _ column: Column<Result>) -> String {
    column.summary == .percent ? numberText(100 * value, "%.2f %%") : numberText(value, "%.4g")
  }

  private static func line(_ name: String, _ numbers: [String], _ units: String) -> String {
    name.padding(toLength: max(18, name.count), withPad: " ", startingAt: 0)
      + numbers.map { String(repeating: " ", count: max(1, 11 - $0.count)) + $0 }.joined()
      + (units.isEmpty ? "" : "  \(units)")
  }
}

extension MapAxis {
  /// What its indices are called: meanings of categories, or values.
  var labels: [String] { meanings.isEmpty ? values.map(\.shortText) : meanings }
}

extension RunReport {
  /// Adds what a summary tells.
  mutating func add(_ summary: Summary) {
    statusCounts = summary.statusCounts
    results.merge(summary.results) { _, new in new }
    if !summary.series.isEmpty { series = summary.series }
  }
}
