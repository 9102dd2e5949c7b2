import CMPIShim

/// A netCDF-4 file opened as HDF5: by one process, or by all ranks together through MPI-IO.
///
/// Errors are `JobError`s with exit code 65 that name file and variable.
public final class HDF5File {
  /// The path it was opened by.
  public var path: String { source.path }
  private let source: ForeignFile
  private let identifier: Int64
  private let isParallel: Bool
  private var datasets: [String: Dataset] = [:]

  private struct Dataset {
    let identifier: Int64
    /// How to take its chunks apart; nil where the library reads it.
    let storage: ChunkedStorage?
  }

  /// Opens for reading (`H5Fopen`); with `parallel`, collective over all ranks.
  public init(_ path: String, parallel: Bool) throws {
    isParallel = parallel
    InputFiles.countOpen(path)
    // Its own words on standard error tell nothing that an error of ours does not; MPI may not have been started.
    shim_hdf5_quiet()
    let source = parallel ? ForeignFile(known: path) : try ForeignFile(path)
    self.source = source
    identifier = source.call(isCollective: parallel) { shim_hdf5_open_file(path, parallel ? 1 : 0) }
    guard identifier >= 0 else {
      throw source.failed(JobError(.inputData, "\(path): cannot be opened as HDF5: \(Self.errorText())"))
    }
  }

  deinit {
    source.call(isCollective: isParallel) {
      for dataset in datasets.values { _ = shim_hdf5_close_dataset(dataset.identifier) }
      _ = shim_hdf5_close_file(identifier)
    }
  }

  private func dataset(_ variable: String) throws -> Dataset {
    if let dataset = datasets[variable] { return dataset }
    let opened = source.call(isCollective: isParallel) { shim_hdf5_open_dataset(identifier, variable) }
    guard opened >= 0 else {
      throw source.failed(
        JobError(.inputData, "\(path): variable '\(variable)' cannot be opened: \(Self.errorText())"))
    }
    let dataset = Dataset(
      identifier: opened, storage: isParallel ? nil : ChunkedStorage(dataset: opened, of: source))
    datasets[variable] = dataset
    return dataset
  }

  /// Reads a hyperslab into `buffer`, row-major, by `chunks` where it can and else by the library (`H5Dread`); collective
  /// where the file is parallel.
  ///
  /// A rank that needs nothing gives a count with a zero in it and still takes part.
  func read(
    _ variable: String, start: [Int], count: [Int], type: ElementType, by chunks: ChunkReader?,
    into buffer: UnsafeMutableRawPointer
  ) throws {
    if let chunks, try read(variable, start: start, count: count, type: type, chunks, into: buffer) { return }
    let dataset = try dataset(variable)
    let lengths = count.map(UInt64.init)
    let code = source.call(bytes: type.byteCount * count.reduce(1, *), isCollective: isParallel) {
      shim_hdf5_read(
        dataset.identifier, Int32(start.count), start.map(UInt64.init), lengths, type.code, isParallel ? 1 : 0, lengths,
        start.map { _ in 0 }, buffer)
    }
    guard code >= 0 else { throw readError(variable, Self.errorText()) }
  }

  /// Reads a hyperslab chunk by chunk; false where that is left to the library.
  func read(
    _ variable: String, start: [Int], count: [Int], type: ElementType, _ chunks: ChunkReader,
    into buffer: UnsafeMutableRawPointer
  ) throws -> Bool {
    let dataset = try dataset(variable)
    guard let storage = dataset.storage, storage.number.elementType == type else { return false }
    switch chunks.read(storage, start: start, count: count, into: buffer) {
    case .read: return true
    case .leftToLibrary: return false
    case .failed: throw readError(variable, Self.errorText())
    case .wrongSize(let place):
      throw readError(variable, "the chunk at \(place) is damaged, it does not hold \(storage.byteCount) bytes")
    }
  }

  private func readError(_ variable: String, _ text: String) -> JobError {
    source.failed(JobError(.inputData, "\(path): variable '\(variable)' cannot be read: \(text)"))
  }

  private static func errorText() -> String { cString(capacity: 512) { shim_hdf5_error_text($0, $1) } }
}

/// What stored numbers are read as: floats where a float holds them exactly, doubles otherwise.
enum ElementType {
  case float, double

  init(_ type: NetCDFType) { self = type.fitsFloat ? .float : .double }

  var byteCount: Int { self == .float ? 4 : 8 }

  /// The type as `shim_hdf5_read` takes it.
  var code: Int32 { Int32(self == .float ? SHIM_HDF5_FLOAT.rawValue : SHIM_HDF5_DOUBLE.rawValue) }
}
