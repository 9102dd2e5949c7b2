import CMPIShim

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The ranks of the job and what they do together: MPI_COMM_WORLD behind Swift types.
///
/// A communicator of size 1 never calls MPI, so that `--dry-run` and unit tests work where MPI cannot start.
/// Collective functions must be called by all ranks in the same order; each says which MPI function it calls.
public struct Communicator: Sendable {
  /// This process' rank, from 0.
  public let rank: Int
  /// The number of ranks.
  public let size: Int

  /// The one rank of a job without MPI.
  public static let single = Communicator(rank: 0, size: 1)

  init(rank: Int, size: Int) {
    self.rank = rank
    self.size = size
  }

  /// Whether this is the rank that speaks and writes.
  public var isRoot: Bool { rank == 0 }

  /// Starts MPI (`MPI_Init_thread`, funneled) and makes its errors, and HDF5's, return.
  ///
  /// - Throws: `JobError` with exit code 69 where MPI does not start.
  public static func start() throws -> Communicator {
    // Where processors lie is all that MPI is to find out; the search for displays asks name service for each of ten.
    setenv("HWLOC_COMPONENTS", "-gl", 0)
    let code = shim_mpi_init()
    guard code == 0 else { throw JobError(.launch, "MPI could not start (error \(code) of MPI_Init_thread)") }
    shim_hdf5_quiet()
    Log.rank.store(Int(shim_mpi_rank()), ordering: .relaxed)
    return Communicator(rank: Int(shim_mpi_rank()), size: Int(shim_mpi_size()))
  }

  /// Ends MPI (`MPI_Finalize`).
  public static func finish() { _ = shim_mpi_finalize() }

  /// Ends all ranks at once with this exit code (`MPI_Abort`).
  public static func abort(_ code: ExitCode) { shim_mpi_abort(code.rawValue) }

  /// Waits for all ranks (`MPI_Barrier`).
  public func barrier() throws {
    guard size > 1 else { return }
    try check(shim_mpi_barrier(), "MPI_Barrier")
  }

  /// The ranks that run on this rank's node, itself among them (`MPI_Comm_split_type`).
  ///
  /// Collective.
  func ranksOfNode() throws -> [Int] {
    guard size > 1 else { return [rank] }
    var ranks = [Int32](repeating: 0, count: size)
    var count: Int32 = 0
    try check(shim_mpi_node_ranks(&ranks, &count), "MPI_Comm_split_type")
    return ranks.prefix(Int(count)).map(Int.init)
  }

  /// How values of all ranks are combined.
  public enum Operation: Sendable {
    /// Their sum, smallest or largest.
    case sum, minimum, maximum

    var code: Int32 {
      switch self {
      case .sum: Int32(SHIM_MPI_SUM.rawValue)
      case .minimum: Int32(SHIM_MPI_MIN.rawValue)
      case .maximum: Int32(SHIM_MPI_MAX.rawValue)
      }
    }
  }

  /// Combines doubles over all ranks (`MPI_Allreduce`).
  public func allReduce(_ values: [Double], _ operation: Operation) throws -> [Double] {
    var result = values
    guard size > 1, !values.isEmpty else { return result }
    try check(shim_mpi_allreduce_double(&result, Int32(values.count), operation.code), "MPI_Allreduce")
    return result
  }

  /// Combines integers over all ranks (`MPI_Allreduce`).
  public func allReduce(_ values: [Int], _ operation: Operation) throws -> [Int] {
    var result = values.map(Int64.init)
    guard size > 1, !values.isEmpty else { return values }
    try check(shim_mpi_allreduce_int64(&result, Int32(values.count), operation.code), "MPI_Allreduce")
    return result.map(Int.init)
  }

  /// Bitwise or of bytes over all ranks (`MPI_Allreduce` with `MPI_BOR`).
  public func allOr(_ bytes: [UInt8]) throws -> [UInt8] {
    var result = bytes
    guard size > 1, !bytes.isEmpty else { return result }
    try check(shim_mpi_allreduce_or(&result, bytes.count), "MPI_Allreduce")
    return result
  }

  /// The same number of doubles of every rank, rank after rank, on rank 0; empty elsewhere (`MPI_Gather`).
  public func gather(_ values: [Double]) throws -> [Double] {
    guard size > 1 else { return values }
    var all = [Double](repeating: 0, count: isRoot ? values.count * size : 0)
    try check(shim_mpi_gather_double(values, Int32(values.count), &all), "MPI_Gather")
    return all
  }

  /// The same number of integers of every rank, rank after rank, on rank 0; empty elsewhere (`MPI_Gather`).
  public func gather(_ values: [Int]) throws -> [Int] {
    guard size > 1 else { return values }
    var all = [Int64](repeating: 0, count: isRoot ? values.count * size : 0)
    try check(shim_mpi_gather_int64(values.map(Int64.init), Int32(values.count), &all), "MPI_Gather")
    return all.map(Int.init)
  }

  /// Bytes of rank 0 on every rank, whatever their number (`MPI_Bcast`).
  public func broadcast(_ bytes: [UInt8]) throws -> [UInt8] {
    guard size > 1 else { return bytes }
    var count = Int64(bytes.count)
    try withUnsafeMutableBytes(of: &count) {
      try check(shim_mpi_broadcast($0.baseAddress, $0.count, 0), "MPI_Bcast")
    }
    var result = isRoot ? bytes : [UInt8](repeating: 0, count: Int(count))
    try check(shim_mpi_broadcast(&result, Int(count), 0), "MPI_Bcast")
    return result
  }

