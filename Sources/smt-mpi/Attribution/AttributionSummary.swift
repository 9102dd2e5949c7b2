import Distributed
import Foundation
import Kernels

/// Means of the attribution over all computed cells: over cells, and weighted by area.
struct AttributionSummary: PeriodSummary {
  private(set) var fields: [SummaryField] = []
  private let name: String
  private let rows: RecordRows
  private let shares: TrendShares

  private static let contributions = [
    ("contribution_season", "seasons"), ("contribution_depth", "depths"), ("contribution_component", "components"),
  ]
  private static let slopes = [("sen_slope", "Sen's slope"), ("trend", "least squares")]

  init(_ rows: RecordRows, period: Int) {
    self.rows = rows
    name = rows.periods.names[period]
    shares = TrendShares(rows, period: period)
    for field in Self.contributions.map(\.0) + Self.slopes.map(\.0) + ["relative_contribution", "omega"] {
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
    fields += shares.fields
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
    let slopes = Self.slopes.map { field, method in
      "by \(method) " + describe(field, 0..<1, scale: 1, "%.2f (%.2f)")
    }
    summary.add(
      line: "  trend of the total " + slopes.joined(separator: ", ") + " \(rows.field("trend").units)")
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
    shares.describe(means, &summary)
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
