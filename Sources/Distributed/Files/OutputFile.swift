import CMPIShim
import Foundation

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A file under construction: it has a temporary name of its own beside the final one, which it gets on `commit`; without
/// `commit` nothing is left.
///
/// What has the final name is replaced; a symbolic link stays, and its target is replaced. Nothing that others made is
/// written to: the temporary file is new, whatever there is of that name. Errors are `JobError`s with exit code 73 that
/// speak of the final name.
final class OutputFile {
  /// The final name.
  let path: String
  /// The name while the file is written.
  let temporaryPath: String
  private let target: String
  private let descriptor: Int32
  private var isOpen = true
  private var reserved = 0

  /// Creates the empty file.
  ///
  /// - Parameter followsLinks: whether a symbolic link of the final name stays, and its target is replaced.
  init(_ path: String, followsLinks: Bool = true) throws {
    self.path = path
    guard !isDeviceOrPipe(path) else {
      throw JobError(.cannotWrite, "\(path) is a device or a pipe; expected the name of a file")
    }
    target = followsLinks ? Self.target(of: path) : path
    temporaryPath = target + Self.mark + Self.hexadecimal(.random(in: 0...UInt32.max))
    descriptor = open(temporaryPath, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      isOpen = false
      throw JobError(.cannotWrite, "\(path): cannot be created: \(systemErrorText())")
    }
  }

  deinit { discard() }

  /// Sets disk space aside, so that a library that writes the file never meets a full disk.
  ///
  /// File systems that cannot set space aside are left to find out when it is used.
  /// - Throws: exit code 73 with the bytes that are needed and those that are free.
  func reserve(bytes: Int) throws {
    guard bytes > reserved else { return }
    if shim_reserve_space(descriptor, Int64(bytes)) != 0, Self.isLackOfSpace(errno) {
      throw lackOfSpace(errno, needed: bytes)
    }
    reserved = bytes
  }

  /// Bytes that the file has.
  func size() throws -> Int {
    var information = stat()
    guard fstat(descriptor, &information) == 0 else { throw failure() }
    return Int(information.st_size)
  }

  /// Writes bytes at the end.
  func write(_ bytes: some ContiguousBytes) throws {
    try bytes.withUnsafeBytes { bytes in
      guard writeAll(bytes, to: descriptor) else {
        throw Self.isLackOfSpace(errno) ? lackOfSpace(errno, needed: bytes.count) : failure()
      }
    }
  }

  /// Brings the file to the disk and gives it its final name; a library that wrote it has closed it.
  func commit() throws {
    guard release(), fsync(descriptor) == 0, rename(temporaryPath, target) == 0 else {
      defer { discard() }
      throw Self.isLackOfSpace(errno) ? lackOfSpace(errno, needed: reserved) : failure()
    }
    isOpen = false
    close(descriptor)
    Self.bringNamesToDisk(of: target)
  }

  /// The error where a library could not write something: it tells a full disk in words of its own, if at all.
  func failure(of what: String, reason: String) -> JobError {
    if let free = Self.freeBytes(beside: path), free < 1 << 16 { return Self.fullDisk(path, needed: reserved) }
    return JobError(.cannotWrite, "\(path): \(what) cannot be written: \(reason)")
  }

  /// Frees the disk space that the file has, so that a library can close what it could not write.
  func giveSpaceBack() { _ = ftruncate(descriptor, 0) }

  /// Closes and removes the file.
  func discard() {
    guard isOpen else { return }
    isOpen = false
    unlink(temporaryPath)
    close(descriptor)
  }

  /// Gives back what was set aside and not used.
  private func release() -> Bool {
    guard reserved > 0 else { return true }
    var information = stat()
    return fstat(descriptor, &information) == 0 && ftruncate(descriptor, information.st_size) == 0
  }

  private func failure() -> JobError { JobError(.cannotWrite, "\(path): cannot be written: \(systemErrorText())") }

  private func lackOfSpace(_ code: Int32, needed: Int) -> JobError {
    Self.lackOfSpace(code, path, needed: needed)
  }
}

