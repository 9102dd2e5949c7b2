import Foundation

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Rows of finished cells on disk, so that nothing computed is lost to a signal, a crash or a time limit.
///
/// A folder beside the output holds one log per rank, to which finished cells are appended every few seconds and brought
/// to the disk, each with a checksum. A run that ends before the first interval writes none, unless a signal ends it. The
/// logs carry the fingerprint of the job: a job with the same fingerprint resumes, on any number of ranks. Nothing in the
/// folder is touched but logs.
public final class Checkpoint {
  private let place: CheckpointFolder
  private let format: CheckpointLog
  private var log: Int32 = -1
  /// Name of this rank's log, which is made when there is something to write.
  private var logName: String?
  /// Bytes of the log that are written whole.
  private var logSize = 0
  private var pending: [UInt8] = []
  private var lastFlush = ContinuousClock.now
  /// How long finished cells wait for the disk.
  private static let interval = Duration.seconds(5)
  /// How long the first ones wait.
  var firstInterval = Duration.zero

  /// The log of a job that writes to `output`, whose cells have rows of `rowLength` numbers.
  ///
  /// - Parameters:
  ///   - cellCount: Cells of the grid.
  ///   - discardOption: What messages call that by which the user forgets a checkpoint.
  public init(output: String, fingerprint: UInt64, rowLength: Int, cellCount: Int, discardOption: String) {
    place = CheckpointFolder(output: output, discardOption: discardOption)
    format = CheckpointLog(fingerprint: fingerprint, rowLength: rowLength, cellCount: cellCount)
  }

  private var folder: String { place.path }

  deinit { if log >= 0 { close(log) } }

  /// What earlier runs of the job finished.
  public struct Resumed: Sendable {
    /// Rows by grid index.
    public var rows: [Int: [Double]]
    /// What is wrong with the logs; the same on all ranks.
    public var concerns: [String]
  }

  /// Looks at what is there before the work starts, and writes nothing.
  ///
  /// Collective.
  /// - Throws: exit code 64 where the folder is of another job, 65 where a log is damaged so that nobody can tell, 73
  ///   where something else has its name.
  public func check(discard: Bool, _ communicator: Communicator) throws {
    try communicator.together {
      guard communicator.isRoot else { return }
      if discard { _ = try logNames() } else { _ = try readLogs() }
    }
  }

  /// Reads what earlier runs of the job finished, and puts it into one log.
  ///
  /// Collective.
  ///
  /// - Parameter discard: forget what is there.
  /// - Returns: on every rank, the rows of all finished cells.
  /// - Throws: exit code 64 where the folder is of another job, 65 where a log is damaged so that nobody can tell, 73
  ///   where it cannot be written.
  public func resume(discard: Bool, _ communicator: Communicator) throws -> Resumed {
    struct Packed: Codable {
      @PackedNumbers var entries: [Double]
      var concerns: [String]
    }
    let packed = try communicator.onRoot {
      if discard { try removeLogs() }
      let found = try readLogs()
      if !found.rows.isEmpty { try startFolder(with: found.rows) }
      let entries = found.rows.sorted { $0.key < $1.key }.flatMap { [Double($0.key)] + $0.value }
      return Packed(entries: entries, concerns: found.concerns)
    }
    lastFlush = .now
    // A name that no other run has: of two that write at once, none loses what it has.
    let number = OutputFile.hexadecimal(.random(in: 0...UInt32.max))
    logName = "rank-\(communicator.rank)-\(number).log"
    var resumed = Resumed(rows: [:], concerns: packed.concerns)
    let (entries, length) = (packed.entries, format.rowLength + 1)
    for start in stride(from: 0, to: entries.count, by: length) {
      resumed.rows[Int(entries[start])] = Array(entries[start + 1..<start + length])
    }
    return resumed
  }

  /// The folder of the logs.
  public var path: String { folder }

  /// How many cells earlier runs of the job have finished; looks alone, and writes nothing.
  ///
  /// - Throws: as ``check(discard:_:)``.
  public func finishedCount() throws -> Int { try readLogs().rows.count }

