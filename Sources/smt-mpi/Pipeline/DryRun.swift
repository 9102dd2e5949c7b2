import Distributed

extension Pipeline {
  /// What a run on so many ranks would do: files, grid, plan, maps, and predicted memory, bytes and time.
  func dryRun(ranks: Int) throws -> String {
    let base = peakMemoryBytes() + Assumptions.mpiBytes
    let plan = try plan(ranks: ranks, baseMemory: base, isRough: true, PhaseTimer())
    let (catalogue, method) = (plan.catalogue, plan.method)
    let bytes = catalogue.records.map { $0.bytes(on: catalogue.grid) }
    let cells = plan.partition.cells.count
    var time = Assumptions.readingText(bytes.reduce(0, +), rate: method.readingRate, ranks: ranks)
    // The prediction measures the work itself, with its memory.
    try MemoryLimit.check(method.computingBytes(plan.partition, rank: 0), for: "computing, as predicted for a rank,")
    if let computing = method.computingTime(cells: cells, ranks: ranks) { time += " and \(computing)" }
    func line(_ title: String, _ text: String) -> String {
      (title + ":").padding(toLength: max(10, title.count + 2), withPad: " ", startingAt: 0) + text
    }
    let lines =
      [
        line("grid", catalogue.grid.summary),
        line(
          "cells",
          "about \(cells) of \(catalogue.grid.cellCount) hold data, about \((cells + ranks - 1) / ranks) a rank"),
        line("\(catalogue.cadence.noun)s", "\(catalogue.period), \(catalogue.steps.count)"),
      ] + method.description
      + job.settings.requests.filter(\.expression.isJoined).map { line($0.name, $0.expression.text) }
      + zip(catalogue.records, zip(bytes, plan.ingest.plans)).map { record, size in
        line(
          record.name,
          "\(counted(record.fileCount, "file")), \(byteText(size.0)) of data, plan \(size.1.plan.rawValue), "
            + "\(counted(size.1.stepsPerRead, "step")) a read" + (record.ownGridText.map { ", from \($0) cells" } ?? "")
        )
      } + [
        line("memory", "\(byteText(plan.memory)) a rank, predicted"),
        line("time", "\(time) on \(counted(ranks, "rank"))"),
        line("maps", plan.rows.maps(isSplit: method.isSplit).map(\.name).joined(separator: ", ")),
        line("output", job.settings.running.output),
      ] + (try checkpointText(plan).map { [line("checkpoint", $0)] } ?? [])
      + (plan.classes?.sets ?? []).map { set in
        line("classes", "\(set.classes.count) of \(set.title): \(set.classes.map(\.name).joined(separator: ", "))")
      }
    return lines.joined(separator: "\n")
  }

  /// What an interrupted run left beside the output; nil where there is nothing.
  private func checkpointText(_ plan: Plan) throws -> String? {
    let checkpoint = try checkpoint(plan)
    return try CheckpointText(checkpoint.path, isDiscarded: running.restarts).text(isThere: checkpoint.isThere()) {
      let count = try checkpoint.finishedCount()
      return "\(grouped(count)) of about \(grouped(plan.partition.cells.count)) cells"
    }
  }
}

/// What `--dry-run` tells of a checkpoint.
struct CheckpointText {
  private let path: String
  private let isDiscarded: Bool

  /// - Parameter isDiscarded: whether the run forgets it.
  init(_ path: String, isDiscarded: Bool) { (self.path, self.isDiscarded) = (path, isDiscarded) }

  /// The line; nil where there is no checkpoint.
  ///
  /// - Parameter finished: what is finished of this job, in words; an error where the checkpoint is of another one.
  func text(isThere: Bool, _ finished: () throws -> String) -> String? {
    guard isThere else { return nil }
    guard !isDiscarded else { return "\(path) is discarded (--restart)" }
    do {
      return "\(path) holds \(try finished()) of this job, which the same command takes up"
    } catch {
      return "the run will be refused: \(JobError(wrapping: error).message)"
    }
  }
}
