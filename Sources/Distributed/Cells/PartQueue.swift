/// Parts of one cell that are still to be computed, with all that a rank needs for them.
struct PartJob {
  /// The rank that owns the cell and puts its parts together.
  let owner: Int
  /// The cell's position within the owner's share.
  let position: Int
  /// The parts.
  var parts: Range<Int>
  /// The input of the parts.
  let input: [Double]
}

/// What a rank has still to do: cells of its own that are not begun, and parts of cells that are, its own or others'.
struct PartQueue {
  /// Positions of the rank's cells that are not begun.
  private var cells: ArraySlice<Int>
  private var jobs: [PartJob] = []

  /// Cells that are given away at a time at the most, which bounds the memory of who takes them.
  static let largestGift = 16

  /// A queue of cells, in order.
  init(cells: [Int]) { self.cells = cells[...] }

  /// Removes the next part.
  mutating func nextPart() -> PartJob? {
    guard var job = jobs.first else { return nil }
    let rest = job.parts.dropFirst()
    job.parts = job.parts.prefix(1)
    if rest.isEmpty { jobs.removeFirst() } else { jobs[0].parts = rest }
    return job
  }

  /// Removes the next cell that is not begun.
  mutating func nextCell() -> Int? { cells.popFirst() }

  /// Adds parts at the end.
  mutating func add(_ job: PartJob) { jobs.append(job) }

  /// The number of cells that are not begun.
  var cellCount: Int { cells.count }

  /// The number of parts of cells that are begun.
  var partCount: Int { jobs.reduce(0) { $0 + $1.parts.count } }

  /// Removes a share of what there is, in cells that are not begun; none where there are none to spare.
  mutating func removeCells(_ fraction: Double) -> [Int] {
    let count = min(Self.largestGift, cells.count, Int(fraction * Double(cells.count + jobs.count)))
    defer { cells.removeLast(count) }
    return Array(cells.suffix(count))
  }

  /// Whether nothing is left.
  var isEmpty: Bool { cells.isEmpty && jobs.isEmpty }

  /// Whether one cell is left, and not begun: it can be divided only when it is.
  var isOneCell: Bool { cells.count == 1 && jobs.isEmpty }

  /// Removes a share of what there is where all cells are begun: whole jobs, or some of the parts of a single one.
  mutating func removeJobs(_ fraction: Double) -> [PartJob] {
    guard cells.isEmpty, var job = jobs.first else { return [] }
    guard jobs.count < 2 else {
      let count = min(Self.largestGift, Int(fraction * Double(jobs.count)))
      defer { jobs.removeLast(count) }
      return jobs.suffix(count)
    }
    let count = Int(fraction * Double(job.parts.count))
    guard count > 0 else { return [] }
    let middle = job.parts.upperBound - count
    if middle > job.parts.lowerBound { jobs[0].parts = job.parts.lowerBound..<middle } else { jobs = [] }
    job.parts = middle..<job.parts.upperBound
    return [job]
  }

  /// Removes everything and returns the parts of cells that are begun.
  mutating func removeAll() -> [PartJob] {
    defer { (cells, jobs) = ([], []) }
    return jobs
  }
}
