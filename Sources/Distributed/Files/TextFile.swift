import Foundation

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Small files of text that the user writes: lists and configurations.
public enum TextFile {
  /// Bytes of a file at the most.
  public static let largestSize = 1 << 20

  /// Reads a file, or what a pipe gives.
  ///
  /// - Parameter what: What the file is, for messages.
  /// - Throws: exit code 66 where it is not there, is a folder or a device, or cannot be read; 64 where it is larger than
  ///   ``largestSize`` or no UTF-8 text without NUL characters.
  public static func read(_ path: String, what: String) throws -> String {
    var state = stat()
    guard !path.utf8.contains(0), stat(path, &state) == 0 else {
      throw JobError(.noInput, "\(path): \(what) cannot be read: there is no such file")
    }
    // A device may never end; a pipe is what a shell puts in place of a command.
    guard [S_IFREG, S_IFIFO].contains(state.st_mode & S_IFMT) else {
      throw JobError(.noInput, "\(path): \(what) cannot be read: expected a file, found a folder or a device")
    }
    guard let handle = FileHandle(forReadingAtPath: path) else {
      throw JobError(.noInput, "\(path): \(what) cannot be read (permission denied)")
    }
    defer { try? handle.close() }
    var data = Data()
    while data.count <= largestSize, let part = try? handle.read(upToCount: largestSize + 1 - data.count), !part.isEmpty
    {
      data += part
    }
    guard data.count <= largestSize else {
      throw JobError(.usage, "\(path): \(what) has more than \(largestSize) bytes")
    }
    guard let text = String(validating: data, as: UTF8.self), !data.contains(0) else {
      throw JobError(.usage, "\(path): \(what) is no text (UTF-8 without NUL characters)")
    }
    return text
  }
}

extension TextFile {
  /// Writes a text at once, such as a picture; into a device or a pipe, directly.
  ///
  /// - Throws: exit code 73 where it cannot be written.
  public static func write(_ text: String, to path: String) throws { try OutputFile.write(text, to: path) }
}
