import Distributed

/// The growing season that the user asks for.
enum SeasonChoice {
  /// File and variables of maps of its first and last month.
  case maps(path: String, first: String, last: String)
  /// The same months in every cell.
  case months(YearMonths)

  /// What `--season` and `--months` say; all months where neither is given.
  ///
  /// - Throws: exit code 64 naming the option.
  init(maps: String?, months: String?) throws {
    guard maps == nil || months == nil else {
      throw JobError(
        .usage, "--season has the months of each cell, --months those of all of them; give one of the two")
    }
    if let maps {
      let (path, first, last) = try OptionText.season(maps)
      self = .maps(path: path, first: first, last: last)
    } else {
      self = .months(try months.map(YearMonths.init(option:)) ?? .wholeYear)
    }
  }

  /// How many of these months can be in the season of a cell.
  func count(of months: [Month]) -> Int {
    guard case .months(let own) = self else { return months.count }
    return months.count { own.contains($0.month) }
  }
}

/// The months of the growing season, with the maps that the user gives of it.
struct SeasonMaps {
  private var months = YearMonths.wholeYear
  private var start: GridMap?
  private var end: GridMap?
  /// What was done to bring them to the grid.
  private(set) var notes: [String] = []

  /// Reads the maps on rank 0 for all ranks, and brings them to the grid by nearest neighbours where they are on another.
  ///
  /// Collective.
  static func read(
    _ season: SeasonChoice, _ catalogue: Catalogue, _ communicator: Communicator
  ) throws -> SeasonMaps {
    guard case .maps(let path, let first, let last) = season else {
      var maps = SeasonMaps()
      if case .months(let months) = season { maps.months = months }
      return maps
    }
    func map(_ name: String) throws -> (map: GridMap, note: String?) {
      try GridMap.shared(on: catalogue, by: .nearest, communicator) { try GridMap.read(name, from: path) }
    }
    let (start, end) = (try map(first), try map(last))
    var maps = SeasonMaps(start: start.map, end: end.map, notes: [start.note, end.note].compactMap { $0 })
    try communicator.together { try maps.turnDaysIntoMonths() }
    return maps
  }

  /// Turns maps of days of the year into maps of months; those are of days where a value is above 31, since there is land
  /// everywhere that grows after January.
  ///
  /// - Throws: exit code 65 naming the map that holds something that is no day.
  private mutating func turnDaysIntoMonths() throws {
    guard var first = start, var last = end, (first.values + last.values).contains(where: { $0 > 31 }) else { return }
    for cell in first.values.indices where first.values[cell] > 0 && last.values[cell] > 0 {
      for map in [first, last] where !(1..<367).contains(map.values[cell]) {
        throw JobError(
          .inputData,
          "--season: \(map.path): variable '\(map.name)' holds \(map.values[cell]); expected months 1…12 or days of the "
            + "year 1…366")
      }
      let months = PhenologyDays.months(start: first.values[cell], end: last.values[cell])
      (first.values[cell], last.values[cell]) = (Double(months.first), Double(months.last))
    }
    (start, end) = (first, last)
  }

  /// The growing season of these cells.
  func seasons(of cells: [Int]) throws -> Seasons {
    guard let start, let end else { return Seasons(months, count: cells.count) }
    return try Seasons(start: start, end: end, cells: cells)
  }
}
