import Distributed

/// The file of networks' values: of every year as it is computed, and of all years at the end.
///
/// What a year leaves is kept beside the file, so that a run which is interrupted or killed loses no year that is written.
final class ApplyResult {
  private let grid: Grid
  private let partition: Partition
  private let communicator: Communicator
  private let columns: [ApplyColumn]
  private let target: String
  /// By cell of the grid, the status of one that no rank has.
  private let isSelected: [Bool]
  private let writer: RecordWriter?
  /// Years that are written, on rank 0.
  private let log: ApplyLog?
  /// What is kept of a year.
  private let fields: [ApplyField]
  /// Years by the positions of this rank, until each rank can put one together.
  private var waiting: [ApplyCells.Year] = []
  /// When years were written last.
  private var lastWriting = wallSeconds()
  /// Seconds that years may wait: what is lost where ranks are killed.
  private static let interval = 10.0
  /// Years that are in the file.
  private(set) var yearsWritten = 0
  /// By year, the mean over the globe, on rank 0.
  private(set) var means: [Double] = []

  /// Begins the file, under a temporary name.
  ///
  /// Collective.
  ///
  /// - Parameter log: where years are kept, on rank 0.
  init(
    _ models: ApplyModels, _ predictors: [Predictor], years: ClosedRange<Int>, calendar: ModelCalendar, on grid: Grid,
    _ partition: Partition, isSelected: [Bool], _ attributes: MapWriter.FileAttributes, to path: String, log: ApplyLog?,
    _ communicator: Communicator
  ) throws {
    self.log = log
    fields = ApplyField.kept(networks: models.files.count)
    self.grid = grid
    self.partition = partition
    self.communicator = communicator
    self.isSelected = isSelected
    let columns = Self.columns(models)
    self.columns = columns
    let (name, units) = models.target
    target = name
    writer = try communicator.together {
      guard communicator.isRoot else { return nil }
      let count = models.files.count
      let record = RecordWriter.Variable(
        name, .float, fill: Double(MapWriter.floatFill), made: [MapAxis(years: Array(years), calendar: calendar)],
        attributes: [
          StoredAttribute(
            name: "long_name",
            text: count > 1 ? "\(name) of each year, mean of \(count) networks" : "\(name) of each year, of a network"),
          StoredAttribute(name: "units", text: units.isEmpty ? "1" : units),
        ])
      let maps = columns.map {
        $0.variable((name, units), networks: count, ApplyStatus.names(predictors))
      }
      return try RecordWriter(
        [record] + maps, on: grid, rowsOfPart: RegridPart.rows(of: grid), attributes, to: path)
    }
  }

  /// The maps that there are: one network has no spread, and where a file does not tell what it was trained with, nothing is
  /// outside of it.
  static func columns(_ models: ApplyModels) -> [ApplyColumn] {
    ApplyColumn.allCases.filter {
      switch $0 {
      case .networksSd: models.files.count > 1
      case .extrapolation: models.ranges != nil
      default: true
      }
    }
  }

  /// Takes the next year of this rank's share.
  ///
  /// Collective. As many years as there are ranks are put together at a time, each on one of them; fewer where these take
  /// long.
  func append(_ year: ApplyCells.Year) throws {
    waiting.append(year)
    let isLate = try communicator.onRoot { wallSeconds() - lastWriting > Self.interval }
    if waiting.count >= communicator.size || isLate { try writeYears() }
  }

  /// Writes and keeps the years that wait.
  ///
  /// Collective.
  func writeYears() throws {
    guard !waiting.isEmpty else { return }
    let (years, own) = (waiting, partition.share(of: communicator.rank).count)
    waiting = []
    for field in fields {
      var rows: [Double] = []
      rows.reserveCapacity(years.count * own)
      for position in 0..<own { for year in years { rows.append(field.value(of: year, at: position)) } }
      let results = cellResults(rows, width: years.count)
      let quantities = years.indices.map { place -> CellQuantity in { $0[place] } }
      let first = yearsWritten
      try assemble(quantities, of: results, hasStatus: false) {
        try field.part($1, count: $2)
      } take: { place, bytes in
        if field == .value { try write(bytes, of: target, at: [first + place]) }
        try log?.append(bytes, year: first + place, field)
      }
      if field == .value { means += try areaMeans(of: quantities, results) }
    }
    yearsWritten += years.count
    lastWriting = wallSeconds()
  }

