import CMPIShim

/// A netCDF-4 file whose header is complete, open for its compressed chunks.
final class ChunkFile {
  private let path: String
  private let identifier: Int64
  private var datasets: [String: Int64] = [:]

  /// Opens the file (`H5Fopen`); errors, with exit code 73, speak of the name that it will have.
  init(_ temporaryPath: String, finalPath: String) throws {
    path = finalPath
    identifier = shim_hdf5_open_for_writing(temporaryPath)
    guard identifier >= 0 else { throw failure("the temporary file") }
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

  /// Closes the file (`H5Fclose`).
  func close() throws {
    for dataset in datasets.values { _ = shim_hdf5_close_dataset(dataset) }
    datasets = [:]
    guard shim_hdf5_close_file(identifier) >= 0 else { throw failure("the end of the file") }
  }

  private func failure(_ what: String) -> JobError {
    let reason = cString(capacity: 512) { shim_hdf5_error_text($0, $1) }
    return JobError(.cannotWrite, "\(path): \(what) cannot be written: \(reason)")
  }
}
