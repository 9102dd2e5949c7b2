extension ClosedForm {
  /// Straight line up to a plateau, a + b min(x, θ); parameters a, b, θ.
  ///
  /// Threshold: the breakpoint θ, where the line rises (b > 0).
  static func plateau(_ pairs: SortedPairs) -> ClosedForm? {
    let x = pairs.x
    let best = bestBreakpoint(pairs, rightHasSlope: false) { theta in
      [x.map { _ in 1 }, x.map { min($0, theta) }]
    }
    guard let (fit, theta) = best else { return nil }
    return ClosedForm(
      parameters: fit.coefficients + [theta], threshold: fit.coefficients[1] > 0 ? theta : nil, rss: fit.rss
    ) { p, x in p[0] + p[1] * min(x, p[2]) }
  }

  /// Two straight lines that meet, a + b x + c max(x − θ, 0); parameters a, b, c, θ.
  ///
  /// Threshold: the breakpoint θ, where the curve rises before it and less steeply after it (b > 0, c < 0).
  static func spline(_ pairs: SortedPairs) -> ClosedForm? {
    let x = pairs.x
    let best = bestBreakpoint(pairs, rightHasSlope: true) { theta in
      [x.map { _ in 1 }, x, x.map { max($0 - theta, 0) }]
    }
    guard let (fit, theta) = best else { return nil }
    // An exactly straight line bends by rounding errors alone.
    let bends = fit.coefficients[1] > 0 && fit.coefficients[2] < -1e-9 * fit.coefficients[1]
    return ClosedForm(parameters: fit.coefficients + [theta], threshold: bends ? theta : nil, rss: fit.rss) { p, x in
      p[0] + p[1] * x + p[2] * max(x - p[3], 0)
    }
  }

  /// The breakpoint with the least residual sum of squares, exactly.
  ///
  /// Between two neighbouring x the best breakpoint is where the lines fitted to either side cross, if they cross
  /// there, and else one of the two x (Hudson 1966). So these are all candidates there are.
  private static func bestBreakpoint(
    _ pairs: SortedPairs, rightHasSlope: Bool, columns: (Double) -> [[Double]]
  ) -> (fit: LinearFit, theta: Double)? {
    let (x, y) = (pairs.x, pairs.y)
    var candidates: [Double] = []
    for i in 1..<x.count where x[i] > x[i - 1] {
      if x[i] < x[x.count - 1] { candidates.append(x[i]) }
      guard let left = line(x[..<i], y[..<i], sloping: true),
        let right = line(x[i...], y[i...], sloping: rightHasSlope)
      else { continue }
      let crossing = (right.intercept - left.intercept) / (left.slope - right.slope)
      if crossing > x[i - 1], crossing < x[i] { candidates.append(crossing) }
    }
    var best: (fit: LinearFit, theta: Double)?
    for theta in candidates {
      guard let fit = LinearFit(columns(theta), y) else { continue }
      if fit.rss < best?.fit.rss ?? .infinity { best = (fit, theta) }
    }
    return best
  }

  private static func line(
    _ x: ArraySlice<Double>, _ y: ArraySlice<Double>, sloping: Bool
  ) -> (intercept: Double, slope: Double)? {
    let ones = x.map { _ in 1.0 }
    guard let fit = LinearFit(sloping ? [ones, Array(x)] : [ones], Array(y)) else { return nil }
    return (fit.coefficients[0], sloping ? fit.coefficients[1] : 0)
  }
}
