import PairSlopes
import PairSlopesV3
import PairSlopesV4

extension PairStatistics {
  /// Shorter series are sorted out as a whole.
  private static let shortest = 12
  /// Longer ones do not fit the pairs' numbering.
  private static let longest = 65_535
  /// Differences of single-precision residuals within ±1 that could have the wrong sign, twice over.
  private static let margin: Float = 0x1p-22

  /// The reciprocal of a bound of the residuals from a line of the given slope; nil where it leaves the exponent's range.
  private func scale(slope: Double) -> Double? {
    let bound = moments.valueSpread + slope.magnitude * moments.timeSpread
    return bound > 1e-280 && bound < 1e280 ? 1 / bound : nil
  }

  /// Counts rising and falling pairs, and slopes below three pivots around the line's slope.
  ///
  /// Nil where single precision does not serve. Pairs of nearly equal values are neither rising nor falling.
  func countPairs(quantile: Double) -> (rising: Int, falling: Int)? {
    pivots = SIMD3(repeating: .nan)
    guard count >= PairStatistics.shortest, count <= PairStatistics.longest else { return nil }
    let step = quantile * moments.slopeError(values: count)
    guard step > 0, let valueScale = scale(slope: 0) else { return nil }
    pivots = SIMD3(moments.slope - step, moments.slope, moments.slope + step)
    writeResiduals(slope: 0, scale: valueScale, row: 6)
    writePivotResiduals(scale: valueScale)
    var counts = (0, 0, 0, 0, 0)
    withUnsafeMutablePointer(to: &counts) { counts in
      counts.withMemoryRebound(to: Int.self, capacity: 5) { countPairs(into: $0) }
    }
    pivotCounts = SIMD3(Double(counts.2), Double(counts.3), Double(counts.4))
    return (counts.0, counts.1)
  }

  /// Counts slopes below the pivots; rounding does no harm, since the counts only say where to look.
  private func countBelowPivots(scale: Double) {
    writePivotResiduals(scale: scale)
    var counts = (0, 0, 0)
    withUnsafeMutablePointer(to: &counts) { counts in
      counts.withMemoryRebound(to: Int.self, capacity: 3) { countBelow(into: $0) }
    }
    pivotCounts = SIMD3(Double(counts.0), Double(counts.1), Double(counts.2))
  }

  private func writePivotResiduals(scale: Double) {
    for row in 0..<3 { writeResiduals(slope: pivots[row], scale: scale, row: row) }
  }

  /// Slopes at the ranks, from the pairs near them only; nil where that does not succeed.
  func slopesInWindows(_ ranks: SenRanks) -> SenSlopes? {
    guard pivots.x < pivots.z, pivotCounts.z > pivotCounts.x, let valueScale = scale(slope: 0) else { return nil }
    let density = (pivotCounts.z - pivotCounts.x) / (pivots.z - pivots.x)
    var windows = [
      RankWindow(first: ranks.low, last: ranks.low), RankWindow(first: ranks.middle.0, last: ranks.middle.1),
      RankWindow(first: ranks.high, last: ranks.high),
    ]
    pivots += (SIMD3(windows[0].middle, windows[1].middle, windows[2].middle) - pivotCounts) / density
    countBelowPivots(scale: valueScale)
    for index in 0..<3 { windows[index].centre(pivot: pivots[index], below: pivotCounts[index], density: density) }
    for _ in 0..<4 {
      guard search(&windows) else { return nil }
      if windows.allSatisfy(\.isFound) {
        return SenSlopes(
          low: windows[0].values.0, middle: windows[1].values, high: windows[2].values.0)
      }
      for index in 0..<3 where !windows[index].isFound { windows[index].move(density: density) }
    }
    return nil
  }

  /// Looks for the slopes of every window; false where single precision or the memory does not serve.
  private func search(_ windows: inout [RankWindow]) -> Bool {
    for (index, window) in windows.enumerated() {
      let steepest = max(window.low.magnitude, window.high.magnitude)
      guard window.low < window.high, let scale = scale(slope: steepest) else { return false }
      writeResiduals(slope: window.low, scale: scale, row: index)
      writeResiduals(slope: window.high, scale: scale, row: 3 + index)
    }
    var counts = (0, 0, 0, 0, 0, 0)
    let fits = withUnsafeMutablePointer(to: &counts) { counts in
      counts.withMemoryRebound(to: Int.self, capacity: 6) { findPairs(found: $0, below: $0 + 3) }
    }
    guard fits else { return false }
    let (found, below) = ([counts.0, counts.1, counts.2], [counts.3, counts.4, counts.5])
    for index in 0..<3 {
      windows[index].below = below[index]
      windows[index].inside = found[index]
      settle(&windows[index], pairs: candidates.start + index * candidateCapacity)
    }
    return true
  }

