import Foundation
import TestSupport
import Testing

@testable import Distributed

/// Windows of cells whose neighbours other ranks own.
@MainActor @Suite struct HaloTests {
  @Test("Windows are those of the whole grid, with the same bits, on 1, 2, 3 and 5 ranks")
  func ranks() throws {
    var outputs: [String] = []
    for ranks in [1, 2, 3, 5] {
      let found = try run(["halo"], of: "rank-program", ranks: ranks)
      #expect(found.status == 0, "\(ranks) ranks: \(found.standardError)")
      #expect(found.standardOutput.contains(", 0 failures"), "\(ranks) ranks: \(found.standardError)")
      let words = found.standardOutput.split(separator: ",")
      try #require(words.count == 4)
      // One rank has all that it needs, several do not.
      #expect((words[2] == " 0 cells exchanged") == (ranks == 1), "\(ranks) ranks:\(words[2])")
      outputs.append("\(words[0])\(words[3])")
    }
    #expect(Set(outputs).count == 1)
  }

  @Test("Grids without rows and columns of neighbours are refused")
  func otherGrids() {
    for kind in [Grid.Kind.curvilinear, .unstructured] {
      let grid = Grid(
        kind: kind, dimensionNames: ["y", "x"], shape: kind == .unstructured ? [6] : [2, 3], latitudeName: "lat",
        longitudeName: "lon", latitudes: [0, 0, 0, 1, 1, 1], longitudes: [0, 1, 2, 0, 1, 2])
      let error = #expect(throws: JobError.self) { try CellWindows(grid, width: 3, path: "a.nc") }
      #expect(error?.exitCode == .inputData)
      #expect(error?.message.contains("a.nc: the grid is \(kind.rawValue)") == true)
    }
  }

  @Test("Neighbours are carried over the date line, not over the poles")
  func carried() throws {
    let grid = Grid(latitudes: [-60, 0, 60], longitudes: [-135, -45, 45, 135])
    let windows = try CellWindows(grid, width: 3, path: "a.nc")
    #expect(windows.cells(withNeighboursOf: [8]) == [4, 5, 7, 8, 9, 11])
    #expect(windows.cells(around: 8) == [nil, nil, nil, 11, 8, 9, 7, 4, 5])
    #expect(windows.cells(withNeighboursOf: []) == [])
  }

  @Test("Without what other ranks have, errors at the borders of shares at least double")
  func borders() throws {
    let (rows, columns, ranks) = (30, 40, 5)
    let grid = Grid(
      latitudes: (0..<rows).map { 87 - 6 * Double($0) }, longitudes: (0..<columns).map { 4.5 + 9 * Double($0) })
    let windows = try CellWindows(grid, width: 3, path: "a.nc")
    // A field that differs from cell to cell, and a network that says the mean of its window, but for noise.
    func noise(_ number: Int) -> Float {
      var state = UInt64(number) &* 0x9E37_79B9_7F4A_7C15
      state = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
      state = (state ^ (state >> 27)) &* 0x94D0_49BB_1331_11EB
      return Float((state ^ (state >> 31)) >> 40) / Float(1 << 24) - 0.5
    }
    let field = (0..<grid.cellCount).map(noise)
    let partition = Partition(cells: Array(0..<grid.cellCount), ranks: ranks)
    let whole = WindowPlaces(windows, own: partition.cells[...])
    func means(_ places: WindowPlaces, _ cells: [Int], _ values: [Float]) -> [Float] {
      let found = places.windows(of: cells, in: [values], edge: .centre)
      return cells.indices.map { found[9 * $0..<9 * $0 + 9].reduce(0, +) / 9 }
    }
    let truth = means(whole, partition.cells, field)
    let spread = (truth.reduce(0) { $0 + $1 * $1 } / Float(truth.count)).squareRoot()
    var (with, without, count) = (Float(0), Float(0), Float(0))
    for rank in 0..<ranks {
      let share = partition.share(of: rank)
      let border = share.filter { position in
        windows.cells(around: position).contains { $0.map { !share.contains($0) } ?? false }
      }
      let alone = WindowPlaces(windows, own: partition.cells[share])
      let outputs = (
        means(whole, border, field), means(alone, border, Array(field[share]))
      )
      for (index, cell) in border.enumerated() {
        let own = 0.05 * spread * noise(100_000 + cell) * Float(12).squareRoot()
        with += (outputs.0[index] + own - truth[cell]) * (outputs.0[index] + own - truth[cell])
        without += (outputs.1[index] + own - truth[cell]) * (outputs.1[index] + own - truth[cell])
        count += 1
      }
    }
    #expect(count >= Float(2 * (ranks - 1) * columns))
    // With its neighbours a network is off by its own noise alone.
    #expect(abs((with / count).squareRoot() / (0.05 * spread) - 1) < 0.15)
    #expect((without / with).squareRoot() >= 2, "\((without / with).squareRoot()) times")
  }
}
