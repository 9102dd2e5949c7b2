import Distributed

/// The growing season of every cell that is worked on: first and last month, inclusive; first > last wraps the year end.
struct Seasons: Sendable {
  /// First month, 1…12, by position in the partition's list of cells; 0 where a map gives none.
  let first: [UInt8]
  /// Last month, likewise.
  let last: [UInt8]

  /// The season of each cell from two maps on the grid.
  ///
  /// Cells where either map is missing or 0 have no season.
  ///
  /// - Throws: exit code 65 naming the map that holds something that is no month.
  init(start: GridMap, end: GridMap, cells: [Int]) throws {
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

  /// The same months in this many cells.
  init(_ months: YearMonths, count: Int) {
    first = [UInt8](repeating: UInt8(months.first), count: count)
    last = [UInt8](repeating: UInt8(months.last), count: count)
  }

  /// The whole year for this many cells.
  init(wholeYear count: Int) { self.init(.wholeYear, count: count) }

  /// Whether a month of the year, 1…12, is in the season of a cell.
  @inline(__always)
  func contains(_ month: UInt8, position: Int) -> Bool {
    Self.season(first[position], last[position], contains: month)
  }

  /// Days of the season of a cell in these months.
  func days(of months: [Month], _ calendar: ModelCalendar, position: Int) -> Double {
    months.reduce(0) { contains(UInt8($1.month), position: position) ? $0 + Double(calendar.dayCount(of: $1)) : $0 }
  }

  /// Whether a month is within a season that may wrap the year end.
  @inline(__always)
  static func season(_ first: UInt8, _ last: UInt8, contains month: UInt8) -> Bool {
    guard first != 0, last != 0 else { return false }
    return first <= last ? month >= first && month <= last : month >= first || month <= last
  }
}

/// Sums over the growing season, weighted by the length of months: for each source two values a year, the sum and its days.
struct SeasonSums: Reduction {
  private let seasons: Seasons
  private let sources: Int
  private let ratesPerSecond: Set<Int>

  /// Sums over these seasons of so many sources.
  ///
  /// - Parameter ratesPerSecond: sources whose months count with their amount: the value times the seconds of the month.
  init(_ seasons: Seasons, sources: Int, ratesPerSecond: Set<Int> = []) {
    self.seasons = seasons
    self.sources = sources
    self.ratesPerSecond = ratesPerSecond
  }

  /// The sum and its days.
  var width: Int { 2 * sources }

  /// Adds the months of the season that are there.
  func add(_ step: StepFields, to values: CellBlock) {
    let number = UInt8(step.month.month)
    for source in 0..<sources {
      let weight = Double(step.dayCount(ofSource: source))
      let factor = ratesPerSecond.contains(source) ? weight * 86400 * weight : weight
      let field = step.field(0, ofSource: source)
      let (sums, days) = (values[2 * source], values[2 * source + 1])
      // Without branches, for vector instructions: sums begin with 0 and are never -0, so that to add 0 changes nothing.
      seasons.first.withUnsafeBufferPointer { first in
        seasons.last.withUnsafeBufferPointer { last in
          for position in field.indices {
            let cell = step.cells.lowerBound + position
            let value = field[position]
            let counts = Seasons.season(first[cell], last[cell], contains: number) && !value.isNaN
            sums[position] += counts ? factor * value : 0
            days[position] += counts ? weight : 0
          }
        }
      }
    }
  }
}

/// The months themselves: for each source twelve values a year, NaN where missing or out of season.
struct MonthlyValues: Reduction {
  private let seasons: Seasons
  private let sources: Int

  /// Months of these seasons of so many sources.
  init(_ seasons: Seasons, sources: Int) {
    self.seasons = seasons
    self.sources = sources
  }

  /// Twelve months.
  var width: Int { 12 * sources }

  /// Keeps a month's values.
  func add(_ step: StepFields, to values: CellBlock) {
    let month = step.month.month
    for source in 0..<sources {
      let field = step.field(0, ofSource: source)
      let target = values[12 * source + month - 1]
      for position in field.indices {
        let isIn = seasons.contains(UInt8(month), position: step.cells.lowerBound + position)
        target[position] = isIn ? field[position] : .nan
      }
    }
  }
}
