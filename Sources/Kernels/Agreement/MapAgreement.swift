/// How well two maps agree over the cells that both have.
package struct MapAgreement: Sendable, Equatable {
  /// Mean of a, in the maps' units.
  package var meanA: Double
  /// Mean of b, in the maps' units.
  package var meanB: Double
  /// Root of the mean squared difference, in the maps' units.
  package var rootMeanSquareError: Double
  /// Mean of a − b, in the maps' units.
  package var bias: Double
  /// Pearson's correlation; NaN where one map is constant.
  package var correlation: Double
  /// Median of |a − b|, in the maps' units; between the middle two where they share the middle.
  package var medianAbsoluteError: Double
  /// Share (0…1) of cells, or of weight, that agree to the tolerance.
  package var shareWithin: Double

  /// Compares two maps.
  ///
  /// All statistics are weighted means over the cells where both maps are finite and the weight is positive; all are
  /// NaN where there is no such cell.
  ///
  /// - Parameters:
  ///   - a: values in cell order; NaN is missing.
  ///   - b: as many values in the same order and units.
  ///   - weights: as many weights, of any scale; NaN counts as 0. Nil gives every cell the same.
  ///   - tolerance: largest difference that counts as agreement.
  package init(_ a: [Double], _ b: [Double], weights: [Double]? = nil, within tolerance: AgreementTolerance) {
    precondition(a.count == b.count && weights.map { $0.count == a.count } ?? true, "maps of different sizes")
    let pairs = a.indices.compactMap { cell -> (a: Double, b: Double, weight: Double)? in
      let weight = weights.map { $0[cell] } ?? 1
      return a[cell].isFinite && b[cell].isFinite && weight > 0 ? (a[cell], b[cell], weight) : nil
    }
    let total = pairs.reduce(0) { $0 + $1.weight }
    func mean(_ quantity: (_ a: Double, _ b: Double) -> Double) -> Double {
      pairs.reduce(0) { $0 + $1.weight * quantity($1.a, $1.b) } / total
    }
    bias = mean { $0 - $1 }
    rootMeanSquareError = mean { ($0 - $1) * ($0 - $1) }.squareRoot()
    shareWithin = mean { tolerance.allows($0, $1) ? 1 : 0 }
    // Locals, since closures cannot capture what is not complete.
    let (meanA, meanB) = (mean { a, _ in a }, mean { _, b in b })
    (self.meanA, self.meanB) = (meanA, meanB)
    let covariance = mean { ($0 - meanA) * ($1 - meanB) }
    let varianceA = mean { a, _ in (a - meanA) * (a - meanA) }
    let varianceB = mean { _, b in (b - meanB) * (b - meanB) }
    let spread = varianceA.squareRoot() * varianceB.squareRoot()
    correlation = spread > 0 ? min(max(covariance / spread, -1), 1) : .nan
    medianAbsoluteError = Self.median(pairs.map { (abs($0.a - $0.b), $0.weight) }, total: total)
  }

  /// The value with half of the weight on either side.
  private static func median(_ values: [(value: Double, weight: Double)], total: Double) -> Double {
    let sorted = values.sorted { $0.value < $1.value }
    var below = 0.0
    for (index, entry) in sorted.enumerated() {
      below += entry.weight
      // Sums of weights are inexact: within rounding of one half the next value has an equal claim.
      guard below >= total * (0.5 - 1e-12) else { continue }
      let isShared = below <= total * (0.5 + 1e-12) && index + 1 < sorted.count
      return isShared ? (entry.value + sorted[index + 1].value) / 2 : entry.value
    }
    return .nan
  }
}

/// The largest difference of two values that counts as agreement.
package enum AgreementTolerance: Sendable, Equatable {
  /// |a − b| at most this, in the values' units
  case absolute(Double)
  /// |a − b| at most this share of |b|
  case relative(Double)

  /// Whether two values agree.
  package func allows(_ a: Double, _ b: Double) -> Bool {
    switch self {
    case .absolute(let difference): abs(a - b) <= difference
    case .relative(let share): abs(a - b) <= share * abs(b)
    }
  }
}
