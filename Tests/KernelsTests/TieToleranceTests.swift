import Kernels
import Testing

@Suite struct TieToleranceTests {
  private func test(_ values: [Double], tolerance: Double = TrendOptions.roundingOfSums) -> TrendEstimate {
    let estimator = TrendEstimator(options: TrendOptions(tieTolerance: tolerance), maximumCount: values.count)
    return estimator.estimate(times: values.indices.map(Double.init), values: values)
  }

  /// The mean of the same three numbers, added up as they come and as a sum of rounded thirds.
  @Test func equalMeansTieWhateverTheOrderOfAddition() {
    var random = RandomSequence(seed: 17, cell: 0, purpose: .resampling)
    var (totals, means): ([Double], [Double]) = ([], [])
    for year in 0..<60 {
      let months = (0..<12).map { _ in Double(random.nextIndex(below: 4)) }
      totals.append(months.reduce(0, +))
      let thirds = stride(from: 0, to: 12, by: 3).map { months[$0..<$0 + 3].reduce(0, +) / 3 }
      means.append((year % 2 == 0 ? thirds : thirds.reversed()).reduce(0, +) / 4)
    }
    let exact = MannKendall(totals)
    let plain = test(means, tolerance: 0).mannKendall
    #expect(plain.variance > exact.variance, "nothing to mend: choose other numbers")
    let found = test(means)
    #expect(found.mannKendall == exact)
    #expect(found.sen.slope == 0 || abs(found.sen.slope * 12 - test(totals).sen.slope) < 1e-12)
  }

  @Test func neighboursInSizeJoinFromTheSmallest() {
    // In steps of the tolerance or less the three are one group, which the fourth is too far from.
    let values = [8.0, 8 + 0x1p-42, 8 + 0x1p-41, 8 + 0x1p-39, 4, 4 - 0x1p-41]
    #expect(test(values).mannKendall == MannKendall([8, 8, 8, 9, 4, 4]))
    #expect(test([5, 5 + 0x1p-45, 5]).ordinary.slope == 0)
    #expect(test([-8, -8 - 0x1p-42, 1]).mannKendall == MannKendall([-8, -8, 1]))
  }

  @Test func singlePrecisionIsToldApart() {
    let values = (0..<20).map { Double(Float(800) + Float($0 * 7 % 20) * Float(800).ulp) }
    #expect(test(values) == test(values, tolerance: 0))
    #expect(test(values).mannKendall.variance == 950)
  }
}
