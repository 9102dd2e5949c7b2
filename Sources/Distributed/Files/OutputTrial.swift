import Foundation

/// Tries before hours of work whether a file can be written.
package enum OutputTrial {
  /// Makes a file of a temporary name beside a path, with a few bytes in it, and removes it.
  ///
  /// Permissions alone do not tell: of file systems that are full, over a quota or on another machine.
  /// - Throws: exit code 73 naming the option.
  package static func run(_ path: String, option: String) throws {
    do {
      try OutputFile(path).write([UInt8](repeating: 0, count: 4096))
    } catch let error as JobError {
      throw JobError(error.exitCode, "\(option): \(error.message)")
    }
  }

  /// Makes a file in a folder, and removes it; where the folder is not there yet, in the one that it will be made in.
  ///
  /// - Throws: exit code 73 naming the option.
  package static func run(folder: String, option: String) throws {
    var place = URL(fileURLWithPath: folder)
    while !FileManager.default.fileExists(atPath: place.path), place.path != "/" { place.deleteLastPathComponent() }
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: place.path, isDirectory: &isFolder), isFolder.boolValue else {
      throw JobError(.cannotWrite, "\(option) \(folder): \(place.path) is a file; expected a folder, or a new name")
    }
    do {
      try run(place.path + "/trial", option: "\(option) \(folder)")
    } catch let error as JobError {
      throw JobError(error.exitCode, error.message.replacing(place.path + "/trial", with: "a file in \(place.path)"))
    }
  }
}
