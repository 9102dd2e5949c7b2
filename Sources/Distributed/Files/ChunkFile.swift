import CMPIShim

/// A netCDF-4 file whose header is complete, open for its compressed chunks.
///
/// It gets its final name on `commit`; without `commit` nothing is left. Errors are `JobError`s with exit code 73 that
/// speak of the final name.
final class ChunkFile {
  private let output: OutputFile
  private let identifier: Int64
  private var isOpen: Bool
  private var datasets: [String: Int64] = [:]
  /// Bytes that the file takes at the most: what it had when it was opened and what was written since.
  private var largestSize: Int

  /// Bytes of what the library keeps of a chunk beside the chunk, and of what it writes when it closes the file.
  private static let (entrySize, closingSize) = (4 << 10, 16 << 10)

  /// Opens the file (`H5Fopen`).
  init(_ output: OutputFile) throws {
    self.output = output
    largestSize = try output.size() + Self.closingSize
    try output.reserve(bytes: largestSize)
    identifier = shim_hdf5_open_for_writing(output.temporaryPath)
    isOpen = identifier >= 0
    guard isOpen else { throw failure("the temporary file") }
  }

  deinit {
    guard isOpen else { return }
    // What the library still has to write at the end must find room.
    output.giveSpaceBack()
    _ = close()
  }

  /// Writes a chunk of a variable (`H5Dwrite_chunk`), shuffled and deflated already; `start` is its first element.
  func write(_ chunk: [UInt8], to variable: String, start: [Int]) throws {
    let dataset = try dataset(of: variable)
    largestSize += chunk.count + Self.entrySize
    try output.reserve(bytes: largestSize)
    guard shim_hdf5_write_chunk(dataset, Int32(start.count), start.map(UInt64.init), chunk.count, chunk) >= 0 else {
      throw failure(variable)
    }
  }

  /// Gives a variable with an unlimited dimension its lengths (`H5Dset_extent`).
  func extend(_ variable: String, to lengths: [Int]) throws {
    guard shim_hdf5_extend(try dataset(of: variable), Int32(lengths.count), lengths.map(UInt64.init)) >= 0 else {
      throw failure(variable)
    }
  }

  private func dataset(of variable: String) throws -> Int64 {
    let dataset = datasets[variable] ?? shim_hdf5_open_dataset(identifier, variable)
    guard dataset >= 0 else { throw failure(variable) }
    datasets[variable] = dataset
    return dataset
  }

  /// Closes the file and gives it its final name.
  func commit() throws {
    guard close() >= 0 else { throw failure("the end of the file") }
    try output.commit()
  }

  /// Closes the file (`H5Fclose`).
  private func close() -> Int32 {
    isOpen = false
    for dataset in datasets.values { _ = shim_hdf5_close_dataset(dataset) }
    return shim_hdf5_close_file(identifier)
  }

  private func failure(_ what: String) -> JobError {
    output.failure(of: what, reason: cString(capacity: 512) { shim_hdf5_error_text($0, $1) })
  }
}
