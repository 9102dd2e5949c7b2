// The vector that the processor handles at once. Results do not depend on it: operations are done lane by lane, sums of
// networks run over samples or inputs in their order, and what is made of pairs are counts and lists of slopes.
#if VECTOR_16
  typealias Lanes = SIMD16<Float>
  typealias Counts = SIMD16<Int32>
  typealias DoubleLanes = SIMD8<Double>
  typealias DoubleCounts = SIMD8<Int64>
#elseif VECTOR_8
  typealias Lanes = SIMD8<Float>
  typealias Counts = SIMD8<Int32>
  typealias DoubleLanes = SIMD4<Double>
  typealias DoubleCounts = SIMD4<Int64>
#else
  typealias Lanes = SIMD4<Float>
  typealias Counts = SIMD4<Int32>
  typealias DoubleLanes = SIMD2<Double>
  typealias DoubleCounts = SIMD2<Int64>
#endif

/// A vector whose length is the same at every level; sums across lanes are built from it.
typealias Block = SIMD16<Float>

extension SIMD where Scalar == Float {
  /// `self + a * b`, fused where the processor can; elsewhere fusing would be a library call for each lane.
  @inline(__always)
  func plus(_ a: Self, times b: Self) -> Self {
    #if FUSED_MULTIPLY_ADD || arch(arm64)
      return self.addingProduct(a, b)
    #else
      return self + a * b
    #endif
  }
}

extension UnsafePointer where Pointee == Float {
  /// The vector that starts `offset` values on; the address must be aligned to the vector.
  @inline(__always)
  func vector<V: SIMD>(_ offset: Int, as type: V.Type = V.self) -> V where V.Scalar == Float {
    UnsafeRawPointer(self + offset).assumingMemoryBound(to: V.self).pointee
  }
}

extension UnsafeMutablePointer where Pointee == Float {
  /// The vector that starts `offset` values on; the address must be aligned to the vector.
  @inline(__always)
  func vector<V: SIMD>(_ offset: Int, as type: V.Type = V.self) -> V where V.Scalar == Float {
    UnsafeRawPointer(self + offset).assumingMemoryBound(to: V.self).pointee
  }

  /// Writes a vector that starts `offset` values on; the address must be aligned to the vector.
  @inline(__always)
  func store<V: SIMD>(_ value: V, at offset: Int) where V.Scalar == Float {
    UnsafeMutableRawPointer(self + offset).assumingMemoryBound(to: V.self).pointee = value
  }
}
