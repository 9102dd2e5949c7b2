import Distributed

/// The vertical profile of soil moisture in an invented ensemble, on CLM5's layers.
enum SoilMoistureProfile {
  /// Moisture of each layer relative to the thickness-weighted mean over 0–3 m; wetter with depth down to 3 m.
  static let shares: [Double] = {
    let shape = SoilLayers.clm5Nodes.map { 1 + 0.2 * (min($0, depth) / 1.5 - 1) }
    var top = 0.0
    let weights = SoilLayers.clm5Thicknesses.map { thickness in
      defer { top += thickness }
      return min(max(depth - top, 0), thickness)
    }
    let mean = zip(shape, weights).reduce(0) { $0 + $1.0 * $1.1 } / depth
    return shape.map { $0 / mean }
  }()

  private static let depth = 3.0
}
