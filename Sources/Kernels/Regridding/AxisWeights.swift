import RealModule

/// What the cells of one axis give to those of another: a short list of source cells with weights for each target cell.
package struct AxisWeights: Sendable {
  /// Where the list of each target cell begins, and the end of the last.
  package private(set) var starts = [0]
  /// Source cells, in the order in which they are added up.
  package private(set) var sources: [Int32] = []
  /// Their weights.
  package private(set) var weights: [Double] = []
  /// The weight of each target cell as a whole, covered or not.
  package private(set) var totals: [Double] = []

  /// The number of target cells.
  package var count: Int { totals.count }

  /// The places of a target cell's list.
  @inline(__always)
  package func range(_ target: Int) -> Range<Int> { starts[target]..<starts[target + 1] }

  private mutating func close(total: Double) {
    starts.append(sources.count)
    totals.append(total)
  }

  /// Weights by the overlap of cells: of latitudes that of their sines, of longitudes that of angles, in radians.
  package static func overlap(from source: CellAxis, to target: CellAxis) -> AxisWeights {
    // Longitudes are turned into the same circle; a target cell meets a source cell in one of three turns.
    func start(_ lower: Double) -> Double {
      source.isLongitude ? lower - 360 * (lower / 360).rounded(.down) : lower
    }
    let cells = source.lower.indices.map { index in
      let lower = start(source.lower[index])
      return (lower: lower, upper: lower + source.upper[index] - source.lower[index], index: Int32(index))
    }.sorted { ($0.lower, $0.index) < ($1.lower, $1.index) }
    let widest = cells.map { $0.upper - $0.lower }.max() ?? 0
    let turns: [Double] = source.isLongitude ? [-360, 0, 360] : [0]
    var result = AxisWeights()
    for (left, right) in zip(target.lower, target.upper) {
      let lower = start(left)
      let upper = lower + right - left
      for turn in turns {
        var place = cells.partitioningIndex { $0.lower + turn > lower - widest - CellAxis.precision }
        while place < cells.count, cells[place].lower + turn < upper {
          let (from, to) = (max(lower, cells[place].lower + turn), min(upper, cells[place].upper + turn))
          if to - from > 1e-9 {
            result.sources.append(cells[place].index)
            result.weights.append(source.extent(from, to))
          }
          place += 1
        }
      }
      result.close(total: source.extent(lower, upper))
    }
    return result
  }

  /// Weights of the two neighbours between whose centres each target's lies: those of linear interpolation.
  ///
  /// Between the outer row and a pole that it reaches to, and nowhere else, the outer row alone counts. What lies outside
  /// has an empty list.
  package static func linear(from source: CellAxis, to targets: [Double]) -> AxisWeights {
    let order = source.centres.indices.sorted { source.centres[$0] < source.centres[$1] }
    let sorted = order.map { source.centres[$0] }
    var result = AxisWeights()
    guard let first = sorted.first, let last = sorted.last else { return result }
    let (isPeriodic, reach) = (source.isPeriodic, source.reach)
    for target in targets {
      // The turn in which a longitude lies at or above the first.
      let angle = first - CellAxis.precision
      let value = source.isLongitude ? target - 360 * ((target - angle) / 360).rounded(.down) : target
      let above = sorted.partitioningIndex { $0 > value }
      if above > 0, above < sorted.count {
        result.add(order[above - 1], order[above], (value - sorted[above - 1]) / (sorted[above] - sorted[above - 1]))
      } else if isPeriodic {
        let (low, high) = above == 0 ? (last - 360, first) : (last, first + 360)
        result.add(order[order.count - 1], order[0], high > low ? (value - low) / (high - low) : 0)
      } else {
        let outer = above == 0 ? 0 : sorted.count - 1
        let isOnCentre = abs(value - sorted[outer]) <= CellAxis.precision
        let isAtPole = !source.isLongitude && (above == 0 ? reach.lower <= -89.999 : reach.upper >= 89.999)
        if isOnCentre || isAtPole { result.add(order[outer], order[outer], 0) }
      }
      result.close(total: 1)
    }
    return result
  }

  /// One for each source cell that lies within a target cell with more than half of its width.
  static func counts(from source: CellAxis, to target: CellAxis) -> AxisWeights {
    let shares = shares(from: source, to: target)
    var result = AxisWeights()
    for index in 0..<shares.count {
      let inside = shares.range(index).filter { shares.weights[$0] > 0.5 }
      result.sources += inside.map { shares.sources[$0] }
      result.weights += inside.map { _ in 1 }
      result.close(total: Double(inside.count))
    }
    return result
  }

  /// Whether all source cells lie in a target cell as a whole or not at all, up to a hundredth, and target cells consist of
  /// them.
  static func areWhole(from source: CellAxis, to target: CellAxis) -> Bool {
    let shares = shares(from: source, to: target)
    return shares.weights.allSatisfy { $0 < 0.01 || $0 > 0.99 } && shares.totals.allSatisfy { $0 > 0.99 }
  }

  /// For each target cell the shares of source cells' widths that lie in it; its total is how much of it they cover.
  private static func shares(from source: CellAxis, to target: CellAxis) -> AxisWeights {
    let overlap = overlap(from: source, to: target)
    let widths = zip(source.lower, source.upper).map { source.extent($0, $1) }
    var result = overlap
    for place in overlap.weights.indices { result.weights[place] /= widths[Int(overlap.sources[place])] }
    for index in 0..<overlap.count {
      result.totals[index] = overlap.weights[overlap.range(index)].reduce(0, +) / overlap.totals[index]
    }
    return result
  }

  /// Lends the lists to a loop, which then needs no count of references.
  @inline(__always)
  func withLists(
    _ body: (UnsafeBufferPointer<Int>, UnsafeBufferPointer<Int32>, UnsafeBufferPointer<Double>) -> Void
  ) {
    starts.withUnsafeBufferPointer { starts in
      sources.withUnsafeBufferPointer { sources in
        weights.withUnsafeBufferPointer { body(starts, sources, $0) }
      }
    }
  }

  private mutating func add(_ below: Int, _ above: Int, _ share: Double) {
    if share < 1 {
      sources.append(Int32(below))
      weights.append(1 - share)
    }
    if share > 0 {
      sources.append(Int32(above))
      weights.append(share)
    }
  }
}

extension Array {
  /// The first place for whose element, and all behind it, the condition holds.
  func partitioningIndex(where isBehind: (Element) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if isBehind(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
