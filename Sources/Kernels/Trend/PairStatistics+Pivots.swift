import VectorisedLayout

/// Three slopes and how many pair slopes are below each, counted in single precision.
///
/// Slopes are less that of the line of least squares. Rounding does no harm to the counts, since they only say where to
/// look.
struct SlopePivots {
  var slopes = SIMD3<Double>(repeating: .nan)
  /// Pair slopes below each.
  var below = SIMD3<Double>()
  /// Largest distance from the line's slope that the single-precision rows are scaled for.
  var reach = 0.0
  /// What brings distances from the line within ±1.
  var scale = 0.0
  /// Differences of single-precision residuals that could have the wrong sign.
  var margin: Float = 0
}

extension PairStatistics {
  /// Shorter series are sorted out as a whole.
  private static let shortest = 12
  /// Longer ones do not fit the pairs' numbering.
  private static let longest = 65_535
  /// Differences of values within ±1 in single precision that could have the wrong sign, twice over.
  private static let valueMargin: Float = 0x1p-22

  /// Counts rising and falling pairs, and slopes below the line's and `quantile` standard errors to either side.
  ///
  /// Nil where single precision does not serve. Pairs of nearly equal values are neither rising nor falling.
  mutating func countPairs(quantile: Double) -> (rising: Int, falling: Int)? {
    pivots = SlopePivots()
    guard count >= PairStatistics.shortest, count <= PairStatistics.longest else { return nil }
    let step = quantile * moments.slopeError(values: Double(count))
    guard step > 0, moments.valueSpread > 1e-280, moments.valueSpread < 1e280, setReach(3 * step) else { return nil }
    pivots.slopes = SIMD3(-step, 0, step)
    let (rows, margin) = (SeriesMemory.Row.self, PairStatistics.valueMargin)
    let (times, values) = (series.pointee.centredTimes, series.pointee.centredValues)
    functions.writeScaled(series, times, scale: 1 / moments.timeSpread, filler: 0, row: rows.times)
    functions.writeScaled(series, values, scale: 1 / moments.valueSpread, filler: .nan, row: rows.values)
    functions.writeShifted(series, row: rows.values, by: margin, to: rows.values + 1)
    functions.writeShifted(series, row: rows.values, by: -margin, to: rows.values + 2)
    writePivotRows()
    functions.countPairs(series)
    let counts = series.pointee.counters
    takePivotCounts(counts + 2)
    return (counts[0], counts[1])
  }

  /// Counts slopes below the pivots.
  mutating func countBelowPivots() {
    writePivotRows()
    functions.countBelow(series)
    takePivotCounts(series.pointee.counters)
  }

  private mutating func takePivotCounts(_ counts: UnsafePointer<Int>) {
    pivots.below = SIMD3(Double(counts[0]), Double(counts[1]), Double(counts[2]))
  }

  private mutating func writePivotRows() {
    for index in 0..<3 {
      functions.writeResiduals(series, slope: scaled(pivots.slopes[index]), row: SeriesMemory.Row.pivots + index)
    }
  }

  /// A slope less the line's in the units of the single-precision rows.
  func scaled(_ slope: Double) -> Float { Float(slope * moments.timeSpread * pivots.scale) }

  /// How far a slope may be from another and yet be taken for the same.
  var slopeMargin: Double { 2 * Double(pivots.margin) / (pivots.scale * smallestStep) }

  /// A rank or count as it would be without the pairs of equal values, which all have the same slope.
  func thinned(_ rank: Double) -> Double {
    rank > Double(falling) ? max(rank - Double(equal), Double(falling)) : rank
  }

  /// Sees to it that residuals from lines with slopes up to a distance from the line's are within ±1; false where single
  /// precision does not serve.
  ///
  /// Two residuals within ±1 differ from the true ones by at most 8 · 2⁻²⁴, comparing them adds 2⁻²⁴; the rest of the
  /// margin is for the rounding errors of double precision, which matter where the values are nearly on the line.
  mutating func setReach(_ reach: Double) -> Bool {
    guard reach > pivots.reach else { return true }
    let bound = moments.residualSpread + reach * moments.timeSpread
    let rounding = 0x1p-47 * (moments.valueSpread + moments.slope.magnitude * moments.timeSpread)
    guard bound > 1e-280 && bound < 1e280 && rounding < 0x1p-10 * bound else { return false }
    pivots.reach = reach
    pivots.scale = 1 / bound
    pivots.margin = 0x1p-20 + Float(rounding / bound)
    functions.writeScaled(
      series, series.pointee.residuals, scale: pivots.scale, filler: .nan, row: SeriesMemory.Row.line)
    return true
  }
}
