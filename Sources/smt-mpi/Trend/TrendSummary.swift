import Distributed
import Foundation
import Kernels

/// Means of slopes, and shares of cells, weighted by area and over cells.
struct TrendSummary: PeriodSummary {
  let fields: [SummaryField]
  private let name: String
  private let rows: RecordRows
  private let shares: TrendShares

  private static let means = [
    ("mean", "mean"), ("sen_slope", "trend by Sen's slope"), ("trend", "trend by least squares"),
  ]

  init(_ rows: RecordRows, period: Int) {
    let name = rows.periods.names[period]
    shares = TrendShares(rows, period: period)
    fields =
      Self.means.map { field, _ in
        let place = rows.place(field, period: period)
        return SummaryField(name: "\(name)_\(field)") { $0[place] }
      } + shares.fields
    self.name = name
    self.rows = rows
  }

  func describe(_ means: SummaryMeans, _ summary: inout RecordSummary) {
    for (field, label) in Self.means {
      let mean = means["\(name)_\(field)"]
      summary.add("\(name)_\(field)_area_mean", mean.area)
      summary.add("\(name)_\(field)_cell_mean", mean.cells)
      summary.add(
        line: String(format: "  %@ %.4g (%.4g) %@", label, mean.area, mean.cells, rows.field(field).units))
    }
    shares.describe(means, &summary)
  }
}
