extension Ingest {
  /// Reads whole fields, tasks dealt out to the ranks in turn, and exchanges them with the owners of the cells.
  ///
  /// Whole years are reduced before they travel, the fields of parts of years by their owners.
  func readFields(
    into collector: inout some Collector, _ account: inout Account, progress: (Double) -> Void
  ) throws {
    let ranks = communicator.size
    let plan = plans[0]
    let own = partition.share(of: communicator.rank)
    let all = 0..<partition.cells.count
    let layout = StepFields.Layout(catalogue)
    let fieldCount = layout.fieldCount
    let reader = try StepReader(
      catalogue, plans, ReadRegion(partition.cells, ofAll: catalogue.grid), together: nil,
      inflatesChunks: inflatesChunks)
    let tasks = Self.tasks(catalogue, plan)
    let width = reduction.width
    let slots = plan.slots(fields: fieldCount, width: width)
    let values = Block(capacity: slots * all.count)
    let accumulation = YearAccumulation(reduction, of: catalogue, cells: plan.dividesYears ? own : all)
    /// The year whose parts come in.
    let year = Block(capacity: plan.dividesYears ? width * own.count : 0)
    let exchange = try FieldExchange(partition, communicator, slots: slots)
    // In each round every rank reads one task; the last round may have fewer tasks than ranks. A round's messages travel
    // while the next round is read.
    let rounds = (tasks.count + ranks - 1) / ranks
    func task(_ round: Int, _ rank: Int) -> Task? {
      let number = round * ranks + rank
      return number < tasks.count ? tasks[number] : nil
    }
    func read(_ task: Task) throws {
      try Self.checkInterruption()
      guard plan.dividesYears else {
        return try reduce(task, accumulation, reader, into: values, meanwhile: exchange.advance)
      }
      var target = values.pointer
      try reader.read(member: task.member, steps: task.steps) { _, step in
        exchange.advance()
        for field in step.allFields {
          target.update(from: field, count: all.count)
          target += all.count
        }
      }
    }
    func take(_ task: Task, _ received: UnsafeMutablePointer<Double>) {
      guard plan.dividesYears else {
        for (index, year) in task.years.enumerated() {
          let values = CellBlock(received + index * width * own.count, slotCount: width, cellCount: own.count)
          collector.take(member: task.member, year: year, values: values)
        }
        return
      }
      var next = UnsafePointer(received)
      for index in task.steps {
        let fields = (0..<fieldCount).map { next + $0 * own.count }
        let step = StepFields(catalogue.steps[index], at: index, cells: own, layout, fields)
        let values = accumulation.year(at: year.pointer)
        if accumulation.add(index, step, to: values) {
          collector.take(member: task.member, year: task.years.lowerBound, values: values)
        }
        next += fieldCount * own.count
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
        task(round, rank).map { plan.dividesYears ? $0.steps.count * fieldCount : $0.years.count * width } ?? 0
      }
      try exchange.start(values, slotCounts: slotCounts, failed: failure != nil)
      if ranks > 1 {
        let fields = slotCounts[communicator.rank]
        Log.debug("exchange \(round + 1) of \(rounds): \(fields) fields go to the ranks of their cells")
      }
      account.bytesSent += slotCounts[communicator.rank] * (all.count - own.count) * 8
      // A failure is everybody's at once; a rank alone has nothing to wait for.
      if ranks == 1 || failure != nil || round + 1 == rounds { try deliver(round) }
    }
    account.bytesRead += reader.bytesRead
    account.filesOpened += reader.filesOpened
  }
}
