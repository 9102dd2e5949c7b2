/// How fields come from the files to the ranks that own the cells; the same way for all sources of a job.
public enum ReadPlan: String, Codable, Sendable, CaseIterable {
  /// Every rank reads the rows of its own cells, all ranks together. Best where storage is contiguous, or in chunks
  /// smaller than a rank's share.
  case slab
  /// Every rank reads whole fields of different members and years, and the results are exchanged all-to-all. Best for
  /// chunks that span the field, which any slab would have to inflate again on every rank, and for many small files.
  case field
}

/// The read plan of one record with the sizes that bound its memory.
///
/// `plan` and `monthsPerTask` are those of all records of a job, which are read together.
public struct SourceReadPlan: Codable, Sendable, Equatable {
  /// How fields come to their owners.
  public var plan: ReadPlan
  /// Months that one rank reads at a time: those of the calendar years that a chunk spans, or an equal part of one year;
  /// of steps other than months whole years.
  public var monthsPerTask: Int
  /// Records that one read call gets at the most.
  public var stepsPerRead: Int

  /// Whether a year's months are dealt out to several ranks.
  var dividesYears: Bool { monthsPerTask < 12 }

  /// Calendar years that one rank reads at a time; 1 where it is a part of one.
  var yearsPerTask: Int { max(1, monthsPerTask / 12) }

  /// Values that a task leaves in a cell and that travel to its owner: the fields of a part, or what years leave.
  func slots(fields: Int, width: Int) -> Int { dividesYears ? monthsPerTask * fields : yearsPerTask * width }

  /// Bytes of blocks in flight at a rank that a plan aims at.
  public static let defaultBudget = 64 << 20

  /// The plan of a record read on its own, chosen from the storage layout of its files.
  static func choose(
    _ source: RecordCatalogue, _ catalogue: Catalogue, ranks: Int, forced: ReadPlan?, budget: Int
  ) -> SourceReadPlan {
    let grid = source.ownGrid ?? catalogue.grid
    let layout = source.firstDescription.variables[0].layout
    let timeChunk = max(1, min(layout.chunkLength(.time), source.stepPlaces[0].count))
    let plan = forced ?? preferred(source, grid, ranks: ranks)
    let perYear = source.stepsPerYear
    let rows = plan == .field ? grid.rowCount : (grid.rowCount + ranks - 1) / ranks
    let (cells, fixed) = (rows * grid.rowLength, FieldReader.bytes(source, grid, rows: 0, cells: 0, stepsPerRead: 0))
    let stepBytes = max(1, FieldReader.bytes(source, grid, rows: rows, cells: cells, stepsPerRead: 1) - fixed)
    let affordable = max(1, budget / stepBytes)
    // Years that share a chunk are read together, as far as the budget goes.
    let wanted = (timeChunk + perYear - 1) / perYear
    let years = max(1, min(wanted, affordable / perYear))
    // Where each step is a compressed chunk of its own, one is read at a time: its numbers are then still in the
    // processor's caches when they are used.
    var perRead = min(affordable, layout.isFiltered && timeChunk == 1 ? 1 : years * perYear)
    // Months are few; a part of a year of finer steps ends with a chunk where it can, so that none is inflated twice.
    if source.cadence.isFinerThanMonths, perRead > timeChunk { perRead -= perRead % timeChunk }
    return SourceReadPlan(plan: plan, monthsPerTask: years * 12, stepsPerRead: perRead)
  }

  /// The plans of all records of a catalogue, in order: one plan, the field plan where any record prefers it, and tasks of
  /// equal length; the budget is shared.
  public static func chooseAll(
    _ catalogue: Catalogue, _ partition: Partition, _ reduction: any Reduction, forced: ReadPlan?, budget: Int
  ) -> [SourceReadPlan] {
    let (records, grid, ranks) = (catalogue.records, catalogue.grid, partition.rankCount)
    let prefersFields = records.contains { preferred($0, grid, ranks: ranks) == .field }
    // Rows of another grid are not those of the ranks.
    let needsFields = records.contains { $0.ownGrid != nil }
    let plan = needsFields ? .field : forced ?? (prefersFields ? .field : .slab)
    var plans = records.map {
      choose($0, catalogue, ranks: ranks, forced: plan, budget: budget / records.count)
    }
    var monthsPerTask = plans.map(\.monthsPerTask).max() ?? 12
    if plan == .field, monthsPerTask == 12, catalogue.cadence == .monthly {
      let chunks = records.map { record in
        let steps = max(1, record.firstDescription.variables[0].layout.chunkLength(.time))
        return (steps * 12 + record.stepsPerYear - 1) / record.stepsPerYear
      }
      monthsPerTask =
        TaskDivision(
          years: catalogue.members.count * catalogue.years.count, ranks: ranks,
          monthsPerChunk: chunks.reduce(1, leastCommonMultiple),
          stepBytes: records.reduce(0) { $0 + $1.stepBytes(on: $1.ownGrid ?? grid) * $1.stepsPerYear / 12 },
          fields: StepFields.Layout(catalogue).fieldCount, width: reduction.width, cells: partition.cells.count
        ).monthsPerTask
    }
    for index in plans.indices {
      plans[index].monthsPerTask = monthsPerTask
      plans[index].stepsPerRead = min(
        plans[index].stepsPerRead, max(1, monthsPerTask * records[index].stepsPerYear / 12))
    }
    return plans
  }

