import RealModule

/// How sensitivities are computed.
package struct SensitivityOptions: Sendable, Equatable {
  /// The penalty λ of the ridge regression; nil for that with the least generalised cross-validation.
  package var penalty: Double?
  /// Whether the mean annual cycle is taken off all series first.
  package var removesAnnualCycle = false
  /// Fewest months with a result, at least 3.
  package var minimumMonths = 24
  /// Replicates of the block bootstrap; 0 for no interval.
  package var replicates = 0
  /// Months of a block, at least 1.
  package var blockLength = 12
  /// What the bootstrap's random numbers depend on beside zone or cell, member and replicate.
  package var seed: UInt64 = 0

  /// Cross-validated, of the series themselves, without an interval.
  package init() {}

  /// Bytes that the replicates of one series take.
  package func replicateBytes(predictors: Int) -> Int { replicates * (72 + 8 * predictors) }

  /// The penalties that cross-validation chooses from: 10⁻³ to 10⁴ in steps of a factor of 10^0.05.
  package static let penalties = (-60...80).map { Double.exp10(Double($0) / 20) }
}

/// The sensitivities of a monthly response to predictors, by ridge regression of series in standard units.
///
/// Source: Yan et al. (2024). A result depends on its series, the options and the place of its random numbers alone. All in double precision.
package struct SensitivityKernel: Sendable {
  private let options: SensitivityOptions

  /// A kernel with these options.
  package init(_ options: SensitivityOptions) {
    precondition(options.minimumMonths >= 3 && options.blockLength >= 1, "options are checked before")
    self.options = options
  }

  /// The sensitivities of one series.
  ///
  /// Months count in which response and all predictors have a value. The interval is that of moving blocks of such months
  /// (Künsch 1989), with the penalty found anew in each replicate, between percentiles further out than 5 and 95, since
  /// blocks are few (Hesterberg 2015, The American Statistician 69, expanded percentile interval).
  ///
  /// - Parameters:
  ///   - response: By month; NaN missing.
  ///   - predictors: Each as long, at least one.
  ///   - firstMonth: Month of the year of the first value, 1 to 12.
  ///   - place: Zone or cell, and member, which random numbers belong to.
  package func compute(
    response: [Double], predictors: [[Double]], firstMonth: Int, place: (cell: Int, member: Int)
  ) -> SensitivityResult {
    let series = predictors + [response]
    var result = SensitivityResult(status: .computed, predictors: predictors.count)
    func failed(_ status: SensitivityStatus) -> SensitivityResult {
      result.status = status
      return result
    }
    guard !series.contains(where: { $0.contains(where: \.isInfinite) }) else { return failed(.implausibleRange) }
    let months = response.indices.filter { month in series.allSatisfy { !$0[month].isNaN } }
    result.count = months.count
    guard !months.isEmpty else { return failed(.noData) }
    guard months.count >= max(options.minimumMonths, predictors.count + 2) else { return failed(.tooFewMonths) }
    var columns = series.map { values in months.map { values[$0] } }
    let largest = columns.map { $0.reduce(0) { max($0, abs($1)) } }
    var means = 1
    if options.removesAnnualCycle {
      let calendar = months.map { (firstMonth - 1 + $0) % 12 }
      means = Set(calendar).count
      for index in columns.indices { removeCycle(&columns[index], calendar) }
    }
    // What rounding leaves of a series that does not vary is no variation.
    for (values, scale) in zip(columns, largest) where !(standardDeviation(values) > 1e-12 * scale) {
      return failed(.noVariation)
    }
    let rows = Array(months.indices)
    guard let regression = regression(columns, rows) else { return failed(.noVariation) }
    guard options.penalty != 0 || !regression.isCollinear else { return failed(.collinear) }
    let penalty = penalty(regression)
    result.penalty = penalty
    result.beta = regression.coefficients(penalty: penalty)
    result.standardError = regression.standardErrors(penalty: penalty, means: means)
    result.varianceInflation = regression.varianceInflation.map { $0.isFinite ? $0 : .nan }
    result.determination = regression.determination(penalty: penalty)
    if let tail = tail(count: rows.count) {
      let replicates = (0..<options.replicates).compactMap { coefficients(replicate: $0, columns, place) }
      for predictor in predictors.indices where !replicates.isEmpty {
        let sorted = replicates.map { $0[predictor] }.sorted()
        result.lower[predictor] = percentile(sorted: sorted, tail)
        result.upper[predictor] = percentile(sorted: sorted, 1 - tail)
      }
    }
    return result
  }

  private func penalty(_ regression: RidgeRegression) -> Double {
    options.penalty ?? regression.bestPenalty(of: SensitivityOptions.penalties)
  }

  /// Takes the mean of each month of the year off.
  private func removeCycle(_ values: inout [Double], _ calendar: [Int]) {
    var (sums, counts) = ([Double](repeating: 0, count: 12), [Double](repeating: 0, count: 12))
    for (value, month) in zip(values, calendar) {
      sums[month] += value
      counts[month] += 1
    }
    for (index, month) in calendar.enumerated() { values[index] -= sums[month] / counts[month] }
  }

  /// The regression of some rows of the columns, the response last, in standard units; nil where one does not vary.
  private func regression(_ columns: [[Double]], _ rows: [Int]) -> RidgeRegression? {
    var design = [Double](repeating: 0, count: columns.count * rows.count)
    for (index, values) in columns.enumerated() {
      let start = index * rows.count
      var (sum, square) = (0.0, 0.0)
      for row in rows { sum += values[row] }
      let centre = sum / Double(rows.count)
      for (place, row) in rows.enumerated() {
        let deviation = values[row] - centre
        design[start + place] = deviation
        square += deviation * deviation
      }
      guard square > 0 else { return nil }
      let scale = (Double(rows.count - 1) / square).squareRoot()
      for place in start..<start + rows.count { design[place] *= scale }
    }
    return RidgeRegression(&design, rows: rows.count, predictors: columns.count - 1)
  }

  /// The coefficients of a replicate, blocks of months drawn with replacement; nil where a series does not vary in it.
  private func coefficients(
    replicate: Int, _ columns: [[Double]], _ place: (cell: Int, member: Int)
  ) -> [Double]? {
    let count = columns[0].count
    var random = RandomSequence(
      seed: options.seed, cell: place.member << 32 | place.cell, replicate: replicate + 1, purpose: .resampling)
    var rows: [Int] = []
    rows.reserveCapacity(count + options.blockLength)
    while rows.count < count {
      let first = random.nextIndex(below: count - options.blockLength + 1)
      rows += first..<first + options.blockLength
    }
    rows.removeLast(rows.count - count)
    guard let regression = regression(columns, rows) else { return nil }
    return regression.coefficients(penalty: penalty(regression))
  }

  /// The part of the replicates below the interval of 90 %: Φ(−√(b / (b − 1)) t) with the 95th percentile t of Student's
  /// distribution with b − 1 degrees of freedom and b blocks; nil where no interval is wanted, or there are less than two blocks.
  private func tail(count: Int) -> Double? {
    let blocks = Double(count) / Double(options.blockLength)
    guard options.replicates > 0, blocks >= 2 else { return nil }
    // The t that 10 % are further from zero than, between these; it is 6.3 with one degree of freedom.
    var (low, high) = (0.0, 10.0)
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if StudentDistribution.twoSidedP(middle, degreesOfFreedom: blocks - 1) > 0.1 {
        low = middle
      } else {
        high = middle
      }
    }
    return NormalDistribution.cumulative(-(blocks / (blocks - 1)).squareRoot() * low)
  }
}
