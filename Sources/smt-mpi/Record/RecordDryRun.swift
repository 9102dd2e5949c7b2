import Distributed
import Foundation

/// What a run on the years of one record would do: files, grid, plan, predicted memory and bytes, without MPI.
struct RecordDryRun<Job: RecordJob> {
  let job: Job
  let ranks: Int

  /// The report of `--dry-run`.
  func text() throws -> String {
    let record = job.record
    let base = peakMemoryBytes()
    let catalogue = try Catalogue.make([record.request], members: [], period: record.months, .single)
    let source = catalogue.sources[0]
    let method = try job.method(for: catalogue)
    var warnings = Warnings(isStrict: record.running.isStrict, .single)
    try job.add(to: &warnings, catalogue, method.periods)
    var firstMonth = catalogue
    firstMonth.keepFirstStep()
    let selection = try CellSelection.make(record.choice, source: 0, of: firstMonth, .single)
    let partition = Partition(cells: selection.cells, ranks: ranks)
    let plans = SourceReadPlan.chooseAll(
      catalogue, partition, method.reduction, forced: record.running.plan, budget: record.running.readBudget)
    let rows = RecordRows(
      fields: method.fields, periods: method.periods, years: catalogue.years.map(\.year))
    let memory = RecordMemory(catalogue, partition, plans, method.reduction, rows)
      .largestRank(base: base + Assumptions.mpiBytes)
    if let limit = record.running.memoryLimit, memory > limit {
      throw JobError(
        .memory,
        "--memory-limit \(byteText(limit)) is too small: the job needs \(byteText(memory)) a rank on \(ranks) ranks; use "
          + "more ranks or a larger limit")
    }
    let lines =
      [
        "grid:     \(catalogue.grid.summary)",
        "cells:    about \(partition.cells.count) of \(catalogue.grid.cellCount) hold data",
        "months:   \(catalogue.months[0])/\(catalogue.months[catalogue.months.count - 1]), \(catalogue.months.count)",
      ] + method.description + [
        "periods:  " + method.periods.names.joined(separator: ", "),
        "\(source.name):".padding(toLength: 10, withPad: " ", startingAt: 0)
          + "\(source.fileCount) files, \(byteText(source.bytes(on: catalogue.grid))) of data, plan "
          + "\(plans[0].plan.rawValue), \(plans[0].recordsPerRead) records a read",
        "memory:   \(byteText(memory)) a rank, predicted",
        "time:     "
          + Assumptions.readingText(
            source.bytes(on: catalogue.grid), rate: Assumptions.recordReading, ranks: ranks) + " on \(ranks) ranks",
        "output:   \(record.running.output)",
      ]
    return lines.joined(separator: "\n")
  }
}
