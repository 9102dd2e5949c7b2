import Foundation

/// Names of the ensemble's members, the reference first.
public enum MemberNames {
  /// Expands `REF,EXP_01..EXP_85`, or `@file` with one or more names a line.
  ///
  /// `A..B` counts from the number that ends A to the number that ends B, keeping leading zeros.
  ///
  /// - Throws: exit code 64 for a range that is none or a name given twice, 66 where the file is not there.
  public static func expand(_ text: String) throws -> [String] {
    let names: [String]
    if text.hasPrefix("@") {
      let path = String(text.dropFirst())
      let content = try TextFile.read(path, what: "the list of members")
      let lines = content.split(whereSeparator: \.isNewline).map { $0.prefix { $0 != "#" } }
      names = try lines.flatMap { $0.split(whereSeparator: { $0 == "," || $0.isWhitespace }) }.flatMap(expandItem)
    } else {
      names = try text.split(separator: ",", omittingEmptySubsequences: false).flatMap(expandItem)
    }
    guard names.count <= InputLimit.members else { throw tooMany("the list") }
    guard !names.isEmpty, names.allSatisfy({ !$0.isEmpty }) else {
      throw JobError(.usage, "'\(text)' gives no members; expected for example REF,EXP_01..EXP_85")
    }
    var seen = Set<String>()
    for name in names where !seen.insert(name).inserted {
      throw JobError(.usage, "member '\(name)' is given twice")
    }
    return names
  }

  private static func tooMany(_ what: String) -> JobError {
    JobError(.usage, "\(what) gives more than \(InputLimit.members) members, the most that an ensemble may have")
  }

  private static func expandItem(_ item: Substring) throws -> [String] {
    guard let dots = item.range(of: "..") else { return [item.trimmingCharacters(in: .whitespaces)] }
    let (first, last) = (item[..<dots.lowerBound], item[dots.upperBound...])
    let digits = { (text: Substring) in
      Substring(String(text.reversed().prefix { $0.isASCII && $0.isNumber }.reversed()))
    }
    let (firstDigits, lastDigits) = (digits(first), digits(last))
    let prefix = first.dropLast(firstDigits.count)
    let lastPrefix = last.dropLast(lastDigits.count)
    guard let from = Int(firstDigits), let to = Int(lastDigits), from <= to, lastPrefix.isEmpty || lastPrefix == prefix
    else {
      throw JobError(.usage, "'\(item)' is no range of members; expected for example EXP_01..EXP_85")
    }
    guard to - from < InputLimit.members else { throw tooMany("'\(item)'") }
    return (from...to).map { number in
      let text = String(number)
      return prefix + String(repeating: "0", count: max(0, firstDigits.count - text.count)) + text
    }
  }
}
