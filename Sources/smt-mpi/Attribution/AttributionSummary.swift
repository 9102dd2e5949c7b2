import Distributed
import Foundation
import Kernels

/// Means of the attribution over all computed cells: over cells, and weighted by area.
struct AttributionSummary: PeriodSummary {
  private(set) var fields: [SummaryField] = []
  private let name: String
  private let rows: RecordRows

  private static let contributions = [
    ("contribution_season", "seasons"), ("contribution_depth", "depths"), ("contribution_component", "components"),
  ]
  private static let shares:
    [(key: String, text: String, condition: @Sendable (_ trend: Double, _ p: Double) -> Bool)] =
      [
        ("declining", "declining", { trend, _ in trend < 0 }),
        ("below_minus_2", "below -2 kg m-2 year-1", { trend, _ in trend < -2 }),
        ("above_2", "above +2", { trend, _ in trend > 2 }),
        ("significant", "significant at 0.05", { _, p in p < 0.05 }),
      ]

  init(_ rows: RecordRows, period: Int) {
    self.rows = rows
    name = rows.periods.names[period]
    for field in Self.contributions.map(\.0) + ["trend", "relative_contribution", "omega"] {
      for (index, value) in rows.quantities(rows.field(field), period: period).enumerated() {
        fields.append(SummaryField(name: "\(name)_\(field)_\(index)", hasQuantiles: field == "omega", value: value))
      }
    }
    // The share of a season and layer in the moisture.
    let moisture = rows.field("mean_moisture")
    let groups = Double(moisture.axes[0].values.count)
    let (status, mean) = (rows.place("status", period: period), rows.place("mean", period: period))
    for (index, value) in rows.quantities(moisture, period: period).enumerated() {
      fields.append(
        SummaryField(name: "\(name)_moisture_share_\(index)") {
          $0[status] == 0 ? value($0) / (groups * $0[mean]) : .nan
        })
    }
    let (trend, p) = (rows.place("trend", period: period), rows.place("mk_p", period: period))
    for (key, _, condition) in Self.shares {
      fields.append(
        SummaryField(name: "\(name)_share_\(key)") {
          $0[trend].isFinite ? (condition($0[trend], $0[p]) ? 1 : 0) : .nan
        })
    }
  }

  func describe(_ means: SummaryMeans, _ summary: inout RecordSummary) {
    /// Both means of some of a field's numbers, for the report and in words.
    func describe(_ field: String, _ indices: Range<Int>, scale: Double, _ format: String) -> String {
      indices.map { index in
        let mean = means["\(name)_\(field)_\(index)"]
        summary.add("\(name)_\(field)_\(index)_area_mean", mean.area)
        summary.add("\(name)_\(field)_\(index)_cell_mean", mean.cells)
        return String(format: format, scale * mean.area, scale * mean.cells)
      }.joined(separator: ", ")
    }
    let percent = "%.2f %% (%.2f %%)"
    for (field, label) in Self.contributions {
      summary.add(line: "  \(label) " + describe(field, 0..<rows.field(field).range.count, scale: 100, percent))
    }
    summary.add(line: "  trend of the total " + describe("trend", 0..<1, scale: 1, "%.2f (%.2f)"))
    // A line for a component and season.
    let terms = rows.field("relative_contribution")
    let layers = terms.axes[2].values.count
    for (row, start) in stride(from: 0, to: terms.range.count, by: layers).enumerated() {
      let (component, season) = row.quotientAndRemainder(dividingBy: terms.axes[1].values.count)
      summary.add(
        line: "  \(terms.axes[0].meanings[component]) \(terms.axes[1].meanings[season]) by depth "
          + describe(terms.name, start..<start + layers, scale: 100, percent))
    }
    describeOmega(means, &summary)
    let shares = Self.shares.map { key, text, _ in
      let share = means["\(name)_share_\(key)"]
      summary.add("\(name)_share_\(key)_area", share.area)
      summary.add("\(name)_share_\(key)_cells", share.cells)
      return String(format: "%@ \(percent)", text, 100 * share.area, 100 * share.cells)
    }
    summary.add(line: "  " + shares.joined(separator: ", "))
  }

  /// ω of the globe: the mean contribution over the mean share, by area; the median over cells beside it.
  private func describeOmega(_ means: SummaryMeans, _ summary: inout RecordSummary) {
    let field = rows.field("omega")
    let cells = field.range.count
    let layers = field.axes[1].values.count
    for season in 0..<cells / layers {
      let row = (season * layers..<(season + 1) * layers).map { index in
        let trend = means["\(name)_relative_contribution_\(index)"].area
        let rest = means["\(name)_relative_contribution_\(cells + index)"].area
        let global = (trend + rest) / means["\(name)_moisture_share_\(index)"].area
        let median = means["\(name)_omega_\(index)"].median
        summary.add("\(name)_omega_\(index)_global", global)
        summary.add("\(name)_omega_\(index)_median", median)
        return String(format: "%.2f (%.2f)", global, median)
      }
      summary.add(
        line: "  omega \(field.axes[0].meanings[season]) by depth, globe (median cell): "
          + row.joined(separator: ", "))
    }
  }
}
