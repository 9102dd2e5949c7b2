import RealModule
import Testing

@testable import Kernels

/// Numbers of Student's t with three degrees of freedom, of unit variance.
private func student3(_ random: inout KeyedGenerator) -> Double {
  let squares = (0..<3).reduce(0.0) { sum, _ in
    let normal = random.normal()
    return sum + normal * normal
  }
  return random.normal() / squares.squareRoot()
}

/// Noise of unit size as pairs may have it.
enum NoiseKind: CaseIterable {
  case normal, student, heteroscedastic

  /// A number for a moisture from 15 to 100.
  func value(_ x: Double, _ random: inout KeyedGenerator) -> Double {
    switch self {
    case .normal: random.normal()
    case .student: student3(&random)
    case .heteroscedastic: (0.3 + 1.4 * (100 - x) / 85) * random.normal()
    }
  }
}

/// First-order autoregression of unit variance.
func autoregression(_ count: Int, _ correlation: Double, _ random: inout KeyedGenerator) -> [Double] {
  var state = random.normal()
  let innovation = (1 - correlation * correlation).squareRoot()
  return (0..<count).map { index in
    if index > 0 { state = correlation * state + innovation * random.normal() }
    return state
  }
}

/// Whether so many of so many cells show that the share is at most a bound: whether fewer than 5 % of samples have as few
/// where the share is the bound (Clopper & Pearson 1934).
func isAtMost(_ bound: Double, _ found: Int, of count: Int) -> Bool {
  var term = Double.exp(Double(count) * Double.log(1 - bound))
  var sum = term
  for number in 0..<found {
    term *= Double(count - number) / Double(number + 1) * bound / (1 - bound)
    sum += term
  }
  return sum <= 0.05
}

@Suite struct BendTestTests {
  private static let significance = ThresholdOptions().significance

  private static func test(_ pairs: SortedSamples, isSeries: Bool = false, cell: Int) -> BendTest {
    var random = RandomSequence(seed: 0, cell: cell, purpose: .bendTest)
    return BendTest(FitData(pairs, BendStatistic(x: pairs.x)), isSeries: isSeries, &random)
  }

  @Test func limitsAreClopperAndPearsons() {
    // scipy 1.17.1: beta.ppf(0.95, found + 1, count - found) is 0.04815 of 12 in 400, 0.05118 of 13; 0.04951 of none in
    // 59, 0.05034 in 58.
    #expect(isAtMost(0.05, 12, of: 400) && !isAtMost(0.05, 13, of: 400))
    #expect(isAtMost(0.05, 0, of: 59) && !isAtMost(0.05, 0, of: 58))
  }

  @Test(arguments: [10, 43, 86], NoiseKind.allCases)
  func linesAreSeldomTakenForBends(count: Int, noise: NoiseKind) {
    let cells = 1200
    var found = 0
    for cell in 0..<cells {
      var random = KeyedGenerator(111, count, cell)
      let kind = MoistureKind.allCases[cell % 3]
      let x = kind.values(count, &random)
      let slope = [0, 0.1, 1][cell / 3 % 3]
      let y = x.map { slope * $0 + 2 * noise.value($0, &random) }
      let times = Array(x.indices)
      if Self.test(SortedSamples(x: x, y: y, times: times), cell: cell).p <= Self.significance { found += 1 }
    }
    #expect(isAtMost(0.05, found, of: cells), "\(found) of \(cells)")
  }

  /// Moisture of months: rising all the time, or with the seasons.
  private static func monthly(_ cell: Int, isSeasonal: Bool, months: Int) -> SortedSamples {
    var random = KeyedGenerator(112, cell, months)
    let noise = autoregression(months, 0.5, &random)
    let x = (0..<months).map { month -> Double in
      let part = Double(month) / Double(months - 1)
      guard isSeasonal else { return 20 + 80 * part }
      let season = Double.cos(2 * .pi * Double(month % 12) / 12)
      return 60 + 30 * season + 4 * random.normal()
    }
    return SortedSamples(x: x, y: zip(x, noise).map { 30 + 0.5 * $0 + 2 * $1 })
  }

  @Test(arguments: [43, 132], [false, true])
  func autocorrelatedNoiseIsSeldomTakenForBends(months: Int, isSeasonal: Bool) {
    let cells = 800
    let found = (0..<cells).count {
      Self.test(Self.monthly($0, isSeasonal: isSeasonal, months: months), isSeries: true, cell: $0).p
        <= Self.significance
    }
    #expect(isAtMost(0.05, found, of: cells), "\(found) of \(cells)")
  }

