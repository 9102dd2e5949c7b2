/// A record of maps that no rank holds: ranks compute it block by block, and its file is made of the blocks at the end.
///
/// A block, some cells at all times or some times of all cells, is kept on disk when it is finished, so that a job which is
/// interrupted or killed takes up those that are whole, on any number of ranks. The file has the same bits of values, in the
/// same chunks, whatever the number of ranks; it is there as a whole or not at all.
public final class SeriesOutput {
  private let record: Description
  private let partition: Partition
  private let communicator: Communicator
  private let layout: SeriesLayout
  private let store: SeriesStore
  /// The rank's blocks that no earlier run has finished: positions in the list of the partition's cells, or indices of times.
  public let blocks: [Range<Int>]
  /// What is wrong with blocks of earlier runs; the same on all ranks.
  public let concerns: [String]
  /// Cells, or times, that earlier runs have finished, of all ranks.
  public let resumed: Int
  /// The file while it has a temporary name, on rank 0.
  private var writer: RecordWriter?

  /// Begins a record, or takes it up where an earlier run of the job ended.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - partition: the cells that have values, and whose they are.
  ///   - identity: text that another job, with other options, input or arithmetic, does not have.
  ///   - discard: forget what earlier runs have finished.
  ///   - discardOption: what messages call that.
  /// - Throws: exit code 64 where the checkpoint is of another job, 73 where it is in the way.
  public init(
    _ record: Description, _ partition: Partition, identity: String, discard: Bool = false,
    discardOption: String = "--restart", _ communicator: Communicator
  ) throws {
    self.record = record
    self.partition = partition
    self.communicator = communicator
    layout = record.layout
    store = SeriesStore(
      CheckpointFolder(output: record.path, discardOption: discardOption), layout,
      of: SeriesBlock(cells: 0..<partition.cells.count, times: 0..<record.timeCount),
      fingerprint: Checksum.of(identity + "\n" + record.identity(partition)), rank: communicator.rank)
    concerns = try store.resume(discard: discard, communicator)
    var isFinished = [Bool](repeating: false, count: record.unitCount(partition))
    for block in store.blocks {
      for unit in record.units(of: block) where isFinished.indices.contains(unit) { isFinished[unit] = true }
    }
    resumed = isFinished.count { $0 }
    let pending = isFinished.indices.filter { !isFinished[$0] }
    let most = record.unitsOfBlock(partition)
    switch record.division {
    case .cells:
      let share = partition.share(of: communicator.rank)
      blocks = Self.runs(of: pending.filter(share.contains), most)
    case .times:
      let all = Self.runs(of: pending, most)
      let (rank, ranks) = (communicator.rank, communicator.size)
      blocks = Array(all[all.count * rank / ranks..<all.count * (rank + 1) / ranks])
    }
  }

  /// The folder beside an output in which blocks are kept, where it holds any, of whatever job.
  public static func checkpoint(of output: String) throws -> String? {
    let folder = CheckpointFolder(output: output, discardOption: "")
    return try folder.names(matching: SeriesStore.logNames).isEmpty ? nil : folder.path
  }

  /// Ascending numbers as ranges of so many at the most.
  private static func runs(of numbers: [Int], _ most: Int) -> [Range<Int>] {
    var runs: [Range<Int>] = []
    for number in numbers {
      if let last = runs.last, last.upperBound == number, last.count < most {
        runs[runs.count - 1] = last.lowerBound..<number + 1
      } else {
        runs.append(number..<number + 1)
      }
    }
    return runs
  }

  /// Makes sure that there is room for what is not finished, as far as that is known before it is.
  ///
  /// - Returns: what to tell where blocks and file may not fit.
  /// - Throws: exit code 73 where the blocks cannot.
  public func checkSpace() throws -> String? {
    guard let free = OutputFile.freeBytes(beside: record.path) else { return nil }
    let all = record.blockBytes(partition)
    let missing = all / max(1, record.unitCount(partition)) * (record.unitCount(partition) - resumed)
    let needed = missing + NetCDFWriter.headerSize
    guard free >= needed else { throw OutputFile.fullDisk(record.path, needed: needed) }
    guard free < missing + all else { return nil }
    return
      "\(record.path) and what is kept until it is complete may take up to \(byteText(missing + all)), and "
      + "\(byteText(free)) are free"
  }

