import Foundation

/// The areas of a grid's cells.
public struct CellAreas: Codable, Sendable {
  /// By cell, km²; not finite where a cell has no land; empty where they are not known.
  @PackedNumbers public var squareKilometres: [Double]
  /// What they are, in words.
  public let origin: String
}

extension Grid {
  /// The radius of the Earth in km as CLM has it.
  public static let earthRadius = 6371.22

  /// The areas of the cells' land: `area` × `landfrac`, or `area` alone, of the first file that has an `area` on this grid
  /// in km2 or m2; else those of the cells on a sphere.
  ///
  /// A file that is no netCDF counts as one without.
  public func cellAreas(from paths: [String]) -> CellAreas {
    for path in paths {
      guard let file = try? NetCDFFile(path), let found = LandAreas.read(from: file, on: self),
        let scale = found.squareKilometres
      else { continue }
      return CellAreas(
        squareKilometres: (0..<cellCount).map { scale * found.area(ofCell: $0) },
        origin: "\(found.variables) of \(path)")
    }
    let areas = sphereAreas
    return CellAreas(
      squareKilometres: areas,
      origin: areas.isEmpty ? "not known: the grid has no bounds" : "those on a sphere of \(Self.earthRadius) km")
  }

  /// Areas of the cells on a sphere, km²: between the parallels and meridians of a regular grid's bounds, or between the
  /// great circles from vertex to vertex; empty where the grid has no bounds and is not regular.
  var sphereAreas: [Double] {
    let square = Self.earthRadius * Self.earthRadius
    let radians = Double.pi / 180
    if kind == .regular {
      func bounds(_ given: [Double], _ axis: [Double]) -> [Double] {
        given.count == 2 * axis.count ? given : Self.midpoints(axis)
      }
      let rows = bounds(latitudeBounds, latitudes).map { sin(min(90, max(-90, $0)) * radians) }
      let columns = bounds(longitudeBounds, longitudes).map { $0 * radians }
      return (0..<cellCount).map { cell in
        let (row, column) = (cell / shape[1], cell % shape[1])
        // Bounds of one longitude may lie on either side of the date line.
        let width = abs(columns[2 * column + 1] - columns[2 * column])
        return square * abs(rows[2 * row + 1] - rows[2 * row]) * (width > .pi && shape[1] > 1 ? 2 * .pi - width : width)
      }
    }
    let vertices = latitudeBounds.count / max(1, cellCount)
    guard vertices >= 3, longitudeBounds.count == latitudeBounds.count else { return [] }
    return (0..<cellCount).map { cell in
      let corners = (vertices * cell..<vertices * (cell + 1)).map {
        Self.direction(latitudeBounds[$0] * radians, longitudeBounds[$0] * radians)
      }
      let angle = (1..<vertices - 1).reduce(0) { $0 + Self.solidAngle(corners[0], corners[$1], corners[$1 + 1]) }
      return square * abs(angle)
    }
  }

  /// Two bounds of each place of an axis, halfway to its neighbours.
  public static func midpoints(_ axis: [Double]) -> [Double] {
    guard axis.count > 1 else { return axis.flatMap { [$0 - 0.5, $0 + 0.5] } }
    return axis.indices.flatMap { index -> [Double] in
      let before = index > 0 ? axis[index - 1] : 2 * axis[0] - axis[1]
      let after = index < axis.count - 1 ? axis[index + 1] : 2 * axis[index] - axis[index - 1]
      return [(axis[index] + before) / 2, (axis[index] + after) / 2]
    }
  }

  private static func direction(_ latitude: Double, _ longitude: Double) -> SIMD3<Double> {
    SIMD3(cos(latitude) * cos(longitude), cos(latitude) * sin(longitude), sin(latitude))
  }

  /// The solid angle of a triangle, with the sign of its orientation (Van Oosterom & Strackee 1983).
  private static func solidAngle(_ a: SIMD3<Double>, _ b: SIMD3<Double>, _ c: SIMD3<Double>) -> Double {
    func dot(_ one: SIMD3<Double>, _ other: SIMD3<Double>) -> Double { (one * other).sum() }
    let cross = SIMD3(b.y * c.z - b.z * c.y, b.z * c.x - b.x * c.z, b.x * c.y - b.y * c.x)
    return 2 * atan2(dot(a, cross), 1 + dot(a, b) + dot(b, c) + dot(c, a))
  }
}
