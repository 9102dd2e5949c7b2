import Kernels
import Testing

/// Expected values are numpy's: `mean`, `average`, `std(ddof=1)`, `quantile`, and `interp` on the probabilities of the weights.
@Suite struct ClassStatisticsTests {
  private static let values = [3.5, -1.25, 8.0, 0.0, 2.75, 2.75, -6.5, 14.0, 5.125, 1.0]
  private static let shares = [0.5, 0.25, 1.0, 0.125, 0.75, 0.375, 0.0625, 0.875, 0.3, 0.6]
  private static let areas = (1...10).map { 10 * Double($0) }
  /// cos latitude at 0°, 8°, …, 72°.
  private static let weights = [
    1.0, 0.9902680687415704, 0.9612616959383189, 0.9135454576426009, 0.848048096156426, 0.766044443118978,
    0.6691306063588582, 0.5591929034707468, 0.4383711467890774, 0.30901699437494745,
  ]

  private func statistics(
    _ values: [Double] = values, cells: [Int] = Array(0..<10), shares: [Double] = [],
    rules: ClassStatistics.Rules = .init()
  ) -> ClassStatistics {
    ClassStatistics(
      of: values, cells: cells, shares: shares, weights: Self.weights, areas: Self.areas, rules: rules)
  }

  private func expect(_ found: [Double], _ wanted: [Double]) {
    #expect(found.count == wanted.count)
    for (value, number) in zip(found, wanted) {
      #expect(abs(value - number) <= 1e-13 * max(1, abs(number)), "\(found)")
    }
  }

  @Test func wholeCells() {
    let found = statistics()
    #expect(found.count == 10 && found.area == 550)
    expect(
      [found.mean, found.areaMean, found.standardDeviation, found.minimum] + found.quantiles
        + [found.maximum, found.sharePositive],
      [
        2.9375, 2.739954956080656, 5.499131875931772, -6.5, -4.137499999999999, 0.25, 2.75, 4.71875, 11.299999999999994,
        14, 0.7,
      ])
  }

  @Test func partsOfCells() {
    let found = statistics(shares: Self.shares, rules: .init(above: [2, 100], below: [-1]))
    #expect(found.count == 10)
    expect(
      [found.area, found.mean, found.areaMean, found.standardDeviation, found.minimum] + found.quantiles
        + [found.maximum, found.sharePositive, found.total] + found.sharesAbove + found.sharesBelow,
      [
        266.375, 5.4806201550387605, 5.315939021948754, 5.2847997240384785, -6.5, -0.8354166666666665,
        2.385416666666667, 3.26375, 7.31580528846154, 12.602, 14, 0.9095607235142119, 19.10740191981042,
        0.7855297157622739, 0, 0.06459948320413438,
      ])
  }

  /// Equal parts are whole cells but for the area.
  @Test func equalPartsAreWholeCells() {
    let (whole, half) = (statistics(), statistics(shares: [Double](repeating: 0.5, count: 10)))
    #expect(half.area == whole.area / 2)
    expect(
      [half.mean, half.areaMean, half.standardDeviation, half.sharePositive] + half.quantiles,
      [whole.mean, whole.areaMean, whole.standardDeviation, whole.sharePositive] + whole.quantiles)
  }

  @Test func someCellsTakePart() {
    var values = Self.values
    (values[2], values[7]) = (.nan, .infinity)
    let found = statistics(values, cells: [0, 2, 4, 6, 7, 8], rules: .init(limit: 5.125))
    #expect(found.count == 3 && found.area == 10 + 50 + 90)
    expect([found.mean, found.minimum, found.maximum], [11.375 / 3, 2.75, 5.125])
    #expect(statistics(shares: [0] + [Double](repeating: 1, count: 9)).count == 9)
  }

  @Test func fewCells() {
    let none = statistics(cells: [], rules: .init(above: [1], below: [2, 3]))
    #expect(none.count == 0 && none.area == 0 && none.total == 0)
    #expect(none.sharesAbove.count == 1 && none.sharesBelow.count == 2)
    #expect(!([none.mean, none.maximum] + none.quantiles + none.sharesBelow).contains { !$0.isNaN })
    let one = statistics(cells: [4], shares: [0.25])
    #expect(one.count == 1 && one.mean == 2.75 && one.standardDeviation.isNaN)
    #expect(one.quantiles == [Double](repeating: 2.75, count: 5))
    let unknown = ClassStatistics(of: [1], cells: [0], shares: [], weights: [1], areas: [])
    #expect(unknown.area.isNaN && unknown.mean == 1)
  }

  /// A cell without land counts among the cells, not in the mean by area.
  @Test func cellsWithoutArea() {
    let found = ClassStatistics(of: [1, 3], cells: [0, 1], shares: [], weights: [0, 2], areas: [.nan, 2])
    #expect(found.count == 2 && found.area == 2 && found.mean == 2 && found.areaMean == 3)
    let nothing = ClassStatistics(of: [1], cells: [0], shares: [], weights: [0], areas: [.nan])
    #expect(nothing.count == 1 && nothing.areaMean.isNaN && nothing.area == 0)
  }

  /// Of ties with different weights, in whatever order the cells are.
  @Test func quantilesDoNotDependOnTheOrder() {
    let samples = [(value: 1.0, weight: 9.0), (1, 1), (2, 1), (0, 3)]
    let (one, other) = (WeightedQuantiles(samples), WeightedQuantiles(samples.reversed()))
    for step in 0...20 { #expect(one.value(Double(step) / 20) == other.value(Double(step) / 20)) }
    // Sorted: 0 at 0, 1 (weight 1) at 2, 1 (weight 9) at 7, 2 at 12.
    #expect(one.value(1.0 / 12) == 0.5 && one.value(9.5 / 12) == 1.5 && one.value(0.4) == 1)
    #expect(WeightedQuantiles([]).value(0.5).isNaN)
  }

  @Test func statisticsTravelAsNumbers() {
    let rules = ClassStatistics.Rules(limit: 10, above: [1, 2], below: [0])
    let found = statistics(shares: Self.shares, rules: rules)
    #expect(found.numbers.count == ClassStatistics.numberCount(rules))
    #expect(ClassStatistics(numbers: found.numbers, rules: rules) == found)
  }
}
