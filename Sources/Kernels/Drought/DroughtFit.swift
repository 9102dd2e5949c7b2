import RealModule

/// The distribution of a calendar month's sums, or why there is none.
package struct DroughtFit: Sendable, Equatable {
  /// `computed`, or why there is no distribution.
  package var status: DroughtStatus
  /// Values that were fitted.
  package var count: Int
  /// The distribution; nil where there is none.
  package var distribution: DroughtDistribution?

  /// A month without a distribution.
  package init(_ status: DroughtStatus, count: Int = 0) {
    self.status = status
    self.count = count
  }

  /// A month with one.
  package init(_ distribution: DroughtDistribution, count: Int) {
    status = .computed
    self.count = count
    self.distribution = distribution
  }

  /// The fit of a generalised logistic distribution.
  ///
  /// - Parameter moments: the number of values, b0, b1, b2, the least and the largest value.
  init(logisticMoments moments: [Double]) {
    let count = Int(moments[0])
    let (b0, b1, b2) = (moments[1], moments[2], moments[3])
    let scale = 2 * b1 - b0
    if count < DroughtKernel.minimumCount {
      self.init(count == 0 ? .noData : .tooFewValues, count: count)
    } else if moments[4] == moments[5] || !(scale > 0) {
      self.init(.noVariation, count: count)
    } else if !((6 * b2 - 6 * b1 + b0).magnitude < scale) {
      self.init(.notLogistic, count: count)
    } else {
      self.init(DroughtDistribution(logisticMoments: b0, b1, b2), count: count)
    }
  }

  /// The fit of a gamma distribution with zeros.
  ///
  /// - Parameter values: NaN where missing.
  init(gammaOf values: [Double]) {
    let present = values.filter { !$0.isNaN }
    let positive = present.filter { $0 > 0 }
    if present.contains(where: { $0 < 0 }) {
      self.init(.negativeValues, count: present.count)
    } else if positive.count < DroughtKernel.minimumCount {
      self.init(present.isEmpty ? .noData : .tooFewValues, count: present.count)
    } else if positive.min() == positive.max() {
      self.init(.noVariation, count: present.count)
    } else {
      self.init(
        DroughtDistribution(
          gammaOf: present.count, positive: positive.count, sum: positive.reduce(0, +),
          logarithms: positive.reduce(0) { $0 + .log($1) }), count: present.count)
    }
  }

  /// Three numbers; NaN where there is no distribution.
  package var parameters: [Double] { distribution?.parameters ?? [.nan, .nan, .nan] }
}
