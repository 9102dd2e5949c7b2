import ArgumentParser
import Distributed
import Foundation

/// Arguments that no option takes: a pattern without quotes becomes thousands of them.
enum UnexpectedArguments {
  /// The error in one line, with the option that has taken the first file of a pattern; nil where the parser's own words
  /// will do.
  ///
  /// - Parameters:
  ///   - message: what the parser says.
  ///   - arguments: the command line.
  static func error(_ message: String, _ arguments: [String]) -> JobError? {
    guard message.contains(/^(?:[0-9]+ unexpected arguments|Unexpected argument)/.ignoresCase()),
      let quoted = message.firstMatch(of: /'([^']*)'/)
    else { return nil }
    let first = String(quoted.1)
    guard let place = arguments.firstIndex(of: first) else { return nil }
    // Those that follow the first one up to the next option.
    let found = arguments[place...].prefix { !$0.hasPrefix("-") }
    let files = found.count(where: isFile)
    guard files > 0 || found.count > 3 else { return nil }
    let shown = found.prefix(2).map { "'\($0)'" }.joined(separator: ", ") + (found.count > 2 ? ", …" : "")
    if found.contains(where: ["+", "*", "/"].contains) {
      return JobError(.usage, "an expression with blanks is one argument; quote it: 'A.nc:VARIABLE - B.nc:VARIABLE'")
    }
    let option = option(before: place, arguments)
    let isOne = found.count == 1
    let words =
      option.map { "\($0) takes one value, and \(found.count) \(isOne ? "argument follows" : "arguments follow") it" }
      ?? "\(found.count) more \(isOne ? "argument than is" : "arguments than are") taken"
    // A few files may be strays; a flag before them takes none.
    guard option != nil || files > 3 else { return JobError(.usage, "\(words) (\(shown))") }
    let pattern = "\(option.map { "\($0) " } ?? "")'\(folder(of: first))*\(ending(of: first)):VARIABLE'"
    return JobError(.usage, "\(words) (\(shown)): the shell made them of a pattern; quote it: \(pattern)")
  }

  /// The option that has taken a file just before a place; nil where there is none.
  private static func option(before place: Int, _ arguments: [String]) -> String? {
    guard place > 0 else { return nil }
    let parts = arguments[place - 1].split(separator: "=", maxSplits: 1).map(String.init)
    if parts.count == 2, parts[0].hasPrefix("--") { return isFile(parts[1]) ? parts[0] : nil }
    guard place > 1, arguments[place - 2].hasPrefix("--"), !arguments[place - 2].contains("=") else { return nil }
    return isFile(arguments[place - 1]) ? arguments[place - 2] : nil
  }

  private static func isFile(_ argument: String) -> Bool { FileManager.default.fileExists(atPath: path(argument)) }

  private static func path(_ argument: String) -> String {
    argument.lastIndexOutsideBrackets(of: ":").map { String(argument[..<$0]) } ?? argument
  }

  private static func folder(of argument: String) -> String {
    let path = path(argument)
    return path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
  }

  private static func ending(of argument: String) -> String {
    let path = path(argument)
    return path.lastIndex(of: ".").map { String(path[$0...]) }.flatMap { $0.contains("/") ? nil : $0 } ?? ""
  }
}
