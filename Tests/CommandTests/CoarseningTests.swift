import TestSupport
import Testing

@testable import Distributed
@testable import smt_mpi

/// Maps that are too large for a page.
@MainActor @Suite struct CoarseningTests {
  @Test func squaresAreAveragedAndClassesCounted() {
    let grid = Grid(latitudes: [10, 20, 30], longitudes: [350, 359, 2, 8])
    let coarse = FieldCoarsening(grid, factor: 2)
    #expect(coarse.shape == [2, 2] && coarse.cellCount == 4)
    let values: [Double] = [1, .nan, 7, .nan, 3, 5, .nan, .nan, .nan, .nan, 2, 4]
    let means = coarse.values(values, areClasses: false)
    #expect(means[0] == 3 && means[1] == 7 && means[2].isNaN && means[3] == 3)
    let classes = coarse.values([1, 2, 4, 4, 2, 1, 3, .nan, 9, 9, .nan, 5], areClasses: true)
    #expect(classes == [1, 4, 9, 5])
    // Longitudes across Greenwich.
    #expect(coarse.grid.latitude == [15, 30] && coarse.grid.longitude == [354.5, 5])
    #expect(FieldCoarsening(grid, factor: 1).values(values, areClasses: false).count { $0.isNaN } == 6)
  }

  @Test func pagesKeepToTheirSize() throws {
    try withTemporaryFolder { folder in
      var maps = TestMaps(
        latitudes: (0..<60).map { -88.5 + 3 * Double($0) }, longitudes: (0..<120).map { 3 * Double($0) })
      maps.axes = [.init("month", (1...4).map(Double.init))]
      var generator = SystemRandomNumberGenerator()
      let values = (0..<4 * maps.cellCount).map { _ in Double(Float.random(in: 0..<1, using: &generator)) }
      try maps.write([.init("v", axes: ["month"], values, type: .float)], to: "\(folder)/v.nc")
      let choice = try MapChoice(try MapSource(file: "\(folder)/v.nc").variables(), most: 60)
      let summaries = try FieldSummary.all(of: choice)
      for most in [20_000, 60_000, 1_000_000] {
        let made = try PageMaps(choice, summaries, mostBytes: most)
        #expect(made.data.reduce(0) { $0 + $1.utf8.count } <= most, "\(most)")
        #expect(
          made.maps.map(\.coarsened) == Array(repeating: most == 1_000_000 ? 1 : made.maps[0].coarsened, count: 4))
        #expect(made.notes.isEmpty == (made.maps[0].coarsened == 1))
        // As fine as it may be.
        #expect(made.maps[0].coarsened <= (most == 20_000 ? 4 : 2), "\(made.maps[0].coarsened)")
        // Statistics are those of all cells.
        #expect(made.maps[0].statistics?.count == maps.cellCount)
      }
    }
  }

  @Test func histogramsLeaveOutliersAside() throws {
    let bulk = (0..<1000).map { Double($0) / 1000 }
    let plain = try #require(Histogram(sorted: bulk))
    #expect(plain.counts == Array(repeating: 20, count: 50) && plain.below == 0 && plain.above == 0)
    let tailed = try #require(Histogram(sorted: [-1e6] + bulk + [1e9]))
    #expect(tailed.counts.reduce(0, +) + tailed.below + tailed.above == 1002)
    #expect((tailed.edges.last ?? 0) < 1.01 && tailed.below >= 1 && tailed.above >= 1)
    #expect(Histogram(sorted: [3, 3, 3]) == nil && Histogram(sorted: []) == nil)
  }
}
