import CMPIShim

/// A netCDF-4 file opened as HDF5: by one process, or by all ranks together through MPI-IO.
///
/// Errors are `JobError`s with exit code 65 that name file and variable.
public final class HDF5File {
  /// The path it was opened by.
  public let path: String
  private let identifier: Int64
  private let isParallel: Bool
  private var datasets: [String: Int64] = [:]

  /// Opens for reading (`H5Fopen`); with `parallel`, collective over all ranks.
  public init(_ path: String, parallel: Bool) throws {
    self.path = path
    isParallel = parallel
    identifier = shim_hdf5_open_file(path, parallel ? 1 : 0)
    guard identifier >= 0 else {
      throw JobError(.inputData, "\(path): cannot be opened as HDF5: \(Self.errorText())")
    }
  }

  deinit {
    for dataset in datasets.values { _ = shim_hdf5_close_dataset(dataset) }
    _ = shim_hdf5_close_file(identifier)
  }

  /// Opens a variable ahead of reading (`H5Dopen2`), with a cache for `chunkCacheBytes` of inflated chunks.
  func open(_ variable: String, chunkCacheBytes: Int) throws {
    guard datasets[variable] == nil else { return }
    let dataset = shim_hdf5_open_dataset(identifier, variable, chunkCacheBytes)
    guard dataset >= 0 else {
      throw JobError(.inputData, "\(path): variable '\(variable)' cannot be opened: \(Self.errorText())")
    }
    datasets[variable] = dataset
  }

  /// Reads a hyperslab into `buffer` (`H5Dread`), row-major; collective where the file is parallel.
  ///
  /// A rank that needs nothing gives a count with a zero in it and still takes part.
  func read(
    _ variable: String, start: [Int], count: [Int], type: ElementType, into buffer: UnsafeMutableRawPointer
  ) throws {
    try open(variable, chunkCacheBytes: 0)
    let code = shim_hdf5_read(
      datasets[variable] ?? -1, Int32(start.count), start.map(UInt64.init), count.map(UInt64.init),
      type == .double ? Int32(SHIM_HDF5_DOUBLE.rawValue) : Int32(SHIM_HDF5_FLOAT.rawValue), isParallel ? 1 : 0, buffer)
    guard code >= 0 else {
      throw JobError(.inputData, "\(path): variable '\(variable)' cannot be read: \(Self.errorText())")
    }
  }

  private static func errorText() -> String { cString(capacity: 512) { shim_hdf5_error_text($0, $1) } }
}

/// What stored numbers are read as: floats where a float holds them exactly, doubles otherwise.
enum ElementType {
  case float, double

  init(_ type: NetCDFType) { self = type.fitsFloat ? .float : .double }

  var byteCount: Int { self == .float ? 4 : 8 }
}
