import CMPIShim

/// The all-to-all step of the field plan: every rank holds whole fields of its own and receives its cells of all.
///
/// The messages travel while the ranks read on (`MPI_Ialltoallv`). Each brings along whether its sender failed, so that
/// a round needs no other agreement.
final class FieldExchange {
  private let partition: Partition
  private let communicator: Communicator
  private let outgoing: Block
  private let incoming: Block
  /// Counts and displacements of what goes out and comes in, in bytes; MPI reads them as long as messages travel.
  private let layout: UnsafeMutablePointer<Int32>
  private var request: UnsafeMutableRawPointer?
  /// What `start` was given.
  private var fields: Block
  private var slotCounts: [Int] = []
  private var failed = false

  /// What a rank that goes on and one that failed put before their cells.
  private static let marks = (good: 0.0, failed: 1.0)

  /// An exchange of at most `slots` fields from every rank.
  init(_ partition: Partition, _ communicator: Communicator, slots: Int) {
    self.partition = partition
    self.communicator = communicator
    let (own, ranks) = (partition.share(of: communicator.rank).count, communicator.size)
    outgoing = Block(capacity: ranks == 1 ? 0 : slots * partition.cells.count + ranks)
    incoming = Block(capacity: ranks == 1 ? 0 : (slots * own + 1) * ranks)
    layout = .allocate(capacity: 4 * ranks)
    fields = incoming
  }

  deinit { layout.deallocate() }

  /// Bytes that an exchange holds on a rank that owns `own` of `all` cells.
  static func bytes(slots: Int, all: Int, own: Int, ranks: Int) -> Int {
    ranks == 1 ? 0 : 8 * (slots * (all + own * ranks) + 2 * ranks)
  }

  /// Begins to exchange `slotCounts[rank]` fields of every rank: `fields[slot * cells + position]` over all cells.
  ///
  /// A rank that failed takes part, too, and says so; its fields count for nothing. With one rank the fields are what
  /// `finish` gives, and must not change before it.
  func start(_ fields: Block, slotCounts: [Int], failed: Bool) throws {
    self.fields = fields
    self.slotCounts = slotCounts
    self.failed = failed
    let ranks = communicator.size
    guard ranks > 1 else { return }
    let (all, own) = (partition.cells.count, partition.share(of: communicator.rank).count)
    let slots = slotCounts[communicator.rank]
    // The mark and all slots of a destination's cells lie together in the message to it.
    var (sent, received) = (0, 0)
    for rank in 0..<ranks {
      let share = partition.share(of: rank)
      let message = 1 + slots * share.count
      let reply = 1 + slotCounts[rank] * own
      outgoing.pointer[sent] = failed ? Self.marks.failed : Self.marks.good
      for slot in 0..<slots {
        (outgoing.pointer + sent + 1 + slot * share.count).update(
          from: fields.pointer + slot * all + share.lowerBound, count: share.count)
      }
      layout[rank] = Int32(8 * message)
      layout[ranks + rank] = Int32(8 * sent)
      layout[2 * ranks + rank] = Int32(8 * reply)
      layout[3 * ranks + rank] = Int32(8 * received)
      sent += message
      received += reply
    }
    try communicator.check(
      shim_mpi_start_alltoallv(
        outgoing.pointer, layout, layout + ranks, incoming.pointer, layout + 2 * ranks, layout + 3 * ranks, &request),
      "MPI_Ialltoallv")
  }

  /// Lets messages travel on, where MPI does not do so by itself (`MPI_Test`); errors show when it is finished.
  func advance() {
    if let request { _ = shim_mpi_test(request) }
  }

  /// Waits for all messages (`MPI_Wait`) and tells whether any rank failed.
  func finish() throws -> Bool {
    guard communicator.size > 1 else { return failed }
    defer { request = nil }
    try communicator.check(shim_mpi_wait(request), "MPI_Wait")
    return (0..<communicator.size).contains { incoming.pointer[place(of: $0)] == Self.marks.failed }
  }

  /// Where the message of a rank begins.
  private func place(of rank: Int) -> Int {
    Int(layout[3 * communicator.size + rank]) / 8
  }

  /// What came from a rank, slot after slot on this rank's cells.
  func received(from rank: Int) -> UnsafeMutablePointer<Double> {
    communicator.size == 1 ? fields.pointer : incoming.pointer + place(of: rank) + 1
  }
}
