import CMPIShim

/// Compression of an output file's chunks by all ranks: rank 0 hands them out, the others work for it.
///
/// Compressing takes ten times as long as anything else in writing, and would keep all ranks waiting for rank 0.
public struct ChunkCompression: Sendable {
  private let communicator: Communicator
  /// Level of deflate.
  static let level = 4

  /// What rank 0 tells another before each chunk: its number of elements (-1 for the end) and their size in bytes.
  private typealias Order = (count: Int64, size: Int64)

  /// Compression by this rank alone.
  public static let single = ChunkCompression(communicator: .single)

  /// Runs on rank 0 what writes files, while the other ranks compress for it.
  ///
  /// Collective.
  public static func run(_ communicator: Communicator, _ body: (ChunkCompression) throws -> Void) throws {
    try communicator.together {
      guard communicator.isRoot else { return try serve(communicator) }
      defer {
        // A rank that cannot be reached any more has failed on its own.
        for rank in 1..<max(1, communicator.size) { try? communicator.send(bytes(of: (-1, 0)), to: rank) }
      }
      try body(ChunkCompression(communicator: communicator))
    }
  }

  /// Compresses chunks and hands over the results in order.
  ///
  /// Called on rank 0.
  ///
  /// - Parameters:
  ///   - count: the number of chunks.
  ///   - elements: the chunk of a number; asked for once each, in order.
  ///   - take: gets the number of a chunk and its bytes in the file.
  func compress<Element>(
    count: Int, elements: (Int) -> [Element], take: (Int, [UInt8]) throws -> Void
  ) throws {
    let size = MemoryLayout<Element>.size
    for first in stride(from: 0, to: count, by: communicator.size) {
      let others = first + 1..<max(first + 1, min(first + communicator.size, count))
      let own = elements(first)
      for number in others {
        let chunk = elements(number)
        try communicator.send(Self.bytes(of: (Int64(chunk.count), Int64(size))), to: number - first)
        try communicator.send(chunk.withUnsafeBytes { [UInt8]($0) }, to: number - first)
      }
      // All results are fetched before a failure is told, so that the others are ready for the end.
      var outcome = Result { try take(first, Self.deflated(own.withUnsafeBytes { [UInt8]($0) }, size: size)) }
      for number in others {
        let length = try communicator.receive(count: 8, from: number - first)
        let bytes = length.withUnsafeBytes { Int($0.loadUnaligned(as: Int64.self)) }
        let result = try communicator.receive(count: bytes, from: number - first)
        if case .success = outcome { outcome = Result { try take(number, result) } }
      }
      try outcome.get()
    }
  }

  private static func serve(_ communicator: Communicator) throws {
    while true {
      let order = try communicator.receive(count: 16, from: 0).withUnsafeBytes {
        (count: Int($0.loadUnaligned(as: Int64.self)), size: Int($0.loadUnaligned(fromByteOffset: 8, as: Int64.self)))
      }
      guard order.count >= 0 else { return }
      let result = deflated(try communicator.receive(count: order.count * order.size, from: 0), size: order.size)
      try communicator.send(withUnsafeBytes(of: Int64(result.count)) { [UInt8]($0) }, to: 0)
      try communicator.send(result, to: 0)
    }
  }

  private static func bytes(of order: Order) -> [UInt8] {
    [order.count, order.size].withUnsafeBytes { [UInt8]($0) }
  }

  /// Elements of `size` bytes each, shuffled and deflated.
  static func deflated(_ elements: [UInt8], size: Int) -> [UInt8] {
    let capacity = shim_deflate_bound(elements.count)
    return [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
      count = shim_deflate_chunk(
        elements, elements.count / size, size, Int32(level), buffer.baseAddress, buffer.count)
      precondition(count > 0, "no memory to compress \(elements.count) bytes")
    }
  }
}
