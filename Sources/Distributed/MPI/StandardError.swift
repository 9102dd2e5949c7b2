import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Standard error: lines, and on a terminal one more below them that is rewritten in place.
///
/// What cannot be written, on a full disk or into a closed pipe, is dropped.
public enum StandardError {
  static let isTerminal = isatty(2) == 1
  /// Whether a line that is to be rewritten stands on the terminal.
  private static let hasStatus = Mutex(false)
  private static let clearing = "\r\u{1B}[K"

  /// Writes a line.
  public static func write(line: String) {
    hasStatus.withLock { hasStatus in
      write((hasStatus ? clearing : "") + line + "\n")
      hasStatus = false
    }
  }

  /// Rewrites the line that stands below all others, on a terminal.
  static func rewrite(status: String) {
    hasStatus.withLock { hasStatus in
      write(clearing + status)
      hasStatus = true
    }
  }

  /// Removes the line that is rewritten.
  static func clearStatus() {
    hasStatus.withLock { hasStatus in
      if hasStatus { write(clearing) }
      hasStatus = false
    }
  }

  private static func write(_ text: String) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { writeBytes(2, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return }
      bytes = bytes.dropFirst(count)
    }
  }
}

/// `write(2)`, which the type's own functions hide.
private func writeBytes(_ file: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int { write(file, bytes, count) }
