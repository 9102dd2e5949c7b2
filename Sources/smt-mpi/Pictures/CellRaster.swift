import Distributed
import Foundation

/// Where the cells of a grid lie in a picture whose sides are longitude and latitude.
struct CellRaster {
  let grid: Grid
  /// Degrees east; those of a grid around the globe from -180 to 180.
  let longitudes: ClosedRange<Double>
  /// Degrees north.
  let latitudes: ClosedRange<Double>
  /// How far points are drawn; empty on regular grids.
  private let reaches: PointReaches?

  /// The rectangle that holds all cells.
  init(_ grid: Grid) {
    self.grid = grid
    if grid.kind == .regular {
      reaches = nil
      let edges = Self.edges(grid.longitudes, grid.longitudeBounds)
      longitudes = Self.turned(edges.map(\.lowerBound).min() ?? 0, edges.map(\.upperBound).max() ?? 1)
      let rows = Self.edges(grid.latitudes, grid.latitudeBounds)
      let (south, north) = (rows.map(\.lowerBound).min() ?? 0, rows.map(\.upperBound).max() ?? 1)
      latitudes = max(-90, south)...max(min(90, north), max(-90, south) + 1e-3)
    } else {
      let reaches = PointReaches(grid)
      self.reaches = reaches
      let room = max(1, reaches.median)
      let box = reaches.box
      longitudes = Self.turned(box.west - room, box.east + room)
      latitudes = max(-90, box.south - room)...min(90, box.north + room)
    }
  }

  /// A range of longitudes as maps have them, the whole globe from 180° W.
  private static func turned(_ west: Double, _ east: Double) -> ClosedRange<Double> {
    if east - west > 359 { return -180...180 }
    let turn = 360 * ((west + 180) / 360).rounded(.down)
    return west - turn...east - turn
  }

  /// Both edges of each place of an axis: the file's, or halfway to the neighbours; without the jump at the date line.
  private static func edges(_ axis: [Double], _ bounds: [Double]) -> [ClosedRange<Double>] {
    var turn = 0.0
    let unwrapped = axis.indices.map { index in
      if index > 0, abs(axis[index] - axis[index - 1]) > 180 { turn += axis[index] < axis[index - 1] ? 360 : -360 }
      return axis[index] + turn
    }
    // A file may give the bounds of a cell on both sides of the jump, 359.5 and 0.5.
    let areWhole =
      bounds.count == 2 * axis.count
      && axis.indices.allSatisfy {
        axis.count == 1 || abs(bounds[2 * $0 + 1] - bounds[2 * $0]) <= 180
      }
    let edges = areWhole && turn == 0 ? bounds : Grid.midpoints(unwrapped)
    return axis.indices.map { min(edges[2 * $0], edges[2 * $0 + 1])...max(edges[2 * $0], edges[2 * $0 + 1]) }
  }

  /// The cell that each pixel shows, row by row from the north; -1 for none.
  func cells(width: Int, height: Int) -> [Int] {
    let across = Double(width) / (longitudes.upperBound - longitudes.lowerBound)
    let down = Double(height) / (latitudes.upperBound - latitudes.lowerBound)
    if let reaches {
      return reaches.cells(
        grid, west: longitudes.lowerBound, north: latitudes.upperBound, across: across, down: down, width: width,
        height: height)
    }
    // Twice, as a cell may lie at both sides of the globe's map.
    var columns = [Int](repeating: -1, count: width)
    for turn in [-360.0, 0, 360] {
      for (index, edge) in Self.edges(grid.longitudes, grid.longitudeBounds).enumerated() {
        let (left, right) = (
          edge.lowerBound + turn - longitudes.lowerBound, edge.upperBound + turn - longitudes.lowerBound
        )
        for x in Self.pixels(left * across, right * across, width) { columns[x] = index }
      }
    }
    var rows = [Int](repeating: -1, count: height)
    for (index, edge) in Self.edges(grid.latitudes, grid.latitudeBounds).enumerated() {
      let (top, bottom) = (latitudes.upperBound - edge.upperBound, latitudes.upperBound - edge.lowerBound)
      for y in Self.pixels(top * down, bottom * down, height) { rows[y] = index }
    }
    return rows.flatMap { row in columns.map { row < 0 || $0 < 0 ? -1 : row * grid.longitudes.count + $0 } }
  }

  /// The pixels whose centres lie between two places.
  private static func pixels(_ low: Double, _ high: Double, _ count: Int) -> Range<Int> {
    let (first, end) = ((low - 0.5).rounded(.up), (high - 0.5).rounded(.up))
    guard first < Double(count), end > 0, first < end else { return 0..<0 }
    return Int(max(0, first))..<Int(min(Double(count), end))
  }
}

/// How far around their centres the cells of a grid that is not regular are drawn: as far as to the nearest other one.
private struct PointReaches {
  /// Cells that have a place.
  let cells: [Int]
  /// Degrees, by cell of `cells`.
  let reaches: [Double]
  let median: Double
  /// Whether the cells are stations without an order, dots of one size, and no mesh that is to be without holes.
  let areStations: Bool
  /// Around all cells, without the widest gap of longitudes.
  let box: (west: Double, east: Double, south: Double, north: Double)

