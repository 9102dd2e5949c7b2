/// Where the bytes of the elements of an inflated chunk lie: one element after the other, or shuffled, that is all first
/// bytes, then all second bytes and so on; in either order of significance.
struct ElementBytes {
  /// The least significant byte of the first element.
  private let first: UnsafePointer<UInt8>
  /// From a byte of an element to the next more significant one.
  private let byteStride: Int
  /// From a byte of an element to that byte of the next element.
  private let elementStride: Int

  /// The elements of a chunk, `count` of `size` bytes each.
  init(_ chunk: UnsafePointer<UInt8>, count: Int, size: Int, isShuffled: Bool, isBigEndian: Bool) {
    let step = isShuffled ? count : 1
    first = isBigEndian ? chunk + (size - 1) * step : chunk
    byteStride = isBigEndian ? -step : step
    elementStride = isShuffled ? 1 : size
  }

  /// Elements from `start` on as the numbers that `convert` makes of their bits.
  ///
  /// Written for the compiler to turn into vector instructions: sixteen elements at a time where they are shuffled.
  @inline(__always)
  func copy<Bits: FixedWidthInteger & UnsignedInteger & SIMDScalar, Number>(
    from start: Int, count: Int, to numbers: UnsafeMutablePointer<Number>, convert: (Bits) -> Number
  ) where Bits.SIMD16Storage.Scalar == Bits {
    let size = MemoryLayout<Bits>.size
    let bytes = first + start * elementStride
    var position = 0
    if elementStride == 1 {
      while position < count, count >= 16 {
        // The last sixteen may overlap the ones before.
        position = min(position, count - 16)
        var bits = SIMD16<Bits>.zero
        for byte in 0..<size {
          let plane = UnsafeRawPointer(bytes + byte * byteStride + position).loadUnaligned(as: SIMD16<UInt8>.self)
          bits |= SIMD16<Bits>(truncatingIfNeeded: plane) &<< Bits(truncatingIfNeeded: 8 * byte)
        }
        for lane in 0..<16 { numbers[position + lane] = convert(bits[lane]) }
        position += 16
      }
    }
    while position < count {
      var bits: Bits = 0
      for byte in 0..<size {
        bits |= Bits(bytes[position * elementStride + byte * byteStride]) << Bits(truncatingIfNeeded: 8 * byte)
      }
      numbers[position] = convert(bits)
      position += 1
    }
  }
}
