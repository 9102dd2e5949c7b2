import RealModule

/// What a curve is fitted to: pairs of soil moisture and productivity without missing ones, in ascending order of soil moisture.
package struct SortedSamples: Sendable, Equatable {
  /// Soil moisture, percent.
  package var x: [Double]
  /// Productivity, percent.
  package var y: [Double]
  /// Where each sample stood before they were sorted: its member, or its month.
  package var times: [Int]

  /// Drops pairs of which either is not finite and sorts the rest; equal soil moistures keep their order.
  package init(x: UnsafeBufferPointer<Double>, y: UnsafeBufferPointer<Double>) {
    precondition(x.count == y.count, "as many soil moistures as productivities")
    times = x.indices.filter { x[$0].isFinite && y[$0].isFinite }
      .sorted { x[$0] < x[$1] || (x[$0] == x[$1] && $0 < $1) }
    self.x = times.map { x[$0] }
    self.y = times.map { y[$0] }
  }

  /// The same of arrays.
  package init(x: [Double], y: [Double]) {
    self = x.withUnsafeBufferPointer { x in y.withUnsafeBufferPointer { SortedSamples(x: x, y: $0) } }
  }

  /// Samples that are sorted already.
  package init(x: [Double], y: [Double], times: [Int]) {
    precondition(x.count == y.count && x.count == times.count, "as many soil moistures as productivities and times")
    (self.x, self.y, self.times) = (x, y, times)
  }

  /// Range of soil moisture; 0 without samples.
  package var span: Double {
    guard let first = x.first, let last = x.last else { return 0 }
    return last - first
  }
}

extension SortedSamples {
  /// The standard deviation of the Gaussian that suits the samples' noise, percent of normal soil moisture.
  ///
  /// What noise adds to the smoothed f″ falls with the 2.5th power of the bandwidth, what a bend has of it with the
  /// first. So the bandwidth that keeps their ratio goes with the 2/3rd power of the noise, here in units of moisture:
  /// the noise over the slope that the spreads of y and x stand for, and for one sample a percent.
  var bandwidth: Double {
    let (spreadX, spreadY) = (standardDeviation(x), standardDeviation(y))
    let noise = noiseVariance(x: x, y: y).squareRoot() * spreadX / spreadY
    let perSample = noise * (span / Double(x.count)).squareRoot()
    let suited = Double.pow(Self.bandwidthFactor * perSample, 2.0 / 3)
    // Nothing is suited to samples that do not vary.
    return suited > Self.narrowestBandwidth ? min(suited, Self.widestBandwidth) : Self.narrowestBandwidth
  }

  // Chosen with `benchmark-recovery`: at 2 % thresholds at low noise are least biased, at 7 % those of months repeat.
  private static let bandwidthFactor = 1.5
  private static let narrowestBandwidth = 2.0
  static let widestBandwidth = 7.0
}
