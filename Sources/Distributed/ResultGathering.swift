/// Results of all ranks on rank 0, in the order of cells.
public enum ResultGathering {
  /// Gathers the ranks' results in blocks of bounded size and hands each over on rank 0.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - values: this rank's results, `recordLength` for each cell of its share.
  ///   - take: called on rank 0 with the positions (in the partition's cells) and values of one rank after the other.
  public static func run(
    _ values: [Double], recordLength: Int, _ partition: Partition, _ communicator: Communicator,
    take: (Range<Int>, [Double]) -> Void
  ) throws {
    if communicator.isRoot { take(partition.share(of: 0), values) }
    for rank in 1..<max(1, communicator.size) {
      let share = partition.share(of: rank)
      if communicator.rank == rank {
        try communicator.send(values.withUnsafeBytes { [UInt8]($0) }, to: 0)
      } else if communicator.isRoot {
        let bytes = try communicator.receive(count: share.count * recordLength * 8, from: rank)
        take(share, bytes.withUnsafeBytes { [Double]($0.bindMemory(to: Double.self)) })
      }
    }
  }
}
