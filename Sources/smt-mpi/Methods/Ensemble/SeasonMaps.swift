import Distributed

/// The maps of the growing season that the user gives.
struct SeasonMaps {
  private var start: GridMap?
  private var end: GridMap?
  /// What was done to bring them to the grid.
  private(set) var notes: [String] = []

  /// Reads the maps on rank 0 for all ranks, and brings them to the grid by nearest neighbours where they are on another.
  ///
  /// Collective.
  /// - Parameter season: file, and variables of the first and last month; nil takes all months.
  static func read(
    _ season: (path: String, first: String, last: String)?, _ catalogue: Catalogue, _ communicator: Communicator
  ) throws -> SeasonMaps {
    guard let season else { return SeasonMaps() }
    func map(_ name: String) throws -> (map: GridMap, note: String?) {
      try GridMap.shared(on: catalogue, by: .nearest, communicator) { try GridMap.read(name, from: season.path) }
    }
    let (start, end) = (try map(season.first), try map(season.last))
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

  /// The growing season of these cells: all months where there are no maps.
  func seasons(of cells: [Int]) throws -> Seasons {
    guard let start, let end else { return Seasons(wholeYear: cells.count) }
    return try Seasons(start: start, end: end, cells: cells)
  }
}
