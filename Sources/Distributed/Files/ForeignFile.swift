#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A file that somebody else wrote, looked at before a library is let at it.
package struct ForeignFile {
  /// The path it is opened by.
  package let path: String
  /// Its length.
  package let byteCount: Int

  /// A file that was looked at before, whose length is not asked for.
  ///
  /// For what ranks open together: none may stay away.
  package init(known path: String) {
    self.path = path
    byteCount = 0
  }

  /// Bytes of a file in which an HDF5 superblock of any version ends, if it begins the file.
  private static let superblockEnd = 64

  /// Checks that the path leads to a regular file, which does not block, that its first bytes are those of netCDF or HDF5,
  /// and that an HDF5 file is as long as its superblock says.
  ///
  /// - Throws: exit code 66 where the file is not there or not readable, 65 where it is no such file.
  package init(_ path: String) throws {
    self.path = path
    var information = stat()
    guard stat(path, &information) == 0 else {
      let reason = errno
      throw JobError(
        .noInput,
        reason == ENOENT ? "\(path): no such file" : "\(path): cannot be found: \(String(cString: strerror(reason)))")
    }
    if let kind = Self.kind(information.st_mode) {
      throw JobError(.inputData, "\(path): is \(kind), not a file; expected a netCDF file")
    }
    byteCount = Int(information.st_size)
    // What became a FIFO meanwhile does not block either.
    let file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard file >= 0 else {
      let reason = errno == EACCES ? "permission denied" : String(cString: strerror(errno))
      throw JobError(.noInput, "\(path): the file cannot be read (\(reason))")
    }
    defer { close(file) }
    guard byteCount > 0 else { throw JobError(.inputData, "\(path): the file is empty") }
    let start = try bytes(of: file, at: 0, count: Self.superblockEnd)
    let isClassic = start.starts(with: [0x43, 0x44, 0x46]) && start.count > 3 && [1, 2, 5].contains(start[3])
    guard !isClassic else { return }
    try checkSuperblock(try superblock(of: file, start))
  }

  /// What a path leads to, if that is no regular file.
  private static func kind(_ mode: mode_t) -> String? {
    switch mode & S_IFMT {
    case S_IFREG: nil
    case S_IFDIR: "a folder"
    case S_IFIFO: "a FIFO (named pipe)"
    case S_IFSOCK: "a socket"
    case S_IFCHR, S_IFBLK: "a device"
    default: "something else"
    }
  }

  private func bytes(of file: Int32, at offset: Int, count: Int) throws -> [UInt8] {
    var failure: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      let found = pread(file, buffer.baseAddress, count, off_t(offset))
      if found < 0 { failure = errno }
      filled = max(0, found)
    }
    guard failure == 0 else {
      throw JobError(.noInput, "\(path): the file cannot be read (\(String(cString: strerror(failure))))")
    }
    return bytes
  }

  /// The HDF5 superblock: at the file's begin, or behind a block of the user's of 512 bytes or a power of two times that.
  private func superblock(of file: Int32, _ start: [UInt8]) throws -> (place: Int, bytes: [UInt8]) {
    let signature: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a]
    var (place, bytes) = (0, start)
    while !bytes.starts(with: signature) {
      place = max(512, 2 * place)
      guard place < byteCount else {
        throw JobError(
          .inputData, "\(path): not a netCDF file: its first bytes are neither those of classic netCDF nor of HDF5")
      }
      bytes = try self.bytes(of: file, at: place, count: Self.superblockEnd)
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
