import Distributed
import Kernels

/// Which samples train and which test, by fold or iteration.
struct TrainFolds {
  private let plan: FoldPlan?
  private let count: Int
  private let seed: UInt64

  /// - Throws: exit code 65 where there are fewer clusters, or sites, than folds, or too few samples for a random split.
  init(_ data: TrainData, _ settings: TrainSettings) throws {
    let rows = data.samples.rows
    (count, seed) = (rows.count, settings.seed)
    guard settings.split != .iteration else {
      plan = nil
      guard SampleParts.randomTestCount(count) >= 1, count >= 4 else {
        throw JobError(
          .inputData, "\(settings.samples): \(count) site-years are too few for --split iteration; expected 4 or more")
      }
      return
    }
    let isByCluster = settings.split == .cluster
    var number: [Int: Int] = [:]
    let groups = rows.map { row -> Int in
      let key = isByCluster ? data.clusterOfSite[row.site] : row.site
      let own = number[key] ?? number.count
      number[key] = own
      return own
    }
    plan = FoldPlan(groups: groups, folds: settings.folds, seed: settings.seed)
    guard plan != nil else {
      let (what, why) =
        isByCluster
        ? ("clusters", "sites whose windows overlap are one; or give --split site, which leaks between neighbours")
        : ("sites", "or give more samples")
      throw JobError(
        .inputData,
        "\(settings.samples): \(number.count) \(what) are fewer than --folds \(settings.folds); give --folds "
          + "\(max(2, number.count)) or fewer (\(why))")
    }
  }

  /// Whether another split is drawn at each iteration.
  var changes: Bool { plan == nil }

  /// The samples of both parts; those of an iteration where the split changes.
  ///
  /// - Parameter training: number of the fold and network, which random splits depend on.
  func parts(fold: Int, training: Int, iteration: Int) -> SampleParts {
    plan?.parts(of: fold) ?? SampleParts(randomOf: count, seed: seed, training: training, iteration: iteration)
  }

  /// Samples that the moments of predictors are of: those that train, or all where that changes.
  func samplesOfMoments(fold: Int) -> [Int] { plan?.parts(of: fold).training ?? Array(0..<count) }

  /// Samples of the test part by those of the training part.
  var testShare: Double {
    let test = SampleParts.randomTestCount(count)
    return plan?.testShare ?? Double(test) / Double(count - test)
  }
}
