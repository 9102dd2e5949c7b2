import Foundation

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The bytes of a checkpoint's log: a header that says of which job it is, then one record a finished cell.
///
/// All numbers are 64-bit words, little-endian. The header is the magic number, the job's fingerprint, the numbers of a
/// row, and their checksum; a record is the cell's grid index, its row, and their checksum with the fingerprint as seed, so
/// that records of another job are not taken for this one's even where a header is damaged.
struct CheckpointLog {
  /// Tells the jobs apart whose cells have different results.
  let fingerprint: UInt64
  /// Numbers of a row.
  let rowLength: Int
  /// Cells of the grid.
  let cellCount: Int

  /// What the logs of this program begin with; of this form, and of the one before it.
  private static let magic: UInt64 = 0x736d_742d_6d70_6932
  private static let oldMagic: UInt64 = 0x736d_742d_6d70_6931

  private var headerBytes: Int { 32 }
  private var recordBytes: Int { 8 * (rowLength + 2) }

  /// What a log holds.
  struct Content {
    /// Rows by grid index.
    var rows: [Int: [Double]] = [:]
    /// Whole records whose checksum is wrong, or whose cell is not on the grid.
    var damagedRecords = 0
    /// Whether the header is damaged.
    var hasDamagedHeader = false
  }

  /// The header.
  var header: [UInt8] { Self.bytes([Self.magic, fingerprint, UInt64(rowLength)], seed: 0) }

  /// The record of a finished cell.
  func record(cell: Int, row: some Sequence<Double>) -> [UInt8] {
    Self.bytes([UInt64(bitPattern: Int64(cell))] + row.map(\.bitPattern), seed: fingerprint)
  }

  /// Reads a log; nil where it is of another job, or of another version of the program.
  ///
  /// A record that a crash cut off at the end is ignored: its cell was not finished.
  func read(_ data: Data) -> Content? {
    guard data.count >= headerBytes else { return Content() }
    return data.withUnsafeBytes { bytes in
      func word(_ start: Int) -> UInt64 {
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self))
      }
      func isWhole(_ start: Int, _ count: Int, seed: UInt64) -> Bool {
        let covered = UnsafeRawBufferPointer(rebasing: bytes[start..<start + count - 8])
        return Checksum.of(covered, seed: seed) == word(start + count - 8)
      }
      var content = Content()
      content.hasDamagedHeader = !isWhole(0, headerBytes, seed: 0)
      if word(0) == Self.oldMagic { return nil }
      let isOwn = (word(0), word(8), word(16)) == (Self.magic, fingerprint, UInt64(rowLength))
      guard isOwn || content.hasDamagedHeader else { return nil }
      var start = headerBytes
      while start + recordBytes <= bytes.count {
        if isWhole(start, recordBytes, seed: fingerprint), word(start) < UInt64(cellCount) {
          content.rows[Int(word(start))] = (1...rowLength).map { Double(bitPattern: word(start + 8 * $0)) }
        } else {
          content.damagedRecords += 1
        }
        start += recordBytes
      }
      return content
    }
  }

  private static func bytes(_ words: [UInt64], seed: UInt64) -> [UInt8] {
    var bytes = [UInt8]()
    bytes.reserveCapacity(8 * (words.count + 1))
    for word in words { withUnsafeBytes(of: word.littleEndian) { bytes.append(contentsOf: $0) } }
    let sum = bytes.withUnsafeBytes { Checksum.of($0, seed: seed) }
    withUnsafeBytes(of: sum.littleEndian) { bytes.append(contentsOf: $0) }
    return bytes
  }
}
