import Kernels
import RealModule
import Testing

/// Closed forms, and the definitions written out over all pairs of cells.
@Suite struct RegriddingTests {
  /// A regular grid without bounds, of cell centres.
  struct TestGrid: Sendable {
    var latitudes: [Double]
    var longitudes: [Double]

    var axes: CellAxes { CellAxes(latitudes: .latitudes(latitudes), longitudes: .longitudes(longitudes)) }
    var count: Int { latitudes.count * longitudes.count }

    /// A global grid of so many cells, which begins at a meridian.
    static func global(_ rows: Int, _ columns: Int, west: Double = 0, descending: Bool = false) -> TestGrid {
      let latitudes = (0..<rows).map { -90 + 180 * (Double($0) + 0.5) / Double(rows) }
      return TestGrid(
        latitudes: descending ? latitudes.reversed() : latitudes,
        longitudes: (0..<columns).map { west + 360 * (Double($0) + 0.5) / Double(columns) })
    }

    /// CLM's: rows at the poles, columns from 0°.
    static func clm(_ rows: Int, _ columns: Int) -> TestGrid {
      TestGrid(
        latitudes: (0..<rows).map { -90 + 180 * Double($0) / Double(rows - 1) },
        longitudes: (0..<columns).map { 360 * Double($0) / Double(columns) })
    }

    static let regional = TestGrid(latitudes: [12, 9, 6, 3], longitudes: [350, 353, 356, 359, 2, 5])

    func values(_ value: (Double, Double) -> Double) -> [Double] {
      latitudes.flatMap { latitude in longitudes.map { value(latitude, $0) } }
    }

    /// Edges half-way, cut at the poles, and closing where the columns go round; of the grids above alone.
    var cells: [(south: Double, north: Double, west: Double, east: Double)] {
      let height = abs(latitudes[1] - latitudes[0]) / 2
      let width = abs(longitudes[1] - longitudes[0]) / 2
      return latitudes.flatMap { latitude in
        longitudes.map { (max(-90, latitude - height), min(90, latitude + height), $0 - width, $0 + width) }
      }
    }
  }

  static let grids: [TestGrid] = [
    .global(7, 11), .global(6, 8, west: -180, descending: true), .clm(9, 12), .global(13, 5, west: 17.3), .regional,
  ]

  private func regrid(
    _ values: [Double], _ source: TestGrid, to target: TestGrid, _ method: RowRegridding.Method, share: Double = 0
  ) -> [Double] {
    let rows = RowRegridding(from: source.axes, to: target.axes, method, minimumShare: share)
    return values.withUnsafeBufferPointer { field in
      (0..<target.latitudes.count).flatMap { row in
        let needed = rows.sourceRows(of: row)
        return [Double](unsafeUninitializedCapacity: target.longitudes.count) { buffer, count in
          count = target.longitudes.count
          guard let base = field.baseAddress, let line = buffer.baseAddress else { return }
          rows.regrid(
            row,
            from: {
              if !needed.contains($0) { Issue.record("row \($0) was not announced") }
              return base + $0 * source.longitudes.count
            }, into: line)
        }
      }
    }
  }

  private func overlap(
    _ a: (south: Double, north: Double, west: Double, east: Double),
    _ b: (south: Double, north: Double, west: Double, east: Double)
  ) -> Double {
    let radians = Double.pi / 180
    let height = Double.sin(min(a.north, b.north) * radians) - Double.sin(max(a.south, b.south) * radians)
    var width = 0.0
    for turn in [-720.0, -360, 0, 360, 720] { width += max(0, min(a.east, b.east + turn) - max(a.west, b.west + turn)) }
    return max(0, height) * width * radians
  }

  private func isClose(_ a: Double, _ b: Double, _ tolerance: Double = 1e-12) -> Bool {
    a.isNaN && b.isNaN || a.isApproximatelyEqual(to: b, absoluteTolerance: tolerance, relativeTolerance: tolerance)
  }

  private func noise(_ count: Int, missing: Bool = false) -> [Double] {
    (0..<count).map { index -> Double in
      if missing, (index * 7919 + 3) % 5 == 0 { return .nan }
      return Double((index * 104_729 + 11) % 97)
    }
  }

  @Test(arguments: [RowRegridding.Method.nearest, .bilinear, .mean, .majority])
  func constantFieldStaysConstant(_ method: RowRegridding.Method) {
    for source in Self.grids.dropLast() {
      for target in Self.grids {
        let found = regrid([Double](repeating: 3, count: source.count), source, to: target, method)
        #expect(found.allSatisfy { isClose($0, 3) }, "\(source) to \(target)")
      }
    }
  }

