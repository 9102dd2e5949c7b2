import Foundation

extension NetCDFFile {
  /// What to tell the user about a file that netCDF cannot open.
  static func openError(_ path: String, _ code: Int32) -> JobError {
    guard FileManager.default.fileExists(atPath: path) else {
      return JobError(.noInput, "\(path): no such file")
    }
    guard let handle = FileHandle(forReadingAtPath: path) else {
      return JobError(.noInput, "\(path): the file cannot be read (permission denied)")
    }
    defer { try? handle.close() }
    let start = [UInt8]((try? handle.read(upToCount: 8)) ?? Data())
    if start.isEmpty { return JobError(.inputData, "\(path): the file is empty") }
    if start.starts(with: [0x89, 0x48, 0x44, 0x46]) {
      return JobError(
        .inputData, "\(path): the file is truncated or damaged (an HDF5 file that does not open: \(errorText(code)))")
    }
    if start.starts(with: [0x43, 0x44, 0x46]) {
      return JobError(
        .inputData, "\(path): the file is truncated or damaged (a classic netCDF file: \(errorText(code)))")
    }
    return JobError(.inputData, "\(path): not a netCDF file (\(errorText(code)))")
  }
}