  /// Takes up the years that earlier runs have kept.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - count: how many they are.
  ///   - body: gets each year of this rank's share.
  func resume(_ count: Int, _ body: (ApplyCells.Year) -> Void) throws {
    for number in 0..<count {
      var year = ApplyCells.Year(count: partition.share(of: communicator.rank).count)
      for field in fields {
        let kept = try communicator.together { try log?.bytes(year: number, field) ?? [] }
        let bytes = try communicator.broadcast(kept)
        try communicator.together {
          try take(bytes, as: field, into: &year)
          if communicator.isRoot, field == .value { try write(bytes, of: target, at: [number]) }
        }
      }
      let results = cellResults(year.values.map(Double.init), width: 1)
      means += try areaMeans(of: [{ $0[0] }], results)
      body(year)
    }
    yearsWritten = count
  }

  /// Takes this rank's cells out of a field that was kept.
  private func take(_ bytes: [UInt8], as field: ApplyField, into year: inout ApplyCells.Year) throws {
    let share = partition.share(of: communicator.rank)
    var position = share.lowerBound
    for (band, chunk) in chunks(in: bytes) where !chunk.isEmpty {
      let cells = band.lowerBound * grid.rowLength..<band.upperBound * grid.rowLength
      while position < share.upperBound, partition.cells[position] < cells.lowerBound { position += 1 }
      let first = position
      while position < share.upperBound, partition.cells[position] < cells.upperBound { position += 1 }
      guard first < position else { continue }
      let places = partition.cells[first..<position].map { $0 - cells.lowerBound }
      let count = RegridPart.rows(of: grid) * grid.rowLength
      guard field.take(chunk, count: count, places, into: &year, from: first - share.lowerBound) else {
        throw JobError(.internal, "a year that was kept is not of this grid; give --restart")
      }
    }
  }

  /// The means of fields over the globe, on rank 0.
  private func areaMeans(of fields: [CellQuantity], _ results: CellResults) throws -> [Double] {
    let found = try SummaryMeans(
      fields.enumerated().map { SummaryField(name: "\($0)", value: $1) }, of: results, on: grid)
    return fields.indices.map { found["\($0)"].area }
  }

  /// Writes the maps of all years, and gives the file its name.
  ///
  /// Collective.
  ///
  /// - Returns: cells of the grid by status, and the means of the maps over the globe, on rank 0.
  func finish(_ sums: [ApplyCells.Sums]) throws -> (counts: [Int], means: SummaryMeans) {
    try writeYears()
    let columns = columns
    let results = cellResults(sums.flatMap { sums in columns.map { $0.value(sums) } }, width: columns.count)
    let fields = columns.indices.map { place -> CellQuantity in { $0[place] } }
    try assemble(fields, of: results, hasStatus: true) {
      try columns[$0].part($1, count: $2)
    } take: {
      try write($1, of: columns[$0].name, at: [])
    }
    let names = [ApplyColumn.mean, .sd, .networksSd]
    let means = try SummaryMeans(
      columns.enumerated().filter { names.contains($1) }.map { place, column in
        SummaryField(name: column.name) { $0[place] }
      }, of: results, on: grid)
    try communicator.together {
      try writer?.commit()
      log?.remove()
    }
    return (try counts(sums), means)
  }

  private func cellResults(_ rows: [Double], width: Int) -> CellResults {
    let missing = [Double](repeating: .nan, count: width)
    return CellResults(
      rows, partition, communicator, isSelected: [], rowWithoutData: missing, rowOutside: missing)
  }

  /// Cells of the grid by status.
  private func counts(_ sums: [ApplyCells.Sums]) throws -> [Int] {
    var own = [Int](repeating: 0, count: Int(ApplyStatus.firstPredictor) + 128)
    for cell in sums { own[min(own.count - 1, Int(cell.status))] += 1 }
    var counts = try communicator.allReduce(own, .sum)
    let held = try communicator.allReduce([sums.count], .sum)[0]
    var isHeld = 0
    for cell in partition.cells where isSelected[cell] { isHeld += 1 }
    let selected = isSelected.count { $0 }
    counts[Int(ApplyStatus.notLand)] += selected - isHeld
    counts[Int(ApplyStatus.outsideSelection)] += isSelected.count - held - (selected - isHeld)
    return counts
  }