extension OutputFile {
  /// Between the final name and a number in a temporary name.
  private static let mark = ".part-"

  /// Writes a whole file at once; into a device or a pipe, directly.
  ///
  /// - Throws: exit code 73 where it cannot.
  static func write(_ bytes: some ContiguousBytes, to path: String) throws {
    if isDeviceOrPipe(path) {
      let descriptor = open(path, O_WRONLY | O_CLOEXEC)
      defer { if descriptor >= 0 { close(descriptor) } }
      guard descriptor >= 0, bytes.withUnsafeBytes({ writeAll($0, to: descriptor) }) else {
        throw JobError(.cannotWrite, "\(path): cannot be written: \(systemErrorText())")
      }
      return
    }
    let file = try OutputFile(path)
    try file.write(bytes)
    try file.commit()
  }

  /// Writes a whole text at once; into a device or a pipe, directly.
  ///
  /// - Throws: exit code 73 where it cannot.
  static func write(_ text: String, to path: String) throws { try write(Array(text.utf8), to: path) }

  /// Removes what jobs that ended in the middle left of a file; nobody else may be writing it.
  static func removeRemains(of path: String) {
    let target = URL(fileURLWithPath: target(of: path))
    let folder = target.deletingLastPathComponent().path
    let start = target.lastPathComponent + mark
    for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] where name.hasPrefix(start) {
      let number = name.dropFirst(start.count)
      guard number.count == 8, number.allSatisfy(\.isHexDigit), isRegularFile("\(folder)/\(name)") else { continue }
      unlink("\(folder)/\(name)")
    }
  }

  /// Where a path leads in the end: symbolic links are followed, also one whose target is not there yet.
  static func target(of path: String) -> String {
    var path = path
    // As many as Linux follows.
    for _ in 0..<40 {
      guard let next = try? FileManager.default.destinationOfSymbolicLink(atPath: path) else { break }
      path = next.hasPrefix("/") ? next : URL(fileURLWithPath: path).deletingLastPathComponent().path + "/" + next
    }
    return path
  }

  /// Whether the name itself, links not followed, is that of a regular file.
  static func isRegularFile(_ path: String) -> Bool {
    var information = stat()
    return lstat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFREG
  }

  /// Brings a folder's entries to the disk after a file in it got its name; not every file system has a way to.
  static func bringNamesToDisk(of path: String) {
    let folder = open(URL(fileURLWithPath: path).deletingLastPathComponent().path, O_RDONLY | O_CLOEXEC)
    guard folder >= 0 else { return }
    fsync(folder)
    close(folder)
  }

  /// Whether an error number says that there is no room for what was written.
  static func isLackOfSpace(_ code: Int32) -> Bool { [ENOSPC, EDQUOT, EFBIG].contains(code) }

  /// The error where the disk has no room for so many bytes.
  static func fullDisk(_ path: String, needed: Int) -> JobError { lackOfSpace(ENOSPC, path, needed: needed) }

  /// The error where there is no room for so many bytes.
  static func lackOfSpace(_ code: Int32, _ path: String, needed: Int) -> JobError {
    let reason =
      switch code {
      case EDQUOT: "the disk quota is used up"
      case EFBIG: "files may not grow so large here (ulimit -f)"
      default: "the disk is full"
      }
    let free = freeBytes(beside: path).map { ", \(byteText($0)) free" } ?? ""
    return JobError(.cannotWrite, "\(path): \(reason): \(byteText(needed)) needed\(free)")
  }

  /// Bytes that are free on the file system of a file's folder; nil where that is unknown.
  static func freeBytes(beside path: String) -> Int? {
    var information = statvfs()
    guard statvfs(URL(fileURLWithPath: target(of: path)).deletingLastPathComponent().path, &information) == 0 else {
      return nil
    }
    let (bytes, overflows) = UInt(information.f_bavail).multipliedReportingOverflow(by: UInt(information.f_frsize))
    return overflows ? nil : Int(clamping: bytes)
  }

  static func hexadecimal(_ number: UInt32) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }
}

/// What the last system call that failed says.
func systemErrorText() -> String { String(cString: strerror(errno)) }
