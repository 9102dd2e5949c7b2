import CVectorised

/// Adds values in units of 2⁻⁴⁰, rounded to the nearest, to integers, and notes the largest absolute value.
///
/// Values of 2²² and more, and NaN, leave arbitrary integers; the largest tells.
struct AddFixedPoint: Epilogue {
  var sums: UnsafeMutablePointer<Int64>
  /// Bits of the largest absolute value so far, in the lanes; as bits, NaN is above all numbers.
  var largest: UnsafeMutablePointer<Int32>

  @inline(__always) func finish(_ sum: Lanes, at offset: Int) {
    let place = UnsafeMutableRawPointer(largest).assumingMemoryBound(to: Counts.self)
    let bits = unsafeBitCast(sum, to: Counts.self) & Counts(repeating: 0x7fff_ffff)
    place.pointee = place.pointee.replacing(with: bits, where: bits .> place.pointee)
    withUnsafePointer(to: sum) { sum in
      sum.withMemoryRebound(to: Float.self, capacity: Lanes.scalarCount) { values in
        #if VECTOR_16
          vector_add_fixed_16(values, sums + offset)
        #elseif VECTOR_8
          vector_add_fixed_8(values, sums + offset)
        #else
          vector_add_fixed_4(values, sums + offset)
        #endif
      }
    }
  }
}
