import CMPIShim
import Foundation

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Checksums that damage, or another content, changes: XXH3 of xxHash, 64 bits.
public enum Checksum {
  /// The checksum of bytes; another seed gives another function.
  static func of(_ bytes: UnsafeRawBufferPointer, seed: UInt64 = 0) -> UInt64 {
    shim_checksum(bytes.baseAddress, bytes.count, seed)
  }

  /// The checksum of the bytes of numbers.
  public static func of(_ numbers: [some BitwiseCopyable]) -> UInt64 { numbers.withUnsafeBytes { of($0) } }

  /// The checksum of a text in UTF-8.
  public static func of(_ text: String) -> UInt64 { of(Array(text.utf8)) }

  /// The checksum of a file's size and of a sample of its bytes: blocks at its beginning, its end, and evenly in between.
  ///
  /// It depends on what the file holds, not on where the file is, who made it or when: input that was copied to another
  /// place is the same input. The sample keeps files to a few reads each.
  /// Of a folder, such as a Zarr store, it covers the names of all files, the metadata and a sample of the chunks.
  /// - Throws: exit code 66 where the file cannot be read.
  public static func ofFile(_ path: String) throws -> UInt64 {
    if isFolder(path) { return try ofFolder(path) }
    let file = open(path, O_RDONLY | O_CLOEXEC)
    var information = stat()
    guard file >= 0, fstat(file, &information) == 0 else {
      defer { if file >= 0 { close(file) } }
      throw JobError(.noInput, "\(path): cannot be read: \(systemErrorText())")
    }
    defer { close(file) }
    let size = Int(information.st_size)
    var sums = [UInt64(size)]
    var block = [UInt8](repeating: 0, count: sampleBlock)
    for number in 0..<sampleCount {
      let start = max(0, size - sampleBlock) / (sampleCount - 1) * number
      let last = number == sampleCount - 1 ? max(0, size - sampleBlock) : start
      let count = pread(file, &block, sampleBlock, off_t(last))
      guard count >= 0 else { throw JobError(.noInput, "\(path): cannot be read: \(systemErrorText())") }
      sums.append(block.withUnsafeBytes { of(UnsafeRawBufferPointer(rebasing: $0[..<count])) })
    }
    return of(sums)
  }

  private static func isFolder(_ path: String) -> Bool {
    var information = stat()
    return stat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFDIR
  }

  /// The checksum of the names in a folder and the folders in it, of their metadata, and of a sample of the other files evenly
  /// in between.
  ///
  /// Metadata are `.zarray` and the like; other hidden files belong to file browsers and file systems.
  private static func ofFolder(_ path: String) throws -> UInt64 {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
        .filter { !$0.hasPrefix(".") || $0.hasPrefix(".z") }
    } catch {
      throw JobError(.noInput, "\(path): the folder cannot be read")
    }
    var sums = [of(names.joined(separator: "\n"))]
    var files: [String] = []
    for name in names {
      let inner = "\(path)/\(name)"
      // The names of chunks tell that they are files: there may be very many.
      let isChunk = name.contains(".") && name.utf8.allSatisfy { $0 == 46 || (48...57).contains($0) }
      if !isChunk, isFolder(inner) { sums.append(try ofFolder(inner)) } else { files.append(inner) }
    }
    let isMetadata = { (path: String) in path.split(separator: "/").last?.hasPrefix(".") ?? false }
    let others = files.filter { !isMetadata($0) }
    let step = max(1, (others.count + sampleCount - 1) / sampleCount)
    let sample = stride(from: 0, to: others.count, by: step).map { others[$0] }
    sums += try (files.filter(isMetadata) + sample).map(ofFile)
    return of(sums)
  }

  /// Bytes of a block of a file's sample, and blocks of a sample.
  private static let (sampleBlock, sampleCount) = (4096, 8)
}
