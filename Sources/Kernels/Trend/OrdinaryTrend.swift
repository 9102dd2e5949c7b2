/// The straight line of least squares through a series, and whether its slope could be chance.
public struct OrdinaryTrend: Sendable, Equatable {
  /// Slope, units of the values per unit of time; NaN of fewer than two values.
  public var slope = Double.nan
  /// Value of the line at time 0; NaN of fewer than two values.
  public var intercept = Double.nan
  /// Two-sided p of the slope by Student's t with n − 2 degrees of freedom.
  ///
  /// NaN of fewer than three values, 1 of a constant series, 0 where the line leaves no residual.
  public var p = Double.nan
  /// n, number of values.
  public var count = 0

  /// The line of no values.
  public init() {}

  /// The line through the values that are finite.
  ///
  /// - Parameters:
  ///   - times: Strictly increasing.
  ///   - values: As many as times.
  public init(times: [Double], values: [Double]) {
    precondition(times.count == values.count, "as many times as values")
    let indices = values.indices.filter { values[$0].isFinite }
    guard indices.count >= 2 else {
      self.init()
      count = indices.count
      return
    }
    let (t, y) = (indices.map { times[$0] }, indices.map { values[$0] })
    let moments = t.withUnsafeBufferPointer { t in y.withUnsafeBufferPointer { LineMoments(t, $0) } }
    self.init(moments, count: indices.count)
  }

  /// The line of so many values, at least two.
  ///
  /// b = Σ(t − t̄)(y − ȳ) / Σ(t − t̄)²; t statistic b / √(RSS / (n − 2) / Σ(t − t̄)²) (Draper & Smith 1998, 1.4).
  init(_ moments: LineMoments, count: Int) {
    self.count = count
    slope = moments.slope
    intercept = moments.valueMean - slope * moments.timeMean
    guard count >= 3 else { return }
    let t = slope / moments.slopeError(values: count)
    p = moments.isConstant || t.isNaN ? 1 : StudentDistribution.twoSidedP(t, degreesOfFreedom: count - 2)
  }
}

/// Means and sums of squares of a series about its means and its line, always added up in the same order.
struct LineMoments {
  var timeMean = 0.0
  var valueMean = 0.0
  /// Σ(t − t̄)².
  var timeSquares = 0.0
  var slope = 0.0
  /// RSS, sum of squared residuals.
  var residualSquares = 0.0
  /// Whether all values are equal: then the slope is exactly 0 and the mean exactly the value.
  var isConstant = false
  /// Largest distance of a time from the mean.
  var timeSpread = 0.0
  /// Largest distance of a value from the mean.
  var valueSpread = 0.0

  /// The moments of nothing.
  init() {}

  /// The moments of at least two finite values at strictly increasing times.
  init(_ times: UnsafeBufferPointer<Double>, _ values: UnsafeBufferPointer<Double>) {
    let count = Double(values.count)
    timeMean = foldedSum(times.count) { times[$0] } / count
    timeSquares = foldedSum(times.count) { (times[$0] - timeMean) * (times[$0] - timeMean) }
    timeSpread = max(timeMean - times[0], times[times.count - 1] - timeMean)
    var (smallest, largest) = (values[0], values[0])
    for value in values {
      smallest = min(smallest, value)
      largest = max(largest, value)
    }
    if smallest == largest {
      valueMean = smallest
      isConstant = true
      return
    }
    valueMean = foldedSum(values.count) { values[$0] } / count
    valueSpread = max(valueMean - smallest, largest - valueMean)
    let products = foldedSum(values.count) { (times[$0] - timeMean) * (values[$0] - valueMean) }
    slope = products / timeSquares
    residualSquares = foldedSum(values.count) {
      let residual = (values[$0] - valueMean) - slope * (times[$0] - timeMean)
      return residual * residual
    }
  }

  /// Standard error of the slope of so many values, at least three.
  func slopeError(values count: Int) -> Double { (residualSquares / Double(count - 2) / timeSquares).squareRoot() }
}

/// Σ of the terms 0 ..< count in four interleaved partial sums, in an order that never changes.
@inline(__always)
func foldedSum(_ count: Int, _ term: (Int) -> Double) -> Double {
  var sums = SIMD4<Double>()
  var index = 0
  while index + 4 <= count {
    sums += SIMD4(term(index), term(index + 1), term(index + 2), term(index + 3))
    index += 4
  }
  var sum = (sums.x + sums.y) + (sums.z + sums.w)
  while index < count {
    sum += term(index)
    index += 1
  }
  return sum
}
