import Foundation

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A file, or a store of many files, that somebody else wrote, looked at before a library is let at it.
package struct ForeignFile {
  /// The path it is opened by.
  package let path: String
  /// Its length.
  package let byteCount: Int
  /// What its first bytes say that it is.
  package let signature: FileSignature
  /// Its first bytes.
  private let start: [UInt8]

  /// A file that was looked at before, whose length is not asked for.
  ///
  /// For what ranks open together: none may stay away.
  package init(known path: String) {
    self.path = path
    byteCount = 0
    signature = .other
    start = []
  }

  /// Bytes of a file in which an HDF5 superblock of any version ends, if it begins the file.
  private static let superblockEnd = 64
  /// Bytes by which files are told.
  private static let startBytes = 512

  /// Checks that the path leads to a regular file, which does not block, and reads its first bytes; or to a Zarr store.
  ///
  /// - Parameters:
  ///   - expected: What the message of a path that leads to no file says that a file should be.
  /// - Throws: exit code 66 where the file is not there or not readable, 65 where it is no file or empty.
  package init(anyFormat path: String, expected: String = netCDF) throws {
    self.path = path
    var information = stat()
    guard stat(path, &information) == 0 else {
      let reason = errno
      throw JobError(
        .noInput,
        reason == ENOENT ? "\(path): no such file" : "\(path): cannot be found: \(String(cString: strerror(reason)))")
    }
    if information.st_mode & S_IFMT == S_IFDIR {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
      guard expected == Self.netCDF, let store = Self.store(names) else {
        throw JobError(
          .inputData,
          "\(path): is a folder, not a file; expected \(expected)"
            + (expected == Self.netCDF ? "; \(Conversion.ofFolder(path, containing: names))" : ""))
      }
      (byteCount, start, signature) = (0, [], store)
      return
    }
    if let kind = Self.kind(information.st_mode) {
      throw JobError(.inputData, "\(path): is \(kind), not a file; expected \(expected)")
    }
    byteCount = Int(information.st_size)
    guard byteCount > 0 else { throw JobError(.inputData, "\(path): the file is empty") }
    start = try Self.bytes(of: path, at: 0, count: Self.startBytes)
    signature = FileSignature(start)
  }

  /// Checks that the path leads to a regular file, which does not block, that its first bytes are those of netCDF or HDF5,
  /// and that an HDF5 file is as long as its superblock says; or to a Zarr store of version 2.
  ///
  /// - Throws: exit code 66 where the file is not there or not readable, 65 where it is no such file, with the command that
  ///   brings it over where there is one.
  package init(_ path: String) throws {
    try self.init(anyFormat: path)
    switch signature {
    case .classicNetCDF, .zarr: break
    case .hdf5, .other: try checkSuperblock(try superblock())
    case .text, .webPage:
      // Text may be a block of the user's before HDF5.
      guard let found = try? superblock() else { throw refusal(signature) }
      try checkSuperblock(found)
    default: throw refusal(signature)
    }
  }

  /// The error of a file that is none of netCDF, as its first bytes say.
  private func refusal(_ signature: FileSignature) -> JobError {
    let sentence = Conversion.sentence(signature, path).map { ". \($0)" } ?? ""
    return JobError(.inputData, "\(path): not a netCDF file: it is \(signature.noun ?? "something else")\(sentence)")
  }

  /// What input is expected to be where nothing else is said.
  private static let netCDF = "a netCDF file"

  /// What a folder that holds these is, if it is a Zarr store.
  private static func store(_ names: [String]) -> FileSignature? {
    if names.contains(".zgroup") || names.contains(".zmetadata") { return .zarr }
    return names.contains(".zarray") ? .zarrArray : names.contains("zarr.json") ? .zarr3 : nil
  }

  /// What a path leads to, if that is no regular file.
  private static func kind(_ mode: mode_t) -> String? {
    switch mode & S_IFMT {
    case S_IFREG: nil
    case S_IFIFO: "a FIFO (named pipe)"
    case S_IFSOCK: "a socket"
    case S_IFCHR, S_IFBLK: "a device"
    default: "something else"
    }
  }

  /// So many bytes of a file, or as many as there are.
  ///
  /// - Throws: exit code 66 where the file cannot be read.
  static func bytes(of path: String, at offset: Int, count: Int) throws -> [UInt8] {
    // What became a FIFO meanwhile does not block either.
    let file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    var failure: Int32 = file < 0 ? errno : 0
    defer { if file >= 0 { close(file) } }
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while failure == 0, filled < count {
        let found = pread(file, buffer.baseAddress.map { $0 + filled }, count - filled, off_t(offset + filled))
        if found < 0 { failure = errno }
        if found <= 0 { return }
        filled += found
      }
    }
    guard failure == 0 else {
      let reason = failure == EACCES ? "permission denied" : String(cString: strerror(failure))
      throw JobError(.noInput, "\(path): the file cannot be read (\(reason))")
    }
    return bytes
  }

  /// The HDF5 superblock: at the file's begin, or behind a block of the user's of 512 bytes or a power of two times that.
  private func superblock() throws -> (place: Int, bytes: [UInt8]) {
    var (place, bytes) = (0, start)
    while FileSignature(bytes) != .hdf5 {
      place = max(512, 2 * place)
      guard place < byteCount else {
        throw JobError(
          .inputData, "\(path): not a netCDF file: its first bytes are neither those of classic netCDF nor of HDF5")
      }
      bytes = try Self.bytes(of: path, at: place, count: Self.superblockEnd)
    }
    return (place, bytes)
  }

  /// Checks a superblock after the "HDF5 File Format Specification", III.A; its checksum is left to the library.
  private func checkSuperblock(_ superblock: (place: Int, bytes: [UInt8])) throws {
    let bytes = superblock.bytes
    func damage(_ what: String) -> JobError {
      JobError(.inputData, "\(path): the file is truncated or damaged: \(what)")
    }
    guard bytes.count >= 48 else { throw damage("it ends within its HDF5 superblock") }
    let version = Int(bytes[8])
    guard version <= 3 else { throw damage("its HDF5 superblock has version \(version); expected 0 to 3") }
    // Sizes of offsets and lengths, and where the length of the whole file is.
    let (sizes, end) = version < 2 ? (13, version == 0 ? 40 : 44) : (9, 28)
    guard [2, 4, 8, 16, 32].contains(bytes[sizes]), [2, 4, 8, 16, 32].contains(bytes[sizes + 1]) else {
      throw damage("its HDF5 superblock has offsets of \(bytes[sizes]) bytes; expected 8")
    }
    guard superblock.place == 0, bytes[sizes] == 8, bytes.count >= end + 8 else { return }
    let expected = bytes[end..<end + 8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard expected <= UInt64(byteCount) else {
      throw damage("its HDF5 superblock says \(expected) bytes, found \(byteCount)")
    }
  }
}
