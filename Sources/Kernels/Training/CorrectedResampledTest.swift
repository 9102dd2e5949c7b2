/// The t test of Nadeau & Bengio (2003, Machine Learning 52, 239–281) of whether two learners differ, from their differences
/// on the folds of a cross-validation.
///
/// Training sets of different folds overlap, so differences are correlated and a plain paired t finds far too much; the
/// variance of their mean is taken as (1/k + n_test/n_train) times theirs.
package struct CorrectedResampledTest: Sendable, Equatable {
  /// Differences.
  package let count: Int
  /// Mean difference.
  package let mean: Double
  /// Standard deviation of the differences (n − 1).
  package let deviation: Double
  /// t with k − 1 degrees of freedom.
  package let t: Double
  /// Two-sided p.
  package let p: Double

  /// - Parameters:
  ///   - differences: one a fold; NaN for all but the mean of fewer than two.
  ///   - testShare: samples of the test part by those of the training part.
  package init(_ differences: [Double], testShare: Double) {
    count = differences.count
    mean = Kernels.mean(differences)
    deviation = standardDeviation(differences)
    let error = (1 / Double(count) + testShare).squareRoot() * deviation
    // Learners that never differ do not differ.
    t = error == 0 && mean == 0 ? 0 : mean / error
    p = StudentDistribution.twoSidedP(t, degreesOfFreedom: Double(count - 1))
  }
}
