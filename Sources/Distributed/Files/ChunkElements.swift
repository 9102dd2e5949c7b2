extension ChunkedStorage.Number {
  /// Copies what a slab wants of a chunk's elements.
  ///
  /// Numbers that a float does not hold exactly are to be read as doubles.
  @inline(__always)
  func copy<Number: BinaryFloatingPoint>(
    _ elements: ElementBytes, _ overlap: inout ChunkOverlap, to numbers: UnsafeMutablePointer<Number>
  ) {
    switch self {
    case .int8: Self.copy(elements, &overlap, to: numbers) { (bits: UInt8) in Number(Int8(bitPattern: bits)) }
    case .uint8: Self.copy(elements, &overlap, to: numbers) { (bits: UInt8) in Number(bits) }
    case .int16: Self.copy(elements, &overlap, to: numbers) { (bits: UInt16) in Number(Int16(bitPattern: bits)) }
    case .uint16: Self.copy(elements, &overlap, to: numbers) { (bits: UInt16) in Number(bits) }
    case .float: Self.copy(elements, &overlap, to: numbers) { (bits: UInt32) in Number(Float(bitPattern: bits)) }
    case .int32: Self.copy(elements, &overlap, to: numbers) { (bits: UInt32) in Number(Int32(bitPattern: bits)) }
    case .uint32: Self.copy(elements, &overlap, to: numbers) { (bits: UInt32) in Number(bits) }
    case .int64: Self.copy(elements, &overlap, to: numbers) { (bits: UInt64) in Number(Int64(bitPattern: bits)) }
    case .uint64: Self.copy(elements, &overlap, to: numbers) { (bits: UInt64) in Number(bits) }
    case .double: Self.copy(elements, &overlap, to: numbers) { (bits: UInt64) in Number(Double(bitPattern: bits)) }
    }
  }

  @inline(__always)
  private static func copy<Bits: FixedWidthInteger & UnsignedInteger & SIMDScalar, Element>(
    _ elements: ElementBytes, _ overlap: inout ChunkOverlap, to numbers: UnsafeMutablePointer<Element>,
    _ convert: (Bits) -> Element
  ) where Bits.SIMD16Storage.Scalar == Bits {
    overlap.forEachRun { inChunk, inSlab, count in
      elements.copy(from: inChunk, count: count, to: numbers + inSlab, convert: convert)
    }
  }
}
