import Kernels
import RealModule
import Testing

/// Residual sum of squares of y on a constant and some columns, by orthogonal projection; columns that depend on the others
/// are left out.
private func leastSquares(_ columns: [[Double]], _ y: [Double]) -> Double {
  func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
  func remove(_ q: [Double], from v: inout [Double]) {
    let part = dot(q, v)
    for i in v.indices { v[i] -= part * q[i] }
  }
  var basis = [[Double](repeating: 1 / Double(y.count).squareRoot(), count: y.count)]
  for column in columns {
    var rest = column
    for _ in 0..<2 { for q in basis { remove(q, from: &rest) } }
    let length = dot(rest, rest).squareRoot()
    if length > 1e-11 * dot(column, column).squareRoot() { basis.append(rest.map { $0 / length }) }
  }
  var residual = y
  for q in basis { remove(q, from: &residual) }
  return dot(residual, residual)
}

/// What a series of the tests below is made of.
private enum Shape: CaseIterable {
  case plateau, spline, line, flat, saturating, convex, falling

  func callAsFunction(_ x: Double) -> Double {
    switch self {
    case .plateau: 20 + 1.2 * min(x, 64)
    case .spline: 10 + 1.3 * x - 0.9 * max(x - 47, 0)
    case .line: 15 + 0.8 * x
    case .flat: 100
    case .saturating: 100 - 90 * .exp(-0.04 * (x - 15))
    case .convex: 0.01 * x * x
    case .falling: 100 - 0.7 * x
    }
  }
}

/// Series of every shape, length and noise, of regular x, random x, and x that repeat.
private func series(lengths: [Int]) -> [SortedSamples] {
  var all: [SortedSamples] = []
  for (number, shape) in Shape.allCases.enumerated() {
    for count in lengths {
      for noise in [0.2, 1, 5, 20] {
        for kind in 0..<3 {
          var generator = KeyedGenerator(11, number, count, Int(noise * 10), kind)
          let x = (0..<count).map { i in
            let regular = 15 + 85 * Double(i) / Double(count - 1)
            let random = 15 + 85 * generator.uniform()
            return [regular, random, (random / 8).rounded() * 8][kind]
          }
          all.append(SortedSamples(x: x, y: x.map { shape($0) + noise * generator.normal() }))
        }
      }
    }
  }
  return all
}

@Suite struct ClosedFormOptimumTests {
  /// Breakpoints within every gap between neighbouring x, at the x, and beyond both ends.
  private static func breakpoints(_ x: [Double]) -> [Double] {
    let (first, last) = (x[0], x[x.count - 1])
    let beyond = 0.2 * (last - first)
    var all = [last]
    for (a, b) in zip(x, x.dropFirst()) { all += stride(from: a, to: b, by: max(b - a, 1e-9) / 12) }
    all += stride(from: first - beyond, through: last + beyond, by: (last - first) / 300)
    return all
  }

  private static func residualSumOfSquares(of form: ClosedForm, _ pairs: SortedSamples) -> Double {
    zip(pairs.x, pairs.y).reduce(0) { sum, pair in
      let residual = pair.1 - form(pair.0)
      return sum + residual * residual
    }
  }

  @Test(arguments: [ThresholdModel.plateau, .spline])
  func noBreakpointIsBetter(model: ThresholdModel) throws {
    for pairs in series(lengths: [10, 17, 43, 132]) {
      let form = try #require(ClosedForm.fit(model, pairs))
      let own = Self.residualSumOfSquares(of: form, pairs)
      #expect(abs(form.residualSumOfSquares / own - 1) < 1e-9)
      var least = Double.infinity
      for theta in Self.breakpoints(pairs.x) {
        let below = pairs.x.map { min($0 - theta, 0) }
        let above = pairs.x.map { max($0 - theta, 0) }
        least = min(least, leastSquares(model == .plateau ? [below] : [below, above], pairs.y))
      }
      #expect(form.residualSumOfSquares <= least * (1 + 1e-9))
    }
  }

