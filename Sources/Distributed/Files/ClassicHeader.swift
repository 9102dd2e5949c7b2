import Foundation

/// The header of a classic netCDF file (CDF-1, 2 and 5), read to find out whether the file is complete.
///
/// The library reads what lies behind the end of a truncated classic file as zeros, without an error. Layout after
/// "The NetCDF Classic Format Specification" and, for CDF-5, PnetCDF's.
enum ClassicHeader {
  /// Checks that the file is as long as its header says.
  ///
  /// - Throws: exit code 65 with both lengths.
  static func checkLength(of path: String) throws {
    guard let handle = FileHandle(forReadingAtPath: path) else { return }
    defer { try? handle.close() }
    guard let found = try? handle.seekToEnd(), (try? handle.seek(toOffset: 0)) != nil else { return }
    // A file whose header is longer than 4 MiB is not checked.
    let bytes = [UInt8]((try? handle.read(upToCount: 4 << 20)) ?? Data())
    guard let expected = expectedLength(bytes) else { return }
    // Values are padded to four bytes; some programs leave out the padding at the end of the file.
    guard Int(found) + 3 >= expected else {
      throw JobError(.inputData, "\(path): the file is truncated: expected \(expected) bytes, found \(found)")
    }
  }

  /// The length that a header gives its file; nil where it is not understood or gives a length beyond 64 bits.
  static func expectedLength(_ header: [UInt8]) -> Int? {
    var reader = Reader(bytes: header)
    return reader.expectedLength()
  }

  private struct Reader {
    let bytes: [UInt8]
    var position = 4
    var wideCounts = false
    var wideOffsets = false

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func integer(_ width: Int) -> Int? {
      guard position <= bytes.count - width else { return nil }
      var value: UInt64 = 0
      for byte in bytes[position..<position + width] { value = value << 8 | UInt64(byte) }
      position += width
      return Int(truncatingIfNeeded: value)
    }

    /// A count, which is never negative.
    mutating func count() -> Int? { integer(wideCounts ? 8 : 4).flatMap { $0 >= 0 ? $0 : nil } }

    /// Skips what is padded to four bytes; false where the header ends before.
    mutating func skip(_ length: Int) -> Bool {
      guard length <= bytes.count - position else { return false }
      position += (length + 3) / 4 * 4
      return true
    }

    mutating func skipName() -> Bool { count().map { skip($0) } ?? false }

    /// Bytes of the longest file that is reckoned with; a header has too few variables for sums of these to overflow.
    static let longest = 1 << 48
    static let widths = [1: 1, 2: 1, 3: 2, 4: 4, 5: 4, 6: 8, 7: 1, 8: 2, 9: 4, 10: 8, 11: 8]

    mutating func skipAttributes() -> Bool {
      guard integer(4) != nil, let entries = count() else { return false }
      for _ in 0..<entries {
        guard skipName(), let type = integer(4), let length = count(), let width = Self.widths[type],
          let size = InputLimit.product([length, width], atMost: .max), skip(size)
        else { return false }
      }
      return true
    }

    /// The length that the header gives the file; nil where the header is not understood.
    mutating func expectedLength() -> Int? {
      guard bytes.count > 8, bytes[0...2] == [0x43, 0x44, 0x46] else { return nil }
      wideCounts = bytes[3] == 5
      wideOffsets = bytes[3] != 1
      // A record count of all ones means streaming: unknown.
      guard let records = count(), wideCounts || records != 0xFFFF_FFFF else { return nil }
      guard integer(4) != nil, let dimensionCount = count() else { return nil }
      var lengths: [Int] = []
      for _ in 0..<dimensionCount {
        guard skipName(), let length = count() else { return nil }
        lengths.append(length)
      }
      guard skipAttributes(), integer(4) != nil, let variableCount = count() else { return nil }
      var recordSizes: [(begin: Int, size: Int)] = []
      var end = 0
      for _ in 0..<variableCount {
        guard skipName(), let rank = count(), rank < 1024 else { return nil }
        var isRecord = false
        var shape: [Int] = []
        for index in 0..<rank {
          guard let dimension = count(), lengths.indices.contains(dimension) else { return nil }
          if index == 0, lengths[dimension] == 0 { isRecord = true } else { shape.append(lengths[dimension]) }
        }
        guard skipAttributes(), let type = integer(4), let width = Self.widths[type],
          integer(wideCounts ? 8 : 4) != nil,
          let begin = integer(wideOffsets ? 8 : 4), (0..<Self.longest).contains(begin),
          let size = InputLimit.product([width] + shape, atMost: Self.longest)
        else { return nil }
        // The size field overflows for large variables, so the size comes from the shape.
        if isRecord { recordSizes.append((begin, size)) } else { end = max(end, begin + size) }
      }
      if records > 0 {
        let padded = { (size: Int) in (size + 3) / 4 * 4 }
        let recordSize = recordSizes.count == 1 ? recordSizes[0].size : recordSizes.reduce(0) { $0 + padded($1.size) }
        guard let all = InputLimit.product([records - 1, recordSize], atMost: Self.longest) else { return nil }
        for (begin, size) in recordSizes { end = max(end, begin + all + size) }
      }
      return end
    }
  }
}
