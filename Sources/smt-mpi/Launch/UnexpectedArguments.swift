import ArgumentParser
import Distributed
import Foundation

/// Arguments that no option takes: a pattern without quotes becomes thousands of them.
enum UnexpectedArguments {
  /// The error in one line, with the option before them; nil where the parser's own words will do.
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
    let isOfFiles = found.contains { FileManager.default.fileExists(atPath: path($0)) }
    guard isOfFiles || found.count > 3 else { return nil }
    let shown = found.prefix(2).map { "'\($0)'" }.joined(separator: ", ") + (found.count > 2 ? ", …" : "")
    let option = arguments[..<place].last { $0.hasPrefix("--") }.map { String($0.prefix { $0 != "=" }) }
    let taken = option.map { "\($0) takes one value" } ?? "there are more arguments than are taken"
    let pattern = "\(option.map { "\($0) " } ?? "")'\(folder(of: first))*\(ending(of: first)):VARIABLE'"
    return JobError(
      .usage,
      "\(taken), and \(found.count) \(found.count == 1 ? "argument follows" : "arguments follow") it (\(shown))"
        + (isOfFiles ? ": the shell made them of a pattern; quote it: \(pattern)" : ""))
  }

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