  /// Computes the slopes of a window's pairs in double precision and checks that those of the ranks are among them.
  ///
  /// All pairs below the window have slopes smaller than its lower end, and all others slopes larger than its upper end.
  /// So a slope within the window has as many smaller ones as are below, plus the smaller ones inside.
  private func settle(_ window: inout RankWindow, pairs: UnsafePointer<UInt32>) {
    let (first, last) = (window.first - window.below, window.last - window.below)
    guard first >= 0, last < window.inside else { return }
    let (slopes, t, y) = (windowSlopes, times, values)
    for index in 0..<window.inside {
      let (earlier, later) = (Int(pairs[index] >> 16), Int(pairs[index] & 0xFFFF))
      slopes[index] = (y[later] - y[earlier]) / (t[later] - t[earlier])
    }
    for index in window.inside..<(window.inside + PairStatistics.padding) { slopes[index] = .nan }
    let lower = value(rank: first, in: slopes, count: window.inside)
    let upper = first == last ? lower : value(rank: last, in: slopes, count: window.inside)
    if lower >= window.low && upper <= window.high {
      window.values = (lower, upper)
      window.isFound = true
    }
  }

  private func value(rank: Int, in slopes: UnsafeMutablePointer<Double>, count: Int) -> Double {
    if count > 128 {
      var selection = Selection(slopes, count: count)
      return selection.value(rank: rank)
    }
    switch level {
    case .baseline: return PairSlopes.valueOfRank(rank, in: slopes, count: count)
    case .v3: return PairSlopesV3.valueOfRank(rank, in: slopes, count: count)
    case .v4: return PairSlopesV4.valueOfRank(rank, in: slopes, count: count)
    }
  }

  private func writeResiduals(slope: Double, scale: Double, row: Int) {
    let (t, y, target) = (centredTimes, centredValues, floats.start + row * stride)
    switch level {
    case .baseline:
      PairSlopes.writeResiduals(times: t, values: y, count: count, slope: slope, scale: scale, into: target)
    case .v3:
      PairSlopesV3.writeResiduals(times: t, values: y, count: count, slope: slope, scale: scale, into: target)
    case .v4:
      PairSlopesV4.writeResiduals(times: t, values: y, count: count, slope: slope, scale: scale, into: target)
    }
  }

  private func countPairs(into counts: UnsafeMutablePointer<Int>) {
    let (residuals, values, margin) = (floats.start, floats.start + 6 * stride, PairStatistics.margin)
    switch level {
    case .baseline:
      PairSlopes.countPairs(
        values: values, margin: margin, residuals: residuals, stride: stride, count: count, counts: counts)
    case .v3:
      PairSlopesV3.countPairs(
        values: values, margin: margin, residuals: residuals, stride: stride, count: count, counts: counts)
    case .v4:
      PairSlopesV4.countPairs(
        values: values, margin: margin, residuals: residuals, stride: stride, count: count, counts: counts)
    }
  }

  private func countBelow(into counts: UnsafeMutablePointer<Int>) {
    switch level {
    case .baseline: PairSlopes.countBelow(residuals: floats.start, stride: stride, count: count, counts: counts)
    case .v3: PairSlopesV3.countBelow(residuals: floats.start, stride: stride, count: count, counts: counts)
    case .v4: PairSlopesV4.countBelow(residuals: floats.start, stride: stride, count: count, counts: counts)
    }
  }

  private func findPairs(found: UnsafeMutablePointer<Int>, below: UnsafeMutablePointer<Int>) -> Bool {
    let (low, high, margin) = (floats.start, floats.start + 3 * stride, PairStatistics.margin)
    let scratch = UnsafeMutableRawPointer(hitMemory.start)
    switch level {
    case .baseline:
      return PairSlopes.findPairs(
        low: low, high: high, stride: stride, margin: margin, count: count, pairs: candidates.start,
        capacity: candidateCapacity, scratch: scratch, found: found, below: below)
    case .v3:
      return PairSlopesV3.findPairs(
        low: low, high: high, stride: stride, margin: margin, count: count, pairs: candidates.start,
        capacity: candidateCapacity, scratch: scratch, found: found, below: below)
    case .v4:
      return PairSlopesV4.findPairs(
        low: low, high: high, stride: stride, margin: margin, count: count, pairs: candidates.start,
        capacity: candidateCapacity, scratch: scratch, found: found, below: below)
    }
  }
}

/// A range of slopes in which those of one or two neighbouring ranks are looked for.
private struct RankWindow {
  var first: Int
  var last: Int
  var low = 0.0
  var high = 0.0
  var below = 0
  var inside = 0
  var values = (Double.nan, Double.nan)
  var isFound = false

  init(first: Int, last: Int) {
    self.first = first
    self.last = last
  }

  /// Where a pivot should be: as many slopes below it as below the ranks, and half of theirs.
  var middle: Double { Double(first + last + 1) / 2 }

  /// Puts the window where the ranks should be, given how many slopes are below a pivot and how dense slopes are.
  mutating func centre(pivot: Double, below: Double, density: Double) {
    let distance = middle - below
    place(pivot + distance / density, halfWidth: 4 + 0.6 * distance.magnitude, density)
  }

  /// Moves and widens the window after a search that found the ranks outside.
  mutating func move(density: Double) {
    let centre = (low + high) / 2
    let halfWidth = (high - low) / 2 * density
    let distance = middle - Double(below) - Double(inside) / 2
    place(centre + distance / density, halfWidth: 2 * halfWidth + 0.35 * distance.magnitude, density)
  }

  private mutating func place(_ centre: Double, halfWidth: Double, _ density: Double) {
    low = centre - halfWidth / density
    high = centre + halfWidth / density
  }
}
