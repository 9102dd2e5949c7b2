extension NetCDFFile {
  /// What to tell the user about a file that looks like netCDF and that netCDF cannot open.
  static func openError(_ path: String, _ code: Int32) -> JobError {
    JobError(.inputData, "\(path): the file is truncated or damaged (it does not open: \(errorText(code)))")
  }
}
