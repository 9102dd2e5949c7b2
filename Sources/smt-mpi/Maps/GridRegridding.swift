import Distributed
import Kernels

/// The way from one grid to another.
enum GridRegridding: Sendable {
  /// Both are regular.
  case rows(RowRegridding, from: CellAxes)
  /// One of them is not: a value is interpolated between corners, or taken from one.
  case cells(CellWeights)

  /// How values come from one grid to another.
  ///
  /// - Throws: exit code 65 naming the files where the method needs regular grids.
  init(
    from source: Grid, of path: String, to target: Grid, of targetPath: String, _ method: RowRegridding.Method,
    minimumShare: Double = 0
  ) throws {
    switch (source.axes, target.axes, method) {
    case (let sourceAxes?, let targetAxes?, _):
      if [.mean, .majority, .block].contains(method) {
        try source.checkEdges(sourceAxes, of: path)
        try target.checkEdges(targetAxes, of: targetPath)
      }
      guard method != .block || RowRegridding.areBlocks(from: sourceAxes, to: targetAxes) else {
        throw JobError(
          .inputData,
          "\(path): the cells of \(targetPath) are no blocks of whole cells of this file: expected edges that coincide, "
            + "found \(source.summary) and \(target.summary); --method majority goes by area instead")
      }
      self = .rows(
        RowRegridding(from: sourceAxes, to: targetAxes, method, minimumShare: minimumShare), from: sourceAxes)
    case (let axes?, nil, .nearest):
      let cells = NearestCells(axes)
      self = .cells(
        .single(
          (0..<target.cellCount).map { cell in
            guard let column = cells.column(longitude: target.longitude(ofCell: cell)) else { return nil }
            return cells.row(latitude: target.latitude(ofCell: cell), angle: column.angle).map {
              $0 * axes.longitudes.count + column.index
            }
          }))
    case (let axes?, nil, .bilinear):
      self = .cells(
        .corners(
          from: axes, latitudes: (0..<target.cellCount).map(target.latitude),
          longitudes: (0..<target.cellCount).map(target.longitude)))
    case (nil, _, .nearest):
      let search = SphereSearch(
        latitudes: (0..<source.cellCount).map(source.latitude),
        longitudes: (0..<source.cellCount).map(source.longitude))
      self = .cells(
        .single(
          (0..<target.cellCount).map {
            search.nearest(latitude: target.latitude(ofCell: $0), longitude: target.longitude(ofCell: $0))
          }))
    default:
      let (file, grid) = source.axes == nil ? (path, source) : (targetPath, target)
      throw JobError(
        .inputData,
        "\(file): the grid is \(grid.kind.rawValue); \(method.words) needs rows of latitudes and columns of longitudes"
          + (source.axes == nil || method != .bilinear ? "; nearest neighbours work on any grid" : ""))
    }
  }
}

extension RowRegridding.Method {
  /// The method in words, for messages and notes.
  var words: String {
    switch self {
    case .nearest: "nearest neighbour"
    case .bilinear: "bilinear interpolation"
    case .mean: "area mean"
    case .majority: "area majority"
    case .block: "majority of cells"
    }
  }
}

extension Grid {
  /// Rows and columns of a regular grid; nil for other grids.
  var axes: CellAxes? {
    guard kind == .regular else { return nil }
    return CellAxes(
      latitudes: .latitudes(latitudes, bounds: latitudeBounds),
      longitudes: .longitudes(longitudes, bounds: longitudeBounds))
  }

  /// Checks that cells have an extent, which one row without bounds has not.
  fileprivate func checkEdges(_ axes: CellAxes, of path: String) throws {
    guard axes.latitudes.count > 1 || zip(axes.latitudes.lower, axes.latitudes.upper).allSatisfy({ $0 < $1 }) else {
      throw JobError(
        .inputData,
        "\(path): '\(latitudeName)' has one latitude and no bounds; expected bounds, without which its cells have no area"
      )
    }
  }
}
