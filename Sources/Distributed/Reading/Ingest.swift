/// Reading of all sources by their plans: reduced while it streams, delivered to the owners of the cells.
public struct Ingest {
  let catalogue: Catalogue
  let partition: Partition
  let communicator: Communicator
  let reduction: any YearReduction
  let inflatesChunks: Bool
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
    _ catalogue: Catalogue, _ partition: Partition, _ communicator: Communicator, _ reduction: any YearReduction,
    forced: ReadPlan? = nil, budget: Int, inflatesChunks: Bool = true
  ) {
    self.inflatesChunks = inflatesChunks
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
  public func run<Collector: YearCollector>(
    into collector: inout Collector, progress: (Double) -> Void
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

  /// A member's consecutive months, read by one rank at a time: calendar years, or a part of one.
  struct Task {
    let member: Int
    /// Positions in the catalogue's years.
    let years: Range<Int>
    /// Months of the job.
    let months: Range<Int>
  }

  /// The tasks, months of a member in order.
  static func tasks(_ catalogue: Catalogue, _ plan: SourceReadPlan) -> [Task] {
    let years = catalogue.years
    return catalogue.members.indices.flatMap { member -> [Task] in
      guard plan.dividesYears else {
        return stride(from: 0, to: years.count, by: plan.yearsPerTask).map { first in
          let last = min(first + plan.yearsPerTask, years.count)
          return Task(
            member: member, years: first..<last,
            months: years[first].months.lowerBound..<years[last - 1].months.upperBound)
        }
      }
      return years.indices.flatMap { year in
        stride(from: years[year].months.lowerBound, to: years[year].months.upperBound, by: plan.monthsPerTask).map {
          Task(
            member: member, years: year..<year + 1,
            months: $0..<min($0 + plan.monthsPerTask, years[year].months.upperBound))
        }
      }
    }
  }

  static func checkInterruption() throws {
    guard Interruption.signalNumber != nil else { return }
    throw JobError(.interrupted, "interrupted by a signal while reading; the same command starts again")
  }

  /// Reads the years of one task and reduces them: `values[(year * width + slot) * cells + position]`.
  ///
  /// Calls `meanwhile` every month.
  func reduce<Reduction>(
    _ task: Task, _ accumulation: YearAccumulation<Reduction>, _ reader: FieldReader, yearLength: Int,
    into values: UnsafeMutablePointer<Double>, meanwhile: () -> Void = {}
  ) throws {
    try Self.checkInterruption()
    let firstYear = catalogue.months[task.months.lowerBound].year
    try reader.read(member: task.member, months: task.months) { index, field, fieldValues in
      meanwhile()
      let year = catalogue.months[index].year - firstYear
      _ = accumulation.add(month: index, field: field, fieldValues, to: values + year * yearLength)
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
    let tasks = Self.tasks(catalogue, plan)
    let yearLength = reduction.width(ofSource: source) * share.count
    let values = Block(capacity: plan.yearsPerTask * yearLength)
    let accumulation = YearAccumulation(reduction, source: source, of: catalogue, cells: share)
    for (number, task) in tasks.enumerated() {
      try communicator.together {
        try reduce(task, accumulation, reader, yearLength: yearLength, into: values.pointer)
      }
      for (index, year) in task.years.enumerated() {
        collector.take(
          source: source, member: task.member, year: year, values: values.slice(index * yearLength, yearLength))
      }
      progress(Double(number + 1) / Double(tasks.count))
    }
    account.bytesRead += reader.bytesRead
    account.filesOpened += reader.filesOpened
  }
}
