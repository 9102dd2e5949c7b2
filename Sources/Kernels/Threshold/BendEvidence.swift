import RealModule

extension SortedSamples {
  /// How much better a broken line fits the samples than the best smooth curve does: AICc(smooth) − AICc(broken).
  ///
  /// Smooth are the line, the parabola, the negative exponential and the power (with the logarithm as its limit); broken
  /// are lines with one break or two, the second where a response has collapsed. NaN where there are too few samples for
  /// these.
  var bendEvidence: Double {
    func aicc(_ rss: Double?, _ parameters: Int) -> Double {
      guard let rss, rss.isFinite else { return .infinity }
      // Fits that are exact but for rounding are alike.
      return correctedAkaike(
        residualSumOfSquares: max(rss, 1e-18 * sumOfSquares, .leastNormalMagnitude), count: x.count,
        parameters: parameters)
    }
    let ones = x.map { _ in 1.0 }
    let smooth = [
      aicc(LinearFit([ones, x], y)?.rss, 2), aicc(ClosedForm.quadratic(self)?.residualSumOfSquares, 3),
      aicc(ClosedForm.exponential(self)?.residualSumOfSquares, 3), aicc(leastSquaresOfPower, 3),
    ]
    let broken = [aicc(ClosedForm.spline(self)?.residualSumOfSquares, 4), aicc(leastSquaresOfTwoBreaks, 6)]
    guard let best = smooth.min(), let sharp = broken.min() else { return .nan }
    return best - sharp
  }

  private var sumOfSquares: Double {
    let centre = mean(y)
    return y.reduce(0) { $0 + ($1 - centre) * ($1 - centre) }
  }

  /// Least residual sum of squares of a + b xᵖ, p from −4 to 4, a + b ln x for p = 0; nil where x reaches 0.
  private var leastSquaresOfPower: Double? {
    guard let first = x.first, let last = x.last, first > 0 else { return nil }
    let logarithms = x.map { Double.log($0 / last) }
    let ones = x.map { _ in 1.0 }
    func loss(_ power: Double) -> Double {
      let column = power == 0 ? logarithms : logarithms.map { Double.expMinusOne(power * $0) / power }
      return LinearFit([ones, column], y)?.rss ?? .infinity
    }
    let grid = (-8...8).map { Double($0) / 2 }
    let losses = grid.map(loss)
    guard let best = losses.indices.min(by: { losses[$0] < losses[$1] }) else { return nil }
    return min(losses[best], loss(goldenSection(from: grid[best] - 0.5, to: grid[best] + 0.5, loss)))
  }

  /// Least residual sum of squares of a line with two breaks, at any two of some thirty samples.
  private var leastSquaresOfTwoBreaks: Double? {
    let step = max(1, x.count / 30)
    let places = stride(from: 2, to: x.count - 2, by: step).map { x[$0] }
    guard places.count >= 2 else { return nil }
    // Each break's column without its part along the line, and y without its own.
    let ones = x.map { _ in 1.0 }
    guard let line = LinearFit([ones, x], y) else { return nil }
    let columns = places.compactMap { at in LinearFit([ones, x], x.map { max($0 - at, 0) })?.residuals }
    let squares = columns.map { dotProduct($0, $0) }
    let products = columns.map { dotProduct($0, line.residuals) }
    var least = line.rss
    for first in columns.indices {
      for second in columns.indices.dropFirst(first + 1) {
        let cross = dotProduct(columns[first], columns[second])
        let determinant = squares[first] * squares[second] - cross * cross
        guard determinant > 1e-9 * squares[first] * squares[second] else { continue }
        let gain =
          squares[second] * products[first] * products[first] - 2 * cross * products[first] * products[second]
          + squares[first] * products[second] * products[second]
        least = min(least, line.rss - gain / determinant)
      }
    }
    return max(least, 0)
  }
}

private func dotProduct(_ a: [Double], _ b: [Double]) -> Double {
  a.withUnsafeBufferPointer { a in
    b.withUnsafeBufferPointer { b in foldedSum(a.count) { a[$0] * b[$0] } }
  }
}
