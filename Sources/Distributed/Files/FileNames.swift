#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Paths that match a pattern of `*`, `?` and `[…]` (`glob`), sorted; a path without them matches itself if it exists.
public func paths(matching pattern: String) -> [String] {
  var result = glob_t()
  defer { globfree(&result) }
  guard glob(pattern, 0, nil, &result) == 0 else { return [] }
  return (0..<Int(result.gl_pathc)).compactMap { result.gl_pathv[$0].map { String(cString: $0) } }
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
