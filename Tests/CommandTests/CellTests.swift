import Distributed
import Foundation
import TestSupport
import Testing

/// Which cells are worked on, why others have no value, and that results do not depend on ranks and plans.
@MainActor @Suite struct CellTests {
  private static let network = [
    "--model", "network", "--hidden", "4", "--epochs", "2", "--networks", "2", "--bootstrap", "1",
  ]

  /// Season and mask maps beside an ensemble with sea, a gap in a member and cells left out.
  private func writeMixed(_ grid: TestGrid, to folder: String, chunks: TestStorage.Chunks) throws -> ThresholdFixture {
    var fixture = ThresholdFixture.make(grid: grid)
    fixture.ensemble.storage.chunks = chunks
    fixture.ensemble.fields[0].value = {
      $0.cell % 6 == 4 || $0.member == 2 && $0.cell == 7 && $0.month.month == 5
        ? .nan : ThresholdFixture.moisture.value($0)
    }
    try fixture.ensemble.write(to: folder)
    let cells = 0..<grid.cellCount
    try writeMaps(
      [
        ("first", cells.map { Double($0 % 12 + 1) }), ("last", cells.map { Double(($0 + 5) % 12 + 1) }),
        ("land", cells.map { $0 == 3 ? 0 : $0 == 9 ? .nan : 0.5 }),
      ], grid: grid, to: "\(folder)/maps.nc")
    return fixture
  }

  @Test func mapsAreTheSameForAllRanksAndPlans() throws {
    for grid in TestGrid.kinds {
      let tiles = grid.shape.map { ($0 + 2) / 3 }
      try withTemporaryFolder { folder in
        let fixture = try writeMixed(grid, to: folder, chunks: .tiles(time: 3, horizontal: tiles))
        let more = Self.network + ["--season", "\(folder)/maps.nc:first,last", "--mask", "\(folder)/maps.nc:land"]
        var first: [String: [UInt64]]?
        for (ranks, plan) in [1, 2, 3, 5].flatMap({ ranks in ["slab", "field"].map { (ranks, $0) } }) {
          let done = try run(fixture.arguments(folder, more + ["--read-plan", plan, "--overwrite"]), ranks: ranks)
          #expect(done.status == 0, "\(grid), \(ranks) ranks, \(plan): \(done.standardError)")
          let found = try bits(of: "\(folder)/smt.nc")
          #expect(found == first ?? found, "\(grid), \(ranks) ranks, \(plan)")
          first = first ?? found
        }
        let names = [
          "smt", "smt_absolute", "r2", "decline_rate_high", "decline_rate_low", "amplification", "smt_stddev",
          "smt_p05", "smt_p95", "n_pairs", "status",
        ]
        #expect(Set(names).isSubset(of: Set(first?.keys.map { $0 } ?? [])))
        #expect(try map("r2", "\(folder)/smt.nc").contains { $0.isFinite })
        let status = try statuses("\(folder)/smt.nc")
        #expect(status[4] == "not_land" && status[3] == "outside_selection" && status[9] == "outside_selection")
      }
    }
  }

  @Test func fewCellsOnManyRanks() throws {
    let valid: [Int: [Int]] = [0: [], 1: [4], 2: [0, 5], 3: [1, 2, 3], 5: [0, 1, 2, 4, 5]]
    for count in [0, 1, 2, 3, 5] {
      try withTemporaryFolder { folder in
        var fixture = ThresholdFixture.make(grid: .regular(rows: 3, columns: 2), months: 3, members: 4)
        let cells = valid[count] ?? []
        fixture.ensemble.fields[0].value = { cells.contains($0.cell) ? ThresholdFixture.moisture.value($0) : .nan }
        fixture.ensemble.storage.chunks = count % 2 == 0 ? .wholeField : .tiles(time: 2, horizontal: [1, 2])
        try fixture.ensemble.write(to: folder)
        var first: [String: [UInt64]]?
        for ranks in 1...5 {
          // Both plans where there are fewer cells than ranks.
          for plan in ranks == 1 ? ["auto"] : count < ranks ? ["slab", "field"] : [ranks % 2 == 0 ? "slab" : "field"] {
            let comment = Comment("\(count) cells, \(ranks) ranks, \(plan)")
            let done = try run(fixture.arguments(folder, ["--read-plan", plan, "--overwrite"]), ranks: ranks)
            #expect(done.status == 0, "\(comment): \(done.standardError)")
            guard done.status == 0 else { continue }
            let found = try bits(of: "\(folder)/smt.nc")
            #expect(found == first ?? found, comment)
            first = first ?? found
            let worked = try map("n_pairs", "\(folder)/smt.nc")
            #expect(worked.indices.filter { worked[$0] == 4 } == cells, comment)
          }
        }
      }
    }
  }

