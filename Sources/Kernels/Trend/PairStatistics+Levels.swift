import PairSlopes
import PairSlopesV3
import PairSlopesV4

/// Rows of single-precision numbers in the memory of ``PairStatistics``.
enum PairRow {
  /// Times, the largest ±1.
  static let times = 0
  /// Distances from the line of least squares.
  static let line = 1
  /// Values, then the same plus and minus a margin.
  static let values = 2
  /// Residuals from lines with the slopes of three pivots.
  static let pivots = 5
  /// Residuals from lines with the slopes of three windows' lower ends, then the same less a margin.
  static let low = 8
  /// The same of the upper ends, then plus a margin.
  static let high = 14
  static let count = 20
}

// The functions of the level in use.
extension PairStatistics {
  func row(_ number: Int) -> UnsafeMutablePointer<Float> { rows + number * stride }

  /// The line of least squares; writes centred times and values and the residuals.
  func fittedLine() -> LineMoments {
    let (t, y, x, z, r) = (times, values, centredTimes, centredValues, residuals)
    let line =
      switch level {
      case .baseline:
        PairSlopes.fitLine(times: t, values: y, count: count, centredTimes: x, centredValues: z, residuals: r)
      case .v3:
        PairSlopesV3.fitLine(times: t, values: y, count: count, centredTimes: x, centredValues: z, residuals: r)
      case .v4:
        PairSlopesV4.fitLine(times: t, values: y, count: count, centredTimes: x, centredValues: z, residuals: r)
      }
    return LineMoments(
      timeMean: line.timeMean, valueMean: line.valueMean, timeSquares: line.timeSquares, slope: line.slope,
      residualSquares: line.residualSquares, timeSpread: max(-x[0], x[count - 1]), valueSpread: line.valueSpread,
      residualSpread: line.residualSpread)
  }

  func writeScaled(_ source: UnsafePointer<Double>, scale: Double, filler: Float, row number: Int) {
    let target = row(number)
    switch level {
    case .baseline: PairSlopes.writeScaled(source, count: count, scale: scale, filler: filler, into: target)
    case .v3: PairSlopesV3.writeScaled(source, count: count, scale: scale, filler: filler, into: target)
    case .v4: PairSlopesV4.writeScaled(source, count: count, scale: scale, filler: filler, into: target)
    }
  }

  func writeResiduals(slope: Float, row number: Int) {
    let (t, y, target) = (row(PairRow.times), row(PairRow.line), row(number))
    switch level {
    case .baseline: PairSlopes.writeResiduals(times: t, values: y, count: count, slope: slope, into: target)
    case .v3: PairSlopesV3.writeResiduals(times: t, values: y, count: count, slope: slope, into: target)
    case .v4: PairSlopesV4.writeResiduals(times: t, values: y, count: count, slope: slope, into: target)
    }
  }

  func writeShifted(row source: Int, by shift: Float, row target: Int) {
    switch level {
    case .baseline: PairSlopes.writeShifted(row(source), by: shift, count: count, into: row(target))
    case .v3: PairSlopesV3.writeShifted(row(source), by: shift, count: count, into: row(target))
    case .v4: PairSlopesV4.writeShifted(row(source), by: shift, count: count, into: row(target))
    }
  }

  func countPairs(into counts: UnsafeMutablePointer<Int>) {
    let (v, r) = (row(PairRow.values), row(PairRow.pivots))
    switch level {
    case .baseline: PairSlopes.countPairs(values: v, residuals: r, stride: stride, count: count, counts: counts)
    case .v3: PairSlopesV3.countPairs(values: v, residuals: r, stride: stride, count: count, counts: counts)
    case .v4: PairSlopesV4.countPairs(values: v, residuals: r, stride: stride, count: count, counts: counts)
    }
  }

  func countBelow(into counts: UnsafeMutablePointer<Int>) {
    let r = row(PairRow.pivots)
    switch level {
    case .baseline: PairSlopes.countBelow(residuals: r, stride: stride, count: count, counts: counts)
    case .v3: PairSlopesV3.countBelow(residuals: r, stride: stride, count: count, counts: counts)
    case .v4: PairSlopesV4.countBelow(residuals: r, stride: stride, count: count, counts: counts)
    }
  }

  func scorePairs() -> (rising: Int, equal: Int, tieTerm: Int) {
    switch level {
    case .baseline: PairSlopes.scorePairs(values: values, count: count)
    case .v3: PairSlopesV3.scorePairs(values: values, count: count)
    case .v4: PairSlopesV4.scorePairs(values: values, count: count)
    }
  }

  /// Computes the slopes in or near the windows, parted into three lists by two bounds, and counts those below the windows;
  /// false where there is not room for so many.
  func findSlopes(
    windows: Int, bounds: (Double, Double), below: UnsafeMutablePointer<Int>, found: UnsafeMutablePointer<Int>
  ) -> Bool {
    let (t, y, low, high, out) = (times, values, row(PairRow.low), row(PairRow.high), windowSlopes)
    let length = slopeCapacity + PairStatistics.padding
    switch level {
    case .baseline:
      return PairSlopes.findSlopes(
        times: t, values: y, windows: windows, low: low, high: high, stride: stride, count: count, scratch: scratch,
        bounds: bounds, slopes: out, listStride: length, capacity: slopeCapacity, below: below, found: found)
    case .v3:
      return PairSlopesV3.findSlopes(
        times: t, values: y, windows: windows, low: low, high: high, stride: stride, count: count, scratch: scratch,
        bounds: bounds, slopes: out, listStride: length, capacity: slopeCapacity, below: below, found: found)
    case .v4:
      return PairSlopesV4.findSlopes(
        times: t, values: y, windows: windows, low: low, high: high, stride: stride, count: count, scratch: scratch,
        bounds: bounds, slopes: out, listStride: length, capacity: slopeCapacity, below: below, found: found)
    }
  }

  /// The slope of a rank among the first so many of a list of the windows' slopes, if it lies in the range.
  func slope(rank: Int, ofList list: Int, count: Int, from low: Double, to high: Double) -> Double? {
    let slopes = windowSlopes + list * (slopeCapacity + PairStatistics.padding)
    switch level {
    case .baseline: return PairSlopes.valueOfRank(rank, in: slopes, count: count, from: low, to: high)
    case .v3: return PairSlopesV3.valueOfRank(rank, in: slopes, count: count, from: low, to: high)
    case .v4: return PairSlopesV4.valueOfRank(rank, in: slopes, count: count, from: low, to: high)
    }
  }
}
