import Foundation

/// Rows of finished cells on disk, so that nothing computed is lost to a signal, a crash or a time limit.
///
/// A folder beside the output holds one log per rank, to which finished cells are appended every few seconds, each with a
/// checksum; an entry that a crash cut off is ignored. A run that ends before the first interval writes none, unless a
/// signal ends it. The logs carry the fingerprint of the job: a job with the same fingerprint resumes, on any number of ranks.
public final class Checkpoint {
  private let folder: String
  private let fingerprint: UInt64
  private let rowLength: Int
  private let discardOption: String
  private var log: FileHandle?
  /// Path of this rank's log, which is made when there is something to write.
  private var logPath: String?
  private var pending: [UInt8] = []
  private var lastFlush = ContinuousClock.now
  /// How long finished cells wait for the disk.
  private static let interval = Duration.seconds(5)
  /// How long the first ones wait.
  var firstInterval = Duration.zero

  /// What the logs of a folder say.
  private static let magic: UInt64 = 0x736d_742d_6d70_6931

  /// The log of a job that writes to `output`, whose cells have rows of `rowLength` numbers.
  ///
  /// - Parameter discardOption: What messages call that by which the user forgets a checkpoint.
  public init(output: String, fingerprint: UInt64, rowLength: Int, discardOption: String) {
    folder = output + ".checkpoint"
    self.fingerprint = fingerprint
    self.rowLength = rowLength
    self.discardOption = discardOption
  }

  /// Looks at what is there before the work starts, and writes nothing.
  ///
  /// Collective.
  /// - Throws: exit code 64 where the folder is of another job.
  public func check(discard: Bool, _ communicator: Communicator) throws {
    try communicator.together {
      if communicator.isRoot, !discard { _ = try readLogs() }
    }
  }

  /// Reads what earlier runs of the job finished, and puts it into one log.
  ///
  /// Collective.
  ///
  /// - Parameter discard: forget what is there.
  /// - Returns: on every rank, the values of all finished cells by grid index.
  /// - Throws: exit code 64 where the folder is of another job, 73 where it cannot be written.
  public func resume(discard: Bool, _ communicator: Communicator) throws -> [Int: [Double]] {
    let entries = try communicator.onRoot {
      if discard { try? FileManager.default.removeItem(atPath: folder) }
      let entries = try readLogs()
      if !entries.isEmpty { try startFolder(with: entries) }
      return PackedNumbers(wrappedValue: entries)
    }.wrappedValue
    lastFlush = .now
    logPath = "\(folder)/rank-\(communicator.rank).log"
    var finished: [Int: [Double]] = [:]
    for start in stride(from: 0, to: entries.count, by: rowLength + 1) {
      finished[Int(entries[start])] = Array(entries[start + 1...start + rowLength])
    }
    return finished
  }

  /// Whether finished cells have waited long enough to be added.
  var isDue: Bool { ContinuousClock.now - lastFlush > (hasLog ? Self.interval : firstInterval) }

  /// Whether this run has written anything.
  var hasLog: Bool { log != nil }

  /// Adds a finished cell, which is on disk after the next `flush()`.
  public func add(cell: Int, values: UnsafeBufferPointer<Double>) {
    var words = [UInt64(cell)]
    words += values.map(\.bitPattern)
    append(words + [Self.checksum(words)], to: &pending)
  }

  /// Writes what was added.
  public func flush() throws {
    lastFlush = .now
    guard !pending.isEmpty, let logPath else { return }
    if log == nil { log = try makeLog(logPath) }
    do {
      try log?.write(contentsOf: Data(pending))
      pending.removeAll(keepingCapacity: true)
    } catch {
      throw JobError(.cannotWrite, "\(folder): the checkpoint cannot be written: \(error.localizedDescription)")
    }
  }

  /// Removes the logs when the output is complete.
  ///
  /// Called on rank 0.
  public func remove() { try? FileManager.default.removeItem(atPath: folder) }

  private func makeLog(_ path: String) throws -> FileHandle {
    var header = [UInt8]()
    append([Self.magic, fingerprint, UInt64(rowLength)], to: &header)
    try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    guard FileManager.default.createFile(atPath: path, contents: Data(header)),
      let handle = FileHandle(forWritingAtPath: path)
    else { throw JobError(.cannotWrite, "\(path): the checkpoint cannot be written") }
    try handle.seekToEnd()
    return handle
  }

  private func append(_ words: [UInt64], to bytes: inout [UInt8]) {
    for word in words { withUnsafeBytes(of: word.littleEndian) { bytes.append(contentsOf: $0) } }
  }

  /// FNV-1a over words.
  private static func checksum(_ words: some Sequence<UInt64>) -> UInt64 {
    words.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ $1) &* 0x100_0000_01b3 }
  }

  private func readLogs() throws -> [Double] {
    let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { $0.hasSuffix(".log") }
    var found: [Int: [Double]] = [:]
    for name in names.sorted() {
      guard let data = FileManager.default.contents(atPath: "\(folder)/\(name)"), data.count >= 24 else { continue }
      let words: [UInt64] = data.withUnsafeBytes { bytes in
        (0..<data.count / 8).map { UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8 * $0, as: UInt64.self)) }
      }
      guard words[0] == Self.magic, words[1] == fingerprint, words[2] == UInt64(rowLength) else {
        throw JobError(
          .usage,
          "\(folder) holds the checkpoint of a job with other options or input, or of another version of the program; run "
            + "that job again to finish it, or give \(discardOption) to discard it")
      }
      var start = 3
      while start + rowLength + 2 <= words.count {
        let entry = words[start..<start + rowLength + 1]
        // An entry that a crash cut off ends the log.
        guard words[start + rowLength + 1] == Self.checksum(entry) else { break }
        found[Int(words[start])] = entry.dropFirst().map(Double.init(bitPattern:))
        start += rowLength + 2
      }
    }
    return found.sorted { $0.key < $1.key }.flatMap { [Double($0.key)] + $0.value }
  }

  /// Leaves one log with everything that is finished, so that logs of ranks that no longer exist do not pile up.
  private func startFolder(with entries: [Double]) throws {
    var bytes = [UInt8]()
    append([Self.magic, fingerprint, UInt64(rowLength)], to: &bytes)
    for start in stride(from: 0, to: entries.count, by: rowLength + 1) {
      let words = [UInt64(entries[start])] + entries[start + 1...start + rowLength].map(\.bitPattern)
      append(words + [Self.checksum(words)], to: &bytes)
    }
    do {
      let manager = FileManager.default
      try manager.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/finished.log"), options: .atomic)
      for name in try manager.contentsOfDirectory(atPath: folder) where name.hasPrefix("rank-") {
        try manager.removeItem(atPath: "\(folder)/\(name)")
      }
    } catch {
      throw JobError(.cannotWrite, "\(folder): the checkpoint cannot be written: \(error.localizedDescription)")
    }
  }
}
