import Foundation

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Finished blocks of a record of maps on disk: nothing of them is held in memory, and a job that ends in the middle, in
/// whatever way, takes up what is whole.
///
/// Each rank appends to a log of its own in `OUTPUT.checkpoint`, which all ranks must see: any of them reads what any has
/// written. Errors are `JobError`s with exit code 73 that name the folder.
final class SeriesStore {
  /// Where the bytes of a block are.
  private struct Entry: Codable {
    /// Index of the log.
    var log: Int
    /// Of the first byte after the header.
    var offset: Int
    var block: SeriesBlock
  }

  /// What ranks tell each other of blocks.
  private struct Index: Codable {
    var logs: [String] = []
    var entries: [Entry] = []
    var damaged = 0

    mutating func add(_ other: Index) {
      entries += other.entries.map { Entry(log: $0.log + logs.count, offset: $0.offset, block: $0.block) }
      logs += other.logs
      damaged += other.damaged
    }
  }

  private let folder: CheckpointFolder
  private let layout: SeriesLayout
  private let fingerprint: UInt64
  /// All cells and times of the record.
  private let whole: SeriesBlock
  private let rank: Int
  private var index = Index()
  /// What this rank has appended since ranks told each other.
  private var own = Index()
  private var log: Int32 = -1
  private var logSize = 0
  private var lastFlush = ContinuousClock.now
  /// How long finished blocks may wait for the disk; a process that is killed loses none of them.
  private static let interval = Duration.seconds(5)
  private var openLogs: [Int: Int32] = [:]
  /// Logs that are open at a time at the most.
  private static let mostOpen = 64
  /// Bytes that are read at a time at the most, unless one row of a block is longer.
  private static let pieceBytes = 4 << 20

  /// Bytes that are read at a time at the most, of blocks with rows of so many values.
  static func largestRead(width: Int, _ valueBytes: Int) -> Int { max(pieceBytes, width * valueBytes) }

  /// Blocks in a folder, of a record with all these cells and times.
  init(
    _ folder: CheckpointFolder, _ layout: SeriesLayout, of whole: SeriesBlock, fingerprint: UInt64, rank: Int
  ) {
    self.folder = folder
    self.layout = layout
    self.whole = whole
    self.fingerprint = fingerprint
    self.rank = rank
  }

  deinit {
    if log >= 0 { close(log) }
    for log in openLogs.values { close(log) }
  }

  /// The blocks that all ranks know of.
  var blocks: [SeriesBlock] { index.entries.map(\.block) }

  // MARK: Writing

  /// Appends a finished block.
  func append(_ block: SeriesBlock, _ values: [[Double]]) throws {
    let bytes = layout.bytes(of: block, values)
    let header = bytes.withUnsafeBytes { SeriesBlockHeader(block, $0, fingerprint: fingerprint).bytes }
    if log < 0 {
      // A name that no other run has.
      let name = "series-\(rank)-\(OutputFile.hexadecimal(.random(in: 0...UInt32.max))).log"
      log = try folder.makeLog(name, needed: bytes.count)
      own.logs = [name]
      logSize = 0
    }
    try folder.check(log)
    guard header.withUnsafeBytes({ writeAll($0, to: log) }), bytes.withUnsafeBytes({ writeAll($0, to: log) }) else {
      let failure = folder.failure(needed: header.count + bytes.count)
      // What follows must begin where a block begins.
      _ = ftruncate(log, off_t(logSize))
      throw failure
    }
    own.entries.append(Entry(log: 0, offset: logSize + header.count, block: block))
    logSize += header.count + bytes.count
    Log.debug("checkpoint: block of \(block.cells.count) cells and \(block.times.count) times, \(bytes.count) bytes")
    if ContinuousClock.now - lastFlush > Self.interval { try flush() }
  }

  /// Brings what was appended to the disk.
  func flush() throws {
    lastFlush = .now
    guard log >= 0, fsync(log) != 0 else { return }
    throw folder.failure(needed: logSize)
  }

