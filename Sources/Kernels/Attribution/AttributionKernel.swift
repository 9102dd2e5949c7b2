/// Attribution of soil moisture variability of one cell after the other.
///
/// The method is that of Li et al. (2025): every season's and layer's yearly series is split into its line of least squares
/// and the rest, and their covariances with those of the total are parts of the total's variance. In double precision; a
/// cell's result depends on its data and the options alone. Not to be shared between threads.
package final class AttributionKernel {
  /// The settings.
  package let options: AttributionOptions
  /// D, number of layers.
  package let layers: Int
  /// G, number of seasons.
  package let groups: Int
  /// The most years that are accepted.
  package let maximumYears: Int
  /// The yearly series of the cell computed last.
  package private(set) var series: SeasonSeries
  private var reduction: SeasonReduction
  private var seasons: [Double]
  private var timeDeviations: [Double]
  private var totalResiduals: [Double]

  /// Sets aside memory for cells of so many layers and up to so many years.
  ///
  /// - Parameter groups: Seasons, a divisor of 12.
  package init(options: AttributionOptions = AttributionOptions(), layers: Int, groups: Int = 4, maximumYears: Int) {
    precondition(options.minimumYears >= 3, "a line leaves no residual of two years")
    self.options = options
    self.layers = layers
    self.groups = groups
    self.maximumYears = maximumYears
    series = SeasonSeries(layers: layers, groups: groups)
    reduction = SeasonReduction(layers: layers, groups: groups)
    seasons = Array(repeating: 0, count: groups * layers)
    timeDeviations = []
    totalResiduals = []
  }

  /// The attribution of one cell from its months.
  ///
  /// - Parameters:
  ///   - moisture: [year][month][layer], all layers in the same units per area (kg m⁻²); NaN missing.
  ///   - years: Increasing, gaps allowed.
  package func compute(moisture: UnsafeBufferPointer<Double>, years: [Int]) -> AttributionResult {
    let valuesPerYear = monthsPerYear * layers
    precondition(moisture.count == years.count * valuesPerYear, "12 months of every layer in every year")
    precondition(years.count <= maximumYears, "more years than the kernel was made for")
    series.removeAll()
    let fixed = options.basis == .climatology ? reduction.climatologicalRanking(moisture) : nil
    for (index, year) in years.enumerated() {
      let months = UnsafeBufferPointer(rebasing: moisture[(index * valuesPerYear)..<((index + 1) * valuesPerYear)])
      seasons.withUnsafeMutableBufferPointer { seasons in
        if reduction.reduce(year: months, into: seasons, fixed: fixed) {
          series.append(year: year, seasons: UnsafeBufferPointer(seasons))
        }
      }
    }
    return attribute()
  }

  /// The attribution of one cell from season means that ``SeasonReduction`` made before.
  ///
  /// - Parameters:
  ///   - seasonMeans: [year][season][layer]; a year with a NaN is missing.
  ///   - years: Increasing, gaps allowed.
  package func compute(seasonMeans: UnsafeBufferPointer<Double>, years: [Int]) -> AttributionResult {
    let valuesPerYear = groups * layers
    precondition(seasonMeans.count == years.count * valuesPerYear, "every season and layer in every year")
    precondition(years.count <= maximumYears, "more years than the kernel was made for")
    series.removeAll()
    for (index, year) in years.enumerated() {
      let means = seasonMeans[(index * valuesPerYear)..<((index + 1) * valuesPerYear)]
      series.append(year: year, seasons: UnsafeBufferPointer(rebasing: means))
    }
    return attribute()
  }

  /// RC^Trend = Cov(α_TSM, α_{s,d}) / (G Var TSM), RC^IAV = Cov(β_TSM, β_{s,d}) / (G Var TSM).
  ///
  /// Line and residual of the same series are uncorrelated, so the terms of all seasons and layers add up to 1.
  private func attribute() -> AttributionResult {
    var result = AttributionResult(status: .computed, groups: groups, layers: layers)
    let count = series.count
    result.yearCount = count
    guard count >= options.minimumYears else {
      result.status = .tooFewYears
      return result
    }
    describeMeans(&result)
    let timeMean = foldedSum(count) { series.years[$0] } / Double(count)
    timeDeviations = series.years.map { $0 - timeMean }
    let timeSquares = foldedSum(count) { timeDeviations[$0] * timeDeviations[$0] }
    let totalSquares = foldedSum(count) {
      (series.total[$0] - result.meanTotal) * (series.total[$0] - result.meanTotal)
    }
    guard totalSquares / Double(count) > options.varianceTolerance * result.meanTotal * result.meanTotal else {
      result.status = .noVariance
      return result
    }
    let totalSlope = slope(of: series.total, mean: result.meanTotal, timeSquares)
    totalResiduals = (0..<count).map { series.total[$0] - result.meanTotal - totalSlope * timeDeviations[$0] }
    let scale = 1 / (Double(groups) * totalSquares)
    for (term, values) in series.moisture.enumerated() {
      let centre = result.meanMoisture[term]
      let slope = slope(of: values, mean: centre, timeSquares)
      let covariance = foldedSum(count) { totalResiduals[$0] * (values[$0] - centre - slope * timeDeviations[$0]) }
      result.contributions[term] = totalSlope * slope * timeSquares * scale
      result.contributions[groups * layers + term] = covariance * scale
    }
    summarise(&result)
    return result
  }

  private func slope(of values: [Double], mean: Double, _ timeSquares: Double) -> Double {
    foldedSum(values.count) { timeDeviations[$0] * (values[$0] - mean) } / timeSquares
  }

  /// Mean moisture and shares, which exist without variance too.
  private func describeMeans(_ result: inout AttributionResult) {
    let count = Double(series.count)
    result.meanTotal = foldedSum(series.count) { series.total[$0] } / count
    for (term, values) in series.moisture.enumerated() {
      result.meanMoisture[term] = foldedSum(values.count) { values[$0] } / count
      if result.meanTotal != 0 {
        result.shares[term] = result.meanMoisture[term] / (Double(groups) * result.meanTotal)
      }
    }
  }

  /// Marginals, the two largest terms and ω.
  private func summarise(_ result: inout AttributionResult) {
    let termsPerComponent = groups * layers
    for index in result.seasonContributions.indices { result.seasonContributions[index] = 0 }
    for index in result.layerContributions.indices { result.layerContributions[index] = 0 }
    result.componentContributions = [0, 0]
    for (index, value) in result.contributions.enumerated() {
      result.componentContributions[index / termsPerComponent] += value
      result.seasonContributions[index / layers % groups] += value
      result.layerContributions[index % layers] += value
    }
    for term in 0..<termsPerComponent where result.shares[term] != 0 {
      let contribution = result.contributions[term] + result.contributions[termsPerComponent + term]
      result.omega[term] = contribution / result.shares[term]
    }
    var (first, second) = (0, 1)
    if result.contributions[1] > result.contributions[0] { (first, second) = (1, 0) }
    for index in 2..<result.contributions.count {
      if result.contributions[index] > result.contributions[first] {
        (first, second) = (index, first)
      } else if result.contributions[index] > result.contributions[second] {
        second = index
      }
    }
    result.topTerms = (first, second)
  }
}
