extension ClosedForm {
  /// Straight line up to a plateau, a + b min(x, θ); parameters a, b, θ.
  ///
  /// Threshold: the breakpoint θ, where the line rises before it (b > 0) and there is a plateau; a line that goes on to the
  /// highest x, θ = max x, has none.
  static func plateau(_ samples: SortedSamples) -> ClosedForm? {
    let x = samples.x
    guard let last = x.last, let theta = Breakpoint.best(x: x, samples.y, above: .level)?.theta,
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
    guard let theta = Breakpoint.best(x: x, samples.y, above: .sloping)?.theta,
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
  ///
  /// - Parameters:
  ///   - x: In ascending order.
  ///   - y: As many.
  ///   - weights: How often each sample counts, above 0; nil for once each.
  static func best(x: [Double], _ y: [Double], weights: [Double]? = nil, above: Continuation) -> Break? {
    guard let last = x.last else { return nil }
    var right = [SideMoments](repeating: SideMoments(), count: x.count + 1)
    for i in x.indices.reversed() {
      right[i] = right[i + 1]
      right[i].add(x[i], y[i], weight: weights?[i] ?? 1)
    }
    var left = SideMoments()
    var best: (theta: Double, rss: Double, split: Int, left: SideMoments)?
    for i in x.indices.dropFirst() {
      left.add(x[i - 1], y[i - 1], weight: weights?[i - 1] ?? 1)
      guard x[i] > x[i - 1] else { continue }
      func consider(_ theta: Double) {
        let rss = residualSumOfSquares(left, right[i], at: theta, above)
        if rss < best?.rss ?? .infinity { best = (theta, rss, i, left) }
      }
      if above == .level || x[i] < last { consider(x[i]) }
      if let crossing = crossing(left, right[i], above), crossing > x[i - 1], crossing < x[i] { consider(crossing) }
    }
    return best.map { Break(theta: $0.theta, rss: $0.rss, left: $0.left, right: right[$0.split], all: right[0]) }
  }

  /// A breakpoint, and what the samples on either side of it add up to.
  struct Break {
    var theta: Double
    /// Residual sum of squares of the two lines.
    var rss: Double
    /// Of the samples below the gap of x that the breakpoint lies in, or at its upper end.
    var left: SideMoments
    /// Of the others.
    var right: SideMoments
    /// Of all samples.
    var all: SideMoments

    /// Slope below a breakpoint with a level above it, and the level.
    var rise: (slope: Double, level: Double) {
      let weight = left.count * right.count / (left.count + right.count)
      let (below, step) = (left.meanX - theta, left.meanY - right.meanY)
      let slope = (left.xy + weight * below * step) / (left.xx + weight * below * below)
      return (slope, all.meanY - slope * below * left.count / all.count)
    }
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

  /// - Parameter weight: How often the sample counts.
  @inline(__always)
  mutating func add(_ x: Double, _ y: Double, weight: Double = 1) {
    count += weight
    let (dx, dy) = (x - meanX, y - meanY)
    meanX += weight * dx / count
    meanY += weight * dy / count
    xx += weight * dx * (x - meanX)
    xy += weight * dx * (y - meanY)
    yy += weight * dy * (y - meanY)
  }

  /// Slope of the line fitted to the side; nil where all x are equal.
  var slope: Double? { xx > 0 ? xy / xx : nil }
}
