import VectorisedLayout

extension Functions {
  // Counts how many are smaller than one candidate after the other; each narrows the range.
  package static func slope(
    _ series: UnsafePointer<SeriesMemory>, rank: Int, list: Int, count: Int, from lowest: Double, to highest: Double
  ) -> Double? {
    let series = series.pointee
    let values = UnsafePointer(series.slopes(ofList: list))
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
}