  private static func leastCommonMultiple(_ first: Int, _ second: Int) -> Int {
    var (divisor, rest) = (first, second)
    while rest > 0 { (divisor, rest) = (rest, divisor % rest) }
    return first / divisor * second
  }

  private static func preferred(_ source: RecordCatalogue, _ grid: Grid, ranks: Int) -> ReadPlan {
    let layout = source.firstDescription.variables[0].layout
    let files = Set(source.stepPlaces[0].filter { !$0.isGap }.map(\.file)).count
    if files * source.stepsPerYear > source.stepPlaces[0].count { return .field }
    guard layout.chunks != nil else { return .slab }
    return layout.chunkRows(of: grid) * ranks < grid.rowCount ? .slab : .field
  }
}

extension VariableLayout {
  /// Rows of a chunk on a grid.
  func chunkRows(of grid: Grid) -> Int {
    switch grid.kind {
    case .regular: chunkLength(.latitude)
    case .curvilinear: chunkLength(.row)
    case .unstructured: chunkLength(.cell)
    }
  }
}

extension RecordCatalogue {
  /// Steps of the record in a year, at most.
  var stepsPerYear: Int {
    switch cadence {
    case .static, .yearly: return 1
    case .monthly: return 12
    case .days, .hours, .minutes:
      let days = 366 * 86400 / cadence.seconds + 1
      // A step that lies in two months is there twice.
      return parts == nil ? days : max(days, 12)
    }
  }

  /// Whether any field is a mean over layers.
  var hasMeans: Bool { fields.contains(where: \.isMean) }

  /// The levels that are read of each variable in use, those of all fields at once; 0..<1 for a variable without levels.
  var levelsByVariable: [(variable: Int, levels: Range<Int>)] {
    var levels: [Int: Range<Int>] = [:]
    for part in fields.flatMap(\.parts) {
      let own = part.firstLevel..<part.firstLevel + part.weights.count
      levels[part.variable] =
        levels[part.variable].map {
          min($0.lowerBound, own.lowerBound)..<max($0.upperBound, own.upperBound)
        } ?? own
    }
    return levels.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// The variables in use as the record's files describe them.
  private var variablesInUse: [FileDescription.Variable] {
    let used = levelsByVariable.map(\.variable)
    return Set(files.map(\.description)).flatMap { description in used.map { descriptions[description].variables[$0] } }
  }

  /// Whether all variables in use are compressed in all files, so that ranks read chunks on their own.
  var isFiltered: Bool { variablesInUse.allSatisfy(\.layout.isFiltered) }

  /// Bytes that are held beside the numbers of a read while chunks are taken apart.
  var chunkReaderBytes: Int {
    let isZarr = descriptionsInUse.contains { descriptions[$0].format == .zarr }
    return isZarr ? ZarrChunkReader.bytes(chunk: largestChunkBytes) : ChunkReader.bytes(chunk: largestChunkBytes)
  }

  /// Bytes of the largest compressed chunk, inflated; 0 where there is none.
  private var largestChunkBytes: Int {
    variablesInUse.map { variable in
      guard variable.layout.isFiltered, let chunk = variable.layout.chunks else { return 0 }
      return chunk.reduce(variable.stored.type.byteCount, *)
    }.max() ?? 0
  }

  /// Bytes that one step of one variable takes in memory, as read, on this many rows.
  ///
  /// Files may differ in the type of their numbers; the widest counts.
  func largestStepBytes(rows: Int, on grid: Grid) -> Int {
    return levelsByVariable.map { variable, levels in
      let widest =
        descriptionsInUse.map { ElementType(descriptions[$0].variables[variable].stored.type).byteCount }.max() ?? 0
      return levels.count * rows * grid.rowLength * widest
    }.max() ?? 0
  }
}