  /// A rate for every part of the way from a straight line to a step after the lowest x.
  @Test func noRateIsBetter() throws {
    for pairs in series(lengths: [10, 17, 43, 132]) {
      let form = try #require(ClosedForm.fit(.exponential, pairs))
      let own = Self.residualSumOfSquares(of: form, pairs)
      #expect(abs(form.residualSumOfSquares / own - 1) < 1e-9)
      var least = leastSquares([pairs.x], pairs.y)
      for step in 0...500 {
        let rate = Double.exp(-18 + 34 * Double(step) / 500) / pairs.span
        let column = pairs.x.map { Double.expMinusOne(-rate * ($0 - pairs.x[0])) / rate }
        least = min(least, leastSquares([column], pairs.y))
      }
      #expect(form.residualSumOfSquares <= least * (1 + 1e-9))
    }
  }

  @Test func plateausAtTheEndsAreFound() throws {
    let x = (0..<20).map { 5 + 5 * Double($0) }
    // The last but one x is 95.
    let late = try #require(ClosedForm.fit(.plateau, SortedSamples(x: x, y: x.map { 2 * min($0, 98.3) })))
    #expect(abs(try #require(late.threshold) - 98.3) < 1e-9)
    // With one x below the plateau, every breakpoint up to the second x gives the same curve.
    let early = try #require(ClosedForm.fit(.plateau, SortedSamples(x: x, y: x.map { 2 * min($0, 7) })))
    #expect(early.threshold == 10 && early.residualSumOfSquares < 1e-18)
    let line = try #require(ClosedForm.fit(.plateau, SortedSamples(x: x, y: x.map { 3 + 0.4 * $0 })))
    #expect(line.threshold == nil && line.residualSumOfSquares < 1e-18)
    #expect(line.parameters[2] == 100)
    // Two different x allow a line and no more.
    let two = SortedSamples(x: [10, 10, 30, 30], y: [1, 2, 5, 6])
    #expect(ClosedForm.fit(.plateau, two)?.residualSumOfSquares == 1)
    #expect(ClosedForm.fit(.plateau, two)?.threshold == nil)
    #expect(ClosedForm.fit(.spline, two) == nil)
  }

  /// A common offset of the pairs must not cost digits.
  @Test(arguments: [ThresholdModel.plateau, .spline])
  func offsetsChangeNothing(model: ThresholdModel) throws {
    for pairs in series(lengths: [43]) {
      let moved = SortedSamples(x: pairs.x.map { $0 + 4096 }, y: pairs.y.map { $0 + 65536 })
      let (form, other) = (try #require(ClosedForm.fit(model, pairs)), try #require(ClosedForm.fit(model, moved)))
      #expect(abs(form.residualSumOfSquares / other.residualSumOfSquares - 1) < 1e-7)
    }
  }

  /// Of scipy 1.17.1's `minimize_scalar` over the logarithm of the rate, and of numpy 2.4.6's `lstsq`; x = 20, 25 … 100,
  /// rates per range of x.
  @Test(arguments: [
    // Level from the second x on, but for 8 %.
    (
      [
        29.2, 85.07, 89.54, 90.41, 91.14, 90.11, 89.45, 89.22, 90.75, 91.63, 90.27, 88.77, 89.04, 91.6, 90.2, 88.27,
        89.92,
      ], 40.0224950, 13.7153107909
    ),
    // Nearly a line.
    (
      [
        8.84, 14.67, 20.07, 25.08, 31.55, 36.11, 40.72, 46.83, 52.33, 54.9, 61.31, 65.57, 71.33, 75.13, 81.33, 86.13,
        90.7,
      ], 0.1370153, 6.67003308185
    ),
    // Steepening: a line is the best that there is, by 0.9 % better than the rate of 0.01.
    (
      [
        3.95, 4.96, 5.31, 6.81, 10.85, 12.68, 18.83, 22.94, 25.5, 33.75, 39.05, 47.57, 55.67, 62.43, 73.67, 83.85,
        95.96,
      ], 0, 971.418991912
    ),
  ])
  func ratesAgreeWithScipy(y: [Double], rate: Double, rss: Double) throws {
    let x = (0..<17).map { 20 + 5 * Double($0) }
    let form = try #require(ClosedForm.fit(.exponential, SortedSamples(x: x, y: y)))
    #expect(abs(form.parameters[2] * 80 - rate) <= 1e-5 * rate)
    #expect(abs(form.residualSumOfSquares / rss - 1) < 1e-10)
    #expect((form.threshold == nil) == (rate < 1))
  }
}
