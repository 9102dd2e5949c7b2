import Distributed

/// The file of networks' values: of every year as it is computed, and of all years at the end.
final class ApplyResult {
  private let grid: Grid
  private let partition: Partition
  private let communicator: Communicator
  private let columns: [ApplyColumn]
  private let target: String
  /// By cell of the grid, the status of one that no rank has.
  private let isSelected: [Bool]
  private let writer: RecordWriter?
  /// Values of years by the positions of this rank, until each rank can put one together.
  private var waiting: [[Float]] = []
  private var yearsWritten = 0
  /// By year, the mean over the globe, on rank 0.
  private(set) var means: [Double] = []

  /// Begins the file, under a temporary name.
  ///
  /// Collective.
  init(
    _ models: ApplyModels, _ predictors: [Predictor], years: ClosedRange<Int>, calendar: ModelCalendar, on grid: Grid,
    _ partition: Partition, isSelected: [Bool], _ attributes: MapWriter.FileAttributes, to path: String,
    _ communicator: Communicator
  ) throws {
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

  /// Takes the values of the next year by position in this rank's share.
  ///
  /// Collective. As many years as there are ranks are put together at a time, each on one of them.
  func append(_ values: [Float]) throws {
    waiting.append(values)
    if waiting.count >= communicator.size { try writeYears() }
  }

  private func writeYears() throws {
    guard !waiting.isEmpty else { return }
    let (years, own) = (waiting.count, partition.share(of: communicator.rank).count)
    var rows: [Double] = []
    rows.reserveCapacity(years * own)
    for position in 0..<own { for year in waiting { rows.append(Double(year[position])) } }
    waiting = []
    let results = cellResults(rows, width: years)
    let fields = (0..<years).map { place -> CellQuantity in { $0[place] } }
    let first = yearsWritten
    let target = target
    try write(fields, of: results) { _, values, count in
      try ApplyColumn.mean.part(values, count: count)
    } start: {
      (target, [first + $0])
    }
    let found = try SummaryMeans(
      fields.enumerated().map { SummaryField(name: "\($0)", value: $1) }, of: results, on: grid)
    means += (0..<years).map { found["\($0)"].area }
    yearsWritten += years
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
    try write(fields, of: results) { number, values, count in
      try columns[number].part(values, count: count)
    } start: {
      (columns[$0].name, [])
    }
    let names = [ApplyColumn.mean, .sd, .networksSd]
    let means = try SummaryMeans(
      columns.enumerated().filter { names.contains($1) }.map { place, column in
        SummaryField(name: column.name) { $0[place] }
      }, of: results, on: grid)
    try communicator.together { try writer?.commit() }
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

  /// Writes fields, each put together and compressed on one rank.
  private func write(
    _ fields: [CellQuantity], of results: CellResults,
    _ part: (_ field: Int, _ values: UnsafeBufferPointer<Double>, _ count: Int) throws -> [UInt8],
    start: (_ field: Int) -> (variable: String, indices: [Int])
  ) throws {
    let (width, bands) = (grid.rowLength, RegridPart.ranges(of: grid))
    let count = RegridPart.rows(of: grid) * width
    var failure: (any Error)?
    try results.assemble(fields) { field, values in
      do {
        return try chunks(field, values, bands, count, isStatus: start(field).variable == ApplyColumn.status.name, part)
      } catch {
        failure = error
        return []
      }
    } take: { field, bytes in
      let (variable, indices) = start(field)
      var place = 0
      for band in bands where place < bytes.count {
        let size = bytes.withUnsafeBytes { Int($0.loadUnaligned(fromByteOffset: place, as: Int64.self)) }
        let chunk = Array(bytes[place + 8..<place + 8 + size])
        place += 8 + size
        if size > 0 { try writer?.write(chunk, of: variable, at: indices, row: band.lowerBound) }
      }
    }
    try communicator.together { if let failure { throw failure } }
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

  /// Bytes that writing holds on a rank.
  static func bytes(_ partition: Partition, rank: Int, on grid: Grid, years: Int, columns: Int) -> Int {
    let own = partition.share(of: rank).count
    let together = min(years, partition.rankCount)
    let part = RegridPart.rows(of: grid) * grid.rowLength
    // Years that wait as floats; rows of doubles of them, or of the maps at the end. A part's values, its elements, these
    // shuffled and compressed, and the compressed field that becomes a message, and is unpacked.
    return own * (4 * together + 8 * max(together, columns)) + CellResults.bytesOfFields(partition, rank: rank)
      + part * (8 + 4 * 3) + 3 * 4 * partition.cells.count + 8 * partition.cells.count
  }
}
