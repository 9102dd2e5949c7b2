import TestSupport
import Testing

@testable import Distributed

/// Predicted bytes beside the blocks of memory that are taken.
@MainActor @Suite struct MemoryPredictionTests {
  /// Bytes of the blocks that an object holds.
  private func bytes(in object: Any) -> Int {
    Mirror(reflecting: object).children.compactMap { ($0.value as? Block)?.capacity }.reduce(0) { $0 + 8 * $1 }
  }

  /// Adds nothing; of some widths.
  private struct Widths: Reduction {
    var width: Int
    var workWidth: Int
    func add(_ step: StepFields, to values: CellBlock) {}
  }

  private func catalogue(_ body: (Catalogue) throws -> Void) throws {
    try withTemporaryFolder { folder in
      let ensemble = TestEnsemble(
        grid: .regular(rows: 12, columns: 5), time: TestTime(from: Month(year: 2004, month: 1), count: 24),
        fields: [TestField("SM", units: "1") { Double($0.cell) }], members: ["REF"])
      try ensemble.write(to: folder)
      let request = SourceRequest(
        name: "moisture", specification: try SourceSpecification(ensemble.source("SM", in: folder)))
      try body(try Catalogue.make([request], members: ["REF"], period: nil, .single))
    }
  }

  /// What goes out are all cells, what comes in are the own ones of every rank.
  @Test(arguments: [1, 2, 3, 5, 16])
  func exchangesHoldWhatIsPredicted(ranks: Int) throws {
    for slots in [1, 7, 40] {
      let partition = Partition(cells: Array(0..<600), ranks: ranks)
      for rank in [0, ranks - 1] {
        let exchange = try FieldExchange(partition, Communicator(rank: rank, size: ranks), slots: slots)
        let predicted = FieldExchange.bytes(
          slots: slots, all: 600, own: partition.share(of: rank).count, ranks: ranks)
        // Incoming and field are one block.
        let mirror = Mirror(reflecting: exchange).children
        let held = ["outgoing", "incoming"].reduce(0) { sum, name in
          sum + 8 * (mirror.first { $0.label == name }.flatMap { ($0.value as? Block)?.capacity } ?? 0)
        }
        #expect(ranks == 1 ? predicted == 0 : held > 0 && predicted >= held && predicted <= held + 64 * ranks)
      }
    }
  }

  @Test func accumulationsHoldWhatIsPredicted() throws {
    try catalogue { catalogue in
      for (width, work) in [(3, 0), (3, 2), (16, 49)] {
        let reduction = Widths(width: width, workWidth: work)
        let held = bytes(in: YearAccumulation(reduction, of: catalogue, cells: 0..<60))
        #expect(held == YearAccumulation.bytes(reduction, cells: 60))
      }
    }
  }

  /// Reading holds the years that are reduced, what they need meanwhile, and the exchange with every rank.
  @Test(arguments: ReadPlan.allCases, [1, 3, 6])
  func readingHoldsAccumulationsAndExchange(plan: ReadPlan, ranks: Int) throws {
    try catalogue { catalogue in
      let partition = Partition(cells: Array(0..<60), ranks: ranks)
      func predicted(_ reduction: Widths) -> Int {
        let plans = SourceReadPlan.chooseAll(catalogue, partition, reduction, forced: plan, budget: 1 << 20)
        return Ingest.bytes(plans, of: catalogue, partition, rank: 0, reduction)
      }
      let own = partition.share(of: 0).count
      let plans = SourceReadPlan.chooseAll(
        catalogue, partition, Widths(width: 4, workWidth: 0), forced: plan, budget: 1 << 20)
      let cells = plan == .slab || plans[0].dividesYears ? own : 60
      let work = predicted(Widths(width: 4, workWidth: 49)) - predicted(Widths(width: 4, workWidth: 0))
      #expect(work == 8 * 49 * cells, "\(work)")
      guard plan == .field, !plans[0].dividesYears else { return }
      let more = predicted(Widths(width: 5, workWidth: 0)) - predicted(Widths(width: 4, workWidth: 0))
      // A value more of a year: where it is reduced, and in what goes out and comes in from every rank.
      let years = plans[0].slots(fields: 1, width: 5) - plans[0].slots(fields: 1, width: 4)
      #expect(more == 8 * years * (60 + (ranks == 1 ? 0 : 60 + own * ranks)), "\(more)")
    }
  }
}
