import RealModule

/// Cells along the latitudes or longitudes of a regular grid, in the order of its file.
package struct CellAxis: Sendable, Equatable {
  /// Degrees that cells' places may be off: so much is lost where files keep them in single precision.
  static let precision = 4e-5

  /// Whether these are longitudes, which begin again after 360°.
  package let isLongitude: Bool
  /// Middles of the cells in degrees; longitudes go on beyond 360° or below -180° where they cross these.
  package let centres: [Double]
  /// The smaller edge of each cell.
  package let lower: [Double]
  /// The larger edge of each cell.
  package let upper: [Double]

  /// The number of cells.
  package var count: Int { centres.count }

  /// Whether the cells go all round.
  package var isPeriodic: Bool { isLongitude && reach.upper - reach.lower > 360 - 10 * Self.precision }

  /// From the smallest edge to the largest.
  var reach: (lower: Double, upper: Double) { (lower.min() ?? 0, upper.max() ?? 0) }

  /// The width of the narrowest cell.
  var narrowest: Double { zip(upper, lower).map { $0 - $1 }.min() ?? 0 }

  /// What lies between two edges, in radians: an angle of longitudes, of latitudes the difference of their sines.
  func extent(_ lower: Double, _ upper: Double) -> Double {
    let radians = Double.pi / 180
    // sin b - sin a without loss of digits.
    return isLongitude
      ? (upper - lower) * radians
      : 2 * Double.cos((upper + lower) / 2 * radians) * Double.sin((upper - lower) / 2 * radians)
  }

  /// Latitudes in degrees north, in either direction.
  ///
  /// Edges are those of `bounds`, two for each cell, where each pair lies around its cell's centre; else they lie in the
  /// middle between centres, the outer ones as far out as the inner ones, or at the pole where no other cell fits between.
  package static func latitudes(_ centres: [Double], bounds: [Double] = []) -> CellAxis {
    func clipped(_ values: [Double]) -> [Double] { values.map { min(90, max(-90, $0)) } }
    if let edges = edges(of: centres, bounds) {
      return CellAxis(
        isLongitude: false, centres: centres, lower: clipped(edges.lower), upper: clipped(edges.upper))
    }
    var borders = midpoints(centres, gap: nil)
    for (end, inner) in [(0, 1), (borders.count - 1, borders.count - 2)] where borders.count > 2 {
      let width = abs(borders[end] - borders[inner])
      if 90 - abs(borders[end]) < width / 2 { borders[end] = borders[end] < 0 ? -90 : 90 }
    }
    return CellAxis(isLongitude: false, centres: centres, borders: clipped(borders))
  }

  /// Longitudes in degrees east, in either direction, from any meridian; edges as those of latitudes.
  package static func longitudes(_ centres: [Double], bounds: [Double] = []) -> CellAxis {
    var unwrapped: [Double] = []
    for centre in centres { unwrapped.append(unwrapped.last.map { $0 + Self.turned(centre - $0) } ?? centre) }
    let edgesBeside = zip(bounds, bounds.indices).map { bound, index in
      let centre = unwrapped[min(index / 2, unwrapped.count - 1)]
      return centre + Self.turned(bound - centre)
    }
    if unwrapped.count > 1, let edges = edges(of: unwrapped, edgesBeside) {
      return CellAxis(isLongitude: true, centres: unwrapped, lower: edges.lower, upper: edges.upper)
    }
    guard let first = unwrapped.first, let last = unwrapped.last, unwrapped.count > 1 else {
      return CellAxis(
        isLongitude: true, centres: unwrapped, lower: unwrapped.map { $0 - 180 }, upper: unwrapped.map { $0 + 180 })
    }
    let (gap, step) = (360 - abs(last - first), abs(last - first) / Double(unwrapped.count - 1))
    return CellAxis(
      isLongitude: true, centres: unwrapped, borders: midpoints(unwrapped, gap: gap < 1.5 * step ? gap : nil))
  }

  private init(isLongitude: Bool, centres: [Double], lower: [Double], upper: [Double]) {
    self.isLongitude = isLongitude
    self.centres = centres
    self.lower = lower
    self.upper = upper
  }

  /// Cells between neighbouring borders, of which there is one more.
  private init(isLongitude: Bool, centres: [Double], borders: [Double]) {
    let pairs = zip(borders, borders.dropFirst())
    self.init(
      isLongitude: isLongitude, centres: centres, lower: pairs.map { min($0, $1) }, upper: pairs.map { max($0, $1) })
  }

  /// Borders half-way between centres.
  ///
  /// The outer ones are half a gap away where the axis closes with one, else half of the
  /// distance of the outer centres; one centre alone has no width.
  private static func midpoints(_ centres: [Double], gap: Double?) -> [Double] {
    guard centres.count > 1 else { return centres + centres }
    let (first, last) = (centres[0], centres[centres.count - 1])
    let sign: Double = last < first ? -1 : 1
    let inner = zip(centres, centres.dropFirst()).map { ($0 + $1) / 2 }
    return [first - (gap.map { sign * $0 / 2 } ?? inner[0] - first)] + inner
      + [last + (gap.map { sign * $0 / 2 } ?? last - inner[inner.count - 1])]
  }

  /// Bounds as lower and upper edges; nil where they are not two for each centre and around it.
  private static func edges(of centres: [Double], _ bounds: [Double]) -> (lower: [Double], upper: [Double])? {
    guard !bounds.isEmpty, bounds.count == 2 * centres.count else { return nil }
    let lower = centres.indices.map { min(bounds[2 * $0], bounds[2 * $0 + 1]) }
    let upper = centres.indices.map { max(bounds[2 * $0], bounds[2 * $0 + 1]) }
    let areAround = centres.indices.allSatisfy {
      lower[$0] <= centres[$0] + precision && upper[$0] >= centres[$0] - precision && upper[$0] > lower[$0]
    }
    return areAround ? (lower, upper) : nil
  }

  /// An angle between -180° and 180°, the latter included.
  static func turned(_ angle: Double) -> Double {
    let turned = angle - 360 * (angle / 360).rounded()
    return turned <= -180 ? turned + 360 : turned
  }
}

/// The axes of a regular grid.
package struct CellAxes: Sendable, Equatable {
  /// Rows.
  package let latitudes: CellAxis
  /// Columns.
  package let longitudes: CellAxis

  /// A grid of these rows and columns.
  package init(latitudes: CellAxis, longitudes: CellAxis) {
    self.latitudes = latitudes
    self.longitudes = longitudes
  }
}
