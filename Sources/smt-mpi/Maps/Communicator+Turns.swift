import Distributed

extension Communicator {
  /// Works through numbered tasks, task k on rank k mod P, and hands what each leaves to rank 0, in the order of tasks.
  ///
  /// Collective. No rank holds more than one result besides its own.
  ///
  /// - Throws: on all ranks what any rank throws.
  func inTurns(
    _ count: Int, _ make: (_ task: Int) throws -> [UInt8], take: (_ task: Int, _ bytes: [UInt8]) throws -> Void
  ) throws {
    for first in stride(from: 0, to: count, by: size) {
      let task = first + rank
      let bytes = try together { task < count ? try make(task) : [] }
      try forEachBytes(bytes) { rank, bytes in
        if first + rank < count { try take(first + rank, bytes) }
      }
    }
  }
}
