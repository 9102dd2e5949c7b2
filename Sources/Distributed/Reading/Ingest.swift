/// Reading of all sources together by their plan: reduced while it streams, delivered to the owners of the cells.
public struct Ingest {
  let catalogue: Catalogue
  let partition: Partition
  let communicator: Communicator
  let reduction: any Reduction
  /// Whether compressed chunks are inflated here; else by HDF5's filters, for comparison.
  public var inflatesChunks = true
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

    /// Nothing so far.
    public init() {}

    /// Adds what another reading did.
    public static func += (left: inout Account, right: Account) {
      left.bytesRead += right.bytesRead
      left.filesOpened += right.filesOpened
      left.bytesSent += right.bytesSent
    }
  }

  /// Chooses the plans of all sources.
  public init(
    _ catalogue: Catalogue, _ partition: Partition, _ communicator: Communicator, _ reduction: any Reduction,
    forced: ReadPlan? = nil, budget: Int
  ) {
    self.catalogue = catalogue
    self.partition = partition
    self.communicator = communicator
    self.reduction = reduction
    plans = SourceReadPlan.chooseAll(catalogue, partition, reduction, forced: forced, budget: budget)
  }

  /// Reads everything.
  ///
  /// Collective.
  ///
  /// - Parameter progress: called with the share of the work that is done, on every rank.
  public func run(into collector: inout some Collector, progress: (Double) -> Void) throws -> Account {
    var account = Account()
    switch plans[0].plan {
    case .slab: try readSlabs(into: &collector, &account, progress: progress)
    case .field: try readFields(into: &collector, &account, progress: progress)
    }
    return account
  }

  /// A member's consecutive steps, read by one rank at a time: calendar years, or a part of one.
  struct Task {
    let member: Int
    /// Positions in the catalogue's years.
    let years: Range<Int>
    /// Steps of the job.
    let steps: Range<Int>
  }

  /// The tasks, steps of a member in order.
  static func tasks(_ catalogue: Catalogue, _ plan: SourceReadPlan) -> [Task] {
    let years = catalogue.years
    return catalogue.members.indices.flatMap { member -> [Task] in
      guard plan.dividesYears else {
        return stride(from: 0, to: years.count, by: plan.yearsPerTask).map { first in
          let last = min(first + plan.yearsPerTask, years.count)
          return Task(
            member: member, years: first..<last,
            steps: years[first].steps.lowerBound..<years[last - 1].steps.upperBound)
        }
      }
      return years.indices.flatMap { year in
        stride(from: years[year].steps.lowerBound, to: years[year].steps.upperBound, by: plan.monthsPerTask).map {
          Task(
            member: member, years: year..<year + 1,
            steps: $0..<min($0 + plan.monthsPerTask, years[year].steps.upperBound))
        }
      }
    }
  }

  static func checkInterruption() throws {
    try Interruption.check("while reading")
  }

  /// Reads the years of one task and reduces them: year after year in `values`, a year's slots after each other.
  ///
  /// Calls `meanwhile` every step.
  func reduce(
    _ task: Task, _ accumulation: YearAccumulation, _ reader: StepReader, into values: Block,
    meanwhile: () -> Void = {}
  ) throws {
    let firstYear = catalogue.steps[task.steps.lowerBound].year
    try reader.read(member: task.member, steps: task.steps) { index, step in
      meanwhile()
      let place = (step.step.year - firstYear) * reduction.width * step.cells.count
      _ = accumulation.add(index, step, to: accumulation.year(at: values.pointer + place))
    }
  }

  // MARK: Slabs

  private func readSlabs(
    into collector: inout some Collector, _ account: inout Account, progress: (Double) -> Void
  ) throws {
    let share = partition.share(of: communicator.rank)
    let reader = try StepReader(
      catalogue, plans, partition.region(of: communicator.rank, on: catalogue.grid),
      together: communicator.size > 1 ? communicator : nil, inflatesChunks: inflatesChunks)
    let tasks = Self.tasks(catalogue, plans[0])
    let yearLength = reduction.width * share.count
    let values = Block(capacity: plans[0].yearsPerTask * yearLength)
    let accumulation = YearAccumulation(reduction, of: catalogue, cells: share)
    for (number, task) in tasks.enumerated() {
      // All ranks stop here or none: where files are read together, one that goes on would wait for the others in the library.
      try communicator.together { try Self.checkInterruption() }
      try communicator.together { try reduce(task, accumulation, reader, into: values) }
      for (index, year) in task.years.enumerated() {
        collector.take(
          member: task.member, year: year, values: accumulation.year(at: values.pointer + index * yearLength))
      }
      progress(Double(number + 1) / Double(tasks.count))
    }
    account.bytesRead += reader.bytesRead
    account.filesOpened += reader.filesOpened
  }
}
