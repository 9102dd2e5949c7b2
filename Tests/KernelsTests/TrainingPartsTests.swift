import Kernels
import RespirationTrials
import Testing

/// Clusters, folds, moments, scores and tests of trainings.
///
/// Expected values are those of numpy 2.4.6, scipy 1.17.1 and scikit-learn 1.9.1.
@Suite struct TrainingPartsTests {
  // MARK: Clusters and splits

  /// `scipy.sparse.csgraph.connected_components` of the pairs at most 2 rows and columns apart, columns wrapped.
  @Test func clustersAreConnectedComponents() {
    let cells = (0..<40).map { ($0 * 37 + $0 * $0 * 11) % (18 * 36) }
    let clusters = SiteClusters(cells: cells, rowLength: 36, wraps: true, reach: 2)
    #expect(clusters.count == 17)
    #expect(
      clusters.cluster == [
        0, 1, 1, 2, 3, 4, 5, 6, 7, 8, 2, 9, 1, 3, 1, 10, 11, 12, 13, 2, 12, 9, 13, 1, 11, 11, 9, 14, 9, 12, 12, 15, 2,
        11, 10, 9, 0, 1, 9, 16,
      ])
  }

  @Test func clustersWrapWhereColumnsDo() {
    // Columns 0 and 34 of 36 are two apart, columns 0 and 33 three; rows 0 and 3 are.
    for (cells, wraps, count) in [
      ([0, 34], true, 1), ([0, 34], false, 2), ([0, 33], true, 2), ([0, 2 * 36 + 2], false, 1),
      ([0, 3 * 36], false, 2), ([0, 3 * 36, 2 * 36 + 1], false, 1), ([7, 7], false, 1), ([], false, 0),
    ] {
      #expect(SiteClusters(cells: cells, rowLength: 36, wraps: wraps, reach: 2).count == count, "\(cells) \(wraps)")
    }
  }

  /// The sizes are those of scikit-learn's GroupKFold.
  @Test func foldsKeepGroupsTogetherAndAreEven() throws {
    let sizes = [60, 5, 31, 7, 100, 2, 44, 9, 9, 80, 17, 25, 21]
    let groups = sizes.enumerated().flatMap { [Int](repeating: $0, count: $1) }
    let plan = try #require(FoldPlan(groups: groups, folds: 5, seed: 1))
    #expect((0..<5).map { plan.parts(of: $0).test.count }.sorted() == [76, 76, 78, 80, 100])
    for fold in 0..<5 {
      let parts = plan.parts(of: fold)
      #expect((parts.training + parts.test).sorted() == Array(groups.indices))
      #expect(Set(parts.training.map { groups[$0] }).isDisjoint(with: parts.test.map { groups[$0] }))
    }
    #expect(abs(plan.testShare - [76, 76, 78, 80, 100].reduce(0.0) { $0 + $1 / (410 - $1) } / 5) < 1e-15)
    #expect(FoldPlan(groups: groups, folds: 13, seed: 1) != nil && FoldPlan(groups: groups, folds: 14, seed: 1) == nil)
    // The seed chooses between groups of one size alone.
    let even = (0..<40).map { $0 / 2 }
    #expect(FoldPlan(groups: even, folds: 4, seed: 1) == FoldPlan(groups: even, folds: 4, seed: 1))
    #expect(FoldPlan(groups: even, folds: 4, seed: 1) != FoldPlan(groups: even, folds: 4, seed: 2))
  }

  @Test func randomSplitsAreTenToThreeAndDependOnTheirKeyAlone() {
    let parts = SampleParts(randomOf: 1300, seed: 7, training: 3, iteration: 11)
    #expect(parts.training.count == 1000 && parts.test.count == 300)
    #expect((parts.training + parts.test).sorted() == Array(0..<1300) && parts.test == parts.test.sorted())
    #expect(parts == SampleParts(randomOf: 1300, seed: 7, training: 3, iteration: 11))
    for other in [
      SampleParts(randomOf: 1300, seed: 8, training: 3, iteration: 11),
      SampleParts(randomOf: 1300, seed: 7 + 1 << 32, training: 3, iteration: 11),
      SampleParts(randomOf: 1300, seed: 7, training: 4, iteration: 11),
      SampleParts(randomOf: 1300, seed: 7, training: 3, iteration: 12),
    ] { #expect(other != parts) }
    // Every sample tests equally often: of 2000 splits 3/13, within 5 standard deviations.
    var tested = [Int](repeating: 0, count: 26)
    for iteration in 1...2000 {
      for sample in SampleParts(randomOf: 26, seed: 1, training: 0, iteration: iteration).test { tested[sample] += 1 }
    }
    #expect(tested.allSatisfy { abs(Double($0) - 2000 * 6.0 / 26) < 5 * (2000 * 6.0 / 26 * 20 / 26).squareRoot() })
    #expect([2, 3, 13, 26].map(SampleParts.randomTestCount) == [0, 1, 3, 6])
  }

  // MARK: Moments

  @Test func momentsAreThoseOfTheChosenSamples() {
    // Two channels of two cells; the third sample does not count.
    let windows: [Float] = [1, 2, 10, 10, 3, 6, 10, 10, 1000, 1000, -7, -7]
    let moments = ChannelMoments(windows: windows, channels: 2, cells: 2, samples: [0, 1])
    #expect(moments.means == [3, 10] && moments.deviations == [Float(3.5.squareRoot()), 0])
    #expect(moments.lowest == [1, 10] && moments.highest == [6, 10])
    #expect(moments.constantChannel == 1)
    let all = ChannelMoments(windows: windows, channels: 2, cells: 2, samples: [0, 1, 2])
    #expect(all.constantChannel == nil)
    let standard = all.standardised(windows, cells: 2)
    #expect(standard[5] == (Float(6) - all.means[0]) / all.deviations[0])
    #expect(standard[6] == (Float(10) - all.means[1]) / all.deviations[1])
    // A sum of 0.1 is not a multiple of it.
    let constant = [Float](repeating: 0.1, count: 700)
    #expect(ChannelMoments(windows: constant, channels: 1, cells: 1, samples: Array(0..<700)).constantChannel == 0)
    let nearly = constant.dropLast() + [Float(0.1).nextUp]
    #expect(ChannelMoments(windows: Array(nearly), channels: 1, cells: 1, samples: Array(0..<700)).constantChannel == 0)
  }

  // MARK: Scores

  static let observed: [Float] = [1.5, 2.25, 0.5, 4, 3.25, 0.75, 2, 1.25]
  static let predicted: [Float] = [1.25, 2.5, 0.75, 3.5, 3, 1, 1.5, 1.5]
  /// r², 1 − SSE/SST (`r2_score`), Lin's coefficient from `cov`, `sqrt(mean(e²))` and `std(ddof=1)`.
  static let expected = [
    0.9371450415028395, 0.9143730886850153, 0.9492753623188406, 0.33071891388307384, 0.3471825374147068,
  ]

  private func values(_ scores: PredictionScores) -> [Double] { PredictionScores.Kind.allCases.map { scores[$0] } }

  @Test func scoresAreThoseOfNumpyAndScikitLearn() {
    let scores = PredictionSums(observed: Self.observed, predicted: Self.predicted).scores
    for (found, wanted) in zip(values(scores), Self.expected) { #expect(abs(found - wanted) < 1e-13) }
  }

  @Test func sumsOfPartsAreThoseOfTheWhole() {
    var sums = PredictionSums()
    for range in [0..<3, 3..<3, 3..<4, 4..<8] {
      sums.add(PredictionSums(observed: Array(Self.observed[range]), predicted: Array(Self.predicted[range])))
    }
    #expect(sums.count == 8)
    for (found, wanted) in zip(values(sums.scores), Self.expected) { #expect(abs(found - wanted) < 1e-13) }
  }

  @Test func scoresThatAreNotDefinedAreMissing() {
    let constant = PredictionSums(observed: [1, 2, 3], predicted: [2, 2, 2]).scores
    #expect(constant[.squaredCorrelation].isNaN && constant[.efficiency] == 0 && constant[.concordance] == 0)
    let single = PredictionSums(observed: [1], predicted: [3]).scores
    #expect(single[.rootMeanSquareError] == 2 && single[.errorDeviation].isNaN && single[.efficiency].isNaN)
    #expect(PredictionSums().scores[.rootMeanSquareError].isNaN)
    let mean = PredictionScores.mean([constant, PredictionSums(observed: [1, 2], predicted: [1, 2]).scores])
    #expect(abs(mean[.squaredCorrelation] - 1) < 1e-15 && mean[.efficiency] == 0.5)
  }

  // MARK: Tests of differences

  /// By hand with `scipy.stats.t.sf`.
  @Test func correctedTestIsThatOfNadeauAndBengio() {
    let differences = [0.031, -0.012, 0.044, 0.02, 0.015, 0.05, -0.003, 0.027, 0.036, 0.01]
    let test = CorrectedResampledTest(differences, testShare: 1.0 / 9)
    #expect(abs(test.mean - 0.0218) < 1e-15 && abs(test.deviation - 0.01985391089377047) < 1e-15)
    #expect(abs(test.t - 2.3897632567738514) < 1e-12 && abs(test.p - 0.040573132136673365) < 1e-12)
    #expect(CorrectedResampledTest([0, 0, 0], testShare: 0.1).p == 1)
    #expect(CorrectedResampledTest([0.2, 0.2], testShare: 0.1).p == 0)
    #expect(CorrectedResampledTest([0.2], testShare: 0.1).p.isNaN && CorrectedResampledTest([], testShare: 1).p.isNaN)
  }

  /// With no lag in the truth at most one study in twenty finds one; with a strong one nearly all do, at 0.01.
  @Test func testKeepsItsLevel() {
    var trial = LagTrial()
    let null = (1...200).map { trial.finding(seed: $0) }
    #expect(null.count { $0.corrected < 0.05 } <= 10)
    #expect(null.count { $0.plain < 0.05 } > 10)
    trial.lagEffect = 1.5
    #expect((1...50).count { seed in { $0.corrected < 0.01 && $0.difference < 0 }(trial.finding(seed: seed)) } >= 45)
  }

  // MARK: Stopping

  @Test func trainingStopsWhereTheLossNoLongerFalls() {
    var rule = StoppingRule(tolerance: 0.01, patience: 3)
    let losses = [10, 9, 8.95, 8.92, 8.90, 8.0, 7.99, 8.1, 7.95, 7.0]
    // 9 at the second is the best that 8.92 improves by less than a hundredth; 8.90 is a new one.
    let ends = losses.enumerated().map { rule.isReached(loss: $1, iteration: $0 + 1) }
    #expect(ends == [false, false, false, false, false, false, false, false, true, false])
    #expect(rule.best == 7 && rule.bestIteration == 10)
    var resumed = StoppingRule(tolerance: 0.01, patience: 3, best: 8, bestIteration: 6)
    #expect(!resumed.isReached(loss: 8, iteration: 8) && resumed.isReached(loss: 8, iteration: 9))
  }
}
