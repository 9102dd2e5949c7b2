/// Where a rising curve bends most sharply from steep to flat.
public struct BendPoint: Sendable, Equatable {
  /// Position of the minimum of f″, between grid points.
  public var x: Double
  /// −min f″ / max |f′|, per unit of x.
  public var sharpness: Double
}

/// The minimum of f″ over grid points with f′ > 0, two points at either end excluded, refined by a parabola.
///
/// Nil where no point has f′ > 0. Whether the bend is sharp enough is for the caller to judge by its `sharpness`.
/// - Parameters:
///   - x: The grid, uniform.
///   - slope: f′ on the grid.
///   - curvature: f″ on the grid.
public func sharpestBend(x: [Double], slope: [Double], curvature: [Double]) -> BendPoint? {
  guard x.count >= 5 else { return nil }
  let candidates = (2..<(x.count - 2)).filter { slope[$0] > 0 && curvature[$0].isFinite }
  let steepest = slope.reduce(0) { max($0, abs($1)) }
  guard let best = candidates.min(by: { curvature[$0] < curvature[$1] }), steepest > 0 else { return nil }
  let (before, centre, after) = (curvature[best - 1], curvature[best], curvature[best + 1])
  var shift = 0.0
  // A neighbour may be lower where its slope is not positive: then there is no parabola with its vertex here.
  let bend = before - 2 * centre + after
  if before >= centre, after >= centre, bend > 0 { shift = 0.5 * (before - after) / bend }
  return BendPoint(x: x[best] + shift * (x[best + 1] - x[best]), sharpness: -centre / steepest)
}
