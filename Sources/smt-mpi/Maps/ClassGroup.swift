import Distributed

/// A class that is several ids of a map.
struct ClassGroup: Equatable {
  let name: String
  let ids: [ClosedRange<Int>]

  func contains(_ id: Int) -> Bool { ids.contains { $0.contains(id) } }

  /// The ids as the option gives them.
  var idText: String {
    ids.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }.joined(separator: "+")
  }

  /// Reads `forest=1-5,shrubland=6-9+11`.
  ///
  /// - Throws: exit code 64 naming the part that is wrong, or that two groups share.
  static func read(_ text: String, option: String) throws -> [ClassGroup] {
    let groups = try text.split(separator: ",", omittingEmptySubsequences: false).map { part -> ClassGroup in
      let sides = part.split(separator: "=", omittingEmptySubsequences: false)
      guard sides.count == 2, let name = sides.first?.trimmed, !name.isEmpty,
        let ids = IdentifierRanges.read(sides[1], separator: "+")
      else {
        throw JobError(
          .usage,
          "--\(option) '\(text)': '\(part)' is no group; expected name=ids, for example forest=1-5 or shrubland=6-9+11")
      }
      return ClassGroup(name: name, ids: ids)
    }
    for (index, group) in groups.enumerated() {
      for other in groups[..<index] {
        guard group.name != other.name else {
          throw JobError(
            .usage,
            "--\(option) '\(text)': two groups are called '\(group.name)'; join their ids by '+', or give another name")
        }
        for (one, two) in group.ids.flatMap({ one in other.ids.map { (one, $0) } }) where one.overlaps(two) {
          throw JobError(
            .usage,
            "--\(option) '\(text)': '\(other.name)' and '\(group.name)' share the id \(max(one.lowerBound, two.lowerBound));"
              + " expected each id in one group at most")
        }
      }
    }
    return groups
  }
}

/// Lists of whole numbers as options give them: `1-5+11`, `1-8,10`.
enum IdentifierRanges {
  /// Numbers up to nine digits and ranges of them; nil where something is neither, a range runs backwards, or two overlap.
  static func read(_ text: some StringProtocol, separator: Character) -> [ClosedRange<Int>]? {
    var ranges: [ClosedRange<Int>] = []
    for part in text.split(separator: separator, omittingEmptySubsequences: false) {
      let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { number($0.trimmed) }
      guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1], first <= last,
        !ranges.contains(where: { $0.overlaps(first...last) })
      else { return nil }
      ranges.append(first...last)
    }
    return ranges
  }

  private static func number(_ text: String) -> Int? {
    guard (1...9).contains(text.count), text.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
    return Int(text)
  }
}

extension StringProtocol {
  /// Without spaces at either end.
  fileprivate var trimmed: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
