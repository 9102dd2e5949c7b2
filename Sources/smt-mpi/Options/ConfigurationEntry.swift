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
    /// An option that may be given several times.
    case list([String])
  }

  /// The entry of an option whose value the parser left.
  fileprivate init(_ key: String, _ value: Any) {
    self.key = key
    self.value =
      switch value {
      case let flag as Bool: .flag(flag)
      case let number as Double: .number(number.shortText)
      case let number as any BinaryInteger: .number("\(number)")
      case let text as String: .text(text)
      case let list as [String]: list.isEmpty ? .list([]) : .list(list)
      case let name as any RawRepresentable<String>: .text(name.rawValue)
      default: .none
      }
  }

  /// The entry as a line of YAML; a comment where there is no value.
  var yaml: String {
    func quoted(_ text: String) -> String { "'" + text.replacing("'", with: "''") + "'" }
    switch value {
    case .none: return "# \(key):"
    case .flag(let flag): return "\(key): \(flag)"
    case .number(let number): return "\(key): \(number)"
    case .text(let text): return "\(key): \(quoted(text))"
    case .list(let list):
      return list.isEmpty ? "# \(key):" : "\(key): [" + list.map(quoted).joined(separator: ", ") + "]"
    }
  }
}

extension Double {
  /// Without a trailing `.0`.
  var shortText: String { self == rounded() && abs(self) < 1e15 ? String(Int(self)) : String(self) }
}

/// An option, a flag or a group of them as the parser left it.
private protocol ParsedValue {
  var parsed: Any { get }
}

extension Option: ParsedValue { fileprivate var parsed: Any { wrappedValue } }
extension Flag: ParsedValue { fileprivate var parsed: Any { wrappedValue } }
extension OptionGroup: ParsedValue { fileprivate var parsed: Any { wrappedValue } }

extension ParsableArguments {
  /// All options that a configuration file may hold, with their values, in the order in which they are declared.
  var entries: [ConfigurationEntry] {
    Mirror(reflecting: self).children.flatMap { child -> [ConfigurationEntry] in
      guard let label = child.label, let value = (child.value as? any ParsedValue)?.parsed else { return [] }
      if let group = value as? any ParsableArguments { return group.entries }
      // The parser names options likewise: `minimumYears` is `--minimum-years`.
      let key = label.dropFirst().reduce(into: "") { $0 += $1.isUppercase ? "-" + $1.lowercased() : String($1) }
      return ["config", "print-config"].contains(key) ? [] : [ConfigurationEntry(key, value)]
    }
  }

  /// The name of the first option that is not as it is by default.
  var firstGiven: String? {
    let plain = (try? Self.parse([]))?.entries.map(\.yaml) ?? []
    return zip(entries, plain).first { $0.yaml != $1 }?.0.key
  }

  /// Checks that the numbers among the options are numbers: `nan` and `inf` read as such, and mean nothing anywhere.
  ///
  /// - Throws: exit code 64 naming the option.
  func checkNumbers() throws {
    for entry in entries {
      guard case .number(let text) = entry.value, let number = Double(text), !number.isFinite else { continue }
      throw JobError(.usage, "--\(entry.key) \(text): expected a finite number")
    }
  }
}
