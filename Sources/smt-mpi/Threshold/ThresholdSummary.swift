import Distributed
import Foundation
import Kernels

/// Counts per status and means of a run's maps, twice: over cells, and weighted by cos latitude.
struct ThresholdSummary {
  let statusCounts: [String: Int]
  let results: [String: Double]
  /// Epochs or steps of training of all cells.
  let iterations: Int

  /// The summary on rank 0; elsewhere it is without meaning.
  ///
  /// Collective.
  init(_ cellResults: CellResults, on grid: Grid) throws {
    statusCounts = try cellResults.counts(of: CellStatus.self) { Double(ThresholdRecord($0).result.status.rawValue) }
    let quantities: [(String, @Sendable (ThresholdResult) -> Double)] = [
      ("smt", \.smt), ("r2", \.r2), ("decline_rate_high", \.declineRateHigh), ("decline_rate_low", \.declineRateLow),
    ]
    let fields = quantities.map { name, value in SummaryField(name: name) { value(ThresholdRecord($0).result) } }
    let means = try SummaryMeans(fields, of: cellResults, on: grid)
    results = fields.map(\.name).reduce(into: [:]) { results, name in
      guard !means[name].cells.isNaN else { return }
      results[name + "_cell_mean"] = means[name].cells
      results[name + "_area_mean"] = means[name].area
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
