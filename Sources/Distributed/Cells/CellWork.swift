/// What a method does in the cells of a rank.
///
/// The work of a cell may be divided into parts, each of which any rank can compute from their common input alone, so
/// that a rank without work of its own helps another. Cells begin and end on the rank that owns them.
public protocol CellWork: AnyObject {
  /// Whether cells are divided into parts that are worth a message: milliseconds or more each.
  var hasParts: Bool { get }

  /// Begins the cell at a position within the rank's share.
  ///
  /// - Parameter row: the cell's result, to be written where there is nothing to divide.
  /// - Returns: what the cell's parts need; nil where the row has been written.
  func begin(_ position: Int, row: UnsafeMutableBufferPointer<Double>) -> CellInput?

  /// Computes a part of a cell, possibly another rank's; depends on the arguments and the job's options alone.
  func compute(part: Int, of input: [Double]) -> [Double]

  /// Makes the result of a cell of its parts, in order; called once for every cell that has parts.
  func finish(
    _ position: Int, input: [Double], parts: [[Double]], row: UnsafeMutableBufferPointer<Double>)
}

/// What the parts of a cell are computed from, on any rank.
public struct CellInput {
  /// The numbers that every part needs.
  public var numbers: [Double]
  /// The number of parts, at least one.
  public var partCount: Int

  /// An input for so many parts.
  public init(numbers: [Double], partCount: Int) {
    self.numbers = numbers
    self.partCount = partCount
  }
}

/// Cells that are not divided.
final class WholeCells: CellWork {
  let hasParts = false
  private let compute: (_ position: Int, _ row: UnsafeMutableBufferPointer<Double>) -> Void

  init(_ compute: @escaping (_ position: Int, _ row: UnsafeMutableBufferPointer<Double>) -> Void) {
    self.compute = compute
  }

  func begin(_ position: Int, row: UnsafeMutableBufferPointer<Double>) -> CellInput? {
    compute(position, row)
    return nil
  }

  func compute(part: Int, of input: [Double]) -> [Double] { [] }

  func finish(_ position: Int, input: [Double], parts: [[Double]], row: UnsafeMutableBufferPointer<Double>) {}
}