  init(_ grid: Grid) {
    // Cells without a place may have one that is none: a fill value.
    let cells = (0..<grid.cellCount).filter {
      abs(grid.latitude(ofCell: $0)) <= 90.001 && abs(grid.longitude(ofCell: $0)) <= 720
    }
    self.cells = cells
    func turned(_ cell: Int) -> Double {
      let longitude = grid.longitude(ofCell: cell)
      return longitude - 360 * (longitude / 360).rounded(.down)
    }
    let sorted = cells.map(turned).sorted()
    var (start, gap) = (sorted.first ?? 0, (sorted.first ?? 0) + 360 - (sorted.last ?? 0))
    for (one, next) in zip(sorted, sorted.dropFirst()) where next - one > gap { (start, gap) = (next, next - one) }
    let latitudes = cells.map { grid.latitude(ofCell: $0) }
    box = (start, start + 360 - gap, latitudes.min() ?? -90, latitudes.max() ?? 90)

    // Boxes that hold two cells or so each.
    let size = max(0.05, (180 * (360 - gap) / Double(max(1, cells.count))).squareRoot() / 1.5)
    func bin(_ cell: Int) -> SIMD2<Int32> {
      SIMD2(Int32((grid.latitude(ofCell: cell) / size).rounded(.down)), Int32(turned(cell) / size))
    }
    let bins = Dictionary(grouping: cells, by: bin)
    var distances = [Double](repeating: .infinity, count: cells.count)
    for (index, cell) in cells.enumerated() {
      let latitude = grid.latitude(ofCell: cell)
      let narrow = Self.narrowing(latitude)
      let (own, wide) = (bin(cell), Int32(min(8, (1 / narrow).rounded(.up))))
      for row in own.x - 1...own.x + 1 {
        for column in own.y - wide...own.y + wide {
          for other in bins[SIMD2(row, column)] ?? [] where other != cell {
            let up = grid.latitude(ofCell: other) - latitude
            let across = narrow * (turned(other) - turned(cell))
            distances[index] = min(distances[index], up * up + across * across)
          }
        }
      }
    }
    let known = distances.filter { $0 > 0 && $0.isFinite }.map { $0.squareRoot() }.sorted()
    let median = known.isEmpty ? 1 : known[known.count / 2]
    self.median = median
    // With longitudes as they are: narrowed ones make cells of a mesh of latitudes and longitudes seem uneven.
    let plain = zip(cells, distances).map { $1.squareRoot() / Self.narrowing(grid.latitude(ofCell: $0)) }
    let even = plain.filter { $0 > 0 && $0.isFinite }.sorted()
    func part(_ part: Double) -> Double { even.isEmpty ? 1 : even[Int(part * Double(even.count - 1))] }
    areStations = grid.kind != .curvilinear && even.count < 20000 && part(0.9) > 4 * part(0.1)
    reaches = plain.map { $0.isFinite ? min(2 * median, max(median / 2, $0)) : median }
  }

  /// How much shorter a degree of longitude is than one of latitude, without the poles.
  private static func narrowing(_ latitude: Double) -> Double { max(0.1, cos(latitude * .pi / 180)) }

  /// The cell that each pixel shows, the nearest of those that reach it; -1 for none.
  func cells(
    _ grid: Grid, west: Double, north: Double, across: Double, down: Double, width: Int, height: Int
  ) -> [Int] {
    var shown = [Int](repeating: -1, count: width * height)
    var nearest = [Double](repeating: .infinity, count: width * height)
    for (cell, reach) in zip(cells, reaches) {
      let latitude = grid.latitude(ofCell: cell)
      let narrow = Self.narrowing(latitude)
      var longitude = grid.longitude(ofCell: cell) - west
      longitude -= 360 * (longitude / 360).rounded(.down)
      // Never smaller than one can see.
      let (wide, high) = areStations ? (8, 8) : (max(3, across * reach / narrow), max(3, down * reach))
      for turn in [0.0, -360] {
        let (x, y) = ((longitude + turn) * across, (north - latitude) * down)
        guard x + wide >= 0, x - wide < Double(width), y + high >= 0, y - high < Double(height) else { continue }
        for row in Int(max(0, y - high))...Int(min(Double(height - 1), y + high)) {
          for column in Int(max(0, x - wide))...Int(min(Double(width - 1), x + wide)) {
            let (right, below) = ((Double(column) + 0.5 - x) / wide, (Double(row) + 0.5 - y) / high)
            let distance = right * right + below * below
            // In units of the reach, which neighbours have alike.
            guard distance <= 1, distance < nearest[row * width + column] else { continue }
            nearest[row * width + column] = distance
            shown[row * width + column] = cell
          }
        }
      }
    }
    return shown
  }
}
