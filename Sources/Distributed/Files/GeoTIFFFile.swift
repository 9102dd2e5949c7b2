import CMPIShim

/// The first image of a GeoTIFF file with geographic coordinates, open for reading by this process alone.
///
/// Serves its bands row by row, so that none is held whole; rows come cheapest in the order of the file. Errors are
/// `JobError`s with exit code 65 that name the file (66 where there is none).
public final class GeoTIFFFile {
  /// The path it was opened by.
  public var path: String { source.path }
  /// The number of rows.
  public let rowCount: Int
  /// The number of columns.
  public let columnCount: Int
  /// The number of bands.
  public let bandCount: Int
  /// Degrees north of the rows' centres, in the order of the file, and degrees east of the columns' centres.
  public let (latitudes, longitudes): ([Double], [Double])
  /// Both edges of each row and each column, degrees.
  public let (latitudeBounds, longitudeBounds): ([Double], [Double])
  private let type: NetCDFType
  private let noData: Double?
  private let metadata: GDALMetadata
  private let storage: Storage
  private let source: ForeignFile
  private let handle: UnsafeMutableRawPointer
  /// A row or tile as stored.
  private var stored: [UInt8]
  /// The row behind the one that was read last, and the part of the file in which it is the next.
  private var next = (band: 0, row: 0)
  /// The rows of tiles that were read last, of one band.
  private var tiles = TileRow()

  /// How the samples of the image lie in the file.
  private struct Storage {
    /// Whether each band has strips or tiles of its own.
    var isSeparate: Bool
    /// 0 × 0 where there are strips.
    var tileWidth: Int
    var tileHeight: Int
    /// Rows of a strip that are read one after the other.
    var rowsPerStrip: Int
    /// Bytes of a sample.
    var sampleBytes: Int
    /// Samples that lie side by side.
    var samples: Int
    var isTiled: Bool { tileWidth > 0 }
  }

  private struct TileRow {
    var band = 0
    var rows = 0..<0
    /// Samples as stored, row after row.
    var bytes: [UInt8] = []
  }

  /// Opens a file (`TIFFOpen`) and reads its header.
  ///
  /// - Throws: exit code 65 where its numbers are none that are read, or it has no geographic coordinates along its rows
  ///   and columns; 71 where there is no memory for a row.
  public init(_ path: String) throws {
    InputFiles.countOpen(path)
    let source = try ForeignFile(anyFormat: path)
    guard source.signature == .tiff else { throw JobError(.inputData, "\(path): is no TIFF file") }
    self.source = source
    guard let handle = source.call({ shim_tiff_open(path) }) else {
      throw source.failed(Self.damaged(path, "does not open"))
    }
    self.handle = handle
    do {
      let image = try Self.image(handle, source)
      type = try Self.type(of: image, path)
      storage = Storage(
        isSeparate: image.is_separate != 0, tileWidth: Int(image.tile_width), tileHeight: Int(image.tile_height),
        rowsPerStrip: Int(image.compression) == SHIM_TIFF_UNCOMPRESSED ? 1 : max(1, Int(image.rows_per_strip)),
        sampleBytes: type.byteCount, samples: image.is_separate != 0 ? 1 : Int(image.samples))
      (rowCount, columnCount, bandCount) = (Int(image.height), Int(image.width), Int(image.samples))
      stored = [UInt8](repeating: 0, count: try Self.bufferBytes(image, storage, path))
      let reference = try GeoTIFFReference(handle, source, rows: rowCount, columns: columnCount)
      (latitudes, latitudeBounds) = (reference.latitudes.centres, reference.latitudes.bounds)
      (longitudes, longitudeBounds) = (reference.longitudes.centres, reference.longitudes.bounds)
      noData = try Self.noData(handle, source)
      metadata = GDALMetadata(try Self.text(UInt32(SHIM_TIFF_GDAL_METADATA.rawValue), handle, source) ?? "")
    } catch {
      source.call { shim_tiff_close(handle) }
      throw error
    }
  }

  deinit { source.call { shim_tiff_close(handle) } }

  // MARK: Header

