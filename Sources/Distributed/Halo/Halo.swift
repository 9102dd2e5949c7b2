import CMPIShim

/// The cells of other ranks that lie in the windows of this rank's cells, and the exchange of their values.
///
/// Made once of the partition; then one all-to-all exchange (`MPI_Alltoallv`) of numbers in single precision brings all
/// channels of a field.
public final class Halo {
  /// Where windows find their values: those of the rank's own cells, then those of the halo.
  public let places: WindowPlaces
  /// The cells of others, by grid index, ascending.
  public let foreign: [Int]
  private let communicator: Communicator
  /// Positions in the rank's share of the cells that others want, rank after rank.
  private let wanted: [Int32]
  /// By rank, the number of cells that go there, and that come from there.
  private let (sentCounts, receivedCounts): ([Int], [Int])

  /// Finds the cells of other ranks that windows need, and tells these ranks.
  ///
  /// Collective.
  ///
  /// - Parameter isCentre: by position in the partition's cells, whether the cell's window is wanted; others have values for the
  ///   windows of their neighbours alone.
  public init(_ partition: Partition, _ windows: CellWindows, isCentre: [Bool], _ communicator: Communicator) throws {
    self.communicator = communicator
    let share = partition.share(of: communicator.rank)
    let positions = Self.foreign(partition, share, windows, isCentre: isCentre)
    let cells = positions.map { partition.cells[$0] }
    foreign = cells
    places = WindowPlaces(windows, own: partition.cells[share], foreign: cells)
    let ranks = communicator.size
    // Shares follow each other, so that what comes from a rank lies together.
    var counts = [Int](repeating: 0, count: ranks)
    var owner = 0
    for position in positions {
      while !partition.share(of: owner).contains(position) { owner += 1 }
      counts[owner] += 1
    }
    receivedCounts = counts
    guard ranks > 1 else {
      (wanted, sentCounts) = ([], counts)
      return
    }
    // Each rank asks others for cells by their positions in the partition.
    let ones = [Int](repeating: 1, count: ranks)
    let asked = try communicator.exchange(counts.map(Double.init), counts: ones, receiving: ones).map { Int($0) }
    let found = try communicator.exchange(positions.map(Double.init), counts: counts, receiving: asked)
    sentCounts = asked
    wanted = found.map { Int32($0) - Int32(share.lowerBound) }
  }

  /// Positions in the partition of the cells of other ranks in the windows of a share, ascending.
  private static func foreign(
    _ partition: Partition, _ share: Range<Int>, _ windows: CellWindows, isCentre: [Bool]
  ) -> [Int] {
    let cells = partition.cells
    guard share.count < cells.count, let first = cells[share].first, let last = cells[share].last else { return [] }
    let width = windows.columnCount
    var found = Set<Int>()
    for position in share where isCentre[position] {
      let row = cells[position] / width
      // Between the first and the last own cell no other rank has any.
      if (row - windows.reach) * width >= first, (row + windows.reach + 1) * width <= last + 1 { continue }
      for case let neighbour? in windows.cells(around: cells[position]) where neighbour < first || neighbour > last {
        found.insert(neighbour)
      }
    }
    return found.sorted().compactMap { cells.position(of: $0) }
  }

  /// Bytes of the values of other ranks' cells that a year's exchange brings to this rank.
  public func bytes(channels: Int) -> Int { 4 * channels * foreign.count }

  /// The values of the cells of other ranks, channel after channel.
  ///
  /// Collective.
  ///
  /// - Parameter values: by channel and position in the rank's share.
  /// - Throws: exit code 71 where they are more than MPI can count.
  public func exchange(_ values: [[Float]]) throws -> [Float] {
    let channels = values.count
    guard communicator.size > 1, channels > 0 else { return [] }
    try communicator.together {
      guard channels * max(wanted.count, foreign.count) <= Int(Int32.max) else {
        throw JobError(.memory, "\(channels) channels of \(foreign.count) cells are more than ranks can exchange")
      }
    }
    var outgoing: [Float] = []
    outgoing.reserveCapacity(channels * wanted.count)
    var start = 0
    for count in sentCounts {
      for channel in values { for place in wanted[start..<start + count] { outgoing.append(channel[Int(place)]) } }
      start += count
    }
    let arrived = try communicator.exchange(
      outgoing, counts: sentCounts.map { $0 * channels }, receiving: receivedCounts.map { $0 * channels })
    // By rank and channel as it comes; by channel and cell as it is used.
    var result = [Float](repeating: .nan, count: channels * foreign.count)
    var (first, next) = (0, 0)
    for count in receivedCounts {
      for channel in 0..<channels {
        for index in 0..<count { result[channel * foreign.count + first + index] = arrived[next + index] }
        next += count
      }
      first += count
    }
    return result
  }
}

extension [Int] {
  /// The index of a number, of numbers that ascend; nil where it is not there.
  fileprivate func position(of number: Int) -> Int? {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if self[middle] < number { low = middle + 1 } else { high = middle }
    }
    return low < count && self[low] == number ? low : nil
  }
}

extension Communicator {
  /// Numbers of every rank for every other (`MPI_Alltoallv`); counts are by rank.
  fileprivate func exchange(_ numbers: [Double], counts: [Int], receiving: [Int]) throws -> [Double] {
    var result = [Double](repeating: 0, count: receiving.reduce(0, +))
    try allToAll(
      numbers, counts: counts.map { Int32($0) }, starts: Self.starts(counts), &result,
      counts: receiving.map { Int32($0) }, starts: Self.starts(receiving))
    return result
  }

  /// The same in single precision.
  fileprivate func exchange(_ numbers: [Float], counts: [Int], receiving: [Int]) throws -> [Float] {
    var result = [Float](repeating: 0, count: receiving.reduce(0, +))
    try check(
      shim_mpi_alltoallv_float(
        numbers, counts.map { Int32($0) }, Self.starts(counts), &result, receiving.map { Int32($0) },
        Self.starts(receiving)), "MPI_Alltoallv")
    return result
  }

  private static func starts(_ counts: [Int]) -> [Int32] {
    counts.reduce(into: [Int32(0)]) { $0.append($0[$0.count - 1] + Int32($1)) }.dropLast()
  }
}
