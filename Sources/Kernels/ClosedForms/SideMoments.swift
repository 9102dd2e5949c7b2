/// Means and centred sums of the samples on one side of a breakpoint.
///
/// Updated sample by sample (Welford 1962), which loses no digits to a common offset.
struct SideMoments {
  /// Number of samples.
  private(set) var count = 0.0
  private(set) var meanX = 0.0
  private(set) var meanY = 0.0
  /// Σ (x − mean x)².
  private(set) var xx = 0.0
  /// Σ (x − mean x) (y − mean y).
  private(set) var xy = 0.0
  /// Σ (y − mean y)².
  private(set) var yy = 0.0

  mutating func add(_ x: Double, _ y: Double) {
    count += 1
    let (dx, dy) = (x - meanX, y - meanY)
    meanX += dx / count
    meanY += dy / count
    xx += dx * (x - meanX)
    xy += dx * (y - meanY)
    yy += dy * (y - meanY)
  }

  /// Slope of the line fitted to the side; nil where all x are equal.
  var slope: Double? { xx > 0 ? xy / xx : nil }
}
