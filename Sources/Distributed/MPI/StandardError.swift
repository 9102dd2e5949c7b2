import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Standard error: lines, and on a terminal one more below them that is rewritten in place.
public enum StandardError {
  static let isTerminal = isatty(2) == 1
  /// Whether a line that is to be rewritten stands on the terminal.
  private static let hasStatus = Mutex(false)
  private static let clearing = "\r\u{1B}[K"

  /// Writes a line; what cannot be written is dropped.
  public static func write(line: String) {
    let line = line + "\n"
    guard isTerminal else { return StandardStreams.writeError(line) }
    hasStatus.withLock { hasStatus in
      StandardStreams.writeError((hasStatus ? clearing : "") + line)
      hasStatus = false
    }
  }

  /// Rewrites the line that stands below all others, on a terminal; what does not fit into one line of it is left out, since
  /// a second one would stay.
  static func rewrite(status: String) {
    let width = max(1, (StandardStreams.terminalWidth(of: 2) ?? 80) - 1)
    let line = status.count > width ? String(status.prefix(width - 1)) + "…" : status
    hasStatus.withLock { hasStatus in
      StandardStreams.writeError(clearing + line)
      hasStatus = true
    }
  }

  /// Removes the line that is rewritten.
  static func clearStatus() {
    hasStatus.withLock { hasStatus in
      if hasStatus { StandardStreams.writeError(clearing) }
      hasStatus = false
    }
  }
}
