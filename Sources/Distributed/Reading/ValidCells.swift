/// The cells that a job works on, found by looking at the data.
public enum ValidCells {
  /// Which cells of the reference member hold data at any step of the job.
  ///
  /// Collective. A cell of joined records holds data where each of them does. Only the first variable and layer that count are looked at: where the catalogue does not know the cells
  /// from making it, steps are dealt out to the ranks, those that share a chunk to one rank, and read; where months are
  /// made of finer steps, as many of these as no month can do without. Where a chunk has more steps than are read at a
  /// time, rows are dealt out instead, so that chunks are not inflated again and again.
  public static func scan(source index: Int, of catalogue: Catalogue, _ communicator: Communicator) throws -> [Bool] {
    try scan(source: index, of: catalogue, budget: SourceReadPlan.defaultBudget, communicator)
  }

  /// The same with so many bytes of blocks in flight.
  static func scan(
    source index: Int, of catalogue: Catalogue, budget: Int, _ communicator: Communicator
  ) throws -> [Bool] {
    let grid = catalogue.grid
    if let known = catalogue.validCells, known.source == index { return known.cells(count: grid.cellCount) }
    let cells = try catalogue.sources[index].records.map {
      try scan($0, catalogue.sources[index].regridding, of: catalogue, budget: budget, communicator)
    }
    return (0..<grid.cellCount).map { cell in cells.allSatisfy { $0[cell] != 0 } }
  }

  /// 1 for each cell in which a record holds data, else 0.
  private static func scan(
    _ record: RecordCatalogue, _ regridding: FieldRegridding?, of catalogue: Catalogue, budget: Int,
    _ communicator: Communicator
  ) throws -> [UInt8] {
    let (source, grid) = (scanned(record), catalogue.grid)
    var plan = SourceReadPlan.choose(source, catalogue, ranks: communicator.size, forced: .field, budget: budget)
    var isValid = [UInt8](repeating: 0, count: grid.cellCount)
    try communicator.together {
      if let rows = rowsTogether(source, grid, plan) {
        let runs = chunkRuns(source)
        let most = plan.stepsPerRead * grid.rowCount / rows
        // No chunk is inflated for two reads where it fits into one.
        plan.stepsPerRead = most > runs[0].count ? most / runs[0].count * runs[0].count : most
        let bands = stride(from: 0, to: grid.rowCount, by: rows).map { $0..<min($0 + rows, grid.rowCount) }
        let own = share(of: bands.count * runs.count, communicator)
        for (number, band) in bands.enumerated() {
          let ownRuns = own.clamped(to: number * runs.count..<(number + 1) * runs.count).map { runs[$0 % runs.count] }
          guard let first = ownRuns.first, let last = ownRuns.last else { continue }
          let cells = band.lowerBound * grid.rowLength..<band.upperBound * grid.rowLength
          let region = ReadRegion(grid: grid, rows: band, cells: Array(cells)[...])
          try look(source, region, regridding, plan, at: [first.lowerBound..<last.upperBound], &isValid)
        }
      } else {
        let region = ReadRegion(Array(0..<grid.cellCount), ofAll: grid)
        try look(source, region, regridding, plan, at: ownRuns(source, communicator), &isValid)
      }
    }
    return try communicator.allOr(isValid)
  }

  /// Looks for data in the cells of a region at some steps.
  private static func look(
    _ source: RecordCatalogue, _ region: ReadRegion, _ regridding: FieldRegridding?, _ plan: SourceReadPlan,
    at runs: [Range<Int>], _ isValid: inout [UInt8]
  ) throws {
    let reader = try RecordReader(source, region, regridding, together: nil, plan)
    for run in runs {
      for position in run {
        try reader.read(member: 0, position: position, upTo: run.upperBound)
        let values = reader.field(0, position: position)
        for (place, cell) in region.cells.enumerated() where !values[place].isNaN { isValid[cell] = 1 }
      }
    }
  }

  /// Rows of whole chunks that fit in the room of as many fields as are read at a time, at all steps of the chunks; nil where
  /// whole fields are read.
  private static func rowsTogether(_ source: RecordCatalogue, _ grid: Grid, _ plan: SourceReadPlan) -> Int? {
    let layout = source.firstDescription.variables[0].layout
    let steps = min(layout.chunkLength(.time), source.stepPlaces[0].count)
    let rows = layout.chunkRows(of: grid)
    guard layout.isFiltered, source.parts == nil, source.ownGrid == nil, steps > plan.stepsPerRead,
      rows < grid.rowCount
    else { return nil }
    return max(1, plan.stepsPerRead * grid.rowCount / (steps * rows)) * rows
  }

  /// Positions in the reference's list of places that share a chunk.
  private static func chunkRuns(_ source: RecordCatalogue) -> [Range<Int>] {
    let count = source.stepPlaces[0].count
    let together = max(1, source.firstDescription.variables[0].layout.chunkLength(.time))
    return stride(from: 0, to: count, by: together).map { $0..<min($0 + together, count) }
  }

  /// What this rank has of things that are dealt out.
  private static func share(of count: Int, _ communicator: Communicator) -> Range<Int> {
    Partition(cells: Array(0..<count), ranks: communicator.size).share(of: communicator.rank)
  }

  /// Positions in the reference's list of places at which this rank looks.
  private static func ownRuns(_ source: RecordCatalogue, _ communicator: Communicator) -> [Range<Int>] {
    if let parts = source.parts {
      return share(of: parts.monthSeconds.count, communicator).map { parts.neededSteps(ofMonth: $0) }
    }
    let runs = chunkRuns(source)
    let own = share(of: runs.count, communicator)
    return own.isEmpty ? [] : [runs[own.lowerBound].lowerBound..<runs[own.upperBound - 1].upperBound]
  }

  /// The record with its first variable and layer alone.
  static func scanned(_ source: RecordCatalogue) -> RecordCatalogue {
    var source = source
    let first = source.fields[0].parts[0]
    source.fields = [
      Profile(
        parts: [Profile.Part(variable: first.variable, firstLevel: first.firstLevel, weights: [1])], isMean: false)
    ]
    return source
  }
}
