/// The values of eight series at one time.
///
/// Lanes never meet, and no product is fused with a sum, so that a series has the same bits beside any others, at every level.
typealias Eight = SIMD8<Double>

/// The bits of as many numbers.
typealias Bits = SIMD8<UInt64>

extension UnsafePointer where Pointee == Double {
  /// The row of eight values with a number.
  @inline(__always)
  func eight(_ row: Int) -> Eight { UnsafeRawPointer(self + 8 * row).loadUnaligned(as: Eight.self) }
}

extension UnsafeMutablePointer where Pointee == Double {
  /// The row of eight values with a number.
  @inline(__always)
  func eight(_ row: Int) -> Eight { UnsafeRawPointer(self + 8 * row).loadUnaligned(as: Eight.self) }

  /// Writes the row of eight values with a number.
  @inline(__always)
  func store(_ eight: Eight, row: Int) {
    UnsafeMutableRawPointer(self + 8 * row).storeBytes(of: eight, as: Eight.self)
  }
}

extension Eight {
  /// The absolute values.
  @inline(__always)
  var magnitudes: Eight { unsafeBitCast(unsafeBitCast(self, to: Bits.self) & ~Self.signBit, to: Eight.self) }

  /// These magnitudes with the signs of others.
  @inline(__always)
  func signed(as other: Eight) -> Eight {
    let sign = unsafeBitCast(other, to: Bits.self) & Self.signBit
    return unsafeBitCast(unsafeBitCast(self, to: Bits.self) | sign, to: Eight.self)
  }

  private static var signBit: Bits {
    @inline(__always) get { Bits(repeating: 1 << 63) }
  }

  /// ln x of positive normal numbers, to one unit in the last place; after `log` of FreeBSD's msun (Sun Microsystems 1993).
  @inline(__always)
  var naturalLogarithm: Eight {
    // x = 2^k m with m between √½ and √2.
    let root: UInt64 = 0x3fe6_a09e_0000_0000
    let shifted = unsafeBitCast(self, to: Bits.self) &+ Bits(repeating: 0x3ff0_0000_0000_0000 &- root)
    let mantissa = (shifted & Bits(repeating: 0x000f_ffff_ffff_ffff)) &+ Bits(repeating: root)
    // The exponent becomes a number as the last digits of 2^52.
    let exponent = (shifted &>> Bits(repeating: 52)) | Bits(repeating: 0x4330_0000_0000_0000)
    let k = unsafeBitCast(exponent, to: Eight.self) - Eight(repeating: 0x1p52 + 1023)
    let f = unsafeBitCast(mantissa, to: Eight.self) - 1
    let half = 0.5 * f * f
    let s = f / (2 + f)
    let z = s * s
    let w = z * z
    let upperEven: Eight = 2.222219843214978396e-01 + w * 1.531383769920937332e-01
    let even: Eight = w * (3.999999999940941908e-01 + w * upperEven)
    let upperOdd: Eight = 1.818357216161805012e-01 + w * 1.479819860511658591e-01
    let odd: Eight = z * (6.666666666666735130e-01 + w * (2.857142874366239149e-01 + w * upperOdd))
    let rest: Eight = s * (half + (odd + even)) + k * 1.90821492927058770002e-10
    return rest - half + f + k * 6.93147180369123816490e-01
  }

  /// eˣ between −700 and 700, to one unit in the last place; after `exp` of FreeBSD's msun (Sun Microsystems 1993).
  @inline(__always)
  var exponential: Eight {
    // x = n ln 2 + r; adding 1.5 · 2^52 leaves n in the last digits.
    let sum = self * 1.44269504088896338700 + 0x1.8p52
    let n = sum - 0x1.8p52
    let high = self - n * 6.93147180369123816490e-01, low = n * 1.90821492927058770002e-10
    let r = high - low
    let t = r * r
    let upper: Eight = -1.65339022054652515390e-06 + t * 4.13813679705723846039e-08
    let middle: Eight = -2.77777777770155933842e-03 + t * (6.61375632143793436117e-05 + t * upper)
    let c: Eight = r - t * (1.66666666666666019037e-01 + t * middle)
    let value: Eight = 1 - ((low - r * c / (2 - c)) - high)
    let scale = (unsafeBitCast(sum, to: Bits.self) &<< Bits(repeating: 52)) &+ Bits(repeating: 1023 << 52)
    return value * unsafeBitCast(scale, to: Eight.self)
  }
}
