extension Ingest {
  /// Bytes that reading by the records' plans holds on a rank.
  public static func bytes(
    _ plans: [SourceReadPlan], of catalogue: Catalogue, _ partition: Partition, rank: Int, _ reduction: any Reduction
  ) -> Int {
    let own = partition.share(of: rank).count
    let all = partition.cells.count
    let width = reduction.width
    let slots = plans[0].slots(fields: StepFields.Layout(catalogue).fieldCount, width: width)
    func accumulation(cells: Int) -> Int { YearAccumulation.bytes(reduction, cells: cells) }
    switch plans[0].plan {
    case .slab:
      let rows = partition.region(of: rank, on: catalogue.grid).rows.count
      return 8 * slots * own + accumulation(cells: own)
        + StepReader.bytes(catalogue, plans, rows: rows, cells: own)
    case .field:
      return 8 * slots * all + FieldExchange.bytes(slots: slots, all: all, own: own, ranks: partition.rankCount)
        + (plans[0].dividesYears ? 8 * width * own + accumulation(cells: own) : accumulation(cells: all))
        + StepReader.bytes(catalogue, plans, rows: catalogue.grid.rowCount, cells: all)
    }
  }
}

extension ValidCells {
  /// Bytes that the scan holds.
  public static func bytes(source index: Int, of catalogue: Catalogue) -> Int {
    catalogue.sources[index].records.map { record in
      let scanned = scanned(record)
      let plan = SourceReadPlan.choose(
        scanned, catalogue, ranks: 1, forced: .field, budget: SourceReadPlan.defaultBudget)
      let grid = catalogue.grid
      return RecordReader.bytes(
        scanned, grid, rows: grid.rowCount, cells: grid.cellCount, makesMonths: false, stepsPerRead: plan.stepsPerRead)
    }.max() ?? 0
  }
}

extension Catalogue {
  /// Bytes of the catalogue and of what making it leaves behind, measured with 6,000 files of a month and with 700,800
  /// hours in 80 files.
  public var bytes: Int {
    let coordinates = 16 * (grid.latitudes.count + grid.longitudes.count + grid.landAreaCount)
    let masks = records.filter { $0.ownGrid == nil }.map { FieldMaskReader.bytes($0, on: grid) }.max() ?? 0
    let others = records.compactMap(\.ownGrid).reduce(0) { $0 + 16 * ($1.latitudes.count + $1.longitudes.count) }
    return records.reduce(coordinates + others + masks) { sum, record in
      let places = record.stepPlaces.reduce(0) { $0 + $1.count }
      return sum + 100 * places + record.files.reduce(0) { $0 + $1.path.utf8.count + 1500 }
    }
  }

  /// What tells two inputs apart: what the files of the sources, and other files that this process has read, hold;
  /// steps, members and grid.
  ///
  /// To be called on rank 0, which reads all maps.
  /// - Throws: exit code 66 where a file is there no more.
  public func identity() throws -> String {
    let own = Set(records.flatMap { $0.files.map(\.path) })
    let maps = try InputFiles.paths.subtracting(own).sorted().map { try Checksum.ofFile($0) }
    return ([identityOfRecords] + maps.map { String($0, radix: 16) }).joined(separator: " ")
  }

  /// What tells two inputs apart by the files of the sources alone; the same on all ranks, and whatever their number.
  public var identityOfRecords: String {
    "\(grid.summary) \(steps.first.map(cadence.text) ?? "")/\(steps.count) \(members.joined(separator: ",")) "
      + String(fileStamp, radix: 16)
  }

  /// Whether a path is that of one of the files.
  public func contains(file path: String) -> Bool {
    records.contains { $0.files.contains { isSameFile($0.path, path) } }
  }

  /// Forgets all steps but the first.
  public mutating func keepFirstStep() {
    steps = Array(steps.prefix(1))
    validCells = nil
    for source in sources.indices {
      for record in sources[source].records.indices { sources[source].records[record].keepFirstStep() }
    }
  }

  /// A file that lies on the grid.
  public var gridPath: String { sources.first?.records.first?.files.first?.path ?? "" }
}

extension RecordCatalogue {
  /// The number of files.
  public var fileCount: Int { files.count }

  /// The size of the files' grid in words, where it is not that of the job.
  public var ownGridText: String? { ownGrid?.sizeText }

  /// Bytes of all steps of the record, inflated; steps that lie in several months count once.
  ///
  /// - Parameter grid: that of the job.
  public func bytes(on grid: Grid) -> Int {
    let steps = stepPlaces.reduce(0) { sum, own in
      sum + own.count - zip(own, own.dropFirst()).count { $0 == $1 && !$0.isGap }
    }
    return steps * stepBytes(on: ownGrid ?? grid)
  }

  /// Bytes of the fields of one step of a member's record, inflated.
  func stepBytes(on grid: Grid) -> Int {
    levelsByVariable.reduce(0) { sum, entry in
      let variable = firstDescription.variables[entry.variable]
      return sum + entry.levels.count * grid.cellCount * variable.stored.type.byteCount
    }
  }
}
