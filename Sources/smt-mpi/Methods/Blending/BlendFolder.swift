import Distributed
import Foundation

/// The folder that a blend is written to: its files, and what an unfinished run left there.
struct BlendFolder {
  /// The folder.
  let path: String
  private let inputs: [String]
  private let others: [String]

  /// Names that are not those of copies.
  private static let ownNames = ["blended.nc", "maps.nc", "scores.csv", "towers.csv", "unfinished.json"]

  /// The folder for copies of some files.
  ///
  /// - Parameter others: files that the results depend on, too.
  /// - Throws: exit code 73 where two copies would have one name, or the files themselves lie in the folder.
  init(_ path: String, copiesOf inputs: [String], _ others: [String]) throws {
    (self.path, self.inputs, self.others) = (path, inputs, others)
    var names: Set<String> = []
    for input in inputs {
      let name = Self.name(of: input)
      guard names.insert(name).inserted, !Self.ownNames.contains(name) else {
        throw JobError(
          .cannotWrite, "--output \(path): two files would be called '\(name)'; blend the files of each folder alone")
      }
      guard !isSameFile(input, path + "/" + name) else {
        throw JobError(.cannotWrite, "--output \(path) is the folder of the model's files; give another one")
      }
    }
  }

  private static func name(of path: String) -> String { String(path.split(separator: "/").last ?? "") }

  /// Where the copy of a file goes.
  func copy(of input: String) -> String { path + "/" + Self.name(of: input) }
  var blended: String { path + "/blended.nc" }
  var maps: String { path + "/maps.nc" }
  var scores: String { path + "/scores.csv" }
  var towers: String { path + "/towers.csv" }
  private var mark: String { path + "/unfinished.json" }

  /// What the results depend on: options, and sizes and dates of the files.
  private struct State: Codable, Equatable {
    var version: String
    var options: String
    var files: [String]
  }

  private func state(_ options: String) -> State {
    State(
      version: ProgramVersion.number, options: options,
      files: (inputs + others).map { input in
        let attributes = try? FileManager.default.attributesOfItem(atPath: input)
        let size = (attributes?[.size] as? NSNumber)?.intValue ?? 0
        let date = (attributes?[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
        return "\(input) \(size) \(date)"
      })
  }

  /// Checks that nothing is in the way.
  ///
  /// - Returns: whether copies that are there are complete ones of the same job, which was stopped.
  /// - Throws: exit code 73 where files of these names are there, and are neither that nor to be replaced.
  func check(_ options: String, overwrites: Bool) throws -> Bool {
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue {
      throw JobError(.cannotWrite, "--output \(path) is a file; expected the name of a folder")
    }
    if overwrites { return false }
    if let data = FileManager.default.contents(atPath: mark),
      let found = try? JSONDecoder().decode(State.self, from: data), found == state(options)
    {
      return true
    }
    for file in inputs.map(copy) + [blended, maps, scores, towers, mark]
    where FileManager.default.fileExists(atPath: file) {
      throw JobError(.cannotWrite, "\(file) exists; give --overwrite to replace it, or another --output")
    }
    return false
  }

  /// Says in the folder that it is unfinished.
  ///
  /// - Throws: exit code 73.
  func begin(_ options: String) throws {
    do {
      try JSONEncoder().encode(state(options)).write(to: URL(fileURLWithPath: mark), options: .atomic)
    } catch { throw JobError(.cannotWrite, "\(mark): cannot be written: \(error.localizedDescription)") }
  }

  /// The blocks of the blended record that are finished.
  ///
  /// - Parameter resumes: whether those of an earlier run are taken up.
  func log(_ options: String, resumes: Bool) throws -> BlockLog {
    let state = state(options)
    return try BlockLog(
      output: blended, identity: ([state.version, state.options] + state.files).joined(separator: "\n"),
      discard: !resumes, discardOption: "--overwrite")
  }

  /// Says that all is there.
  func finish() { try? FileManager.default.removeItem(atPath: mark) }

  /// Removes what a run left that failed before a block or a copy was complete.
  func discard(_ log: BlockLog?) {
    guard (log?.count ?? 0) == 0,
      !inputs.contains(where: { FileManager.default.fileExists(atPath: copy(of: $0)) })
    else { return }
    log?.remove()
    try? FileManager.default.removeItem(atPath: mark)
    // Only an empty folder goes.
    rmdir(path)
  }
}

/// Writes the copies of the model's files, one after the other.
final class BlendCopies {
  private let record: LayeredRecord
  private let folder: BlendFolder
  /// Files whose copies are complete already.
  private let kept: [Bool]
  private var current = -1
  private var copy: FileCopy?

  init(_ record: LayeredRecord, _ folder: BlendFolder, kept: [Bool]) {
    (self.record, self.folder, self.kept) = (record, folder, kept)
  }

  /// Completes the copies of the files before one, and begins its own.
  private func advance(to file: Int) throws {
    guard file > current else { return }
    try copy?.commit()
    copy = nil
    // Files without a step that holds something are copied as they are.
    for skipped in (current + 1)..<file where !kept[skipped] {
      try FileCopy(of: record, file: skipped, to: folder.copy(of: record.files[skipped].path)).commit()
    }
    current = file
    guard file < record.files.count, !kept[file] else { return }
    copy = try FileCopy(of: record, file: file, to: folder.copy(of: record.files[file].path))
  }

  /// Replaces the numbers of some steps of a file.
  func write(_ numbers: [Double], file: Int, steps: Range<Int>) throws {
    try advance(to: file)
    try copy?.write(numbers, steps: steps)
  }

  /// Completes all copies.
  func commit() throws { try advance(to: record.files.count) }
}