  /// Puts fields together, each compressed on one rank, and hands them to rank 0.
  ///
  /// - Parameter hasStatus: whether one of them is the map of statuses.
  private func assemble(
    _ fields: [CellQuantity], of results: CellResults, hasStatus: Bool,
    part: (_ field: Int, _ values: UnsafeBufferPointer<Double>, _ count: Int) throws -> [UInt8],
    take: (_ field: Int, _ bytes: [UInt8]) throws -> Void
  ) throws {
    let bands = RegridPart.ranges(of: grid)
    let count = RegridPart.rows(of: grid) * grid.rowLength
    var failure: (any Error)?
    try results.assemble(fields) { field, values in
      do {
        return try chunks(field, values, bands, count, isStatus: hasStatus && columns[field] == .status, part)
      } catch {
        failure = error
        return []
      }
    } take: { field, bytes in
      // Nothing is left of a field that could not be made.
      if !bytes.isEmpty { try take(field, bytes) }
    }
    try communicator.together { if let failure { throw failure } }
  }

  /// Writes the chunks of a field.
  private func write(_ bytes: [UInt8], of variable: String, at indices: [Int]) throws {
    for (band, chunk) in chunks(in: bytes) where !chunk.isEmpty {
      try writer?.write(chunk, of: variable, at: indices, row: band.lowerBound)
    }
  }

  /// The chunks that `chunks(_:_:_:_:isStatus:_:)` left.
  private func chunks(in bytes: [UInt8]) -> [(band: Range<Int>, chunk: [UInt8])] {
    var (chunks, place): ([(Range<Int>, [UInt8])], Int) = ([], 0)
    for band in RegridPart.ranges(of: grid) where place < bytes.count {
      let size = bytes.withUnsafeBytes { Int($0.loadUnaligned(fromByteOffset: place, as: Int64.self)) }
      chunks.append((band, Array(bytes[place + 8..<place + 8 + size])))
      place += 8 + size
    }
    return chunks
  }

  /// The chunks of a field, of some rows each, each after its length; empty where all is missing.
  private func chunks(
    _ field: Int, _ values: UnsafeBufferPointer<Double>, _ bands: [Range<Int>], _ count: Int, isStatus: Bool,
    _ part: (_ field: Int, _ values: UnsafeBufferPointer<Double>, _ count: Int) throws -> [UInt8]
  ) throws -> [UInt8] {
    let width = grid.rowLength
    var bytes: [UInt8] = []
    var position = 0
    for band in bands {
      let cells = band.lowerBound * width..<band.upperBound * width
      var row = [Double](repeating: .nan, count: cells.count)
      if isStatus {
        for cell in cells {
          row[cell - cells.lowerBound] = Double(isSelected[cell] ? ApplyStatus.notLand : ApplyStatus.outsideSelection)
        }
      }
      while position < values.count, partition.cells[position] < cells.upperBound {
        row[partition.cells[position] - cells.lowerBound] = values[position]
        position += 1
      }
      let hasValues = row.contains { !$0.isNaN }
      let chunk = hasValues ? try row.withUnsafeBufferPointer { try part(field, $0, count) } : []
      withUnsafeBytes(of: Int64(chunk.count)) { bytes += $0 }
      bytes += chunk
    }
    return bytes
  }

  /// Bytes of the years of so many cells that wait.
  static func bytesOfWaiting(_ cells: Int, years: Int, ranks: Int) -> Int {
    ApplyCells.Year.cellBytes * cells * min(years, ranks)
  }

  /// Bytes that writing holds on a rank besides years that wait.
  static func bytes(_ partition: Partition, rank: Int, on grid: Grid, years: Int, columns: Int) -> Int {
    let own = partition.share(of: rank).count
    let together = min(years, partition.rankCount)
    let part = RegridPart.rows(of: grid) * grid.rowLength
    // Rows of doubles of a field of years, or of the maps at the end. A part's values, its elements, these
    // shuffled and compressed, and the compressed field that becomes a message, and is unpacked.
    return own * 8 * max(together, columns)
      + CellResults.bytesOfFields(partition, rank: rank)
      + part * (8 + 4 * 3) + 3 * 4 * partition.cells.count + 8 * partition.cells.count
  }
}
