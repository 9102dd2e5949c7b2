/// Reduces the months of one year of a cell to the mean of each layer in each season.
///
/// One year at a time, so that a record can be reduced while it streams.
package struct SeasonReduction: Sendable {
  /// D, number of layers.
  package let layers: Int
  /// G, number of seasons, a divisor of 12.
  package let groups: Int
  /// The season of each month of the year reduced last; without meaning where that lacked a month.
  package private(set) var ranking = SeasonRanking()
  private var totals = [Double](repeating: 0, count: monthsPerYear)

  /// A reduction of so many layers to so many seasons.
  package init(layers: Int, groups: Int = 4) {
    precondition(layers > 0, "attribution needs a layer")
    precondition(SeasonRanking.isPossible(groupCount: groups), "the number of groups must divide 12")
    self.layers = layers
    self.groups = groups
  }

  /// Writes the mean of each layer over the months of each season, all of them NaN where a month is missing.
  ///
  /// A month is missing where the value of a layer is not finite; where one is infinite, all means are, so that it shows
  /// that something there was more than missing.
  ///
  /// - Parameters:
  ///   - year: Moisture, [month][layer], 12 × D values.
  ///   - seasons: [season][layer], G × D values, wettest season first.
  ///   - fixed: The ranking to use instead of this year's own.
  /// - Returns: Whether the year is complete.
  @discardableResult
  package mutating func reduce(
    year: UnsafeBufferPointer<Double>, into seasons: UnsafeMutableBufferPointer<Double>, fixed: SeasonRanking? = nil
  ) -> Bool {
    precondition(year.count == monthsPerYear * layers && seasons.count == groups * layers, "shapes do not agree")
    guard sumProfiles(year) else {
      let none = year.contains(where: \.isInfinite) ? Double.infinity : .nan
      for index in seasons.indices { seasons[index] = none }
      return false
    }
    if let fixed {
      ranking = fixed
    } else {
      ranking.rank(totals: totals, groupCount: groups)
    }
    for index in seasons.indices { seasons[index] = 0 }
    for month in 0..<monthsPerYear {
      let group = ranking.groups[month]
      for layer in 0..<layers { seasons[group * layers + layer] += year[month * layers + layer] }
    }
    let monthsPerGroup = Double(monthsPerYear / groups)
    for index in seasons.indices { seasons[index] /= monthsPerGroup }
    return true
  }

  /// Totals of each month over the layers; false where a month is missing.
  private mutating func sumProfiles(_ year: UnsafeBufferPointer<Double>) -> Bool {
    for month in 0..<monthsPerYear {
      var total = 0.0
      for layer in 0..<layers { total += year[month * layers + layer] }
      guard total.isFinite else { return false }
      totals[month] = total
    }
    return true
  }

  /// One ranking for all years: by the mean of each month's profile total over the complete years.
  ///
  /// - Parameter moisture: [year][month][layer].
  /// - Returns: Nil where no year is complete.
  package mutating func climatologicalRanking(_ moisture: UnsafeBufferPointer<Double>) -> SeasonRanking? {
    let valuesPerYear = monthsPerYear * layers
    precondition(moisture.count % valuesPerYear == 0, "whole years")
    var sums = [Double](repeating: 0, count: monthsPerYear)
    var years = 0
    for start in stride(from: 0, to: moisture.count, by: valuesPerYear)
    where sumProfiles(UnsafeBufferPointer(rebasing: moisture[start..<(start + valuesPerYear)])) {
      for month in 0..<monthsPerYear { sums[month] += totals[month] }
      years += 1
    }
    return years > 0 ? SeasonRanking(totals: sums, groupCount: groups) : nil
  }
}
