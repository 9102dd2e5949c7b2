import Foundation

/// Runs a test's body in a new, empty folder and removes the folder afterwards, whatever happened.
///
/// On the main thread, so one body at a time in the whole process: netCDF and HDF5 are not safe on several threads (and
/// HDF5 complains aloud on those that netCDF did not start on), and ranks that outnumber the processors disturb each
/// other. So whatever touches files belongs in here.
///
/// - Parameters:
///   - body: receives the folder's path.
@MainActor
public func withTemporaryFolder<Value>(_ body: (_ folder: String) throws -> Value) throws -> Value {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("smt-mpi-\(UUID().uuidString)").path
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: folder) }
  return try body(folder)
}

/// Names of everything below a folder, sorted, folders included.
public func contents(of folder: String) -> [String] {
  (FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []).sorted()
}

/// The length of a file in bytes; 0 where there is none.
public func byteCount(of path: String) -> Int {
  (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? NSNumber)?.intValue ?? 0
}

/// Cuts a file to a share of its length, as an interrupted copy leaves it.
public func truncate(_ path: String, toShare share: Double) throws {
  let data = try Data(contentsOf: URL(fileURLWithPath: path))
  try data.prefix(Int(Double(data.count) * share)).write(to: URL(fileURLWithPath: path))
}

/// Writes a text file, under whatever name.
public func writeText(_ text: String, to path: String) throws {
  try Data(text.utf8).write(to: URL(fileURLWithPath: path))
}
