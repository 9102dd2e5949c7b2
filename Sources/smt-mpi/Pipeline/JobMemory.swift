import Distributed

/// Memory that a run of a method needs, predicted from sizes that are known before the work starts.
struct JobMemory {
  private let perRank: [Int]

  /// The prediction for every rank of a partition.
  init<Analysis: Method>(
    _ method: Analysis, _ catalogue: Catalogue, _ partition: Partition, _ plans: [SourceReadPlan],
    _ reduction: any Reduction, _ rows: Rows<Analysis.Result>, landSource: Int, classes: ClassSummary?
  ) {
    let scan = ValidCells.bytes(source: landSource, of: catalogue)
    perRank = (0..<partition.rankCount).map { rank in
      let own = partition.share(of: rank).count
      let kept = method.dataBytes(cells: own) + 8 * own * rows.length + method.keptBytes(partition, rank: rank)
      let reading = Ingest.bytes(plans, of: catalogue, partition, rank: rank, reduction)
      // Phases follow each other, so that the largest counts.
      let phases = [
        scan, reading, method.computingBytes(partition, rank: rank),
        MapWriter.bytes(partition, rank: rank, on: catalogue.grid), SummaryMeans.bytes(partition, rank: rank),
        classes.map { _ in ColumnClasses.bytes(partition, rank: rank, on: catalogue.grid) } ?? 0,
      ]
      return kept + (phases.max() ?? 0) + catalogue.bytes + (classes?.bytes ?? 0)
    }
  }

  /// Bytes of the rank that needs most, given what a process takes before the work starts.
  func largestRank(base: Int) -> Int { base + Assumptions.libraryBytes + (perRank.max() ?? 0) }
}
