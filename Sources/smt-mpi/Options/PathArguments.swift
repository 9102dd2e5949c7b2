import Distributed
import Foundation

/// Arguments of the command line, or of a configuration file, as far as they hold paths.
///
/// A shell expands `~` at the begin of a word alone: not within quotes, not behind `--output=`, `NAME=` or `@`, and not in a
/// configuration file. So it is done here, in all arguments alike.
enum PathArguments {
  /// The arguments with home folders in place of `~`.
  ///
  /// - Throws: exit code 64 where a home folder is not known, or where a path is an address of the network.
  static func expand(_ arguments: [String]) throws -> [String] {
    var option = "an argument"
    return try arguments.map { argument in
      let isOption = argument.hasPrefix("--")
      if isOption { option = String(argument.prefix { $0 != "=" }) }
      // The value belongs to the option; what follows the value may be an argument of the command.
      defer { if !isOption || argument.contains("=") { option = "an argument" } }
      if option == "--long-name" { return argument }
      if let address = address(in: argument) { throw refusal(address, option: option) }
      return try withHome(argument, option: option)
    }
  }

  /// What a path may stand behind in an argument: names and options, `@`, lists, and operators of sources.
  private static let marks: Set<Character> = ["=", "@", ",", ";", " ", "("]

  private static func withHome(_ argument: String, option: String) throws -> String {
    guard argument.contains("~") else { return argument }
    var result = ""
    var rest = argument[...]
    while let tilde = rest.firstIndex(of: "~") {
      let before = tilde == argument.startIndex ? nil : argument[argument.index(before: tilde)]
      let name = rest[rest.index(after: tilde)...].prefix { !"/ ,;:=()".contains($0) }
      result += rest[..<tilde]
      rest = rest[name.endIndex...]
      let isPath = before.map(marks.contains) ?? true
      guard isPath, rest.isEmpty || rest.first == "/", !isThere(argument[tilde...]) else {
        result += "~" + name
        continue
      }
      guard let home = home(of: String(name)) else {
        throw JobError(
          .usage,
          "\(option): the home folder of '~\(name)' is not known; give the whole path, or ./~\(name) for a folder of that "
            + "name")
      }
      result += home
    }
    return result + rest
  }

  /// Whether the first part of a path is there under the name that it has.
  private static func isThere(_ path: Substring) -> Bool {
    let first = String(path.prefix { $0 != "/" && $0 != " " })
    return first != "~" && FileManager.default.fileExists(atPath: first)
  }

  /// The home folder of a user, or of the one who runs the program.
  private static func home(of user: String) -> String? {
    let path =
      user.isEmpty
      ? ProcessInfo.processInfo.environment["HOME"] ?? NSHomeDirectory() : NSHomeDirectoryForUser(user) ?? ""
    return path.hasPrefix("/") ? (path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path) : nil
  }

  // MARK: Addresses

  /// The address that an argument holds, without a variable behind it.
  private static func address(in argument: String) -> String? {
    let schemes =
      /(?:^|[=@,; (])((?:https?|ftps?|sftp|s3a?|gs|gcs|abfss?|az|wasbs?|dap[24]?|dods|hdfs|file):\/\/[^\s,]*)/
    guard let match = argument.lowercased().firstMatch(of: schemes) else { return nil }
    // In lower case a text may have another length, but not one of such an address.
    let start = argument.lowercased().distance(from: argument.lowercased().startIndex, to: match.1.startIndex)
    let address = argument.dropFirst(start).prefix(match.1.count)
    guard let colon = address.lastIndex(of: ":"), !address[colon...].contains("/") else { return String(address) }
    return String(address[..<colon])
  }

  private static func refusal(_ address: String, option: String) -> JobError {
    let scheme = address.prefix { $0 != ":" }.lowercased()
    let path = address.drop { $0 != ":" }.dropFirst(3)
    let isFolder = path.contains(".zarr")
    let name = path.split(separator: "/").last.map(String.init) ?? "store.zarr"
    let isService = ["/dodsc/", "opendap", "/dods/"].contains(where: address.lowercased().contains)
    let way =
      switch scheme {
      case "file": "Give the path alone: \(path.drop { $0 != "/" })"
      case "s3", "s3a":
        isFolder
          ? "Bring it over: aws s3 cp --recursive 's3://\(path)' '\(name)'"
          : "Bring it over: aws s3 cp 's3://\(path)' ."
      case "gs", "gcs": "Bring it over: gcloud storage cp \(isFolder ? "--recursive " : "")'gs://\(path)' ."
      case "dap", "dap2", "dap4", "dods": "Bring it over: nccopy 'https://\(path)' FILE.nc"
      case "http" where isService, "https" where isService: "Bring it over: nccopy '\(address)' FILE.nc"
      case "http", "https", "ftp", "ftps", "sftp":
        isFolder ? "Bring it over: wget --recursive --no-parent '\(address)'" : "Bring it over: curl -fLO '\(address)'"
      default: "Bring it over first"
      }
    return JobError(.usage, "\(option): '\(address)' is an address; files are read from paths. \(way)")
  }
}
