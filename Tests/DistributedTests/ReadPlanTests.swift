import TestSupport
import Testing

@testable import Distributed

@MainActor @Suite struct ReadPlanTests {
  private func plan(
    _ chunks: TestStorage.Chunks, layout: TestEnsemble.Layout = .memberFiles, format: NetCDFFormat = .netCDF4,
    grid: TestGrid = .regular(rows: 12, columns: 4), months: Int = 24, ranks: Int = 3, forced: ReadPlan? = nil,
    budget: Int = 64 << 20
  ) throws -> SourceReadPlan {
    try withTemporaryFolder { folder in
      var ensemble = TestEnsemble(
        grid: grid, time: TestTime(from: Month(year: 2004, month: 1), count: months),
        fields: [TestField("SM", units: "1") { Double($0.cell) }], members: ["REF", "EXP"], layout: layout)
      ensemble.storage.chunks = chunks
      ensemble.storage.format = format
      try ensemble.write(to: folder)
      let request = SourceRequest(
        name: "moisture", specification: try SourceSpecification(ensemble.source("SM", in: folder)))
      let catalogue = try Catalogue.make([request], members: ensemble.members, period: nil, .single)
      return try #require(SourceReadPlan.chooseAll(catalogue, ranks: ranks, forced: forced, budget: budget).first)
    }
  }

  @Test func storageDecides() throws {
    #expect(try plan(.contiguous).plan == .slab)
    #expect(try plan(.wholeField).plan == .field)
    #expect(try plan(.wholeRecord).plan == .field)
    #expect(try plan(.wholeField, format: .classic).plan == .slab)
    #expect(try plan(.tiles(time: 24, horizontal: [2, 4])).plan == .slab)
    #expect(try plan(.tiles(time: 24, horizontal: [6, 4])).plan == .field)
    #expect(try plan(.tiles(time: 24, horizontal: [2, 4]), ranks: 7).plan == .field)
    #expect(try plan(.contiguous, layout: .monthFiles, months: 3).plan == .field)
    #expect(try plan(.tiles(time: 6, horizontal: [3, 3]), grid: .curvilinear(rows: 12, columns: 4)).plan == .slab)
    #expect(try plan(.tiles(time: 6, horizontal: [4]), grid: .unstructured(cells: 48)).plan == .slab)
    #expect(try plan(.tiles(time: 6, horizontal: [48]), grid: .unstructured(cells: 48)).plan == .field)
    #expect(try plan(.contiguous, forced: .field).plan == .field)
    #expect(try plan(.wholeField, forced: .slab).plan == .slab)
  }

  @Test func yearsThatShareAChunkAreReadTogetherWithinTheBudget() throws {
    #expect(try plan(.wholeRecord).yearsPerTask == 2)
    #expect(try plan(.wholeField).yearsPerTask == 1)
    let tight = try plan(.wholeRecord, budget: 1)
    #expect(tight.yearsPerTask == 1 && tight.recordsPerRead == 1)
    #expect(try plan(.wholeRecord).recordsPerRead == 24)
  }
}