  /// The test above could fail: without regard to time noise that stays bends all the time.
  @Test func independentPairsAreAnAssumption() {
    let cells = 400
    let found = (0..<cells).count {
      Self.test(Self.monthly($0, isSeasonal: false, months: 132), cell: $0).p <= Self.significance
    }
    #expect(found > cells / 10, "\(found) of \(cells)")
  }

  @Test(arguments: [false, true])
  func clearBendsAreAlwaysFound(isSeries: Bool) {
    for cell in 0..<200 {
      var random = KeyedGenerator(113, cell)
      let count = [43, 86, 132][cell % 3]
      let x = MoistureKind.allCases[cell / 3 % 3].values(count, &random)
      let threshold = 40 + 40 * random.uniform()
      let y = x.map { 100 - 0.5 * (100 - max($0, threshold)) - 1.5 * max(threshold - $0, 0) + random.normal() }
      // Months do not come in the order of their moisture.
      let times = x.indices.map { ($0 * 29) % count }
      let test = Self.test(SortedSamples(x: x, y: y, times: times), isSeries: isSeries, cell: cell)
      #expect(test.p <= Self.significance, "cell \(cell): \(count) pairs, threshold \(threshold), p \(test.p)")
    }
  }

  @Test func pAndCriticalValueAgree() {
    var kinds = Set<Bool>()
    for cell in 0..<300 {
      var random = KeyedGenerator(114, cell)
      let x = MoistureKind.random.values([9, 10, 30][cell % 3], &random)
      let bend = Double(cell % 10) / 10
      let y = x.map { $0 - bend * max($0 - 55, 0) + 4 * random.normal() }
      let test = Self.test(SortedSamples(x: x, y: y), cell: cell)
      #expect(test.ofNoise.count == 99 && test.ofNoise == test.ofNoise.sorted())
      for significance in [0.01, 0.02, 0.05, 0.07, 0.1, 0.29, 0.5, 0.57, 0.99] {
        let isBent = test.p <= significance
        #expect((test.statistic > test.critical(significance: significance)) == isBent, "\(test.p), \(significance)")
        kinds.insert(isBent)
      }
      #expect(test.p >= 0.01 && test.p <= 1 && test.critical(significance: 1) == -.infinity)
      #expect(test.critical(significance: 0.009) == .infinity)
    }
    #expect(kinds == [true, false])
  }

  /// The same cell has the same p; another one other noise.
  @Test func randomNumbersAreTheCells() {
    var random = KeyedGenerator(115)
    let x = MoistureKind.random.values(43, &random)
    let pairs = SortedSamples(x: x, y: x.map { $0 + 5 * random.normal() })
    #expect(Self.test(pairs, cell: 3).ofNoise == Self.test(pairs, cell: 3).ofNoise)
    #expect(Self.test(pairs, cell: 3).ofNoise != Self.test(pairs, cell: 4).ofNoise)
  }

  /// Values that do not vary, or only as a line does, have no bend.
  @Test func degeneratePairsHaveNoBend() {
    let x = (0..<43).map { 20 + 2 * Double($0 / 4) }
    for isSeries in [false, true] {
      let constant = Self.test(
        SortedSamples(x: x, y: x.map { _ in 50 }, times: Array(x.indices)), isSeries: isSeries, cell: 0)
      #expect(constant.p == 1 && constant.statistic == -.infinity)
      let line = Self.test(
        SortedSamples(x: x, y: x.map { 3 * $0 }, times: Array(x.indices)), isSeries: isSeries, cell: 0)
      #expect(line.p > 0.05, "\(line.p)")
      for slope in [0.1, 0.3, 1, 3] {
        for count in [20, 43, 86] {
          let x = (0..<count).map { 15 + 85 * Double($0) / Double(count - 1) }
          let exact = SortedSamples(x: x, y: x.map { slope * $0 }, times: Array(x.indices))
          #expect(Self.test(exact, isSeries: isSeries, cell: 0).p > 0.05, "\(count) pairs, slope \(slope)")
        }
      }
      let few = SortedSamples(x: [1, 2, 3, 4], y: [1, 5, 6, 6])
      #expect(Self.test(few, isSeries: isSeries, cell: 0).p == 1)
    }
  }
}
