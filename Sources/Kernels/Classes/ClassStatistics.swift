/// The values of the cells of a class in numbers.
///
/// Cells with a value take part, each with its share in the class: 1 of a cell that belongs to it, or the fraction of the
/// cell that does. Everything is added up in the order of cells.
package struct ClassStatistics: Sendable, Equatable {
  /// Cells that take part.
  package var count = 0
  /// Their area in the class, km²; NaN where the areas of cells are not known.
  package var area = Double.nan
  /// Mean over cells, weighted with shares.
  package var mean = Double.nan
  /// Mean weighted with shares and area.
  package var areaMean = Double.nan
  /// Standard deviation with the weights as reliabilities, W − Σw²/W in place of n − 1; n − 1 where all shares are equal.
  package var standardDeviation = Double.nan
  /// Smallest value.
  package var minimum = Double.nan
  /// Quantiles of 0.05, 0.25, 0.5, 0.75 and 0.95 (``WeightedQuantiles``).
  package var quantiles = [Double](repeating: .nan, count: Self.probabilities.count)
  /// Largest value.
  package var maximum = Double.nan
  /// Part (0…1) of the class's cells whose value is above 0.
  package var sharePositive = Double.nan
  /// Parts of the class's cells whose value is above each of the values asked for.
  package var sharesAbove: [Double] = []
  /// Parts of the class's cells whose value is below each of the values asked for.
  package var sharesBelow: [Double] = []
  /// Sum of values times share and area, in the units of the area weights.
  package var total = 0.0

  /// The probabilities of the quantiles.
  package static let probabilities = [0.05, 0.25, 0.5, 0.75, 0.95]

  /// Which values count, and what they are compared with.
  package struct Rules: Sendable, Equatable {
    /// Values of a larger magnitude are left out; nil leaves out none.
    package var limit: Double?
    /// Values for `sharesAbove`.
    package var above: [Double]
    /// Values for `sharesBelow`.
    package var below: [Double]

    /// Rules; none by default.
    package init(limit: Double? = nil, above: [Double] = [], below: [Double] = []) {
      self.limit = limit
      self.above = above
      self.below = below
    }
  }

  /// The statistics of a class.
  ///
  /// - Parameters:
  ///   - values: by cell of the grid; what is not finite is missing.
  ///   - cells: the class's cells, ascending.
  ///   - shares: the part of each of these cells that belongs to the class; empty where they belong to it as a whole.
  ///   - weights: by cell of the grid, what a cell counts for in means by area.
  ///   - areas: by cell of the grid, km²; empty where they are not known.
  package init(
    of values: [Double], cells: [Int], shares: [Double], weights: [Double], areas: [Double], rules: Rules = Rules()
  ) {
    let limit = rules.limit ?? .infinity
    var samples: [(value: Double, weight: Double)] = []
    var (weight, squares, sum, areaWeight, areaSum) = (0.0, 0.0, 0.0, 0.0, 0.0)
    var area = areas.isEmpty ? Double.nan : 0
    for (index, cell) in cells.enumerated() {
      let (value, share) = (values[cell], shares.isEmpty ? 1 : shares[index])
      guard value.isFinite, abs(value) <= limit, share > 0 else { continue }
      samples.append((value, share))
      weight += share
      squares += share * share
      sum += share * value
      areaWeight += share * weights[cell]
      areaSum += share * weights[cell] * value
      if !areas.isEmpty, areas[cell].isFinite { area += share * areas[cell] }
    }
    count = samples.count
    sharesAbove = rules.above.map { _ in .nan }
    sharesBelow = rules.below.map { _ in .nan }
    self.area = area
    guard count > 0 else { return }
    func part(_ holds: (Double) -> Bool) -> Double {
      samples.reduce(0) { $0 + (holds($1.value) ? $1.weight : 0) } / weight
    }
    let mean = sum / weight
    self.mean = mean
    areaMean = areaWeight > 0 ? areaSum / areaWeight : .nan
    total = areaSum
    let freedom = weight - squares / weight
    if count > 1, freedom > 0 {
      let deviations = samples.reduce(0) { $0 + $1.weight * ($1.value - mean) * ($1.value - mean) }
      standardDeviation = (deviations / freedom).squareRoot()
    }
    sharePositive = part { $0 > 0 }
    sharesAbove = rules.above.map { bound in part { $0 > bound } }
    sharesBelow = rules.below.map { bound in part { $0 < bound } }
    let distribution = WeightedQuantiles(samples)
    minimum = distribution.value(0)
    maximum = distribution.value(1)
    quantiles = Self.probabilities.map(distribution.value)
  }

  /// The statistics as numbers, for a message.
  package var numbers: [Double] {
    [Double(count), area, mean, areaMean, standardDeviation, minimum] + quantiles + [maximum, sharePositive, total]
      + sharesAbove + sharesBelow
  }

  /// The statistics of ``numbers``.
  package init(numbers: [Double], rules: Rules) {
    (count, area, mean, areaMean) = (Int(numbers[0]), numbers[1], numbers[2], numbers[3])
    (standardDeviation, minimum) = (numbers[4], numbers[5])
    quantiles = Array(numbers[6..<11])
    (maximum, sharePositive, total) = (numbers[11], numbers[12], numbers[13])
    sharesAbove = Array(numbers[14..<14 + rules.above.count])
    sharesBelow = Array(numbers[(14 + rules.above.count)...])
  }

  /// How many numbers the statistics of a class are.
  package static func numberCount(_ rules: Rules) -> Int { 14 + rules.above.count + rules.below.count }
}
