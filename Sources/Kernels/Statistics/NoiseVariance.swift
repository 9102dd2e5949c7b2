/// The variance of the noise on a smooth curve, from the values alone; prepared for one set of x.
///
/// What each value departs from the straight line through its neighbours, in units of what unit noise would give:
/// Gasser, Sroka & Jennen-Steinmetz (1986, Biometrika 73, 625–633). The curve's own bend adds a little.
struct NoiseWeights {
  /// Weights of the value before, the value itself (negative) and the value after, of each inner value.
  private let weights: [SIMD3<Double>]

  /// - Parameter x: Where the values lie, ascending; equal ones are allowed.
  init(_ x: [Double]) {
    weights =
      x.count < 3
      ? []
      : (1..<(x.count - 1)).map { i in
        let span = x[i + 1] - x[i - 1]
        let before = span > 0 ? (x[i + 1] - x[i]) / span : 0.5
        let after = 1 - before
        return SIMD3(before, -1, after) / (before * before + after * after + 1).squareRoot()
      }
  }

  /// Each inner value's departure from its neighbours, in the values' units.
  func departures(_ y: [Double]) -> [Double] {
    weights.indices.map { weights[$0].x * y[$0] + weights[$0].y * y[$0 + 1] + weights[$0].z * y[$0 + 2] }
  }

  /// Mean square of the departures; NaN for fewer than three values.
  func variance(_ y: UnsafeBufferPointer<Double>) -> Double {
    var sum = 0.0
    for i in weights.indices {
      let departure = weights[i].x * y[i] + weights[i].y * y[i + 1] + weights[i].z * y[i + 2]
      sum += departure * departure
    }
    return sum / Double(weights.count)
  }
}

/// Variance of the noise on a smooth curve, from the values alone; NaN for fewer than three.
///
/// See ``NoiseWeights``.
/// - Parameter x: Where the values lie, ascending; equal ones are allowed.
package func noiseVariance(x: [Double], y: [Double]) -> Double {
  y.withUnsafeBufferPointer { NoiseWeights(x).variance($0) }
}
