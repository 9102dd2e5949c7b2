/// The all-to-all step of the field plan: every rank holds whole fields of its own and receives its cells of all.
final class FieldExchange {
  private let partition: Partition
  private let communicator: Communicator
  private let outgoing: Block
  private let incoming: Block

  /// An exchange of at most `slots` fields from every rank.
  init(_ partition: Partition, _ communicator: Communicator, slots: Int) {
    self.partition = partition
    self.communicator = communicator
    let own = partition.share(of: communicator.rank).count
    let isAlone = communicator.size == 1
    outgoing = Block(capacity: isAlone ? 0 : slots * partition.cells.count)
    incoming = Block(capacity: isAlone ? 0 : slots * own * communicator.size)
  }

  /// Bytes that an exchange holds on a rank that owns `own` of `all` cells.
  static func bytes(slots: Int, all: Int, own: Int, ranks: Int) -> Int {
    ranks == 1 ? 0 : 8 * slots * (all + own * ranks)
  }

  /// Where in the received block the fields of a rank begin.
  func offset(of rank: Int, _ slotCounts: [Int]) -> Int {
    slotCounts[..<rank].reduce(0, +) * partition.share(of: communicator.rank).count
  }

  /// Exchanges `slotCounts[rank]` fields of every rank: `fields[slot * cells + position]` over all cells goes in,
  /// `received[offset(of: rank) + slot * own + position]` comes out.
  ///
  /// Collective.
  func exchange(_ fields: Block, slotCounts: [Int]) throws -> Block {
    guard communicator.size > 1 else { return fields }
    let ranks = communicator.size
    let all = partition.cells.count
    let own = partition.share(of: communicator.rank).count
    let slots = slotCounts[communicator.rank]
    // All slots of a destination's cells lie together in the message to it.
    var position = 0
    for rank in 0..<ranks {
      let share = partition.share(of: rank)
      for slot in 0..<slots {
        (outgoing.pointer + position).update(from: fields.pointer + slot * all + share.lowerBound, count: share.count)
        position += share.count
      }
    }
    let sendCounts = (0..<ranks).map { 8 * slots * partition.share(of: $0).count }
    let sendDisplacements = (0..<ranks).map { 8 * slots * partition.starts[$0] }
    let receiveCounts = slotCounts.map { 8 * $0 * own }
    let receiveDisplacements = (0..<ranks).map { 8 * offset(of: $0, slotCounts) }
    try communicator.allToAll(
      send: UnsafeRawBufferPointer(start: outgoing.pointer, count: 8 * outgoing.capacity), counts: sendCounts,
      displacements: sendDisplacements,
      receive: UnsafeMutableRawBufferPointer(start: incoming.pointer, count: 8 * incoming.capacity),
      counts: receiveCounts, displacements: receiveDisplacements)
    return incoming
  }
}
