/// A vector of pairs of which at least one lies in a window.
struct WindowHit {
  /// i · 2¹⁶ + j of the first lane.
  var start: UInt32 = 0
  /// One bit for each lane, the lowest for the first.
  var bits: UInt32 = 0
}

/// Computes the slopes of the pairs (i < j) that lie in or near some windows, and counts the pairs below each.
///
/// - Parameters:
///   - times: In double precision.
///   - values: In double precision.
///   - windows: Their number, 1 to 3.
///   - low: Rows of residuals from lines with the slopes of the windows' lower ends, `stride` apart: three, then the same
///     three less the difference up to which residuals are not trusted. Such a pair is taken to be in the window.
///   - high: The same for the upper ends: three, then the same three plus that difference.
///   - scratch: 8 · (`capacity` + count) bytes.
///   - bounds: Two slopes, the first at most the second, that part the slopes found into three lists.
///   - slopes: Receives the three lists, `listStride` apart; in all at most `capacity`, and a vector's length of NaN
///     behind each.
///   - below: Receives the number of pairs that are surely below each window.
///   - found: Receives the length of each list.
/// - Returns: False where there is not room for so many.
public func findSlopes(
  times: UnsafePointer<Double>, values: UnsafePointer<Double>, windows: Int, low: UnsafePointer<Float>,
  high: UnsafePointer<Float>, stride: Int, count: Int, scratch: UnsafeMutableRawPointer, bounds: (Double, Double),
  slopes: UnsafeMutablePointer<Double>, listStride: Int, capacity: Int, below: UnsafeMutablePointer<Int>,
  found: UnsafeMutablePointer<Int>
) -> Bool {
  let hits = scratch.bindMemory(to: WindowHit.self, capacity: capacity + count)
  // A function for each number of windows.
  let hitCount =
    switch windows {
    case 1: findHits(1, low, high, stride, count, hits, capacity, below)
    case 2: findHits(2, low, high, stride, count, hits, capacity, below)
    default: findHits(3, low, high, stride, count, hits, capacity, below)
    }
  guard let hitCount else { return false }
  let (listA, listB, listC) = (slopes, slopes + listStride, slopes + 2 * listStride)
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
  (found[0], found[1], found[2]) = (foundA, foundB, foundC)
  return true
}

/// Writes down the vectors of pairs of which one is in a window; their number, or nil where there is not room for so many.
@inline(__always)
private func findHits(
  _ windows: Int, _ low: UnsafePointer<Float>, _ high: UnsafePointer<Float>, _ stride: Int, _ count: Int,
  _ hits: UnsafeMutablePointer<WindowHit>, _ capacity: Int, _ below: UnsafeMutablePointer<Int>
) -> Int? {
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
  below[0] = total - Int(notBelowA.wrappedSum())
  below[1] = total - Int(notBelowB.wrappedSum())
  below[2] = total - Int(notBelowC.wrappedSum())
  return hitCount
}
