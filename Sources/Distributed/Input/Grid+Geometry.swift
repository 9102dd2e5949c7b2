import Foundation

/// The angle between two points on the sphere, in degrees (haversine formula).
func arcDegrees(_ latitude1: Double, _ longitude1: Double, _ latitude2: Double, _ longitude2: Double) -> Double {
  let radians = Double.pi / 180
  let a = sin((latitude2 - latitude1) * radians / 2)
  let b = sin((longitude2 - longitude1) * radians / 2)
  let h = a * a + cos(latitude1 * radians) * cos(latitude2 * radians) * b * b
  return 2 * asin(min(1, h.squareRoot())) / radians
}

/// A rectangle of latitudes and longitudes; it may cross the date line (west > east).
public struct BoundingBox: Codable, Sendable, Equatable {
  /// Degrees east of the western edge.
  public var west: Double
  /// Degrees north of the southern edge.
  public var south: Double
  /// Degrees east of the eastern edge.
  public var east: Double
  /// Degrees north of the northern edge.
  public var north: Double

  /// The rectangle between these edges.
  public init(west: Double, south: Double, east: Double, north: Double) {
    self.west = west
    self.south = south
    self.east = east
    self.north = north
  }

  /// Reads `W,S,E,N` in degrees.
  public init?(_ text: String) {
    let edges = text.split(separator: ",", omittingEmptySubsequences: false).map {
      Double($0.filter { $0 != " " })
    }
    guard edges.count == 4, let west = edges[0], let south = edges[1], let east = edges[2], let north = edges[3],
      south <= north, south >= -90, north <= 90, abs(west) <= 360, abs(east) <= 360
    else { return nil }
    self.init(west: west, south: south, east: east, north: north)
  }

  /// Whether a point lies inside or on an edge; longitudes count modulo 360.
  public func contains(latitude: Double, longitude: Double) -> Bool {
    guard latitude >= south - 1e-9, latitude <= north + 1e-9 else { return false }
    let width = east - west
    if abs(width) >= 360 { return true }
    func turned(_ angle: Double) -> Double { angle - 360 * (angle / 360).rounded(.down) }
    let offset = turned(longitude - west)
    return offset <= turned(width) + 1e-9 || offset >= 360 - 1e-9
  }
}

extension Grid {
  /// Which cells have their centre in a rectangle.
  public func cells(in box: BoundingBox) -> [Bool] {
    (0..<cellCount).map { box.contains(latitude: latitude(ofCell: $0), longitude: longitude(ofCell: $0)) }
  }
}
