import Distributed

/// Which pixels of a fine grid have their centre in which cell of a model's grid.
struct CellBoxes {
  private let target: Grid
  private let source: Grid
  /// Of a regular grid, the column of the target that a column of the source lies in; -1 for none.
  private var columns: [Int] = []
  /// Edges of the target's cells: south, north, west and east of each cell of a list.
  private var boxes: [(south: Double, north: Double, west: Double, east: Double)] = []
  /// Pixel of each cell, where cells take their nearest pixel; -1 for none.
  private var nearest: [Int: [Int]] = [:]
  private let isSame: Bool

  /// The pixels of a source on a target.
  ///
  /// - Parameter width: of the cells around the points of a list, in degrees; nil takes the list's own bounds or spacing, and of a
  ///   single point its nearest pixel.
  /// - Throws: exit code 65 where the grids cannot be joined.
  init(from source: Grid, of path: String, to target: Grid, width: Double?) throws {
    (self.source, self.target) = (source, target)
    isSame = source.difference(from: target) == nil
    guard !isSame else { return }
    guard source.kind == .regular else {
      throw JobError(
        .inputData,
        "\(path): the snapshots are on a \(source.kind.rawValue) grid that is not the model's; expected a regular one: bring "
          + "them over first (smt-mpi regrid)")
    }
    switch target.kind {
    case .regular:
      let edges = Self.edges(target.longitudes)
      columns = source.longitudes.map { longitude in Self.place(of: longitude, in: edges, turns: true) }
    case .unstructured:
      if let width = width ?? Self.spacing(of: target) {
        boxes = (0..<target.cellCount).map {
          let (latitude, longitude) = (target.latitudes[$0], target.longitudes[$0])
          return (latitude - width / 2, latitude + width / 2, longitude - width / 2, longitude + width / 2)
        }
      } else {
        let pixel = source.nearestCell(latitude: target.latitudes[0], longitude: target.longitudes[0])
        let size = max(Self.spacing(source.latitudes), Self.spacing(source.longitudes))
        if pixel.distance <= size { nearest[pixel.cell / source.rowLength] = [0, pixel.cell % source.rowLength] }
      }
    case .curvilinear:
      throw JobError(
        .inputData,
        "\(path): the model's grid is curvilinear, and the snapshots are on another one; bring them over first")
    }
  }

  /// Calls a body with the cell and the column of each pixel of a row that lies in a cell.
  func forEachPixel(ofRow row: Int, _ body: (_ cell: Int, _ column: Int) -> Void) {
    if isSame {
      for column in 0..<source.rowLength { body(row * source.rowLength + column, column) }
    } else if let found = nearest[row] {
      body(found[0], found[1])
    } else if !boxes.isEmpty {
      let latitude = source.latitudes[row]
      for (cell, box) in boxes.enumerated() where latitude >= box.south && latitude < box.north {
        for (column, longitude) in source.longitudes.enumerated()
        where Self.turned(longitude - box.west) < box.east - box.west { body(cell, column) }
      }
    } else if !columns.isEmpty {
      let place = Self.place(of: source.latitudes[row], in: Self.edges(target.latitudes), turns: false)
      guard place >= 0 else { return }
      for (column, own) in columns.enumerated() where own >= 0 { body(place * target.rowLength + own, column) }
    }
  }

  /// An angle between 0 and 360 degrees; what rounding leaves below a whole turn is 0.
  private static func turned(_ angle: Double) -> Double {
    let turned = angle - 360 * (angle / 360).rounded(.down)
    return turned > 360 - 1e-9 ? 0 : turned
  }

  /// Lower and upper edges of the cells of an axis, half-way between their middles.
  private static func edges(_ middles: [Double]) -> [(low: Double, high: Double)] {
    middles.indices.map { index in
      let step = spacing(middles)
      let before =
        index > 0 ? middles[index - 1] : 2 * middles[0] - (middles.count > 1 ? middles[1] : middles[0] + step)
      let after =
        index + 1 < middles.count
        ? middles[index + 1]
        : 2 * middles[index] - (middles.count > 1 ? middles[index - 1] : middles[0] - step)
      let ends = ((middles[index] + before) / 2, (middles[index] + after) / 2)
      return (min(ends.0, ends.1), max(ends.0, ends.1))
    }
  }

  private static func place(of angle: Double, in edges: [(low: Double, high: Double)], turns: Bool) -> Int {
    edges.firstIndex {
      turns ? turned(angle - $0.low) < $0.high - $0.low : angle >= $0.low && angle < $0.high
    } ?? -1
  }

  /// The distance of two neighbours on an axis; a degree where there is one.
  private static func spacing(_ middles: [Double]) -> Double {
    middles.count > 1 ? abs(middles[1] - middles[0]) : 1
  }

  /// The smallest distance of different latitudes or longitudes of a list; nil of a single point.
  private static func spacing(of grid: Grid) -> Double? {
    func smallest(_ values: [Double]) -> Double? {
      let sorted = values.sorted()
      return zip(sorted, sorted.dropFirst()).map { $1 - $0 }.filter { $0 > 1e-4 }.min()
    }
    let found = [smallest(grid.latitudes), smallest(grid.longitudes)].compactMap { $0 }
    return found.min()
  }
}
