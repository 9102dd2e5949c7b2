/// Writes numbers times a scale in single precision, and two vectors' lengths of a filler behind.
public func writeScaled(
  _ values: UnsafePointer<Double>, count: Int, scale: Double, filler: Float, into row: UnsafeMutablePointer<Float>
) {
  for index in 0..<count { row[index] = Float(values[index] * scale) }
  for index in count..<(count + 2 * Lanes.scalarCount) { row[index] = filler }
}

/// Writes `values − slope · times`, and a vector's length of NaN behind.
///
/// With numbers that were rounded to single precision and results within ±1, an error is at most 4 · 2⁻²⁴.
///
/// - Parameters:
///   - times: Within ±1, followed by two vectors' lengths of zeros.
///   - values: Followed by two vectors' lengths of NaN.
public func writeResiduals(
  times: UnsafePointer<Float>, values: UnsafePointer<Float>, count: Int, slope: Float,
  into residuals: UnsafeMutablePointer<Float>
) {
  var index = 0
  while index < count + Lanes.scalarCount {
    residuals.store(values.lanes(index) - slope * times.lanes(index), index)
    index += Lanes.scalarCount
  }
}

/// Writes a row plus a number, as far as the row itself goes.
public func writeShifted(
  _ row: UnsafePointer<Float>, by shift: Float, count: Int, into shifted: UnsafeMutablePointer<Float>
) {
  var index = 0
  while index < count {
    shifted.store(row.lanes(index) + shift, index)
    index += Lanes.scalarCount
  }
}
