/// Mean slopes of a curve above and below its threshold.
public struct DeclineRates: Sendable, Equatable {
  /// Mean of f′ over grid points above the threshold; NaN where there are none.
  public var high: Double
  /// Mean of f′ over grid points below the threshold that are still active; NaN where there are none.
  public var low: Double

  /// The rates of a curve with slope f′ on a grid.
  ///
  /// Below the threshold only points with f′ > κ · max f′ count: where productivity has collapsed to zero there is no
  /// decline left to average.
  public init(x: [Double], slope: [Double], threshold: Double, activeFraction: Double) {
    let floor = activeFraction * (slope.max() ?? 0)
    high = mean(x.indices.filter { x[$0] > threshold }.map { slope[$0] })
    low = mean(x.indices.filter { x[$0] < threshold && slope[$0] > floor }.map { slope[$0] })
  }

  /// `low / high`; NaN where |high| < 0.02.
  public var amplification: Double { abs(high) < 0.02 ? .nan : low / high }
}
