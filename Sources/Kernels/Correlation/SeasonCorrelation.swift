/// Correlations of soil moisture, by season of wetness and layer, with a response of the same or later months, of one cell
/// after the other.
///
/// Source: Li et al. (2025).
/// In double precision; a cell's result depends on its data and the options alone. Not to be shared between threads.
package final class SeasonCorrelation {
  private let options: SeasonCorrelationOptions
  private let layers: Int
  private let groups: Int
  private var reduction: SeasonReduction

  /// - Parameter groups: Seasons, a divisor of 12.
  package init(options: SeasonCorrelationOptions, layers: Int, groups: Int) {
    precondition(options.minimumYears >= 3, "two years always correlate")
    self.options = options
    self.layers = layers
    self.groups = groups
    reduction = SeasonReduction(layers: layers, groups: groups)
  }

  /// The correlations in a period of a record.
  ///
  /// - Parameters:
  ///   - seasonMeans: Moisture of every year of the period by season and layer, [year][season][layer]; NaN missing.
  ///   - rankings: The season of each month of these years.
  ///   - response: All months of the record, NaN missing.
  ///   - years: The period's years, as positions in the record.
  package func compute(
    seasonMeans: [[Double]], rankings: [[Int]], response: [Double], years: Range<Int>
  ) -> SeasonCorrelationResult {
    let terms = groups * layers
    var result = SeasonCorrelationResult(status: .computed, terms: terms)
    var moisture = [[Double]](repeating: [], count: terms)
    var responses = [[Double]](repeating: [], count: groups)
    var times: [Int] = []
    var total: [Double] = []
    for (index, year) in years.enumerated() where seasonMeans[index].allSatisfy(\.isFinite) {
      total.append(seasonMeans[index].reduce(0, +) / Double(groups))
      let own = (0..<groups).map { responseMean(season: $0, rankings[index], response, year: year) }
      guard own.allSatisfy(\.isFinite) else { continue }
      times.append(year)
      for (term, value) in seasonMeans[index].enumerated() { moisture[term].append(value) }
      for (season, value) in own.enumerated() { responses[season].append(value) }
    }
    result.yearCount = times.count
    guard total.count >= options.minimumYears else {
      result.status = .tooFewYears
      return result
    }
    guard variance(total) > SeasonCorrelationOptions.varianceTolerance * mean(total) * mean(total) else {
      result.status = .noVariance
      return result
    }
    guard times.count >= options.minimumYears else {
      result.status = .tooFewResponses
      return result
    }
    result.correlations = (0..<terms).map { term in
      Correlation(
        moisture[term], responses[term / layers], times: options.allowsForAutocorrelation ? times : nil)
    }
    return result
  }

  /// Season means and the seasons of months by one ranking for all years of a period: that of each month's mean total.
  ///
  /// - Parameter months: [year][month][layer] of the period; NaN missing.
  /// - Returns: What `compute` wants; means are NaN in years with a missing month.
  package func byClimatology(_ months: UnsafeBufferPointer<Double>) -> (seasonMeans: [[Double]], rankings: [[Int]]) {
    let size = monthsPerYear * layers
    let fixed = reduction.climatologicalRanking(months)
    let means = stride(from: 0, to: months.count, by: size).map { start in
      var means = [Double](repeating: .nan, count: groups * layers)
      guard let fixed else { return means }
      _ = means.withUnsafeMutableBufferPointer {
        reduction.reduce(year: UnsafeBufferPointer(rebasing: months[start..<start + size]), into: $0, fixed: fixed)
      }
      return means
    }
    let ranking = fixed?.groups ?? [Int](repeating: 0, count: monthsPerYear)
    return (means, means.map { _ in ranking })
  }

  /// The response's mean over the months of a season, or of the whole year, so many months later.
  private func responseMean(season: Int, _ ranking: [Int], _ response: [Double], year: Int) -> Double {
    var (sum, count) = (0.0, 0.0)
    for month in 0..<monthsPerYear where options.takesWholeYear || ranking[month] == season {
      let place = year * monthsPerYear + month + options.lag
      sum += response.indices.contains(place) ? response[place] : .nan
      count += 1
    }
    return sum / count
  }

  private func variance(_ values: [Double]) -> Double {
    let centre = mean(values)
    return mean(values.map { ($0 - centre) * ($0 - centre) })
  }
}

/// Settings of the correlations.
package struct SeasonCorrelationOptions: Sendable, Equatable {
  /// Fewest complete years, at least 3.
  package var minimumYears = 10
  /// Months by which the response is later than the moisture.
  package var lag = 0
  /// Whether the response is that of the whole year in place of the season's months.
  package var takesWholeYear = false
  /// Whether p allows for the autocorrelation of years.
  package var allowsForAutocorrelation = false
  /// Total moisture varies where its variance exceeds this times the square of its mean, as in the attribution.
  static let varianceTolerance = AttributionOptions().varianceTolerance

  /// The defaults.
  package init() {}
}

/// Correlations of a cell by season and layer.
package struct SeasonCorrelationResult: Sendable {
  /// [season][layer].
  package var correlations: [Correlation]
  /// Years with moisture and response.
  package var yearCount = 0
  /// Whether there are correlations, and why not.
  package var status: CorrelationStatus

  /// A result that has nothing but a status.
  package init(status: CorrelationStatus, terms: Int) {
    self.status = status
    correlations = Array(repeating: Correlation(), count: terms)
  }
}

/// Why a cell has correlations or has none.
///
/// The raw values and names are the `flag_values` and `flag_meanings` of the CF status variable.
package enum CorrelationStatus: UInt8, ResultStatus {
  /// Everything was computed; a series that does not vary has no r.
  case computed = 0
  /// The cell is not land.
  case notLand = 1
  /// Fewer complete years, or months, of moisture than are asked for.
  case tooFewYears = 2
  /// Total moisture does not vary beyond rounding.
  case noVariance = 3
  /// Fewer complete years, or months, than are asked for once the response is in.
  case tooFewResponses = 4
  /// The cell was left out by the user's selection.
  case outsideSelection = 5
  /// A value is too large to be one: probably a fill value that the file does not declare.
  case implausibleRange = 6
}
