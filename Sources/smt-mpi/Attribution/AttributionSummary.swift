import Distributed
import Foundation
import Kernels

/// Means of the attribution over all computed cells: over cells, and weighted by cos latitude.
struct AttributionSummary: ResultSummary {
  let statusCounts: [String: Int]
  private(set) var results: [String: Double] = [:]
  private(set) var series: [String: [Double]] = [:]
  private var lines: [String] = []

  init(_ maps: ResultMaps, _ grid: Grid) {
    let counts = maps.periods.indices.map { maps.statusCounts(period: $0) { AttributionStatus(rawValue: $0)?.name } }
    statusCounts = counts[counts.count - 1]
    let weights = (0..<grid.cellCount).map { grid.cosineOfLatitude(ofCell: $0) }
    for (number, period) in maps.periods.enumerated() {
      let name = "\(period.lowerBound)-\(period.upperBound)"
      lines.append("\(name), cells: \(counts[number].listed)")
      for (status, count) in counts[number] { results["\(name)_cells_\(status)"] = Double(count) }
      lines.append("  means by cos latitude (over cells):")
      for (field, label) in [
        ("contribution_season", "seasons"), ("contribution_depth", "depths"), ("contribution_component", "components"),
      ] {
        lines.append("  \(label) " + describe(maps, field, weights, period: number, name: name, scale: 100, unit: " %"))
      }
      lines.append(
        "  trend of the total " + describe(maps, "trend", weights, period: number, name: name, scale: 1, unit: ""))
      addTerms(maps, weights, period: number, name: name)
      addOmega(maps, weights, period: number, name: name)
      addShares(maps, weights, period: number, name: name)
      let globe = GlobalSeries(maps, period: number, weights)
      for (key, value) in globe.results { results["\(name)_global_mean_\(key)"] = value }
      series["\(name)_years"] = globe.years.map(Double.init)
      series["\(name)_global_mean"] = globe.means
      lines += globe.lines(units: maps.field("mean")?.units ?? "")
    }
  }

  /// The lines of the terminal.
  var text: String { lines.joined(separator: "\n") }

  private mutating func describe(
    _ maps: ResultMaps, _ name: String, _ weights: [Double], period: Int, name periodName: String, scale: Double,
    unit: String
  ) -> String {
    guard let field = maps.field(name) else { return "" }
    return (0..<field.range.count).map { index in
      let means = MapMeans(maps.map(name, index, period: period), weights)
      results["\(periodName)_\(name)_\(index)_area_mean"] = means.area
      results["\(periodName)_\(name)_\(index)_cell_mean"] = means.cells
      return String(format: "%.2f%@ (%.2f%@)", scale * means.area, unit, scale * means.cells, unit)
    }.joined(separator: ", ")
  }

  /// Means of each contribution, a line for a component and season.
  private mutating func addTerms(_ maps: ResultMaps, _ weights: [Double], period: Int, name: String) {
    guard let field = maps.field("relative_contribution") else { return }
    let layers = field.axes[2].values.count
    for (row, start) in stride(from: 0, to: field.range.count, by: layers).enumerated() {
      let (component, season) = row.quotientAndRemainder(dividingBy: field.axes[1].values.count)
      let text = (start..<start + layers).map { index in
        let means = MapMeans(maps.map(field.name, index, period: period), weights)
        results["\(name)_relative_contribution_\(index)_area_mean"] = means.area
        results["\(name)_relative_contribution_\(index)_cell_mean"] = means.cells
        return String(format: "%.2f %% (%.2f %%)", 100 * means.area, 100 * means.cells)
      }
      lines.append(
        "  \(field.axes[0].meanings[component]) \(field.axes[1].meanings[season]) by depth "
          + text.joined(separator: ", "))
    }
  }

  /// ω of the globe: the mean contribution over the mean share, by area; the median over cells beside it.
  private mutating func addOmega(_ maps: ResultMaps, _ weights: [Double], period: Int, name: String) {
    guard let field = maps.field("omega"), let terms = maps.field("relative_contribution") else { return }
    let cells = field.range.count
    let layers = field.axes[1].values.count
    let shares = shareMeans(maps, weights, period: period)
    for index in 0..<cells {
      let trend = MapMeans(maps.map(terms.name, index, period: period), weights).area
      let rest = MapMeans(maps.map(terms.name, cells + index, period: period), weights).area
      results["\(name)_omega_\(index)_global"] = (trend + rest) / shares[index]
      let sorted = maps.map("omega", index, period: period).filter(\.isFinite).sorted()
      results["\(name)_omega_\(index)_median"] = sorted.isEmpty ? .nan : sorted[sorted.count / 2]
    }
    for season in 0..<cells / layers {
      let row = (0..<layers).map { layer in
        let index = season * layers + layer
        return String(
          format: "%.2f (%.2f)", results["\(name)_omega_\(index)_global"] ?? .nan,
          results["\(name)_omega_\(index)_median"] ?? .nan)
      }
      lines.append(
        "  omega \(field.axes[0].meanings[season]) by depth, globe (median cell): " + row.joined(separator: ", "))
    }
  }

  /// Mean share of each season and layer in the moisture, by area.
  private func shareMeans(_ maps: ResultMaps, _ weights: [Double], period: Int) -> [Double] {
    guard let field = maps.field("mean_moisture") else { return [] }
    let total = Array(maps.map("mean", period: period))
    let computed = Array(maps.map("status", period: period))
    let groups = Double(field.axes[0].values.count)
    return (0..<field.range.count).map { index in
      let shares = zip(maps.map(field.name, index, period: period), zip(total, computed)).map { value, other in
        other.1 == 0 ? value / (groups * other.0) : .nan
      }
      return MapMeans(shares, weights).area
    }
  }

  private mutating func addShares(_ maps: ResultMaps, _ weights: [Double], period: Int, name: String) {
    let trend = maps.map("trend", period: period)
    let p = maps.map("mk_p", period: period)
    func share(_ key: String, _ text: String, _ condition: (Double, Double) -> Bool) -> String {
      let values = zip(trend, p).map { $0.isFinite ? (condition($0, $1) ? 1.0 : 0) : .nan }
      let means = MapMeans(values, weights)
      results["\(name)_share_\(key)_area"] = means.area
      results["\(name)_share_\(key)_cells"] = means.cells
      return String(format: "%@ %.2f %% (%.2f %%)", text, 100 * means.area, 100 * means.cells)
    }
    lines.append(
      "  "
        + [
          share("declining", "declining") { trend, _ in trend < 0 },
          share("below_minus_2", "below -2 kg m-2 year-1") { trend, _ in trend < -2 },
          share("above_2", "above +2") { trend, _ in trend > 2 },
          share("significant", "significant at 0.05") { _, p in p < 0.05 },
        ].joined(separator: ", "))
  }
}
