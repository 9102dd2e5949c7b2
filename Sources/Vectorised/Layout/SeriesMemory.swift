/// The memory of one series and of the slopes between its pairs of values, as a level's functions see it.
///
/// They get its address: there are many short calls for each series.
package struct SeriesMemory {
  /// Number of values in use, set by who loads them.
  package var count = 0
  /// Times of the values, strictly increasing.
  package let times: UnsafeMutablePointer<Double>
  /// The values, all finite, followed by NaN.
  package let values: UnsafeMutablePointer<Double>
  /// Times less their mean.
  package let centredTimes: UnsafeMutablePointer<Double>
  /// Values less their mean.
  package let centredValues: UnsafeMutablePointer<Double>
  /// Distances of the values from their line.
  package let residuals: UnsafeMutablePointer<Double>
  /// Slopes of pairs in windows: three lists, each followed by NaN.
  package let windowSlopes: UnsafeMutablePointer<Double>
  /// Most slopes in all three lists.
  package let slopeCapacity: Int
  /// Single-precision numbers; see ``Row``.
  package let rows: UnsafeMutablePointer<Float>
  /// Distance in numbers between rows.
  package let rowStride: Int
  /// What functions count, six numbers.
  package let counters: UnsafeMutablePointer<Int>
  /// Room for as many numbers as ``slopeCapacity`` and the longest series have together.
  package let scratch: UnsafeMutablePointer<Int>

  /// Twice the longest vector of any level: how far behind the last value a function may read or write.
  package static let padding = 32

  /// The rows of single-precision numbers by what they hold.
  package enum Row {
    /// Times less their mean, the largest ±1.
    package static let times = 0
    /// Distances from the line of least squares.
    package static let line = 1
    /// Values, then the same plus and minus a margin.
    package static let values = 2
    /// Residuals from lines with the slopes of three pivots.
    package static let pivots = 5
    /// Residuals from lines with the slopes of three windows' lower ends, then the same less a margin.
    package static let low = 8
    /// The same of the upper ends, then plus a margin.
    package static let high = 14
    /// Number of rows.
    package static let count = 20
  }

  /// Lays out the memory for at most so many values in an arena.
  package init(maximumCount: Int, in arena: inout Arena) {
    rowStride = maximumCount + SeriesMemory.padding
    slopeCapacity = 8 * maximumCount + 256
    times = arena.take(rowStride, of: Double.self)
    values = arena.take(rowStride, of: Double.self)
    centredTimes = arena.take(rowStride, of: Double.self)
    centredValues = arena.take(rowStride, of: Double.self)
    residuals = arena.take(rowStride, of: Double.self)
    windowSlopes = arena.take(3 * (slopeCapacity + SeriesMemory.padding), of: Double.self)
    rows = arena.take(SeriesMemory.Row.count * rowStride, of: Float.self)
    counters = arena.take(6, of: Int.self)
    scratch = arena.take(slopeCapacity + maximumCount, of: Int.self)
  }
}
