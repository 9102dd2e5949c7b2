import Distributed

/// Windows of cells with neighbours from other ranks, against windows that are looked up by latitude and longitude on the whole
/// grid: on global grids and regional ones, in each order of rows and columns, with few cells and many.
///
/// Says how many were tried, what was wrong, and a number that depends on every bit of all windows.
func checkHalo(_ ranks: Communicator) throws {
  var (failures, tried, exchanged) = ([String](), 0, 0)
  var digest = UInt64(14_695_981_039_346_656_037)
  for grid in HaloCase.grids {
    for width in [1, 3, 5] {
      for (name, cells, isCentre) in HaloCase.selections(of: grid) {
        for edge in WindowEdge.allCases {
          let halo = HaloCase(grid: grid, width: width, cells: cells, isCentre: isCentre, edge: edge)
          let (own, fields) = try halo.windows(ranks)
          exchanged += fields
          let expected = halo.ownCentres(ranks).flatMap(halo.expected)
          let name = "\(name), \(grid.summary), width \(width), \(edge), rank \(ranks.rank) of \(ranks.size)"
          if own.map(\.bitPattern) != expected.map(\.bitPattern) { failures.append(name) }
          tried += own.count
          for bytes in try ranks.gatherBytes(own.withUnsafeBytes(Array.init)) {
            for byte in bytes { digest = (digest ^ UInt64(byte)) &* 1_099_511_628_211 }
          }
        }
      }
    }
  }
  let sums = try ranks.allReduce([failures.count, tried, exchanged], .sum)
  for failure in failures.prefix(5) { Log.warning(failure) }
  if ranks.isRoot {
    print("\(sums[1]) values, \(sums[0]) failures, \(sums[2]) cells exchanged, bits \(String(digest, radix: 16))")
  }
}

/// Cells of a grid whose windows are wanted.
private struct HaloCase {
  let grid: Grid
  let width: Int
  let cells: [Int]
  let isCentre: [Bool]
  let edge: WindowEdge
  private static let channels = 3

  /// Global grids in each order of rows and columns, from Greenwich and from the date line, and a regional one.
  static var grids: [Grid] {
    let latitudes = (0..<6).map { -75 + 30 * Double($0) }
    let longitudes = (0..<8).map { 22.5 + 45 * Double($0) }
    return [
      Grid(latitudes: latitudes, longitudes: longitudes),
      Grid(latitudes: latitudes.reversed(), longitudes: longitudes.map { $0 - 180 }),
      Grid(latitudes: latitudes, longitudes: longitudes.reversed()),
      Grid(latitudes: latitudes, longitudes: longitudes.map { $0 > 180 ? $0 - 360 : $0 }),
      Grid(latitudes: latitudes.reversed(), longitudes: (0..<5).map { 5 + 10 * Double($0) }),
    ]
  }

  /// All cells; land of which some is carried alone; and fewer cells than ranks.
  static func selections(of grid: Grid) -> [(String, [Int], [Bool])] {
    let all = Array(0..<grid.cellCount)
    let some = all.filter { $0 % 7 != 2 }
    return [
      ("all cells", all, all.map { _ in true }), ("some cells", some, some.map { $0 % 5 != 1 }),
      ("two cells", [3, 4], [true, true]), ("no cells", [], []),
    ]
  }

  /// The value of a cell; NaN where it is missing.
  private func value(_ cell: Int, _ channel: Int) -> Float {
    guard cells.contains(cell), (cell + 2 * channel) % 11 != 5 else { return .nan }
    return Float(cell) / 7 + Float(100 * channel)
  }

  private func partition(_ ranks: Communicator) -> Partition { Partition(cells: cells, ranks: ranks.size) }

  func ownCentres(_ ranks: Communicator) -> [Int] {
    partition(ranks).share(of: ranks.rank).filter { isCentre[$0] }.map { cells[$0] }
  }

  /// The windows of this rank's centres, and the number of cells that came from other ranks.
  func windows(_ ranks: Communicator) throws -> ([Float], Int) {
    let partition = partition(ranks)
    let halo = try Halo(partition, try CellWindows(grid, width: width, path: "a"), isCentre: isCentre, ranks)
    let own = partition.share(of: ranks.rank).map { cells[$0] }
    let values = (0..<Self.channels).map { channel in own.map { value($0, channel) } }
    let foreign = try halo.exchange(values)
    let centres = ownCentres(ranks)
    var windows = [Float](repeating: 0, count: centres.count * Self.channels * width * width)
    WindowPlaces.withValues(values, foreign: foreign) { values in
      windows.withUnsafeMutableBufferPointer { buffer in
        if let base = buffer.baseAddress { halo.places.gather(centres[...], values, edge: edge, into: base) }
      }
    }
    return (windows, halo.foreign.count)
  }

  /// The window of a cell, north to south and west to east, found by the places of cells.
  func expected(_ cell: Int) -> [Float] {
    let step = abs(grid.latitudes[1] - grid.latitudes[0])
    let stride = abs(grid.longitudes[1] - grid.longitudes[0])
    let isGlobal = stride * Double(grid.longitudes.count) == 360
    func turned(_ angle: Double) -> Double { isGlobal ? angle - 360 * (angle / 360).rounded(.down) : angle }
    return (0..<Self.channels).flatMap { channel -> [Float] in
      let places = (0..<width * width).map { place -> Float in
        let latitude = grid.latitude(ofCell: cell) - step * Double(place / width - width / 2)
        let longitude = grid.longitude(ofCell: cell) + stride * Double(place % width - width / 2)
        let found = (0..<grid.cellCount).first {
          abs(grid.latitude(ofCell: $0) - latitude) < 1e-6
            && abs(turned(grid.longitude(ofCell: $0)) - turned(longitude)) < 1e-6
        }
        return found.map { value($0, channel) } ?? .nan
      }
      let valid = places.filter { !$0.isNaN }
      let centre = places[places.count / 2]
      guard !centre.isNaN, edge != .missing else { return places }
      let sum = valid.reduce(0.0) { $0 + Double($1) }
      let other = edge == .centre ? centre : Float(sum / Double(valid.count))
      return places.map { $0.isNaN ? other : $0 }
    }
  }
}
