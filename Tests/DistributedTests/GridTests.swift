import TestSupport
import Testing

@testable import Distributed

/// Boxes, comparison of grids, nearest cells and the dealing out of cells.
@MainActor @Suite struct GridTests {
  @Test func boxesAreReadWithNegativeNumbers() {
    #expect(BoundingBox("-20,-35,55,38") == BoundingBox(west: -20, south: -35, east: 55, north: 38))
    #expect(BoundingBox(" 170, -10 ,-170, 10") == BoundingBox(west: 170, south: -10, east: -170, north: 10))
    for text in ["1,2,3", "1,2,3,4,5", "0,10,1,5", "a,b,c,d", "", "0,-91,1,0", "0,0,361,1", "0,,1,2"] {
      #expect(BoundingBox(text) == nil, "\(text)")
    }
  }

  @Test func boxesHoldPointsModuloWholeTurns() throws {
    func holds(_ text: String, _ latitude: Double, _ longitude: Double) throws -> Bool {
      try #require(BoundingBox(text)).contains(latitude: latitude, longitude: longitude)
    }
    let cases: [(String, Double, Double, Bool)] = [
      ("-20,-35,55,38", 0, -10, true), ("-20,-35,55,38", 0, 350, true), ("-20,-35,55,38", 0, 339, false),
      ("-20,-35,55,38", 0, 56, false), ("-20,-35,55,38", 39, 0, false), ("-20,-35,55,38", -35, 55, true),
      ("170,-10,-170,10", 0, 180, true), ("170,-10,-170,10", 0, -175, true), ("170,-10,-170,10", 0, 185, true),
      ("170,-10,-170,10", 0, 0, false), ("170,-10,190,10", 0, -175, true), ("170,-10,190,10", 0, 169, false),
      ("-180,-90,180,90", 90, 359, true), ("0,-90,360,90", 0, -1, true), ("350,-10,10,10", 0, 5, true),
      ("350,-10,10,10", 0, -5, true), ("350,-10,10,10", 0, 20, false), ("10,0,10,0", 0, 10, true),
      ("10,0,10,0", 0, 11, false),
    ]
    for (box, latitude, longitude, expected) in cases {
      #expect(try holds(box, latitude, longitude) == expected, "\(longitude) in \(box)")
    }
  }

  private static let grid = Grid(latitudes: [-10, 0, 10], longitudes: [0, 90, 180, 270])

  @Test func gridsAreTheSameToATenThousandth() {
    let float = Grid(
      latitudes: [-10, 0, 10].map { Double(Float($0 + 5e-5)) },
      longitudes: [0, 90, 180, 270].map { Double(Float($0 - 5e-5)) })
    #expect(float.difference(from: Self.grid) == nil)
    #expect(Grid(latitudes: [-10, 0, 10], longitudes: [0, 90, -180, -90]).difference(from: Self.grid) == nil)
    #expect(Grid(latitudes: [-10, 0, 10], longitudes: [360, 450, 180, 270]).difference(from: Self.grid) == nil)
    #expect(Grid(latitudes: [-10, 0, 10.0002], longitudes: [0, 90, 180, 270]).difference(from: Self.grid) != nil)
    #expect(Grid(latitudes: [-10, 0, 10], longitudes: [0, 90, 180.0002, 270]).difference(from: Self.grid) != nil)
    #expect(Grid(latitudes: [10, 0, -10], longitudes: [0, 90, 180, 270]).difference(from: Self.grid) != nil)
    #expect(Grid(latitudes: [-10, 0], longitudes: [0, 90, 180, 270]).difference(from: Self.grid) != nil)
  }

  /// Curvilinear grids of oceans have no place for the cells of land.
  @Test func cellsWithoutAPlaceAreTheSame() {
    func curvilinear(_ last: Double) -> Grid {
      Grid(
        kind: .curvilinear, dimensionNames: ["nj", "ni"], shape: [1, 3], latitudeName: "TLAT", longitudeName: "TLONG",
        latitudes: [1, 2, last], longitudes: [3, 4, last])
    }
    #expect(curvilinear(.nan).difference(from: curvilinear(.nan)) == nil)
    #expect(curvilinear(1e30).difference(from: curvilinear(1e30)) == nil)
    #expect(curvilinear(.nan).difference(from: curvilinear(5)) != nil)
    #expect(curvilinear(5).difference(from: curvilinear(.nan)) != nil)
  }

  @Test func nearestCells() {
    #expect(Self.grid.nearestCell(latitude: 9, longitude: -91).cell == 11)
    #expect(Self.grid.nearestCell(latitude: -80, longitude: 359).cell == 0)
    let distance = Self.grid.nearestCell(latitude: 0, longitude: 91).distance
    #expect(abs(distance - 1) < 1e-9)
  }

  @Test func boxesSelectCells() throws {
    let box = try #require(BoundingBox("-100,-5,10,10"))
    #expect(Self.grid.cells(in: box).indices.filter { Self.grid.cells(in: box)[$0] } == [4, 7, 8, 11])
  }

  @Test func cellsAreDealtEvenlyAndInOrder() {
    for count in [0, 1, 2, 3, 5, 17] {
      for ranks in 1...5 {
        let cells = (0..<count).map { 3 * $0 }
        let partition = Partition(cells: cells, ranks: ranks)
        let shares = (0..<ranks).map(partition.share)
        #expect(shares.flatMap { cells[$0] } == cells, "\(count) cells, \(ranks) ranks")
        #expect(
          (shares.map(\.count).max() ?? 0) - (shares.map(\.count).min() ?? 0) <= 1, "\(count) cells, \(ranks) ranks")
        #expect(partition.rankCount == ranks)
        for rank in 0..<ranks {
          let grid = Grid(latitudes: [Double](repeating: 0, count: 13), longitudes: [0, 1, 2, 3])
          let rows = partition.region(of: rank, on: grid).rows
          #expect(cells[shares[rank]].allSatisfy { rows.contains($0 / 4) })
          #expect(rows.isEmpty == shares[rank].isEmpty)
        }
      }
    }
  }
}
