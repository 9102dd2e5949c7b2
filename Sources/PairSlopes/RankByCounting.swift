/// The value of a 0-based rank among a few, by counting how many are smaller.
///
/// - Parameter values: Followed by a vector's length of NaN.
public func valueOfRank(_ rank: Int, in values: UnsafePointer<Double>, count: Int) -> Double {
  for index in 0..<count {
    let value = values[index]
    let candidate = DoubleLanes(repeating: value)
    var smaller = DoubleCounts(repeating: 0), notLarger = smaller
    var other = 0
    while other < count {
      let lanes = values.lanes(other)
      smaller &-= unsafeBitCast(lanes .< candidate, to: DoubleCounts.self)
      notLarger &-= unsafeBitCast(lanes .<= candidate, to: DoubleCounts.self)
      other += DoubleLanes.scalarCount
    }
    if smaller.wrappedSum() <= rank && notLarger.wrappedSum() > rank { return value }
  }
  return .nan
}
