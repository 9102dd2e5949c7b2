import Distributed

/// A quantity whose phases are compared, as the user names it: `NAME=SOURCE`.
struct PhaseQuantity {
  /// What its columns are called by.
  let name: String
  /// Where it comes from.
  let expression: SourceExpression

  /// Reads `NAME=SOURCE`; all that follows the first `=` is the source.
  ///
  /// - Throws: exit code 64 where the text has no such form.
  init(_ text: String) throws {
    guard let sign = text.firstIndex(of: "="), text[..<sign].contains(where: { !$0.isWhitespace }) else {
      throw JobError(
        .usage, "--quantity '\(text)' has no name; expected NAME=SOURCE, for example 'T=run/{member}.nc:TSA'")
    }
    name = String(text[..<sign])
    guard name.wholeMatch(of: /[A-Za-z][A-Za-z0-9_]*/) != nil else {
      throw JobError(
        .usage,
        "--quantity '\(text)': '\(name)' cannot be part of a variable's name; expected letters, digits and '_', a "
          + "letter first, for example 'T=run/{member}.nc:TSA'")
    }
    expression = try SourceExpression(option: String(text[text.index(after: sign)...]))
  }

  /// The quantities of an option that is repeated.
  ///
  /// - Throws: exit code 64 where there is none, or two of the same name.
  static func all(_ texts: [String]) throws -> [PhaseQuantity] {
    guard !texts.isEmpty else {
      throw JobError(.usage, "--quantity is missing; e.g. --quantity 'T=run/{member}.nc:TSA'")
    }
    let quantities = try texts.map(PhaseQuantity.init)
    var names = Set<String>()
    for quantity in quantities where !names.insert(quantity.name).inserted {
      throw JobError(.usage, "--quantity '\(quantity.name)' is given twice; give each quantity a name of its own")
    }
    return quantities
  }
}
