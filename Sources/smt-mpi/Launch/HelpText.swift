import ArgumentParser
import Distributed

/// The help of a command in the order in which users look for things: what must be given, the command's own options, then
/// those that commands share.
enum HelpText {
  /// The width that examples are written for: a narrower terminal folds lines, and what is pasted is whole.
  private static let exampleWidth = 80

  /// The help that an error of the parser asks for; nil where it asks for none.
  static func text(of error: any Error) -> String? {
    guard SMTMPI.exitCode(for: error) == .success else { return nil }
    let width = StandardStreams.terminalWidth(of: 1) ?? exampleWidth
    let text = SMTMPI.fullMessage(for: error, columns: max(width, exampleWidth))
    return text.hasPrefix("OVERVIEW: ") ? arranged(text) : nil
  }

  /// Puts the options that the usage line asks for into a section of their own before all others, and the command's own
  /// options behind them.
  static func arranged(_ text: String) -> String {
    let blocks = text.split(separator: "\n\n", omittingEmptySubsequences: false).map(String.init)
    guard let usage = blocks.firstIndex(where: { $0.hasPrefix("USAGE: ") }) else { return text }
    var sections = blocks[(usage + 1)...].map(Section.init)
    var required = Section("REQUIRED:")
    for name in requiredOptions(blocks[usage]) {
      for index in sections.indices { required.elements += sections[index].take(name) }
    }
    func rank(_ section: Section) -> Int {
      switch section.title {
      case "ARGUMENTS:": 0
      case required.title: 1
      case "OPTIONS:": 2
      default: 3
      }
    }
    let ordered = ([required] + sections).filter { !$0.elements.isEmpty || !$0.title.hasSuffix(":") }.enumerated()
      .sorted { (rank($0.element), $0.offset) < (rank($1.element), $1.offset) }.map(\.element.text)
    return (blocks[...usage] + ordered).joined(separator: "\n\n") + "\n"
  }

  /// The options outside of square brackets that all forms of the usage have, each once; the output last.
  private static func requiredOptions(_ usage: String) -> [String] {
    var plain = usage
    while let inner = plain.firstRange(of: /\[[^\[\]]*\]/) { plain.removeSubrange(inner) }
    let forms = plain.split(separator: "smt-mpi ").dropFirst().map { form in
      form.matches(of: /--[a-z-]+/).map { String($0.output) }
    }
    let names = (forms.first ?? []).filter { name in forms.allSatisfy { $0.contains(name) } }
    let inputs = names.reduce(into: [String]()) { inputs, name in
      if !inputs.contains(name), name != "--output" { inputs.append(name) }
    }
    return inputs + names.filter { $0 == "--output" }.prefix(1)
  }

  /// A section of the help: its title, and the lines of each option.
  private struct Section {
    let title: String
    var elements: [String] = []

    init(_ text: String) {
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
      title = lines.first.map(String.init) ?? ""
      for line in lines.dropFirst() where !line.isEmpty {
        if line.prefix(3).count(where: { $0 == " " }) < 3 || elements.isEmpty {
          elements.append(String(line))
        } else {
          elements[elements.count - 1] += "\n" + line
        }
      }
    }

    var text: String { ([title] + elements).joined(separator: "\n") }

    /// Removes the option of a name, and gives it.
    mutating func take(_ name: String) -> [String] {
      let isNamed = { (element: String) in
        element.split(whereSeparator: { " ,/\n".contains($0) }).first.map { $0 == name } ?? false
      }
      defer { elements.removeAll(where: isNamed) }
      return elements.filter(isNamed)
    }
  }
}
