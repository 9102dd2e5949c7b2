import Distributed
import Kernels

/// Memory that a run of the threshold method needs, predicted from sizes that are known before the work starts.
struct ThresholdMemory {
  private let perRank: [Int]

  /// The prediction for every rank of a partition.
  init(
    _ job: ThresholdJob, _ catalogue: Catalogue, _ partition: Partition, _ plans: [SourceReadPlan],
    _ reduction: any Reduction
  ) {
    let pairs = ThresholdCells.pairCount(job, catalogue)
    let isEnsemble = !job.members.isEmpty
    perRank = (0..<partition.rankCount).map { rank in
      let own = partition.share(of: rank).count
      let held = PairCollector.bytes(
        sources: catalogue.sources.count, members: catalogue.members.count, months: catalogue.months.count,
        isEnsemble: isEnsemble, cells: own)
      let reading = Ingest.bytes(plans, of: catalogue, partition, rank: rank, reduction)
      let scan = ValidCells.bytes(source: ThresholdJob.moistureSource, of: catalogue)
      let computing = ThresholdCells.bytes(job, pairs: pairs, own: own, ranks: partition.rankCount)
      let results = 8 * own * ThresholdRecord.length
      let writing = MapWriter.bytes(partition, rank: rank, on: catalogue.grid)
      let summary = SummaryMeans.bytes(partition, rank: rank)
      let curves = Self.curveBytes(job, pairs: pairs, own: own, all: partition.cells.count, isRoot: rank == 0)
      return held + results + curves + max(scan, reading, computing, writing, summary)
        + catalogue.bytes
    }
  }

  /// Bytes of saved curves: of the rank's own cells, and on rank 0 of all, as text while they travel.
  private static func curveBytes(_ job: ThresholdJob, pairs: Int, own: Int, all: Int, isRoot: Bool) -> Int {
    guard job.savesCurves, job.points.isEmpty else { return 0 }
    let numbers = 2 * pairs + 7 * 100
    return 8 * numbers * own + (isRoot ? 40 * numbers * all : 20 * numbers * own)
  }

  /// Bytes of the rank that needs most, given what a process takes before the work starts.
  func largestRank(base: Int) -> Int { base + Assumptions.libraryBytes + (perRank.max() ?? 0) }
}
