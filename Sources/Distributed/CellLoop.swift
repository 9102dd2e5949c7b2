/// The loop over the cells of a rank: checkpoints, signals and progress, the same for every method.
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
    /// Results of the rank's cells: `values[position * recordLength + index]`.
    public var values: [Double]
    /// Cells that this run computed.
    public var computed = 0
    /// Cells that a checkpoint held.
    public var resumed = 0
    /// CPU seconds of the loop.
    public var cpuSeconds = 0.0
  }

  /// Computes every cell of the rank's share.
  ///
  /// Collective at its end only.
  ///
  /// - Parameters:
  ///   - recordLength: values of a result.
  ///   - checkpoint: where finished cells are kept; nil keeps none.
  ///   - finished: cells that an earlier run computed.
  ///   - compute: writes the result of the cell at a position within the share.
  /// - Throws: exit code 75 on all ranks where a signal stopped any of them, after what is finished is on disk.
  public func run(
    recordLength: Int, checkpoint: Checkpoint?, finished: [Int: [Double]], progress: ProgressLine,
    compute: (_ position: Int, _ record: UnsafeMutableBufferPointer<Double>) -> Void
  ) throws -> Outcome {
    let share = partition.share(of: communicator.rank)
    var outcome = Outcome(values: [Double](repeating: .nan, count: share.count * recordLength))
    let start = cpuSeconds()
    var wasInterrupted = false
    let todo = share.count { finished[partition.cells[$0]] == nil }
    try communicator.together {
      try outcome.values.withUnsafeMutableBufferPointer { values in
        for position in 0..<share.count {
          let cell = partition.cells[share.lowerBound + position]
          let record = UnsafeMutableBufferPointer(
            rebasing: values[position * recordLength..<(position + 1) * recordLength])
          if let known = finished[cell] {
            _ = record.update(from: known)
            outcome.resumed += 1
            continue
          }
          if Interruption.signalNumber != nil {
            wasInterrupted = true
            break
          }
          compute(position, record)
          outcome.computed += 1
          try checkpoint?.add(cell: cell, values: UnsafeBufferPointer(record))
          progress.update(share: Double(outcome.computed) / Double(todo), count: outcome.computed, of: todo)
        }
      }
      try checkpoint?.flush()
    }
    outcome.cpuSeconds = cpuSeconds() - start
    let interruptedRanks = try communicator.allReduce([wasInterrupted ? 1 : 0], .sum)[0]
    if interruptedRanks > 0 {
      let done = try communicator.allReduce([outcome.computed + outcome.resumed], .sum)[0]
      var error = JobError(
        .interrupted,
        "interrupted by a signal: \(done) of \(partition.cells.count) cells are done"
          + (checkpoint == nil ? "" : " and kept; the same command resumes"))
      error.isAgreed = true
      throw error
    }
    return outcome
  }
}
