import Distributed

/// The maps of the growing season that the user gives.
struct SeasonMaps {
  private var start: GridMap?
  private var end: GridMap?

  /// Reads the maps on rank 0 for all ranks.
  ///
  /// Collective.
  static func read(_ job: ThresholdJob, _ catalogue: Catalogue, _ communicator: Communicator) throws -> SeasonMaps {
    guard let season = job.season else { return SeasonMaps() }
    func map(_ name: String) throws -> GridMap {
      try GridMap.read(name, from: season.path, on: catalogue.grid, of: catalogue.gridPath, for: communicator)
    }
    return SeasonMaps(start: try map(season.first), end: try map(season.last))
  }

  /// The growing season of these cells: all months where there are no maps.
  func seasons(of cells: [Int]) throws -> Seasons {
    guard let start, let end else { return Seasons(wholeYear: cells.count) }
    return try Seasons(start: start, end: end, cells: cells)
  }
}