  // MARK: Blocks

  /// Computes all blocks that are not finished, and keeps each.
  ///
  /// Collective. Ranks go on block by block together, so that all of them end where one fails or is interrupted. Blocks of cells
  /// that take more than a second are divided: a signal is seen between two blocks, and what is not kept is computed again.
  ///
  /// - Parameters:
  ///   - progress: told of the share that is done.
  ///   - make: the values of a block; see ``append(_:_:)``.
  /// - Throws: exit code 75 on all ranks where a signal stopped any of them; what is finished is kept. Exit code 73 where
  ///   there is no room.
  public func fill(_ progress: ProgressLine? = nil, _ make: (_ block: Range<Int>) throws -> [[Double]]) throws {
    let all = record.unitCount(partition)
    var (rest, done) = (blocks, 0)
    rest.reverse()
    var most = record.division == .cells ? 1 : Int.max
    while true {
      let isStopped = Interruption.signalNumber != nil
      let counts = try communicator.allReduce([isStopped ? 1 : 0, done, rest.count], .sum)
      guard counts[2] > 0 else { return }
      if counts[0] > 0 {
        try communicator.together { try store.flush() }
        var error = JobError(
          .interrupted,
          "interrupted by a signal: \(resumed + counts[1]) of \(all) \(record.division == .cells ? "cells" : "times") are "
            + "done and kept; the same command resumes")
        error.isAgreed = true
        throw error
      }
      progress?.update(share: Double(counts[1]) / Double(max(1, all - resumed)))
      try communicator.together {
        guard let next = rest.popLast() else { return }
        let block = next.prefix(most)
        if block.count < next.count { rest.append(block.upperBound..<next.upperBound) }
        let start = wallSeconds()
        try append(block, try make(block))
        done += block.count
        guard record.division == .cells else { return }
        let seconds = wallSeconds() - start
        if seconds < 0.5 { most = min(2 * most, all) } else if seconds > 1 { most = max(1, most / 2) }
      }
    }
  }

  /// Keeps a finished block.
  ///
  /// - Parameter values: by variable, `[outer][time][cell]`: of a block of cells all times, of a block of times all cells of
  ///   the partition. A variable without time has one; in blocks of times it has values in the block of the first time
  ///   alone, and none in the others. NaN where there is no value.
  /// - Throws: exit code 73 where it cannot be written.
  public func append(_ block: Range<Int>, _ values: [[Double]]) throws {
    try store.append(record.block(block, partition), values)
  }

  // MARK: The file

  /// Makes the file of the blocks and gives it its name; see ``assemble(_:_:)`` and ``commit()``.
  public func finish(_ attributes: MapWriter.FileAttributes, _ progress: ProgressLine? = nil) throws {
    try assemble(attributes, progress)
    try commit()
  }

