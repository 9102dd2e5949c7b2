import RealModule
import Testing

@testable import Kernels

/// Drought indices against closed forms, lmoments3, scipy and the formulas written out again.
struct DroughtTests {
  /// A balance of 30 years with a cycle and without noise that depends on a library.
  private static let balance: [Double] = (0..<360).map { month in
    let t = Double(month)
    return 60 * .sin(0.7 * t) + 25 * .cos(0.11 * t * t) + 0.5 * Double(month % 7)
  }

  /// The outcome of one series in a lane, the others filled with something else.
  private func compute(
    _ series: [Double], _ work: DroughtSeries, lane: Int = 0, others: Double = 1, level: InstructionLevel = .preferred
  ) -> (outcome: DroughtKernel.Outcome, scores: [Double]) {
    let kernel = DroughtKernel(work, level: level)
    var block: [Double] = []
    for (month, value) in series.enumerated() {
      block += (0..<8).map { $0 == lane ? value : others * Double(month % 5 + $0) }
    }
    let outcome = kernel.compute(block, stride: 8, series: 8)
    return (outcome, series.indices.map { kernel.scores[8 * $0 + lane] })
  }

  private func work(
    _ index: DroughtIndex = .spei, scale: Int, count: Int = 360, firstMonth: Int = 0, reference: Range<Int>? = nil,
    months: [Int] = Array(0..<12), limit: Double = .infinity
  ) -> DroughtSeries {
    DroughtSeries(
      index, scale: scale, count: count, firstMonth: firstMonth, reference: reference ?? 0..<count, months: months,
      limit: limit)
  }