  /// Bytes of every rank on rank 0, in the order of ranks; empty elsewhere (`MPI_Send`, `MPI_Recv`).
  public func gatherBytes(_ bytes: [UInt8]) throws -> [[UInt8]] {
    var all: [[UInt8]] = []
    try receiveBytes(ofAll: bytes) { all.append($1) }
    return all
  }

  /// Gives rank 0 the bytes of one rank after the other (`MPI_Gather`, `MPI_Send`, `MPI_Recv`).
  ///
  /// - Throws: on rank 0 what `take` throws, after the bytes of all ranks have arrived.
  private func receiveBytes(ofAll bytes: [UInt8], _ take: (Int, [UInt8]) throws -> Void) throws {
    let counts = try gather([bytes.count])
    guard isRoot else { return try send(bytes, to: 0) }
    var outcome = Result { try take(0, bytes) }
    for source in 1..<max(1, size) {
      let bytes = try receive(count: counts[source], from: source)
      if case .success = outcome { outcome = Result { try take(source, bytes) } }
    }
    try outcome.get()
  }

  /// Hands the bytes of one rank after the other over on rank 0, which holds no more than those of one besides its own.
  ///
  /// Collective.
  /// - Throws: on all ranks, what `take` throws.
  public func forEachBytes(_ bytes: [UInt8], _ take: (_ rank: Int, _ bytes: [UInt8]) throws -> Void) throws {
    try together { try receiveBytes(ofAll: bytes, take) }
  }

  /// Hands the lists of bytes of one rank after the other over on rank 0, but for those that are empty.
  ///
  /// Collective.
  /// - Throws: on all ranks, what `take` throws.
  public func forEachChunk(_ chunks: [[UInt8]], _ take: (_ rank: Int, _ chunks: [[UInt8]]) throws -> Void) throws {
    let bytes = chunks.flatMap { withUnsafeBytes(of: Int64($0.count)) { [UInt8]($0) } + $0 }
    try forEachBytes(bytes) { rank, bytes in
      var (found, place) = ([[UInt8]](), 0)
      while place < bytes.count {
        let count = bytes.withUnsafeBytes { Int($0.loadUnaligned(fromByteOffset: place, as: Int64.self)) }
        found.append([UInt8](bytes[place + 8..<place + 8 + count]))
        place += 8 + count
      }
      if !found.isEmpty { try take(rank, found) }
    }
  }

  /// Exchanges numbers between all ranks (`MPI_Alltoallv`); `counts` and `starts` are by rank.
  func allToAll(
    _ sent: UnsafePointer<Double>?, counts sentCounts: [Int32], starts sentStarts: [Int32],
    _ received: UnsafeMutablePointer<Double>, counts receivedCounts: [Int32], starts receivedStarts: [Int32]
  ) throws {
    try check(
      shim_mpi_alltoallv(sent, sentCounts, sentStarts, received, receivedCounts, receivedStarts), "MPI_Alltoallv")
  }

  // Pieces of a message stay below MPI's int counts.
  private static let largestPiece = 1 << 30
  private static let tag: Int32 = 7

  /// Sends bytes to another rank, in pieces where they are many (`MPI_Send`).
  public func send(_ bytes: [UInt8], to destination: Int) throws {
    try bytes.withUnsafeBytes { buffer in
      for start in stride(from: 0, to: buffer.count, by: Self.largestPiece) {
        let count = min(Self.largestPiece, buffer.count - start)
        let piece = UnsafeRawBufferPointer(rebasing: buffer[start..<start + count])
        try check(shim_mpi_send(piece.baseAddress, Int32(count), Int32(destination), Self.tag), "MPI_Send")
      }
    }
  }

  /// Receives what `send` sent (`MPI_Recv`).
  public func receive(count: Int, from source: Int) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    try bytes.withUnsafeMutableBytes { buffer in
      for start in stride(from: 0, to: count, by: Self.largestPiece) {
        let length = min(Self.largestPiece, count - start)
        let piece = UnsafeMutableRawBufferPointer(rebasing: buffer[start..<start + length])
        try check(shim_mpi_receive(piece.baseAddress, Int32(length), Int32(source), Self.tag), "MPI_Recv")
      }
    }
    return bytes
  }

  /// Turns an error code of MPI into an error.
  func check(_ code: Int32, _ function: String) throws {
    guard code != 0 else { return }
    let text = cString(capacity: 512) { shim_mpi_error_text(code, $0, $1) }
    throw JobError(.launch, "\(function) failed on rank \(rank): \(text)")
  }
}

/// The text that a C function writes into a buffer of this capacity.
func cString(capacity: Int, _ body: (UnsafeMutablePointer<CChar>, Int) -> Void) -> String {
  withUnsafeTemporaryAllocation(of: CChar.self, capacity: capacity) { buffer in
    guard let base = buffer.baseAddress else { return "" }
    base.initialize(repeating: 0, count: capacity)
    body(base, capacity)
    return String(cString: base)
  }
}
