import VectorisedLayout

extension Functions {
  package static func logisticScores(
    _ values: UnsafeMutablePointer<Double>, rows: StrideTo<Int>, _ parameters: UnsafePointer<Double>
  ) {
    let (location, inverse, shape) = (parameters.eight(0), 1 / parameters.eight(1), parameters.eight(2))
    // What is beyond an end of the distribution: above the upper one, below the lower one.
    let beyond = Eight(repeating: -.infinity).replacing(with: .infinity, where: shape .> 0)
    for row in rows {
      let value = values.eight(row)
      let t = (value - location) * inverse
      let u = 1 - shape * t
      let isInside = u .> 0
      // y = −ln(1 − kt)/k without the cancellation for small k: the error of u is in both (Kahan).
      let rest = u - 1
      let logarithm = Eight(repeating: 1).replacing(with: u, where: isInside).naturalLogarithm
      let ratio = (logarithm / rest).replacing(with: 1, where: rest .== 0)
      let y = t * ratio
      let score = normalScore(logistic: Eight().replacing(with: y, where: isInside))
      let result = score.replacing(with: beyond, where: u .<= 0)
      values.store(Eight(repeating: .nan).replacing(with: result, where: u .== u), row: row)
    }
  }

  /// Φ⁻¹(1/(1 + e^−y)), to a relative 1e-14.
  ///
  /// Up to |y| = 8, where the score is 3.4, by a rational approximation in y² of our own: least squares in 50 digits at 200
  /// Chebyshev nodes, with Lawson's weights, error 6.3e-15; it takes one division in place of an exponential, two logarithms
  /// and a square root. Beyond by algorithm AS 241, PPND16 (Wichura 1988, doi:10.2307/2347330).
  @inline(__always)
  private static func normalScore(logistic y: Eight) -> Eight {
    let distance = y.magnitudes
    let square = y * y
    let numerator = horner(
      square, 6.9155290278414237e-13 + square * -8.0728614341273509e-17, 7.5806844704137822e-10, 1.9098284504636597e-7,
      1.8215334643616541e-5, 7.9171685481840690e-4, 1.6746744188445813e-2, 1.6704698271760417e-1,
      6.2665706865774614e-1)
    let denominator = horner(
      square, Eight(repeating: 3.5352355893817196e-12), 2.5513921993194329e-9, 5.1214776859491855e-7,
      4.1698660182103594e-5, 1.6057462129611226e-3, 3.0844324228728348e-2, 2.8445190326155246e-1, 1)
    let central = y * (numerator / denominator)
    let isOuter = distance .> 8
    guard any(isOuter) else { return central }
    // Beyond 700, where the score is 37, e^−y is not a normal number.
    let bounded = distance.replacing(with: 700, where: distance .> 700)
    let r = (bounded + (1 + (-bounded).exponential).naturalLogarithm).squareRoot()
    let outer = r - 1.6
    var score =
      horner(
        outer, Eight(repeating: 7.74545014278341407640e-4), 2.27238449892691845833e-2, 2.41780725177450611770e-1,
        1.27045825245236838258e+0, 3.64784832476320460504e+0, 5.76949722146069140550e+0, 4.63033784615654529590e+0,
        1.42343711074968357734e+0)
      / horner(
        outer, Eight(repeating: 1.05075007164441684324e-9), 5.47593808499534494600e-4, 1.51986665636164571966e-2,
        1.48103976427480074590e-1, 6.89767334985100004550e-1, 1.67638483018380384940e+0, 2.05319162663775882187e+0, 1)
    let isFar = r .> 5
    let far = r - 5
    score.replace(
      with: horner(
        far, Eight(repeating: 2.01033439929228813265e-7), 2.71155556874348757815e-5, 1.24266094738807843860e-3,
        2.65321895265761230930e-2, 2.96560571828504891230e-1, 1.78482653991729133580e+0, 5.46378491116411436990e+0,
        6.65790464350110377720e+0)
        / horner(
          far, Eight(repeating: 2.04426310338993978564e-15), 1.42151175831644588870e-7, 1.84631831751005468180e-5,
          7.86869131145613259100e-4, 1.48753612908506148525e-2, 1.36929880922735805310e-1, 5.99832206555887937690e-1, 1),
      where: isFar)
    return central.replacing(with: score.signed(as: y), where: isOuter)
  }

  /// A polynomial of seventh degree, coefficients from the highest.
  @inline(__always)
  private static func horner(
    _ x: Eight, _ c7: Eight, _ c6: Double, _ c5: Double, _ c4: Double, _ c3: Double, _ c2: Double, _ c1: Double,
    _ c0: Double
  ) -> Eight {
    var sum = c7 * x + Eight(repeating: c6)
    sum = sum * x + Eight(repeating: c5)
    sum = sum * x + Eight(repeating: c4)
    sum = sum * x + Eight(repeating: c3)
    sum = sum * x + Eight(repeating: c2)
    sum = sum * x + Eight(repeating: c1)
    return sum * x + Eight(repeating: c0)
  }
}
