import CVectorised
import VectorisedLayout

/// One bit for each activation of a layer, in the order of `activations`: whether it is positive.
struct ActiveBits {
  var bits: UnsafeMutableRawPointer
  /// Number of units; the column of ones follows them.
  var units: Int
  /// Distance in bits between samples, a multiple of 16.
  var stride: Int

  /// Words of 64 bits that hold a sample.
  @inline(__always) var words: Int { units / 64 + 1 }

  /// A sample's bits from number 64 · `word` on, the column of ones included.
  @inline(__always)
  func word(_ word: Int, of sample: Int) -> UInt64 {
    let bits = bits.loadUnaligned(fromByteOffset: sample * stride / 8 + 8 * word, as: UInt64.self)
    // What follows the last column is another sample's.
    return 64 * (word + 1) > stride ? bits & ((1 << UInt64(stride - 64 * word)) - 1) : bits
  }

  /// The same without the column of ones.
  @inline(__always)
  func unitWord(_ word: Int, of sample: Int) -> UInt64 {
    let bits = self.word(word, of: sample)
    return word == units / 64 ? bits & ((1 << UInt64(units % 64)) - 1) : bits
  }

  /// Whether a unit is on.
  @inline(__always)
  func isOn(_ unit: Int, _ sample: Int) -> Bool {
    let index = sample * stride + unit
    return bits.load(fromByteOffset: index / 8, as: UInt8.self) >> UInt8(index % 8) & 1 == 1
  }

  /// Notes which values are positive of a vector that is stored at `offset` in `activations`.
  ///
  /// A byte's lower half has to be noted before its upper half.
  @inline(__always)
  func note(_ values: Lanes, at offset: Int) {
    var values = values
    withUnsafePointer(to: &values) { values in
      values.withMemoryRebound(to: Float.self, capacity: Lanes.scalarCount) { values in
        #if VECTOR_16
          let positive = UInt16(truncatingIfNeeded: vector_positive_bits_16(values))
          bits.storeBytes(of: positive, toByteOffset: offset / 8, as: UInt16.self)
        #elseif VECTOR_8
          let positive = UInt8(truncatingIfNeeded: vector_positive_bits_8(values))
          bits.storeBytes(of: positive, toByteOffset: offset / 8, as: UInt8.self)
        #else
          let positive = UInt8(truncatingIfNeeded: vector_positive_bits_4(values))
          let lower = offset % 8 == 0 ? 0 : bits.load(fromByteOffset: offset / 8, as: UInt8.self)
          bits.storeBytes(of: lower | positive << UInt8(offset % 8), toByteOffset: offset / 8, as: UInt8.self)
        #endif
      }
    }
  }
}

extension DenseLayer {
  @inline(__always) var active: ActiveBits {
    ActiveBits(bits: UnsafeMutableRawPointer(activeBits), units: units, stride: activationStride)
  }

  /// Writes the column of ones behind the activations and notes it.
  @inline(__always)
  func setActiveOnes(samples: Int) {
    let bit = UInt16(1) << UInt16(units % 16)
    for sample in 0..<samples {
      activations[sample * activationStride + units] = 1
      activeBits[(sample * activationStride + units) / 16] |= bit
    }
  }
}
