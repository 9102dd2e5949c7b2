/// The value of a 0-based rank among a few, if it lies in a range; nil if it does not.
///
/// Counts how many are smaller than one candidate after the other; each narrows the range.
///
/// - Parameter values: Followed by a vector's length of NaN.
public func valueOfRank(
  _ rank: Int, in values: UnsafePointer<Double>, count: Int, from lowest: Double, to highest: Double
) -> Double? {
  var (low, high) = (lowest.nextDown, highest.nextUp)
  for index in 0..<count {
    let value = values[index]
    guard value > low && value < high else { continue }
    let candidate = DoubleLanes(repeating: value)
    var smaller = DoubleCounts(repeating: 0), notLarger = smaller
    var other = 0
    while other < count {
      let lanes = values.lanes(other)
      smaller &-= unsafeBitCast(lanes .< candidate, to: DoubleCounts.self)
      notLarger &-= unsafeBitCast(lanes .<= candidate, to: DoubleCounts.self)
      other += DoubleLanes.scalarCount
    }
    if smaller.wrappedSum() > rank {
      high = value
    } else if notLarger.wrappedSum() <= rank {
      low = value
    } else {
      return value
    }
  }
  return nil
}
