import TestSupport
import Testing

@testable import Distributed

/// What a job makes of the files does not depend on how they are read.
@MainActor @Suite struct IngestTests {
  /// Keeps everything it is given.
  private struct Keeper: Collector {
    var values: [UInt64] = []

    mutating func take(member: Int, year: Int, values new: CellBlock) {
      values += [member, year].map(UInt64.init)
      for slot in 0..<new.slotCount { values += new[slot].indices.map { new[slot][$0].bitPattern } }
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
    var ingest = Ingest(
      catalogue, partition, .single, EveryStep(catalogue), forced: plan,
      budget: budget)
    ingest.inflatesChunks = inflatesChunks
    let account = try ingest.run(into: &keeper) { _ in }
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

  /// Two variables of every layout of files: read together they have the bits that each has alone.
  @Test func sourcesReadTogetherHaveTheBitsOfEachAlone() throws {
    let layouts: [TestEnsemble.Layout] = [.memberFiles, .monthFiles, .variableFiles, .memberDimension(.strings)]
    for (number, layout) in layouts.enumerated() {
      try withTemporaryFolder { folder in
        var ensemble = TestEnsemble(
          grid: .regular(rows: 5, columns: 4), time: TestTime(from: Month(year: 2003, month: 11), count: 27),
          fields: ["SM", "GPP"].map { name in
            TestField(name, units: "1") {
              $0.cell % 7 == 3 ? .nan : Double(name.count * $0.cell + 100 * $0.month.index + $0.member) / 17
            }
          }, members: ["REF", "EXP"], layout: layout)
        ensemble.storage.chunks = number % 2 == 0 ? .tiles(time: 1, horizontal: [2, 3]) : .wholeField
        try ensemble.write(to: folder)
        let requests = try ["SM", "GPP"].map {
          SourceRequest(name: $0, specification: try SourceSpecification(ensemble.source($0, in: folder)))
        }
        func read(_ requests: [SourceRequest], _ plan: ReadPlan, budget: Int) throws -> ([UInt64], Int) {
          let catalogue = try Catalogue.make(requests, members: ensemble.members, period: nil, .single)
          let partition = Partition(cells: (0..<20).filter { $0 % 5 != 2 }, ranks: 1)
          var keeper = Keeper()
          let reduction = EveryStep(catalogue)
          let ingest = Ingest(catalogue, partition, .single, reduction, forced: plan, budget: budget)
          let account = try ingest.run(into: &keeper) { _ in }
          return (keeper.values, account.filesOpened)
        }
        for plan in ReadPlan.allCases {
          for budget in [1, 3000, 1 << 20] {
            let (first, firstFiles) = try read([requests[0]], plan, budget: budget)
            let (second, secondFiles) = try read([requests[1]], plan, budget: budget)
            let (both, files) = try read(requests, plan, budget: budget)
            // Member and year, then twelve months of sixteen cells.
            let year = 2 + 12 * 16
            let expected = stride(from: 0, to: first.count, by: year).flatMap {
              Array(first[$0..<$0 + year]) + second[$0 + 2..<$0 + year]
            }
            #expect(both == expected, "\(layout), \(plan), budget \(budget)")
            // Each file is opened once, unless sources have files of their own.
            let isApart = if case .variableFiles = layout { true } else { false }
            #expect(firstFiles == secondFiles && files == (isApart ? 2 : 1) * firstFiles, "\(layout), \(plan)")
          }
        }
      }
    }
  }

  /// MPI counts with 32 bits.
  @Test func exchangesThatCannotBeCountedAreRefused() throws {
    #expect(throws: Never.self) { try FieldExchange.check(slots: 2047, cells: 1 << 20, ranks: 2) }
    // One rank exchanges nothing.
    #expect(throws: Never.self) { try FieldExchange.check(slots: 4096, cells: 1 << 20, ranks: 1) }
    // Shares that are not equal: the largest counts for all.
    #expect(throws: Never.self) { try FieldExchange.check(slots: 1 << 20, cells: 2046, ranks: 2) }
    for (slots, cells, ranks) in [(2048, 1 << 20, 2), (1 << 20, 2047, 2), (1 << 40, 1, 3)] {
      let error = #expect(throws: JobError.self) { try FieldExchange.check(slots: slots, cells: cells, ranks: ranks) }
      #expect(error?.exitCode == .memory && error?.message.contains("\(slots) values") == true)
    }
  }
}
