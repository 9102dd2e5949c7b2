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
}
