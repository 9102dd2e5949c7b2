/// Reading of all sources by their plans: reduced while it streams, delivered to the owners of the cells.
public struct Ingest {
  let catalogue: Catalogue
  let partition: Partition
  let communicator: Communicator
  private let inflatesChunks: Bool
  /// The plans of the sources, in order.
  public let plans: [SourceReadPlan]

  /// What reading did on this rank.
  public struct Account: Sendable {
    /// Bytes of stored numbers read (after decompression).
    public var bytesRead = 0
    /// Files opened.
    public var filesOpened = 0
    /// Bytes sent to other ranks.
    public var bytesSent = 0
  }

  /// Chooses the plans of all sources.
  ///
  /// - Parameter inflatesChunks: whether compressed chunks are inflated here; else by HDF5's filters, for comparison.
  public init(
    _ catalogue: Catalogue, _ partition: Partition, _ communicator: Communicator, forced: ReadPlan? = nil,
    budget: Int, inflatesChunks: Bool = true
  ) {
    self.inflatesChunks = inflatesChunks
    self.catalogue = catalogue
    self.partition = partition
    self.communicator = communicator
    plans = SourceReadPlan.chooseAll(catalogue, ranks: communicator.size, forced: forced, budget: budget)
  }

  /// Reads everything.
  ///
  /// Collective.
  ///
  /// - Parameter progress: called with the share of the work that is done, on every rank.
  public func run<Collector: YearCollector>(
    _ reduction: some YearReduction, into collector: inout Collector, progress: (Double) -> Void
  ) throws -> Account {
    var account = Account()
    for (index, plan) in plans.enumerated() {
      let report = { (share: Double) in progress((Double(index) + share) / Double(plans.count)) }
      switch plan.plan {
      case .slab: try readSlabs(index, plan, reduction, into: &collector, &account, progress: report)
      case .field: try readFields(index, plan, reduction, into: &collector, &account, progress: report)
      }
    }
    return account
  }

  /// A member's consecutive calendar years, read by one rank at a time.
  struct Task {
    let member: Int
    /// Positions in the catalogue's years.
    let years: Range<Int>
    /// Months of the job.
    let months: Range<Int>
  }

  static func tasks(_ catalogue: Catalogue, yearsPerTask: Int) -> [Task] {
    let years = catalogue.years
    return catalogue.members.indices.flatMap { member in
      stride(from: 0, to: years.count, by: yearsPerTask).map { first in
        let last = min(first + yearsPerTask, years.count)
        return Task(
          member: member, years: first..<last,
          months: years[first].months.lowerBound..<years[last - 1].months.upperBound)
      }
    }
  }

  /// Reads one task and reduces it: `values[(year * width + slot) * cells + position]`.
  ///
  /// Calls `meanwhile` every month.
  private func reduce(
    _ task: Task, source: Int, _ reduction: some YearReduction, _ reader: FieldReader, cells: Range<Int>, work: Block,
    into values: UnsafeMutablePointer<Double>, meanwhile: () -> Void = {}
  ) throws {
    let width = reduction.width(ofSource: source)
    let needsWork = reduction.workWidth(ofSource: source) > 0
    let entry = catalogue.sources[source]
    let firstYear = catalogue.months[task.months.lowerBound].year
    if Interruption.signalNumber != nil {
      throw JobError(.interrupted, "interrupted by a signal while reading; the same command starts again")
    }
    values.update(repeating: 0, count: task.years.count * width * cells.count)
    work.pointer.update(repeating: 0, count: work.capacity)
    try reader.read(member: task.member, months: task.months) { index, field, fieldValues in
      meanwhile()
      let month = catalogue.months[index]
      let result = values + (month.year - firstYear) * width * cells.count
      reduction.add(
        source: source, month: month, dayCount: entry.calendar.dayCount(of: month), field: field, fieldValues,
        cells: cells, to: needsWork ? work.pointer : result)
      let isLast = index + 1 == task.months.upperBound || catalogue.months[index + 1].year != month.year
      guard needsWork, isLast, field + 1 == entry.fieldCount else { return }
      reduction.finish(source: source, year: month.year, work: UnsafePointer(work.pointer), cells: cells, to: result)
      work.pointer.update(repeating: 0, count: work.capacity)
    }
  }

  // MARK: Slabs

