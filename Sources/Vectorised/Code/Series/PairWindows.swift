import VectorisedLayout

/// A vector of pairs of which at least one lies in a window.
struct WindowHit {
  /// i · 2¹⁶ + j of the first lane.
  var start: UInt32 = 0
  /// One bit for each lane, the lowest for the first.
  var bits: UInt32 = 0
}

extension Functions {
  package static func findSlopes(_ series: UnsafePointer<SeriesMemory>, windows: Int, bounds: (Double, Double)) -> Bool
  {
    let series = series.pointee
    let hits = UnsafeMutableRawPointer(series.scratch).bindMemory(
      to: WindowHit.self, capacity: series.slopeCapacity + series.count)
    // A function for each number of windows.
    let hitCount =
      switch windows {
      case 1: series.findHits(1, hits)
      case 2: series.findHits(2, hits)
      default: series.findHits(3, hits)
      }
    guard let hitCount else { return false }
    let (times, values, capacity) = (series.times, series.values, series.slopeCapacity)
    let (listA, listB, listC) = (series.slopes(ofList: 0), series.slopes(ofList: 1), series.slopes(ofList: 2))
    var (foundA, foundB, foundC) = (0, 0, 0)
    for index in 0..<hitCount {
      let (earlier, first) = (Int(hits[index].start >> 16), Int(hits[index].start & 0xFFFF))
      let (time, value) = (times[earlier], values[earlier])
      var bits = hits[index].bits
      if foundA + foundB + foundC + bits.nonzeroBitCount > capacity { return false }
      repeat {
        let later = first + bits.trailingZeroBitCount
        let slope = (values[later] - value) / (times[later] - time)
        // Written to all lists and counted in one.
        (listA[foundA], listB[foundB], listC[foundC]) = (slope, slope, slope)
        let (isAboveFirst, isAboveSecond) = (slope > bounds.0 ? 1 : 0, slope > bounds.1 ? 1 : 0)
        foundA &+= 1 &- isAboveFirst
        foundB &+= isAboveFirst &- isAboveSecond
        foundC &+= isAboveSecond
        bits &= bits &- 1
      } while bits != 0
    }
    for index in 0..<DoubleLanes.scalarCount {
      (listA[foundA + index], listB[foundB + index], listC[foundC + index]) = (.nan, .nan, .nan)
    }
    (series.counters[3], series.counters[4], series.counters[5]) = (foundA, foundB, foundC)
    return true
  }
}

extension SeriesMemory {
  /// Writes down the vectors of pairs of which one is in a window; their number, or nil where there is not room for so many.
  ///
  /// The second three rows of the lower and upper ends hold the residuals of the first less and plus the difference up to
  /// which they are not trusted.
  @inline(__always)
  fileprivate func findHits(_ windows: Int, _ hits: UnsafeMutablePointer<WindowHit>) -> Int? {
    let (stride, count, capacity) = (rowStride, self.count, slopeCapacity)
    let (low, high) = (constantRow(Row.low), constantRow(Row.high))
    let (lowA, lowB, lowC) = (low, low + stride, low + 2 * stride)
    let (highA, highB, highC) = (high, high + stride, high + 2 * stride)
    var hitCount = 0
    var notBelowA = Counts(repeating: 0), notBelowB = notBelowA, notBelowC = notBelowA
    for earlier in 0..<count {
      if hitCount > capacity { return nil }
      let a = Lanes(repeating: lowA[earlier + 3 * stride]), d = Lanes(repeating: highA[earlier + 3 * stride])
      let b = Lanes(repeating: lowB[earlier + 3 * stride]), e = Lanes(repeating: highB[earlier + 3 * stride])
      let c = Lanes(repeating: lowC[earlier + 3 * stride]), f = Lanes(repeating: highC[earlier + 3 * stride])
      var later = earlier + 1
      while later < count {
        // Comparisons with the NaN behind the last value are false.
        let aboveA = lowA.lanes(later) .>= a
        notBelowA &-= aboveA.minusOnes
        var inside = aboveA .& (highA.lanes(later) .<= d)
        if windows > 1 {
          let aboveB = lowB.lanes(later) .>= b
          notBelowB &-= aboveB.minusOnes
          inside = inside .| (aboveB .& (highB.lanes(later) .<= e))
        }
        if windows > 2 {
          let aboveC = lowC.lanes(later) .>= c
          notBelowC &-= aboveC.minusOnes
          inside = inside .| (aboveC .& (highC.lanes(later) .<= f))
        }
        let bits = inside.bits
        // Written always and counted only where there is a pair: no branch to guess.
        hits[hitCount] = WindowHit(start: UInt32(truncatingIfNeeded: earlier << 16 | later), bits: bits)
        hitCount &+= bits == 0 ? 0 : 1
        later += Lanes.scalarCount
      }
    }
    let total = count * (count - 1) / 2
    counters[0] = total - Int(notBelowA.wrappedSum())
    counters[1] = total - Int(notBelowB.wrappedSum())
    counters[2] = total - Int(notBelowC.wrappedSum())
    return hitCount
  }
}
