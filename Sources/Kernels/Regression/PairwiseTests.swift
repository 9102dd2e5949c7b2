/// Tests of each pair of groups by Student's t with the standard deviation of all groups, as `pairwise.t.test` of R.
package struct PairwiseTests: Sendable {
  /// How p is made larger because there are many tests.
  package enum Adjustment: String, Sendable, CaseIterable {
    /// Holm's, step by step
    case holm
    /// Times the number of tests
    case bonferroni
    /// As it is
    case none
  }

  /// A pair of groups, by their numbers.
  package struct Pair: Sendable, Equatable {
    package var first: Int
    package var second: Int
    /// Mean of the first less that of the second; not negative.
    package var difference: Double
    package var t: Double
    package var p: Double
    package var adjustedP: Double
  }

  /// Groups with values, by descending mean.
  package let order: [Int]
  /// All pairs of these: the first with each that follows, then the second.
  package let pairs: [Pair]
  /// Letters of the groups in `order`: two groups share one exactly where the adjusted p of their pair is not below alpha;
  /// nil where there would be too many.
  package let letters: [String]?

  /// The tests of the groups of an analysis.
  package init(_ analysis: OneWayAnalysis, _ adjustment: Adjustment = .holm, alpha: Double = 0.05) {
    let groups = analysis.groups
    let order = groups.indices.filter { groups[$0].count > 0 }.sorted {
      groups[$0].mean == groups[$1].mean ? $0 < $1 : groups[$0].mean > groups[$1].mean
    }
    var pairs: [Pair] = []
    for (place, first) in order.enumerated() {
      for second in order[(place + 1)...] {
        let difference = groups[first].mean - groups[second].mean
        let error =
          analysis.pooledDeviation
          * (1 / Double(groups[first].count) + 1 / Double(groups[second].count)).squareRoot()
        let t = difference / error
        let p = StudentDistribution.twoSidedP(t, degreesOfFreedom: Double(analysis.withinFreedom))
        pairs.append(Pair(first: first, second: second, difference: difference, t: t, p: p, adjustedP: p))
      }
    }
    for (index, p) in Self.adjusted(pairs.map(\.p), adjustment).enumerated() { pairs[index].adjustedP = p }
    self.order = order
    self.pairs = pairs
    var place = 0
    var areDifferent = [[Bool]](repeating: [Bool](repeating: false, count: order.count), count: order.count)
    for first in order.indices {
      for second in order.indices.dropFirst(first + 1) {
        areDifferent[first][second] = pairs[place].adjustedP < alpha
        place += 1
      }
    }
    letters = CompactLetters.letters(areDifferent)
  }

  /// Adjusted p values, as `p.adjust` of R; NaN stays and does not count.
  package static func adjusted(_ p: [Double], _ adjustment: Adjustment) -> [Double] {
    let valid = p.indices.filter { !p[$0].isNaN }.sorted { p[$0] < p[$1] }
    var adjusted = p
    var largest = 0.0
    for (place, index) in valid.enumerated() {
      switch adjustment {
      case .none: break
      case .bonferroni: adjusted[index] = min(1, Double(valid.count) * p[index])
      case .holm:
        largest = max(largest, Double(valid.count - place) * p[index])
        adjusted[index] = min(1, largest)
      }
    }
    return adjusted
  }
}
