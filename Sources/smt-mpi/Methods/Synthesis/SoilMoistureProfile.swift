import Distributed
import Foundation

/// The vertical profiles of soil moisture and of its uptake in an invented ensemble, on CLM5's layers.
enum SoilMoistureProfile {
  /// Moisture of each layer relative to the thickness-weighted mean over 0–3 m; wetter with depth down to 3 m.
  static let shares: [Double] = {
    let shape = SoilLayers.clm5Nodes.map { 1 + 0.2 * (min($0, depth) / 1.5 - 1) }
    let mean = zip(shape, within).reduce(0) { $0 + $1.0 * $1.1 } / depth
    return shape.map { $0 / mean }
  }()

  /// The part of each layer within 0–3 m, 0 to 1.
  static let parts = zip(within, SoilLayers.clm5Thicknesses).map { $0 / $1 }

  /// Metres of each layer within 0–3 m.
  private static let within: [Double] = {
    var top = 0.0
    return SoilLayers.clm5Thicknesses.map { thickness in
      defer { top += thickness }
      return min(max(depth - top, 0), thickness)
    }
  }()

  /// Share of each layer in the water that roots take up, which falls with depth.
  static let uptakeShares: [Double] = {
    let shape = zip(SoilLayers.clm5Nodes, SoilLayers.clm5Thicknesses).map { exp(-$0 / 0.8) * $1 }
    let total = shape.reduce(0, +)
    return shape.map { $0 / total }
  }()

  private static let depth = 3.0
}
