/// How well predictions agree with observations.
package struct ObservationAgreement: Sendable, Equatable {
  /// Pairs.
  package let count: Int
  /// Mean of the observations; NaN of none, as the numbers below.
  package let observed: Double
  /// Mean of the predictions.
  package let predicted: Double
  /// Squared Pearson correlation; NaN where either is constant.
  package let squaredCorrelation: Double
  /// 1 − SSE/SST, with the mean of the same observations in SST; NaN where these are constant.
  package let efficiency: Double
  /// Root of the mean squared error.
  package let rootMeanSquareError: Double
  /// Mean of predictions − observations.
  package let bias: Double

  /// The agreement of pairs, none of them missing.
  package init(observed: [Double], predicted: [Double]) {
    precondition(observed.count == predicted.count, "pairs")
    count = observed.count
    (self.observed, self.predicted) = (mean(observed), mean(predicted))
    let r = Correlation(observed, predicted).r
    squaredCorrelation = r * r
    let errors = ErrorStatistics(zip(predicted, observed).map { $0 - $1 })
    (rootMeanSquareError, bias) = (errors.rootMeanSquare, errors.bias)
    let centre = mean(observed)
    let spread = mean(observed.map { ($0 - centre) * ($0 - centre) })
    efficiency = spread > 0 ? 1 - errors.rootMeanSquare * errors.rootMeanSquare / spread : .nan
  }
}
