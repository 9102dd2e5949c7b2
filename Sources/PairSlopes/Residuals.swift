/// Writes `(values − slope · times) · scale` in single precision, and a vector's length of NaN behind.
///
/// With a scale that keeps residuals within ±1 they are exact to 2⁻²⁴.
public func writeResiduals(
  times: UnsafePointer<Double>, values: UnsafePointer<Double>, count: Int, slope: Double, scale: Double,
  into residuals: UnsafeMutablePointer<Float>
) {
  for index in 0..<count { residuals[index] = Float((values[index] - slope * times[index]) * scale) }
  for index in count..<(count + Lanes.scalarCount) { residuals[index] = .nan }
}
