import Foundation
import Testing

@testable import Kernels

/// The series of a test: made of sines and cosines alone, so that any language makes the same.
private struct TestSeries {
  let response: [Double]
  let predictors: [[Double]]

  /// Temperature and vapour pressure deficit go together.
  init(months: Int, noise: Double = 0.3) {
    let times = (0..<months).map(Double.init)
    let warmth = times.map { cos(2 * .pi * ($0 - 6.5) / 12) }
    let moisture = zip(times, warmth).map { 0.3 - 0.05 * $1 + 0.04 * sin(0.37 * $0 + 1) + 0.02 * cos(1.7 * $0) }
    let deficit = zip(times, warmth).map { 800 + 400 * $1 + 90 * sin(2.3 * $0) }
    let temperature = zip(times, warmth).map { 285 + 9 * $1 + 1.5 * cos(0.9 * $0 + 2) + sin(2.3 * $0) }
    let radiation = zip(times, warmth).map { 150 + 80 * $1 + 15 * sin(1.1 * $0 * $0) }
    predictors = [moisture, deficit, temperature, radiation]
    response = times.indices.map { month in
      let climate =
        3 * (moisture[month] - 0.3) / 0.05 - 2 * (deficit[month] - 800) / 300 + 5 * (temperature[month] - 285) / 7
        + 2 * (radiation[month] - 150) / 60
      return 10 + climate + noise * 10 * sin(0.61 * times[month] * times[month] + 0.3)
    }
  }
}

@Suite struct SensitivityTests {
  private func compute(_ series: TestSeries, _ change: (inout SensitivityOptions) -> Void = { _ in })
    -> SensitivityResult
  {
    var options = SensitivityOptions()
    change(&options)
    return SensitivityKernel(options).compute(
      response: series.response, predictors: series.predictors, firstMonth: 1, place: (0, 0))
  }

