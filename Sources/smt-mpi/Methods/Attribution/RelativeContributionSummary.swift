import Distributed
import Foundation

/// ω of the globe by season and layer: the mean contribution over the mean share of the moisture, by area; and the median
/// over cells beside it.
struct RelativeContributionSummary: SummaryPart {
  let period: Int
  private(set) var fields: [SummaryField] = []
  private let name: String
  /// Meanings of the seasons, and how many layers there are.
  private let seasons: [String]
  private let layers: Int

  init(_ rows: Rows<[AttributionCell]>, _ periods: [ClosedRange<Int>], period: Int) {
    self.period = period
    name = periods.names[period]
    let axes = rows.column("mean_moisture").axes.suffix(2).map { $0 }
    (seasons, layers) = (axes[0].meanings, axes[1].values.count)
    for (index, place) in rows.places("omega", period: period).enumerated() {
      fields.append(SummaryField(name: "\(name)_omega_\(index)", hasQuantiles: true) { $0[place] })
    }
    // The share of a season and layer in the moisture.
    let groups = Double(seasons.count)
    let (status, mean) = (rows.place("status", period: period), rows.place("mean", period: period))
    for (index, place) in rows.places("mean_moisture", period: period).enumerated() {
      fields.append(
        SummaryField(name: "\(name)_moisture_share_\(index)") {
          $0[status] == 0 ? $0[place] / (groups * $0[mean]) : .nan
        })
    }
  }

  func describe(_ means: SummaryMeans, _ summary: inout Summary) {
    let terms = seasons.count * layers
    for (season, label) in seasons.enumerated() {
      let row = (season * layers..<(season + 1) * layers).map { index in
        let trend = means["\(name)_relative_contribution_\(index)"].area
        let rest = means["\(name)_relative_contribution_\(terms + index)"].area
        let global = (trend + rest) / means["\(name)_moisture_share_\(index)"].area
        let median = means["\(name)_omega_\(index)"].median
        summary.add("\(name)_omega_\(index)_global", global)
        summary.add("\(name)_omega_\(index)_median", median)
        return "\(numberText(global, "%.2f")) (\(numberText(median, "%.2f")))"
      }
      summary.add(line: "omega \(label) by depth, globe (median cell): " + row.joined(separator: ", "))
    }
  }
}
