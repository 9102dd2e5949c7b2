/// The twenty hydrologically active soil layers of CLM5.
///
/// Lawrence et al. (2018), CLM5.0 technical description, table 2.3.
public enum CLMSoilLayers {
  /// Thickness of the layers from the top down, m.
  public static let thickness: [Double] = [
    0.02, 0.04, 0.06, 0.08, 0.12, 0.16, 0.20, 0.24, 0.28, 0.32, 0.36, 0.40, 0.44, 0.54, 0.64, 0.74, 0.84, 0.94, 1.04,
    1.14,
  ]
  /// Depth of the layers' nodes (`levsoi`), m.
  public static let nodes: [Double] = [
    0.01, 0.04, 0.09, 0.16, 0.26, 0.40, 0.58, 0.80, 1.06, 1.36, 1.70, 2.08, 2.50, 2.99, 3.58, 4.27, 5.06, 5.95, 6.94,
    8.03,
  ]

  /// The length of each layer above a depth, m: whole layers, the part of the one that is cut, then zeros.
  public static func lengths(above depth: Double) -> [Double] {
    var top = 0.0
    return thickness.map { layer in
      defer { top += layer }
      return min(max(depth - top, 0), layer)
    }
  }

  /// A vertical profile, wetter with depth down to 3 m, whose thickness-weighted mean over 0–3 m is 1.
  public static let moistureProfile: [Double] = {
    let shape = nodes.map { 1 + 0.2 * (min($0, 3) / 1.5 - 1) }
    let weights = lengths(above: 3)
    let mean = zip(shape, weights).reduce(0) { $0 + $1.0 * $1.1 } / weights.reduce(0, +)
    return shape.map { $0 / mean }
  }()
}
