import Kernels
import Testing

@Suite struct RunContrastTests {
  /// Figures of numpy 1.24 and scipy 1.10: the ends by Brent's method on (y − ρx)² = t² var(y − ρx).
  @Test func fiellerIntervalIsThatOfTheRootsOfItsTest() {
    let y = [0.31, 0.22, 0.54, 0.12, 0.41, 0.05, 0.33]
    let x = [0.05, 0.04, 0.09, 0.03, 0.06, -0.01, 0.07]
    let weights = [1, 2, 1.5, 0.5, 3, 1, 0.7]
    for (weights, error, wanted) in [
      ([Double](repeating: 1, count: 7), 0.0, (6.000000000000001, 4.868631680811077, 8.50745449459679)),
      (weights, 0, (6.274549098196392, 5.327289106730324, 7.642603797142639)),
      (weights, 0.008, (6.274549098196392, 4.284509711481026, 11.742704468096509)),
    ] {
      let found = RatioOfMeans(y, by: x, weights: weights, commonError: error)
      #expect(abs(found.ratio - wanted.0) < 1e-12)
      #expect(abs(found.low - wanted.1) < 1e-9 && abs(found.high - wanted.2) < 1e-9)
    }
    // Where the denominator may be 0, the ratio has no ends.
    let open = RatioOfMeans([1, 2, 3], by: [0.1, -0.1, 0.05], weights: [1, 1, 1])
    #expect(open.ratio.isFinite && open.low.isNaN && open.high.isNaN)
    #expect(RatioOfMeans([], by: [], weights: []).ratio.isNaN)
  }

  // MARK: Errors against random draws

  /// The part of so many draws whose interval holds a ratio; intervals without ends hold all.
  private func coverage(
    of ratio: Double, cells: Int, commonError: Double = 0, weights: (Int) -> Double = { _ in 1 },
    _ draw: (inout KeyedGenerator) -> (y: Double, x: Double)
  ) -> Double {
    let draws = 4000
    let own = (0..<cells).map(weights)
    let held = (0..<draws).count { number in
      var generator = KeyedGenerator(31, cells, number)
      let shift = commonError * generator.normal()
      let pairs = (0..<cells).map { _ in draw(&generator) }
      let found = RatioOfMeans(pairs.map(\.y), by: pairs.map { $0.x + shift }, weights: own, commonError: commonError)
      return found.low.isNaN || found.low <= ratio && ratio <= found.high
    }
    return Double(held) / Double(draws)
  }

