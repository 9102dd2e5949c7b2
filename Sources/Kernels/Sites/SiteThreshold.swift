import RealModule

/// Why a site has a threshold or has none.
package enum SiteStatus: UInt8, CaseIterable, Codable, Sendable {
  /// It has a threshold.
  case ok
  /// No column of soil moisture
  case noMoistureColumn
  /// No column of latent or sensible heat
  case noFluxColumn
  /// No column of what days are chosen by: temperature or precipitation
  case noFilterColumn
  /// The record has months.
  case noDailyValues
  /// No day has both moisture and fluxes.
  case allMissing
  /// Fewer days with both than are asked for
  case tooFewDays
  /// Moisture or evaporative fraction is the same on all days.
  case noVariation
  /// Below the breakpoint that fits best the evaporative fraction does not rise.
  case noPositiveSlope
  /// A level or a straight line does as well.
  case noGain
  /// A straight line with the same noise looks like a threshold as often as is not allowed.
  case notSignificant
  /// The record is too short for a p, and a largest one is asked for.
  case tooFewBlocks

  /// The status in words that CF allows in `flag_meanings`.
  package var name: String {
    "\(self)".reduce(into: "") { $0 += $1.isUppercase ? "_" + $1.lowercased() : String($1) }
  }
}

/// What makes a breakpoint a threshold.
package struct SiteThresholdRule: Sendable {
  /// Fewest days.
  package var minimumDays = 30
  /// Least gain over a level and a line (``PlateauFit/gain``).
  package var minimumGain = 2.0
  /// Largest p; nil for any.
  package var significance: Double?

  package init(minimumDays: Int = 30, minimumGain: Double = 2, significance: Double? = nil) {
    (self.minimumDays, self.minimumGain, self.significance) = (minimumDays, minimumGain, significance)
  }
}

/// What is found at a site; numbers that do not exist are NaN.
package struct SiteThreshold: Sendable {
  /// The curve of all days; nil where there is none.
  package var fit: PlateauFit?
  /// Whether its breakpoint is a threshold, and why not.
  package var status = SiteStatus.ok
  /// Standard deviation of the breakpoint over refits, in units of moisture.
  package var standardDeviation = Double.nan
  /// Ends of the breakpoint's 90 % interval, in units of moisture.
  package var interval = (low: Double.nan, high: Double.nan)
  /// Part of the refits whose breakpoint is a threshold by its gain.
  package var probability = Double.nan
  /// Probability of a gain as large on a straight line with the same noise; NaN of records of four blocks or less.
  package var p = Double.nan

  /// Blocks of a record that is too short for a p: random signs of so few make few patterns, so that no p is small.
  private static let tooFewBlocks = 4.0

  /// A site without a curve.
  package init(status: SiteStatus) { self.status = status }

  /// A site with its refits.
  ///
  /// Refits count for interval and standard deviation where their curve rises, whatever their gain: leaving out those
  /// that gain little would make intervals too short where a threshold is uncertain. The interval is that between
  /// percentiles of the refits, farther out than 5 and 95 % where blocks are few (Hesterberg 2015, expanded percentiles, The
  /// American Statistician 69, 371–386): at Φ(∓√(m/(m − 1)) t) with m blocks and Student's t of 5 % with m − 1 degrees of freedom.
  ///
  /// - Parameters:
  ///   - fit: The curve of all days; nil where moisture or response does not vary.
  ///   - refits: None, or those of both kinds.
  ///   - blocks: Blocks that the record is long.
  package init(_ fit: PlateauFit?, refits: [SiteRefit], blocks: Double, _ rule: SiteThresholdRule) {
    self.fit = fit
    guard let fit else {
      status = .noVariation
      return
    }
    guard fit.isRising else {
      status = .noPositiveSlope
      return
    }
    if !refits.isEmpty {
      let thresholds = refits.map(\.threshold).filter(\.isFinite).sorted()
      probability = Double(refits.count { $0.gain >= rule.minimumGain }) / Double(refits.count)
      if blocks > Self.tooFewBlocks {
        p = Double(1 + refits.count { $0.gainOfLine >= fit.gain }) / Double(refits.count + 1)
      }
      // Fewer than three blocks tell nothing of how blocks differ.
      if blocks >= 3 {
        standardDeviation = Kernels.standardDeviation(thresholds)
        let tail = Self.tail(blocks: blocks)
        interval = (percentile(sorted: thresholds, tail), percentile(sorted: thresholds, 1 - tail))
      }
    }
    if fit.gain < rule.minimumGain {
      status = .noGain
    } else if let significance = rule.significance, !(p <= significance) {
      status = p.isNaN ? .tooFewBlocks : .notSignificant
    }
  }

  /// The part of refits beyond either end of the interval.
  static func tail(blocks: Double) -> Double {
    let t = StudentDistribution.twoSidedQuantile(0.1, degreesOfFreedom: blocks - 1)
    return NormalDistribution.cumulative(-(blocks / (blocks - 1)).squareRoot() * t)
  }
}

/// What two refits of a number leave: one of resampled days, one of a straight line.
package struct SiteRefit: Sendable, Equatable {
  /// The breakpoint of resampled days; NaN where the curve does not rise.
  package var threshold = Double.nan
  /// Gain of the curve of resampled days; −∞ where it does not rise.
  package var gain = -Double.infinity
  /// Gain of the curve of the line with noise; −∞ where it does not rise.
  package var gainOfLine = -Double.infinity

  package init() {}

  /// The numbers, to be sent from rank to rank.
  package var numbers: [Double] { [threshold, gain, gainOfLine] }

  /// From its numbers.
  package init(numbers: ArraySlice<Double>) {
    let first = numbers.startIndex
    (threshold, gain, gainOfLine) = (numbers[first], numbers[first + 1], numbers[first + 2])
  }
}
