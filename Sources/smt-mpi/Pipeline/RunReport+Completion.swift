import Distributed

extension RunReport {
  /// Fills in what all ranks did.
  ///
  /// Collective; only rank 0's report is complete.
  /// - Parameter start: `wallSeconds()` at the start of the run.
  mutating func complete(
    _ timer: PhaseTimer, _ outcome: CellLoop.Outcome, _ account: Ingest.Account, _ ingest: Ingest,
    _ catalogue: Catalogue, start: Double, _ communicator: Communicator
  ) throws {
    phases = try timer.summary(communicator)
    hosts = Array(Set(try communicator.hosts())).sorted()
    let totals = try communicator.allReduce(
      [
        outcome.computed, outcome.resumed, account.bytesRead, InputFiles.openCount, account.bytesSent,
        outcome.partsForOthers,
      ], .sum)
    cpuSeconds = try communicator.allReduce([outcome.cpuSeconds], .sum)[0]
    let longest = try communicator.allReduce([outcome.cpuSeconds], .maximum)[0]
    idle = try PhaseSummary(
      name: "idle", values: communicator.gather([outcome.idleSeconds]), hosts: communicator.hosts())
    partsForOthers = totals[5]
    balance = longest > 0 ? cpuSeconds / Double(communicator.size) / longest : 1
    peakMemory = try communicator.allReduce([peakMemoryBytes()], .maximum)[0]
    predictedPeakMemory = try communicator.allReduce([predictedPeakMemory], .maximum)[0]
    (cellsComputed, cellsResumed) = (totals[0], totals[1])
    (bytesRead, filesOpened, bytesExchanged) = (totals[2], totals[3], totals[4])
    areaWeights = catalogue.grid.weightOrigin
    wallSeconds = Distributed.wallSeconds() - start
    for (record, plan) in zip(catalogue.records, ingest.plans) { readPlans[record.name] = plan }
  }

  /// Fills in what is known where an error ended the run.
  ///
  /// Collective where all ranks share the error; else of this rank alone, which the others may be waiting for.
  /// - Parameter start: `wallSeconds()` at the start of the run.
  mutating func complete(
    _ failure: JobError, _ timer: PhaseTimer, start: Double, _ communicator: Communicator
  ) {
    error = Failure(failure, phase: timer.current)
    wallSeconds = Distributed.wallSeconds() - start
    let isShared = failure.isAgreed || communicator.size == 1
    let known = isShared ? try? timer.summary(communicator) : nil
    phases = known ?? timer.own(rank: communicator.rank)
    peakMemory = max(peakMemory, peakMemoryBytes())
    if !isShared { error?.rank = communicator.rank }
  }
}

extension RunReport {
  /// Fills in what all ranks did in a job on maps.
  ///
  /// Collective; only rank 0's report is complete.
  mutating func complete(_ run: JobRun) throws {
    let communicator = run.communicator
    phases = try run.timer.summary(communicator)
    hosts = Array(Set(try communicator.hosts())).sorted()
    let totals = try communicator.allReduce([run.bytesRead, InputFiles.openCount], .sum)
    (bytesRead, filesOpened) = (totals[0], totals[1])
    peakMemory = try communicator.allReduce([peakMemoryBytes()], .maximum)[0]
    predictedPeakMemory = try communicator.allReduce([predictedPeakMemory], .maximum)[0]
    wallSeconds = Distributed.wallSeconds() - run.start
  }
}
