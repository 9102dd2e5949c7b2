import Distributed
import Foundation
import Kernels

/// Means of slopes, and shares of cells, weighted by cos latitude and over cells.
struct TrendSummary: ResultSummary {
  let statusCounts: [String: Int]
  private(set) var results: [String: Double] = [:]
  private(set) var series: [String: [Double]] = [:]
  private var lines: [String] = []

  init(_ maps: ResultMaps, _ catalogue: Catalogue) {
    let grid = catalogue.grid
    let counts = maps.periods.indices.map { maps.statusCounts(period: $0) { TrendStatus(rawValue: $0)?.name } }
    statusCounts = counts[counts.count - 1]
    let weights = (0..<grid.cellCount).map { grid.cosineOfLatitude(ofCell: $0) }
    for (number, name) in maps.periods.names.enumerated() {
      lines.append("\(name), cells: \(counts[number].listed)")
      for (status, count) in counts[number] { results["\(name)_cells_\(status)"] = Double(count) }
      lines.append("  means by cos latitude (over cells):")
      for (field, label) in [("mean", "mean"), ("trend", "trend"), ("sen_slope", "Sen's slope")] {
        let means = MapMeans(maps.map(field, period: number), weights)
        store("\(name)_\(field)", "mean", means)
        lines.append(
          String(format: "  %@ %.4g (%.4g) %@", label, means.area, means.cells, maps.field(field)?.units ?? ""))
      }
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

  private mutating func store(_ name: String, _ what: String, _ means: MapMeans) {
    results["\(name)_area_\(what)"] = means.area
    results["\(name)_cell_\(what)"] = means.cells
  }

  /// Shares of the cells that have the slope or the test.
  private mutating func addShares(_ maps: ResultMaps, _ weights: [Double], period: Int, name: String) {
    func share(_ key: String, _ text: String, of field: String, _ condition: (Double, Double) -> Bool) -> String {
      let values = zip(maps.map(field, period: period), maps.map("trend", period: period)).map { value, trend in
        value.isFinite ? (condition(value, trend) ? 1.0 : 0) : .nan
      }
      let means = MapMeans(values, weights)
      store("\(name)_\(key)", "share", means)
      return String(format: "%@ %.2f %% (%.2f %%)", text, 100 * means.area, 100 * means.cells)
    }
    let shares = [
      share("declining", "declining", of: "trend") { trend, _ in trend < 0 },
      share("significant", "significant at 0.05 by Mann-Kendall", of: "mk_p") { p, _ in p < 0.05 },
      share("significant_declining", "significant and declining", of: "mk_p") { p, trend in p < 0.05 && trend < 0 },
      share("significant_ordinary", "significant by least squares", of: "trend_p") { p, _ in p < 0.05 },
    ]
    lines.append("  " + shares.joined(separator: ", "))
  }
}