  /// ξ, α, k and the first score by lmoments3 1.0.8 (`distr.glo.lmom_fit`) with scipy 1.17.1's normal quantile.
  @Test(arguments: [
    (1, 2, -0.3649743720277012, 25.90957635402216, -0.1451582436920792, 1.4984412908082865),
    (1, 11, 1.4590433255161388, 26.664869964481774, -0.09344954520802407, 1.4787453640376194),
    (12, 2, 9.32450334490764, 76.0015616028535, -0.08449352529024097, 0.29107247676976916),
    (12, 11, 22.465413563312694, 61.02877348147118, -0.03235915200151801, 1.4720857654075825),
    (24, 2, 47.391905151057685, 86.94698235378085, 0.03904329647295251, -0.572607377167307),
    (24, 11, 56.566665498069625, 72.14081476134204, 0.05274495922376868, 1.4018483522414777),
  ])
  func fitsAsLmoments3(
    scale: Int, month: Int, location: Double, spread: Double, shape: Double, first: Double
  ) throws {
    let (outcome, scores) = compute(Self.balance, work(scale: scale))
    let fit = outcome.fits[8 * month]
    #expect(fit.status == .computed)
    for (found, expected) in zip(fit.parameters, [location, spread, shape]) {
      #expect(abs(found - expected) < 1e-11 * max(1, abs(expected)))
    }
    let firstScore = try #require(
      scores.enumerated().first { !$0.element.isNaN && $0.offset % 12 == month }?.element)
    #expect(abs(firstScore - first) < 1e-11)
  }

  /// Every score is that of the formulas, in another order of work: sorted values, plain exponentials, Boost's quantile.
  @Test(arguments: [1, 3, 12, 36], InstructionLevel.available)
  func scoresAreThoseOfTheFormula(scale: Int, level: InstructionLevel) {
    let (_, scores) = compute(Self.balance, work(scale: scale), lane: 5, level: level)
    var seen = 0
    for month in 0..<12 {
      let places = stride(from: month, to: 360, by: 12).filter { $0 >= scale - 1 }
      let sums = places.map { place in (0..<scale).reduce(0.0) { $0 + Self.balance[place - $1] } }
      let sorted = sums.sorted(), n = Double(sums.count)
      var (b0, b1, b2) = (0.0, 0.0, 0.0)
      for (rank, value) in sorted.enumerated() {
        let r = Double(rank)
        b0 += value / n
        b1 += value * r / n / (n - 1)
        b2 += value * r * (r - 1) / n / (n - 1) / (n - 2)
      }
      let l2 = 2 * b1 - b0
      let k = -(6 * b2 - 6 * b1 + b0) / l2
      let g = k * .pi / .sin(k * .pi)
      let alpha = l2 / g
      let xi = b0 - alpha * (1 - g) / k
      for (place, sum) in zip(places, sums) {
        let y = -Double.log(1 - k * (sum - xi) / alpha) / k
        let z = NormalDistribution.quantile(1 / (1 + .exp(-y)))
        #expect(abs(scores[place] - z) < 1e-9)
        seen += 1
      }
    }
    #expect(seen == 360 - scale + 1)
    #expect(scores.prefix(scale - 1).allSatisfy { $0.isNaN })
  }

  /// Scores of a logistic variable over its whole range, tails far beyond what a sum of years reaches.
  @Test(arguments: InstructionLevel.available)
  func scoresHoldInTheTails(level: InstructionLevel) {
    for shape in [0, 1e-14, -1e-9, 1e-4, -0.01, 0.3, -0.9] {
      let given = DroughtFit(.logistic(location: 2, scale: 3, shape: shape), count: 30)
      let values = stride(from: -150.0, through: 150, by: 0.37).map { 2 + 3 * $0 / 10 }
      let kernel = DroughtKernel(work(scale: 1, count: values.count, limit: .infinity), level: level)
      let outcome = kernel.compute(
        values, stride: 1, series: 1, given: [DroughtFit](repeating: given, count: 96))
      var infinite = 0
      for (row, value) in values.enumerated() {
        let expected = given.distribution?.score(value) ?? .nan
        let found = kernel.scores[8 * row]
        if expected.isInfinite { infinite += 1 }
        #expect(found == expected || abs(found - expected) < 1e-13 * max(1, abs(expected)), "\(shape) \(value)")
      }
      #expect(outcome.infinite[0] == infinite)
      #expect((shape == 0.3 || shape == -0.9) == (infinite > 0))
      #expect(outcome.clipped[0] == infinite)
    }
  }

  /// A small shape goes over into none, with no jump where the series takes over.
  @Test func smallShapesAreContinuous() {
    // Moments of a symmetric sample, bent a little.
    func parameters(_ skewness: Double) -> [Double] {
      DroughtDistribution(logisticMoments: 0, 0.5, (skewness + 3) / 6).parameters
    }
    #expect(parameters(0) == [0, 1, 0])
    for skewness in [1e-12, 1e-6, 0.009_999_999, 0.010_000_001] {
      let found = parameters(skewness)
      // ξ = −λ2 τ3 π²/6 + O(τ3³), α = λ2 (1 − (πτ3)²/6 + …)
      let square = (Double.pi * skewness) * (Double.pi * skewness)
      #expect(abs(found[1] - (1 - square / 6 + square * square / 120)) < 2e-10)
      #expect(abs(found[0] + skewness * .pi * .pi / 6) < 3 * skewness * skewness * skewness + 1e-15)
      #expect(abs(found[2] + skewness) < 1e-15)
    }
  }

  /// Shape, scale and scores by numpy 2.4.6 and scipy 1.17.1 (`scipy.stats.gamma.cdf` with the same parameters).
  @Test func precipitationIndexIsThatOfScipy() {
    let precipitation = Self.balance.map { max(0, $0) }
    let expected: [(Int, [Double], [Double])] = [
      (
        1, [1.8884421337400477, 27.169873009876458, 19.0 / 30],
        [0.3406948270877954, 0.3406948270877954, 1.1198695844408273, 0.3406948270877954, 0.3406948270877954]
      ),
      (
        3, [1.304948552324233, 66.45384305736938, 0.3],
        [0.5922140603086079, -0.5244005127080407, 0.7610796110822999, 0.5233161692592895, -0.5244005127080407]
      ),
    ]
    for (scale, parameters, first) in expected {
      let (outcome, scores) = compute(precipitation, work(.spi, scale: scale), lane: 2)
      for (found, value) in zip(outcome.fits[8 * 5 + 2].parameters, parameters) {
        #expect(abs(found - value) < 1e-12 * max(1, value))
      }
      for (year, value) in first.enumerated() { #expect(abs(scores[5 + 12 * year] - value) < 1e-9) }
    }
  }

  /// Series do not change each other, and levels do not change the bits.
  @Test func bitsDependOnTheSeriesAlone() {
    let reference = compute(Self.balance, work(scale: 12), lane: 0).scores.map(\.bitPattern)
    for lane in 1..<8 {
      #expect(compute(Self.balance, work(scale: 12), lane: lane, others: .nan).scores.map(\.bitPattern) == reference)
    }
    for level in InstructionLevel.available {
      #expect(
        compute(Self.balance, work(scale: 12), lane: 3, others: -7, level: level).scores.map(\.bitPattern) == reference)
    }
  }

  /// A sum over a gap is missing, and the others are fitted without it.
  @Test func gapsAreMissing() {
    var series = Self.balance
    series[100] = .nan
    let (outcome, scores) = compute(series, work(scale: 6))
    #expect(scores.indices.filter { scores[$0].isNaN } == Array(0..<5) + Array(100..<106))
    #expect(outcome.fits[8 * (100 % 12)].count == 28 && outcome.fits[8 * 3].count == 29)
    #expect(outcome.fits[8 * 11].count == 30)
    #expect(outcome.status(0, months: Array(0..<12)) == .computed)
  }

  /// The fit is of sums that end in the reference period; all months are scored by it.
  @Test func referencePeriodIsOfTheSumsEnd() {
    let reference = 120..<240
    let (outcome, scores) = compute(Self.balance, work(scale: 12, reference: reference))
    let part = compute(Array(Self.balance[109..<240]), work(scale: 12, count: 131, firstMonth: 109 % 12))
    for month in 0..<12 {
      #expect(outcome.fits[8 * month].count == 10)
      #expect(outcome.fits[8 * month] == part.outcome.fits[8 * month])
    }
    for place in 120..<240 { #expect(scores[place] == part.scores[place - 109]) }
    #expect(!scores[11].isNaN && !scores[359].isNaN)
  }

  /// What is beyond the limit is brought to it and counted; what is infinite is counted once more.
  @Test func scoresAreBroughtToTheLimit() {
    let given = DroughtFit(.logistic(location: 0, scale: 1, shape: 0.25), count: 30)
    let values = [-200.0, -1, 0, 1, 3.9, 4, 5, .nan, 0, 0, 0, 0]
    let kernel = DroughtKernel(work(scale: 1, count: 12, limit: 3.09))
    let outcome = kernel.compute(values, stride: 1, series: 1, given: [DroughtFit](repeating: given, count: 96))
    let scores = (0..<12).map { kernel.scores[8 * $0] }
    #expect(scores[0] == -3.09 && scores[4] == 3.09 && scores[5] == 3.09 && scores[6] == 3.09 && scores[7].isNaN)
    #expect(outcome.clipped[0] == 4 && outcome.infinite[0] == 2)
    #expect(outcome.clipped[1] == 0)
  }

  /// Why there is no distribution.
  @Test func statusesSayWhy() {
    func status(_ series: [Double], _ index: DroughtIndex = .spei, months: [Int] = [0]) -> DroughtStatus {
      compute(series, work(index, scale: 1, count: series.count, months: months)).outcome.status(0, months: months)
    }
    func januaries(_ values: [Double]) -> [Double] { values.flatMap { [$0] + [Double](repeating: 1, count: 11) } }
    #expect(status(januaries([1, 2, 4, .nan])) == .tooFewValues)
    #expect(status(januaries([1, 2, 4, 7])) == .computed)
    #expect(status(januaries([3.3, 3.3, 3.3, 3.3, 3.3])) == .noVariation)
    #expect(status(januaries([0, 0, 0, 5])) == .notLogistic)
    #expect(status(januaries([.nan, .nan, .nan, .nan])) == .noData)
    #expect(status(januaries([1, 2, 4, 7]), months: [0, 1]) == .computedInSomeMonths)
    #expect(status(januaries([1, 2, 4, -7, 3]), .spi) == .negativeValues)
    #expect(status(januaries([1, 2, 4, 0, 0, 0]), .spi) == .tooFewValues)
    #expect(status(januaries([0, 2, 2, 2, 2]), .spi) == .noVariation)
  }

  /// Refits spread as the theory of large samples has it: the variance of the mean of n logistic values is close to that of ξ.
  @Test func bootstrapGivesStandardErrors() {
    var random = KeyedGenerator(4711)
    let values = (0..<(12 * 200)).map { _ -> Double in
      let p = random.uniform()
      return 10 + 2 * .log(p / (1 - p))
    }
    let kernel = DroughtKernel(work(scale: 1, count: values.count))
    _ = kernel.compute(values, stride: 1, series: 1)
    let errors = kernel.standardErrors(values, stride: 1, cells: [17], replicates: 200, seed: 1)
    let again = kernel.standardErrors(values, stride: 1, cells: [17], replicates: 200, seed: 1)
    #expect(zip(errors, again).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN })
    // A median of n logistic values of scale α has the standard error 2α/√n, the best estimator √3 α/√n.
    for month in 0..<12 {
      #expect((0.18...0.36).contains(errors[month * 24]), "\(errors[month * 24])")
      #expect(errors[month * 24 + 1] > 0.05 && errors[month * 24 + 1] < 0.25)
    }
    #expect(errors[3].isNaN)
  }
}
