/// Noise that is like the residuals of a fit: as large where they are large, and as alike from one time to the next.
///
/// Each value is a residual with a random sign (wild bootstrap, Wu 1986), so that noise whose spread changes with
/// moisture, or that has heavy tails, keeps both. Of a time series the signs are those of the innovations of a
/// first-order autoregression.
struct ResidualNoise {
  /// Where each time's sample is in the order of moisture.
  private let places: [Int]
  private let innovations: [Double]
  /// First-order autocorrelation, 0 to 0.97.
  let autocorrelation: Double

  /// Noise like some residuals of samples.
  ///
  /// - Parameters:
  ///   - residuals: In the order of the samples.
  ///   - pilot: Residuals by which the autocorrelation is judged, and the number of parameters of their fit; nil where
  ///     samples are independent of each other.
  ///   - caution: Standard errors (1/√n) by which the autocorrelation is taken larger than it seems.
  init(
    like residuals: [Double], of samples: SortedSamples, pilot: (residuals: [Double], parameters: Int)?,
    caution: Double = 0
  ) {
    guard let pilot else {
      (places, innovations, autocorrelation) = (Array(residuals.indices), residuals, 0)
      return
    }
    places = samples.times.indices.sorted { samples.times[$0] < samples.times[$1] }
    let seeming = Self.autocorrelation(places.map { pilot.residuals[$0] }, parameters: pilot.parameters)
    let correlation = min(seeming + caution / Double(places.count).squareRoot(), 0.97)
    let series = places.map { residuals[$0] }
    innovations = series.indices.map { time in
      time == 0
        ? series[0] * (1 - correlation * correlation).squareRoot() : series[time] - correlation * series[time - 1]
    }
    autocorrelation = correlation
  }

  /// Correlation of neighbours, corrected for what fitting so many parameters takes away from it.
  ///
  /// For a mean the bias is −(1 + 3ρ)/n, for a trend −(2 + 4ρ)/n (Marriott & Pope 1954).
  private static func autocorrelation(_ series: [Double], parameters: Int) -> Double {
    let count = Double(series.count)
    let centre = mean(series)
    let square = series.reduce(0) { $0 + ($1 - centre) * ($1 - centre) }
    guard square > 0, count > Double(parameters + 2) else { return 0 }
    let product = zip(series, series.dropFirst()).reduce(0) { $0 + ($1.0 - centre) * ($1.1 - centre) }
    let corrected = (product / square + Double(parameters) / count) / (1 - Double(parameters + 2) / count)
    return min(max(corrected, 0), 0.97)
  }

  /// One realisation, in the order of the samples.
  func draw(_ random: inout RandomSequence, into noise: UnsafeMutableBufferPointer<Double>) {
    var state = 0.0
    let first = 1 / (1 - autocorrelation * autocorrelation).squareRoot()
    var bits: UInt32 = 0
    for time in innovations.indices {
      if time % 32 == 0 { bits = random.next() }
      let innovation = bits & 1 == 0 ? innovations[time] : -innovations[time]
      bits >>= 1
      state = time == 0 ? innovation * first : autocorrelation * state + innovation
      noise[places[time]] = state
    }
  }
}

/// Values to refit a curve to: the curve with noise like the samples' residuals about it.
struct RefitNoise {
  private let fitted: [Double]
  private let noise: ResidualNoise

  /// Noise like the residuals of a fit, as large as the noise of the samples: a fit follows part of it.
  init(_ fit: FittedCurve, _ samples: SortedSamples, _ options: ThresholdOptions) {
    fitted = fit.fitted
    let raw = zip(samples.y, fitted).map { $0 - $1 }
    let variance = mean(raw.map { $0 * $0 })
    let expected = noiseVariance(x: samples.x, y: samples.y)
    let scale = variance > 0 && expected > variance ? (expected / variance).squareRoot() : 1
    let residuals = raw.map { $0 * scale }
    noise = ResidualNoise(like: residuals, of: samples, pilot: options.isSeries ? (residuals, 4) : nil)
  }

  /// One set of values, in the order of the samples.
  func values(_ random: inout RandomSequence) -> [Double] {
    var values = fitted
    values.withUnsafeMutableBufferPointer { noise.draw(&random, into: $0) }
    for index in values.indices { values[index] += fitted[index] }
    return values
  }
}
