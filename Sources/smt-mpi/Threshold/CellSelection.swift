import Distributed
import Kernels

/// Which cells the threshold method works on, and why the others have no value.
struct CellSelection {
  private let job: ThresholdJob
  /// Grid indices of the cells to work on, ascending.
  let cells: [Int]
  /// The status of every cell of the grid that is not worked on.
  let statusOfOthers: [CellStatus]
  private let seasonMaps: (GridMap, GridMap)?

  /// Maps that rank 0 reads and all ranks use.
  private struct Maps: Codable {
    var mask: GridMap?
    var seasonStart: GridMap?
    var seasonEnd: GridMap?
  }

  /// Reads mask and season maps and looks for the cells that have data.
  ///
  /// Collective.
  static func make(_ job: ThresholdJob, _ catalogue: Catalogue, _ communicator: Communicator) throws -> CellSelection {
    let grid = catalogue.grid
    let maps = try communicator.onRoot {
      var maps = Maps()
      if let mask = job.mask {
        maps.mask = try GridMap.read(mask.variable, from: mask.path, on: grid, of: catalogue.gridPath)
      }
      if let season = job.season {
        maps.seasonStart = try GridMap.read(season.first, from: season.path, on: grid, of: catalogue.gridPath)
        maps.seasonEnd = try GridMap.read(season.last, from: season.path, on: grid, of: catalogue.gridPath)
      }
      return maps
    }
    var isSelected = [Bool](repeating: true, count: grid.cellCount)
    if let box = job.box {
      isSelected = grid.cells(in: box)
      try require(isSelected, communicator, "--bbox selects no cell of the grid (\(grid.summary))")
    }
    if let mask = maps.mask {
      for cell in isSelected.indices where mask.values[cell].isNaN || mask.values[cell] == 0 {
        isSelected[cell] = false
      }
      try require(
        isSelected, communicator, "--mask selects no cell: '\(mask.name)' in \(mask.path) is 0 or missing there")
    }
    if !job.points.isEmpty, !job.savesCurves {
      let wanted = Set(job.points.map { grid.nearestCell(latitude: $0.latitude, longitude: $0.longitude).cell })
      for cell in isSelected.indices where !wanted.contains(cell) { isSelected[cell] = false }
    }
    let hasData = try ValidCells.scan(source: ThresholdJob.moistureSource, of: catalogue, communicator)
    let seasonMaps = maps.seasonStart.flatMap { start in maps.seasonEnd.map { (start, $0) } }
    return CellSelection(
      job: job, cells: isSelected.indices.filter { isSelected[$0] && hasData[$0] },
      statusOfOthers: isSelected.indices.map { isSelected[$0] ? .notLand : .outsideSelection }, seasonMaps: seasonMaps)
  }

  /// The growing season of the cells that are worked on.
  func seasons() throws -> Seasons {
    guard let (start, end) = seasonMaps else { return Seasons(wholeYear: cells.count) }
    return try Seasons(start: start, end: end, cells: cells)
  }

  private static func require(_ isSelected: [Bool], _ communicator: Communicator, _ message: String) throws {
    try communicator.together {
      guard isSelected.contains(true) else { throw JobError(.usage, message) }
    }
  }
}