  /// Makes the file of the blocks under a temporary name, so that several outputs can get their names together.
  ///
  /// Collective. Ranks read batches of chunks from the blocks in turn and compress them; rank 0 writes them in the order of
  /// the file.
  ///
  /// - Throws: exit code 73 where it cannot be written; blocks are kept.
  public func assemble(_ attributes: MapWriter.FileAttributes, _ progress: ProgressLine? = nil) throws {
    try store.share(communicator)
    let tilings = record.tilings
    writer = try communicator.together {
      communicator.isRoot
        ? try RecordWriter(
          zip(record.variables, tilings).map { record.written($0, $1) }, on: record.grid, rowsOfPart: 1, attributes,
          to: record.path) : nil
    }
    let batches = tilings.indices.flatMap { variable in
      tilings[variable].batches(outer: record.variables[variable].outerCount).map { (variable, $0) }
    }
    for first in stride(from: 0, to: batches.count, by: communicator.size) {
      let own = first + communicator.rank
      let chunks = try communicator.together { () throws -> [[UInt8]] in
        guard own < batches.count else { return [] }
        let (variable, batch) = batches[own]
        return record.variables[variable].valueBytes == 8
          ? try self.chunks(batch, of: variable, tilings[variable], Double.self)
          : try self.chunks(batch, of: variable, tilings[variable], Float.self)
      }
      try communicator.forEachChunk(chunks) { rank, found in
        let (variable, batch) = batches[first + rank]
        let outer = record.variables[variable].indices(of: batch.outer)
        for (number, chunk) in found.enumerated() where !chunk.isEmpty {
          let start = tilings[variable].start(of: number, in: batch)
          try writer?.write(
            chunk, of: record.variables[variable].name,
            start: (record.variables[variable].hasTime ? [start.times] : []) + outer + [start.rows]
              + (record.grid.shape.count > 1 ? [start.columns] : []))
        }
      }
      progress?.update(share: Double(first + communicator.size) / Double(max(1, batches.count)))
    }
  }

  /// Gives the file its name; what was kept is removed.
  ///
  /// Collective.
  ///
  /// - Throws: exit code 73 where it cannot be written; blocks are kept.
  public func commit() throws {
    try communicator.together {
      try writer?.commit()
      writer = nil
      if communicator.isRoot { store.remove() }
    }
  }

  /// The chunks of a batch, compressed; one without a value is empty, and readers take it as missing.
  private func chunks<Value: BinaryFloatingPoint & BitwiseCopyable>(
    _ batch: SeriesTiling.Batch, of variable: Int, _ tiling: SeriesTiling, _ type: Value.Type
  ) throws -> [[UInt8]] {
    let description = record.variables[variable]
    var values = [Value](repeating: .nan, count: batch.count * tiling.chunk.count)
    let (times, rows, length) = (tiling.times(of: batch), tiling.rows(of: batch), record.grid.rowLength)
    if !description.outside.isNaN {
      for time in times {
        for row in rows {
          for column in 0..<length {
            guard let place = tiling.place(ofRow: row, column: column, in: batch) else { continue }
            values[tiling.place(ofTime: time, in: batch) + place] = Value(description.outside)
          }
        }
      }
    }
    let cells = partition.cells.range(of: rows.lowerBound * length..<rows.upperBound * length)
    let places = cells.map { position in
      let cell = partition.cells[position]
      return tiling.place(ofRow: cell / length, column: cell % length, in: batch) ?? -1
    }
    try values.withUnsafeMutableBufferPointer { values in
      try places.withUnsafeBufferPointer { places in
        try store.read(type, of: variable, outer: batch.outer, times: times, cells: cells) { time, cell, found in
          let offset = tiling.place(ofTime: time, in: batch)
          let first = cell - cells.lowerBound
          for index in found.indices where places[first + index] >= 0 {
            values[offset + places[first + index]] = found[index]
          }
        }
      }
    }
    let count = tiling.chunk.count
    return try values.withUnsafeBufferPointer { values in
      try (0..<batch.count).map { number in
        let own = UnsafeBufferPointer(rebasing: values[number * count..<(number + 1) * count])
        return try description.chunk(own)
      }
    }
  }
}

extension [Int] {
  /// The indices of the numbers within a range, of numbers that ascend.
  fileprivate func range(of numbers: Range<Int>) -> Range<Int> {
    /// The number of elements below a number.
    func below(_ number: Int) -> Int {
      var (low, high) = (0, count)
      while low < high {
        let middle = (low + high) / 2
        if self[middle] < number { low = middle + 1 } else { high = middle }
      }
      return low
    }
    return below(numbers.lowerBound)..<below(numbers.upperBound)
  }
}
