import Kernels

/// A made-up study of the kind that `respire train` does, with a linear learner instead of networks: sites in clusters, some
/// years each, basic predictors and one of lag, and whether the experiment with the lag predicts better than the one without.
public struct LagTrial {
  /// Clusters of sites.
  public var clusters = 30
  /// Sites of a cluster at the most.
  public var mostSites = 4
  /// Years of a site.
  public var years = 6
  /// Folds of the cross-validation.
  public var folds = 10
  /// Learners of a fold, which differ as networks do by their start: each sees a share of the training samples.
  public var learners = 5
  /// That share; with 1 all learners of a fold are the same.
  public var seenShare = 2.0 / 3
  /// What a unit of the lag predictor adds to the response.
  public var lagEffect = 0.0
  /// Standard deviation of a cluster's own level of the response, which no predictor tells; that of the noise is 1.
  public var clusterLevel = 0.5
  /// How the samples are split.
  public var split = Split.cluster

  /// What is kept together.
  public enum Split: String, CaseIterable, Sendable {
    /// Clusters of sites.
    case cluster
    /// Sites.
    case site
  }

  /// A study.
  public init() {}

  /// What a study finds.
  public struct Finding: Sendable {
    /// The corrected test of the differences of test errors (with lag − without), a mean of a fold's learners each.
    public var corrected: Double
    /// The same over each fold and learner as if all were folds of their own.
    public var pooled: Double
    /// A plain paired t of the folds.
    public var plain: Double
    /// Mean difference of the root mean squared errors.
    public var difference: Double
  }

  private static let basicCount = 4

  /// The study of a seed.
  public func finding(seed: Int) -> Finding {
    var random = KeyedGenerator(seed, 15)
    var (groups, sites, rows, responses) = ([Int](), [Int](), [[Double]](), [Double]())
    for cluster in 0..<clusters {
      let place = (0...Self.basicCount).map { _ in random.normal() }
      let level = clusterLevel * random.normal()
      // Years are alike within a cluster: so are weather and its memory.
      let weather = (0..<years).map { _ in (0...Self.basicCount).map { _ in random.normal() } }
      for _ in 0..<1 + Int(random.uniform() * Double(mostSites)) {
        let own = (0...Self.basicCount).map { _ in 0.3 * random.normal() }
        let site = (sites.last ?? -1) + 1
        for year in 0..<years {
          let x = (0...Self.basicCount).map { place[$0] + own[$0] + weather[year][$0] }
          groups.append(split == .cluster ? cluster : site)
          sites.append(site)
          rows.append([1] + x)
          responses.append(
            2 + x[0] - 0.5 * x[1] + 0.3 * x[2] + lagEffect * x[Self.basicCount] + level + random.normal())
        }
      }
    }
    guard let plan = FoldPlan(groups: groups, folds: folds, seed: UInt64(seed)) else {
      preconditionFailure("more clusters than folds")
    }
    var differences: [[Double]] = []
    for fold in 0..<folds {
      let parts = plan.parts(of: fold)
      differences.append(
        (0..<learners).map { _ in
          let chosen = parts.training.filter { _ in random.uniform() < seenShare }
          let errors = [Self.basicCount + 1, Self.basicCount + 2].map { width in
            Self.error(rows, responses, width: width, training: chosen, test: parts.test)
          }
          return errors[1] - errors[0]
        })
    }
    let means = differences.map { $0.reduce(0, +) / Double($0.count) }
    let corrected = CorrectedResampledTest(means, testShare: plan.testShare)
    return Finding(
      corrected: corrected.p, pooled: CorrectedResampledTest(differences.flatMap(\.self), testShare: plan.testShare).p,
      plain: CorrectedResampledTest(means, testShare: 0).p, difference: corrected.mean)
  }

  /// Root mean squared error on the test part of least squares with the first columns.
  private static func error(
    _ rows: [[Double]], _ responses: [Double], width: Int, training: [Int], test: [Int]
  ) -> Double {
    var matrix = [[Double]](repeating: [Double](repeating: 0, count: width + 1), count: width)
    for sample in training {
      let row = rows[sample]
      for i in 0..<width {
        for j in i..<width { matrix[i][j] += row[i] * row[j] }
        matrix[i][width] += row[i] * responses[sample]
      }
    }
    for i in 0..<width { for j in 0..<i { matrix[i][j] = matrix[j][i] } }
    // Gauss without pivots: the matrix is positive definite.
    for i in 0..<width {
      for row in i + 1..<max(width, i + 1) {
        let factor = matrix[row][i] / matrix[i][i]
        for column in i...width { matrix[row][column] -= factor * matrix[i][column] }
      }
    }
    var slopes = [Double](repeating: 0, count: width)
    for i in (0..<width).reversed() {
      let known = (i + 1..<max(width, i + 1)).reduce(0) { $0 + matrix[i][$1] * slopes[$1] }
      slopes[i] = (matrix[i][width] - known) / matrix[i][i]
    }
    let squares = test.reduce(0.0) { sum, sample in
      let fitted = slopes.indices.reduce(0) { $0 + slopes[$1] * rows[sample][$1] }
      return sum + (responses[sample] - fitted) * (responses[sample] - fitted)
    }
    return (squares / Double(test.count)).squareRoot()
  }
}