  @Test(arguments: [10, 40]) func intervalOfRatioHoldsItAsOftenAsItSays(_ cells: Int) {
    /// Half of the cells weigh less, as those of high latitudes do.
    func area(_ cell: Int) -> Double { 0.5 + 0.5 * Double(cell % 2) }
    let plain = coverage(of: 4, cells: cells) { generator in
      let x = 0.03 + 0.01 * generator.normal()
      return (4 * x + 0.05 * generator.normal(), x)
    }
    let weighted = coverage(of: 4, cells: cells, weights: area) { generator in
      let x = 0.03 + 0.01 * generator.normal()
      return (4 * x + 0.05 * generator.normal(), x)
    }
    // β differs between cells, and with it ΔC.
    let scattered = coverage(of: 4, cells: cells) { generator in
      let x = 0.03 + 0.01 * generator.normal()
      return (x * (4 + 2 * generator.normal()), x)
    }
    let shifted = coverage(of: 4, cells: cells, commonError: 0.004) { generator in
      let x = 0.03 + 0.01 * generator.normal()
      return (4 * 0.03 + 0.05 * generator.normal(), x)
    }
    // Runs with equal fluxes but for noise.
    let nothing = coverage(of: 0, cells: cells) { generator in
      (0.05 * generator.normal(), -0.03 + 0.01 * generator.normal())
    }
    for found in [plain, weighted, scattered, shifted, nothing] { #expect(found > 0.925 && found < 0.975) }
  }

  /// To first order: an error of 4 % of Δθ leaves the spread of β over draws to 2 %.
  @Test func standardErrorIsTheSpreadOfDraws() {
    let kernel = RunContrast([.init([(0, 1)])], tolerance: 0.005)
    let truth = [0.05, 0.03, 0.06, 0.045, -0.08]
    let changes = [0.2, 0.1, 0.15, 0.3, -0.25]
    let error = 0.0015
    func found(_ shift: Double) -> FluxContrast {
      kernel.compute(
        moisture: (truth.map { 0.3 + $0 + shift }, truth.map { _ in 0.3 }),
        series: ([changes], [changes.map { _ in 0 }]), error: error
      ).fluxes[0]
    }
    let draws = (0..<10000).map { number in
      var generator = KeyedGenerator(7, number)
      return found(error * generator.normal()).beta
    }
    let spread = standardDeviation(draws)
    #expect(abs(spread / found(0).standardError - 1) < 0.02)
  }

  @Test func spreadHasReliabilityWeights() {
    let found = WeightedSpread([1, 4, -2, 7], weights: [0.5, 2, 1, 0.25])
    #expect(found.count == 4 && abs(found.mean - 2.2) < 1e-14)
    // Figure of numpy 1.24 by the definition.
    #expect(abs(found.standardDeviation - 3.6213651727333045) < 1e-12)
    #expect(abs(found.sharePositive - 2.75 / 3.75) < 1e-14)
    let equal = WeightedSpread([1, 4, -2, 7], weights: [2, 2, 2, 2])
    #expect(abs(equal.standardDeviation - standardDeviation([1, 4, -2, 7])) < 1e-12)
    #expect(WeightedSpread([], weights: []).mean.isNaN)
  }

  @Test func stepsWithoutDataOrDifferenceHaveNoBeta() {
    let kernel = RunContrast([.init([(0, 1)]), .init([(0, 1), (1, -1)])], tolerance: 0.01)
    let found = kernel.compute(
      moisture: ([0.3, 0.3, 0.3, .nan, 0.3], [0.25, 0.295, 0.35, 0.2, 0.2]),
      series: ([[2, 2, 2, 2, 2], [1, 1, 1, 1, .nan]], [[1.9, 1.99, 2.2, 2, 1], [0.9, 1, 1.2, 1, 1]]), error: 0.002)
    #expect(found.status == .computed && found.stepCount == 3 && found.betaCount == 2)
    let (first, second) = (found.fluxes[0], found.fluxes[1])
    #expect(abs(first.beta - 3) < 1e-12 && abs(first.standardDeviation - 2.0.squareRoot()) < 1e-12)
    #expect(abs(first.steps[0] - 2) < 1e-12 && first.steps[1].isNaN && abs(first.steps[2] - 4) < 1e-12)
    #expect(abs(first.difference - (0.1 + 0.01 - 0.2) / 3) < 1e-12 && abs(first.meanA - 2) < 1e-12)
    #expect(abs(second.beta) < 1e-12)
    #expect(first.largest == 2.2 && abs(second.largest - 1) < 1e-12)
    // |mean of 2/0.05 and 4/(−0.05)| times the error.
    #expect(abs(first.standardError - 0.002 * 20) < 1e-12)
    #expect(abs(found.moistureDifference - (0.05 + 0.005 - 0.05) / 3) < 1e-15)
  }

  @Test func statusSaysWhyThereIsNone() {
    let kernel = RunContrast([.init([(0, 1)])], tolerance: 0)
    func status(_ a: Double, _ b: Double, _ flux: Double = 1) -> ContrastStatus {
      kernel.compute(moisture: ([a], [b]), series: ([[flux]], [[2]]), error: .nan).status
    }
    #expect(status(0.3, 0.2999) == .computed)
    #expect(status(0.3, 0.3) == .belowTolerance)
    #expect(status(0.3, .nan) == .noData && status(0.3, 0.2, .nan) == .noData)
    #expect(status(0.3, .infinity) == .implausibleRange && status(.nan, 0.1, .infinity) == .implausibleRange)
  }
}
