/// How the months of a source are dealt out where every rank reads whole fields: a calendar year at a time, or, where
/// there are more ranks than years, an equal part of one.
///
/// Whole years are reduced by the rank that reads them. The fields of a part travel as they are and are reduced by the
/// owners of the cells, month after month, so that both give the same bits.
public struct TaskDivision {
  /// Calendar years of all members.
  public var years: Int
  /// Ranks among which they are dealt out.
  public var ranks: Int
  /// Consecutive months that a chunk holds.
  public var monthsPerChunk: Int
  /// Bytes of one month's steps, inflated.
  public var stepBytes: Int
  /// Fields that a month's steps make.
  public var fields: Int
  /// Values that a year leaves in a cell.
  public var width: Int
  /// Cells that are worked on.
  public var cells: Int

  /// A division of so many years among so many ranks.
  public init(
    years: Int, ranks: Int, monthsPerChunk: Int, stepBytes: Int, fields: Int, width: Int, cells: Int
  ) {
    self.years = years
    self.ranks = ranks
    self.monthsPerChunk = monthsPerChunk
    self.stepBytes = stepBytes
    self.fields = fields
    self.width = width
    self.cells = cells
  }

  /// What a message to another rank costs, in bytes: 2 µs at the 300 MB a second at which a rank reads, or exchanges
  /// numbers with ranks of other nodes.
  private static let messageBytes = 600

  /// Months that a rank reads at a time, a divisor of 12.
  ///
  /// The number with the least bytes to read and exchange for the busiest rank; of equal ones the largest, which has the
  /// fewest messages. A part's fields are no more than the values that the year leaves, and it is no shorter than a chunk: where
  /// chunks begin with a year of the job, none is inflated for more than one part.
  public var monthsPerTask: Int {
    let parts = [6, 4, 3, 2, 1].filter { $0 * fields <= width && $0 % monthsPerChunk == 0 }
    return parts.reduce(into: 12) { best, months in if cost(months) < cost(best) { best = months } }
  }

  /// Values that a task leaves in a cell, which travel to its owner.
  public func slots(monthsPerTask months: Int) -> Int { months < 12 ? months * fields : width }

  /// Tasks of the busiest rank.
  public func rounds(monthsPerTask months: Int) -> Int { (years * (12 / months) + ranks - 1) / ranks }

  private func cost(_ months: Int) -> Int {
    let exchanged = ranks == 1 ? 0 : 8 * slots(monthsPerTask: months) * cells + Self.messageBytes * ranks
    return rounds(monthsPerTask: months) * (months * stepBytes + exchanged)
  }
}