  // MARK: Knowing of all blocks

  /// Looks for blocks of earlier runs of the job; ranks share the logs out.
  ///
  /// Collective.
  ///
  /// - Parameter discard: forget what is there.
  /// - Returns: what is wrong with the logs; the same on all ranks.
  /// - Throws: exit code 64 where the folder is of another job.
  func resume(discard: Bool, _ communicator: Communicator) throws -> [String] {
    let names = try communicator.onRoot {
      let names = try logNames()
      if discard { folder.remove(names) }
      return discard ? [] : names
    }
    try communicator.together {
      for (number, name) in names.enumerated() where number % communicator.size == communicator.rank {
        own.add(try content(of: name))
      }
    }
    try share(communicator)
    guard index.damaged > 0 else { return [] }
    return [
      "\(folder.path): \(index.damaged) damaged \(index.damaged == 1 ? "block was" : "blocks were") dropped; what is not "
        + "there is computed again"
    ]
  }

  /// Tells all ranks of the blocks that each has appended.
  ///
  /// Collective. Logs are closed: a network file system shows what was written before.
  func share(_ communicator: Communicator) throws {
    if log >= 0 { close(log) }
    log = -1
    let parts = try communicator.gatherBytes([UInt8](try JSONEncoder().encode(own)))
    own = Index()
    let added = try communicator.onRoot {
      try parts.reduce(into: Index()) { $0.add(try JSONDecoder().decode(Index.self, from: Data($1))) }
    }
    index.add(added)
  }

  /// What the names of logs look like.
  static var logNames: Regex<Substring> { /series-[0-9]+-[0-9a-f]{8}\.log/ }

  private func logNames() throws -> [String] { try folder.names(matching: Self.logNames) }

  /// Removes the logs when the output is complete.
  ///
  /// Called on rank 0.
  func remove() { if let names = try? logNames() { folder.remove(names) } }

  /// The whole blocks of a log.
  ///
  /// One that a crash cut off at the end is ignored: it was not finished.
  private func content(of name: String) throws -> Index {
    let path = "\(folder.path)/\(name)"
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else {
      throw JobError(
        .inputData,
        "\(path): the log of the checkpoint cannot be read: \(systemErrorText()); give \(folder.discardOption) to discard it"
      )
    }
    defer { close(file) }
    var information = stat()
    let size = fstat(file, &information) == 0 ? Int(information.st_size) : 0
    var content = Index(logs: [name])
    var place = 0
    while place + SeriesBlockHeader.size <= size {
      var bytes = [UInt8](repeating: 0, count: SeriesBlockHeader.size)
      guard readAll(&bytes, from: file, at: place), let header = bytes.withUnsafeBytes({ SeriesBlockHeader($0) }) else {
        // Where the next block begins is not known.
        content.damaged += 1
        break
      }
      guard header.fingerprint == fingerprint else { throw folder.ofAnotherJob }
      guard header.block.isPart(of: whole), header.byteCount == layout.byteCount(of: header.block) else {
        content.damaged += 1
        break
      }
      place += SeriesBlockHeader.size
      guard place + header.byteCount <= size else { break }
      bytes = [UInt8](repeating: 0, count: header.byteCount)
      if readAll(&bytes, from: file, at: place),
        bytes.withUnsafeBytes({ Checksum.of($0, seed: fingerprint) }) == header.checksum
      {
        content.entries.append(Entry(log: 0, offset: place, block: header.block))
      } else {
        content.damaged += 1
      }
      place += header.byteCount
    }
    return content
  }

  // MARK: Reading

