extension CellResults {
  /// Puts fields together, each on one rank, and hands what that rank makes of its field to rank 0.
  ///
  /// Collective. Fields are dealt out one after the other, and exchanged (`MPI_Alltoallv`) one for each rank at a time, so
  /// that no rank ever holds more than a field besides a few numbers of its own cells, and rank 0 what was made of one.
  ///
  /// - Parameters:
  ///   - fields: what is made of a cell's row, by field.
  ///   - make: called once for each field, on some rank, with the field's number and its values in the order of the
  ///     partition's cells.
  ///   - take: called on rank 0, in the order of fields, with a field's number and what was made of it.
  /// - Throws: on all ranks, what `take` throws.
  public func assemble(
    _ fields: [CellQuantity], _ make: (_ field: Int, _ values: UnsafeBufferPointer<Double>) -> [UInt8],
    take: (_ field: Int, _ bytes: [UInt8]) throws -> Void
  ) throws {
    let ranks = communicator.size
    let own = partition.share(of: communicator.rank).count
    let exchange = FieldAssembly(partition, communicator)
    let together = Self.fieldsTogether(ranks: ranks)
    let outgoing = Block(capacity: own * min(fields.count, together))
    for begin in stride(from: 0, to: fields.count, by: together) {
      let end = min(begin + together, fields.count)
      makeOwn(fields[begin..<end], into: outgoing)
      for first in stride(from: begin, to: end, by: ranks) {
        let count = min(ranks, end - first)
        let values = try exchange.run(outgoing.slice((first - begin) * own, count * own), fields: count)
        let made = communicator.rank < count ? make(first + communicator.rank, values) : []
        try communicator.forEachBytes(made) { rank, bytes in
          if rank < count { try take(first + rank, bytes) }
        }
      }
    }
  }

  /// Bytes that putting fields together holds on a rank.
  public static func bytesOfFields(_ partition: Partition, rank: Int) -> Int {
    let ranks = partition.rankCount
    return 8
      * (partition.share(of: rank).count * fieldsTogether(ranks: ranks) + (ranks == 1 ? 0 : partition.cells.count))
  }

  /// Makes fields of the rank's own cells, one after the other.
  private func makeOwn(_ fields: ArraySlice<CellQuantity>, into block: Block) {
    let own = partition.share(of: communicator.rank).count
    // The rows of some cells stay in cache for all fields.
    for first in stride(from: 0, to: own, by: 128) {
      for (number, field) in fields.enumerated() {
        forEachRow(of: first..<min(first + 128, own)) { block.pointer[number * own + $0] = field($1) }
      }
    }
  }

  /// Fields that are made of the rows at a time: some for each rank where ranks are few, since rows are not in cache.
  private static func fieldsTogether(ranks: Int) -> Int { max(1, 8 / ranks) * ranks }
}

/// The all-to-all step after the work in cells: every rank sends its cells' values of each field to the rank that puts
/// the field together.
private final class FieldAssembly {
  private let partition: Partition
  private let communicator: Communicator
  private let incoming: Block

  init(_ partition: Partition, _ communicator: Communicator) {
    self.partition = partition
    self.communicator = communicator
    incoming = Block(capacity: communicator.size == 1 ? 0 : partition.cells.count)
  }

  /// Gives this rank the values of the field of its number in the order of the partition's cells; nothing where there are
  /// fewer fields than ranks.
  ///
  /// - Parameters:
  ///   - outgoing: values of the rank's own cells, field after field.
  ///   - count: the number of fields, not more than ranks.
  func run(_ outgoing: UnsafeBufferPointer<Double>, fields count: Int) throws -> UnsafeBufferPointer<Double> {
    let ranks = communicator.size
    guard ranks > 1 else { return outgoing }
    let own = partition.share(of: communicator.rank).count
    let takesPart = communicator.rank < count
    // Shares follow each other, so that what comes in is in the order of cells.
    try communicator.allToAll(
      outgoing.baseAddress, counts: (0..<ranks).map { Int32($0 < count ? own : 0) },
      starts: (0..<ranks).map { Int32($0 < count ? $0 * own : 0) },
      incoming.pointer, counts: (0..<ranks).map { Int32(takesPart ? partition.share(of: $0).count : 0) },
      starts: (0..<ranks).map { Int32(partition.share(of: $0).lowerBound) })
    return incoming.slice(0, takesPart ? partition.cells.count : 0)
  }
}