  @Test(arguments: [RowRegridding.Method.nearest, .bilinear, .mean, .majority])
  func sameGridIsIdentity(_ method: RowRegridding.Method) {
    for grid in Self.grids {
      let values = noise(grid.count, missing: true)
      let found = regrid(values, grid, to: grid, method)
      #expect(zip(found, values).allSatisfy { isClose($0, $1) }, "\(grid)")
    }
  }

  @Test func linearFieldsAreExactByBilinear() {
    let plane = { (latitude: Double, longitude: Double) in
      2 * latitude - 0.5 * (longitude < 180 ? longitude + 360 : longitude)
    }
    let target = TestGrid(latitudes: [3, 4.5, 8.1, 12], longitudes: [-9.5, -0.5, 0, 4.9, 5])
    let found = regrid(TestGrid.regional.values(plane), .regional, to: target, .bilinear)
    let expected = target.values { plane($0, $1 < 0 ? $1 + 360 : $1) }
    #expect(zip(found, expected).allSatisfy { isClose($0, $1) })
    // In latitude alone, across the date line and from any direction.
    for source in Self.grids.dropLast() {
      let inside = TestGrid.global(5, 9)
      let north = regrid(source.values { latitude, _ in latitude }, source, to: inside, .bilinear)
      #expect(zip(north, inside.values { latitude, _ in latitude }).allSatisfy { isClose($0, $1) })
    }
  }

  @Test func bilinearCrossesTheDateLine() {
    let source = TestGrid.global(4, 6, west: -180)
    let values = (0..<24).map { Double($0 % 6) }
    // Centres at -150 … 150: 180° lies half-way between the last and the first.
    let target = TestGrid(latitudes: [-20, 20], longitudes: [180, -165, 165])
    let found = regrid(values, source, to: target, .bilinear)
    #expect(zip(found, [2.5, 1.25, 3.75, 2.5, 1.25, 3.75]).allSatisfy { isClose($0, $1) })
  }

  @Test func bilinearEndsWithTheOuterCentres() {
    let target = TestGrid(latitudes: [2.9, 3, 12, 12.1], longitudes: [349.9, 350, 5, 5.1])
    let found = regrid([Double](repeating: 1, count: TestGrid.regional.count), .regional, to: target, .bilinear)
    let isInside = [false, true, true, false].flatMap { row in [false, true, true, false].map { row && $0 } }
    #expect(zip(found, isInside).allSatisfy { $0 == 1 && $1 || $0.isNaN && !$1 })
  }

  @Test func polesTakeTheOuterRow() {
    let source = TestGrid.global(4, 4)
    let values = (0..<16).map { Double($0 / 4) }
    let target = TestGrid(latitudes: [-90, 90], longitudes: [0, 100, 200, 300])
    #expect(regrid(values, source, to: target, .bilinear) == [0, 0, 0, 0, 3, 3, 3, 3])
    #expect(regrid(values, source, to: target, .nearest) == [0, 0, 0, 0, 3, 3, 3, 3])
    // 50° S to 60° S has no row beyond it, and no pole.
    let south = TestGrid(latitudes: [-45, -35], longitudes: source.longitudes)
    #expect(regrid(values, south, to: target, .nearest).allSatisfy { $0.isNaN })
  }

  @Test func meanConservesTheIntegral() {
    for source in Self.grids.dropLast() {
      for target in Self.grids.dropLast() {
        let values = noise(source.count)
        let found = regrid(values, source, to: target, .mean)
        func integral(_ grid: TestGrid, _ values: [Double]) -> Double {
          zip(grid.cells, values).reduce(0) { $0 + $1.1 * overlap($1.0, $1.0) }
        }
        #expect(isClose(integral(source, values), integral(target, found)), "\(source) to \(target)")
      }
    }
  }

  @Test func meanIsThatOverAllPairs() {
    for source in Self.grids {
      for target in Self.grids {
        for share in [0, 0.5, 1.0] {
          let values = noise(source.count, missing: true)
          let found = regrid(values, source, to: target, .mean, share: share)
          let weights = CellWeights.areas(from: source.axes, to: target.axes)
          for (cell, box) in target.cells.enumerated() {
            let areas = source.cells.map { overlap(box, $0) }
            let valid = zip(areas, values).filter { !$1.isNaN }
            let area = valid.reduce(0) { $0 + $1.0 }
            let whole = overlap(box, box)
            let isThere = area > 1e-6 * whole && area >= (share - 1e-9) * whole
            let expected = isThere ? valid.reduce(0) { $0 + $1.0 * $1.1 } / area : .nan
            #expect(isClose(found[cell], expected, 1e-11), "cell \(cell): \(found[cell]), \(expected)")
            let mean = values.withUnsafeBufferPointer { values in
              values.baseAddress.map { weights.mean(cell, of: $0, minimumShare: share) }
            }
            #expect(isClose(mean ?? .nan, expected, 1e-11))
          }
        }
      }
    }
  }

