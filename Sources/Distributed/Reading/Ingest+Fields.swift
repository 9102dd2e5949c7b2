extension Ingest {
  /// Reads whole fields, tasks dealt out to the ranks in turn, and exchanges them with the owners of the cells.
  ///
  /// Whole years are reduced before they travel, the fields of parts of years by their owners.
  func readFields<Collector: YearCollector>(
    _ source: Int, _ plan: SourceReadPlan, _ reduction: some YearReduction, into collector: inout Collector,
    _ account: inout Account, progress: (Double) -> Void
  ) throws {
    let ranks = communicator.size
    let own = partition.share(of: communicator.rank)
    let all = 0..<partition.cells.count
    let grid = catalogue.grid
    let fieldCount = catalogue.sources[source].fieldCount
    let reader = FieldReader(
      catalogue.sources[source], grid, rows: 0..<grid.rowCount, cells: partition.cells[...], together: nil,
      recordsPerRead: plan.recordsPerRead, inflatesChunks: inflatesChunks)
    let tasks = Self.tasks(catalogue, plan)
    let width = reduction.width(ofSource: source)
    let slots = plan.slots(fields: fieldCount, width: width)
    let values = Block(capacity: slots * all.count)
    let accumulation = YearAccumulation(
      reduction, source: source, of: catalogue, cells: plan.dividesYears ? own : all)
    /// The year whose parts come in.
    let year = Block(capacity: plan.dividesYears ? width * own.count : 0)
    let exchange = FieldExchange(partition, communicator, slots: slots)
    // In each round every rank reads one task; the last round may have fewer tasks than ranks. A round's messages travel
    // while the next round is read.
    let rounds = (tasks.count + ranks - 1) / ranks
    func task(_ round: Int, _ rank: Int) -> Task? {
      let number = round * ranks + rank
      return number < tasks.count ? tasks[number] : nil
    }
    func read(_ task: Task) throws {
      guard plan.dividesYears else {
        return try reduce(
          task, accumulation, reader, yearLength: width * all.count, into: values.pointer, meanwhile: exchange.advance)
      }
      try Self.checkInterruption()
      try reader.read(member: task.member, months: task.months) { month, field, fieldValues in
        exchange.advance()
        let slot = (month - task.months.lowerBound) * fieldCount + field
        (values.pointer + slot * all.count).update(from: fieldValues, count: all.count)
      }
    }
    func take(_ task: Task, _ received: UnsafeBufferPointer<Double>) {
      guard plan.dividesYears else {
        for (index, year) in task.years.enumerated() {
          let first = index * width * own.count
          collector.take(
            source: source, member: task.member, year: year,
            values: UnsafeBufferPointer(rebasing: received[first..<first + width * own.count]))
        }
        return
      }
      guard var fieldValues = received.baseAddress else { return }
      for month in task.months {
        for field in 0..<fieldCount {
          if accumulation.add(month: month, field: field, fieldValues, to: year.pointer) {
            collector.take(
              source: source, member: task.member, year: task.years.lowerBound,
              values: year.slice(0, width * own.count))
          }
          fieldValues += own.count
        }
      }
    }
    var failure: (any Error)?
    func deliver(_ round: Int) throws {
      if try exchange.finish() {
        try communicator.together { if let failure { throw failure } }
      }
      for rank in 0..<ranks {
        guard let task = task(round, rank) else { continue }
        take(task, exchange.received(from: rank))
      }
      progress(min(1, Double((round + 1) * ranks) / Double(tasks.count)))
    }
    for round in 0..<rounds {
      do {
        if let task = task(round, communicator.rank) { try read(task) }
      } catch { failure = error }
      if round > 0, ranks > 1 { try deliver(round - 1) }
      let slotCounts = (0..<ranks).map { rank in
        task(round, rank).map { plan.dividesYears ? $0.months.count * fieldCount : $0.years.count * width } ?? 0
      }
      try exchange.start(values, slotCounts: slotCounts, failed: failure != nil)
      account.bytesSent += slotCounts[communicator.rank] * (all.count - own.count) * 8
      // A failure is everybody's at once; a rank alone has nothing to wait for.
      if ranks == 1 || failure != nil || round + 1 == rounds { try deliver(round) }
    }
    account.bytesRead += reader.bytesRead
    account.filesOpened += reader.filesOpened
  }
}
