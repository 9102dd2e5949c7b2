import RealModule

extension ClosedForm {
  /// Logistic curve, a + b / (1 + e^(−k (x − x₀))), k > 0; parameters a, b, k, x₀.
  ///
  /// Threshold: the minimum of f″, x₀ + ln(2 + √3)/k, where the curve rises (b > 0). For given k and x₀ the curve is
  /// linear in a and b; k and x₀ are profiled on a grid and refined by Nelder–Mead.
  static func logistic(_ samples: SortedSamples) -> ClosedForm? {
    let (x, y) = (samples.x, samples.y)
    let span = samples.span
    let ones = x.map { _ in 1.0 }
    // p: centre as a part of the range, logarithm of the steepness times the range.
    func profile(_ p: SIMD2<Double>) -> (fit: LinearFit, k: Double, centre: Double)? {
      let k = Double.exp(p.y) / span
      let centre = x[0] + p.x * span
      let column = x.map { 1 / (1 + Double.exp(-k * ($0 - centre))) }
      return LinearFit([ones, column], y).map { ($0, k, centre) }
    }
    func loss(_ p: SIMD2<Double>) -> Double { profile(p)?.fit.rss ?? .infinity }
    var best = SIMD2<Double>()
    var least = Double.infinity
    for i in 0...30 {
      for j in 0...20 {
        let p = SIMD2(-0.5 + Double(i) / 15, Double.log(0.5) + Double(j) / 20 * Double.log(600))
        let value = loss(p)
        if value < least { (least, best) = (value, p) }
      }
    }
    best = nelderMead(start: best, size: SIMD2(0.03, 0.15), loss)
    guard let (fit, k, centre) = profile(best) else { return nil }
    let rising = fit.coefficients[1] > 0
    return ClosedForm(
      parameters: fit.coefficients + [k, centre],
      threshold: rising ? centre + Double.log(2 + Double.sqrt(3)) / k : nil, rss: fit.rss
    ) { p, x in p[0] + p[1] / (1 + Double.exp(-p[2] * (x - p[3]))) }
  }
}