  @Test func majorityIsThatOverAllPairs() {
    for source in Self.grids {
      for target in Self.grids {
        let classes = noise(source.count, missing: true).map { $0.isNaN ? $0 : $0.truncatingRemainder(dividingBy: 3) }
        let found = regrid(classes, source, to: target, .majority)
        for (cell, box) in target.cells.enumerated() {
          var areas = [0.0, 0, 0]
          for (own, value) in zip(source.cells, classes) where !value.isNaN { areas[Int(value)] += overlap(box, own) }
          let largest = areas.max() ?? 0
          let expected = largest > 1e-9 ? areas.firstIndex { $0 > largest * (1 - 1e-9) }.map(Double.init) : nil
          #expect(isClose(found[cell], expected ?? .nan), "cell \(cell): \(found[cell]), areas \(areas)")
        }
      }
    }
  }

  @Test func tiesGoToTheLowerClass() {
    let source = TestGrid.global(2, 4)
    let target = TestGrid.global(2, 2)
    let classes: [Double] = [7, 2, 5, 5, 3, 3, .nan, 9]
    #expect(regrid(classes, source, to: target, .majority) == [2, 5, 3, 9])
    #expect(regrid(classes, source, to: target, .block) == [2, 5, 3, 9])
  }

  @Test func blocksCountCells() {
    // Two cells of the row at the pole are smaller than two of the other, but as many.
    let source = TestGrid.global(4, 4)
    let target = TestGrid.global(2, 2)
    let classes: [Double] = [1, 1, 4, 4, 2, 2, 3, 3, 6, 6, 8, .nan, 5, 5, .nan, .nan]
    #expect(regrid(classes, source, to: target, .block) == [1, 3, 5, 8])
    #expect(regrid(classes, source, to: target, .majority) == [2, 3, 6, 8])
    #expect(regrid(classes, source, to: target, .block, share: 0.5)[3].isNaN)
    #expect(RowRegridding.areBlocks(from: source.axes, to: target.axes))
    #expect(!RowRegridding.areBlocks(from: source.axes, to: TestGrid.global(3, 2).axes))
    #expect(!RowRegridding.areBlocks(from: target.axes, to: source.axes))
  }

  @Test func sharesAddUpToWhatIsValid() {
    let (source, target) = (TestGrid.global(6, 9), TestGrid.global(4, 5))
    let classes = noise(source.count, missing: true).map { $0.isNaN ? $0 : $0.truncatingRemainder(dividingBy: 2) }
    let rows = RowRegridding(from: source.axes, to: target.axes, .majority)
    let valid = regrid(classes.map { $0.isNaN ? 0 : 1 }, source, to: target, .mean)
    let ones = regrid(classes.map { $0.isNaN ? 0 : $0 }, source, to: target, .mean)
    classes.withUnsafeBufferPointer { field in
      guard let base = field.baseAddress else { return }
      for row in 0..<4 {
        var shares = [Double](repeating: -1, count: 10)
        rows.shares(of: [0, 1], row, from: { base + $0 * 9 }, into: &shares)
        for column in 0..<5 {
          #expect(isClose(shares[column] + shares[5 + column], valid[row * 5 + column]))
          #expect(isClose(shares[5 + column], ones[row * 5 + column]))
        }
      }
    }
  }

  @Test func nearestIsThatOverAllPairs() {
    let targets: [TestGrid] = [.global(5, 7, west: 3.1), .global(17, 23, west: -170.7), .clm(6, 10)]
    for source in Self.grids.dropLast() {
      for target in targets {
        let values = (0..<source.count).map(Double.init)
        let found = regrid(values, source, to: target, .nearest)
        let search = SphereSearch(
          latitudes: source.values { latitude, _ in latitude }, longitudes: source.values { _, longitude in longitude })
        let centres = source.values { latitude, _ in latitude }
        let meridians = source.values { _, longitude in longitude }
        let places = zip(target.values { latitude, _ in latitude }, target.values { _, longitude in longitude })
        for (cell, (latitude, longitude)) in places.enumerated() {
          let squares = zip(centres, meridians).map { chord(latitude, longitude, $0, $1) }
          let least = squares.min() ?? 0
          #expect(squares[Int(found[cell])] <= least + 1e-12, "\(latitude), \(longitude)")
          if let other = search.nearest(latitude: latitude, longitude: longitude) {
            #expect(squares[other] <= least + 1e-12)
          }
        }
      }
    }
  }

