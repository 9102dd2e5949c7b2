/// Plateaus fitted again to resampled days of a site: how far its threshold could have come out otherwise, and how well a
/// straight line could have looked like a threshold.
///
/// Neighbouring days are alike, so days are resampled in blocks of the calendar. A refit depends on seed, site and its number
/// alone. Not to be shared between threads.
package final class SiteRefits {
  private let samples: SiteSamples
  private let key: (seed: UInt64, site: Int)
  /// Days of a block, at most the whole record.
  private let block: Int
  /// For each day of the calendar from the first sample on the first sample not before it.
  private let firstSample: [Int]
  /// Each sample's place in the order of moisture.
  private let places: [Int]
  private let moisture: [Double]
  private let response: [Double]
  /// The straight line and its residuals, in the order of moisture.
  private let line: [Double]
  private let residuals: [Double]
  private var counts: [Int]

  /// - Parameters:
  ///   - samples: At least one.
  ///   - block: Days of a block, from 1.
  ///   - site: What tells the site from others.
  package init(_ samples: SiteSamples, block: Int, seed: UInt64, site: Int) {
    self.samples = samples
    self.block = min(block, samples.span)
    key = (seed, site)
    let order = samples.days.indices.sorted { (samples.moisture[$0], $0) < (samples.moisture[$1], $1) }
    var places = [Int](repeating: 0, count: order.count)
    for (place, sample) in order.enumerated() { places[sample] = place }
    self.places = places
    moisture = order.map { samples.moisture[$0] }
    response = order.map { samples.response[$0] }
    var first = [Int](repeating: 0, count: samples.span + 1)
    var sample = 0
    for day in first.indices {
      while sample < samples.days.count, samples.days[sample] - samples.days[0] < day { sample += 1 }
      first[day] = sample
    }
    firstSample = first
    var moments = SideMoments()
    for (x, y) in zip(moisture, response) { moments.add(x, y) }
    let slope = moments.slope ?? 0
    line = moisture.map { moments.meanY + slope * ($0 - moments.meanX) }
    residuals = zip(response, line).map { $0 - $1 }
    counts = [Int](repeating: 0, count: order.count)
  }

  /// The plateau of the samples themselves; nil where moisture or response does not vary.
  package var fit: PlateauFit? { PlateauFit(moisture: moisture, response: response) }

  /// The plateau of days drawn in blocks, with replacement, as many days as the record has; nil where there is none.
  ///
  /// Blocks begin on any day and go on from the record's end at its beginning (circular block bootstrap, Politis & Romano
  /// 1992), so that all days are drawn alike.
  /// - Parameter number: From 1.
  package func resampled(_ number: Int) -> PlateauFit? {
    var random = RandomSequence(seed: key.seed, cell: key.site, replicate: number, purpose: .resampling)
    for index in counts.indices { counts[index] = 0 }
    var missing = samples.span
    while missing > 0 {
      let start = random.nextIndex(below: samples.span)
      let end = start + min(block, missing)
      count(start..<min(end, samples.span))
      if end > samples.span { count(0..<end - samples.span) }
      missing -= block
    }
    var (x, y, weights): ([Double], [Double], [Double]) = ([], [], [])
    x.reserveCapacity(counts.count)
    y.reserveCapacity(counts.count)
    weights.reserveCapacity(counts.count)
    for (place, count) in counts.enumerated() where count > 0 {
      x.append(moisture[place])
      y.append(response[place])
      weights.append(Double(count))
    }
    return PlateauFit(moisture: x, response: y, weights: weights)
  }

  private func count(_ days: Range<Int>) {
    for sample in firstSample[days.lowerBound]..<firstSample[days.upperBound] { counts[places[sample]] += 1 }
  }

  /// The plateau of a straight line with noise like the residuals about it; nil where there is none.
  ///
  /// The residuals of a block of days keep their places and get one random sign (wild bootstrap in blocks, Shao 2010): noise
  /// stays as alike from day to day, and as large at each moisture, as it is. Where blocks begin is random too.
  /// - Parameter number: From 1.
  package func ofLine(_ number: Int) -> PlateauFit? {
    guard let first = samples.days.first else { return nil }
    var random = RandomSequence(seed: key.seed, cell: key.site, replicate: number, purpose: .bendTest)
    let offset = random.nextIndex(below: block)
    var values = line
    var (current, sign) = (-1, 1.0)
    for (sample, day) in samples.days.enumerated() {
      let own = (day - first + offset) / block
      if own != current { (current, sign) = (own, random.next() & 1 == 0 ? 1 : -1) }
      values[places[sample]] += sign * residuals[places[sample]]
    }
    return PlateauFit(moisture: moisture, response: values)
  }

  /// The refits of a number, of both kinds.
  ///
  /// - Parameter number: From 1.
  package func refit(_ number: Int) -> SiteRefit {
    var refit = SiteRefit()
    if let fit = resampled(number), fit.isRising { (refit.threshold, refit.gain) = (fit.threshold, fit.gain) }
    if let fit = ofLine(number), fit.isRising { refit.gainOfLine = fit.gain }
    return refit
  }

  /// Blocks that the record is long.
  package var blocks: Double { block > 0 ? Double(samples.span) / Double(block) : 0 }
}
