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
          "\(record.fileCount) files, \(byteText(size.0)) of data, plan \(size.1.plan.rawValue), "
            + "\(size.1.stepsPerRead) steps a read" + (record.ownGridText.map { ", from \($0) cells" } ?? ""))
      } + [
        line("memory", "\(byteText(plan.memory)) a rank, predicted"),
        line("time", "\(time) on \(ranks) ranks"),
        line("maps", plan.rows.maps(isSplit: method.isSplit).map(\.name).joined(separator: ", ")),
        line("output", job.settings.running.output),
      ]
      + (plan.classes?.sets ?? []).map { set in
        line("classes", "\(set.classes.count) of \(set.title): \(set.classes.map(\.name).joined(separator: ", "))")
      }
    return lines.joined(separator: "\n")
  }
}
