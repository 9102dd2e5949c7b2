/// Where a quantity comes from: `PATTERN:VARIABLE`, or of a record of months one of each year: `PATTERN:VARIABLE@month=12`.
///
/// The pattern is a path or glob in which `{member}` stands for each member's name; it is split from the variables at
/// the last colon outside of brackets. A variable may be followed by one index of further dimensions, `spei[scale=24]`. Variables joined by `+` are summed, variables joined by `,` are the layers of a profile, top first.
public struct SourceSpecification: Codable, Sendable, Equatable {
  /// The pattern as given.
  public var pattern: String
  /// Names of variables, with what is selected of them in brackets.
  public var variables: [String]
  /// How several variables make one quantity.
  public var combination: Combination
  /// The month of each year, 1…12, whose values are those of a yearly record; nil takes all steps.
  public var month: Int?

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
    guard let colon = text.lastIndexOutsideBrackets(of: ":"), colon != text.startIndex else {
      throw JobError(
        .usage,
        "'\(text)' is no source; expected PATTERN:VARIABLE, for example 'run/*.nc:GPP'\(VariableNames.hint(text))")
    }
    pattern = String(text[..<colon])
    var names = text[text.index(after: colon)...]
    if let mark = names.lastIndexOutsideBrackets(of: "@") {
      guard let month = names[mark...].wholeMatch(of: /@month=([0-9]{1,2})/).flatMap({ Int($0.1) }),
        (1...12).contains(month)
      else {
        throw JobError(
          .usage, "'\(text)': expected @month=1 to @month=12 behind the variables, found '\(names[mark...])'")
      }
      self.month = month
      names = names[..<mark]
    }
    let isSum = names.partsOutsideBrackets(separatedBy: "+").count > 1
    let hasLayers = names.partsOutsideBrackets(separatedBy: ",").count > 1
    guard !(isSum && hasLayers) else {
      throw JobError(.usage, "'\(text)': variables are joined by '+' (summed) or by ',' (layers), not by both")
    }
    variables = names.partsOutsideBrackets(separatedBy: hasLayers ? "," : "+")
    guard variables.allSatisfy({ !$0.isEmpty && !$0.contains("/") }) else {
      throw JobError(.usage, "'\(text)' names no variable; expected PATTERN:VARIABLE, for example 'run/*.nc:GPP'")
    }
    for variable in variables { _ = try VariableSelection(variable) }
    combination = variables.count == 1 ? .single : hasLayers ? .layers : .sum
  }

  /// The text that gives this source.
  public var text: String {
    pattern + ":" + variables.joined(separator: combination == .layers ? "," : "+")
      + (month.map { "@month=\($0)" } ?? "")
  }

  /// The names of the variables: `A`, `A + B`, or for layers `A, B`.
  public var names: String {
    variables.joined(separator: combination == .sum ? " + " : ", ") + (month.map { "@month=\($0)" } ?? "")
  }

  /// Whether the pattern has a place for the member's name.
  public var namesMember: Bool { pattern.contains("{member}") }

  /// Files of a member, sorted by path; of all members where the pattern does not name them.
  public func files(member: String) -> [String] {
    // What is there under the very name is meant, brackets and all.
    let plain = pattern.replacing("{member}", with: member)
    return isThere(plain) ? [plain] : paths(matching: expanded(member: member))
  }

  /// The pattern with the member's name in it, whose own wildcard characters stand for themselves.
  func expanded(member: String) -> String {
    let name = member.map { "*?[]\\".contains($0) ? "\\\($0)" : String($0) }.joined()
    return pattern.replacing("{member}", with: name)
  }
}
