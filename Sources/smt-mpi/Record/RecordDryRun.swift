import Distributed

/// What a run of the attribution would do: files, grid, plan, predicted memory and bytes, without MPI.
struct AttributionDryRun {
  let job: AttributionJob
  let ranks: Int

  /// The report of `--dry-run`.
  func text() throws -> String {
    let base = peakMemoryBytes()
    let catalogue = try Catalogue.make([job.request], members: [], period: job.months, .single)
    let source = catalogue.sources[0]
    let layers = try job.layers(of: source)
    let periods = try job.periods(of: catalogue.years.map(\.year))
    var firstMonth = catalogue
    firstMonth.keepFirstMonth()
    let selection = try CellSelection.make(job.choice, source: 0, of: firstMonth, .single)
    let partition = Partition(cells: selection.cells, ranks: ranks)
    let plans = SourceReadPlan.chooseAll(
      catalogue, ranks: ranks, forced: job.running.plan, budget: job.running.readBudget)
    let reduction = SeasonMeansReduction(layers: layers, seasons: job.seasons, basis: job.basis)
    let length = AttributionFields(layers: layers, seasons: job.seasons).length * periods.count
    let memory = AttributionMemory(catalogue, partition, plans, reduction, recordLength: length)
      .largestRank(base: base + ThresholdDryRun.mpiBytes)
    if let limit = job.running.memoryLimit, memory > limit {
      throw JobError(
        .memory,
        "--memory-limit \(byteText(limit)) is too small: the job needs \(byteText(memory)) a rank on \(ranks) ranks; use "
          + "more ranks or a larger limit")
    }
    let lines =
      catalogue.warnings.map { "warning: \($0)" } + [
        "grid:     \(catalogue.grid.summary)",
        "cells:    about \(partition.cells.count) of \(catalogue.grid.cellCount) hold data",
        "months:   \(catalogue.months[0])/\(catalogue.months[catalogue.months.count - 1]), \(catalogue.months.count)",
        "layers:   \(layers.count), edges \(layers.edges.map(\.shortText).joined(separator: ", ")) m",
        "periods:  " + periods.map { "\($0.lowerBound)-\($0.upperBound)" }.joined(separator: ", "),
        "moisture: \(source.fileCount) files, \(byteText(source.bytes(on: catalogue.grid))) of data, plan "
          + "\(plans[0].plan.rawValue), \(plans[0].recordsPerRead) records a read",
        "memory:   \(byteText(memory)) a rank, predicted",
        "output:   \(job.running.output)",
      ]
    return lines.joined(separator: "\n")
  }
}
