/// Which class of wetness each month of a year belongs to: G groups of 12/G months, 0 the wettest.
///
/// Source: Li et al. 2025, who rank months by the moisture of the whole profile and make four groups of three.
package struct SeasonRanking: Sendable, Equatable {
  /// Group of each of the 12 months.
  package private(set) var groups: [Int]

  /// Ranks months by their profile totals, wettest first; of equal months the earlier counts as wetter.
  ///
  /// - Parameters:
  ///   - totals: One for each of the 12 months, none of them missing.
  ///   - groupCount: G, a divisor of 12.
  package init(totals: [Double], groupCount: Int) {
    groups = [Int](repeating: 0, count: monthsPerYear)
    rank(totals: totals, groupCount: groupCount)
  }

  /// A ranking to be filled later; until then every month is in group 0.
  init() { groups = [Int](repeating: 0, count: monthsPerYear) }

  /// Ranks again, in the same memory.
  mutating func rank(totals: [Double], groupCount: Int) {
    precondition(totals.count == monthsPerYear, "a total for each of 12 months")
    precondition(SeasonRanking.isPossible(groupCount: groupCount), "the number of groups must divide 12")
    let monthsPerGroup = monthsPerYear / groupCount
    // Each pair of months is compared once; the place of a month is the number of those that come before it.
    for month in groups.indices { groups[month] = 0 }
    for month in 1..<monthsPerYear {
      for earlier in 0..<month {
        let isLaterWetter = totals[month] > totals[earlier]
        groups[earlier] += isLaterWetter ? 1 : 0
        groups[month] += isLaterWetter ? 0 : 1
      }
    }
    for month in groups.indices { groups[month] /= monthsPerGroup }
  }

  /// Whether the 12 months make so many groups of the same size.
  package static func isPossible(groupCount: Int) -> Bool { groupCount > 0 && monthsPerYear % groupCount == 0 }
}

/// Months of a year.
let monthsPerYear = 12
