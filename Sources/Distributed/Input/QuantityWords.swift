extension SourceSpecification {
  /// What the variables make, in words, from what each of them is called in its file.
  ///
  /// - Parameter longNames: of the variables, in order.
  func words(_ longNames: [String]) -> String {
    let own = zip(longNames, variables).map { longName, variable in
      // What is selected of a variable is not in its long name.
      let choices = (try? VariableSelection(variable))?.choices ?? []
      return ([longName] + choices.map { "\($0.dimension) \($0.value)" }).joined(separator: ", ")
    }
    let words =
      switch combination {
      case .single: own[0]
      case .sum: own.joined(separator: " + ")
      case .layers: Self.commonWords(longNames) ?? variables.joined(separator: ", ")
      }
    return words + (month.map { ", month \($0)" } ?? "")
  }

  /// What long names of layers begin with: `Soil moisture content` of `Soil moisture content (0-10 cm underground)` and the
  /// like; nil where that is not a word.
  private static func commonWords(_ names: [String]) -> String? {
    guard let first = names.first else { return nil }
    let common = names.dropFirst().reduce(first) { $0.commonPrefix(with: $1) }
    let isWhole = names.allSatisfy { !($0.dropFirst(common.count).first?.isLetter ?? false) }
    var words = common.split { !$0.isLetter && $0 != "-" }.map(String.init)
    if !isWhole, common.last?.isLetter ?? false { words.removeLast() }
    while let last = words.last, ["of", "in", "at", "from", "the", "layer", "level", "-"].contains(last.lowercased()) {
      words.removeLast()
    }
    let text = words.joined(separator: " ")
    return text.count > 3 ? text : nil
  }
}

extension SourceExpression {
  /// Characters of words that a title has room for.
  private static let mostCharacters = 100

  /// What the source is in words: what its records are called, joined as they are, or the names of the variables where that
  /// were too long.
  ///
  /// - Parameter longNames: of the records, in order.
  public func words(_ longNames: [String]) -> String {
    let records = records
    let text = words { record in records.firstIndex(of: record).map { longNames[$0] } ?? record.names }
    return text.count > Self.mostCharacters ? names : text
  }
}

extension String {
  /// The characters that two texts begin with.
  fileprivate func commonPrefix(with other: String) -> String {
    String(zip(self, other).prefix { $0 == $1 }.map(\.0))
  }
}
