/// One-way analysis of variance of values in groups.
package struct OneWayAnalysis: Sendable {
  /// A group in numbers.
  package struct Group: Sendable, Equatable {
    package var count: Int
    package var mean: Double
    /// n − 1; NaN of fewer than two values.
    package var standardDeviation: Double
  }

  /// By group.
  package let groups: [Group]
  /// Sums of squares between groups and within them, and their degrees of freedom.
  package let between: Double
  package let betweenFreedom: Int
  package let within: Double
  package let withinFreedom: Int
  package let f: Double
  package let p: Double

  /// The analysis of some values; groups without any do not count.
  ///
  /// - Parameter codes: the group of each value, from 0.
  package init(_ values: [Double], codes: [Int32], groupCount: Int) {
    var counts = [Int](repeating: 0, count: groupCount)
    var sums = [Double](repeating: 0, count: groupCount)
    for (value, code) in zip(values, codes) {
      counts[Int(code)] += 1
      sums[Int(code)] += value
    }
    var means = zip(sums, counts).map { $0 / Double($1) }
    // What rounding left of the means.
    var (left, squares) = ([Double](repeating: 0, count: groupCount), [Double](repeating: 0, count: groupCount))
    for (value, code) in zip(values, codes) { left[Int(code)] += value - means[Int(code)] }
    for group in 0..<groupCount where counts[group] > 0 { means[group] += left[group] / Double(counts[group]) }
    for (value, code) in zip(values, codes) {
      let departure = value - means[Int(code)]
      squares[Int(code)] += departure * departure
    }
    groups = (0..<groupCount).map { group in
      let (count, square) = (counts[group], squares[group])
      return Group(
        count: count, mean: means[group],
        standardDeviation: count > 1 ? (square / Double(count - 1)).squareRoot() : .nan)
    }
    let present = groups.filter { $0.count > 0 }
    let centre = present.reduce(0) { $0 + Double($1.count) * $1.mean } / Double(values.count)
    between = present.reduce(0) { $0 + Double($1.count) * ($1.mean - centre) * ($1.mean - centre) }
    within = squares.reduce(0, +)
    betweenFreedom = max(0, present.count - 1)
    withinFreedom = values.count - present.count
    f =
      betweenFreedom > 0 && withinFreedom > 0
      ? between / Double(betweenFreedom) / (within / Double(withinFreedom)) : .nan
    p = FisherDistribution.upperP(f, numerator: Double(betweenFreedom), denominator: Double(withinFreedom))
  }

  /// Standard deviation within groups, of all groups together.
  package var pooledDeviation: Double { (within / Double(withinFreedom)).squareRoot() }
}
