/// The loop over the cells of a rank: sharing of work, checkpoints, signals and progress, the same for every method.
public struct CellLoop {
  let partition: Partition
  let communicator: Communicator

  /// The loop over the share of each rank.
  public init(_ partition: Partition, _ communicator: Communicator) {
    self.partition = partition
    self.communicator = communicator
  }

  /// What the loop did on this rank.
  public struct Outcome: Sendable {
    /// Rows of the rank's cells: `values[position * rowLength + index]`.
    public var values: [Double]
    /// The rank's cells that this run computed.
    public var computed = 0
    /// Cells that a checkpoint held.
    public var resumed = 0
    /// Parts of other ranks' cells that this rank computed.
    public var partsForOthers = 0
    /// CPU seconds of the work in cells, own or others'; messages and waiting are not in it.
    public var cpuSeconds = 0.0
    /// Seconds without anything to do, or waiting for ranks that are behind, while others were at work.
    public var idleSeconds = 0.0
  }

  /// Computes every cell of every rank's share; a rank that has done its own helps others where cells have parts.
  ///
  /// Collective. All ranks leave together where parts are shared.
  ///
  /// - Parameters:
  ///   - work: what is done in the cells of this rank's share.
  ///   - rowLength: numbers of a cell's row.
  ///   - checkpoint: where finished cells are kept; nil keeps none.
  ///   - finished: cells that an earlier run computed.
  /// - Throws: exit code 75 on all ranks where a signal stopped any of them, after what is finished is on disk.
  public func run(
    _ work: some CellWork, rowLength: Int, checkpoint: Checkpoint?, finished: [Int: [Double]],
    progress: ProgressLine
  ) throws -> Outcome {
    let run = try CellRun(
      work, self, rowLength: rowLength, checkpoint: checkpoint, finished: finished, progress: progress)
    try run.perform()
    let outcome = run.outcome
    let counts = try communicator.allReduce([run.unfinished, outcome.computed + outcome.resumed], .sum)
    // What took less than the checkpoint's interval is not worth a file, unless it would be lost.
    if counts[0] > 0 || checkpoint?.hasLog == true { run.save() }
    try communicator.together { if let failure = run.failure { throw failure } }
    guard counts[0] == 0 else {
      var error = JobError(
        .interrupted,
        "interrupted by a signal: \(counts[1]) of \(counted(partition.cells.count, "cell")) \(counts[1] == 1 ? "is" : "are") done"
          + (checkpoint == nil ? "" : " and kept; the same command resumes"))
      error.isAgreed = true
      throw error
    }
    return outcome
  }

  /// The same for cells that are not divided.
  ///
  /// - Parameter compute: writes the result of the cell at a position within the share.
  public func run(
    rowLength: Int, checkpoint: Checkpoint?, finished: [Int: [Double]], progress: ProgressLine,
    compute: @escaping (_ position: Int, _ row: UnsafeMutableBufferPointer<Double>) -> Void
  ) throws -> Outcome {
    try run(
      WholeCells(compute), rowLength: rowLength, checkpoint: checkpoint, finished: finished, progress: progress)
  }

  /// Bytes that sharing holds on a rank beside the results of its cells.
  ///
  /// - Parameters:
  ///   - own: cells of the rank.
  ///   - input: numbers of a cell's input.
  ///   - parts: parts of a cell.
  ///   - part: numbers of a part at the most.
  public static func bytes(own: Int, ranks: Int, input: Int, parts: Int, part: Int) -> Int {
    // Cells that others work on keep their input here, as many as every other rank takes at a time; of each rank's one
    // has some of its parts. What is taken from another rank is held, and once more while it travels.
    let gift = PartQueue.largestGift
    let (open, partial) = ranks > 1 ? (min(own, gift * (ranks - 1)) + 2 * gift, min(own, ranks) + 1) : (1, 1)
    return 8 * (open * (input + 8) + partial * parts * part)
  }
}
