import Foundation

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Finished blocks of an output in their order, with checksums, in `OUTPUT.checkpoint`: a job that ends in the middle, in whatever
/// way, goes on behind the last whole one.
///
/// One process writes it. Errors are `JobError`s with exit code 73 that name the folder.
public final class BlockLog {
  private static let name = "blocks.log"

  private let folder: CheckpointFolder
  private let fingerprint: UInt64
  private var file: Int32 = -1
  private var size = 0
  /// Where the bytes of each block are.
  private var places: [Range<Int>] = []
  private var lastFlush = ContinuousClock.now
  /// What is wrong with what an earlier run left; nil where nothing is.
  public private(set) var concern: String?
  /// How long finished blocks may wait for the disk; a process that is killed loses none of them.
  private static let interval = Duration.seconds(5)

  /// Opens the log of an output, with the whole blocks that an earlier run of the job left.
  ///
  /// - Parameters:
  ///   - identity: text that another job, with other options or input, does not have.
  ///   - discard: forget what is there.
  ///   - discardOption: what messages call that.
  ///   - isReadOnly: whether it is only looked at, as the log of a job that may be running.
  /// - Throws: exit code 64 where the log is of another job.
  public init(
    output: String, identity: String, discard: Bool, discardOption: String, isReadOnly: Bool = false
  ) throws {
    folder = CheckpointFolder(output: output, discardOption: discardOption)
    fingerprint = Checksum.of(identity)
    if discard { remove() }
    let path = "\(folder.path)/\(Self.name)"
    guard try folder.names(matching: /blocks\.log/).isEmpty == false else { return }
    file = open(path, (isReadOnly ? O_RDONLY : O_RDWR | O_APPEND) | O_NOFOLLOW | O_CLOEXEC)
    guard file >= 0 else { throw failure(needed: 0) }
    try findBlocks()
    guard isReadOnly || ftruncate(file, off_t(size)) == 0 else { throw failure(needed: 0) }
  }

  /// The folder beside an output in which blocks are kept, where it holds any, of whatever job.
  public static func checkpoint(of output: String) throws -> String? {
    let folder = CheckpointFolder(output: output, discardOption: "")
    return try folder.names(matching: /blocks\.log/).isEmpty ? nil : folder.path
  }

  deinit { if file >= 0 { close(file) } }

  /// The number of blocks.
  public var count: Int { places.count }

  /// Finds the whole blocks; what follows them is of no use.
  private func findBlocks() throws {
    var information = stat()
    let length = fstat(file, &information) == 0 ? Int(information.st_size) : 0
    while size + SeriesBlockHeader.size <= length {
      var bytes = [UInt8](repeating: 0, count: SeriesBlockHeader.size)
      guard read(&bytes, at: size), let header = bytes.withUnsafeBytes({ SeriesBlockHeader($0) }) else { break }
      guard header.fingerprint == fingerprint else { throw folder.ofAnotherJob }
      let place = size + SeriesBlockHeader.size..<size + SeriesBlockHeader.size + header.byteCount
      guard place.upperBound <= length, header.block.times.lowerBound == count else { break }
      bytes = [UInt8](repeating: 0, count: place.count)
      guard read(&bytes, at: place.lowerBound),
        bytes.withUnsafeBytes({ Checksum.of($0, seed: fingerprint) }) == header.checksum
      else {
        concern = "\(folder.path): block \(count + 1) is damaged; it and those behind it are computed again"
        break
      }
      places.append(place)
      size = place.upperBound
    }
  }

  /// Appends a block.
  ///
  /// - Parameter parts: its bytes, in parts that `parts(of:)` gives back.
  public func append(_ parts: [[UInt8]]) throws {
    var bytes = ([parts.count] + parts.map(\.count)).withUnsafeBytes { [UInt8]($0) }
    for part in parts { bytes += part }
    if file < 0 {
      close(try folder.makeLog(Self.name, needed: bytes.count))
      file = open("\(folder.path)/\(Self.name)", O_RDWR | O_APPEND | O_NOFOLLOW | O_CLOEXEC)
      guard file >= 0 else { throw failure(needed: bytes.count) }
    }
    try folder.check(file)
    let block = SeriesBlock(cells: 0..<0, times: count..<count + 1)
    let header = bytes.withUnsafeBytes { SeriesBlockHeader(block, $0, fingerprint: fingerprint).bytes }
    guard header.withUnsafeBytes({ writeAll($0, to: file) }), bytes.withUnsafeBytes({ writeAll($0, to: file) }) else {
      let failure = failure(needed: header.count + bytes.count)
      // What follows must begin where a block begins.
      _ = ftruncate(file, off_t(size))
      throw failure
    }
    places.append(size + header.count..<size + header.count + bytes.count)
    size += header.count + bytes.count
    guard ContinuousClock.now - lastFlush > Self.interval else { return }
    lastFlush = .now
    guard fsync(file) == 0 else { throw failure(needed: size) }
  }

  /// The parts of a block.
  ///
  /// - Throws: exit code 73 where they cannot be read.
  public func parts(of block: Int) throws -> [[UInt8]] {
    var bytes = [UInt8](repeating: 0, count: places[block].count)
    guard read(&bytes, at: places[block].lowerBound) else {
      throw JobError(
        .cannotWrite,
        "\(folder.path): what was finished cannot be read: \(systemErrorText()); expected a folder in which "
          + "nothing is removed while the job runs")
    }
    let word = MemoryLayout<Int>.size
    return bytes.withUnsafeBytes { bytes in
      func number(_ place: Int) -> Int { bytes.loadUnaligned(fromByteOffset: word * place, as: Int.self) }
      var offset = word * (1 + number(0))
      return (0..<number(0)).map { part in
        let own = offset..<offset + number(1 + part)
        offset = own.upperBound
        return [UInt8](bytes[own])
      }
    }
  }

  /// Removes the log when the output is complete.
  public func remove() {
    if file >= 0 { close(file) }
    (file, size, places) = (-1, 0, [])
    folder.remove([Self.name])
  }

  private func read(_ bytes: inout [UInt8], at offset: Int) -> Bool {
    bytes.withUnsafeMutableBytes { readAll($0, from: file, at: offset) }
  }

  private func failure(needed: Int) -> JobError { folder.failure(needed: needed) }
}
