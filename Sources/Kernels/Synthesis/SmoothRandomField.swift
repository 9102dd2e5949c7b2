import RealModule

/// A smooth random field on the sphere: a sum of plane waves of random direction and phase, cut by the unit sphere.
///
/// Continuous across the date line and at the poles; at every point approximately standard normal.
package struct SmoothRandomField: Sendable {
  private struct Wave {
    let x, y, z, phase: Double
  }
  private let waves: [Wave]

  /// The field with this key.
  ///
  /// - Parameters:
  ///   - wavenumber: the largest number of radians of phase per radian on the sphere; structures are about π/wavenumber
  ///     radians wide.
  package init(seed: Int, field: Int, wavenumber: Double) {
    var generator = KeyedGenerator(seed, Self.stream, field)
    waves = (0..<48).map { _ in
      let length = wavenumber * (0.4 + 0.6 * generator.uniform())
      let z = 2 * generator.uniform() - 1
      let azimuth = 2 * Double.pi * generator.uniform()
      let horizontal = (1 - z * z).squareRoot()
      return Wave(
        x: length * horizontal * .cos(azimuth), y: length * horizontal * .sin(azimuth), z: length * z,
        phase: 2 * Double.pi * generator.uniform())
    }
  }

  /// The field at a place given in degrees.
  package func value(latitude: Double, longitude: Double) -> Double {
    let north = latitude * .pi / 180
    let east = longitude * .pi / 180
    let x = Double.cos(north) * .cos(east)
    let y = Double.cos(north) * .sin(east)
    let z = Double.sin(north)
    let sum = waves.reduce(0) { $0 + .cos($1.x * x + $1.y * y + $1.z * z + $1.phase) }
    return sum * (2 / Double(waves.count)).squareRoot()
  }

  /// Keeps the fields' keys apart from those of the members.
  private static let stream = -1
}
