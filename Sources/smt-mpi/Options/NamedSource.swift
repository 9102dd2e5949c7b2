import Distributed

/// A source as the user names it: `NAME=SOURCE`.
struct NamedSource {
  /// What variables of the output are called by.
  let name: String
  /// Where it comes from.
  let expression: SourceExpression

  /// Reads `NAME=SOURCE`; all that follows the first `=` is the source.
  ///
  /// - Throws: exit code 64 where the text has no such form.
  init(_ text: String, option: String) throws {
    guard let sign = text.firstIndex(of: "="), text[..<sign].contains(where: { !$0.isWhitespace }) else {
      throw JobError(
        .usage, "--\(option) '\(text)' has no name; expected NAME=SOURCE, for example 'T=run/{member}.nc:TSA'")
    }
    name = String(text[..<sign])
    guard name.wholeMatch(of: /[A-Za-z][A-Za-z0-9_]*/) != nil else {
      throw JobError(
        .usage,
        "--\(option) '\(text)': '\(name)' cannot be part of a variable's name; expected letters, digits and '_', a "
          + "letter first, for example 'T=run/{member}.nc:TSA'")
    }
    expression = try SourceExpression(option: String(text[text.index(after: sign)...]))
  }

  /// The sources of an option that is repeated.
  ///
  /// - Throws: exit code 64 where there is none, or two of the same name.
  static func all(_ texts: [String], option: String) throws -> [NamedSource] {
    guard !texts.isEmpty else {
      throw JobError(.usage, "--\(option) is missing; e.g. --\(option) 'T=run/{member}.nc:TSA'")
    }
    let sources = try texts.map { try NamedSource($0, option: option) }
    var names = Set<String>()
    for source in sources where !names.insert(source.name).inserted {
      throw JobError(.usage, "--\(option) '\(source.name)' is given twice; give each \(option) a name of its own")
    }
    return sources
  }
}
