import ArgumentParser
import Distributed

/// One option with its value, for `--print-config` and `--config`.
struct ConfigurationEntry {
  /// The option's name without dashes.
  let key: String
  let value: Value

  enum Value {
    /// Not given and without a default.
    case none
    case flag(Bool)
    case number(String)
    case text(String)
    case list([String])
  }

  init(_ key: String, _ text: String?) { (self.key, value) = (key, text.map(Value.text) ?? .none) }
  init(_ key: String, _ flag: Bool) { (self.key, value) = (key, .flag(flag)) }
  init(_ key: String, _ number: some BinaryInteger) { (self.key, value) = (key, .number(String(number))) }
  init(_ key: String, _ number: Double) { (self.key, value) = (key, .number(number.shortText)) }
  init(_ key: String, _ number: Double?) { (self.key, value) = (key, number.map { .number($0.shortText) } ?? .none) }
  init(_ key: String, _ list: [String]) { (self.key, value) = (key, list.isEmpty ? .none : .list(list)) }

  /// The entry as a line of YAML; a comment where there is no value.
  var yaml: String {
    func quoted(_ text: String) -> String { "'" + text.replacing("'", with: "''") + "'" }
    switch value {
    case .none: return "# \(key):"
    case .flag(let flag): return "\(key): \(flag)"
    case .number(let number): return "\(key): \(number)"
    case .text(let text): return "\(key): \(quoted(text))"
    case .list(let list): return "\(key): [" + list.map(quoted).joined(separator: ", ") + "]"
    }
  }
}

extension Double {
  /// Without a trailing `.0`.
  var shortText: String { self == rounded() && abs(self) < 1e15 ? String(Int(self)) : String(self) }
}

/// A subcommand whose options may come from a YAML file.
protocol ConfigurableCommand: ParsableCommand {
  /// The subcommand's name.
  static var commandName: String { get }
  /// All options that a file may hold, with their values.
  var entries: [ConfigurationEntry] { get }
}

extension ConfigurableCommand {
  /// The entries of a command without arguments: the defaults.
  static func defaultEntries() -> [ConfigurationEntry] { (try? Self.parse([]))?.entries ?? [] }

  /// Checks that the numbers among the options are numbers: `nan` and `inf` read as such, and mean nothing anywhere.
  ///
  /// - Throws: exit code 64 naming the option.
  func checkNumbers() throws {
    for entry in entries {
      guard case .number(let text) = entry.value, let number = Double(text), !number.isFinite else { continue }
      throw JobError(.usage, "--\(entry.key) \(text): expected a finite number")
    }
  }

  /// All options as YAML.
  var configurationText: String {
    "# Options of smt-mpi \(Self.commandName) \(ProgramVersion.number), for --config\n"
      + entries.map { $0.yaml + "\n" }.joined()
  }
}