  private static func image(_ handle: UnsafeMutableRawPointer, _ source: ForeignFile) throws -> shim_tiff_image {
    var image = shim_tiff_image()
    guard source.call({ shim_tiff_image(handle, &image) }) == 0 else {
      throw source.failed(damaged(source.path, "has no size"))
    }
    guard image.is_readable != 0 else {
      throw JobError(
        .inputData,
        "\(source.path): is compressed by a scheme (number \(image.compression)) that this libtiff does not know; "
          + "gdal_translate -co COMPRESS=DEFLATE \(source.path) OUT.tif writes it by one that it does")
    }
    return image
  }

  /// The type of the samples, as the same numbers have in netCDF.
  private static func type(of image: shim_tiff_image, _ path: String) throws -> NetCDFType {
    let formats: [UInt32: (String, [UInt16: NetCDFType])] = [
      SHIM_TIFF_UNSIGNED.rawValue: ("unsigned integers", [8: .uint8, 16: .uint16, 32: .uint32, 64: .uint64]),
      SHIM_TIFF_VOID.rawValue: ("unsigned integers", [8: .uint8, 16: .uint16, 32: .uint32, 64: .uint64]),
      SHIM_TIFF_SIGNED.rawValue: ("signed integers", [8: .int8, 16: .int16, 32: .int32, 64: .int64]),
      SHIM_TIFF_REAL.rawValue: ("real numbers", [32: .float, 64: .double]),
    ]
    let format = formats[UInt32(image.format)]
    guard let type = format?.1[image.bits], UInt32(image.photometric) != SHIM_TIFF_YCBCR.rawValue else {
      let colours = UInt32(image.photometric) == SHIM_TIFF_YCBCR.rawValue ? " of colours" : ""
      throw JobError(
        .inputData,
        "\(path): holds \(format?.0 ?? "samples of format \(image.format)") of \(image.bits) bits\(colours); expected "
          + "integers of 8, 16, 32 or 64 or real numbers of 32 or 64 bits; gdal_translate -ot Float32 \(path) OUT.tif "
          + "makes such")
    }
    return type
  }

  /// Bytes of a row, or of a tile, that are held.
  private static func bufferBytes(_ image: shim_tiff_image, _ storage: Storage, _ path: String) throws -> Int {
    let (rows, columns) = (Int(image.height), Int(image.width))
    guard let cells = InputLimit.product([rows, columns], atMost: InputLimit.cells), cells > 0 else {
      throw JobError(
        .inputData, "\(path): the image has \(rows) × \(columns) cells; expected 1 to \(InputLimit.cells)")
    }
    let lengths = storage.isTiled ? [storage.tileWidth, storage.tileHeight] : [columns]
    let found = storage.isTiled ? image.tile_bytes : image.row_bytes
    guard
      let bytes = InputLimit.product(
        lengths + [storage.samples, storage.sampleBytes], atMost: InputLimit.chunkBytes), bytes == Int(clamping: found)
    else {
      let what = storage.isTiled ? "tiles" : "rows"
      throw JobError(
        .inputData,
        "\(path): the image has \(what) of \(NetCDFFile.text(lengths)) cells with \(storage.samples) samples; expected "
          + "\(what) of \(InputLimit.chunkBytes) bytes at most")
    }
    // A row of tiles is held beside one of them, and so are the coordinates with their edges.
    let tiles = storage.isTiled ? storage.tileHeight : 0
    let all = 24 * (rows + columns) + bytes + (tiles > bytes ? bytes : tiles * columns * storage.sampleBytes)
    try MemoryLimit.check(all, for: "\(path): a row of the image, \(rows) × \(columns) cells,")
    return bytes
  }

  private static func text(_ tag: UInt32, _ handle: UnsafeMutableRawPointer, _ source: ForeignFile) throws -> String? {
    guard let text = source.call({ shim_tiff_text(handle, tag).map { String(cString: $0) } }) else { return nil }
    guard text.utf8.count <= InputLimit.attributeBytes else {
      throw JobError(
        .inputData, "\(source.path): the text of tag \(tag) has more than \(InputLimit.attributeBytes) bytes")
    }
    return text
  }

