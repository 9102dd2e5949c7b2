import Foundation

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Small files of bytes that are read and written whole.
public enum BinaryFile {
  /// Reads a file.
  ///
  /// - Parameters:
  ///   - what: What the file is, for messages.
  ///   - limit: Bytes that it may have.
  /// - Throws: exit code 66 where it is not there, is a folder or a device, or cannot be read; 65 where it is empty, larger
  ///   than the limit or becomes shorter; 71 where there is no memory for it.
  public static func read(_ path: String, what: String, limit: Int) throws -> [UInt8] {
    var state = stat()
    guard !path.utf8.contains(0), stat(path, &state) == 0 else {
      throw JobError(.noInput, "\(path): \(what) cannot be read: there is no such file")
    }
    guard state.st_mode & S_IFMT == S_IFREG else {
      throw JobError(.noInput, "\(path): \(what) cannot be read: expected a file, found a folder, a pipe or a device")
    }
    let count = Int(state.st_size)
    guard (1...limit).contains(count) else {
      throw JobError(.inputData, "\(path): \(what) has \(count) bytes; expected 1 to \(limit)")
    }
    try MemoryLimit.check(count, for: "\(path): \(count) bytes")
    let bytes = try ForeignFile.bytes(of: path, at: 0, count: count)
    guard bytes.count == count else { throw JobError(.inputData, "\(path): the file became shorter") }
    return bytes
  }

  /// Writes a file at once, under a temporary name that is changed when it is complete; into a device or a pipe, directly.
  ///
  /// - Throws: exit code 73 where it cannot be written.
  public static func write(_ bytes: [UInt8], to path: String) throws { try OutputFile.write(bytes, to: path) }
}
