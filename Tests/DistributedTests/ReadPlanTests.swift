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
      let partition = Partition(cells: Array(0..<grid.cellCount), ranks: ranks)
      let reduction = EveryStep(catalogue)
      return try #require(
        SourceReadPlan.chooseAll(catalogue, partition, reduction, forced: forced, budget: budget).first)
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
    #expect(try plan(.wholeRecord).monthsPerTask == 24)
    #expect(try plan(.wholeField, ranks: 2).monthsPerTask == 12)
    let tight = try plan(.wholeRecord, budget: 1)
    #expect(tight.monthsPerTask == 12 && tight.stepsPerRead == 1)
    #expect(try plan(.wholeRecord).stepsPerRead == 24)
  }

  @Test func ranksWithoutAYearGetPartsOfOne() throws {
    // Four years.
    let one = try plan(.wholeField, ranks: 24)
    #expect(one.monthsPerTask == 2 && one.stepsPerRead == 1)
    #expect(try plan(.wholeField, ranks: 8).monthsPerTask == 6)
    #expect(try plan(.wholeField, ranks: 7).monthsPerTask == 12)
    // A chunk is inflated by one rank alone.
    #expect(try plan(.tiles(time: 3, horizontal: [12, 4]), ranks: 24).monthsPerTask == 3)
    #expect(try plan(.tiles(time: 3, horizontal: [12, 4]), ranks: 16).stepsPerRead == 3)
    #expect(try plan(.tiles(time: 5, horizontal: [12, 4]), ranks: 24).monthsPerTask == 12)
    #expect(try plan(.wholeRecord, ranks: 24).monthsPerTask == 24)
    #expect(try plan(.contiguous, ranks: 24, forced: .slab).monthsPerTask == 12)
  }

  /// The record of 77 years and the ensemble of 86 members × 11 years on 720 × 1440 cells.
  @Test func partsNeverTakeMoreMemoryThanYears() {
    func months(_ ranks: Int, years: Int, fields: Int, width: Int) -> Int {
      TaskDivision(
        years: years, ranks: ranks, monthsPerChunk: 1, stepBytes: fields * 4 * 720 * 1440, fields: fields,
        width: width, cells: 240_000
      ).monthsPerTask
    }
    let record = [1, 2, 7, 77, 308, 1024, 16_384].map { months($0, years: 77, fields: 4, width: 16) }
    #expect(record == [12, 12, 12, 12, 3, 1, 1])
    let ensemble = [1, 64, 946, 1024, 2048, 16_384].map { months($0, years: 946, fields: 1, width: 2) }
    #expect(ensemble == [12, 12, 12, 12, 2, 1])
    for ranks in 1...1200 {
      let record = months(ranks, years: 77, fields: 4, width: 16)
      #expect(record == 12 || record * 4 <= 16, "\(ranks) ranks")
    }
  }

  /// One source by whole fields makes all of a job's do so; the longest tasks serve all.
  @Test func sourcesShareOnePlan() throws {
    try withTemporaryFolder { folder in
      var ensemble = TestEnsemble(
        grid: .regular(rows: 12, columns: 4), time: TestTime(from: Month(year: 2004, month: 1), count: 24),
        fields: [TestField("SM", units: "1") { Double($0.cell) }], members: ["REF", "EXP"])
      func request(_ name: String, _ chunks: TestStorage.Chunks) throws -> SourceRequest {
        ensemble.storage.chunks = chunks
        try ensemble.write(to: "\(folder)/\(name)")
        return SourceRequest(
          name: name, specification: try SourceSpecification(ensemble.source("SM", in: "\(folder)/\(name)")))
      }
      func plans(_ requests: [SourceRequest], budget: Int = 64 << 20) throws -> [SourceReadPlan] {
        let catalogue = try Catalogue.make(requests, members: ensemble.members, period: nil, .single)
        let partition = Partition(cells: Array(0..<48), ranks: 2)
        return SourceReadPlan.chooseAll(
          catalogue, partition, EveryStep(catalogue), forced: nil,
          budget: budget)
      }
      let contiguous = try request("contiguous", .contiguous)
      let fields = try request("fields", .wholeField)
      let records = try request("records", .wholeRecord)
      #expect(try plans([contiguous, contiguous]).map(\.plan) == [.slab, .slab])
      #expect(try plans([contiguous, fields]).map(\.plan) == [.field, .field])
      let mixed = try plans([fields, records])
      #expect(mixed.map(\.monthsPerTask) == [24, 24] && mixed.map(\.stepsPerRead) == [1, 24])
      // A budget for two years of one source is not enough for two.
      let alone = try plans([records], budget: 24 * 48 * 12 + 1000).map(\.stepsPerRead)
      let shared = try plans([records, records], budget: 24 * 48 * 12 + 1000).map(\.stepsPerRead)
      #expect(alone == [24] && shared == [12, 12])
    }
  }
}
