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
