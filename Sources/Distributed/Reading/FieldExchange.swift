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
  /// Counts and displacements of what goes out and comes in, in numbers; MPI reads them as long as messages travel.
  private let layout: UnsafeMutablePointer<Int32>
  private var request: OpaquePointer?
  /// What MPI said of the messages when they had arrived.
  private var outcome: Int32 = 0
  /// What `start` was given.
  private var fields: Block
  private var slotCounts: [Int] = []
  private var failed = false

  /// The first number of every message, before the cells: whether its sender goes on or has failed.
  private static let marks = (good: 0.0, failed: 1.0)

  /// An exchange of at most `slots` fields from every rank.
  ///
  /// - Throws: exit code 71, on all ranks, where that is more than MPI can count.
  init(_ partition: Partition, _ communicator: Communicator, slots: Int) throws {
    try Self.check(slots: slots, cells: partition.cells.count, ranks: communicator.size)
    self.partition = partition
    self.communicator = communicator
    let (own, ranks) = (partition.share(of: communicator.rank).count, communicator.size)
    outgoing = Block(capacity: ranks == 1 ? 0 : slots * partition.cells.count + ranks)
    incoming = Block(capacity: ranks == 1 ? 0 : (slots * own + 1) * ranks)
    layout = .allocate(capacity: 4 * ranks)
    fields = incoming
  }

  deinit { layout.deallocate() }

  /// Checks that counts and displacements fit MPI's integers.
  static func check(slots: Int, cells: Int, ranks: Int) throws {
    let largestShare = (cells + ranks - 1) / ranks
    let numbers = max(slots * cells + ranks, (slots * largestShare + 1) * ranks)
    guard ranks == 1 || numbers <= Int(Int32.max) else {
      throw JobError(
        .memory,
        "\(slots) values in each of \(cells) cells are more than ranks can exchange at a time (\(Int32.max) numbers); "
          + "choose fewer cells, or read by slabs")
    }
  }

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
    // The message to a rank: the mark, then the values of its cells, slot after slot.
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
      layout[rank] = Int32(message)
      layout[ranks + rank] = Int32(sent)
      layout[2 * ranks + rank] = Int32(reply)
      layout[3 * ranks + rank] = Int32(received)
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
    guard let request else { return }
    var isComplete: Int32 = 0
    outcome = shim_mpi_is_complete(request, &isComplete)
    if outcome != 0 || isComplete != 0 { self.request = nil }
  }

  /// Waits for all messages (`MPI_Wait`) and tells whether any rank failed.
  func finish() throws -> Bool {
    guard communicator.size > 1 else { return failed }
    if let request { outcome = shim_mpi_wait(request) }
    request = nil
    try communicator.check(outcome, "MPI_Wait")
    return (0..<communicator.size).contains { incoming.pointer[place(of: $0)] == Self.marks.failed }
  }

  /// Where the message from a rank begins in what came in.
  private func place(of rank: Int) -> Int {
    Int(layout[3 * communicator.size + rank])
  }

  /// What came from a rank, slot after slot on this rank's cells.
  func received(from rank: Int) -> UnsafeMutablePointer<Double> {
    communicator.size == 1 ? fields.pointer : incoming.pointer + place(of: rank) + 1
  }
}
