/// Letters that tell which groups differ: two groups share one exactly where they do not.
///
/// By insertion and absorption (Piepho 2004, J. Comput. Graph. Stat. 13, 456–466), in the steps and the order of
/// `multcompLetters` of the R package multcompView.
package enum CompactLetters {
  /// More sets of groups than this are of no use to anybody.
  private static let mostSets = 2_000

  /// Letters of each group.
  ///
  /// - Parameter areDifferent: `[i][j]`, i < j, whether groups i and j differ.
  /// - Returns: nil where there would be thousands of letters.
  package static func letters(_ areDifferent: [[Bool]]) -> [String]? {
    let count = areDifferent.count
    var sets = [GroupSet(count)]
    for first in 0..<count {
      for second in (first + 1)..<max(count, first + 1) where areDifferent[first][second] {
        var changed = [Bool](repeating: false, count: sets.count)
        var added: [GroupSet] = []
        for index in sets.indices where sets[index].contains(first) && sets[index].contains(second) {
          var without = sets[index]
          without.remove(first)
          added.append(without)
          sets[index].remove(second)
          changed[index] = true
        }
        guard !added.isEmpty else { continue }
        sets += added
        changed += added.map { _ in true }
        absorb(&sets, changed)
        guard sets.count <= mostSets else { return nil }
      }
    }
    let sorted =
      sets.count > 1
      ? sorted(sets.map { set in (0..<count).map(set.contains) }) : [Array(repeating: true, count: count)]
    return (0..<count).map { group in
      sorted.indices.filter { sorted[$0][group] }.map(letter).joined()
    }
  }

  /// Removes each set that is part of another one, and the later of two that are alike.
  ///
  /// Only a set that has changed can be part of one, or like one, that was not there before.
  private static func absorb(_ sets: inout [GroupSet], _ changed: [Bool]) {
    let changes = changed.indices.filter { changed[$0] }
    var isKept = [Bool](repeating: true, count: sets.count)
    for first in sets.indices where isKept[first] {
      let others = changed[first] ? Array(sets.indices[(first + 1)...]) : changes.filter { $0 > first }
      for second in others where isKept[second] {
        if sets[second].isSubset(of: sets[first]) {
          isKept[second] = false
        } else if sets[first].isSubset(of: sets[second]) {
          isKept[first] = false
          break
        }
      }
    }
    sets = sets.indices.filter { isKept[$0] }.map { sets[$0] }
  }

  /// The sets in the order of their first groups; of neighbours with the same, in that of the next ones.
  private static func sorted(_ sets: [[Bool]]) -> [[Bool]] {
    func firstGroup(_ set: [Bool]) -> Int { set.firstIndex(of: true) ?? set.count }
    let order = sets.indices.sorted {
      let (one, other) = (firstGroup(sets[$0]), firstGroup(sets[$1]))
      return one == other ? $0 < $1 : one < other
    }
    var sets = order.map { sets[$0] }
    let first = sets.map(firstGroup)
    for index in sets.indices.dropLast() where first[index] == first[index + 1] && first[index] + 1 < sets[index].count
    {
      let start = first[index] + 1
      let tails = sorted(sets[index...index + 1].map { Array($0[start...]) })
      for (place, tail) in tails.enumerated() { sets[index + place].replaceSubrange(start..., with: tail) }
    }
    return sets
  }

  private static let alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".map(String.init)

  /// `a` to `z`, `A` to `Z`, `.a` and so on.
  private static func letter(_ index: Int) -> String {
    String(repeating: ".", count: index / alphabet.count) + alphabet[index % alphabet.count]
  }
}

/// Some of the groups, as bits.
private struct GroupSet {
  private var words: [UInt64]

  /// All groups.
  init(_ count: Int) {
    words = (0..<(count + 63) / 64).map { word in
      let bits = min(64, count - 64 * word)
      return bits == 64 ? .max : (1 << UInt64(bits)) - 1
    }
  }

  func contains(_ group: Int) -> Bool { words[group / 64] >> UInt64(group % 64) & 1 == 1 }

  mutating func remove(_ group: Int) { words[group / 64] &= ~(1 << UInt64(group % 64)) }

  func isSubset(of other: GroupSet) -> Bool { zip(words, other.words).allSatisfy { $0 & ~$1 == 0 } }
}
