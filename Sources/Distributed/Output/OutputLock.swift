import CMPIShim
import Dispatch
import Foundation

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Keeps a second job from writing the output of one that runs: a file `OUTPUT.lock` beside the output that names the
/// process which holds it.
///
/// HDF5's own locks are off on many clusters. A lock is void when its process is gone from this machine, when a process
/// of another machine has not renewed it for two minutes, and when the same Slurm job was requeued since.
public final class OutputLock: Sendable {
  private let path: String
  private let output: String
  private let own: Holder
  // Sources may be used from any thread.
  private nonisolated(unsafe) let timer: any DispatchSourceTimer

  /// Seconds between two renewals, and after which one of another machine that was not renewed is void.
  private static let (renewal, patience) = (30.0, 120.0)

  /// Who holds a lock.
  struct Holder: Codable, Equatable {
    var host: String
    var process: Int32
    /// When the process began, in the system's own count, where it tells: numbers of processes are used again.
    var begin: String
    var since: String
    /// The Slurm job, and how often it was requeued.
    var slurmJob: String?
    var slurmRestart: String?

    /// This process.
    static var current: Holder {
      let environment = ProcessInfo.processInfo.environment
      return Holder(
        host: hostName(), process: getpid(), begin: Holder.begin(of: getpid()) ?? "",
        since: ISO8601DateFormatter().string(from: Date()), slurmJob: environment["SLURM_JOB_ID"],
        slurmRestart: environment["SLURM_JOB_ID"] == nil ? nil : environment["SLURM_RESTART_COUNT"] ?? "0")
    }

    /// When a process of this machine began; nil where there is none, or one that has ended and nobody has taken note.
    static func begin(of process: Int32) -> String? {
      guard kill(process, 0) == 0 || errno == EPERM else { return nil }
      guard let data = FileManager.default.contents(atPath: "/proc/\(process)/stat") else { return "" }
      // The name, in parentheses, may hold anything; the first field after it is the state, the 20th the begin.
      let fields = String(decoding: data, as: UTF8.self).split(separator: ")").last?.split(separator: " ") ?? []
      guard let state = fields.first, state != "Z", state != "X" else { return nil }
      return fields.count > 19 ? String(fields[19]) : ""
    }

    /// Whether a process on this machine may go on with what the holder, seen `age` seconds ago, has left.
    func isVoid(for other: Holder, age: Double) -> Bool {
      if let slurmJob, slurmJob == other.slurmJob, slurmRestart != other.slurmRestart { return true }
      return host == other.host ? Holder.begin(of: process) != begin : age > OutputLock.patience
    }

    var text: String {
      "process \(process) on \(host), since \(since)" + (slurmJob.map { ", Slurm job \($0)" } ?? "")
    }
  }

  /// Takes the lock of an output, and removes what earlier jobs left of it half-written.
  ///
  /// - Throws: exit code 73 where another job holds it, or where it cannot be written.
  public convenience init(output: String) throws { try self.init(output: output, holder: .current) }

  init(output: String, holder: Holder) throws {
    self.output = output
    path = OutputFile.target(of: output) + ".lock"
    own = holder
    let content = try JSONEncoder().encode(holder)
    var isTaken = false
    // Another job may take a void lock in between: then there is a new holder to look at.
    for _ in 0..<3 where !isTaken {
      isTaken = try Self.create(path, content, output: output)
      if !isTaken { try Self.removeIfVoid(path, for: holder, output: output) }
    }
    guard isTaken else { throw JobError(.cannotWrite, "\(output): other jobs are about to write it as well") }
    timer = DispatchSource.makeTimerSource(queue: .global())
    timer.schedule(deadline: .now() + Self.renewal, repeating: Self.renewal)
    timer.setEventHandler { [weak self] in self?.renew() }
    timer.resume()
    shim_guard_remove_at_end(path)
    OutputFile.removeRemains(of: output)
  }

  deinit { timer.cancel() }

  /// Makes sure that this job still is the one that writes the output: one that was suspended may have lost it.
  ///
  /// - Throws: exit code 73 where the lock is gone or another's.
  public func check() throws {
    guard Self.holder(of: path) != own else { return }
    throw JobError(
      .cannotWrite,
      "\(output): the lock \(path) was removed or taken by another job while this one ran; "
        + "the same command resumes what this one has kept")
  }

  /// Gives the lock back.
  public func release() {
    timer.cancel()
    shim_guard_remove_at_end(nil)
    if Self.holder(of: path) == own { unlink(path) }
  }

  private func renew() {
    if Self.holder(of: path) == own { utimes(path, nil) }
  }

  /// Creates the file of a lock; false where there is one.
  private static func create(_ path: String, _ content: Data, output: String) throws -> Bool {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o644)
    if descriptor < 0, errno == EEXIST { return false }
    guard descriptor >= 0 else {
      throw JobError(.cannotWrite, "\(output): its lock \(path) cannot be created: \(systemErrorText())")
    }
    defer { close(descriptor) }
    guard content.withUnsafeBytes({ writeAll($0, to: descriptor) }), fsync(descriptor) == 0 else {
      let error = errno
      unlink(path)
      throw OutputFile.isLackOfSpace(error)
        ? OutputFile.lackOfSpace(error, output, needed: content.count)
        : JobError(.cannotWrite, "\(output): its lock \(path) cannot be written: \(String(cString: strerror(error)))")
    }
    return true
  }

  /// Removes a lock that is void.
  ///
  /// - Throws: exit code 73 where it is not.
  private static func removeIfVoid(_ path: String, for holder: Holder, output: String) throws {
    var information = stat()
    guard lstat(path, &information) == 0 else { return }
    guard information.st_mode & S_IFMT == S_IFREG else {
      throw JobError(.cannotWrite, "\(path) is not a lock of this program; move it away, or give another --output")
    }
    #if os(Linux)
      let renewed = information.st_mtim.tv_sec
    #else
      let renewed = information.st_mtimespec.tv_sec
    #endif
    let age = Date().timeIntervalSince1970 - Double(renewed)
    guard let other = Self.holder(of: path) else {
      // Written by no one, or being written at this moment.
      guard age > patience else {
        throw JobError(.cannotWrite, "\(output) is being written: \(path) is there; remove it if no job runs")
      }
      return removeSame(path, as: information)
    }
    guard other.isVoid(for: holder, age: age) else {
      throw JobError(
        .cannotWrite,
        "\(output) is being written by another job (\(other.text)); wait for it, give another --output, or, if that job "
          + "is gone, remove \(path)")
    }
    removeSame(path, as: information)
  }

  /// Removes a lock unless another one has taken its place since: it is moved away first, which only one job can do.
  private static func removeSame(_ path: String, as information: stat) {
    let away = path + "." + OutputFile.hexadecimal(.random(in: 0...UInt32.max))
    guard rename(path, away) == 0 else { return }
    var found = stat()
    if lstat(away, &found) == 0, found.st_ino != information.st_ino { link(away, path) }
    unlink(away)
  }

  private static func holder(of path: String) -> Holder? {
    FileManager.default.contents(atPath: path).flatMap { try? JSONDecoder().decode(Holder.self, from: $0) }
  }
}
