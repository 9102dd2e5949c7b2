import Distributed
import Foundation

extension Comparison {
  /// The report as a table.
  var table: String {
    let units = report.units.isEmpty ? "no units" : report.units
    let unitsText =
      report.unitsOfB.map { "A \(units), B \($0.isEmpty ? "no units" : $0): the correlation alone" } ?? units
    return
      ([
        "A  \(report.a)", "B  \(report.b)",
      ] + (report.regridding.map { ["grid: \($0)"] } ?? []) + [
        "cells: \(report.counts.compared) compared, \(report.counts.onlyA) only in A, \(report.counts.onlyB) only in B",
        "units: \(unitsText); area: weighted with \(report.weights)", "",
        Self.columns("", ["cells", "area"]),
      ] + rows).joined(separator: "\n")
  }

  private var rows: [String] {
    let number = String(format: "%g", tolerance.number)
    let agreement = tolerance.isRelative ? "<= \(number) % of |B|" : "<= \(number)"
    let rows: [(label: String, isPercent: Bool, value: (Statistics) -> Double?)] = [
      ("mean of A", false, \.meanA), ("mean of B", false, \.meanB), ("RMSE", false, \.rmse),
      ("bias (A - B)", false, \.bias), ("Pearson correlation", false, \.correlation),
      ("median |A - B|", false, \.medianAbsoluteError), ("share with |A - B| \(agreement)", true, \.shareWithin),
    ]
    let isComplete = report.unitsOfB == nil
    return rows.filter { isComplete || $0.label == "Pearson correlation" }.map { label, isPercent, value in
      Self.columns(
        label,
        [report.cells, report.area].map { statistics in
          let number = value(statistics) ?? .nan
          return isPercent ? numberText(number * 100, "%.2f %%") : numberText(number, "%.5g")
        })
    }
  }

  private static func columns(_ label: String, _ texts: [String]) -> String {
    label + String(repeating: " ", count: max(1, 36 - label.count))
      + texts.map { String(repeating: " ", count: max(1, 12 - $0.count)) + $0 }.joined()
  }
}
