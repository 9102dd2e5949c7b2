extension ClosedForm {
  /// Straight line up to a plateau, a + b min(x, θ); parameters a, b, θ.
  ///
  /// Threshold: the breakpoint θ, where the line rises before it (b > 0) and there is a plateau; a line that goes on to the
  /// highest x, θ = max x, has none.
  static func plateau(_ samples: SortedSamples) -> ClosedForm? {
    let x = samples.x
    guard let last = x.last, let theta = Breakpoint.best(samples, above: .level),
      let fit = LinearFit([x.map { _ in 1 }, x.map { min($0, theta) }], samples.y)
    else { return nil }
    return ClosedForm(
      parameters: fit.coefficients + [theta], threshold: fit.coefficients[1] > 0 && theta < last ? theta : nil,
      rss: fit.rss
    ) { p, x in p[0] + p[1] * min(x, p[2]) }
  }

  /// Two straight lines that meet, a + b x + c max(x − θ, 0); parameters a, b, c, θ.
  ///
  /// Threshold: the breakpoint θ, where the curve rises before it and less steeply after it (b > 0, c < 0).
  static func spline(_ samples: SortedSamples) -> ClosedForm? {
    let x = samples.x
    guard let theta = Breakpoint.best(samples, above: .sloping),
      let fit = LinearFit([x.map { _ in 1 }, x, x.map { max($0 - theta, 0) }], samples.y)
    else { return nil }
    // An exactly straight line bends by rounding errors alone.
    let bends = fit.coefficients[1] > 0 && fit.coefficients[2] < -1e-9 * fit.coefficients[1]
    return ClosedForm(parameters: fit.coefficients + [theta], threshold: bends ? theta : nil, rss: fit.rss) { p, x in
      p[0] + p[1] * x + p[2] * max(x - p[3], 0)
    }
  }
}
