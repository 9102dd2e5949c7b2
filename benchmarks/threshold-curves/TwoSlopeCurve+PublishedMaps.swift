import Kernels

extension TwoSlopeCurve {
  /// Deciles of 7,887 cells of the published maps; the three are nearly uncorrelated.
  private static let thresholds = [40, 57.69, 64.38, 67.5, 67.5, 71.35, 75.07, 78.34, 81.38, 84.95, 90]
  private static let highs = [0.02, 0.376, 0.57, 0.726, 0.877, 1.019, 1.173, 1.33, 1.514, 1.765, 5.184]
  private static let lows = [0.264, 2.338, 2.77, 3.156, 3.512, 3.901, 4.341, 4.876, 5.658, 6.989, 19.528]

  /// A curve drawn from the distributions of the published maps.
  ///
  /// The low slope is more than 1.5 times the high one, and 15 % of the response are left at the threshold.
  package static func ofPublishedMaps(_ random: inout KeyedGenerator) -> TwoSlopeCurve {
    func draw(_ deciles: [Double]) -> Double {
      let position = random.uniform() * 10
      let index = min(Int(position), 9)
      return deciles[index] + (position - Double(index)) * (deciles[index + 1] - deciles[index])
    }
    while true {
      let curve = TwoSlopeCurve(threshold: draw(thresholds), highSlope: draw(highs), lowSlope: draw(lows))
      let atThreshold = 100 - curve.highSlope * (100 - curve.threshold)
      if curve.lowSlope > 1.5 * curve.highSlope, curve.lowSlope < 20, atThreshold > 15 { return curve }
    }
  }
}