  /// Reads values of a variable, as far as there are any, in runs of cells at one time.
  ///
  /// - Parameters:
  ///   - variable: whose values have the type `Value`.
  ///   - take: called with the time and the position of the first cell of a run.
  func read<Value>(
    _ type: Value.Type, of variable: Int, outer: Int, times: Range<Int>, cells: Range<Int>,
    _ take: (_ time: Int, _ cell: Int, _ values: UnsafeBufferPointer<Value>) -> Void
  ) throws {
    let valueBytes = MemoryLayout<Value>.stride
    var buffer: [Value] = []
    for entry in index.entries {
      let block = entry.block
      let blockTimes = layout.times(of: variable, in: block)
      let (ownTimes, ownCells) = (blockTimes.clamped(to: times), block.cells.clamped(to: cells))
      guard !ownTimes.isEmpty, !ownCells.isEmpty else { continue }
      let file = try descriptor(of: entry.log)
      let width = block.cells.count
      let start = entry.offset + layout.offset(of: variable, in: block)
      func place(_ time: Int, _ cell: Int) -> Int {
        let row = outer * blockTimes.count + time - blockTimes.lowerBound
        return start + valueBytes * (row * width + cell - block.cells.lowerBound)
      }
      // Whole rows of cells in one go, where not much of them is read in vain.
      let rows =
        4 * ownCells.count >= width ? max(1, min(Self.pieceBytes / (valueBytes * width), ownTimes.count)) : 1
      for first in stride(from: ownTimes.lowerBound, to: ownTimes.upperBound, by: rows) {
        let count = min(rows, ownTimes.upperBound - first)
        let length = (count - 1) * width + ownCells.count
        try read(length, from: file, at: place(first, ownCells.lowerBound), into: &buffer, log: entry.log)
        buffer.withUnsafeBufferPointer { values in
          for row in 0..<count {
            let begin = row * width
            take(
              first + row, ownCells.lowerBound,
              UnsafeBufferPointer(rebasing: values[begin..<begin + ownCells.count]))
          }
        }
      }
    }
  }

  private func read<Value>(
    _ count: Int, from file: Int32, at offset: Int, into buffer: inout [Value], log: Int
  ) throws {
    let isWhole: Bool
    if buffer.count < count {
      var success = false
      buffer = [Value](unsafeUninitializedCapacity: count) { memory, filled in
        success = readAll(UnsafeMutableRawBufferPointer(memory), from: file, at: offset)
        filled = count
      }
      isWhole = success
    } else {
      isWhole = buffer.withUnsafeMutableBytes {
        readAll(
          UnsafeMutableRawBufferPointer(rebasing: $0[..<(count * MemoryLayout<Value>.stride)]), from: file, at: offset)
      }
    }
    guard isWhole else { throw unreadable(log) }
  }

  private func descriptor(of number: Int) throws -> Int32 {
    if let log = openLogs[number] { return log }
    if openLogs.count >= Self.mostOpen {
      for log in openLogs.values { close(log) }
      openLogs = [:]
    }
    let log = open("\(folder.path)/\(index.logs[number])", O_RDONLY | O_CLOEXEC)
    guard log >= 0 else { throw unreadable(number) }
    openLogs[number] = log
    return log
  }

  private func unreadable(_ log: Int) -> JobError {
    JobError(
      .cannotWrite,
      "\(folder.path)/\(index.logs[log]): what ranks have finished cannot be read on \(hostName()); expected a folder of "
        + "the output that all ranks see, in which nothing is removed while the job runs")
  }
}

/// Reads as many bytes as a buffer has; false where there are not so many.
func readAll(_ bytes: UnsafeMutableRawBufferPointer, from file: Int32, at offset: Int) -> Bool {
  var done = 0
  while done < bytes.count {
    let count = pread(file, bytes.baseAddress.map { $0 + done }, bytes.count - done, off_t(offset + done))
    if count < 0, errno == EINTR { continue }
    guard count > 0 else { return false }
    done += count
  }
  return true
}

private func readAll(_ bytes: inout [UInt8], from file: Int32, at offset: Int) -> Bool {
  bytes.withUnsafeMutableBytes { readAll($0, from: file, at: offset) }
}
