/// Growing seasons that are given as days of the year, 1 to 366, as phenology maps have them.
enum PhenologyDays {
  /// Lengths of the months; a 29th of February counts as the 28th.
  private static let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

  /// First and last month, 1 to 12, of a season from one day of the year to another, which may wrap the year end.
  ///
  /// A month is in the season if its middle is; of a season that holds no middle, the month of its own middle is all.
  static func months(start: Double, end: Double) -> (first: Int, last: Int) {
    var firstDay = 1.0
    let middles = lengths.map { length in
      defer { firstDay += Double(length) }
      return firstDay + Double(length - 1) / 2
    }
    let isIn = middles.map { start <= end ? $0 >= start && $0 <= end : $0 >= start || $0 <= end }
    if isIn.allSatisfy({ $0 }) { return (1, 12) }
    guard let first = isIn.indices.first(where: { isIn[$0] && !isIn[($0 + 11) % 12] }),
      let last = isIn.indices.first(where: { isIn[$0] && !isIn[($0 + 1) % 12] })
    else {
      let middle =
        start <= end ? (start + end) / 2 : ((start + end + 365) / 2 - 1).truncatingRemainder(dividingBy: 365) + 1
      let nearest = middles.indices.min { abs(middles[$0] - middle) < abs(middles[$1] - middle) } ?? 0
      return (nearest + 1, nearest + 1)
    }
    return (first + 1, last + 1)
  }
}
