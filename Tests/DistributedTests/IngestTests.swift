import TestSupport
import Testing

@testable import Distributed

/// What a job makes of the files does not depend on how they are read.
@MainActor @Suite struct IngestTests {
  /// Keeps everything it is given.
  private struct Keeper: YearCollector {
    var values: [UInt64] = []

    mutating func take(source: Int, member: Int, year: Int, values new: UnsafeBufferPointer<Double>) {
      values += [source, member, year].map(UInt64.init) + new.map(\.bitPattern)
    }
  }

  /// The reduced years of an ensemble's files, bit by bit.
  private func read(
    _ folder: String, _ ensemble: TestEnsemble, _ plan: ReadPlan, inflatesChunks: Bool, budget: Int
  ) throws -> [UInt64] {
    let request = SourceRequest(
      name: "moisture", specification: try SourceSpecification(ensemble.source("SM", in: folder)))
    let catalogue = try Catalogue.make([request], members: ensemble.members, period: nil, .single)
    let partition = Partition(cells: (0..<ensemble.grid.cellCount).filter { $0 % 5 != 2 }, ranks: 1)
    var keeper = Keeper()
    let account = try Ingest(
      catalogue, partition, .single, MonthlyValues(Seasons(wholeYear: partition.cells.count)), forced: plan,
      budget: budget, inflatesChunks: inflatesChunks
    ).run(into: &keeper) { _ in }
    #expect(account.bytesRead > 0)
    return keeper.values
  }

  @Test func chunksAndLibraryGiveTheSameBits() throws {
    let chunks: [TestStorage.Chunks] = [
      .wholeField, .wholeRecord, .contiguous, .tiles(time: 5, horizontal: [2, 3]),
      .tiles(time: 12, horizontal: [6, 7]),
    ]
    let packings: [(TestStorage.Packing, Double)] = [
      (.float, 1e36), (.double, -9999), (.int16(scale: 1e-5, offset: 0.15), -32768),
    ]
    for chunk in chunks {
      for (packing, fill) in packings {
        try withTemporaryFolder { folder in
          var ensemble = TestEnsemble(
            grid: .regular(rows: 6, columns: 7), time: TestTime(from: Month(year: 2003, month: 11), count: 27),
            fields: [
              TestField("SM", units: "m3/m3") {
                $0.cell % 7 == 3
                  ? .nan
                  : 0.1 + 0.01 * Double($0.member) + 1e-3 * Double($0.month.index % 17)
                    + 1e-4 * Double($0.cell)
              }
            ], members: ["REF", "EXP"])
          ensemble.storage.chunks = chunk
          ensemble.storage.packing = packing
          ensemble.storage.fill = fill
          try ensemble.write(to: folder)
          let expected = try read(folder, ensemble, .field, inflatesChunks: false, budget: 1 << 20)
          for plan in ReadPlan.allCases {
            for budget in [1, 1 << 20] {
              let found = try read(folder, ensemble, plan, inflatesChunks: true, budget: budget)
              #expect(found == expected, "\(chunk), \(packing), \(plan), budget \(budget)")
            }
          }
        }
      }
    }
  }
}
