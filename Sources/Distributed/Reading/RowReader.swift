/// Reads rows of the fields of one variable of one file.
public protocol RowReader: AnyObject {
  /// Reads rows of a field, unpacked; NaN where missing.
  ///
  /// - Parameters:
  ///   - field: its number, the last axis of the header varying fastest.
  ///   - values: room for the rows' cells.
  /// - Throws: exit code 65 where they cannot be read.
  func read(rows: Range<Int>, field: Int, into values: UnsafeMutablePointer<Double>) throws
  /// Bytes of stored numbers read so far.
  var bytesRead: Int { get }
}

extension RecordHeader {
  /// Opens the file for its data.
  ///
  /// - Throws: exit code 65 or 66.
  public func rows() throws -> any RowReader {
    if format == nil { return try GeoTIFFRowReader(self) }
    return try NetCDFRowReader(self)
  }

  /// Bytes that a reader holds while it reads so many rows at once.
  public func readerBytes(rows: Int) -> Int {
    guard let chunkRows else { return ElementType(stored.type).byteCount * rows * grid.rowLength }
    let read = min(grid.rowCount, rows + 2 * chunkRows)
    let chunks = format == .zarr ? ZarrChunkReader.bytes(chunk: chunkBytes) : ChunkReader.bytes(chunk: chunkBytes)
    return ElementType(stored.type).byteCount * read * grid.rowLength + chunks
  }
}

/// Rows of a band.
private final class GeoTIFFRowReader: RowReader {
  private let file: GeoTIFFFile
  private let band: Int
  private let stored: StoredValues
  private(set) var bytesRead = 0

  init(_ header: RecordHeader) throws {
    file = try GeoTIFFFile(header.path)
    band = try file.band(header.name)
    stored = header.stored
  }

  func read(rows: Range<Int>, field: Int, into values: UnsafeMutablePointer<Double>) throws {
    try file.read(rows: rows, band: band, as: stored, into: values)
    bytesRead += rows.count * file.columnCount * stored.type.byteCount
  }
}

/// Rows of a netCDF variable.
///
/// Of compressed ones the rows of whole chunks are held as they are stored, so that none is
/// inflated again for the rows that come next.
private final class NetCDFRowReader: RowReader {
  private enum File {
    case hdf5(HDF5File, ChunkReader)
    case netCDF(NetCDFFile, NetCDFFile.Variable)
  }

  private let header: RecordHeader
  private let file: File
  private var buffer = UnsafeMutableRawBufferPointer(start: nil, count: 0)
  private var held: (field: Int, rows: Range<Int>) = (-1, 0..<0)
  private(set) var bytesRead = 0

  init(_ header: RecordHeader) throws {
    self.header = header
    if header.format?.isHDF5 == true {
      file = .hdf5(try HDF5File(header.path, parallel: false), ChunkReader())
    } else {
      let file = try NetCDFFile(header.path)
      self.file = .netCDF(file, try file.requiredVariable(header.name))
    }
  }

  deinit { buffer.deallocate() }

  func read(rows: Range<Int>, field: Int, into values: UnsafeMutablePointer<Double>) throws {
    if held.field != field || !held.rows.contains(rows.lowerBound) || held.rows.upperBound < rows.upperBound {
      try hold(aligned(rows), field)
    }
    let type = ElementType(header.stored.type)
    switch type {
    case .float: unpack(rows, buffer.bindMemory(to: Float.self), into: values)
    case .double: unpack(rows, buffer.bindMemory(to: Double.self), into: values)
    }
  }

  /// The rows of the chunks that hold some rows.
  private func aligned(_ rows: Range<Int>) -> Range<Int> {
    guard let chunk = header.chunkRows else { return rows }
    return rows.lowerBound / chunk * chunk..<min(header.grid.rowCount, (rows.upperBound + chunk - 1) / chunk * chunk)
  }

  private var isRowByRow: Bool { header.gridPlaces == header.gridPlaces.sorted() }

