import CVectorised

extension UnsafePointer where Pointee == Float {
  /// The vector that starts at a value; no alignment is asked for.
  @inline(__always)
  func lanes(_ offset: Int) -> Lanes { UnsafeRawPointer(self + offset).loadUnaligned(as: Lanes.self) }
}

extension UnsafeMutablePointer where Pointee == Float {
  /// Writes a vector that starts at a value; no alignment is asked for.
  @inline(__always)
  func store(_ lanes: Lanes, _ offset: Int) {
    UnsafeMutableRawPointer(self + offset).storeBytes(of: lanes, as: Lanes.self)
  }
}

extension UnsafePointer where Pointee == Double {
  /// The vector that starts at a value; no alignment is asked for.
  @inline(__always)
  func lanes(_ offset: Int) -> DoubleLanes { UnsafeRawPointer(self + offset).loadUnaligned(as: DoubleLanes.self) }

  /// Four values, whatever the processor's vector: sums of them have the same bits everywhere.
  @inline(__always)
  func four(_ offset: Int) -> SIMD4<Double> {
    UnsafeRawPointer(self + offset).loadUnaligned(as: SIMD4<Double>.self)
  }
}

extension UnsafeMutablePointer where Pointee == Double {
  /// Writes four values; no alignment is asked for.
  @inline(__always)
  func store(_ four: SIMD4<Double>, _ offset: Int) {
    UnsafeMutableRawPointer(self + offset).storeBytes(of: four, as: SIMD4<Double>.self)
  }
}

extension SIMDMask where Storage == Counts {
  /// −1 where true, 0 elsewhere.
  @inline(__always)
  var minusOnes: Counts { unsafeBitCast(self, to: Counts.self) }

  /// One bit for each lane, the lowest for the first.
  @inline(__always)
  var bits: UInt32 {
    var lanes = minusOnes
    return withUnsafePointer(to: &lanes) { pointer in
      let values = UnsafeRawPointer(pointer).assumingMemoryBound(to: Int32.self)
      #if VECTOR_16
        return vector_sign_bits_16(values)
      #elseif VECTOR_8
        return vector_sign_bits_8(values)
      #else
        return vector_sign_bits_4(values)
      #endif
    }
  }
}
