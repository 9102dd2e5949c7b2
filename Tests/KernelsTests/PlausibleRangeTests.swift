import Testing

@testable import Kernels

/// How wide a range of moisture may be, and that the evaluation grid has a bound.
@Suite struct PlausibleRangeTests {
  private func status(highest: Double, step: Double = 1) -> CellStatus {
    var options = ThresholdOptions()
    options.model = .quadratic
    options.gridStep = step
    let x = (0..<20).map { Double($0) * 5 } + [highest]
    let y = x.map { min($0, 50) }
    return x.withUnsafeBufferPointer { x in
      y.withUnsafeBufferPointer {
        ThresholdKernel(options: options, maximumPairs: 30).compute(x: x, y: $0, cell: 0).status
      }
    }
  }

  @Test func rangesBeyondTheLimitHaveAStatus() {
    #expect(status(highest: 200_000) != .implausibleRange)
    #expect(status(highest: 200_001) == .implausibleRange)
    for highest in [1e6, 1e18, 1e20, 1e300] { #expect(status(highest: highest) == .implausibleRange, "\(highest)") }
    // Of a fine grid the steps count.
    #expect(status(highest: 1900, step: 0.01) != .implausibleRange)
    #expect(status(highest: 2001, step: 0.01) == .implausibleRange)
  }

  @Test func statusesKeepTheirNumbers() {
    #expect(CellStatus.implausibleRange.rawValue == 9 && TrendStatus.implausibleRange.rawValue == 5)
    #expect(AttributionStatus.implausibleRange.rawValue == 5 && CorrelationStatus.implausibleRange.rawValue == 6)
    #expect(CellStatus.implausibleRange.name == "implausible_range")
  }

  /// An infinite month is told from a missing one.
  @Test func infiniteMonths() {
    var reduction = SeasonReduction(layers: 2)
    func means(infinite: [Int: Double] = [:], missing: Int? = nil) -> [Double] {
      var months = (0..<24).map(Double.init)
      for (place, value) in infinite { months[place] = value }
      if let missing { months[missing] = .nan }
      var means = [Double](repeating: 0, count: 8)
      months.withUnsafeBufferPointer { months in
        _ = means.withUnsafeMutableBufferPointer { reduction.reduce(year: months, into: $0) }
      }
      return means
    }
    let all = [Double](repeating: .infinity, count: 8)
    #expect(means(infinite: [5: .infinity]) == all)
    #expect(means(infinite: [5: -.infinity, 4: .infinity]) == all)
    #expect(means(infinite: [9: .infinity], missing: 5) == all)
    let (missing, plain) = (means(missing: 5), means())
    #expect(missing.allSatisfy { $0.isNaN } && plain.allSatisfy { $0.isFinite })
  }
}
