import Distributed
import Foundation

/// A GeoTIFF file, written byte by byte after the TIFF 6.0 and BigTIFF specifications and OGC 19-008r4.
public struct TestGeoTIFF: Sendable {
  /// How strips and tiles are compressed; none of it makes them smaller.
  public enum Compression: UInt16, Sendable, CaseIterable {
    case none = 1
    case lzw = 5
    case deflate = 8
    case packBits = 32773
  }

  /// Lengths of the image.
  public var (rows, columns, bands) = (6, 8, 1)
  /// The type of the samples.
  public var type = NetCDFType.float
  /// Most significant bytes first.
  public var isBigEndian = false
  /// With offsets of 8 bytes.
  public var isBigTIFF = false
  /// Each band in strips or tiles of its own.
  public var isSeparate = false
  /// Rows and columns of a tile; nil for strips.
  public var tile: (rows: Int, columns: Int)?
  /// Rows of a strip.
  public var rowsPerStrip = 4
  /// How strips and tiles are compressed.
  public var compression = Compression.none
  /// Strips or tiles, by number, that are never written.
  public var leftOut: Set<Int> = []
  /// Degrees of a cell.
  public var scale: [Double]? = [45, 30, 0]
  /// Column, row and height of a place, its longitude, latitude and height.
  public var tiePoints: [Double]? = [0, 0, 0, -180, 90, 0]
  /// Row after row.
  public var transformation: [Double]?
  /// Keys and their values; nil leaves the directory out.
  public var keys: [(key: UInt16, value: UInt16)]? = [(1024, 2), (1025, 1), (2048, 4326), (2054, 9102)]
  /// The text of `GDAL_NODATA`.
  public var noData: String?
  /// The text of `GDAL_METADATA`.
  public var metadata: String?
  /// Numbers in place of those of tags.
  public var changes: [UInt16: [UInt64]] = [:]
  /// The number that is stored, bands from 1.
  public var value: @Sendable (_ band: Int, _ row: Int, _ column: Int) -> Double

  /// A global image of 6 × 8 cells in strips.
  public init(value: @escaping @Sendable (_ band: Int, _ row: Int, _ column: Int) -> Double) { self.value = value }

  /// Writes the file.
  public func write(to path: String) throws { try Data(bytes()).write(to: URL(fileURLWithPath: path)) }

  // MARK: Bytes

  private enum Kind: UInt16 {
    case text = 2
    case short = 3
    case long = 4
    case double = 12
    case long8 = 16
  }

