/// A vector of pairs of which at least one lies in a window.
struct WindowHit {
  /// i · 2¹⁶ + j of the first lane.
  var start: UInt32 = 0
  /// 16 bits for each of three windows, the lowest for the first lane.
  var bits: UInt64 = 0
}

/// Finds the pairs (i < j) whose slopes lie in or near each of three windows, and counts the pairs below each.
///
/// - Parameters:
///   - low: Three rows of residuals, `stride` apart, from lines with the slopes of the windows' lower ends.
///   - high: The same for their upper ends.
///   - margin: Differences of residuals of at most this are not trusted: such a pair is taken to be in the window.
///   - pairs: For each window, `capacity` apart, the pairs found, i · 2¹⁶ + j.
///   - scratch: 16 · `capacity` bytes.
///   - found: Number of pairs in each window.
///   - below: Number of pairs that are surely below each window.
/// - Returns: False where the windows hold more pairs than there is room for.
public func findPairs(
  low: UnsafePointer<Float>, high: UnsafePointer<Float>, stride: Int, margin: Float, count: Int,
  pairs: UnsafeMutablePointer<UInt32>, capacity: Int, scratch: UnsafeMutableRawPointer,
  found: UnsafeMutablePointer<Int>, below: UnsafeMutablePointer<Int>
) -> Bool {
  let (lowA, lowB, lowC) = (low, low + stride, low + 2 * stride)
  let (highA, highB, highC) = (high, high + stride, high + 2 * stride)
  let hits = scratch.bindMemory(to: WindowHit.self, capacity: capacity)
  var hitCount = 0
  var notBelowA = Counts(repeating: 0), notBelowB = notBelowA, notBelowC = notBelowA
  for earlier in 0..<count {
    if hitCount + count > capacity { return false }
    let a = Lanes(repeating: lowA[earlier] - margin), d = Lanes(repeating: highA[earlier] + margin)
    let b = Lanes(repeating: lowB[earlier] - margin), e = Lanes(repeating: highB[earlier] + margin)
    let c = Lanes(repeating: lowC[earlier] - margin), f = Lanes(repeating: highC[earlier] + margin)
    var later = earlier + 1
    while later < count {
      // Comparisons with the NaN behind the last value are false.
      let aboveA = lowA.lanes(later) .>= a, aboveB = lowB.lanes(later) .>= b, aboveC = lowC.lanes(later) .>= c
      notBelowA &-= aboveA.minusOnes
      notBelowB &-= aboveB.minusOnes
      notBelowC &-= aboveC.minusOnes
      let insideA = (aboveA .& (highA.lanes(later) .<= d)).bits
      let insideB = (aboveB .& (highB.lanes(later) .<= e)).bits
      let insideC = (aboveC .& (highC.lanes(later) .<= f)).bits
      let bits = UInt64(insideA | insideB << 16) | UInt64(insideC) << 32
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
  return unpack(hits, count: hitCount, into: pairs, capacity: capacity, found: found)
}

/// Writes the pairs of each window; false where there is no room.
private func unpack(
  _ hits: UnsafePointer<WindowHit>, count: Int, into pairs: UnsafeMutablePointer<UInt32>, capacity: Int,
  found: UnsafeMutablePointer<Int>
) -> Bool {
  (found[0], found[1], found[2]) = (0, 0, 0)
  for index in 0..<count {
    let start = hits[index].start
    var bits = hits[index].bits
    repeat {
      let bit = bits.trailingZeroBitCount
      let window = bit >> 4
      if found[window] == capacity { return false }
      pairs[window &* capacity &+ found[window]] = start &+ UInt32(truncatingIfNeeded: bit & 15)
      found[window] &+= 1
      bits &= bits &- 1
    } while bits != 0
  }
  return true
}
