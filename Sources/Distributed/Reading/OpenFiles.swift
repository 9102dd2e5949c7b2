/// The files that the readers of several sources have open: one for each reader, and one for all readers that are in the
/// same file.
final class OpenFiles {
  /// A file open for its data.
  enum File {
    case hdf5(HDF5File)
    case netCDF(NetCDFFile)
  }

  private struct Entry {
    let path: String
    let isParallel: Bool
    let file: File
  }

  private var entries: [Entry?]
  /// Files opened so far.
  private(set) var count = 0

  /// No file for any of so many readers.
  init(readers: Int) { entries = [Entry?](repeating: nil, count: readers) }

  /// What one reader has open.
  struct Slot {
    fileprivate let files: OpenFiles
    fileprivate let number: Int

    /// The file at a path, opened unless this reader or another one has it open; with `isParallel` collective over all
    /// ranks (`H5Fopen`, `nc_open`).
    ///
    /// - Throws: exit code 65 or 66.
    func open(_ path: String, _ format: NetCDFFormat, isParallel: Bool) throws -> File {
      try files.file(path, format, isParallel: isParallel, for: number)
    }
  }

  /// The place of a reader, by its number.
  func slot(_ number: Int) -> Slot { Slot(files: self, number: number) }

  private func file(_ path: String, _ format: NetCDFFormat, isParallel: Bool, for reader: Int) throws -> File {
    func isWanted(_ entry: Entry?) -> Bool { entry?.path == path && entry?.isParallel == isParallel }
    if let entry = entries[reader], isWanted(entry) { return entry.file }
    // The old file is closed first: with thousands of files, few may be open at a time.
    entries[reader] = nil
    if let shared = entries.first(where: isWanted), let shared {
      entries[reader] = shared
      return shared.file
    }
    let file: File =
      format.isHDF5 ? .hdf5(try HDF5File(path, parallel: isParallel)) : .netCDF(try NetCDFFile(path))
    entries[reader] = Entry(path: path, isParallel: isParallel, file: file)
    count += 1
    return file
  }
}
