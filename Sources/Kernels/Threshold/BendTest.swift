/// Whether samples bend from steep to flat more than a straight line with their noise would.
///
/// The statistic of the samples is compared with those of noise like the residuals of the best straight line. The level
/// is known: of straight lines, and of curves that bend the other way, the stated part is taken for a bend.
struct BendTest {
  /// Realisations of the noise.
  static let replicates = 99

  /// ``BendStatistic`` of the samples.
  let statistic: Double
  /// Those of the noise, ascending.
  let ofNoise: [Double]

  /// Tests samples, at least nine.
  ///
  /// - Parameters:
  ///   - isSeries: Whether the samples are a time series, whose noise may be autocorrelated.
  ///   - random: Where signs come from.
  init(_ data: FitData, isSeries: Bool, _ random: inout RandomSequence) {
    let samples = data.samples
    // With an autocorrelation judged too small, noise of few months passes for a bend.
    let noise = ResidualNoise(
      like: lineResiduals(samples), of: samples, pilot: isSeries ? brokenLineResiduals(samples) : nil, caution: 0.5)
    var sums = [Double](repeating: 0, count: 3 * (samples.x.count + 1))
    var values = samples.y
    statistic = data.clarity
    ofNoise = (0..<Self.replicates).map { _ in
      values.withUnsafeMutableBufferPointer { values in
        noise.draw(&random, into: values)
        return sums.withUnsafeMutableBufferPointer { data.statistic(UnsafeBufferPointer(values), sums: $0) }
      }
    }.sorted()
  }

  /// What the statistic has to exceed for a p of at most so much; infinite where the noise's realisations are too few.
  func critical(significance: Double) -> Double {
    let above = Int((significance * Double(Self.replicates + 1) + 1e-9).rounded(.down)) - 1
    guard above >= 0 else { return .infinity }
    return above < ofNoise.count ? ofNoise[ofNoise.count - 1 - above] : -.infinity
  }

  /// Probability of a bend as clear as that of the samples on a straight line, 0.01 at the least.
  var p: Double {
    Double(1 + ofNoise.count { $0 >= statistic }) / Double(Self.replicates + 1)
  }
}

/// Residuals of the best straight line, each over what is left of a unit error at its place (as HC3 does, MacKinnon &
/// White 1985).
private func lineResiduals(_ samples: SortedSamples) -> [Double] {
  let (centreX, centreY) = (mean(samples.x), mean(samples.y))
  let spread = samples.x.reduce(0) { $0 + ($1 - centreX) * ($1 - centreX) }
  guard spread > 0 else { return samples.y.map { $0 - centreY } }
  let slope = zip(samples.x, samples.y).reduce(0) { $0 + ($1.0 - centreX) * ($1.1 - centreY) } / spread
  return zip(samples.x, samples.y).map { x, y in
    let leverage = 1 / Double(samples.x.count) + (x - centreX) * (x - centreX) / spread
    return (y - centreY - slope * (x - centreX)) / max(1 - leverage, 0.01)
  }
}

/// Residuals of a line that may break at the fifths of the samples: autocorrelation that is no part of the curve.
private func brokenLineResiduals(_ samples: SortedSamples) -> (residuals: [Double], parameters: Int)? {
  let breaks = (1...4).map { samples.x[$0 * samples.x.count / 5] }
  for count in stride(from: breaks.count, through: 0, by: -1) {
    let columns =
      [samples.x.map { _ in 1.0 }, samples.x] + breaks.prefix(count).map { at in samples.x.map { max($0 - at, 0) } }
    // Repeated moistures can make breaks depend on each other.
    if let fit = LinearFit(columns, samples.y) { return (fit.residuals, columns.count) }
  }
  return (samples.y, 0)
}
