#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Removes a file (`unlink`); false where it cannot.
func removeFile(_ path: String) -> Bool { unlink(path) == 0 }

/// Renames a file, replacing what has the new name (`rename`); false where it cannot.
func renameFile(_ old: String, _ new: String) -> Bool { rename(old, new) == 0 }

/// Paths that match a pattern of `*`, `?` and `[…]` (`glob`), sorted; a path without them matches itself if it exists.
public func paths(matching pattern: String) -> [String] {
  var result = glob_t()
  defer { globfree(&result) }
  guard glob(pattern, 0, nil, &result) == 0 else { return [] }
  return (0..<Int(result.gl_pathc)).compactMap { result.gl_pathv[$0].map { String(cString: $0) } }
}

/// The identity, size and time of change of a file (`stat`); its path where there is none.
func fileState(_ path: String) -> String {
  var information = stat()
  guard stat(path, &information) == 0 else { return path }
  #if os(Linux)
    let changed = information.st_mtim
  #else
    let changed = information.st_mtimespec
  #endif
  return "\(information.st_dev) \(information.st_ino) \(information.st_size) \(changed.tv_sec).\(changed.tv_nsec)"
}

/// A 64-bit fingerprint of a text (FNV-1a), the same in every run and on every machine.
public func fingerprint(_ text: String) -> UInt64 {
  text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
}