  @Test func everyKindOfMissingDataHasItsStatus() throws {
    let expected = [
      "", "", "", "missing_months", "missing_months", "not_land", "reference_below_floor", "missing_months",
      "narrow_range", "too_few_pairs", "reference_below_floor", "",
    ]
    let gap = Month(year: 2004, month: 5)
    for (fill, format) in [(1e36, NetCDFFormat.netCDF4), (.nan, .netCDF4), (-9999, .classic)] {
      try withTemporaryFolder { folder in
        var fixture = ThresholdFixture.make()
        fixture.ensemble.storage.fill = fill
        fixture.ensemble.storage.format = format
        fixture.ensemble.fields[0].value = { sample in
          switch (sample.cell, sample.member) {
          case (2, 1) where sample.month == gap, (4, 0) where sample.month == gap, (5, 0): .nan
          case (8, _): 0.3
          case (10, 0): 0
          default: ThresholdFixture.moisture.value(sample)
          }
        }
        fixture.ensemble.fields[1].value = { sample in
          switch (sample.cell, sample.member) {
          case (1, 2) where sample.month == gap, (3, 0) where sample.month == gap, (7, _), (9, 2...3): .nan
          case (6, 0): 0
          default: ThresholdFixture.productivity.value(sample)
          }
        }
        try fixture.ensemble.write(to: folder)
        for (ranks, plan) in [(nil, "auto"), (3, "slab"), (2, "field")] as [(Int?, String)] {
          let done = try run(
            fixture.arguments(folder, ["--minimum-pairs", "5", "--read-plan", plan, "--overwrite", "--save-curves"]),
            ranks: ranks)
          #expect(done.status == 0, "\(done.standardError)")
          let found = try statuses("\(folder)/smt.nc")
          for (cell, name) in expected.enumerated() {
            let isAsExpected = name.isEmpty ? ["computed", "no_threshold"].contains(found[cell]) : found[cell] == name
            #expect(isAsExpected, "fill \(fill), cell \(cell): \(found[cell]), expected \(name)")
          }
          let pairs = try map("n_pairs", "\(folder)/smt.nc")
          #expect(pairs[0] == 6 && pairs[1] == 5 && pairs[2] == 5 && pairs[9] == 4 && pairs[5].isNaN, "\(pairs)")
          let curves = try SavedCurves("\(folder)/smt_curves.nc")
          for cell in [0, 1, 2, 11] {
            let row = try #require(curves.cells.firstIndex(of: cell))
            let (x, y) = fixture.pairs(cell: cell)
            #expect(
              ThresholdFixture.areClose(curves.x[row], x) && ThresholdFixture.areClose(curves.y[row], y), "cell \(cell)"
            )
          }
        }
      }
    }
  }

  @Test func boxesOnEveryGrid() throws {
    let boxes: [(String, (Double, Double) -> Bool)] = [
      ("-100,-40,50,60", { $0 >= -40 && $0 <= 60 && $1 >= -100 && $1 <= 50 }),
      ("120,-90,-120,90", { _, longitude in longitude >= 120 || longitude <= -120 }),
      ("200,-90,300,10", { $0 <= 10 && $1 >= -160 && $1 <= -60 }),
    ]
    let grids: [TestGrid] = [
      .regular(rows: 4, columns: 8), .regular(rows: 4, columns: 8, ascending: false, fromZero: false),
      .unstructured(cells: 30),
    ]
    for grid in grids {
      try withTemporaryFolder { folder in
        let fixture = ThresholdFixture.make(grid: grid, months: 3, members: 4)
        try fixture.ensemble.write(to: folder)
        for (text, isInside) in boxes {
          let cells = (0..<grid.cellCount).filter { cell in
            let place = grid.place(ofCell: cell)
            return isInside(place.latitude, place.longitude > 180 ? place.longitude - 360 : place.longitude)
          }
          #expect(!cells.isEmpty && cells.count < grid.cellCount)
          try fixture.check(
            in: folder, ["--bbox=\(text)"], ranks: text.hasPrefix("-") ? 2 : nil, "\(grid) \(text)", cells: cells)
          let found = try statuses("\(folder)/smt.nc")
          #expect(found.indices.filter { found[$0] != "outside_selection" } == cells)
        }
      }
    }
  }

  @Test func maskAndPointsSelectCells() throws {
    for grid in TestGrid.kinds {
      try withTemporaryFolder { folder in
        let fixture = ThresholdFixture.make(grid: grid, months: 3, members: 4)
        try fixture.ensemble.write(to: folder)
        let values = (0..<grid.cellCount).map { [0, 1, .nan, -2, 0.01][$0 % 5] }
        try writeMaps([("land", values)], grid: grid, to: "\(folder)/mask.nc")
        let cells = values.indices.filter { values[$0] != 0 && !values[$0].isNaN }
        try fixture.check(in: folder, ["--mask", "\(folder)/mask.nc:land"], ranks: 2, "\(grid)", cells: cells)

        let (one, other) = (grid.place(ofCell: 7), grid.place(ofCell: 13))
        let points = [one, other].map {
          "--point=\($0.latitude + 0.01),\($0.longitude > 180 ? $0.longitude - 360 : $0.longitude)"
        }
        let done = try run(fixture.arguments(folder, output: "point.nc", points), ranks: 2)
        #expect(done.status == 0, "\(done.standardError)")
        let curves = try SavedCurves("\(folder)/point_curves.nc")
        #expect(curves.cells == [7, 13])
        for (row, cell) in curves.cells.enumerated() {
          #expect(ThresholdFixture.areClose(curves.x[row], fixture.pairs(cell: cell).x))
        }
        let found = try statuses("\(folder)/point.nc")
        #expect(found.indices.filter { found[$0] != "outside_selection" } == [7, 13])
        #expect(contents(of: folder).count { $0.hasPrefix("point_curves") && $0.hasSuffix(".svg") } == 2)
      }
    }
  }

  @Test func curvesHoldTheFittedFunctionAndItsDerivatives() throws {
    try withTemporaryFolder { folder in
      let fixture = ThresholdFixture.make(grid: .regular(rows: 1, columns: 2), months: 3)
      try fixture.ensemble.write(to: folder)
      let done = try run(fixture.arguments(folder, ["--save-curves", "--derivative", "raw"]))
      #expect(done.status == 0, "\(done.standardError)")
      let file = try NetCDFFile("\(folder)/smt_curves.nc")
      func row(_ name: String) throws -> [Double] {
        let variable = try file.requiredVariable(name)
        let stored = try StoredValues(variable, in: file)
        let values = try file.values(variable).map(stored.value)
        return values.prefix(file.shape(variable)[1]).filter { !$0.isNaN }
      }
      let (x, f, slope) = (try row("curve_moisture"), try row("curve"), try row("curve_slope"))
      #expect(x.count > 5 && f.count == x.count && slope.count == x.count)
      let pairs = fixture.pairs(cell: 0).x
      #expect(abs((x.first ?? 0) - (pairs.min() ?? 0)) < 1e-3)
      for index in x.indices.dropFirst().dropLast() {
        #expect(abs(x[index + 1] - x[index] - 1) < 1e-3)
        #expect(abs(slope[index] - (f[index + 1] - f[index - 1]) / 2) < 1e-3)
      }
    }
  }
}
