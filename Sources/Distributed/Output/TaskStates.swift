import Foundation

/// States of tasks under way and results of those that are finished, in `OUTPUT.checkpoint`: one file each, replaced as a whole.
///
/// Each has a checksum and the fingerprint of its job; a job with the same fingerprint goes on with them, on any number of
/// ranks. All ranks must see the folder. Errors are `JobError`s with exit code 73 that name the folder.
public final class TaskStates: Sendable {
  private let folder: CheckpointFolder
  private let fingerprint: UInt64

  private static let magic: UInt64 = 0x736d_742d_7461_736b
  private static let headerBytes = 40
  /// The largest content: more than a task of any kind has.
  private static let largestContent = 1 << 32

  /// What is kept of a task.
  private enum Kind: String, CaseIterable {
    case state, result
  }

  /// The states of a job that writes to `output`.
  ///
  /// - Parameters:
  ///   - identity: text that another job, with other options or input, does not have.
  ///   - discardOption: what messages call that by which the user forgets what is kept.
  public init(output: String, identity: String, discardOption: String) {
    folder = CheckpointFolder(output: output, discardOption: discardOption)
    fingerprint = Checksum.of(identity)
  }

  /// What earlier runs of the job left.
  public struct Left: Codable, Sendable {
    /// Tasks with a result.
    public var finished: Set<Int> = []
    /// Tasks with a state and without a result.
    public var begun: Set<Int> = []
    /// What is wrong with the files.
    public var concerns: [String] = []
  }

  /// The folder of the states.
  public var path: String { folder.path }

  /// Whether there is anything, of whatever job.
  public func isThere() throws -> Bool { try !names().isEmpty }

  /// What is there, and the names of files that cannot be used; removes nothing.
  ///
  /// - Throws: exit code 64 where it is of another job.
  public func look() throws -> (left: Left, damaged: [String]) {
    var left = Left()
    var damaged: [String] = []
    for name in try names() {
      let (task, kind) = Self.parts(of: name)
      if try content(name, task: task) == nil {
        damaged.append(name)
      } else if kind == .result {
        left.finished.insert(task)
      } else {
        left.begun.insert(task)
      }
    }
    left.begun.subtract(left.finished)
    return (left, damaged)
  }

  /// Looks for what is there, and removes what cannot be used.
  ///
  /// Called on rank 0.
  /// - Parameter discard: forget it all.
  /// - Throws: exit code 64 where it is of another job.
  public func resume(discard: Bool) throws -> Left {
    if discard { try removeAll() } else { try removeRemains() }
    var (left, damaged) = try look()
    if !damaged.isEmpty {
      left.concerns.append(
        "\(folder.path): \(damaged.count) damaged \(damaged.count == 1 ? "file was" : "files were") dropped; what they "
          + "held is computed again")
      for name in damaged { try? FileManager.default.removeItem(atPath: "\(folder.path)/\(name)") }
    }
    return left
  }

  /// Keeps the state of a task, in place of the one before.
  public func keep(_ bytes: [UInt8], stateOf task: Int) throws { try write(bytes, task, .state) }

  /// Keeps the result of a task, and forgets its state.
  public func keep(_ bytes: [UInt8], resultOf task: Int) throws {
    try write(bytes, task, .result)
    try? FileManager.default.removeItem(atPath: path(task, .state))
  }

  /// The state of a task; nil where there is none.
  public func state(of task: Int) throws -> [UInt8]? { try content(Self.name(task, .state), task: task) }

  /// The result of a task.
  ///
  /// - Throws: exit code 73 where it is not there.
  public func result(of task: Int) throws -> [UInt8] {
    guard let bytes = try content(Self.name(task, .result), task: task) else {
      throw JobError(
        .cannotWrite,
        "\(path(task, .result)): what was finished is not there or damaged; expected a folder that all ranks see and in which "
          + "nothing is removed while the job runs")
    }
    return bytes
  }

  /// Removes all of it when the output is complete.
  public func removeAll() throws {
    try removeRemains()
    folder.remove(try names())
  }

  /// Removes what processes that were killed left half-written.
  private func removeRemains() throws {
    folder.remove(try folder.names(matching: /task-[0-9]{1,9}\.(?:state|result)\.part-[0-9a-f]{8}/))
  }

  // MARK: Files

  private static func name(_ task: Int, _ kind: Kind) -> String { "task-\(task).\(kind.rawValue)" }

  private static func parts(of name: String) -> (task: Int, kind: Kind) {
    let words = name.dropFirst("task-".count).split(separator: ".")
    return (Int(words[0]) ?? 0, Kind(rawValue: String(words[1])) ?? .state)
  }

  private func path(_ task: Int, _ kind: Kind) -> String { "\(folder.path)/\(Self.name(task, kind))" }

  private func names() throws -> [String] { try folder.names(matching: /task-[0-9]{1,9}\.(?:state|result)/) }

  private func write(_ bytes: [UInt8], _ task: Int, _ kind: Kind) throws {
    try folder.make(needed: bytes.count)
    let file = try OutputFile(path(task, kind), followsLinks: false)
    let sum = bytes.withUnsafeBytes { Checksum.of($0, seed: fingerprint) }
    var header = [Self.magic, fingerprint, UInt64(task), UInt64(bytes.count), sum].flatMap { word in
      withUnsafeBytes(of: word.littleEndian) { [UInt8]($0) }
    }
    header += header.withUnsafeBytes { Checksum.of($0) }.littleEndianBytes
    try file.write(header + bytes)
    try file.commit()
    Log.debug("checkpoint: \(bytes.count) bytes in \(path(task, kind))")
  }

  /// What a file holds; nil where it is not there or damaged.
  private func content(_ name: String, task: Int) throws -> [UInt8]? {
    guard let data = FileManager.default.contents(atPath: "\(folder.path)/\(name)") else { return nil }
    let length = Self.headerBytes + 8
    guard (length...Self.largestContent).contains(data.count) else { return nil }
    return try data.withUnsafeBytes { bytes in
      func word(_ number: Int) -> UInt64 {
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8 * number, as: UInt64.self))
      }
      let header = UnsafeRawBufferPointer(rebasing: bytes[..<Self.headerBytes])
      guard word(0) == Self.magic, Checksum.of(header) == word(5) else { return nil }
      guard word(1) == fingerprint else { throw folder.ofAnotherJob }
      let content = UnsafeRawBufferPointer(rebasing: bytes[length...])
      guard word(2) == UInt64(task), word(3) == UInt64(content.count),
        Checksum.of(content, seed: fingerprint) == word(4)
      else { return nil }
      return [UInt8](content)
    }
  }
}

extension UInt64 {
  fileprivate var littleEndianBytes: [UInt8] { withUnsafeBytes(of: littleEndian) { [UInt8]($0) } }
}
