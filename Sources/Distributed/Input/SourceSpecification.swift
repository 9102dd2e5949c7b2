/// Where a quantity comes from: `PATTERN:VARIABLE`.
///
/// The pattern is a path or glob in which `{member}` stands for each member's name; it is split from the variables at
/// the last colon. Variables joined by `+` are summed, variables joined by `,` are the layers of a profile, top first.
public struct SourceSpecification: Codable, Sendable, Equatable {
  /// The pattern as given.
  public var pattern: String
  /// Names of variables.
  public var variables: [String]
  /// How several variables make one quantity.
  public var combination: Combination

  /// How several variables make one quantity.
  public enum Combination: String, Codable, Sendable {
    /// One variable.
    case single
    /// Added up.
    case sum
    /// Layers of a profile.
    case layers
  }

  /// Reads `PATTERN:VARIABLE`.
  ///
  /// - Throws: exit code 64 where the text has no such form.
  public init(_ text: String) throws {
    guard let colon = text.lastIndex(of: ":"), colon != text.startIndex else {
      throw JobError(.usage, "'\(text)' is no source; expected PATTERN:VARIABLE, for example 'run/*.nc:GPP'")
    }
    pattern = String(text[..<colon])
    let names = text[text.index(after: colon)...]
    guard !(names.contains("+") && names.contains(",")) else {
      throw JobError(.usage, "'\(text)': variables are joined by '+' (summed) or by ',' (layers), not by both")
    }
    let separator: Character = names.contains(",") ? "," : "+"
    variables = names.split(separator: separator, omittingEmptySubsequences: false).map(String.init)
    guard variables.allSatisfy({ !$0.isEmpty && !$0.contains("/") }) else {
      throw JobError(.usage, "'\(text)' names no variable; expected PATTERN:VARIABLE, for example 'run/*.nc:GPP'")
    }
    combination = variables.count == 1 ? .single : separator == "," ? .layers : .sum
  }

  /// The text that gives this source.
  public var text: String { pattern + ":" + variables.joined(separator: combination == .layers ? "," : "+") }

  /// The names of the variables: `A`, `A + B`, or for layers `A, B`.
  public var names: String { variables.joined(separator: combination == .sum ? " + " : ", ") }

  /// Whether the pattern has a place for the member's name.
  public var namesMember: Bool { pattern.contains("{member}") }

  /// Files of a member, sorted by path; of all members where the pattern does not name them.
  public func files(member: String) -> [String] { paths(matching: expanded(member: member)) }

  /// The pattern with the member's name in it, whose own wildcard characters stand for themselves.
  func expanded(member: String) -> String {
    let name = member.map { "*?[]\\".contains($0) ? "\\\($0)" : String($0) }.joined()
    return pattern.replacing("{member}", with: name)
  }
}
