import VectorisedLayout

extension Functions {
  // A slope is smaller than a pivot where the residual of the later value from a line of that slope is smaller. Comparisons
  // with the NaN behind a row are false.
  package static func countPairs(_ series: UnsafePointer<SeriesMemory>) {
    let series = series.pointee
    let (count, counts) = (series.count, series.counters)
    let values = series.constantRow(SeriesMemory.Row.values)
    // What is between them is taken for equal.
    let (above, below) = (values + series.rowStride, values + 2 * series.rowStride)
    let (first, second, third) = series.pivotRows
    var rising = Counts(repeating: 0), falling = rising
    var belowFirst = rising, belowSecond = rising, belowThird = rising
    for earlier in 0..<count {
      let (high, low) = (Lanes(repeating: above[earlier]), Lanes(repeating: below[earlier]))
      let (a, b, c) = (
        Lanes(repeating: first[earlier]), Lanes(repeating: second[earlier]), Lanes(repeating: third[earlier])
      )
      var later = earlier + 1
      while later < count {
        let value = values.lanes(later)
        rising &-= (value .> high).minusOnes
        falling &-= (value .< low).minusOnes
        belowFirst &-= (first.lanes(later) .< a).minusOnes
        belowSecond &-= (second.lanes(later) .< b).minusOnes
        belowThird &-= (third.lanes(later) .< c).minusOnes
        later += Lanes.scalarCount
      }
    }
    counts[0] = Int(rising.wrappedSum())
    counts[1] = Int(falling.wrappedSum())
    counts[2] = Int(belowFirst.wrappedSum())
    counts[3] = Int(belowSecond.wrappedSum())
    counts[4] = Int(belowThird.wrappedSum())
  }

  // A value with c equal ones behind it makes a group of c + 1, which adds 6c(c + 2) to the sum over the group of c.
  package static func scorePairs(_ series: UnsafePointer<SeriesMemory>) -> (rising: Int, equal: Int, tieTerm: Int) {
    let series = series.pointee
    let (values, count) = (UnsafePointer(series.values), series.count)
    var rising = DoubleCounts(repeating: 0)
    var (equal, tieTerm) = (0, 0)
    for earlier in 0..<count {
      let value = DoubleLanes(repeating: values[earlier])
      var same = DoubleCounts(repeating: 0)
      var later = earlier + 1
      while later < count {
        let other = values.lanes(later)
        rising &-= unsafeBitCast(other .> value, to: DoubleCounts.self)
        same &-= unsafeBitCast(other .== value, to: DoubleCounts.self)
        later += DoubleLanes.scalarCount
      }
      let behind = Int(same.wrappedSum())
      equal += behind
      tieTerm += 6 * behind * (behind + 2)
    }
    return (Int(rising.wrappedSum()), equal, tieTerm)
  }

  package static func countBelow(_ series: UnsafePointer<SeriesMemory>) {
    let series = series.pointee
    let (count, counts) = (series.count, series.counters)
    let (first, second, third) = series.pivotRows
    var belowFirst = Counts(repeating: 0), belowSecond = belowFirst, belowThird = belowFirst
    for earlier in 0..<count {
      let a = Lanes(repeating: first[earlier]), b = Lanes(repeating: second[earlier])
      let c = Lanes(repeating: third[earlier])
      var later = earlier + 1
      while later < count {
        belowFirst &-= (first.lanes(later) .< a).minusOnes
        belowSecond &-= (second.lanes(later) .< b).minusOnes
        belowThird &-= (third.lanes(later) .< c).minusOnes
        later += Lanes.scalarCount
      }
    }
    counts[0] = Int(belowFirst.wrappedSum())
    counts[1] = Int(belowSecond.wrappedSum())
    counts[2] = Int(belowThird.wrappedSum())
  }
}

extension SeriesMemory {
  /// Residuals from lines with the slopes of the three pivots.
  @inline(__always)
  fileprivate var pivotRows: (UnsafePointer<Float>, UnsafePointer<Float>, UnsafePointer<Float>) {
    (constantRow(Row.pivots), constantRow(Row.pivots + 1), constantRow(Row.pivots + 2))
  }
}