  private func expectClose(_ found: [Double], _ expected: [Double], _ tolerance: Double = 1e-9) {
    #expect(
      zip(found, expected).allSatisfy { abs($0 - $1) <= tolerance * max(1, abs($1)) } && found.count == expected.count,
      "\(found) for \(expected)")
  }

  // numpy 2.4: SVD of the standardised predictors, the explicit formula for every penalty, numpy.linalg.inv.

  @Test func crossValidatedCoefficientsAreThoseOfNumpy() {
    let found = compute(TestSeries(months: 132))
    #expect(found.status == .computed && found.count == 132)
    expectClose([found.penalty], [0.223872113856834])
    expectClose(found.beta, [0.817661800149023, -0.6500380462049, 1.270735190841611, 0.6241784734453854])
    expectClose(
      found.standardError, [0.0742517404242234, 0.2344294883491075, 0.25156584108170016, 0.1856365608597558])
    expectClose(
      found.varianceInflation, [2.387281629978871, 27.333178415364785, 31.882524501673988, 15.922599874196361])
    expectClose([found.determination], [0.7028462320822546])
    #expect((found.lower + found.upper).allSatisfy { $0.isNaN })
  }

  @Test func penaltiesAreKept() {
    let without = compute(TestSeries(months: 132)) { $0.penalty = 0 }
    expectClose(without.beta, [0.8233164464075913, -0.7338038236280976, 1.3549294879449127, 0.6286212804480374])
    expectClose(
      without.standardError, [0.0747015544145797, 0.252768457883213, 0.27299466619331714, 0.19292335311625208])
    let ten = compute(TestSeries(months: 132)) { $0.penalty = 10 }
    expectClose(ten.beta, [0.6421416369620487, 0.11002371008735361, 0.5366414284655019, 0.437772700620863])
    expectClose(
      ten.standardError, [0.06448593447481701, 0.06907290413411868, 0.06641143261783637, 0.07710063085216724])
    expectClose([ten.penalty, ten.determination], [10, 0.661442060297896])
  }

  @Test func anomaliesAreWithoutTheAnnualCycle() {
    let found = compute(TestSeries(months: 132)) { $0.removesAnnualCycle = true }
    expectClose([found.penalty, found.determination], [2.5118864315095824, 0.5479751401105578])
    expectClose(found.beta, [0.6836173905784553, -0.20861371975040385, 0.327172645432008, 0.11556269314346236])
    expectClose(
      found.standardError, [0.062191322984213024, 0.0720748569201668, 0.07208233129264742, 0.06223934486020613])
  }

  @Test func monthsWithAMissingValueDoNotCount() {
    var series = TestSeries(months: 132)
    var (response, predictors) = (series.response, series.predictors)
    for month in stride(from: 5, to: 132, by: 17) {
      if month % 2 == 0 { response[month] = .nan } else { predictors[month % 4][month] = .nan }
    }
    let found = SensitivityKernel(SensitivityOptions()).compute(
      response: response, predictors: predictors, firstMonth: 1, place: (0, 0))
    #expect(found.count == 124)
    expectClose(found.beta, [0.8110649594223057, -0.6117199238371278, 1.2674536754509997, 0.571507556806098])
    // Where the cycle is taken off, months of the year stay what they are.
    series = TestSeries(months: 144)
    let whole = compute(TestSeries(months: 132)) { $0.removesAnnualCycle = true }
    let later = SensitivityKernel(
      {
        var options = SensitivityOptions()
        options.removesAnnualCycle = true
        return options
      }()
    ).compute(
      response: [.nan, .nan, .nan] + TestSeries(months: 132).response,
      predictors: TestSeries(months: 132).predictors.map { [0, 0, 0] + $0 }, firstMonth: 10, place: (0, 0))
    expectClose(later.beta, whole.beta)
  }

  /// One predictor without a penalty has Pearson's r.
  @Test func onePredictorIsACorrelation() {
    let series = TestSeries(months: 60)
    var options = SensitivityOptions()
    options.penalty = 0
    let found = SensitivityKernel(options).compute(
      response: series.response, predictors: [series.predictors[2]], firstMonth: 1, place: (0, 0))
    expectClose(found.beta, [Correlation(series.predictors[2], series.response).r])
    expectClose(found.varianceInflation, [1])
  }

  @Test func statusesSayWhyThereIsNothing() {
    let series = TestSeries(months: 132)
    func status(
      _ response: [Double], _ predictors: [[Double]], _ change: (inout SensitivityOptions) -> Void = { _ in }
    ) -> SensitivityStatus {
      var options = SensitivityOptions()
      change(&options)
      let found = SensitivityKernel(options).compute(
        response: response, predictors: predictors, firstMonth: 1, place: (0, 0))
      #expect((found.status == .computed) == found.beta.allSatisfy { $0.isFinite })
      return found.status
    }
    let (response, predictors) = (series.response, series.predictors)
    let few = (0..<132).map { $0 < 23 ? response[$0] : .nan }
    #expect(status(few, predictors) == .tooFewMonths)
    #expect(status(few, predictors) { $0.minimumMonths = 23 } == .computed)
    #expect(status([Double](repeating: .nan, count: 132), predictors) == .noData)
    // A constant, and one with what rounding leaves.
    #expect(status(response.map { _ in 0 }, predictors) == .noVariation)
    let constant = (0..<132).map { 100.1 + ($0 % 3 == 0 ? 1e-14 : 0) }
    #expect(status(response, [predictors[0], constant]) == .noVariation)
    let cycle = (0..<132).map { 280 + 10 * cos(2 * .pi * Double($0 % 12) / 12) }
    #expect(status(response, [predictors[0], cycle]) == .computed)
    #expect(status(response, [predictors[0], cycle]) { $0.removesAnnualCycle = true } == .noVariation)
    let twice = [predictors[0], predictors[0].map { 3 * $0 + 1 }]
    #expect(status(response, twice) { $0.penalty = 0 } == .collinear)
    #expect(status(response, twice) { $0.penalty = 1 } == .computed)
    var implausible = predictors
    implausible[1][3] = .infinity
    #expect(status(response, implausible) == .implausibleRange)
  }

  /// The same decomposition whatever the order of the columns, also of nearly dependent ones.
  @Test func decompositionIsExact() {
    let matrix = [4.0, 1, 2, 0, 3, -1, 4.000_001, 1, 2]
    let found = JacobiDecomposition(matrix, size: 3)
    for column in 0..<3 {
      for row in 0..<3 {
        let sum = (0..<3).reduce(0) { $0 + found.scaledLeft[$1 * 3 + row] * found.right[$1 * 3 + column] }
        #expect(abs(sum - matrix[column * 3 + row]) < 1e-14)
        let product = (0..<3).reduce(0) { $0 + found.right[row * 3 + $1] * found.right[column * 3 + $1] }
        #expect(abs(product - (row == column ? 1 : 0)) < 1e-14)
      }
    }
    // numpy.linalg.svd
    let expected = [6.485552126741088, 3.1523993419814413, 3.4238115884606626e-07]
    #expect(
      zip(found.singularValues.sorted(by: >), expected).allSatisfy { abs($0 - $1) < 1e-12 * max(1, $1) },
      "\(found.singularValues)")
  }

  @Test func replicatesBelongToTheirPlace() {
    func interval(_ seed: UInt64, _ place: (cell: Int, member: Int)) -> [Double] {
      let series = TestSeries(months: 60)
      var options = SensitivityOptions()
      (options.replicates, options.seed) = (40, seed)
      let found = SensitivityKernel(options).compute(
        response: series.response, predictors: series.predictors, firstMonth: 1, place: place)
      #expect(zip(found.lower, found.upper).allSatisfy { $0 < $1 })
      return found.lower
    }
    let own = interval(1, (5, 2))
    #expect(own == interval(1, (5, 2)))
    #expect(own != interval(2, (5, 2)) && own != interval(1, (6, 2)) && own != interval(1, (5, 3)))
  }

  @Test func seriesOfLessThanTwoBlocksHaveNoInterval() {
    var found = compute(TestSeries(months: 30)) { ($0.replicates, $0.blockLength) = (20, 16) }
    #expect(found.status == .computed && found.lower.allSatisfy { $0.isNaN })
    found = compute(TestSeries(months: 32)) { ($0.replicates, $0.blockLength) = (20, 16) }
    #expect(found.lower.allSatisfy { $0.isFinite })
  }

  /// How often the interval of 90 % holds the truth, with noise that has an autocorrelation of 0.5.
  @Test func intervalsHoldTheTruth() {
    var options = SensitivityOptions()
    options.replicates = 100
    let truth = [0.5, -0.4, 0.6]
    var held = 0.0
    let series = 120
    for number in 0..<series {
      var random = RandomSequence(seed: 7, cell: number, purpose: .weights)
      // Normal to four moments and more: a sum of twelve.
      func normal() -> Double { (0..<12).reduce(-6) { sum, _ in sum + Double(random.nextUnit()) } }
      func steps(_ memory: Double) -> [Double] {
        var last = normal()
        return (0..<132).map { _ in
          last = memory * last + (1 - memory * memory).squareRoot() * normal()
          return last
        }
      }
      let (moisture, warmth, other, noise) = (steps(0.5), steps(0.3), steps(0.3), steps(0.5))
      let deficit = zip(warmth, other).map { 0.8 * $0 + 0.6 * $1 }
      let response = (0..<132).map {
        truth[0] * moisture[$0] + truth[1] * deficit[$0] + truth[2] * warmth[$0] + 0.5 * noise[$0]
      }
      // In standard units of the population: variances are 1, the correlation of deficit and warmth is 0.8.
      let scale = (0.25 + 0.16 + 0.36 + 2 * 0.8 * truth[1] * truth[2] + 0.25).squareRoot()
      let found = SensitivityKernel(options).compute(
        response: response, predictors: [moisture, deficit, warmth], firstMonth: 1, place: (number, 0))
      for (index, value) in truth.enumerated()
      where found.lower[index] <= value / scale && value / scale <= found.upper[index] { held += 1 }
    }
    let share = held / Double(3 * series)
    #expect((0.84...0.96).contains(share), "\(share)")
  }
}
