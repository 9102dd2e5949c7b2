import Distributed
import Kernels

extension Grid {
  /// What finds the cell nearest to a place in degrees, and none outside of the grid.
  var cellFinder: @Sendable (_ latitude: Double, _ longitude: Double) -> Int? {
    guard let axes else {
      let search = SphereSearch(
        latitudes: (0..<cellCount).map(latitude), longitudes: (0..<cellCount).map(longitude))
      return { search.nearest(latitude: $0, longitude: $1) }
    }
    let nearest = NearestCells(axes)
    return { latitude, longitude in
      guard let column = nearest.column(longitude: longitude) else { return nil }
      return nearest.row(latitude: latitude, angle: column.angle).map { $0 * axes.longitudes.count + column.index }
    }
  }
}
