import RealModule

/// Points on the sphere among which the nearest to another one is found: a k-d tree of their unit vectors.
package struct SphereSearch: Sendable {
  private typealias Vector = SIMD3<Double>
  /// Vectors of the points that have a place, and their indices, in the order of the tree: the middle of each range divides
  /// it.
  private var vectors: [Vector] = []
  private var indices: [Int32] = []
  /// The chord beyond which a point does not count as covered.
  private var reach = Double.infinity

  /// The points at these degrees north and east; those that are not finite have no place.
  ///
  /// A point farther from all of them than 99 % of them are from their own neighbours is not covered.
  package init(latitudes: [Double], longitudes: [Double]) {
    var points: [(Vector, Int32)] = []
    for (index, (latitude, longitude)) in zip(latitudes, longitudes).enumerated()
    where latitude.isFinite && longitude.isFinite && abs(latitude) < 91 {
      points.append((Self.vector(latitude, longitude), Int32(index)))
    }
    Self.arrange(&points, 0..<points.count, depth: 0)
    vectors = points.map(\.0)
    indices = points.map(\.1)
    guard points.count > 1 else { return }
    let gaps = vectors.indices.map { nearest(vectors[$0], except: indices[$0]).square }.sorted()
    reach = (gaps[(gaps.count - 1) * 99 / 100]).squareRoot() * (1 + 1e-6) + 1e-6
  }

  /// The point nearest to a place, the first of several; nil where none covers it.
  package func nearest(latitude: Double, longitude: Double) -> Int? {
    guard !vectors.isEmpty, latitude.isFinite, longitude.isFinite else { return nil }
    let found = nearest(Self.vector(latitude, longitude), except: -1)
    return found.square <= reach * reach ? Int(found.index) : nil
  }

  private static func vector(_ latitude: Double, _ longitude: Double) -> Vector {
    let (north, east) = (latitude * .pi / 180, longitude * .pi / 180)
    return Vector(Double.cos(north) * Double.cos(east), Double.cos(north) * Double.sin(east), Double.sin(north))
  }

  private static func arrange(_ points: inout [(Vector, Int32)], _ range: Range<Int>, depth: Int) {
    guard range.count > 1 else { return }
    let axis = depth % 3
    points[range].sort { ($0.0[axis], $0.1) < ($1.0[axis], $1.1) }
    let middle = (range.lowerBound + range.upperBound) / 2
    arrange(&points, range.lowerBound..<middle, depth: depth + 1)
    arrange(&points, middle + 1..<range.upperBound, depth: depth + 1)
  }

  /// The nearest point besides one, and the square of the chord to it.
  private func nearest(_ place: Vector, except: Int32) -> (index: Int32, square: Double) {
    var best = (index: Int32(-1), square: Double.infinity)
    search(place, except, 0..<vectors.count, depth: 0, &best)
    return best
  }

  private func search(
    _ place: Vector, _ except: Int32, _ range: Range<Int>, depth: Int, _ best: inout (index: Int32, square: Double)
  ) {
    guard !range.isEmpty else { return }
    let middle = (range.lowerBound + range.upperBound) / 2
    let away = place - vectors[middle]
    let square = (away * away).sum()
    if indices[middle] != except {
      // Equally near up to rounding: the first of the file.
      let tolerance = 1e-12 * max(square, 1e-12)
      if square < best.square - tolerance || square <= best.square + tolerance && indices[middle] < best.index {
        best = (indices[middle], square)
      }
    }
    let offset = away[depth % 3]
    let (below, above) = (range.lowerBound..<middle, middle + 1..<range.upperBound)
    search(place, except, offset < 0 ? below : above, depth: depth + 1, &best)
    if offset * offset <= best.square * (1 + 1e-9) + 1e-24 {
      search(place, except, offset < 0 ? above : below, depth: depth + 1, &best)
    }
  }
}