  private func number(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: isBigEndian ? value.bigEndian : value.littleEndian) { [UInt8]($0) }
  }

  private func sample(_ value: Double) -> [UInt8] {
    switch type {
    case .int8: number(Int8(value))
    case .uint8: number(UInt8(value))
    case .int16: number(Int16(value))
    case .uint16: number(UInt16(value))
    case .int32: number(Int32(value))
    case .uint32: number(UInt32(value))
    case .int64: number(Int64(value))
    case .uint64: number(UInt64(value))
    case .float: number(Float(value).bitPattern)
    default: number(value.bitPattern)
    }
  }

  /// Strips or tiles, those of the first band first where bands are apart.
  private func parts() -> [[UInt8]] {
    let (height, width) = (tile?.rows ?? rowsPerStrip, tile?.columns ?? columns)
    return (isSeparate ? Array(1...bands) : [0]).flatMap { band in
      stride(from: 0, to: rows, by: height).flatMap { top in
        stride(from: 0, to: columns, by: width).map { left in
          // Tiles are whole, and the last strip is cut.
          let bottom = tile == nil ? min(top + height, rows) : top + height
          return (top..<bottom).flatMap { row in
            (left..<left + width).flatMap { column in
              (band == 0 ? 1...bands : band...band).flatMap { band in
                sample(row < rows && column < columns ? value(band, row, column) : 77)
              }
            }
          }
        }
      }
    }
  }

  /// All bytes of the file.
  public func bytes() -> [UInt8] {
    let parts = parts().enumerated().map { leftOut.contains($0) ? [] : compressed($1) }
    let headerBytes = isBigTIFF ? 16 : 8
    var offsets: [UInt64] = []
    var data: [UInt8] = []
    for part in parts {
      offsets.append(part.isEmpty ? 0 : UInt64(headerBytes + data.count))
      data += part
    }
    let (offsetTag, countTag): (UInt16, UInt16) = tile == nil ? (273, 279) : (324, 325)
    let formats: [NetCDFType: UInt64] = [.float: 3, .double: 3, .int8: 2, .int16: 2, .int32: 2, .int64: 2]
    var numbers: [UInt16: (Kind, [UInt64])] = [
      256: (.long, [UInt64(columns)]), 257: (.long, [UInt64(rows)]),
      258: (.short, [UInt64](repeating: UInt64(8 * type.byteCount), count: bands)),
      259: (.short, [UInt64(compression.rawValue)]), 262: (.short, [1]), 277: (.short, [UInt64(bands)]),
      284: (.short, [isSeparate ? 2 : 1]), 339: (.short, [UInt64](repeating: formats[type] ?? 1, count: bands)),
      offsetTag: (isBigTIFF ? .long8 : .long, offsets), countTag: (.long, parts.map { UInt64($0.count) }),
    ]
    if let tile {
      numbers[322] = (.long, [UInt64(tile.columns)])
      numbers[323] = (.long, [UInt64(tile.rows)])
    } else {
      numbers[278] = (.long, [UInt64(rowsPerStrip)])
    }
    if let keys {
      numbers[34735] = (
        .short, [1, 1, 0, UInt64(keys.count)] + keys.flatMap { [UInt64($0.key), 0, 1, UInt64($0.value)] }
      )
    }
    for (tag, values) in [(33550, scale), (33922, tiePoints), (34264, transformation)] as [(UInt16, [Double]?)] {
      if let values { numbers[tag] = (.double, values.map(\.bitPattern)) }
    }
    for (tag, text) in [(42112, metadata), (42113, noData)] as [(UInt16, String?)] {
      if let text { numbers[tag] = (.text, (Array(text.utf8) + [0]).map(UInt64.init)) }
    }
    for (tag, values) in changes { numbers[tag] = (numbers[tag]?.0 ?? .long, values) }
    return header(directoryAt: headerBytes + data.count) + data + directory(numbers, at: headerBytes + data.count)
  }

  private func header(directoryAt place: Int) -> [UInt8] {
    let order = [UInt8](repeating: isBigEndian ? 0x4d : 0x49, count: 2)
    return isBigTIFF
      ? order + number(UInt16(43)) + number(UInt16(8)) + number(UInt16(0)) + number(UInt64(place))
      : order + number(UInt16(42)) + number(UInt32(place))
  }

  private func directory(_ numbers: [UInt16: (Kind, [UInt64])], at place: Int) -> [UInt8] {
    func offset(_ value: Int) -> [UInt8] { isBigTIFF ? number(UInt64(value)) : number(UInt32(value)) }
    let room = isBigTIFF ? 8 : 4
    let end = place + (isBigTIFF ? 8 : 2) + numbers.count * (isBigTIFF ? 20 : 12) + room
    var entries = isBigTIFF ? number(UInt64(numbers.count)) : number(UInt16(numbers.count))
    var more: [UInt8] = []
    for (tag, (kind, values)) in numbers.sorted(by: { $0.key < $1.key }) {
      var bytes = values.flatMap { value in
        switch kind {
        case .text: [UInt8(truncatingIfNeeded: value)]
        case .short: number(UInt16(truncatingIfNeeded: value))
        case .long: number(UInt32(truncatingIfNeeded: value))
        case .double, .long8: number(value)
        }
      }
      if bytes.count > room {
        more += bytes
        bytes = offset(end + more.count - bytes.count)
      }
      bytes += [UInt8](repeating: 0, count: room - bytes.count)
      entries += number(tag) + number(kind.rawValue) + offset(values.count) + bytes
    }
    return entries + offset(0) + more
  }

  private func compressed(_ bytes: [UInt8]) -> [UInt8] {
    switch compression {
    case .none: return bytes
    case .packBits:
      // Runs end with rows.
      let row = (tile?.columns ?? columns) * type.byteCount * (isSeparate ? 1 : bands)
      return stride(from: 0, to: bytes.count, by: row).flatMap { first in
        stride(from: first, to: first + row, by: 128).flatMap { start in
          let run = bytes[start..<min(start + 128, first + row)]
          return [UInt8(run.count - 1)] + run
        }
      }
    case .deflate:
      // One stored block, and the checksum of RFC 1950.
      let length = UInt16(bytes.count)
      var (a, b) = (UInt32(1), UInt32(0))
      for byte in bytes {
        a = (a + UInt32(byte)) % 65521
        b = (b + a) % 65521
      }
      let block: [UInt8] = [1, UInt8(length & 255), UInt8(length >> 8), UInt8(~length & 255), UInt8(~length >> 8)]
      return [0x78, 0x01] + block + bytes + (b << 16 | a).bigEndianBytes
    case .lzw:
      // Codes of nine bits; the table is cleared before longer ones would be due.
      var codes: [UInt16] = []
      for (index, byte) in bytes.enumerated() {
        if index % 200 == 0 { codes.append(256) }
        codes.append(UInt16(byte))
      }
      codes.append(257)
      var bits: [UInt8] = []
      for code in codes { for bit in (0..<9).reversed() { bits.append(UInt8(code >> UInt16(bit) & 1)) } }
      return stride(from: 0, to: bits.count, by: 8).map { start in
        (start..<start + 8).reduce(0) { $0 << 1 | ($1 < bits.count ? bits[$1] : 0) }
      }
    }
  }
}

extension UInt32 {
  fileprivate var bigEndianBytes: [UInt8] { withUnsafeBytes(of: bigEndian) { [UInt8]($0) } }
}
