import Foundation

/// Members of an ensemble whose values are off by a factor, as other units make them.
enum MemberScale {
  /// Members that are off, with one of them and the neighbour that it differs from.
  struct Stray: Equatable {
    var members: [Int]
    var example: Int
    var neighbour: Int
    /// The example's value over the neighbour's.
    var factor: Double
  }

  /// The least step from a member to the next that is taken for one of units.
  ///
  /// The smallest of units is 100; moisture that falls to 15 % at once, as in the smallest ensemble, is one of 6.7.
  private static let leastStep = 30.0
  /// What the larger of two neighbours must be, in parts of the reference: around 0 noise alone makes large ratios.
  private static let leastSize = 0.1

  /// The members that are off; nil where none is.
  ///
  /// Steps are added up to levels, and the members off that of most are strays.
  ///
  /// - Parameters:
  ///   - medians: by member, of its values in parts of the reference's; those that are not positive tell nothing.
  ///   - order: members so that neighbours are expected to differ by little.
  ///   - mayCollapse: by member, the moistures with which values may fall to nearly nothing; nil for moisture itself.
  static func stray(_ medians: [Double], order: [Int], mayCollapse moistures: [Double]?) -> Stray? {
    var order = order.filter { medians[$0] > 0 }
    guard order.count > 2 else { return nil }
    var levels = [0.0]
    for (member, next) in zip(order, order.dropFirst()) {
      let step = log(medians[next] / medians[member])
      let counts = abs(step) >= log(leastStep) && max(medians[next], medians[member]) >= leastSize
      levels.append((levels.last ?? 0) + (counts ? step : 0))
    }
    let areAlike = { (a: Double, b: Double) in abs(a - b) < log(leastStep) / 2 }
    if let moistures {
      while let start = collapse(levels, areAlike), !isSudden(order[start - 1], order[start], medians, moistures) {
        order.removeSubrange(start...)
        levels.removeSubrange(start...)
      }
    }
    func count(_ level: Double) -> Int { levels.count { areAlike($0, level) } }
    // Of levels that as many have, the first is the reference's.
    let most = levels.map(count).max() ?? 0
    guard let usual = levels.first(where: { count($0) == most }),
      let border = levels.indices.dropLast().first(where: {
        areAlike(levels[$0], usual) != areAlike(levels[$0 + 1], usual)
      })
    else { return nil }
    let isFirstUsual = areAlike(levels[border], usual)
    let (example, neighbour) =
      isFirstUsual ? (order[border + 1], order[border]) : (order[border], order[border + 1])
    return Stray(
      members: order.indices.filter { !areAlike(levels[$0], usual) }.map { order[$0] }.sorted(), example: example,
      neighbour: neighbour, factor: medians[example] / medians[neighbour])
  }

  /// Where the last members begin if they lie below all others: units of single members come back to the level before.
  private static func collapse(_ levels: [Double], _ areAlike: (Double, Double) -> Bool) -> Int? {
    guard let last = levels.last, let before = levels.lastIndex(where: { !areAlike($0, last) }) else { return nil }
    return levels[...before].allSatisfy({ $0 > last && !areAlike($0, last) }) ? before + 1 : nil
  }

  /// Whether much of a response is lost with hardly any moisture.
  private static func isSudden(_ wet: Int, _ dry: Int, _ medians: [Double], _ moistures: [Double]) -> Bool {
    medians[wet] >= 0.3 && moistures[wet] - moistures[dry] < 0.03
  }
}
