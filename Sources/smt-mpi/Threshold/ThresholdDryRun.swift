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
    // One month of the reference tells land from sea well enough for a prediction.
    var firstMonth = catalogue
    firstMonth.keepFirstMonth()
    let source = ThresholdJob.moistureSource
    let selection = try CellSelection.make(job.choice, source: source, of: firstMonth, .single)
    let reduction = job.reduction(try SeasonMaps.read(job, catalogue, .single).seasons(of: selection.cells))
    let partition = Partition(cells: selection.cells, ranks: ranks)
    let plans = SourceReadPlan.chooseAll(
      catalogue, partition, reduction, forced: job.running.plan, budget: job.running.readBudget)
    let memory = ThresholdMemory(job, catalogue, partition, plans, reduction).largestRank(base: base + Self.mpiBytes)
    if let limit = job.running.memoryLimit, memory > limit {
      throw JobError(
        .memory,
        "--memory-limit \(byteText(limit)) is too small: the job needs \(byteText(memory)) a rank on \(ranks) ranks; use "
          + "more ranks or a larger limit")
    }
    let bytes = catalogue.sources.map { $0.bytes(on: catalogue.grid) }
    let largestShare = (partition.cells.count + ranks - 1) / ranks
    let pairs = ThresholdCells.pairCount(job, catalogue)
    let rate = trainingRate()
    let computing =
      ThresholdKernel.operationsPerCell(options: job.options, pairs: pairs) * Double(partition.cells.count)
      / Double(ranks) / rate
    let reading = Double(bytes.reduce(0, +)) / Double(ranks) / readingRate
    var lines = catalogue.warnings.map { "warning: \($0)" }
    lines += [
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
      "time:     about \(durationText(reading)) reading and \(durationText(computing)) computing on \(ranks) ranks "
        + "(\(String(format: "%.0f", rate / 1e9)) GFLOP/s a rank measured here)",
      "output:   \(job.running.output)",
    ]
    return lines.joined(separator: "\n")
  }

  /// What a start of Open MPI adds to a process, measured with version 4.1.
  static let mpiBytes = 8 << 20

  /// Bytes of inflated data a second that a rank reads, a cautious figure for compressed files on a local disk.
  private var readingRate: Double { 250e6 }

  /// Floating-point operations a second of the trainer on this machine.
  private func trainingRate() -> Double {
    let samples = 86
    let trainer = NetworkTrainer(shape: job.options.shape, maximumSamples: samples)
    var random = RandomSequence(seed: 1, cell: 0, network: 0, replicate: 0, purpose: .weights)
    trainer.initialize(&random)
    let x = (0..<samples).map { Float($0) / Float(samples) * 3 - 1.5 }
    trainer.load(x: x, y: x)
    trainer.train(epochs: 20, learningRate: job.options.learningRate)
    let start = wallSeconds()
    let epochs = 100
    trainer.train(epochs: epochs, learningRate: job.options.learningRate)
    let operations = job.options.shape.operationsPerEpoch(samples: samples) * Double(epochs)
    return operations / (wallSeconds() - start)
  }
}
