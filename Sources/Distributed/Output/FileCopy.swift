import CMPIShim

/// A copy of a file in which numbers of one variable are replaced in place: what else the file holds stays as it is.
///
/// It gets its name on `commit`; without `commit` nothing is left. Errors are `JobError`s with exit code 73 that name the
/// copy.
public final class FileCopy {
  private let record: LayeredRecord
  private let file: Int
  private let output: OutputFile
  private var content: Content
  private var largestSize: Int

  private enum Content {
    case closed
    case hdf5(file: Int64, dataset: Int64)
    case netCDF(file: Int32, variable: Int32)
  }

  /// Bytes that are copied at a time.
  private static let pieceBytes = 8 << 20

  /// Copies a file of the record.
  public init(of record: LayeredRecord, file: Int, to path: String) throws {
    (self.record, self.file) = (record, file)
    let source = try ForeignFile(record.files[file].path)
    output = try OutputFile(path)
    content = .closed
    largestSize = source.byteCount
    try output.reserve(bytes: largestSize)
    for offset in stride(from: 0, to: source.byteCount, by: Self.pieceBytes) {
      let count = min(Self.pieceBytes, source.byteCount - offset)
      let bytes = try ForeignFile.bytes(of: source.path, at: offset, count: count)
      guard bytes.count == count else {
        throw JobError(.inputData, "\(source.path): became shorter while it was copied")
      }
      try output.write(bytes)
    }
  }

  deinit {
    guard isOpen else { return }
    output.giveSpaceBack()
    _ = close()
  }

  private var isOpen: Bool {
    if case .closed = content { false } else { true }
  }

  private func open() throws {
    guard !isOpen else { return }
    if record.files[file].isHDF5 {
      let identifier = shim_hdf5_open_for_writing(output.temporaryPath)
      guard identifier >= 0 else { throw failure() }
      content = .hdf5(file: identifier, dataset: -1)
      let dataset = shim_hdf5_open_dataset(identifier, record.name)
      guard dataset >= 0 else { throw failure() }
      content = .hdf5(file: identifier, dataset: dataset)
    } else {
      var (identifier, variable): (Int32, Int32) = (-1, -1)
      try check(shim_netcdf_open_for_writing(output.temporaryPath, &identifier))
      content = .netCDF(file: identifier, variable: -1)
      try check(shim_netcdf_variable_named(identifier, record.name, &variable))
      content = .netCDF(file: identifier, variable: variable)
    }
  }

  /// Replaces the numbers of some steps, as stored, in the order of the file (`H5Dwrite`, `nc_put_vara_double`).
  public func write(_ numbers: [Double], steps: Range<Int>) throws {
    try open()
    let (start, count) = record.slab(steps, of: file)
    precondition(numbers.count == count.reduce(1, *), "a number for each place")
    if record.files[file].isChunked {
      // A compressed chunk that became longer moves to the end.
      largestSize += 8 * numbers.count + (4 << 10)
      try output.reserve(bytes: largestSize)
    }
    switch content {
    case .closed: break
    case .hdf5(_, let dataset):
      let code = shim_hdf5_write(
        dataset, Int32(start.count), start.map(UInt64.init), count.map(UInt64.init), numbers)
      guard code >= 0 else { throw failure() }
    case .netCDF(let file, let variable): try check(shim_netcdf_write_double(file, variable, start, count, numbers))
    }
  }

  /// Completes the copy and gives it its name.
  public func commit() throws {
    guard close() else { throw failure() }
    try output.commit()
  }

  /// Closes the file (`H5Fclose`, `nc_close`).
  private func close() -> Bool {
    defer { content = .closed }
    switch content {
    case .closed: return true
    case .hdf5(let file, let dataset):
      if dataset >= 0 { _ = shim_hdf5_close_dataset(dataset) }
      return shim_hdf5_close_file(file) >= 0
    case .netCDF(let file, _): return shim_netcdf_close(file) == 0
    }
  }

  /// Makes sure that there is room for copies of so many bytes in the folder of a path.
  ///
  /// - Throws: exit code 73.
  public static func checkSpace(_ bytes: Int, beside path: String) throws {
    if let free = OutputFile.freeBytes(beside: path), free < bytes { throw OutputFile.fullDisk(path, needed: bytes) }
  }

  /// Removes what jobs that were killed left of a copy; nobody else may be writing it.
  public static func removeRemains(of path: String) { OutputFile.removeRemains(of: path) }

  private func failure() -> JobError {
    output.failure(of: "'\(record.name)'", reason: cString(capacity: 512) { shim_hdf5_error_text($0, $1) })
  }

  private func check(_ code: Int32) throws {
    guard code != 0 else { return }
    throw output.failure(of: "'\(record.name)'", reason: NetCDFLibrary.errorText(code))
  }
}
