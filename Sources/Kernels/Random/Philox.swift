/// The counter-based generator Philox4x32-10.
///
/// Source: Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3".
/// A pure function: the same counter and key always give the same four words, so nothing needs to be stored or
/// passed on, and cells can be computed in any order on any rank.
package enum Philox {
  /// Four random words for a counter and a key.
  package static func words(
    counter: SIMD4<UInt32>, key: SIMD2<UInt32>
  ) -> SIMD4<UInt32> {
    var c = counter
    var k = key
    for _ in 0..<10 {
      let first = UInt64(0xD251_1F53) * UInt64(c.x)
      let second = UInt64(0xCD9E_8D57) * UInt64(c.z)
      c = SIMD4(
        UInt32(truncatingIfNeeded: second >> 32) ^ c.y ^ k.x, UInt32(truncatingIfNeeded: second),
        UInt32(truncatingIfNeeded: first >> 32) ^ c.w ^ k.y, UInt32(truncatingIfNeeded: first))
      k = k &+ SIMD2(0x9E37_79B9, 0xBB67_AE85)
    }
    return c
  }
}
