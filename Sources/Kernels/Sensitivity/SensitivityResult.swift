/// Why a zone or cell has sensitivities, or none.
package enum SensitivityStatus: UInt8, ResultStatus {
  case computed
  case notLand
  case outsideSelection
  /// There is no month in which response and all predictors have a value
  case noData
  /// There are fewer such months than wanted
  case tooFewMonths
  /// Response or a predictor has the same value in all of them
  case noVariation
  /// Predictors depend on each other, and there is no penalty
  case collinear
  /// A value cannot be right
  case implausibleRange
}

/// The sensitivities of a response to several predictors: coefficients of a regression in standard units.
///
/// Numbers that do not exist are NaN; arrays have a number for each predictor.
package struct SensitivityResult: Sendable, Equatable {
  /// Whether there are sensitivities, and why not.
  package var status: SensitivityStatus
  /// Months in which response and all predictors have a value.
  package var count = 0
  /// Standard deviations of the response for one of the predictor.
  package var beta: [Double]
  /// Standard errors of the coefficients, of independent errors.
  package var standardError: [Double]
  /// 5th percentile of the bootstrap.
  package var lower: [Double]
  /// 95th percentile of the bootstrap.
  package var upper: [Double]
  /// Variance inflation factors.
  package var varianceInflation: [Double]
  /// The penalty λ.
  package var penalty = Double.nan
  /// The part of the response's variance that is explained.
  package var determination = Double.nan

  /// A result that has nothing but a status.
  package init(status: SensitivityStatus, predictors: Int) {
    self.status = status
    let none = [Double](repeating: .nan, count: predictors)
    (beta, standardError, lower, upper, varianceInflation) = (none, none, none, none, none)
  }
}