  /// Makes rows of a field those that are held; what is there of them is not read again.
  private func hold(_ rows: Range<Int>, _ field: Int) throws {
    let rowBytes = header.grid.rowLength * ElementType(header.stored.type).byteCount
    let kept = held.field == field && isRowByRow ? rows.clamped(to: held.rows) : rows.lowerBound..<rows.lowerBound
    let from = (kept.lowerBound - held.rows.lowerBound) * rowBytes
    let to = (kept.lowerBound - rows.lowerBound) * rowBytes
    held = (-1, 0..<0)
    let size = rows.count * rowBytes
    let old = buffer
    if buffer.count < size {
      try MemoryLimit.check(size, for: "\(header.path): \(rows.count) rows of variable '\(header.name)'")
      buffer = .allocate(byteCount: size, alignment: 64)
    }
    if !kept.isEmpty, let source = old.baseAddress, let target = buffer.baseAddress {
      (target + to).copyMemory(from: source + from, byteCount: kept.count * rowBytes)
    }
    if old.baseAddress != buffer.baseAddress { old.deallocate() }
    let missing =
      kept.isEmpty
      ? [rows] : [rows.lowerBound..<kept.lowerBound, kept.upperBound..<rows.upperBound].filter { !$0.isEmpty }
    for part in missing { try load(part, field, at: (part.lowerBound - rows.lowerBound) * rowBytes) }
    held = (field, rows)
  }

  /// Reads rows to a place in the buffer.
  private func load(_ rows: Range<Int>, _ field: Int, at offset: Int) throws {
    let type = ElementType(header.stored.type)
    var start = header.shape.indices.map { header.fixed[$0] ?? 0 }
    var count = header.shape.map { _ in 1 }
    var rest = field
    for (axis, place) in zip(header.axes, header.axisPlaces).reversed() {
      start[place] = rest % axis.length
      rest /= axis.length
    }
    (start[header.gridPlaces[0]], count[header.gridPlaces[0]]) = (rows.lowerBound, rows.count)
    if header.gridPlaces.count > 1 { count[header.gridPlaces[1]] = header.grid.rowLength }
    guard let base = buffer.baseAddress.map({ $0 + offset }) else { return }
    switch file {
    case .hdf5(let file, let chunks):
      try file.read(header.name, start: start, count: count, type: type, by: chunks, into: base)
    case .netCDF(let file, let variable):
      switch type {
      case .float:
        try file.read(variable, start: start, count: count, into: base.assumingMemoryBound(to: Float.self))
      case .double:
        try file.read(variable, start: start, count: count, into: base.assumingMemoryBound(to: Double.self))
      }
    }
    bytesRead += rows.count * header.grid.rowLength * header.stored.type.byteCount
  }

  private func unpack<Number: BinaryFloatingPoint>(
    _ rows: Range<Int>, _ numbers: UnsafeMutableBufferPointer<Number>, into values: UnsafeMutablePointer<Double>
  ) {
    let (width, first) = (header.grid.rowLength, rows.lowerBound - held.rows.lowerBound)
    guard let base = numbers.baseAddress else { return }
    if isRowByRow {
      unpack(UnsafePointer(base) + first * width, stride: 1, count: rows.count * width, into: values)
    } else {
      // Columns outside of rows.
      for row in 0..<rows.count {
        unpack(UnsafePointer(base) + first + row, stride: held.rows.count, count: width, into: values + row * width)
      }
    }
  }

  @inline(__always)
  private func unpack<Number: BinaryFloatingPoint>(
    _ numbers: UnsafePointer<Number>, stride: Int, count: Int, into values: UnsafeMutablePointer<Double>
  ) {
    let stored = header.stored
    guard let loop = stored.loop else {
      for index in 0..<count { values[index] = stored.value(Double(numbers[index * stride])) }
      return
    }
    let (scale, offset) = (stored.scale, stored.offset)
    for index in 0..<count {
      let number = Double(numbers[index * stride])
      values[index] = loop.isValid(number) ? number * scale + offset : .nan
    }
  }
}
