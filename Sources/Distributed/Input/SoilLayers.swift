/// Soil layers and their share in a range of depths.
public enum SoilLayers {
  /// Thicknesses of CLM5's 20 soil layers in metres.
  public static let clm5Thicknesses = [
    0.02, 0.04, 0.06, 0.08, 0.12, 0.16, 0.20, 0.24, 0.28, 0.32, 0.36, 0.40, 0.44, 0.54, 0.64, 0.74, 0.84, 0.94, 1.04,
    1.14,
  ]
  /// Depths of the nodes of CLM5's 20 soil layers (`levsoi`) in metres.
  public static let clm5Nodes = [
    0.01, 0.04, 0.09, 0.16, 0.26, 0.40, 0.58, 0.80, 1.06, 1.36, 1.70, 2.08, 2.50, 2.99, 3.58, 4.27, 5.06, 5.95, 6.94,
    8.03,
  ]

  /// Edges of layers that follow each other from the surface down, one more than layers.
  static func edges(thicknesses: [Double]) -> [Double] {
    thicknesses.reduce(into: [0]) { edges, thickness in edges.append((edges.last ?? 0) + thickness) }
  }

  /// Edges of layers around nodes: CLM5's where the nodes are CLM5's (to 1 cm), mid-points otherwise.
  static func edges(nodes: [Double]) -> (edges: [Double], areGuessed: Bool) {
    let clm5 = clm5Nodes.prefix(nodes.count)
    if clm5.count == nodes.count, zip(nodes, clm5).allSatisfy({ abs($0 - $1) < 0.0051 }) {
      return (edges(thicknesses: Array(clm5Thicknesses.prefix(nodes.count))), false)
    }
    guard let last = nodes.last else { return ([], true) }
    var edges = [0.0]
    for (upper, lower) in zip(nodes, nodes.dropFirst()) { edges.append((upper + lower) / 2) }
    edges.append(last + (last - (edges.last ?? 0)))
    return (edges, true)
  }

  /// Edges in metres of layers that variables' names tell: GLDAS (`SoilMoi10_40cm_inst`), ERA5-Land (`swvl1`…`swvl4`).
  static func edges(variableNames: [String]) -> [Double]? {
    let era5: [String: (Double, Double)] = [
      "swvl1": (0, 0.07), "swvl2": (0.07, 0.28), "swvl3": (0.28, 1), "swvl4": (1, 2.89),
    ]
    let ranges = variableNames.map { name -> (Double, Double)? in
      if let range = era5[name] { return range }
      guard let unit = name.range(of: "cm") else { return nil }
      let before = name[..<unit.lowerBound].reversed()
      let bottom = String(before.prefix { $0.isNumber }.reversed())
      let rest = before.dropFirst(bottom.count)
      guard rest.first == "_", let depth = Double(bottom) else { return nil }
      let top = String(rest.dropFirst().prefix { $0.isNumber }.reversed())
      return Double(top).map { ($0 / 100, depth / 100) }
    }
    var edges = [Double]()
    for range in ranges {
      guard let range, edges.isEmpty || edges.last == range.0 else { return nil }
      if edges.isEmpty { edges.append(range.0) }
      edges.append(range.1)
    }
    return edges.isEmpty ? nil : edges
  }

  /// The thickness in metres of each layer's part within a range of depths.
  static func thicknesses(edges: [Double], within depth: ClosedRange<Double>) -> [Double] {
    zip(edges, edges.dropFirst()).map { top, bottom in
      // Rounding of edges must not leave slivers of a layer.
      let part = min(bottom, depth.upperBound) - max(top, depth.lowerBound)
      return part > 1e-9 ? part : 0
    }
  }
}
