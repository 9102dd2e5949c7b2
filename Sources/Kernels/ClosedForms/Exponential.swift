import RealModule

extension ClosedForm {
  /// Negative exponential, a + b (1 − e^(−c (x − x₁)))/c, c ≥ 0, x₁ the lowest x; parameters a, b, c, x₁ (x₁ is not fitted).
  ///
  /// a is the value and b the slope at x₁, a + b/c the asymptote. c = 0 is the straight line to which the curve tends:
  /// growth (c < 0), a rise that steepens, is no part of the model. Threshold: where 95 % of the way from x₁ to the
  /// asymptote is done, x₁ + ln(20)/c, where the curve rises (b > 0).
  ///
  /// For given c the curve is linear in a and b; c is profiled on a grid from 0 to where the curve is level from the
  /// second x on, and every minimum of the grid is refined by golden sections.
  static func exponential(_ samples: SortedSamples) -> ClosedForm? {
    let (y, first, span) = (samples.y, samples.x[0], samples.span)
    let distance = samples.x.map { ($0 - first) / span }
    guard let gap = distance.first(where: { $0 > 0 }) else { return nil }
    let meanY = mean(y)
    var column = distance
    // The rate is that per range of x, and so is the slope.
    func fit(_ rate: Double) -> (a: Double, b: Double, rss: Double) {
      for i in column.indices { column[i] = rise(distance[i], rate: rate) }
      let centre = mean(column)
      var (square, product) = (0.0, 0.0)
      for i in y.indices {
        let u = column[i] - centre
        square += u * u
        product += u * (y[i] - meanY)
      }
      let b = product / square
      var rss = 0.0
      for i in y.indices {
        let residual = y[i] - meanY - b * (column[i] - centre)
        rss += residual * residual
      }
      return (meanY - b * centre, b, rss)
    }
    func loss(_ logRate: Double) -> Double { fit(.exp(logRate)).rss }

    let grid = logarithmicRates(gap: gap)
    let losses = grid.map(loss)
    var best = (rate: 0.0, rss: fit(0).rss)
    for i in grid.indices {
      let (before, after) = (max(i - 1, 0), min(i + 1, grid.count - 1))
      guard losses[i] <= losses[before], losses[i] <= losses[after] else { continue }
      let rate = Double.exp(goldenSection(from: grid[before], to: grid[after], loss))
      let rss = fit(rate).rss
      if rss < best.rss { best = (rate, rss) }
    }
    let (a, b, rss) = fit(best.rate)
    return ClosedForm(
      parameters: [a, b / span, best.rate / span, first],
      threshold: b > 0 && best.rate > 0 ? first + Double.log(20) / best.rate * span : nil, rss: rss
    ) { p, x in p[0] + p[1] * rise(x - p[3], rate: p[2]) }
  }

  /// (1 − e^(−c t))/c, which is t where c = 0.
  private static func rise(_ t: Double, rate c: Double) -> Double { c == 0 ? t : -Double.expMinusOne(-c * t) / c }

  /// Logarithms of the rates, per range of x, among which minima are looked for.
  ///
  /// Below 0.1 the sum of squares is nearly a parabola of the rate, so that decades are steps small enough; below 1e-6 the
  /// curve is a line. At 40 over the distance of the second x, e⁻⁴⁰ is lost in rounding.
  private static func logarithmicRates(gap: Double) -> [Double] {
    let decades = (-6 ..< -1).map { Double($0) * .log(10) }
    let (low, high) = (Double.log(0.1), Double.log(40 / gap))
    let count = Int(((high - low) / 0.1).rounded(.up))
    return decades + (0...count).map { low + (high - low) * Double($0) / Double(count) }
  }
}
