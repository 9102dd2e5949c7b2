/// The cells that a job works on, found by looking at the data.
public enum ValidCells {
  /// Which cells of the reference member hold data at any step of the job.
  ///
  /// Collective. A cell of joined records holds data where each of them does. Only the first variable and layer that count are looked at: where the catalogue does not know the cells
  /// from making it, steps are dealt out to the ranks, those that share a chunk to one rank, and read; where months are
  /// made of finer steps, as many of these as no month can do without.
  public static func scan(source index: Int, of catalogue: Catalogue, _ communicator: Communicator) throws -> [Bool] {
    let grid = catalogue.grid
    if let known = catalogue.validCells, known.source == index { return known.cells(count: grid.cellCount) }
    let cells = try catalogue.sources[index].records.map {
      try scan($0, catalogue.sources[index].regridding, of: catalogue, communicator)
    }
    return (0..<grid.cellCount).map { cell in cells.allSatisfy { $0[cell] != 0 } }
  }

  /// 1 for each cell in which a record holds data, else 0.
  private static func scan(
    _ record: RecordCatalogue, _ regridding: FieldRegridding?, of catalogue: Catalogue, _ communicator: Communicator
  ) throws -> [UInt8] {
    let (source, grid) = (scanned(record), catalogue.grid)
    let plan = SourceReadPlan.choose(
      source, catalogue, ranks: communicator.size, forced: .field,
      budget: SourceReadPlan.defaultBudget)
    let reader = try RecordReader(
      source, ReadRegion(Array(0..<grid.cellCount), ofAll: grid), regridding, together: nil, plan)
    var isValid = [UInt8](repeating: 0, count: grid.cellCount)
    try communicator.together {
      for run in ownRuns(source, communicator) {
        for position in run {
          try reader.read(member: 0, position: position, upTo: run.upperBound)
          let values = reader.field(0, position: position)
          for cell in 0..<grid.cellCount where !values[cell].isNaN { isValid[cell] = 1 }
        }
      }
    }
    return try communicator.allOr(isValid)
  }

  /// Positions in the reference's list of places at which this rank looks.
  private static func ownRuns(_ source: RecordCatalogue, _ communicator: Communicator) -> [Range<Int>] {
    func share(of count: Int) -> Range<Int> {
      Partition(cells: Array(0..<count), ranks: communicator.size).share(of: communicator.rank)
    }
    if let parts = source.parts { return share(of: parts.monthSeconds.count).map { parts.neededSteps(ofMonth: $0) } }
    let count = source.stepPlaces[0].count
    let together = max(1, source.firstDescription.variables[0].layout.chunkLength(.time))
    let own = share(of: (count + together - 1) / together)
    return [min(own.lowerBound * together, count)..<min(own.upperBound * together, count)]
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
