/// Finds the pairs (i < j) whose slopes lie in or near each of three windows, and counts the pairs below each.
///
/// - Parameters:
///   - low: Three rows of residuals, `stride` apart, from lines with the slopes of the windows' lower ends.
///   - high: The same for their upper ends.
///   - margin: Differences of residuals of at most this are not trusted: such a pair is taken to be in the window.
///   - pairs: For each window, `capacity` apart, the pairs found, i · 2¹⁶ + j.
///   - found: Number of pairs in each window.
///   - below: Number of pairs that are surely below each window.
/// - Returns: False where a window holds more pairs than there is room for.
public func findPairs(
  low: UnsafePointer<Float>, high: UnsafePointer<Float>, stride: Int, margin: Float, count: Int,
  pairs: UnsafeMutablePointer<UInt32>, capacity: Int, found: UnsafeMutablePointer<Int>,
  below: UnsafeMutablePointer<Int>
) -> Bool {
  let (lowA, lowB, lowC) = (low, low + stride, low + 2 * stride)
  let (highA, highB, highC) = (high, high + stride, high + 2 * stride)
  var (pairsA, pairsB, pairsC) = (pairs, pairs + capacity, pairs + 2 * capacity)
  var notBelowA = Counts(repeating: 0), notBelowB = notBelowA, notBelowC = notBelowA
  for earlier in 0..<count {
    let room = capacity - count
    if pairsA - pairs > room || pairsB - pairs > capacity + room || pairsC - pairs > 2 * capacity + room {
      return false
    }
    let (a, b, c) = (
      Lanes(repeating: lowA[earlier] - margin), Lanes(repeating: lowB[earlier] - margin),
      Lanes(repeating: lowC[earlier] - margin)
    )
    let (d, e, f) = (
      Lanes(repeating: highA[earlier] + margin), Lanes(repeating: highB[earlier] + margin),
      Lanes(repeating: highC[earlier] + margin)
    )
    var later = earlier + 1
    while later < count {
      // Comparisons with the NaN behind the last value are false.
      let aboveA = lowA.lanes(later) .>= a, aboveB = lowB.lanes(later) .>= b, aboveC = lowC.lanes(later) .>= c
      notBelowA &-= aboveA.minusOnes
      notBelowB &-= aboveB.minusOnes
      notBelowC &-= aboveC.minusOnes
      let insideA = aboveA .& (highA.lanes(later) .<= d)
      let insideB = aboveB .& (highB.lanes(later) .<= e)
      let insideC = aboveC .& (highC.lanes(later) .<= f)
      if (insideA .| insideB .| insideC).bits != 0 {
        let start = UInt32(truncatingIfNeeded: earlier << 16 | later)
        pairsA = append(insideA.bits, start, to: pairsA)
        pairsB = append(insideB.bits, start, to: pairsB)
        pairsC = append(insideC.bits, start, to: pairsC)
      }
      later += Lanes.scalarCount
    }
  }
  let total = count * (count - 1) / 2
  (found[0], found[1], found[2]) = (pairsA - pairs, pairsB - pairs - capacity, pairsC - pairs - 2 * capacity)
  below[0] = total - Int(notBelowA.wrappedSum())
  below[1] = total - Int(notBelowB.wrappedSum())
  below[2] = total - Int(notBelowC.wrappedSum())
  return true
}

/// Appends the pairs of the bits that are set.
@inline(__always)
private func append(_ bits: UInt32, _ start: UInt32, to pairs: UnsafeMutablePointer<UInt32>)
  -> UnsafeMutablePointer<UInt32>
{
  var (bits, pairs) = (bits, pairs)
  while bits != 0 {
    pairs.pointee = start &+ UInt32(truncatingIfNeeded: bits.trailingZeroBitCount)
    pairs += 1
    bits &= bits &- 1
  }
  return pairs
}