  private static func noData(_ handle: UnsafeMutableRawPointer, _ source: ForeignFile) throws -> Double? {
    guard let text = try text(UInt32(SHIM_TIFF_GDAL_NODATA.rawValue), handle, source) else { return nil }
    guard let number = Double(text.filter { !$0.isWhitespace }) else {
      throw JobError(
        .inputData, "\(source.path): GDAL_NODATA (tag \(SHIM_TIFF_GDAL_NODATA.rawValue)) is '\(text)', no number")
    }
    return number
  }

  // MARK: Bands

  /// The band that a name means: its number from 1, the first where there is no name.
  ///
  /// - Throws: exit code 65 where there is no such band.
  public func band(_ name: String) throws -> Int {
    guard let band = name.isEmpty ? 1 : Int(name), (1...bandCount).contains(band) else {
      throw JobError(
        .inputData,
        "\(path): has no band '\(name)'; expected the number of a band, \(bandCount == 1 ? "1" : "1 to \(bandCount)")")
    }
    return band
  }

  /// What the stored numbers of a band mean, by `GDAL_NODATA` and the scale and offset of GDAL's metadata.
  ///
  /// - Throws: exit code 65 where scale or offset is no number.
  public func storedValues(band: Int) throws -> StoredValues {
    func number(_ role: String, default value: Double) throws -> Double {
      guard let text = metadata.text(role, band: band) else { return value }
      guard let number = Double(text), number.isFinite else {
        throw JobError(.inputData, "\(path): the \(role) of band \(band) is '\(text)', no number")
      }
      return number
    }
    return StoredValues(
      type, missing: noData.map { [$0] } ?? [], scale: try number("scale", default: 1),
      offset: try number("offset", default: 0))
  }

  /// Units of a band by GDAL's metadata; empty where it has none.
  public func units(band: Int) -> String { metadata.text("unittype", band: band) ?? "" }

  // MARK: Values

  /// Reads rows of a band, unpacked by `values`; NaN where missing.
  ///
  /// What was never written of a sparse file is missing where the file names a number for that, and else 0.
  ///
  /// - Parameter numbers: room for the rows' cells.
  /// - Throws: exit code 65 where they cannot be read.
  public func read(
    rows: Range<Int>, band: Int, as values: StoredValues, into numbers: UnsafeMutablePointer<Double>
  ) throws {
    for row in rows {
      let target = numbers + (row - rows.lowerBound) * columnCount
      if storage.isTiled {
        try readTiles(row: row, band: band)
        let start = (row - tiles.rows.lowerBound) * columnCount * storage.sampleBytes
        tiles.bytes.withUnsafeBytes { unpack($0, from: start, stride: 1, values, into: target) }
      } else {
        try readStored(row: row, band: band)
        let start = storage.isSeparate ? 0 : (band - 1) * storage.sampleBytes
        stored.withUnsafeBytes { unpack($0, from: start, stride: storage.samples, values, into: target) }
      }
    }
  }

  /// Reads a row into `stored`, and those of its strip before it that were not.
  private func readStored(row: Int, band: Int) throws {
    let part = storage.isSeparate ? band : 0
    let first = row / storage.rowsPerStrip * storage.rowsPerStrip
    let isOnTheWay = next.band == part && (first...row).contains(next.row)
    next.band = part
    for row in (isOnTheWay ? next.row : first)...row {
      try readStored(band: band) { [handle] sample, bytes in
        shim_tiff_read_row(handle, UInt32(row), sample, bytes.baseAddress)
      }
      next.row = row + 1
    }
  }

  /// Reads a row or a tile into `stored`.
  private func readStored(
    band: Int, _ read: (_ sample: UInt16, _ bytes: UnsafeMutableRawBufferPointer) -> Int32
  ) throws {
    let sample = storage.isSeparate ? UInt16(band - 1) : 0
    let outcome = stored.withUnsafeMutableBytes { bytes in source.call(bytes: bytes.count) { read(sample, bytes) } }
    switch Int(outcome) {
    case SHIM_TIFF_DONE: break
    case SHIM_TIFF_NEVER_WRITTEN: fillStored()
    default: throw source.failed(Self.damaged(path, "cannot be read"))
    }
  }