  private func readSlabs<Collector: YearCollector>(
    _ source: Int, _ plan: SourceReadPlan, _ reduction: some YearReduction, into collector: inout Collector,
    _ account: inout Account, progress: (Double) -> Void
  ) throws {
    let share = partition.share(of: communicator.rank)
    let entry = catalogue.sources[source]
    let reader = FieldReader(
      entry, catalogue.grid, rows: partition.rows(of: communicator.rank, on: catalogue.grid),
      cells: partition.cells[share],
      together: communicator.size > 1 && entry.isHDF5 && !entry.isFiltered ? communicator : nil,
      recordsPerRead: plan.recordsPerRead, inflatesChunks: inflatesChunks)
    let tasks = Self.tasks(catalogue, yearsPerTask: plan.yearsPerTask)
    let width = reduction.width(ofSource: source)
    let values = Block(capacity: plan.yearsPerTask * width * share.count)
    let work = Block(capacity: reduction.workWidth(ofSource: source) * share.count)
    for (number, task) in tasks.enumerated() {
      try communicator.together {
        try reduce(task, source: source, reduction, reader, cells: share, work: work, into: values.pointer)
      }
      for (index, year) in task.years.enumerated() {
        collector.take(
          source: source, member: task.member, year: year,
          values: values.slice(index * width * share.count, width * share.count))
      }
      progress(Double(number + 1) / Double(tasks.count))
    }
    account.bytesRead += reader.bytesRead
    account.filesOpened += reader.filesOpened
  }

  // MARK: Fields

  private func readFields<Collector: YearCollector>(
    _ source: Int, _ plan: SourceReadPlan, _ reduction: some YearReduction, into collector: inout Collector,
    _ account: inout Account, progress: (Double) -> Void
  ) throws {
    let ranks = communicator.size
    let own = partition.share(of: communicator.rank)
    let all = 0..<partition.cells.count
    let grid = catalogue.grid
    let reader = FieldReader(
      catalogue.sources[source], grid, rows: 0..<grid.rowCount, cells: partition.cells[...], together: nil,
      recordsPerRead: plan.recordsPerRead, inflatesChunks: inflatesChunks)
    let tasks = Self.tasks(catalogue, yearsPerTask: plan.yearsPerTask)
    let width = reduction.width(ofSource: source)
    let slots = plan.yearsPerTask * width
    let values = Block(capacity: slots * all.count)
    let work = Block(capacity: reduction.workWidth(ofSource: source) * all.count)
    let exchange = FieldExchange(partition, communicator, slots: slots)
    // In each round every rank reads one task; the last round may have fewer tasks than ranks. A round's messages travel
    // while the next round is read.
    let rounds = (tasks.count + ranks - 1) / ranks
    func task(_ round: Int, _ rank: Int) -> Task? {
      let number = round * ranks + rank
      return number < tasks.count ? tasks[number] : nil
    }
    var failure: (any Error)?
    func deliver(_ round: Int) throws {
      if try exchange.finish() {
        try communicator.together { if let failure { throw failure } }
      }
      for rank in 0..<ranks {
        guard let task = task(round, rank) else { continue }
        let received = exchange.received(from: rank)
        for (index, year) in task.years.enumerated() {
          let first = index * width * own.count
          collector.take(
            source: source, member: task.member, year: year,
            values: UnsafeBufferPointer(rebasing: received[first..<first + width * own.count]))
        }
      }
      progress(min(1, Double((round + 1) * ranks) / Double(tasks.count)))
    }
    for round in 0..<rounds {
      do {
        if let task = task(round, communicator.rank) {
          try reduce(
            task, source: source, reduction, reader, cells: all, work: work, into: values.pointer,
            meanwhile: exchange.advance)
        }
      } catch { failure = error }
      if round > 0, ranks > 1 { try deliver(round - 1) }
      let slotCounts = (0..<ranks).map { (task(round, $0)?.years.count ?? 0) * width }
      try exchange.start(values, slotCounts: slotCounts, failed: failure != nil)
      account.bytesSent += slotCounts[communicator.rank] * (all.count - own.count) * 8
      // A failure is everybody's at once; a rank alone has nothing to wait for.
      if ranks == 1 || failure != nil || round + 1 == rounds { try deliver(round) }
    }
    account.bytesRead += reader.bytesRead
    account.filesOpened += reader.filesOpened
  }
}
