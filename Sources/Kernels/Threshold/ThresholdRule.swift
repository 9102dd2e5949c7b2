/// Where a rising curve bends most sharply from steep to flat.
package struct BendPoint: Sendable, Equatable {
  /// Position of the minimum of f″, between grid points.
  package var x: Double
  /// −min f″ / max |f′|, per unit of x.
  package var sharpness: Double
}

/// Minima of f″ over grid points with f′ > 0, two points at either end excluded, refined by parabolas; the lowest first.
///
/// Whether a bend is sharp enough is for the caller to judge by its `sharpness`.
/// - Parameters:
///   - x: The grid, uniform.
///   - slope: f′ on the grid.
///   - curvature: f″ on the grid.
///   - least: Only those are given whose sharpness is at least this part of the lowest's; 1 for that one alone.
package func bends(x: [Double], slope: [Double], curvature: [Double], least: Double = 1) -> [BendPoint] {
  guard x.count >= 5 else { return [] }
  let candidates = (2..<(x.count - 2)).filter { slope[$0] > 0 && curvature[$0].isFinite }
  let steepest = slope.reduce(0) { max($0, abs($1)) }
  guard let lowest = candidates.min(by: { curvature[$0] < curvature[$1] }), steepest > 0 else { return [] }
  let others = candidates.filter { place in
    place != lowest && curvature[place] < 0 && curvature[place] <= least * curvature[lowest]
      && curvature[place] < curvature[place - 1] && curvature[place] <= curvature[place + 1]
  }
  return ([lowest] + (least < 1 ? others : [])).map { place in
    let (before, centre, after) = (curvature[place - 1], curvature[place], curvature[place + 1])
    var shift = 0.0
    // A neighbour may be lower where its slope is not positive: then there is no parabola with its vertex here.
    let bend = before - 2 * centre + after
    if before >= centre, after >= centre, bend > 0 { shift = 0.5 * (before - after) / bend }
    return BendPoint(x: x[place] + shift * (x[place + 1] - x[place]), sharpness: -centre / steepest)
  }
}

/// The grid point with f′ > 0 where f″ is lowest, end points included: the rule as published.
///
/// Yan et al. (2024), section 2.2.
package func publishedBend(x: [Double], slope: [Double], curvature: [Double]) -> BendPoint? {
  let steepest = slope.reduce(0) { max($0, abs($1)) }
  let candidates = x.indices.filter { slope[$0] > 0 && curvature[$0].isFinite }
  return candidates.min { curvature[$0] < curvature[$1] }.map {
    BendPoint(x: x[$0], sharpness: -curvature[$0] / steepest)
  }
}

/// Mean slopes of a curve above and below its threshold.
package struct DeclineRates: Sendable, Equatable {
  /// Mean of f′ over grid points above the threshold; NaN where there are none.
  package var high: Double
  /// Mean of f′ over grid points below the threshold that are still active; NaN where there are none.
  package var low: Double

  /// The rates of a curve with slope f′ on a grid.
  ///
  /// Below the threshold only points with f′ > κ · max f′ count: where productivity has collapsed to zero there is no
  /// decline left to average.
  package init(x: [Double], slope: [Double], threshold: Double, activeFraction: Double) {
    let floor = activeFraction * (slope.max() ?? 0)
    high = mean(x.indices.filter { x[$0] > threshold }.map { slope[$0] })
    low = mean(x.indices.filter { x[$0] < threshold && slope[$0] > floor }.map { slope[$0] })
  }

  /// `low / high`; NaN where |high| < 0.02.
  package var amplification: Double { abs(high) < 0.02 ? .nan : low / high }
}
