import RealModule
import Testing

@testable import Kernels

/// Which of the minima of f″ is the threshold.
@Suite struct BendSelectionTests {
  private static let x = (0..<61).map { 20 + Double($0) }

  /// Parabolas of some depths with their vertices anywhere between grid points, 0 elsewhere.
  private static func curvature(_ minima: [(at: Double, depth: Double)]) -> [Double] {
    x.map { x in
      minima.reduce(0) { value, minimum in
        let distance = x - minimum.at
        return min(value, minimum.depth * (0.1 * distance * distance - 1))
      }
    }
  }

  private static let rising = x.map { _ in 2.0 }

  @Test func minimaAreGivenWithThoseNearlyAsSharp() {
    let minima = [(at: 35.2, depth: 1.0), (at: 50.4, depth: 0.6), (at: 65.0, depth: 0.3)]
    let curvature = Self.curvature(minima)
    func places(_ least: Double) -> [Double] {
      bends(x: Self.x, slope: Self.rising, curvature: curvature, least: least).map(\.x)
    }
    #expect(places(1).count == 1 && bends(x: Self.x, slope: Self.rising, curvature: curvature).count == 1)
    for (least, count) in [(0.7, 1), (0.61, 1), (0.55, 2), (0.31, 2), (0.29, 3), (0, 3)] {
      let found = places(least)
      #expect(found.count == count, "\(least): \(found)")
      // The lowest comes first; all are refined by parabolas.
      for (place, minimum) in zip(found, minima) { #expect(abs(place - minimum.at) < 1e-9, "\(least): \(found)") }
    }
    let sharpness = bends(x: Self.x, slope: Self.rising, curvature: curvature, least: 0).map(\.sharpness)
    // −f″ at the grid point, over the largest slope.
    #expect(abs(sharpness[0] - (1 - 0.1 * 0.04) / 2) < 1e-12 && abs(sharpness[2] - 0.15) < 1e-12)
  }

  /// A minimum that lies later and is the lowest is given first all the same.
  @Test func theLowestComesFirst() {
    let curvature = Self.curvature([(30, 0.5), (45, 0.8), (60, 1)])
    let found = bends(x: Self.x, slope: Self.rising, curvature: curvature, least: 0).map { $0.x.rounded() }
    #expect(found == [60, 30, 45])
  }

  @Test func endsAndFallingPartsHaveNoMinima() throws {
    var curvature = Self.curvature([(40, 0.5), (60, 0.4)])
    for index in [0, 1, 59, 60] { curvature[index] = -9 }
    let found = bends(x: Self.x, slope: Self.rising, curvature: curvature, least: 0.1).map(\.x)
    #expect(found.map { $0.rounded() } == [40, 60], "\(found)")
    var slope = Self.rising
    for index in 10...30 { slope[index] = -0.1 }
    #expect(bends(x: Self.x, slope: slope, curvature: curvature, least: 0).map { $0.x.rounded() } == [60])
    // The published rule has the ends too, between whose neighbours there is no parabola.
    let published = try #require(publishedBend(x: Self.x, slope: Self.rising, curvature: curvature))
    #expect(published.x == 20 && published.sharpness == 4.5)
    slope[0] = 0
    #expect(publishedBend(x: Self.x, slope: slope, curvature: curvature)?.x == 21)
    curvature[1] = .nan
    #expect(publishedBend(x: Self.x, slope: slope, curvature: curvature)?.x == 79)
    #expect(publishedBend(x: Self.x, slope: slope.map { -abs($0) }, curvature: curvature) == nil)
    #expect(publishedBend(x: [], slope: [], curvature: []) == nil)
    // It is not refined, and any grid is long enough.
    #expect(publishedBend(x: [1, 2, 3], slope: [1, 1, 1], curvature: [0, -3, -2])?.x == 2)
  }

  @Test func upwardBendsAreNoOthers() {
    // Wells of positive curvature are minima, but not of a curve that bends downwards.
    let curvature = Self.x.map { 2 + Double.cos(0.4 * ($0 - 50)) }
    let found = bends(x: Self.x, slope: Self.rising, curvature: curvature, least: 0)
    #expect(found.count == 1 && (found.first?.sharpness ?? 0) < 0)
  }

  private static let grid = (0..<81).map { 20 + Double($0) }

  /// Slopes of 3 below 45, 1.7 below 75 and 0.5 above: two bends, of which the second is nearly as sharp.
  private static let twoBends = grid.map { 100 - 0.5 * (100 - $0) - 1.2 * max(75 - $0, 0) - 1.3 * max(45 - $0, 0) }

  private static func fitted(
    _ f: [Double], pairs: (Double) -> Double, _ change: (inout ThresholdOptions) -> Void = { _ in }
  ) -> FittedCurve {
    var options = ThresholdOptions()
    options.bandwidth = 2
    change(&options)
    var random = KeyedGenerator(161)
    let data = SortedSamples(x: grid, y: grid.map { pairs($0) + 0.5 * random.normal() })
    return FittedCurve(networkOn: grid, f: f, fitted: f, FitData(data, BendStatistic(x: grid)), options: options)
  }

  /// Of two bends that are nearly as sharp it is that of the pairs.
  @Test func theClearestOfNearlyEqualBendsIsTheThreshold() throws {
    let early = Self.fitted(Self.twoBends) { min($0, 45) }, late = Self.fitted(Self.twoBends) { min($0, 75) }
    #expect(abs(try #require(early.threshold) - 45) < 0.5)
    #expect(abs(try #require(late.threshold) - 75) < 0.5)
    // How sharp the curve is at its sharpest is the same.
    #expect(early.sharpness == late.sharpness && early.sharpness > 0.05)
    // A bend of less than 0.4 of the sharpest is none, whatever the pairs say.
    let weak = Self.grid.map { 100 - 0.5 * (100 - $0) - 0.3 * max(75 - $0, 0) - 2 * max(45 - $0, 0) }
    let weaker = Self.fitted(weak) { min($0, 75) }
    #expect(abs(try #require(weaker.threshold) - 45) < 0.5)
  }

  @Test func bendsMustBeSharpAndSteeperBelow() throws {
    let f = Self.twoBends
    #expect(Self.fitted(f, pairs: { min($0, 75) }) { $0.curvatureTolerance = 1 }.threshold == nil)
    // Between both tolerances only the sharper one is left.
    let sharpest = Self.fitted(f) { min($0, 75) }.sharpness
    let one = Self.fitted(f, pairs: { min($0, 75) }) { $0.curvatureTolerance = 0.97 * sharpest }
    #expect(abs(try #require(one.threshold) - 45) < 0.5)
    // Nearly flat up to 60, then steep, then less so: the bend at 70 has a slower decline below than above.
    let steps = Self.grid.map { 0.4 * min($0, 60) + 3 * min(max($0 - 60, 0), 10) + 1.5 * max($0 - 70, 0) }
    let all = Self.fitted(steps, pairs: { min($0, 70) }) { $0.activeFraction = 0 }
    #expect(all.threshold == nil && all.sharpness > 0.02)
    // With what has collapsed left out it is faster.
    let active = Self.fitted(steps) { min($0, 70) }
    #expect(abs(try #require(active.threshold) - 70) < 1)
    // The published rule asks nothing of it.
    let published = Self.fitted(steps, pairs: { min($0, 70) }) {
      $0.activeFraction = 0
      $0.isPublishedRule = true
      $0.curvatureTolerance = 1
    }
    #expect(abs(try #require(published.threshold) - 70) <= 1)
    #expect(published.threshold?.truncatingRemainder(dividingBy: 1) == 0)
  }

  /// Smoothing moves a bend away from where the curve levels off again; elsewhere it does not.
  @Test func shiftsBySmoothingAreSeen() throws {
    var options = ThresholdOptions()
    options.bandwidth = 3
    func shift(_ f: [Double]) -> Double {
      let data = FitData(SortedSamples(x: Self.grid, y: f), BendStatistic(x: Self.grid))
      return FittedCurve(networkOn: Self.grid, f: f, fitted: f, data, options: options)
        .shiftBySmoothing(data, options)
    }
    let plain = Self.grid.map { min($0, 65) }
    let collapsed = Self.grid.map { max(min($0, 65), 58) }
    #expect(abs(shift(plain)) < 1e-6)
    #expect(shift(collapsed) > 0.2 && shift(collapsed) < 3)
    options.derivative = .raw
    #expect(shift(collapsed) == 0)
    options.derivative = .smooth
    #expect(shift(Self.grid.map { _ in 1 }) == 0)
  }
}