  /// Fills `stored` with the number that means missing, or 0.
  private func fillStored() {
    let number = noData ?? 0
    func fill<Number>(_ number: Number) {
      stored.withUnsafeMutableBytes { bytes in
        for place in stride(from: 0, to: bytes.count, by: MemoryLayout<Number>.size) {
          bytes.storeBytes(of: number, toByteOffset: place, as: Number.self)
        }
      }
    }
    switch type {
    case .uint8: fill(UInt8(exactly: number) ?? 0)
    case .int8: fill(Int8(exactly: number) ?? 0)
    case .uint16: fill(UInt16(exactly: number) ?? 0)
    case .int16: fill(Int16(exactly: number) ?? 0)
    case .uint32: fill(UInt32(exactly: number) ?? 0)
    case .int32: fill(Int32(exactly: number) ?? 0)
    case .uint64: fill(UInt64(exactly: number) ?? 0)
    case .int64: fill(Int64(exactly: number) ?? 0)
    case .float: fill(Float(number))
    default: fill(number)
    }
  }

  /// Reads the tiles that hold a row into `tiles`, if they are not there.
  private func readTiles(row: Int, band: Int) throws {
    guard tiles.band != band || !tiles.rows.contains(row) else { return }
    let first = row / storage.tileHeight * storage.tileHeight
    let rows = first..<min(first + storage.tileHeight, rowCount)
    let size = storage.sampleBytes
    var bytes = [UInt8](repeating: 0, count: rows.count * columnCount * size)
    for column in stride(from: 0, to: columnCount, by: storage.tileWidth) {
      try readStored(band: band) { [handle] sample, bytes in
        shim_tiff_read_tile(handle, UInt32(column), UInt32(first), sample, bytes.baseAddress, bytes.count)
      }
      let columns = min(storage.tileWidth, columnCount - column)
      let offset = storage.isSeparate ? 0 : (band - 1) * size
      for row in 0..<rows.count {
        let (from, to) = (
          row * storage.tileWidth * storage.samples * size + offset, (row * columnCount + column) * size
        )
        if storage.samples == 1 {
          bytes.replaceSubrange(to..<to + columns * size, with: stored[from..<from + columns * size])
          continue
        }
        for cell in 0..<columns {
          for byte in 0..<size { bytes[to + cell * size + byte] = stored[from + cell * storage.samples * size + byte] }
        }
      }
    }
    tiles = TileRow(band: band, rows: rows, bytes: bytes)
  }

  /// Makes values of the samples of a row, the machine's own order of bytes.
  private func unpack(
    _ bytes: UnsafeRawBufferPointer, from start: Int, stride: Int, _ values: StoredValues,
    into numbers: UnsafeMutablePointer<Double>
  ) {
    @inline(__always)
    func unpack<Number>(_ convert: (Number) -> Double) {
      let (step, scale, offset) = (stride * MemoryLayout<Number>.size, values.scale, values.offset)
      @inline(__always)
      func stored(_ column: Int) -> Double {
        convert(bytes.loadUnaligned(fromByteOffset: start + column * step, as: Number.self))
      }
      guard let loop = values.loop else {
        for column in 0..<columnCount { numbers[column] = values.value(stored(column)) }
        return
      }
      for column in 0..<columnCount {
        let number = stored(column)
        numbers[column] = loop.isValid(number) ? number * scale + offset : .nan
      }
    }
    switch type {
    case .uint8: unpack { (number: UInt8) in Double(number) }
    case .int8: unpack { (number: Int8) in Double(number) }
    case .uint16: unpack { (number: UInt16) in Double(number) }
    case .int16: unpack { (number: Int16) in Double(number) }
    case .uint32: unpack { (number: UInt32) in Double(number) }
    case .int32: unpack { (number: Int32) in Double(number) }
    case .uint64: unpack { (number: UInt64) in Double(number) }
    case .int64: unpack { (number: Int64) in Double(number) }
    case .float: unpack { (number: Float) in Double(number) }
    default: unpack { (number: Double) in number }
    }
  }

  private static func damaged(_ path: String, _ what: String) -> JobError {
    let reason = shim_tiff_message().map { String(cString: $0) } ?? ""
    return JobError(
      .inputData, "\(path): the file is truncated or damaged (it \(what)\(reason.isEmpty ? "" : ": \(reason)"))")
  }
}
