import Distributed
import Foundation
import Yams

/// Options from a YAML file, turned into arguments that come before those of the command line.
enum ConfigurationFile {
  /// The command line with the options of its `--config` file put in; those that the command line gives itself win.
  ///
  /// - Throws: exit code 66 where the file is not there, 64 where it is no mapping or has a key that is no option.
  static func expand(_ arguments: [String], of command: any RankCommand.Type) throws -> [String] {
    guard let path = option("--config", in: arguments) else { return arguments }
    let text = try TextFile.read(path, what: "the file of --config")
    let inserted = try options(text, path, of: command, given: arguments)
    return command.commandWords + inserted + arguments.dropFirst(command.commandWords.count)
  }

  /// The arguments that a configuration stands for, without those that the command line gives itself.
  static func options(
    _ text: String, _ path: String, of command: any RankCommand.Type, given arguments: [String]
  ) throws -> [String] {
    if let (line, mark) = anchor(in: text) {
      throw JobError(
        .usage,
        "--config: \(path), line \(line): '\(mark)' begins an anchor or an alias of YAML, which are not taken; quote the "
          + "value")
    }
    let node: Node?
    do {
      node = try Yams.compose(yaml: text)
    } catch {
      throw JobError(.usage, "--config: \(path) is no YAML: \(error)")
    }
    guard let node else { return [] }
    guard let mapping = node.mapping else {
      throw JobError(.usage, "--config: \(path): expected 'option: value' on each line")
    }
    let known = command.defaultEntries()
    var inserted: [String] = []
    for (keyNode, value) in mapping {
      guard let key = keyNode.string else {
        throw JobError(.usage, "--config: \(path): a key is no plain text; expected 'option: value' on each line")
      }
      guard let entry = known.first(where: { $0.key == key }) else {
        throw JobError(.usage, "--config: \(path): unknown key '\(key)'\(suggestion(key, known))")
      }
      guard !isGiven("--" + key, in: arguments) else { continue }
      inserted += try tokens(entry, value, path)
    }
    // Paths and numbers go through C, where a text ends with its first NUL.
    guard !inserted.contains(where: { $0.utf8.contains(0) }) else {
      throw JobError(.usage, "--config: \(path): a value has a NUL character in it")
    }
    return inserted
  }

  /// The first mark that begins an anchor or an alias, and its line.
  ///
  /// Options need neither, and aliases of aliases make a value of more parts than there is time for.
  private static func anchor(in text: String) -> (line: Int, mark: Character)? {
    for (number, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
      var quote: Character?
      var previous: Character = " "
      for character in line {
        let begins = previous.isWhitespace || "[{,".contains(previous)
        previous = character
        if let open = quote {
          if character == open { quote = nil }
        } else if begins {
          if character == "#" { break }
          if "'\"".contains(character) { quote = character }
          if "&*".contains(character) { return (number + 1, character) }
        }
      }
    }
    return nil
  }

  private static func tokens(_ entry: ConfigurationEntry, _ value: Node, _ path: String) throws -> [String] {
    if case .flag = entry.value {
      guard let flag = value.bool else {
        throw JobError(
          .usage, "--config: \(path): '\(entry.key)' is true or false, found '\(value.string ?? "a list")'")
      }
      return flag ? ["--" + entry.key] : []
    }
    if let sequence = value.sequence {
      let items = try sequence.map { item in
        guard let text = item.string else {
          throw JobError(.usage, "--config: \(path): '\(entry.key)' has a list in it that is no list of plain values")
        }
        return text
      }
      // A list is either a repeated option or one with commas.
      if case .list = entry.value { return items.flatMap { ["--" + entry.key, $0] } }
      return ["--" + entry.key, items.joined(separator: ",")]
    }
    if value.null != nil { return [] }
    guard let text = value.string else {
      throw JobError(.usage, "--config: \(path): '\(entry.key)' has no plain value")
    }
    return ["--" + entry.key + "=" + text]
  }

  /// The value that a command line gives an option.
  static func option(_ name: String, in arguments: [String]) -> String? {
    for (index, argument) in arguments.enumerated() {
      if argument == name, index + 1 < arguments.count { return arguments[index + 1] }
      if argument.hasPrefix(name + "=") { return String(argument.dropFirst(name.count + 1)) }
    }
    return nil
  }

  /// Whether a command line gives an option.
  static func isGiven(_ name: String, in arguments: [String]) -> Bool {
    arguments.contains { $0 == name || $0.hasPrefix(name + "=") }
  }

  private static func suggestion(_ key: String, _ known: [ConfigurationEntry]) -> String {
    let normal = key.lowercased().replacing("_", with: "-")
    let match = known.first { $0.key == normal || $0.key.hasPrefix(normal) || normal.hasPrefix($0.key) }
    return match.map { "; did you mean '\($0.key)'?" } ?? "; --print-config prints all keys"
  }
}
