import Testing

@testable import Kernels

/// Sensitivities from pairs of days.
@Suite struct DayDifferencesTests {
  /// Pairs of days of which every condition is just met or just missed.
  @Test func pairsAreAlike() {
    func pairs(
      _ days: [Int] = [1, 2], _ temperature: [Double] = [-10, -9], _ radiation: [Double] = [100, 110],
      _ precipitation: [Double] = [0, 11], _ moisture: [Double] = [0.2, 0.201],
      rules: DayDifferences.Rules = DayDifferences.Rules()
    ) -> [Int] {
      DayDifferences.pairs(
        days: days, temperature: temperature, radiation: radiation, precipitation: precipitation, moisture: moisture,
        rules: rules)
    }
    #expect(pairs() == [0])
    #expect(pairs([1, 3]) == [])
    #expect(pairs([1, 2], [-10, -8.9]) == [])
    #expect(pairs([1, 2], [10, 11.1]) == [])
    #expect(pairs([1, 2], [10, 10], [100, 111]) == [])
    #expect(pairs([1, 2], [10, 10], [100, 100], [11.5, 0]) == [])
    #expect(pairs([1, 2], [10, 10], [100, 100], [0, 0], [0.2, 0.2009]) == [])
    #expect(pairs([1, 2], [10, 10], [100, 100], [0, 0], [0.2, .nan]) == [])
    #expect(pairs([1, 2], [10, .nan]) == [])
    var bare = DayDifferences.Rules()
    bare.moisture = 0
    #expect(pairs([1, 2, 3], [9, 9, 9], [9, 9, 9], [0, 0, 0], [0.2, 0.2, 0.2001], rules: bare) == [1])
    // A difference of the floor, whichever way it is rounded.
    for moisture in stride(from: 10.0, to: 40, by: 0.1) {
      #expect(
        pairs([1, 2], [9, 9], [9, 9], [0, 0], [moisture / 100, (moisture + 0.1) / 100]) == [0], "\(moisture)")
    }
  }

  /// scipy 1.17.1: `theilslopes(y, x)`; numpy: mean, sd and median of y / x.
  @Test func figuresOfScipy() {
    let changes = [0.5, -1.2, 0.3, 2.0, -0.7, 0.3, 1.1, -0.2]
    let differences = [0.01, -0.02, 0.005, 0.03, -0.01, 0.01, 0.02, 0.004]
    // Two days a pair, so that pairs share none.
    var (flux, moisture): ([Double], [Double]) = ([], [])
    for (change, difference) in zip(changes, differences) {
      flux += [0, change]
      moisture += [0, difference]
    }
    flux += [.nan, 3]
    moisture += [0, 0.5]
    let found = DayDifferences(
      flux: flux, moisture: moisture, pairs: Array(stride(from: 0, to: flux.count, by: 2)))
    #expect(found.count == 8)
    let expected = [42.708333333333336, 39.41977486990066, 57.5, 60.00000000000001, 50.0, 83.33333333333333]
    let numbers = [
      found.mean, found.standardDeviation, found.median, found.slope, found.slopeLow, found.slopeHigh,
    ]
    for (number, figure) in zip(numbers, expected) { #expect(abs(number - figure) <= 1e-12 * abs(figure)) }
  }

  /// The same slopes as sorting them all, with ties, signs, zeros and infinities.
  @Test(arguments: [2, 3, 10, 57]) func slopesInTheirOrder(count: Int) {
    for seed in 0..<20 {
      var generator = KeyedGenerator(seed, count)
      let x = (0..<count).map { _ in (generator.normal() * 4).rounded() / (seed % 2 == 0 ? 4 : 1e308) }
      let y = (0..<count).map { _ in seed % 3 == 0 ? (generator.normal() * 2).rounded() : generator.normal() }
      var slopes: [Double] = []
      for one in x.indices {
        for other in 0..<one where x[one] != x[other] { slopes.append((y[one] - y[other]) / (x[one] - x[other])) }
      }
      slopes.sort()
      let found = PairSlopes(x: x, y: y)
      #expect(found.count == slopes.count)
      guard !slopes.isEmpty else { continue }
      #expect(found.atRanks(Array(slopes.indices)) == slopes, "\(count) points, seed \(seed)")
    }
  }

  @Test func ofFewPairs() {
    let none = DayDifferences(flux: [1, 2], moisture: [0.1, 0.2], pairs: [])
    #expect(none.count == 0 && none.mean.isNaN && none.median.isNaN && none.slope.isNaN)
    let one = DayDifferences(flux: [1, 2], moisture: [0, 0.5], pairs: [0])
    #expect(one.count == 1 && one.mean == 2 && one.median == 2 && one.standardDeviation.isNaN && one.slope.isNaN)
  }
}
