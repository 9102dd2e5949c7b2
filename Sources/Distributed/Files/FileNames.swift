#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Paths that match a pattern of `*`, `?` and `[…]` (`glob`), sorted; a path without them matches itself if it exists.
///
/// A folder or file whose very name has brackets in it is meant by that name.
public func paths(matching pattern: String) -> [String] {
  var result = glob_t()
  defer { globfree(&result) }
  guard glob(withoutBrackets(pattern), 0, nil, &result) == 0 else { return [] }
  return (0..<Int(result.gl_pathc)).compactMap { result.gl_pathv[$0].map { String(cString: $0) } }
}

/// The pattern with the brackets of those of its parts that are there by name made plain characters.
private func withoutBrackets(_ pattern: String) -> String {
  guard pattern.contains("[") else { return pattern }
  var (folder, isKnown) = ("", true)
  let parts = pattern.split(separator: "/", omittingEmptySubsequences: false).map { part in
    let path = folder + part
    folder = path + "/"
    isKnown = isKnown && isThere(path.isEmpty ? "/" : path)
    guard isKnown else { return String(part) }
    return part.map { "*?[]\\".contains($0) ? "\\\($0)" : String($0) }.joined()
  }
  return parts.joined(separator: "/")
}

/// Whether there is something at a path.
func isThere(_ path: String) -> Bool {
  var information = stat()
  return stat(path, &information) == 0
}

/// Whether two paths lead to the same file; false where one leads nowhere.
public func isSameFile(_ first: String, _ second: String) -> Bool {
  var (one, other) = (stat(), stat())
  guard stat(first, &one) == 0, stat(second, &other) == 0 else { return false }
  return (one.st_dev, one.st_ino) == (other.st_dev, other.st_ino)
}

/// Whether there is something at a path that is neither a file nor a folder; symbolic links are followed.
public func isDeviceOrPipe(_ path: String) -> Bool {
  var information = stat()
  guard stat(path, &information) == 0 else { return false }
  return ![S_IFREG, S_IFDIR].contains(information.st_mode & S_IFMT)
}
