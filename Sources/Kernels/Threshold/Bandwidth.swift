import RealModule

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
