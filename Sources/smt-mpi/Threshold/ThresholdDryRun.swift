import Distributed
import Foundation
import Kernels

/// What a run would do: files, grid, plan, and predicted memory, bytes and time, without MPI.
struct ThresholdDryRun {
  let job: ThresholdJob
  let ranks: Int

  /// The report of `--dry-run`.
  func text() throws -> String {
    let base = peakMemoryBytes()
    let catalogue = try Catalogue.make(job.requests, members: job.members, period: job.period, .single)
    var warnings = Warnings(isStrict: job.running.isStrict, .single)
    try warnings.add(catalogue.warnings + job.concerns(about: catalogue))
    // One month of the reference tells land from sea well enough for a prediction.
    var firstMonth = catalogue
    firstMonth.keepFirstStep()
    let source = ThresholdJob.moistureSource
    let selection = try CellSelection.make(job.choice, source: source, of: firstMonth, .single)
    try warnings.add(job.concerns(aboutPointsAmong: selection.cells, on: catalogue.grid))
    let reduction = job.reduction(try SeasonMaps.read(job, catalogue, .single).seasons(of: selection.cells))
    let partition = Partition(cells: selection.cells, ranks: ranks)
    let plans = SourceReadPlan.chooseAll(
      catalogue, partition, reduction, forced: job.running.plan, budget: job.running.readBudget)
    let memory = ThresholdMemory(job, catalogue, partition, plans, reduction).largestRank(
      base: base + Assumptions.mpiBytes)
    if let limit = job.running.memoryLimit, memory > limit {
      throw JobError(
        .memory,
        "--memory-limit \(byteText(limit)) is too small: the job needs \(byteText(memory)) a rank on \(ranks) ranks; use "
          + "more ranks or a larger limit")
    }
    let bytes = catalogue.sources.map { $0.bytes(on: catalogue.grid) }
    let largestShare = (partition.cells.count + ranks - 1) / ranks
    let pairs = ThresholdCells.pairCount(job, catalogue)
    let expected = Assumptions.iterationsToNoise(job.options.optimizer)
    let iterations = ThresholdKernel.iterationsPerCell(options: job.options, toNoise: expected)
    let (computing, basis) = computingTime(
      cells: partition.cells.count, pairs: pairs, iterations: iterations, expected: expected)
    let reading = Assumptions.readingText(
      bytes.reduce(0, +), rate: job.members.isEmpty ? Assumptions.recordReading : Assumptions.ensembleReading,
      ranks: ranks)
    var lines = [
      "grid:     \(catalogue.grid.summary)",
      "cells:    about \(partition.cells.count) of \(catalogue.grid.cellCount) hold data, about \(largestShare) a rank",
      "months:   \(catalogue.months[0])/\(catalogue.months[catalogue.months.count - 1]), \(catalogue.months.count)",
      "samples:  " + (job.members.isEmpty ? "\(pairs) months" : "\(pairs) members, reference \(job.members[0])"),
    ]
    for (index, source) in catalogue.sources.enumerated() {
      let plan = plans[index]
      lines.append(
        "\(source.name): \(source.fileCount) files, \(byteText(bytes[index])) of data, plan \(plan.plan.rawValue), "
          + "\(plan.recordsPerRead) records a read")
    }
    lines += [
      "memory:   \(byteText(memory)) a rank, predicted",
      "time:     \(reading) and \(durationText(computing)) computing\(basis) on \(ranks) ranks",
      "output:   \(job.running.output)",
    ]
    return lines.joined(separator: "\n")
  }

  /// Seconds of computing, and in words what they rest on.
  private func computingTime(
    cells: Int, pairs: Int, iterations: Int, expected: Int
  ) -> (seconds: Double, basis: String) {
    guard iterations > 0 else { return (0, "") }
    let name =
      switch job.options.optimizer {
      case .adam: "epoch"
      case .gaussNewton: "step"
      case .lbfgs: "gradient"
      }
    let seconds = secondsPerIteration(pairs: pairs)
    var basis = String(format: "%.1f µs \(name == "epoch" ? "an" : "a") \(name) measured here", seconds * 1e6)
    if job.options.noiseStop > 0 { basis += ", \(min(job.options.epochs, expected)) \(name)s a network assumed" }
    return (Double(iterations) * Double(cells) * seconds / Double(ranks), " (\(basis))")
  }

  /// Seconds that an epoch, step or gradient of the job's network takes on this machine, with noisy pairs.
  private func secondsPerIteration(pairs: Int) -> Double {
    let options = job.options
    let trainer = NetworkTrainer(
      shape: options.shape, maximumSamples: pairs, optimizer: options.optimizer, pairs: options.lbfgsMemory)
    var random = RandomSequence(seed: 1, cell: 0, network: 0, replicate: 0, purpose: .weights)
    trainer.initialize(&random)
    let x = (0..<pairs).map { Float($0) / Float(pairs) * 3 - 1.5 }
    trainer.load(x: x, y: x.map { $0 + random.nextUnit() - 0.5 })
    func seconds(iterations: Int) -> Double {
      let start = wallSeconds()
      let done =
        switch options.optimizer {
        case .adam: trainer.train(epochs: iterations, learningRate: options.learningRate).epochs
        case .gaussNewton: trainer.trainGaussNewton(steps: iterations).steps
        case .lbfgs: trainer.trainLBFGS(gradients: iterations).gradients
        }
      return (wallSeconds() - start) / Double(max(1, done))
    }
    // As many as take a fifth of a second, or one where networks are that large.
    return seconds(iterations: max(1, min(200, Int(0.2 / seconds(iterations: 1)))))
  }
}
