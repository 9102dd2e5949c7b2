import Kernels
import Testing

@Suite struct PhaseTests {
  private let moisture = [0.4, 0.38, 0.3, 0.2, 0.1]
  // 100, 95, 75, 50 and 25 %.
  private let temperature = [290.0, 291, 292, 293, 294]

  private func phases(
    _ threshold: Double, moisture: [Double]? = nil, interval: (Double, Double)? = nil, _ quantities: [[Double]]? = nil
  ) -> PhaseResult {
    phaseDifferences(
      moisture: moisture ?? self.moisture, threshold: threshold,
      interval: interval.map { (lower: $0.0, upper: $0.1) }, quantities: quantities ?? [temperature])
  }

  /// The definition, written out again, on ensembles with gaps.
  @Test func meansFollowTheDefinition() {
    for cell in 0..<300 {
      var generator = KeyedGenerator(3, cell)
      let members = 2 + cell % 40
      func series(_ gaps: Double) -> [Double] {
        (0..<members).map { _ in generator.uniform() < gaps ? .nan : 1 + generator.uniform() }
      }
      var moisture = series(0.1)
      moisture[0] = 2
      let quantities = [series(0), series(0.3)]
      let threshold = 50 + 50 * generator.uniform()
      let found = phaseDifferences(moisture: moisture, threshold: threshold, quantities: quantities)
      var (low, high) = ([Int](), [Int]())
      for member in 0..<members {
        let percent = 100 * moisture[member] / moisture[0]
        if percent < threshold { low.append(member) }
        if percent > threshold { high.append(member) }
      }
      #expect(found.lowCount == low.count && found.highCount == high.count)
      guard !low.isEmpty, !high.isEmpty else {
        #expect(found.status != .computed && found.quantities.allSatisfy { $0.difference.isNaN })
        continue
      }
      for (means, values) in zip(found.quantities, quantities) {
        let below = low.map { values[$0] }.filter { !$0.isNaN }
        let above = high.map { values[$0] }.filter { !$0.isNaN }
        #expect(means.lowCount == below.count && means.highCount == above.count)
        guard !below.isEmpty, !above.isEmpty else {
          #expect(means.low.isNaN && means.high.isNaN && means.difference.isNaN)
          continue
        }
        let expected = (
          below.reduce(0, +) / Double(below.count), above.reduce(0, +) / Double(above.count)
        )
        #expect(abs(means.low / expected.0 - 1) < 1e-14 && abs(means.high / expected.1 - 1) < 1e-14)
        #expect(abs(means.difference - (expected.0 - expected.1)) < 1e-14)
      }
    }
  }

  @Test func membersAtTheThresholdAreInNoPhase() {
    let found = phases(50)
    #expect(found.status == .computed && found.lowCount == 1 && found.highCount == 3)
    #expect(found.quantities == phases(50, [[290, 291, 292, 1000, 294]]).quantities)
    #expect(found.quantities[0].difference == 294 - 291)
  }

  @Test func withoutAStepThereIsNoDifference() {
    for threshold in [30.0, 60, 90] {
      let found = phases(threshold, [[283.15, 283.15, 283.15, 283.15, 283.15]])
      #expect(abs(found.quantities[0].difference) < 1e-12 && found.status == .computed)
    }
  }

  @Test func everyReasonHasItsStatus() {
    let cases: [(PhaseResult, PhaseStatus)] = [
      (phases(60), .computed),
      (phases(60, moisture: [.nan, 0.3, 0.2, 0.1, 0.05]), .missingMonths),
      (phases(60, [[290, .nan, .nan, .nan, .nan]]), .missingMonths),
      (phases(60, moisture: [0, 0.3, 0.2, 0.1, 0.05]), .referenceBelowFloor),
      (phases(60, moisture: [-1, 0.3, 0.2, 0.1, 0.05]), .referenceBelowFloor),
      (phases(.nan), .noThreshold), (phases(.infinity), .noThreshold),
      (phases(20), .nobodyBelow), (phases(120), .nobodyAbove),
      (phases(60, moisture: [0.4, .infinity, 0.3, 0.2, 0.1]), .implausibleRange),
      (phases(60, [temperature, [1, 2, 3, 4, -.infinity]]), .implausibleRange),
    ]
    for (index, (found, status)) in cases.enumerated() {
      #expect(found.status == status, "case \(index)")
      #expect(found.quantities.allSatisfy { $0.difference.isNaN } == (status != .computed), "case \(index)")
    }
    // One quantity is enough for a result.
    let one = phases(60, [[290, .nan, .nan, .nan, .nan], temperature])
    #expect(one.status == .computed && one.quantities[0].low.isNaN && one.quantities[0].high.isNaN)
    #expect(one.quantities[0].lowCount == 0 && one.quantities[0].highCount == 1)
    #expect(phases(20).highCount == 5 && phases(120).lowCount == 5)
  }

  @Test func membersWithinTheIntervalMakeItUncertain() {
    #expect(phases(60).isUncertain == nil)
    #expect(phases(60, interval: (.nan, .nan)).isUncertain == nil)
    #expect(phases(60, interval: (55, 70)).isUncertain == false)
    #expect(phases(60, interval: (45, 70)).isUncertain == true)
    #expect(phases(60, interval: (55, 80)).isUncertain == true)
    // A member that equals an end changes its phase there.
    #expect(phases(60, interval: (50, 70)).isUncertain == true && phases(60, interval: (55, 75)).isUncertain == true)
    // A member without moisture is in no phase anyway.
    #expect(phases(60, moisture: [0.4, 0.38, 0.3, .nan, 0.1], interval: (45, 70)).isUncertain == false)
  }
}
