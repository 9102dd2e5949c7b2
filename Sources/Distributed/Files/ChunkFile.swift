import CMPIShim

/// A netCDF-4 file whose header is complete, open for its compressed chunks.
///
/// It is written under a temporary name and gets its final one on `commit`; without `commit` nothing is left. Errors are
/// `JobError`s with exit code 73 that speak of the final name.
final class ChunkFile {
  private let path: String
  private let temporaryPath: String
  private let identifier: Int64
  private var isOpen: Bool
  private var datasets: [String: Int64] = [:]

  /// Opens the file (`H5Fopen`).
  init(_ temporaryPath: String, finalPath: String) throws {
    path = finalPath
    self.temporaryPath = temporaryPath
    identifier = shim_hdf5_open_for_writing(temporaryPath)
    isOpen = identifier >= 0
    guard isOpen else {
      let failure = failure("the temporary file")
      _ = removeFile(temporaryPath)
      throw failure
    }
  }

  deinit {
    guard isOpen else { return }
    _ = close()
    _ = removeFile(temporaryPath)
  }

  /// Writes a chunk of a variable (`H5Dwrite_chunk`), shuffled and deflated already; `start` is its first element.
  func write(_ chunk: [UInt8], to variable: String, start: [Int]) throws {
    let dataset = datasets[variable] ?? shim_hdf5_open_dataset(identifier, variable)
    guard dataset >= 0 else { throw failure(variable) }
    datasets[variable] = dataset
    guard shim_hdf5_write_chunk(dataset, Int32(start.count), start.map(UInt64.init), chunk.count, chunk) >= 0 else {
      throw failure(variable)
    }
  }

  /// Closes the file and gives it its final name.
  func commit() throws {
    do {
      guard close() >= 0 else { throw failure("the end of the file") }
      guard renameFile(temporaryPath, path) else {
        throw JobError(.cannotWrite, "\(path): cannot be completed: the temporary file cannot be renamed")
      }
    } catch {
      _ = removeFile(temporaryPath)
      throw error
    }
  }

  /// Closes the file (`H5Fclose`).
  private func close() -> Int32 {
    isOpen = false
    for dataset in datasets.values { _ = shim_hdf5_close_dataset(dataset) }
    return shim_hdf5_close_file(identifier)
  }

  private func failure(_ what: String) -> JobError {
    let reason = cString(capacity: 512) { shim_hdf5_error_text($0, $1) }
    return JobError(.cannotWrite, "\(path): \(what) cannot be written: \(reason)")
  }
}
