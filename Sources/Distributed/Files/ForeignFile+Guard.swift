import CMPIShim

/// What libraries do with the bytes of a file while this process is guarded against them.
///
/// A crash of a library, or a call that does not come to an end, ends the process with exit code 65 and the file's name. All
/// of it is for one thread at a time.
extension ForeignFile {
  /// CPU time that damage can cost, in seconds; more is allowed for each byte of the file, or of what is wanted of it.
  private static let seconds = 10.0
  /// Bytes in a second: a tenth of what the slowest inflation does.
  private static let bytesPerSecond = Double(8 << 20)

  private func seconds(for byteCount: Int) -> Double {
    Self.seconds + (Double(self.byteCount) + Double(byteCount)) / Self.bytesPerSecond
  }

  /// Runs work on the file that must come to an end: all calls for its header together.
  package func watch<Value>(_ body: () throws -> Value) rethrows -> Value {
    let isBegun = shim_guard_watch(path, seconds(for: 0)) != 0
    defer { if isBegun { shim_guard_unwatch() } }
    return try body()
  }

  /// Runs calls of a library, and nothing else: a crash in there is the file's.
  ///
  /// - Parameters:
  ///   - byteCount: bytes of data that the call brings.
  ///   - isCollective: whether the call waits for other ranks, which takes CPU time, too; minutes are allowed then.
  @inline(__always)
  package func call<Value>(
    bytes byteCount: Int = 0, isCollective: Bool = false, _ body: () throws -> Value
  ) rethrows -> Value {
    shim_guard_enter(path, isCollective ? 600 : seconds(for: byteCount))
    defer { shim_guard_leave() }
    return try body()
  }

  /// Remembers that a library failed on the file, and gives the error that says so.
  package func failed(_ error: JobError) -> JobError {
    shim_guard_suspect(path)
    return error
  }
}
