#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Standard output and standard error, which may be closed, on a full device, or a pipe that nobody reads.
///
/// What cannot be written there is dropped: a job's maps are worth more than its words.
public enum StandardStreams {
  /// Makes writing safe, whatever the streams are; before any file is opened.
  public static func prepare() {
    // A pipe that nobody reads is an error of the write, not the end of the process.
    signal(SIGPIPE, SIG_IGN)
    // The next file that is opened would take the place of a closed stream, and lines would be written into it.
    while true {
      let file = open("/dev/null", O_RDWR)
      guard (0...2).contains(file) else {
        if file > 2 { close(file) }
        return
      }
    }
  }

  /// Columns of the terminal that a stream is; nil where it is none.
  ///
  /// What `COLUMNS` says goes first.
  public static func terminalWidth(of descriptor: Int32) -> Int? {
    if let given = getenv("COLUMNS").flatMap({ Int(String(cString: $0)) }), given > 0 { return given }
    var size = winsize()
    guard isatty(descriptor) == 1, ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }

  /// Writes to standard error as it is; what cannot be written is dropped.
  public static func writeError(_ text: String) {
    var text = text
    _ = text.withUTF8 { writeAll(UnsafeRawBufferPointer($0), to: 2) }
  }
}

/// Writes all bytes (`write`, again where a signal came between); false, with `errno` set, where that fails.
func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Bool {
  var rest = bytes
  while !rest.isEmpty {
    let count = write(descriptor, rest.baseAddress, rest.count)
    if count < 0, errno == EINTR { continue }
    guard count > 0 else { return false }
    rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
  }
  return true
}
