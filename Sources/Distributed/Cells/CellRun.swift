/// One run of the cell loop on a rank.
final class CellRun<Work: CellWork> {
  /// What has been done.
  private(set) var outcome: CellLoop.Outcome
  /// Why the rank stopped early, if not for a signal.
  private(set) var failure: JobError?
  /// Cells of the rank that are not finished.
  private(set) var unfinished: Int

  private let work: Work
  private let loop: CellLoop
  private let share: Range<Int>
  private let rowLength: Int
  private let checkpoint: Checkpoint?
  private let sharing: PartSharing?
  private let progress: CellProgress
  private var pace: Pace
  private var queue: PartQueue
  /// Cells of the rank that are begun, by position.
  private var open: [Int: OpenCell] = [:]
  /// Parts of the rank's cells that are in other ranks' hands.
  private var awaited = 0
  private var isStopped = false
  /// Positions of finished cells that the checkpoint lacks.
  private var unsaved: [Int] = []
  /// A rank that is behind asked and got nothing: what there is, if anything, is this rank's own to do.
  private var hasNothingToSpare = false
  /// Experience of the rank: parts that it computed, cells that it began, and their parts.
  private var time = WorkTime()
  private var (computedParts, begunCells, begunParts) = (0, 0, 0)

  /// A cell some of whose parts are missing.
  private struct OpenCell {
    let input: [Double]
    var parts: [[Double]]
    var missing: Int
  }

  init(
    _ work: Work, _ loop: CellLoop, rowLength: Int, checkpoint: Checkpoint?, finished: [Int: [Double]],
    progress: ProgressLine
  ) throws {
    self.work = work
    self.loop = loop
    self.rowLength = rowLength
    self.checkpoint = checkpoint
    // A loop over cells that cost next to nothing is over before a file would be of use.
    checkpoint?.firstInterval = work.hasParts ? .zero : .seconds(1)
    let communicator = loop.communicator
    sharing = work.hasParts && communicator.size > 1 ? PartSharing(communicator) : nil
    pace = Pace(others: sharing == nil ? [] : try communicator.ranksOfNode().filter { $0 != communicator.rank })
    share = loop.partition.share(of: communicator.rank)
    outcome = CellLoop.Outcome(values: [Double](repeating: .nan, count: share.count * rowLength))
    var todo: [Int] = []
    for position in 0..<share.count {
      guard let known = finished[loop.partition.cells[share.lowerBound + position]] else {
        todo.append(position)
        continue
      }
      outcome.values.replaceSubrange(position * rowLength..<(position + 1) * rowLength, with: known)
      outcome.resumed += 1
    }
    unfinished = todo.count
    queue = PartQueue(cells: todo)
    let all = loop.partition.cells.count { finished[$0] == nil }
    self.progress = CellProgress(progress, own: todo.count, all: all, sharing, communicator)
  }

  /// Works until all cells are finished, or this rank stops and nobody works on its cells anymore.
  ///
  /// - Throws: where messages fail; what goes wrong in the work itself is in `failure`.
  func perform() throws {
    let start = WorkTime.now
    while true {
      while let message = try sharing?.receive() { try take(message) }
      if !isStopped, Interruption.signalNumber != nil { try stop() }
      // The rank may be helping others, or waiting, for long.
      if !unsaved.isEmpty, checkpoint?.isDue == true { save() }
      if failure != nil, !isStopped { try stop() }
      if !isStopped, pace.isDue(time, now: wallSeconds()) { try sharing?.tellWorked(time.cpu, to: pace.others.keys) }
      if !queue.isEmpty, !hasNothingToSpare, computedParts > 0,
        pace.waits(time, partSeconds: partSeconds, now: wallSeconds())
      {
        outcome.idleSeconds += rest()
        continue
      }
      if try advance() { continue }
      guard let sharing else { break }
      if try sharing.isOver(isDone: isStopped ? awaited == 0 : unfinished == 0) { break }
      if !isStopped, !isAhead { try sharing.ask(time) }
      outcome.idleSeconds += rest()
    }
    if sharing == nil { time.add(since: start) }
    outcome.cpuSeconds = time.cpu
  }

  /// Whether other ranks of the node are to catch up first.
  private var isAhead: Bool { computedParts > 0 && pace.isAhead(time, partSeconds: partSeconds) }

  /// CPU seconds of a part, of those computed so far.
  private var partSeconds: Double { time.cpu / Double(computedParts) }

  /// Computes a part, or begins a cell; false where there is neither.
  private func advance() throws -> Bool {
    if let job = queue.nextPart() {
      // The answer comes while the last part is computed.
      if queue.isEmpty, !isStopped, !isAhead { try sharing?.ask(time) }
      computedParts += 1
      hasNothingToSpare = false
      let numbers = timed { work.compute(part: job.parts.lowerBound, of: job.input) }
      if job.owner == loop.communicator.rank {
        try take(numbers, part: job.parts.lowerBound, position: job.position)
      } else {
        outcome.partsForOthers += 1
        try sharing?.send(numbers, of: job)
      }
      return true
    }
    guard let position = queue.nextCell() else { return false }
    if let job = try begin(position) { queue.add(job) }
    return true
  }

  /// The parts of a cell; nil where it is finished at once.
  private func begin(_ position: Int) throws -> PartJob? {
    begunCells += 1
    guard let input = timed({ withRow(position) { work.begin(position, row: $0) } }) else {
      try finish(position)
      return nil
    }
    begunParts += input.partCount
    open[position] = OpenCell(
      input: input.numbers, parts: [[Double]](repeating: [], count: input.partCount), missing: input.partCount)
    return PartJob(
      owner: loop.communicator.rank, position: position, parts: 0..<input.partCount, input: input.numbers)
  }

