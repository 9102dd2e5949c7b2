import Kernels

/// Statistics of the cells of a map that have a value.
struct MapStatistics: Encodable, Equatable {
  let count: Int
  let mean: Double
  /// Weighted by area; nil where all weights are 0.
  @OrNull var areaMean: Double?
  let minimum, p05, p25, median, p75, p95, maximum: Double

  /// - Parameters:
  ///   - values: of all cells, NaN where missing.
  ///   - sorted: the finite ones, ascending; nil of none.
  ///   - weight: of a cell.
  init?(_ values: [Double], sorted: [Double], weight: (Int) -> Double) {
    guard let first = sorted.first, let last = sorted.last else { return nil }
    count = sorted.count
    mean = sorted.reduce(0, +) / Double(count)
    var (sum, weights) = (0.0, 0.0)
    for (cell, value) in values.enumerated() where value.isFinite {
      sum += weight(cell) * value
      weights += weight(cell)
    }
    areaMean = weights > 0 ? sum / weights : nil
    (minimum, maximum) = (first, last)
    (p05, p25) = (percentile(sorted: sorted, 0.05), percentile(sorted: sorted, 0.25))
    (p75, p95) = (percentile(sorted: sorted, 0.75), percentile(sorted: sorted, 0.95))
    median = percentile(sorted: sorted, 0.5)
  }
}

/// How many values lie between edges.
struct Histogram: Encodable, Equatable {
  /// Ascending, one more than `counts`.
  let edges: [Double]
  /// A value on an edge counts above it; the last one below.
  let counts: [Int]
  /// Values before the first and behind the last edge.
  let below, above: Int

  private static let bins = 50

  /// The bulk of the values in bins of one width.
  ///
  /// Where few values lie far off, the edges leave them out: they would leave the others one bin.
  /// - Parameter sorted: finite, ascending; nil where all are alike.
  init?(sorted: [Double]) {
    guard var low = sorted.first, var high = sorted.last, low < high else { return nil }
    let (first, last) = (percentile(sorted: sorted, 0.005), percentile(sorted: sorted, 0.995))
    if first < last, high - low > 2 * (last - first) { (low, high) = (first, last) }
    let width = (high - low) / Double(Self.bins)
    guard width > 0, width.isFinite else { return nil }
    var counts = [Int](repeating: 0, count: Self.bins)
    var (below, above) = (0, 0)
    for value in sorted {
      if value < low {
        below += 1
      } else if value > high {
        above += 1
      } else {
        counts[min(Self.bins - 1, Int((value - low) / width))] += 1
      }
    }
    edges = (0...Self.bins).map { low + (high - low) * Double($0) / Double(Self.bins) }
    (self.counts, self.below, self.above) = (counts, below, above)
  }
}
