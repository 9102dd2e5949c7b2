import RealModule

extension ClosedForm {
  /// Negative exponential, a − b e^(−c (x − x₁)), c > 0, x₁ the lowest x; parameters a, b, c, x₁ (x₁ is not fitted).
  ///
  /// Threshold: where 95 % of the rise from the lowest x to the asymptote a is done, x₁ + ln(20)/c, where the curve
  /// rises (b > 0). For given c the curve is linear in a and b; c is profiled on a grid and refined by golden sections.
  static func exponential(_ pairs: SortedPairs) -> ClosedForm? {
    let (x, y) = (pairs.x, pairs.y)
    let span = pairs.span
    let ones = x.map { _ in 1.0 }
    func profile(_ logRate: Double) -> (fit: LinearFit, c: Double)? {
      let c = Double.exp(logRate) / span
      return LinearFit([ones, x.map { -Double.exp(-c * ($0 - x[0])) }], y).map { ($0, c) }
    }
    func loss(_ logRate: Double) -> Double { profile(logRate)?.fit.rss ?? .infinity }
    let step = Double.log(1e5) / 200
    let grid = (0...200).map { Double.log(0.01) + Double($0) * step }
    let losses = grid.map(loss)
    guard let index = losses.indices.min(by: { losses[$0] < losses[$1] }) else { return nil }
    let rate = goldenSection(from: grid[index] - step, to: grid[index] + step, loss)
    guard let (fit, c) = profile(rate) else { return nil }
    return ClosedForm(
      parameters: fit.coefficients + [c, x[0]], threshold: fit.coefficients[1] > 0 ? x[0] + Double.log(20) / c : nil,
      rss: fit.rss
    ) { p, x in p[0] - p[1] * Double.exp(-p[2] * (x - p[3])) }
  }
}