  private func take(_ numbers: [Double], part: Int, position: Int) throws {
    open[position]?.parts[part] = numbers
    open[position]?.missing -= 1
    guard let cell = open[position], cell.missing == 0 else { return }
    open[position] = nil
    timed { withRow(position) { work.finish(position, input: cell.input, parts: cell.parts, row: $0) } }
    try finish(position)
  }

  private func finish(_ position: Int) throws {
    outcome.computed += 1
    unfinished -= 1
    if let checkpoint {
      unsaved.append(position)
      if checkpoint.isDue { save() }
    }
    if failure != nil, !isStopped { try stop() }
    try progress.update(computed: outcome.computed)
  }

  // MARK: Sharing

  private func take(_ message: PartSharing.Message) throws {
    switch message {
    case .request(let rank, let time):
      pace.note(time.cpu, of: rank)
      let jobs = isStopped ? [] : try surplus(for: time)
      if jobs.isEmpty, time.cpu < self.time.cpu { hasNothingToSpare = true }
      awaited += ownParts(jobs)
      try sharing?.answer(rank, jobs)
    case .answer(let jobs):
      awaited -= ownParts(jobs)
      for job in jobs { queue.add(job) }
      if isStopped { try dropQueue() }
    case .result(let position, let part, let numbers):
      awaited -= 1
      try take(numbers, part: part, position: position)
    case .returned(let position, let parts):
      awaited -= parts.count
      guard !isStopped, let cell = open[position] else { return }
      queue.add(PartJob(owner: loop.communicator.rank, position: position, parts: parts, input: cell.input))
    case .worked(let rank, let seconds): pace.note(seconds, of: rank)
    case .finished(let count): progress.add(count)
    case .stop: if !isStopped { try stop() }
    }
  }

  private func ownParts(_ jobs: [PartJob]) -> Int {
    jobs.reduce(0) { $0 + ($1.owner == loop.communicator.rank ? $1.parts.count : 0) }
  }

  /// What a rank is given that has worked for so long: cells that are not begun, or where there are none, parts.
  private func surplus(for other: WorkTime) throws -> [PartJob] {
    while true {
      let positions = queue.removeCells(fraction(for: other))
      guard !positions.isEmpty else { break }
      let jobs = try positions.compactMap(begin)
      if !jobs.isEmpty { return jobs }
    }
    if queue.isOneCell, let position = queue.nextCell(), let job = try begin(position) { queue.add(job) }
    return queue.removeJobs(fraction(for: other))
  }

  /// The share of what is left to do that goes to a rank that has nothing.
  private func fraction(for other: WorkTime) -> Double {
    guard computedParts > 0, begunCells > 0 || queue.cellCount == 0 else { return 0.5 }
    let partsPerCell = begunCells > 0 ? Double(begunParts) / Double(begunCells) : 0
    let left = Double(queue.partCount) + Double(queue.cellCount) * partsPerCell
    return time.fraction(
      for: other, secondsLeft: left * time.cpu / Double(computedParts), ranks: loop.communicator.size)
  }

  /// Gives up what is not finished: other ranks' parts go back to them, and nobody is to wait until this rank catches up.
  private func stop() throws {
    isStopped = true
    // A signal reaches all ranks; what goes wrong on one, only that one.
    if failure != nil { try sharing?.tellStop() }
    Log.debug(
      "stops: \(failure?.message ?? "signal \(Interruption.signalNumber ?? 0)"), \(unfinished) cells unfinished")
    try sharing?.tellWorked(.infinity, to: pace.others.keys)
    try dropQueue()
  }

  private func dropQueue() throws {
    for job in queue.removeAll() where job.owner != loop.communicator.rank { try sharing?.giveBack(job) }
  }

  // MARK: Helpers

  private func withRow<Value>(_ position: Int, _ body: (UnsafeMutableBufferPointer<Double>) throws -> Value) rethrows
    -> Value
  {
    try outcome.values.withUnsafeMutableBufferPointer {
      try body(UnsafeMutableBufferPointer(rebasing: $0[position * rowLength..<(position + 1) * rowLength]))
    }
  }

  /// Brings finished cells to the disk; an error is kept until all ranks can hear of it.
  func save() {
    guard let checkpoint else { return }
    // Rows on their way to the disk are few: there is no second copy of all of them.
    let most = max(1, (4 << 20) / (8 * rowLength))
    do {
      for start in stride(from: 0, to: unsaved.count, by: most) {
        outcome.values.withUnsafeBufferPointer { values in
          for position in unsaved[start..<min(start + most, unsaved.count)] {
            checkpoint.add(
              cell: loop.partition.cells[share.lowerBound + position],
              values: UnsafeBufferPointer(rebasing: values[position * rowLength..<(position + 1) * rowLength]))
          }
        }
        try checkpoint.flush()
      }
    } catch { failure = failure ?? JobError(wrapping: error) }
    unsaved.removeAll(keepingCapacity: true)
  }

  /// Counts the time of work where there are messages in between; else the whole loop is work.
  private func timed<Value>(_ body: () -> Value) -> Value {
    guard sharing != nil else { return body() }
    let start = WorkTime.now
    defer { time.add(since: start) }
    return body()
  }
}
