/// Why a cell has a drought index on a time scale, or none.
package enum DroughtStatus: UInt8, ResultStatus {
  case computed
  case notLand
  case outsideSelection
  /// Some of the calendar months have no distribution
  case computedInSomeMonths
  /// In no month has the balance a value
  case noData
  /// There are fewer than four values to fit
  case tooFewValues
  /// All values are the same
  case noVariation
  /// There is no generalised logistic distribution with the L-skewness
  case notLogistic
  /// A sum of precipitation is negative
  case negativeValues
  /// The given parameters have none for the cell
  case noParameters
  /// A value cannot be right
  case implausibleRange
}
