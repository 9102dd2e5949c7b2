import Foundation
import TestSupport
import Testing

@testable import Distributed

/// Cells chosen while headers are read are those that a scan of the data finds, without opening any file again.
@MainActor @Suite struct FieldMaskTests {
  /// Moisture on three layers: cells begin to hold data in the order of their numbers; some, and the lowest layer of others,
  /// never do.
  private func ensemble(_ layout: TestEnsemble.Layout) -> TestEnsemble {
    var ensemble = TestEnsemble(
      grid: .regular(rows: 5, columns: 7), time: TestTime(from: Month(year: 2003, month: 11), count: 14),
      fields: [
        TestField("SM", units: "m3/m3", hasLevels: true) {
          let start = Month(year: 2003, month: 11).index
          let isMissing =
            $0.cell % 14 > $0.month.index - start || $0.cell % 11 == 5 || $0.level == 2 && $0.cell % 3 == 0
          return isMissing || $0.member == 1 && $0.cell > 9 ? .nan : 0.1 + 0.01 * Double($0.cell + $0.level)
        }, TestField("GPP", units: "1") { 0.01 * Double($0.cell) },
      ], members: ["REF", "EXP"], layout: layout)
    ensemble.levels = TestLevels(nodes: [0.05, 0.25, 0.7], edges: [0, 0.1, 0.4, 1])
    return ensemble
  }

  private func requests(
    _ ensemble: TestEnsemble, _ folder: String, depth: ClosedRange<Double>? = nil
  ) throws -> [SourceRequest] {
    [
      SourceRequest(name: "response", specification: try SourceSpecification(ensemble.source("GPP", in: folder))),
      SourceRequest(
        name: "moisture", specification: try SourceSpecification(ensemble.source("SM", in: folder)), depth: depth),
    ]
  }

  private typealias Choice = (ClosedRange<Double>?, ClosedRange<Month>?)

  @Test func cellsAreThoseOfAScan() throws {
    let layouts: [TestEnsemble.Layout] = [
      .memberFiles, .monthFiles, .variableFiles, .memberDimension(.characters), .memberDimension(.none),
    ]
    let packings: [(TestStorage.Packing, Double, NetCDFFormat)] = [
      (.float, 1e36, .netCDF4), (.double, -9999, .netCDF4), (.int16(scale: 1e-4, offset: 0.5), -32768, .netCDF4),
      (.float, 1e36, .classic),
    ]
    for layout in layouts {
      for (packing, fill, format) in packings {
        try withTemporaryFolder { folder in
          var ensemble = ensemble(layout)
          (ensemble.storage.packing, ensemble.storage.fill, ensemble.storage.format) = (packing, fill, format)
          try ensemble.write(to: folder)
          let winter = Month(year: 2003, month: 12)...Month(year: 2004, month: 3)
          for (depth, period) in [(nil, nil), (0...0.1, winter), (0.5...1, nil)] as [Choice] {
            let requests = try requests(ensemble, folder, depth: depth)
            let scanned = try Catalogue.make(requests, members: ensemble.members, period: period, .single)
            let expected = try ValidCells.scan(source: 1, of: scanned, .single)
            let name = "\(layout), \(packing), \(format), \(String(describing: depth))"
            #expect(expected.contains(true) && expected.contains(false), "\(name)")
            let before = InputFiles.openCount
            let catalogue = try Catalogue.make(
              requests, members: ensemble.members, period: period, chosenBy: 1, .single)
            let found = try ValidCells.scan(source: 1, of: catalogue, .single)
            #expect(found == expected, "\(name)")
            let files = Set(catalogue.records.flatMap { $0.files.map(\.path) }).count
            #expect(InputFiles.openCount - before == files, "\(name)")
          }
        }
      }
    }
  }

  /// Chunks with more steps than are read at a time are looked at by rows of chunks.
  @Test func cellsOfLongChunksAreThose() throws {
    try withTemporaryFolder { folder in
      var ensemble = ensemble(.memberFiles)
      try ensemble.write(to: "\(folder)")
      let requests = try requests(ensemble, folder)
      let plain = try Catalogue.make(requests, members: ensemble.members, period: nil, .single)
      let expected = try ValidCells.scan(source: 1, of: plain, .single)
      for (steps, rows) in [(14, 2), (14, 3), (8, 1), (5, 5)] {
        ensemble.storage.chunks = .tiles(time: steps, horizontal: [rows, 4])
        try ensemble.write(to: folder)
        let catalogue = try Catalogue.make(requests, members: ensemble.members, period: nil, .single)
        // From a step of all rows at a time to all of them.
        for budget in [1, 5_000, 20_000, 1 << 20] {
          let found = try ValidCells.scan(source: 1, of: catalogue, budget: budget, .single)
          #expect(found == expected, "chunks of \(steps) steps and \(rows) rows, \(budget) bytes")
        }
      }
    }
  }

  @Test func masksThatAreTooManyAreForgotten() {
    func mask(_ number: Int) -> Data { withUnsafeBytes(of: number) { Data($0) } }
    var masks = FieldMasks()
    masks.add((0..<900).map { mask($0 / 2) } + [nil], ofFile: 3)
    #expect(masks.isComplete && masks.masks.count == 450)
    #expect(masks.places[3]?.suffix(3) == [449, 449, FieldMasks.unread])
    var others = FieldMasks()
    others.add([mask(1000), mask(7)], ofFile: 4)
    masks.add(others)
    #expect(masks.isComplete && masks.places[4] == [450, 7])
    others.add((0..<900).map(mask), ofFile: 5)
    #expect(others.isComplete)
    masks.add(others)
    #expect(masks.isComplete)
    masks.add((2000..<2200).map(mask), ofFile: 6)
    #expect(!masks.isComplete && masks.masks.isEmpty && masks.places.isEmpty)
    others.add(masks)
    #expect(!others.isComplete)
    // What a rank could not keep, none keeps.
    others.add([mask(1)], ofFile: 7)
    #expect(!others.isComplete && others.masks.isEmpty)
  }

  @Test func oneMonthIsScanned() throws {
    try withTemporaryFolder { folder in
      let ensemble = ensemble(.monthFiles)
      try ensemble.write(to: folder)
      let requests = try requests(ensemble, folder)
      let whole = try Catalogue.make(requests, members: ensemble.members, period: nil, chosenBy: 1, .single)
      #expect(whole.validCells != nil)
      var first = whole
      first.keepFirstStep()
      #expect(first.validCells == nil)
      #expect(try ValidCells.scan(source: 1, of: first, .single).count { $0 } == 3)
    }
  }
}
