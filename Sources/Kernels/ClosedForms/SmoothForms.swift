import RealModule

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
