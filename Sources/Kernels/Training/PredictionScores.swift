/// Sums of what was observed and what was predicted, from which all scores follow; those of parts can be put together.
package struct PredictionSums: Sendable, Equatable, Codable {
  /// Pairs.
  package private(set) var count = 0.0
  /// Mean of what was observed.
  private var observed = 0.0
  /// Mean of what was predicted.
  private var predicted = 0.0
  /// Squared deviations from the means: of what was observed, of what was predicted, and of the errors.
  private var observedSquares = 0.0
  private var predictedSquares = 0.0
  private var errorSquares = 0.0

  /// No pairs.
  package init() {}

  /// The sums of some pairs.
  package init(observed: [Float], predicted: [Float]) {
    precondition(observed.count == predicted.count, "pairs")
    guard !observed.isEmpty else { return }
    count = Double(observed.count)
    self.observed = observed.reduce(0) { $0 + Double($1) } / count
    self.predicted = predicted.reduce(0) { $0 + Double($1) } / count
    for (y, f) in zip(observed, predicted) {
      let (ofY, ofF) = (Double(y) - self.observed, Double(f) - self.predicted)
      observedSquares += ofY * ofY
      predictedSquares += ofF * ofF
      errorSquares += (ofY - ofF) * (ofY - ofF)
    }
  }

  /// Adds the pairs of another part (Chan, Golub & LeVeque 1983).
  package mutating func add(_ other: PredictionSums) {
    guard other.count > 0 else { return }
    let all = count + other.count
    let (ofY, ofF) = (other.observed - observed, other.predicted - predicted)
    let weight = count * other.count / all
    observedSquares += other.observedSquares + weight * ofY * ofY
    predictedSquares += other.predictedSquares + weight * ofF * ofF
    errorSquares += other.errorSquares + weight * (ofY - ofF) * (ofY - ofF)
    observed += ofY * other.count / all
    predicted += ofF * other.count / all
    count = all
  }

  /// The scores.
  package var scores: PredictionScores {
    let bias = predicted - observed
    let errors = errorSquares + count * bias * bias
    let product = (observedSquares + predictedSquares - errorSquares) / 2
    let spread = observedSquares.squareRoot() * predictedSquares.squareRoot()
    let correlation = spread > 0 ? min(max(product / spread, -1), 1) : .nan
    let agreement = observedSquares + predictedSquares + count * bias * bias
    return PredictionScores(values: [
      correlation * correlation, observedSquares > 0 ? 1 - errors / observedSquares : .nan,
      agreement > 0 ? 2 * product / agreement : .nan, (errors / count).squareRoot(),
      count > 1 ? (errorSquares / (count - 1)).squareRoot() : .nan,
    ])
  }
}

/// How well predictions fit.
package struct PredictionScores: Sendable, Equatable {
  /// One of the scores.
  package enum Kind: Int, CaseIterable, Sendable {
    /// Squared Pearson correlation.
    case squaredCorrelation
    /// 1 − SSE/SST, with the mean of the same observations in SST.
    case efficiency
    /// Lin's concordance correlation coefficient (1989).
    case concordance
    /// Root of the mean squared error, in the target's units.
    case rootMeanSquareError
    /// Standard deviation of the errors (n − 1), in the target's units.
    case errorDeviation

    /// Its name in tables.
    package var name: String {
      switch self {
      case .squaredCorrelation: "r2"
      case .efficiency: "efficiency"
      case .concordance: "concordance"
      case .rootMeanSquareError: "rmse"
      case .errorDeviation: "sde"
      }
    }

    /// Whether it is in the target's units; the others have no dimension.
    package var hasUnits: Bool { self == .rootMeanSquareError || self == .errorDeviation }
  }

  /// By kind; NaN where a score is not defined.
  fileprivate let values: [Double]

  /// One of the scores; NaN where it is not defined, as the correlation with constant predictions.
  package subscript(_ kind: Kind) -> Double { values[kind.rawValue] }

  /// The mean of the scores of several evaluations, each over those where it is defined.
  package static func mean(_ scores: [PredictionScores]) -> PredictionScores {
    PredictionScores(
      values: Kind.allCases.map { kind in Kernels.mean(scores.map { $0[kind] }.filter { !$0.isNaN }) })
  }
}
