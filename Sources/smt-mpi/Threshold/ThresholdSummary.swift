import Distributed
import Foundation
import Kernels

/// Counts per status and means of a run's maps, twice: over cells, and weighted by cos latitude.
struct ThresholdSummary {
  let statusCounts: [String: Int]
  let results: [String: Double]

  init(_ records: [ThresholdRecord], _ grid: Grid) {
    var counts: [String: Int] = [:]
    for status in CellStatus.allCases {
      let count = records.count { $0.result.status == status }
      if count > 0 { counts[status.name] = count }
    }
    statusCounts = counts
    var results: [String: Double] = [:]
    let quantities: [(String, (ThresholdResult) -> Double)] = [
      ("smt", \.smt), ("r2", \.r2), ("decline_rate_high", \.declineRateHigh), ("decline_rate_low", \.declineRateLow),
    ]
    for (name, value) in quantities {
      var (sum, weights, weightedSum, count) = (0.0, 0.0, 0.0, 0)
      for (cell, record) in records.enumerated() where value(record.result).isFinite {
        let weight = grid.cosineOfLatitude(ofCell: cell)
        sum += value(record.result)
        count += 1
        weightedSum += weight * value(record.result)
        weights += weight
      }
      guard count > 0 else { continue }
      results[name + "_cell_mean"] = sum / Double(count)
      results[name + "_area_mean"] = weights > 0 ? weightedSum / weights : .nan
    }
    self.results = results
  }

  /// The lines of the terminal.
  var text: String {
    let counts = CellStatus.allCases.compactMap { status in
      statusCounts[status.name].map { "\($0) \(status.name)" }
    }
    var lines = ["cells: " + counts.joined(separator: ", ")]
    func mean(_ name: String) -> String? {
      guard let cells = results[name + "_cell_mean"], let area = results[name + "_area_mean"] else { return nil }
      return "\(name) \(String(format: "%.3f", cells)) (\(String(format: "%.3f", area)))"
    }
    let means = ["smt", "r2", "decline_rate_high", "decline_rate_low"].compactMap(mean)
    if !means.isEmpty { lines.append("means over cells (by cos latitude): " + means.joined(separator: ", ")) }
    return lines.joined(separator: "\n")
  }
}
