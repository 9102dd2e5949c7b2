import Distributed
import Foundation
import TestSupport
import Testing

/// Records in whole kilograms, whose yearly totals are equal in many years: the Mann–Kendall test made from the maps must
/// be that of the totals in whole numbers, which know no rounding.
@MainActor @Suite struct TieTests {
  private static let years = 2001...2024
  private static let cells = 12

  /// Two wet seasons differ from two dry ones by more than chance adds to a month.
  private nonisolated static func amount(layer: Int, _ month: Month, cell: Int) -> Int {
    let seed = UInt64(((month.year * 12 + month.month) * 50 + cell) * 4 + layer + 1)
    let product = seed &* 0x9E37_79B9_7F4A_7C15
    let mixed = (product ^ (product >> 29)) &* 0xBF58_476D_1CE4_E5B9
    return 10 * (layer + 1) + 5 * ((month.month - 1) / 3) + Int(mixed >> 40) % 3
  }

  private static let record = TestEnsemble.observations(
    grid: .regular(rows: 3, columns: 4),
    time: TestTime(from: Month(year: years.lowerBound, month: 1), count: 12 * years.count),
    fields: ["a", "b"].enumerated().map { layer, name in
      TestField(name, units: "kg m-2") { Double(amount(layer: layer, $0.month, cell: $0.cell)) }
    })

  /// Z of whole numbers.
  private func exactZ(_ totals: [Int]) -> Double {
    var s = 0
    for later in totals.indices { for earlier in 0..<later { s += (totals[later] - totals[earlier]).signum() } }
    var groups: [Int: Int] = [:]
    for total in totals { groups[total, default: 0] += 1 }
    let (n, ties) = (totals.count, groups.values.reduce(0) { $0 + $1 * ($1 - 1) * (2 * $1 + 5) })
    return Double(s - s.signum()) / (Double(n * (n - 1) * (2 * n + 5) - ties) / 18).squareRoot()
  }

  /// Compares Z of one index of a variable in all cells; that many values are equal is part of the test.
  private func check(
    _ maps: AttributionMapFile, _ name: String, _ index: Int, location: SourceLocation = #_sourceLocation,
    _ total: (_ year: Int, _ cell: Int) -> Int
  ) throws {
    var tied = 0
    for cell in 0..<Self.cells {
      let totals = Self.years.map { total($0, cell) }
      tied += totals.count - Set(totals).count
      let (found, wanted) = (try maps.values(name, cell: cell)[index], exactZ(totals))
      #expect(
        abs(found - wanted) < 1e-6, "\(name) \(index) of cell \(cell): \(found), expected \(wanted)",
        sourceLocation: location)
    }
    #expect(tied > Self.cells, sourceLocation: location)
  }

  /// Of all layers.
  private func total(_ month: Month, _ cell: Int) -> Int {
    (0..<2).reduce(0) { $0 + Self.amount(layer: $1, month, cell: cell) }
  }

  /// The months of each year from wet to dry, the earlier of equal ones first.
  private func ranked(_ year: Int, _ cell: Int) -> [Month] {
    (1...12).map { Month(year: year, month: $0) }.sorted {
      (-total($0, cell), $0.month) < (-total($1, cell), $1.month)
    }
  }

  @Test func attributionsOfWholeKilogramsKeepTheirTies() throws {
    try withTemporaryFolder { folder in
      try Self.record.write(to: folder)
      let arguments = [
        "attribute", "--moisture", Self.record.source("a,b", in: folder), "--layer-bounds", "0,0.1,0.4", "--output",
        "\(folder)/maps.nc", "--overwrite", "--progress", "0",
      ]
      for ranking in ["year", "climatology"] {
        let done = try run(arguments + ["--ranking", ranking], ranks: 2)
        #expect(done.status == 0, "\(done.standardError)")
        let maps = try AttributionMapFile("\(folder)/maps.nc", cellCount: Self.cells)
        try check(maps, "mk_z", 0) { year, cell in
          ranked(year, cell).reduce(0) { $0 + total($1, cell) }
        }
        for layer in 0..<2 {
          try check(maps, "layer_mk_z", layer) { year, cell in
            ranked(year, cell).reduce(0) { $0 + Self.amount(layer: layer, $1, cell: cell) }
          }
        }
        guard ranking == "year" else { continue }
        for season in 0..<4 {
          try check(maps, "season_mk_z", season) { year, cell in
            ranked(year, cell)[3 * season..<3 * season + 3].reduce(0) { $0 + total($1, cell) }
          }
        }
      }
    }
  }

  /// A third of the lower layer counts, which no binary number is.
  @Test func trendsOfPartsOfLayersKeepTheirTies() throws {
    try withTemporaryFolder { folder in
      try Self.record.write(to: folder)
      let done = try run(
        [
          "trend", "--source", Self.record.source("a,b", in: folder), "--layer-bounds", "0,0.1,0.4", "--depth", "0-0.2",
          "--months", "6-8", "--output", "\(folder)/maps.nc", "--progress", "0",
        ], ranks: 2)
      #expect(done.status == 0, "\(done.standardError)")
      let maps = try AttributionMapFile("\(folder)/maps.nc", cellCount: Self.cells)
      try check(maps, "mk_z", 0) { year, cell in
        (6...8).reduce(0) { sum, number in
          let month = Month(year: year, month: number)
          let (upper, lower) = (
            Self.amount(layer: 0, month, cell: cell), Self.amount(layer: 1, month, cell: cell)
          )
          return sum + (number == 6 ? 30 : 31) * (3 * upper + lower)
        }
      }
    }
  }
}
