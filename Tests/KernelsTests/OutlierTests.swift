import RealModule
import Testing

@testable import Kernels

@Suite struct OutlierTests {
  private static let bound = ThresholdOptions().outlierBound
  private static let x = (0..<86).map { 15 + Double($0) }

  private static func twoSlopes(_ x: Double) -> Double { 100 - 0.4 * (100 - max(x, 62)) - 2.5 * max(62 - x, 0) }

  private static func pairs(
    _ cell: Int, x: [Double] = x, noise: Double, _ shape: (Double) -> Double
  ) -> SortedSamples {
    var random = KeyedGenerator(131, cell)
    return SortedSamples(x: x, y: x.map { shape($0) + noise * random.normal() })
  }

  /// One value off by 40 % of normal anywhere, the ends included, is brought to within the bound of the noise.
  @Test(arguments: [40.0, -40])
  func outliersAreBroughtToTheBound(offset: Double) {
    for place in Self.x.indices {
      let clean = Self.pairs(place, noise: 1, Self.twoSlopes)
      var pairs = clean
      pairs.y[place] += offset
      let result = pairs.winsorised(bound: Self.bound)
      #expect(abs(result.y[place] - clean.y[place]) < 9, "\(place): \(result.y[place] - clean.y[place])")
      #expect(result.x == pairs.x && result.times == pairs.times)
      // Others hardly change: a wrong neighbour makes none of them wrong.
      let others = zip(result.y, clean.y).enumerated().filter { $0.offset != place }.map {
        abs($0.element.0 - $0.element.1)
      }
      #expect((others.max() ?? 0) < 3, "\(place): \(others.max() ?? 0)")
    }
  }

  /// The larger an outlier the less its size matters: it is brought to the same value.
  @Test func sizesOfOutliersDoNotMatter() {
    var (pairs, larger) = (Self.pairs(1, noise: 1, Self.twoSlopes), Self.pairs(1, noise: 1, Self.twoSlopes))
    pairs.y[40] += 40
    larger.y[40] += 4000
    let (a, b) = (pairs.winsorised(bound: Self.bound), larger.winsorised(bound: Self.bound))
    #expect(abs(a.y[40] - b.y[40]) < 1.5)
  }

  /// Three at once, two of them next to each other.
  @Test func severalOutliersAreBroughtBack() {
    for cell in 0..<40 {
      let clean = Self.pairs(cell, noise: 1, Self.twoSlopes)
      var pairs = clean
      let first = 3 + 2 * cell % 78
      for (place, offset) in [(first, 40.0), (first + 1, 40), ((first + 35) % 86, -40)] { pairs.y[place] += offset }
      let result = pairs.winsorised(bound: Self.bound)
      let farthest = zip(result.y, clean.y).map { abs($0 - $1) }.max() ?? .nan
      #expect(farthest < 16, "cell \(cell), pairs \(first): \(farthest)")
    }
  }

  /// A sharp bend and a step are no outliers: one side tells their values.
  @Test func bendsAndStepsAreLeft() {
    let shapes: [(Double) -> Double] = [
      Self.twoSlopes, { 100 - 17 * max(88 - $0, 0) }, { $0 > 60 ? 100 : 30 },
      { $0 > 60 ? 100 - 0.2 * (100 - $0) : 20 + 0.5 * $0 },
    ]
    for (number, shape) in shapes.enumerated() {
      // A little noise, at most of twice its standard deviation, so that there is a scale.
      for cell in 0..<20 {
        var random = KeyedGenerator(132, number, cell)
        let pairs = SortedSamples(x: Self.x, y: Self.x.map { shape($0) + min(max(0.3 * random.normal(), -0.6), 0.6) })
        let result = pairs.winsorised(bound: Self.bound)
        let largest = zip(result.y, pairs.y).map { abs($0 - $1) }.max() ?? .nan
        // No more than the noise itself.
        #expect(largest < 0.6, "shape \(number), cell \(cell): \(largest)")
      }
    }
  }

  @Test func withoutABoundNothingChanges() {
    var pairs = Self.pairs(2, noise: 1, Self.twoSlopes)
    pairs.y[30] += 500
    #expect(pairs.winsorised(bound: .infinity) == pairs)
    #expect(pairs.winsorised(bound: Self.bound) != pairs)
    // Too few pairs to tell.
    let few = SortedSamples(x: Array(pairs.x[26..<35]), y: Array(pairs.y[26..<35]))
    #expect(few.winsorised(bound: 1) == few)
    let exact = SortedSamples(x: Self.x, y: Self.x.map { 3 + 2 * $0 })
    #expect(zip(exact.winsorised(bound: Self.bound).y, exact.y).allSatisfy { abs($0 - $1) < 1e-9 })
    let constant = SortedSamples(x: Self.x, y: Self.x.map { _ in 7 })
    #expect(constant.winsorised(bound: Self.bound) == constant)
  }

  /// Normal noise has hardly any outliers: less than 0.5 % of pairs change, on lines and bends alike.
  @Test func cleanPairsAreLeft() {
    let shapes: [(Double) -> Double] = [Self.twoSlopes, { 20 + 0.8 * $0 }]
    for (number, shape) in shapes.enumerated() {
      var changed = 0
      for cell in 0..<300 {
        var random = KeyedGenerator(133, number, cell)
        let x = MoistureKind.allCases[cell % 3].values(86, &random)
        let pairs = SortedSamples(x: x, y: x.map { shape($0) + 2 * random.normal() })
        changed += zip(pairs.winsorised(bound: Self.bound).y, pairs.y).count { $0 != $1 }
      }
      #expect(changed < 300 * 86 / 200, "\(changed) of \(300 * 86)")
    }
  }

  /// Few pairs of a smooth curve that is steep at its dry end are no outliers there.
  @Test(arguments: [17, 26, 43, 86])
  func steepEndsAreLeft(count: Int) {
    var moved = 0
    for cell in 0..<200 {
      var random = KeyedGenerator(134, cell, count)
      let x = MoistureKind.regular.values(count, &random)
      let pairs = SortedSamples(x: x, y: x.map { 100 * (1 - Double.exp(-0.045 * ($0 - 14))) + 0.5 * random.normal() })
      if abs(pairs.winsorised(bound: Self.bound).y[0] - pairs.y[0]) > 1 { moved += 1 }
    }
    #expect(moved <= 10, "\(moved) of 200")
  }

  /// Where moistures repeat there is no slope between pairs; values beside them tell all the same.
  @Test func repeatedMoisturesAreHandled() {
    let x = (0..<60).map { 20 + 8 * Double($0 / 6) }
    let clean = Self.pairs(3, x: x, noise: 1) { $0 }
    for place in [0, 20, 59] {
      var pairs = clean
      pairs.y[place] += 40
      let result = pairs.winsorised(bound: Self.bound)
      #expect(abs(result.y[place] - clean.y[place]) < 10)
      #expect(result.y.allSatisfy { $0.isFinite })
    }
  }
}