  /// Whether there is any log, of whatever job.
  public func isThere() throws -> Bool { try !logNames().isEmpty }

  /// Whether finished cells have waited long enough to be added.
  var isDue: Bool { ContinuousClock.now - lastFlush > (hasLog ? Self.interval : firstInterval) }

  /// Whether this run has written anything.
  var hasLog: Bool { log >= 0 }

  /// Adds a finished cell, which is on disk after the next `flush()`.
  public func add(cell: Int, values: UnsafeBufferPointer<Double>) { pending += format.record(cell: cell, row: values) }

  /// Writes what was added and brings it to the disk.
  public func flush() throws {
    lastFlush = .now
    guard !pending.isEmpty, let logName else { return }
    if log < 0 { try makeLog(logName) }
    try place.check(log)
    guard pending.withUnsafeBytes({ writeAll($0, to: log) }), fsync(log) == 0 else {
      let failure = place.failure(needed: pending.count)
      // Records that follow must begin where records begin.
      _ = ftruncate(log, off_t(logSize))
      throw failure
    }
    Log.debug("checkpoint: \(pending.count) bytes added to \(folder)/\(logName)")
    logSize += pending.count
    pending.removeAll(keepingCapacity: true)
  }

  /// Removes the logs when the output is complete.
  ///
  /// Called on rank 0.
  public func remove() { try? removeLogs() }

  private func makeLog(_ name: String) throws {
    log = try place.makeLog(name, needed: format.header.count + pending.count)
    guard format.header.withUnsafeBytes({ writeAll($0, to: log) }) else {
      throw place.failure(needed: format.header.count + pending.count)
    }
    logSize = format.header.count
  }

  /// The names of the logs that are there.
  private func logNames() throws -> [String] {
    try place.names(matching: /finished\.log|rank-[0-9]+(?:-[0-9a-f]{8})?\.log/)
  }

  private func removeLogs() throws {
    let names = try logNames()
    OutputFile.removeRemains(of: "\(folder)/finished.log")
    place.remove(names)
  }

  private func readLogs() throws -> Resumed {
    var found = Resumed(rows: [:], concerns: [])
    var damaged = 0
    for name in try logNames() {
      let path = "\(folder)/\(name)"
      guard let data = FileManager.default.contents(atPath: path) else {
        throw JobError(
          .inputData, "\(path): the log of the checkpoint cannot be read; give \(place.discardOption) to discard it")
      }
      guard let content = format.read(data) else {
        throw place.ofAnotherJob
      }
      if content.hasDamagedHeader {
        guard !content.rows.isEmpty else {
          throw JobError(
            .inputData,
            "\(path): the header is damaged and no record is of this job; give \(place.discardOption) to discard the checkpoint"
          )
        }
        found.concerns.append(
          "\(path): the header is damaged; \(counted(content.rows.count, "cell")) of it \(content.rows.count == 1 ? "is" : "are") whole and kept"
        )
      }
      damaged += content.damagedRecords
      found.rows.merge(content.rows) { first, _ in first }
    }
    if damaged > 0 {
      found.concerns.append(
        "\(folder): \(damaged) damaged \(damaged == 1 ? "record was" : "records were") dropped; what is not there is "
          + "computed again")
    }
    return found
  }

  /// Leaves one log with everything that is finished, so that logs of ranks that no longer exist do not pile up.
  private func startFolder(with rows: [Int: [Double]]) throws {
    var bytes = format.header
    for (cell, row) in rows.sorted(by: { $0.key < $1.key }) { bytes += format.record(cell: cell, row: row) }
    let others = try logNames().filter { $0 != "finished.log" }
    OutputFile.removeRemains(of: "\(folder)/finished.log")
    let log = try OutputFile("\(folder)/finished.log", followsLinks: false)
    try log.write(bytes)
    try log.commit()
    for name in others { unlink("\(folder)/\(name)") }
  }
}
