/// Straight lines through the production and the respiration of the same years, and which of both grows faster.
///
/// Growth is compared in standard units: the slopes of the z-scores (standard deviation n − 1), each the series' own slope over
/// its standard deviation (Yu et al. 2021). Numbers that do not exist are NaN.
package struct SinkTrends: Sendable, Equatable {
  /// The line of one of the series.
  package struct Line: Sendable, Equatable {
    /// Mean of the years.
    package var mean = Double.nan
    /// Slope of least squares, units a year.
    package var slope = Double.nan
    /// Two-sided p of the slope, of the series and its z-scores alike.
    package var p = Double.nan
    /// Slope of the z-scores, a year.
    package var standardSlope = Double.nan
    /// The number of independent years that p rests on.
    package var independentCount = Double.nan

    /// No line.
    package init() {}

    fileprivate init(_ line: TrendLine) {
      (mean, slope, p) = (line.mean, line.trend.slope, line.trend.p)
      standardSlope = line.trend.slope / line.deviation
      independentCount = line.independentCount
    }
  }

  /// The direction in which both go.
  package enum Direction: Int, CaseIterable, Sendable {
    case productionUpRespirationUp, productionUpRespirationDown, productionDownRespirationUp,
      productionDownRespirationDown

    /// Its words, as CF allows them in `flag_meanings`.
    package var name: String {
      switch self {
      case .productionUpRespirationUp: "production_up_respiration_up"
      case .productionUpRespirationDown: "production_up_respiration_down"
      case .productionDownRespirationUp: "production_down_respiration_up"
      case .productionDownRespirationDown: "production_down_respiration_down"
      }
    }
  }

  /// Whether there are trends, and why not.
  package var status: SinkStatus
  /// Years with both.
  package var count: Int
  package var production = Line()
  package var respiration = Line()

  /// Trends that have nothing but a status.
  package init(status: SinkStatus, count: Int = 0) {
    (self.status, self.count) = (status, count)
  }

  fileprivate init(production: TrendLine, respiration: TrendLine, count: Int) {
    (status, self.count) = (.computed, count)
    (self.production, self.respiration) = (Line(production), Line(respiration))
  }

  /// By how much production grows faster than respiration, in standard deviations a year; below 0 where respiration does.
  package var difference: Double { production.standardSlope - respiration.standardSlope }

  /// The direction; nil without trends and where a slope is exactly 0.
  package var direction: Direction? {
    guard production.slope != 0, respiration.slope != 0, difference.isFinite else { return nil }
    return production.slope > 0
      ? (respiration.slope > 0 ? .productionUpRespirationUp : .productionUpRespirationDown)
      : (respiration.slope > 0 ? .productionDownRespirationUp : .productionDownRespirationDown)
  }
}

/// Why a cell has trends of production and respiration, or has none.
///
/// The raw values and names are the `flag_values` and `flag_meanings` of a CF status variable.
package enum SinkStatus: UInt8, ResultStatus {
  /// Everything was computed.
  case computed = 0
  /// The cell is not land: there is no respiration.
  case notLand = 1
  /// Fewer years with both than asked for.
  case tooFewYears = 2
  /// All years of one of the two are equal.
  case noVariation = 3
  /// There is respiration, but no production in any year.
  case noProduction = 4
  /// The cell was left out by the user's selection.
  case outsideSelection = 5
  /// A value is too large to be one: probably a fill value that the file does not declare.
  case implausibleRange = 6
}

/// Makes the trends of one cell after the other in the same memory.
///
/// Not to be shared between threads; use one for each.
package final class SinkEstimator {
  private let minimumYears: Int
  private let allowsForAutocorrelation: Bool
  private let lines: TrendEstimator
  private var times: [Double] = []
  private var productions: [Double] = []
  private var respirations: [Double] = []

  /// Sets aside memory for series of up to so many years.
  ///
  /// - Parameters:
  ///   - minimumYears: fewest years with both, at least 3.
  ///   - allowsForAutocorrelation: whether p rests on fewer years where those that follow each other are alike
  ///     (``TrendEstimator/line(times:values:allowsForAutocorrelation:)``).
  package init(minimumYears: Int, maximumCount: Int, allowsForAutocorrelation: Bool = false) {
    precondition(minimumYears >= 3, "a p needs three years")
    self.minimumYears = minimumYears
    self.allowsForAutocorrelation = allowsForAutocorrelation
    lines = TrendEstimator(
      options: TrendOptions(tieTolerance: TrendOptions.roundingOfSums), maximumCount: max(2, maximumCount))
  }

  /// The trends over the years that both have.
  ///
  /// - Parameters:
  ///   - years: strictly increasing.
  ///   - production: by year; NaN where missing.
  ///   - respiration: by year; NaN where missing.
  package func estimate(
    years: ArraySlice<Double>, production: ArraySlice<Double>, respiration: ArraySlice<Double>
  ) -> SinkTrends {
    times.removeAll(keepingCapacity: true)
    productions.removeAll(keepingCapacity: true)
    respirations.removeAll(keepingCapacity: true)
    var hasProduction = false
    for (year, (production, respiration)) in zip(years, zip(production, respiration)) {
      guard !production.isInfinite, !respiration.isInfinite else { return SinkTrends(status: .implausibleRange) }
      hasProduction = hasProduction || !production.isNaN
      guard !production.isNaN, !respiration.isNaN else { continue }
      times.append(year)
      productions.append(production)
      respirations.append(respiration)
    }
    guard times.count >= minimumYears else {
      return SinkTrends(status: hasProduction ? .tooFewYears : .noProduction, count: times.count)
    }
    let (production, respiration) = (line(productions), line(respirations))
    guard production.deviation > 0, respiration.deviation > 0 else {
      return SinkTrends(status: .noVariation, count: times.count)
    }
    return SinkTrends(production: production, respiration: respiration, count: times.count)
  }

  /// The line of the values of the years that both have.
  private func line(_ values: [Double]) -> TrendLine {
    lines.line(times: times, values: values, allowsForAutocorrelation: allowsForAutocorrelation)
  }
}
