/// A number that is made of a cell's row of numbers; NaN where there is none.
public typealias CellQuantity = @Sendable (_ row: UnsafeBufferPointer<Double>) -> Double

/// The numbers that a method leaves in every cell, on the rank that owns the cell.
public struct CellResults: Sendable {
  /// Which cells are whose.
  public let partition: Partition
  /// The ranks.
  public let communicator: Communicator
  /// Rows of this rank's cells: `values[position * rowLength + index]`.
  private let values: [Double]
  private let rowLength: Int
  /// By cell of the grid: whether it is selected; cells that are, but belong to nobody, hold no data.
  let isSelected: [Bool]
  let rowWithoutData: [Double]
  let rowOutside: [Double]

  /// The results of this rank's cells.
  ///
  /// - Parameters:
  ///   - values: a row for each cell of the rank's share.
  ///   - isSelected: by cell of the grid.
  ///   - rowWithoutData: the row of a selected cell that no rank owns.
  ///   - rowOutside: the row of a cell that is not selected.
  public init(
    _ values: [Double], _ partition: Partition, _ communicator: Communicator, isSelected: [Bool],
    rowWithoutData: [Double], rowOutside: [Double]
  ) {
    precondition(values.count == partition.share(of: communicator.rank).count * rowOutside.count, "a row for each cell")
    self.partition = partition
    self.communicator = communicator
    self.values = values
    rowLength = rowOutside.count
    self.isSelected = isSelected
    self.rowWithoutData = rowWithoutData
    self.rowOutside = rowOutside
  }

  /// The row of every cell of this rank, in order.
  public func forEachRow(_ body: (_ position: Int, _ row: UnsafeBufferPointer<Double>) -> Void) {
    forEachRow(of: 0..<partition.share(of: communicator.rank).count, body)
  }

  /// The rows of some of this rank's cells, by position.
  @inline(__always)
  func forEachRow(of positions: Range<Int>, _ body: (_ position: Int, _ row: UnsafeBufferPointer<Double>) -> Void) {
    values.withUnsafeBufferPointer { values in
      for position in positions {
        body(position, UnsafeBufferPointer(rebasing: values[position * rowLength..<(position + 1) * rowLength]))
      }
    }
  }

  /// How many cells of the grid have each of the values 0…255 of a category.
  ///
  /// Collective (`MPI_Allreduce`).
  public func counts(_ category: CellQuantity) throws -> [Int] {
    var counts = [Int](repeating: 0, count: 256)
    forEachRow { counts[Int(category($1))] += 1 }
    counts = try communicator.allReduce(counts, .sum)
    let selected = isSelected.count { $0 }
    counts[Int(rowWithoutData.withUnsafeBufferPointer(category))] += selected - partition.cells.count
    counts[Int(rowOutside.withUnsafeBufferPointer(category))] += isSelected.count - selected
    return counts
  }
}
