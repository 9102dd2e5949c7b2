/// Variance of the noise on a smooth curve, from the values alone; NaN for fewer than three.
///
/// Mean square of what each value departs from the straight line through its neighbours, in units of what unit noise
/// would give: Gasser, Sroka & Jennen-Steinmetz (1986, Biometrika 73, 625–633). The curve's own bend adds a little.
/// - Parameter x: Where the values lie, ascending; equal ones are allowed.
public func noiseVariance(x: [Double], y: [Double]) -> Double {
  guard x.count >= 3 else { return .nan }
  var sum = 0.0
  for i in 1..<(x.count - 1) {
    let span = x[i + 1] - x[i - 1]
    let before = span > 0 ? (x[i + 1] - x[i]) / span : 0.5
    let after = 1 - before
    let departure = before * y[i - 1] + after * y[i + 1] - y[i]
    sum += departure * departure / (before * before + after * after + 1)
  }
  return sum / Double(x.count - 2)
}
