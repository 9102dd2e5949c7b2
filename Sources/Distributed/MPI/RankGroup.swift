import CMPIShim

/// Some of the job's ranks, which share one task: a communicator of their own (`MPI_Comm_split`).
///
/// A group of one rank never calls MPI.
public final class RankGroup {
  /// The number of this group.
  public let number: Int
  /// The number of groups of the job.
  public let count: Int
  /// This rank's number within its group, from 0.
  public let rank: Int
  /// Ranks of the group.
  public let size: Int
  private let communicator: Communicator
  private let handle: OpaquePointer?

  /// Divides all ranks into groups of neighbouring ranks, as even as they can be.
  ///
  /// Collective.
  /// - Parameter count: groups, from 1; there are no more than ranks.
  public init(_ communicator: Communicator, count: Int) throws {
    let count = min(count, communicator.size)
    (self.communicator, self.count) = (communicator, count)
    number = Self.group(of: communicator.rank, groups: count, ranks: communicator.size)
    let first = Self.leader(of: number, groups: count, ranks: communicator.size)
    rank = communicator.rank - first
    size = Self.leader(of: number + 1, groups: count, ranks: communicator.size) - first
    var handle: OpaquePointer?
    if communicator.size > 1 {
      try communicator.check(shim_mpi_split(Int32(number), &handle), "MPI_Comm_split")
    }
    self.handle = handle
  }

  deinit { if let handle { shim_mpi_free_group(handle) } }

  /// Whether this is the rank that speaks for its group.
  public var isLeader: Bool { rank == 0 }

  /// The job's rank that leads a group.
  static func leader(of group: Int, groups: Int, ranks: Int) -> Int { (group * ranks + groups - 1) / groups }

  /// The group that a rank is in.
  static func group(of rank: Int, groups: Int, ranks: Int) -> Int { rank * groups / ranks }

  /// The job's rank that leads a group.
  func leader(of group: Int) -> Int { Self.leader(of: group, groups: count, ranks: communicator.size) }

  /// Replaces integers by their sums over the group (`MPI_Allreduce`).
  ///
  /// Collective within the group. Sums of integers are the same in whatever order.
  public func add(_ values: inout [Int64]) throws {
    guard size > 1, !values.isEmpty else { return }
    guard let length = Int32(exactly: values.count) else {
      throw JobError(.internal, "\(values.count) integers are too many for one sum over ranks")
    }
    try communicator.check(shim_mpi_group_sum_int64(handle, &values, length), "MPI_Allreduce")
  }

  /// Bytes of the leader on every rank of the group, whatever their number (`MPI_Bcast`).
  ///
  /// Collective within the group.
  public func broadcast(_ bytes: [UInt8]) throws -> [UInt8] {
    guard size > 1 else { return bytes }
    var count = Int64(bytes.count)
    try withUnsafeMutableBytes(of: &count) {
      try communicator.check(shim_mpi_group_broadcast(handle, $0.baseAddress, $0.count), "MPI_Bcast")
    }
    var result = isLeader ? bytes : [UInt8](repeating: 0, count: Int(count))
    try communicator.check(shim_mpi_group_broadcast(handle, &result, Int(count)), "MPI_Bcast")
    return result
  }
}
