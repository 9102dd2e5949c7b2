import Distributed
import Foundation
import Kernels

/// Means of slopes, and shares of cells, weighted by area and over cells.
struct TrendSummary: PeriodSummary {
  let fields: [SummaryField]
  private let name: String
  private let rows: RecordRows

  private static let means = [("mean", "mean"), ("trend", "trend"), ("sen_slope", "Sen's slope")]
  private static let shares = [
    ("declining", "declining"), ("significant", "significant at 0.05 by Mann-Kendall"),
    ("significant_declining", "significant and declining"), ("significant_ordinary", "significant by least squares"),
  ]

  init(_ rows: RecordRows, period: Int) {
    let name = rows.periods.names[period]
    func place(_ field: String) -> Int { rows.place(field, period: period) }
    /// Shares of the cells that have the number.
    func share(
      _ key: String, of field: String, _ condition: @escaping @Sendable (Double, _ trend: Double) -> Bool
    ) -> SummaryField {
      let (own, trend) = (place(field), place("trend"))
      return SummaryField(name: "\(name)_\(key)") {
        $0[own].isFinite ? (condition($0[own], $0[trend]) ? 1 : 0) : .nan
      }
    }
    fields =
      Self.means.map { field, _ in
        let place = place(field)
        return SummaryField(name: "\(name)_\(field)") { $0[place] }
      } + [
        share("declining", of: "trend") { trend, _ in trend < 0 },
        share("significant", of: "mk_p") { p, _ in p < 0.05 },
        share("significant_declining", of: "mk_p") { p, trend in p < 0.05 && trend < 0 },
        share("significant_ordinary", of: "trend_p") { p, _ in p < 0.05 },
      ]
    self.name = name
    self.rows = rows
  }

  func describe(_ means: SummaryMeans, _ summary: inout RecordSummary) {
    func mean(_ field: String, _ what: String) -> FieldMeans {
      let mean = means["\(name)_\(field)"]
      summary.add("\(name)_\(field)_area_\(what)", mean.area)
      summary.add("\(name)_\(field)_cell_\(what)", mean.cells)
      return mean
    }
    for (field, label) in Self.means {
      let mean = mean(field, "mean")
      summary.add(
        line: String(format: "  %@ %.4g (%.4g) %@", label, mean.area, mean.cells, rows.field(field).units))
    }
    let shares = Self.shares.map { key, text in
      let share = mean(key, "share")
      return String(format: "%@ %.2f %% (%.2f %%)", text, 100 * share.area, 100 * share.cells)
    }
    summary.add(line: "  " + shares.joined(separator: ", "))
  }
}
