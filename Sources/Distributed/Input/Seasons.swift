/// The growing season of every cell that is worked on: first and last month, inclusive; first > last wraps the year end.
public struct Seasons: Sendable {
  /// First month, 1…12, by position in the partition's list of cells; 0 where a map gives none.
  public let first: [UInt8]
  /// Last month, likewise.
  public let last: [UInt8]

  /// The season of each cell from two maps on the grid.
  ///
  /// Cells where either map is missing or 0 have no season.
  ///
  /// - Throws: exit code 65 naming the map that holds something that is no month.
  public init(start: GridMap, end: GridMap, cells: [Int]) throws {
    func months(_ map: GridMap) throws -> [UInt8] {
      try cells.map { cell in
        let value = map.values[cell]
        if value.isNaN || value == 0 { return 0 }
        guard let month = UInt8(exactly: value), (1...12).contains(month) else {
          throw JobError(
            .inputData, "--season: \(map.path): variable '\(map.name)' holds \(value); expected months 1…12")
        }
        return month
      }
    }
    first = try months(start)
    last = try months(end)
  }

  /// The whole year for this many cells.
  public init(wholeYear count: Int) {
    first = [UInt8](repeating: 1, count: count)
    last = [UInt8](repeating: 12, count: count)
  }

  /// Whether a month of the year, 1…12, is in the season of a cell.
  @inline(__always)
  public func contains(_ month: UInt8, position: Int) -> Bool {
    Self.season(first[position], last[position], contains: month)
  }

  /// Whether a month is within a season that may wrap the year end.
  @inline(__always)
  public static func season(_ first: UInt8, _ last: UInt8, contains month: UInt8) -> Bool {
    guard first != 0, last != 0 else { return false }
    return first <= last ? month >= first && month <= last : month >= first || month <= last
  }
}

/// Sums over the growing season, weighted by the length of months: two values a year, the sum and its days.
public struct SeasonSums: YearReduction {
  private let seasons: Seasons

  /// Sums over these seasons.
  public init(_ seasons: Seasons) { self.seasons = seasons }

  /// The sum and its days.
  public func width(ofSource source: Int) -> Int { 2 }

  /// Adds the months of the season that are there.
  public func add(
    source: Int, month: Month, dayCount: Int, field: Int, _ fieldValues: UnsafePointer<Double>, cells: Range<Int>,
    to values: UnsafeMutablePointer<Double>
  ) {
    let number = UInt8(month.month)
    let weight = Double(dayCount)
    for position in 0..<cells.count where seasons.contains(number, position: cells.lowerBound + position) {
      let value = fieldValues[position]
      guard !value.isNaN else { continue }
      values[position] += weight * value
      values[cells.count + position] += weight
    }
  }
}

/// The months themselves: twelve values a year, NaN where missing or out of season.
public struct MonthlyValues: YearReduction {
  private let seasons: Seasons

  /// Months of these seasons.
  public init(_ seasons: Seasons) { self.seasons = seasons }

  /// Twelve months.
  public func width(ofSource source: Int) -> Int { 12 }

  /// Keeps a month's values.
  public func add(
    source: Int, month: Month, dayCount: Int, field: Int, _ fieldValues: UnsafePointer<Double>, cells: Range<Int>,
    to values: UnsafeMutablePointer<Double>
  ) {
    let target = values + (month.month - 1) * cells.count
    for position in 0..<cells.count {
      let isIn = seasons.contains(UInt8(month.month), position: cells.lowerBound + position)
      target[position] = isIn ? fieldValues[position] : .nan
    }
  }
}
