import Foundation

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The folder `OUTPUT.checkpoint` beside an output, in which a job keeps what it finished until the output is complete.
///
/// Errors are `JobError`s with exit code 73 that name the folder.
struct CheckpointFolder {
  let path: String
  /// What messages call that by which the user forgets a checkpoint.
  let discardOption: String

  init(output: String, discardOption: String) {
    path = OutputFile.target(of: output) + ".checkpoint"
    self.discardOption = discardOption
  }

  /// The names of the regular files that are there and match a pattern, sorted.
  func names(matching pattern: Regex<Substring>) throws -> [String] {
    var information = stat()
    guard lstat(path, &information) == 0 else { return [] }
    guard information.st_mode & S_IFMT == S_IFDIR else {
      throw JobError(.cannotWrite, "\(path) is in the way of the checkpoint: it is not a folder; move it away")
    }
    return try FileManager.default.contentsOfDirectory(atPath: path).filter { name in
      name.wholeMatch(of: pattern) != nil && OutputFile.isRegularFile("\(path)/\(name)")
    }.sorted()
  }

  /// Creates the folder where it is not there.
  ///
  /// - Parameter needed: bytes that are to be written, for the message where there is no room.
  func make(needed: Int) throws {
    guard mkdir(path, 0o777) == 0 || errno == EEXIST else { throw failure(needed: needed) }
  }

  /// Creates a log in the folder, and the folder where it is not there.
  ///
  /// - Parameter needed: bytes that are to be written, for the message where there is no room.
  /// - Returns: the descriptor.
  func makeLog(_ name: String, needed: Int) throws -> Int32 {
    try make(needed: needed)
    let log = open("\(path)/\(name)", O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_APPEND | O_CLOEXEC, 0o666)
    guard log >= 0 else { throw failure(needed: needed) }
    OutputFile.bringNamesToDisk(of: "\(path)/\(name)")
    OutputFile.bringNamesToDisk(of: path)
    return log
  }

  /// Checks that a log is still there.
  func check(_ log: Int32) throws {
    var information = stat()
    guard fstat(log, &information) == 0, information.st_nlink > 0 else {
      throw JobError(.cannotWrite, "\(path): the checkpoint was removed while the job ran")
    }
  }

  /// Removes files, and the folder where nothing else is in it.
  func remove(_ names: [String]) {
    for name in names { unlink("\(path)/\(name)") }
    rmdir(path)
  }

  /// Why the last system call failed.
  func failure(needed: Int) -> JobError {
    OutputFile.isLackOfSpace(errno)
      ? OutputFile.lackOfSpace(errno, path, needed: needed)
      : JobError(.cannotWrite, "\(path): the checkpoint cannot be written: \(systemErrorText())")
  }

  /// The error where the folder holds what another job has finished.
  var ofAnotherJob: JobError {
    JobError(
      .usage,
      "\(path) holds the checkpoint of a job with other options or input, of another version of the program, or of other arithmetic (SMT_MPI_ISA, old processors); run "
        + "that job again to finish it, or give \(discardOption) to discard it")
  }
}