  /// The square of the chord between two places on the unit sphere.
  private func chord(_ latitude1: Double, _ longitude1: Double, _ latitude2: Double, _ longitude2: Double) -> Double {
    func vector(_ latitude: Double, _ longitude: Double) -> SIMD3<Double> {
      let (north, east) = (latitude * .pi / 180, longitude * .pi / 180)
      return SIMD3(Double.cos(north) * Double.cos(east), Double.cos(north) * Double.sin(east), Double.sin(north))
    }
    let away = vector(latitude1, longitude1) - vector(latitude2, longitude2)
    return (away * away).sum()
  }

  @Test func searchLeavesOutWhatIsFarAway() {
    // A patch of cells, 1° apart: what is 5° away from it is not covered, nor has a cell without a place a neighbour.
    let latitudes = (0..<100).map { Double($0 / 10) }
    let longitudes = (0..<100).map { $0 == 55 ? .nan : Double($0 % 10) - 5 }
    let search = SphereSearch(latitudes: latitudes, longitudes: longitudes)
    #expect(search.nearest(latitude: 3.1, longitude: -2.2) == 33)
    #expect(search.nearest(latitude: 3.1, longitude: 357.8) == 33)
    #expect(search.nearest(latitude: 14, longitude: 0) == nil)
    #expect(search.nearest(latitude: .nan, longitude: 0) == nil)
    #expect(search.nearest(latitude: 5.2, longitude: 0) == 65 || search.nearest(latitude: 5.2, longitude: 0) == 54)
  }

  @Test func missingCornersCountWhereTheyHaveWeight() {
    let source = TestGrid(latitudes: [0, 10], longitudes: [0, 10])
    let values = [1, .nan, 3, 4.0]
    let target = TestGrid(latitudes: [0, 5, 10], longitudes: [0, 0.0001, 5])
    let found = regrid(values, source, to: target, .bilinear)
    #expect(found[0] == 1 && isClose(found[1], 1) && found[2].isNaN)
    #expect(found[3] == 2 && found[5].isNaN)
    #expect(found[6] == 3 && found[8] == 3.5)
    #expect(regrid(values, source, to: target, .nearest)[2] == 1)
    #expect(regrid(values, source, to: TestGrid(latitudes: [0, 9], longitudes: [9, 1]), .nearest)[0].isNaN)
  }

  @Test func rolledAndFlippedGridsAreUnderstood() {
    let grid = TestGrid.global(4, 6)
    let rolled = TestGrid(latitudes: grid.latitudes.reversed(), longitudes: [-150, -90, -30, 30, 90.00005, 150])
    let order = NearestCells(grid.axes).permutation(to: rolled.axes)
    #expect(order?.rows == [3, 2, 1, 0] && order?.columns == [3, 4, 5, 0, 1, 2])
    #expect(NearestCells(grid.axes).permutation(to: TestGrid.global(4, 6, west: 1).axes) == nil)
    #expect(NearestCells(grid.axes).permutation(to: TestGrid.global(4, 3).axes) == nil)
    #expect(NearestCells(grid.axes).permutation(to: TestGrid.global(8, 6).axes) == nil)
  }

  @Test func boundsOfTheFileCount() {
    // Bounds 0…1 and 1…10 around centres whose middle is 3.
    let rows = CellAxis.latitudes([0.5, 5.5], bounds: [0, 1, 10, 1])
    #expect(rows.lower == [0, 1] && rows.upper == [1, 10])
    #expect(
      CellAxis.latitudes([0.5, 5.5], bounds: [0, 1, 1, 2]).lower == [-2, 3], "bounds that are not around the centre")
    let columns = CellAxis.longitudes([359, 1], bounds: [358, 0, 0, 2])
    #expect(columns.lower == [358, 360] && columns.upper == [360, 362])
    #expect(CellAxis.latitudes([-90, 0, 90]).lower == [-90, -45, 45])
    #expect(CellAxis.longitudes([0, 90, 180, 270]).isPeriodic && !CellAxis.longitudes([0, 90, 180]).isPeriodic)
  }
}
