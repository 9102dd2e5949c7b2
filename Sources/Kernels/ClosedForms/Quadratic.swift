extension ClosedForm {
  /// Second-degree polynomial, a + b x + c x²; parameters a, b, c.
  ///
  /// Threshold: the vertex −b/(2c), where it is a maximum (c < 0).
  static func quadratic(_ samples: SortedSamples) -> ClosedForm? {
    // Fitted about the middle of the range, where the columns are far from parallel.
    let middle = samples.x[0] + samples.span / 2
    let centred = samples.x.map { $0 - middle }
    guard let fit = LinearFit([centred.map { _ in 1 }, centred, centred.map { $0 * $0 }], samples.y) else { return nil }
    let (a, b, c) = (fit.coefficients[0], fit.coefficients[1], fit.coefficients[2])
    return ClosedForm(
      parameters: [a - b * middle + c * middle * middle, b - 2 * c * middle, c],
      threshold: c < 0 ? middle - b / (2 * c) : nil, rss: fit.rss
    ) { p, x in p[0] + x * (p[1] + x * p[2]) }
  }
}
