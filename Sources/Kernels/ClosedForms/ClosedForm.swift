/// A closed-form curve fitted by least squares.
package struct ClosedForm: Sendable {
  /// The curve's parameters, in the order of its formula.
  package var parameters: [Double]
  /// Where the curve bends from steep to flat, by the model's own definition; nil where it does not.
  package var threshold: Double?
  /// Residual sum of squares.
  package var residualSumOfSquares: Double
  private let function: @Sendable ([Double], Double) -> Double

  init(
    parameters: [Double], threshold: Double?, rss: Double, function: @escaping @Sendable ([Double], Double) -> Double
  ) {
    self.parameters = parameters
    self.threshold = threshold
    residualSumOfSquares = rss
    self.function = function
  }

  /// The curve at x.
  package func callAsFunction(_ x: Double) -> Double { function(parameters, x) }

  /// Fits a model to samples sorted by x; nil for ``ThresholdModel/network`` and where the fit is not determined.
  ///
  /// All fits are deterministic and have no random start. A threshold outside the range of x is none.
  package static func fit(_ model: ThresholdModel, _ samples: SortedSamples) -> ClosedForm? {
    guard let first = samples.x.first, let last = samples.x.last, first < last else { return nil }
    var form: ClosedForm?
    switch model {
    case .network: return nil
    case .logistic: form = logistic(samples)
    case .exponential: form = exponential(samples)
    case .quadratic: form = quadratic(samples)
    case .plateau: form = plateau(samples)
    case .spline: form = spline(samples)
    }
    if let threshold = form?.threshold, !(first...last).contains(threshold) { form?.threshold = nil }
    if samples.y.allSatisfy({ $0 == samples.y[0] }) { form?.threshold = nil }
    return form
  }
}
