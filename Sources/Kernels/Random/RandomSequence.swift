/// Random numbers of one purpose in one cell: a sequence that depends on its key alone.
///
/// The key is made of the seed, the cell's global index, the network's index and the number of the replicate; never of
/// the rank, the order of cells or the time.
package struct RandomSequence {
  /// What the numbers are for; sequences of different purposes are independent.
  package enum Purpose: UInt32, Sendable {
    /// Weights before training
    case weights = 0
    /// Choice of residuals in the bootstrap
    case resampling = 1
    /// Noise on a straight line in the test for a bend
    case bendTest = 2
  }

  private let key: SIMD2<UInt32>
  private var counter: SIMD4<UInt32>
  private var words = SIMD4<UInt32>()
  private var used = 4

  /// The sequence of one purpose.
  ///
  /// Networks are numbered from 0 to 255, replicates from 0 to 2²² − 1 (0: the data
  /// themselves).
  package init(seed: UInt64, cell: Int, network: Int = 0, replicate: Int = 0, purpose: Purpose) {
    key = SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
    let stream = purpose.rawValue << 30 | UInt32(replicate & 0x3F_FFFF) << 8 | UInt32(network & 0xFF)
    counter = SIMD4(0, stream, UInt32(truncatingIfNeeded: cell), UInt32(truncatingIfNeeded: cell >> 32))
  }

  /// The next 32 random bits.
  package mutating func next() -> UInt32 {
    if used == 4 {
      words = Philox.words(counter: counter, key: key)
      counter.x &+= 1
      used = 0
    }
    defer { used += 1 }
    return words[used]
  }

  /// A number in (0, 1), one of 2²³ values that are exact in single precision.
  package mutating func nextUnit() -> Float {
    (Float(next() >> 9) + 0.5) * 0x1p-23
  }

  /// A whole number from 0 to `count` − 1.
  package mutating func nextIndex(below count: Int) -> Int {
    Int((UInt64(next()) * UInt64(count)) >> 32)
  }
}
