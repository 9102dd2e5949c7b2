import Distributed
import Foundation
import Kernels

/// Counts per status, and means and quantiles of a run's maps.
struct ThresholdSummary {
  let statusCounts: [String: Int]
  let results: [String: Double]
  /// Epochs or steps of training of all cells.
  let iterations: Int
  private let weightOrigin: String

  private static let quantities: [(name: String, value: @Sendable (ThresholdResult) -> Double)] = [
    ("smt", \.smt), ("r2", \.r2), ("decline_rate_high", \.declineRateHigh), ("decline_rate_low", \.declineRateLow),
    ("amplification", \.amplification),
  ]
  /// Names in the report and heads of columns; all but the first are over cells alike.
  private static let statistics: [(name: String, title: String, value: @Sendable (FieldMeans) -> Double)] = [
    ("area_mean", "area mean", \.area), ("cell_mean", "mean", \.cells), ("cell_median", "median", \.median),
    ("cell_p05", "5 %", \.p05), ("cell_p95", "95 %", \.p95),
  ]

  /// The summary on rank 0; elsewhere it is without meaning.
  ///
  /// Collective.
  init(_ cellResults: CellResults, on grid: Grid) throws {
    weightOrigin = grid.weightOrigin
    statusCounts = try cellResults.counts(of: CellStatus.self) { Double(ThresholdRecord($0).result.status.rawValue) }
    let fields = Self.quantities.map { name, value in
      SummaryField(name: name, hasQuantiles: true) { value(ThresholdRecord($0).result) }
    }
    let means = try SummaryMeans(fields, of: cellResults, on: grid)
    results = fields.map(\.name).reduce(into: [:]) { results, name in
      guard !means[name].cells.isNaN else { return }
      for statistic in Self.statistics { results["\(name)_\(statistic.name)"] = statistic.value(means[name]) }
    }
    var own = 0
    cellResults.forEachRow { own += ThresholdRecord($1).result.iterations }
    iterations = try cellResults.communicator.allReduce([own], .sum)[0]
  }

  /// The lines of the terminal.
  var text: String {
    let counts = CellStatus.allCases.compactMap { status in
      statusCounts[status.name].map { "\($0) \(status.name)" }
    }
    let lines = ["cells: " + counts.joined(separator: ", ")]
    let rows = Self.quantities.compactMap { row($0.name) }
    guard !rows.isEmpty else { return lines[0] }
    let head = Self.line("", Self.statistics.map(\.title))
    return (lines + ["area means weighted with \(weightOrigin), the rest over cells", head] + rows)
      .joined(separator: "\n")
  }

  private func row(_ name: String) -> String? {
    let numbers = Self.statistics.compactMap { results["\(name)_\($0.name)"] }
    return numbers.isEmpty ? nil : Self.line(name, numbers.map { String(format: "%.3f", $0) })
  }

  private static func line(_ name: String, _ columns: [String]) -> String {
    name.padding(toLength: 18, withPad: " ", startingAt: 0)
      + columns.map { String(repeating: " ", count: max(1, 11 - $0.count)) + $0 }.joined()
  }
}
