import VectorisedLayout

extension PairStatistics {
  /// Slopes at the ranks, from the pairs near them only; nil where six searches do not find them.
  mutating func slopesInWindows(_ ranks: SenRanks) -> SenSlopes? {
    guard pivots.slopes.x < pivots.slopes.z else { return nil }
    let zeros = falling..<falling + equal
    windows[0] = RankWindow(first: ranks.low, last: ranks.low, zeros: zeros)
    windows[1] = RankWindow(first: ranks.middle.0, last: ranks.middle.1, zeros: zeros)
    windows[2] = RankWindow(first: ranks.high, last: ranks.high, zeros: zeros)
    if !windows.allSatisfy(\.isFound) {
      let density = (thinned(pivots.below.z) - thinned(pivots.below.x)) / (pivots.slopes.z - pivots.slopes.x)
      guard density > 0 else { return nil }
      for index in 0..<3 { pivots.slopes[index] += distance(index) / density }
      countBelowPivots()
      for index in 0..<3 {
        windows[index].centre(pivot: pivots.slopes[index], distance: distance(index), density: density)
      }
      var attempts = 0
      while !windows.allSatisfy(\.isFound) {
        guard attempts < 6, search(density: density) else { return nil }
        attempts += 1
      }
    }
    return SenSlopes(low: windows[0].values.0, middle: windows[1].values, high: windows[2].values.0)
  }

  /// How many slopes there are from a pivot to its window's ranks, without those of equal values.
  private func distance(_ index: Int) -> Double {
    thinned(windows[index].middle) - thinned(pivots.below[index])
  }

  /// Looks for the slopes of every window and moves the windows that do not hold them; false where single precision or
  /// the memory does not serve.
  private mutating func search(density: Double) -> Bool {
    guard let bounds = placeWindows() else { return false }
    let (below, found) = (series.pointee.counters, series.pointee.counters + 3)
    var lists = 1
    for index in 0..<3 where !windows[index].isFound { lists = max(lists, windows[index].list + 1) }
    guard functions.findSlopes(series, windows: lists, bounds: bounds) else { return false }
    for index in 0..<3 where !windows[index].isFound {
      let window = windows[index]
      let (list, low, high) = (window.list, window.low + moments.slope, window.high + moments.slope)
      let (first, last) = (window.first - below[list], window.last - below[list])
      if first >= 0, last < found[list],
        let lower = functions.slope(series, rank: first, list: list, count: found[list], from: low, to: high),
        let upper = first == last
          ? lower : functions.slope(series, rank: last, list: list, count: found[list], from: lower, to: high)
      {
        windows[index].finish(lower, upper)
      } else {
        windows[index].move(below: below[list], inside: found[list], density: density, margin: 2 * slopeMargin)
      }
    }
    return true
  }

  /// Writes the rows of the windows, which afterwards are one or apart, and gives slopes between those that are apart; nil
  /// where single precision does not serve.
  private mutating func placeWindows() -> (Double, Double)? {
    var steepest = 0.0
    for index in 0..<3 where !windows[index].isFound {
      steepest = max(steepest, windows[index].low.magnitude, windows[index].high.magnitude)
    }
    guard setReach(steepest) else { return nil }
    let margin = 2 * slopeMargin
    for index in 0..<3 { windows[index].avoidZeros(at: -moments.slope, distance: margin) }
    uniteWindows(distance: margin)
    var bounds = SIMD2(repeating: Double.infinity)
    var before: RankWindow?
    for index in 0..<3 where !windows[index].isFound {
      let window = windows[index]
      guard window.low < window.high else { return nil }
      if let before, before.list == window.list { continue }
      if let before { bounds[before.list] = moments.slope + (before.high + window.low) / 2 }
      before = window
      let (low, high) = (SeriesMemory.Row.low + window.list, SeriesMemory.Row.high + window.list)
      functions.writeResiduals(series, slope: scaled(window.low), row: low)
      functions.writeShifted(series, row: low, by: -pivots.margin, to: low + 3)
      functions.writeResiduals(series, slope: scaled(window.high), row: high)
      functions.writeShifted(series, row: high, by: pivots.margin, to: high + 3)
    }
    return (bounds.x, bounds.y)
  }

  /// Makes one of windows that overlap or are less than a distance apart, and numbers their lists.
  private mutating func uniteWindows(distance: Double) {
    // Twice, since the second and the third together may reach the first.
    for _ in 0..<2 {
      var before: RankWindow?
      for index in 0..<3 where !windows[index].isFound {
        windows[index].list = before.map { $0.list + 1 } ?? 0
        if let before, windows[index].low <= before.high + distance {
          let (low, high) = (min(before.low, windows[index].low), max(before.high, windows[index].high))
          windows[index].list = before.list
          for member in 0...index where !windows[member].isFound && windows[member].list == before.list {
            (windows[member].low, windows[member].high) = (low, high)
          }
        }
        before = windows[index]
      }
    }
  }
}
