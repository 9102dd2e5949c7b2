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

/// Search for the breakpoint of two straight lines that meet, in a number of steps proportional to the number of samples.
enum Breakpoint {
  /// What the curve does above its breakpoint.
  enum Continuation {
    /// It is level.
    case level
    /// It has a slope of its own.
    case sloping
  }

  /// The breakpoint with the least residual sum of squares, exactly; nil where no x lies between others (sloping) or all
  /// are equal.
  ///
  /// Between two neighbouring x the sum is least where the lines fitted to either side cross, if they cross there, and else
  /// with the breakpoint at one of the two x (Hudson 1966, doi:10.1080/01621459.1966.10482198). So the crossings and the x
  /// are all candidates there are. The lowest x is none: where one side has a single x, every breakpoint up to its
  /// neighbour gives the same sum. A level curve that breaks at the highest x is a plain line, the limit of all beyond;
  /// a sloping one has lines among its curves whatever its breakpoint, so the highest x is no candidate there.
  static func best(_ samples: SortedSamples, above: Continuation) -> Double? {
    let (x, y) = (samples.x, samples.y)
    guard let last = x.last else { return nil }
    var right = [SideMoments](repeating: SideMoments(), count: x.count + 1)
    for i in x.indices.reversed() {
      right[i] = right[i + 1]
      right[i].add(x[i], y[i])
    }
    var left = SideMoments()
    var best: (theta: Double, rss: Double)?
    for i in x.indices.dropFirst() {
      left.add(x[i - 1], y[i - 1])
      guard x[i] > x[i - 1] else { continue }
      func consider(_ theta: Double) {
        let rss = residualSumOfSquares(left, right[i], at: theta, above)
        if rss < best?.rss ?? .infinity { best = (theta, rss) }
      }
      if above == .level || x[i] < last { consider(x[i]) }
      if let crossing = crossing(left, right[i], above), crossing > x[i - 1], crossing < x[i] { consider(crossing) }
    }
    return best?.theta
  }

  /// Where the lines fitted to either side cross; nil where one is not determined, not finite where they are parallel.
  private static func crossing(_ left: SideMoments, _ right: SideMoments, _ above: Continuation) -> Double? {
    guard let slope = left.slope, let next = above == .level ? 0 : right.slope else { return nil }
    return left.meanX + (right.meanY - left.meanY - next * (right.meanX - left.meanX)) / (slope - next)
  }

  /// The residual sum of squares with the breakpoint between the two sides.
  ///
  /// The curve is linear in its value at θ and its slopes, whose columns are min(x − θ, 0) and max(x − θ, 0); these are
  /// their centred sums, in which nothing cancels.
  private static func residualSumOfSquares(
    _ left: SideMoments, _ right: SideMoments, at theta: Double, _ above: Continuation
  ) -> Double {
    let weight = left.count * right.count / (left.count + right.count)
    let (below, beyond, step) = (left.meanX - theta, right.meanX - theta, left.meanY - right.meanY)
    let yy = left.yy + right.yy + weight * step * step
    let uu = left.xx + weight * below * below
    let uy = left.xy + weight * below * step
    if above == .level { return yy - uy * uy / uu }
    let vv = right.xx + weight * beyond * beyond
    let vy = right.xy - weight * beyond * step
    let uv = -weight * below * beyond
    let determinant = left.xx * right.xx + weight * (left.xx * beyond * beyond + right.xx * below * below)
    return yy - (vv * uy * uy - 2 * uv * uy * vy + uu * vy * vy) / determinant
  }
}

/// Means and centred sums of the samples on one side of a breakpoint.
///
/// Updated sample by sample (Welford 1962), which loses no digits to a common offset.
struct SideMoments {
  /// Number of samples.
  private(set) var count = 0.0
  private(set) var meanX = 0.0
  private(set) var meanY = 0.0
  /// Σ (x − mean x)².
  private(set) var xx = 0.0
  /// Σ (x − mean x) (y − mean y).
  private(set) var xy = 0.0
  /// Σ (y − mean y)².
  private(set) var yy = 0.0

  mutating func add(_ x: Double, _ y: Double) {
    count += 1
    let (dx, dy) = (x - meanX, y - meanY)
    meanX += dx / count
    meanY += dy / count
    xx += dx * (x - meanX)
    xy += dx * (y - meanY)
    yy += dy * (y - meanY)
  }

  /// Slope of the line fitted to the side; nil where all x are equal.
  var slope: Double? { xx > 0 ? xy / xx : nil }
}
