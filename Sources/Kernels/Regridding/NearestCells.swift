import RealModule

/// The cells of a regular grid that are nearest to points on the sphere.
///
/// Of two that are equally near it is the one that comes first in the file. Points outside of the grid have none.
package struct NearestCells: Sendable {
  private let latitudes: Places
  private let longitudes: Places

  package init(_ axes: CellAxes) {
    latitudes = Places(axes.latitudes)
    longitudes = Places(axes.longitudes)
  }

  /// The column whose meridian is nearest, and the angle to it; nil outside.
  package func column(longitude: Double) -> (index: Int, angle: Double)? { longitudes.nearest(longitude) }

  /// The row whose cell in a column at this angle is nearest to a point; nil outside.
  ///
  /// sin φ sin φ′ + cos φ cos φ′ cos Δλ, the cosine of the distance to a cell at φ′, is that of φ′ - φ* up to a factor, with
  /// tan φ* = tan φ / cos Δλ.
  package func row(latitude: Double, angle: Double) -> Int? {
    guard latitudes.contains(latitude) else { return nil }
    let radians = Double.pi / 180
    let (point, away) = (latitude * radians, angle * radians)
    return latitudes.nearestCentre(
      Double.atan2(y: Double.sin(point), x: Double.cos(point) * Double.cos(away)) / radians)
  }

  /// For each row and column of another grid that of this one in the same place, to 1e-4 degrees: how this one was rolled or
  /// flipped; nil where they are not the same cells.
  package func permutation(to target: CellAxes) -> (rows: [Int], columns: [Int])? {
    let rows = target.latitudes.centres.map { latitude in
      latitudes.nearestCentre(latitude).flatMap { abs(latitudes.axis.centres[$0] - latitude) <= 1e-4 ? $0 : nil }
    }
    let columns = target.longitudes.centres.map { longitude in
      longitudes.nearest(longitude).flatMap { $0.angle <= 1e-4 ? $0.index : nil }
    }
    let found = (rows.compactMap(\.self), columns.compactMap(\.self))
    guard Set(found.0).count == rows.count, Set(found.1).count == columns.count,
      rows.count == latitudes.axis.count, columns.count == longitudes.axis.count
    else { return nil }
    return found
  }

  /// Centres of an axis in ascending order.
  private struct Places: Sendable {
    let axis: CellAxis
    let order: [Int]
    let sorted: [Double]
    let isPeriodic: Bool
    let reach: (lower: Double, upper: Double)

    init(_ axis: CellAxis) {
      self.axis = axis
      order = axis.centres.indices.sorted { axis.centres[$0] < axis.centres[$1] }
      sorted = order.map { axis.centres[$0] }
      isPeriodic = axis.isPeriodic
      reach = axis.reach
    }

    func contains(_ value: Double) -> Bool {
      value >= reach.lower - CellAxis.precision && value <= reach.upper + CellAxis.precision
    }

    func nearest(_ longitude: Double) -> (index: Int, angle: Double)? {
      guard !sorted.isEmpty, longitude.isFinite else { return nil }
      var value = longitude - 360 * ((longitude - reach.lower) / 360).rounded(.down)
      if !isPeriodic, !contains(value) {
        value -= 360
        guard contains(value) else { return nil }
      }
      let above = sorted.partitioningIndex { $0 > value }
      let neighbours = [(above + sorted.count - 1) % sorted.count, above % sorted.count].map {
        (index: order[$0], angle: abs(CellAxis.turned(value - sorted[$0])))
      }
      return Self.nearer(neighbours[0], neighbours[1])
    }

    func nearestCentre(_ value: Double) -> Int? {
      guard !sorted.isEmpty, value.isFinite else { return nil }
      let above = sorted.partitioningIndex { $0 > value }
      let neighbours = [max(0, above - 1), min(sorted.count - 1, above)].map {
        (index: order[$0], angle: abs(value - sorted[$0]))
      }
      return Self.nearer(neighbours[0], neighbours[1]).index
    }

    private static func nearer(
      _ one: (index: Int, angle: Double), _ other: (index: Int, angle: Double)
    ) -> (index: Int, angle: Double) {
      if abs(one.angle - other.angle) <= 1e-9 { return one.index < other.index ? one : other }
      return one.angle < other.angle ? one : other
    }
  }
}
