extension SeriesOutput {
  /// What a block is.
  public enum Division: Sendable {
    /// Some of the rank's own cells, at all times.
    case cells
    /// Some times, of all cells of the partition.
    case times
  }

  /// A variable `[time, axes…, grid…]`, or `[axes…, grid…]`, of the file: CDO reads time as the first dimension alone.
  public struct Variable: Sendable {
    /// Its name.
    public var name: String
    /// Units; `1` for none.
    public var units: String
    /// What it is, in words.
    public var longName: String
    /// CF standard name, where there is one.
    public var standardName: String?
    /// CF cell methods, where they apply.
    public var cellMethods: String?
    /// Dimensions between time and the grid's, slowest first.
    public var axes: [MapAxis]
    /// Whether it has a field for each time.
    public var hasTime: Bool
    /// The type of its elements: float, double, or an integer of one, two or four bytes.
    public var type: NetCDFType
    /// Meanings of the values 0, 1, …, of categories.
    public var flagMeanings: [String]?
    /// Smallest and largest value that there can be, where there are limits.
    public var validRange: ClosedRange<Double>?
    /// The value of cells that are not the partition's; NaN for none.
    public var outside: Double

    /// A variable with its description.
    public init(
      _ name: String, units: String, longName: String, standardName: String? = nil, cellMethods: String? = nil,
      axes: [MapAxis] = [], hasTime: Bool = true, type: NetCDFType = .float, flagMeanings: [String]? = nil,
      validRange: ClosedRange<Double>? = nil, outside: Double = .nan
    ) {
      self.name = name
      self.units = units
      self.longName = longName
      self.standardName = standardName
      self.cellMethods = cellMethods
      self.axes = axes
      self.hasTime = hasTime
      self.type = type
      self.flagMeanings = flagMeanings
      self.validRange = validRange
      self.outside = outside
    }

    /// The number of fields at each time.
    public var outerCount: Int { axes.reduce(1) { $0 * $1.values.count } }

    /// Bytes of a value in blocks: whole numbers are kept as floats, which hold those below 2²⁴.
    var valueBytes: Int { type == .double ? 8 : 4 }
  }

  /// What a record is and where it goes.
  public struct Description: Sendable {
    /// The variables, in the order in which blocks have their values.
    public var variables: [Variable]
    /// The times; nil where no variable has any.
    public var time: MapAxis?
    /// The grid.
    public var grid: Grid
    /// How variables with time are cut into chunks.
    public var chunks: SeriesChunks
    /// What a block is.
    public var division: Division
    /// The file.
    public var path: String
    /// Sizes of its parts.
    package var sizes = SeriesSizes()

    /// A record for a file.
    public init(
      _ variables: [Variable], time: MapAxis?, on grid: Grid, chunks: SeriesChunks, division: Division, to path: String
    ) {
      self.variables = variables
      self.time = time
      self.grid = grid
      self.chunks = chunks
      self.division = division
      self.path = path
    }
  }
}

extension SeriesOutput.Variable {
  /// What stands where nothing is.
  var fill: Double {
    switch type {
    case .int8: -127
    case .int16: -32767
    case .int32: -2_147_483_647
    case .double: 9.969_209_968_386_869e36
    default: Double(MapWriter.floatFill)
    }
  }

  /// Places on the axes.
  func indices(of outer: Int) -> [Int] {
    var rest = outer
    let indices = axes.reversed().map { axis in
      defer { rest /= axis.values.count }
      return rest % axis.values.count
    }
    return indices.reversed()
  }

  /// A chunk of values as the variable's elements, compressed; empty where all are missing.
  func chunk<Value: BinaryFloatingPoint>(_ values: UnsafeBufferPointer<Value>) throws -> [UInt8] {
    if values.allSatisfy({ $0.isNaN }) { return [] }
    if type == .float || type == .double {
      let fill = Value(fill)
      return ChunkCompression.deflated(values.map { $0.isNaN ? fill : $0 })
    }
    let chunk = values.map { Double($0) }.withUnsafeBufferPointer {
      RecordWriter.part($0, count: $0.count, of: type, fill: fill)
    }
    guard let chunk else { throw JobError(.internal, "'\(name)' has values that are no integers of its type") }
    return chunk
  }
}

extension SeriesOutput.Description {
  var timeCount: Int { time?.values.count ?? 1 }

  var layout: SeriesLayout {
    SeriesLayout(
      variables: variables.map {
        SeriesLayout.Variable(outer: $0.outerCount, hasTime: $0.hasTime, valueBytes: $0.valueBytes)
      })
  }

  var tilings: [SeriesTiling] {
    variables.map { variable in
      SeriesTiling(
        variable.hasTime ? chunks : .map, on: grid, times: variable.hasTime ? timeCount : 1,
        valueBytes: variable.valueBytes, sizes: sizes)
    }
  }

  /// What tells two records apart, of one job.
  func identity(_ partition: Partition) -> String {
    let axes = variables.map { variable in
      "\(variable.name) \(variable.type) \(variable.hasTime) "
        + variable.axes.map { "\($0.name) \($0.values) \($0.meanings)" }.joined(separator: " ")
    }
    return
      (axes + [
        "\(division)", "\(time?.values ?? [])", grid.summary, String(Checksum.of(partition.cells), radix: 16),
      ]).joined(separator: "\n")
  }

  /// Cells, or times, of the whole.
  func unitCount(_ partition: Partition) -> Int {
    division == .cells ? partition.cells.count : timeCount
  }

  func units(of block: SeriesBlock) -> Range<Int> { division == .cells ? block.cells : block.times }

  func block(_ units: Range<Int>, _ partition: Partition) -> SeriesBlock {
    division == .cells
      ? SeriesBlock(cells: units, times: 0..<timeCount) : SeriesBlock(cells: 0..<partition.cells.count, times: units)
  }

  /// Cells, or times, of a block at the most.
  func unitsOfBlock(_ partition: Partition) -> Int {
    max(1, sizes.block / max(1, layout.byteCount(of: block(0..<1, partition))))
  }

  /// A variable as the file has it.
  func written(_ variable: SeriesOutput.Variable, _ tiling: SeriesTiling) -> RecordWriter.Variable {
    var attributes = [StoredAttribute(name: "long_name", text: variable.longName)]
    if let name = variable.standardName { attributes.append(StoredAttribute(name: "standard_name", text: name)) }
    if variable.flagMeanings == nil { attributes.append(StoredAttribute(name: "units", text: variable.units)) }
    attributes += (variable.validRange?.limits ?? []).map {
      StoredAttribute(name: $0.name, numbers: $0.numbers, type: variable.type)
    }
    if let methods = variable.cellMethods { attributes.append(StoredAttribute(name: "cell_methods", text: methods)) }
    let chunk =
      (variable.hasTime ? [tiling.chunk.times] : []) + variable.axes.map { _ in 1 } + [tiling.chunk.rows]
      + (grid.shape.count > 1 ? [tiling.chunk.columns] : [])
    var written = RecordWriter.Variable(
      variable.name, variable.type, fill: variable.fill,
      made: (variable.hasTime ? time.map { [$0] } ?? [] : []) + variable.axes,
      chunk: chunk, attributes: attributes)
    written.flags = (variable.flagMeanings ?? []).enumerated().map { (Double($0), $1) }
    return written
  }
}

extension SeriesOutput.Description {
  /// Bytes that are kept of all blocks until the file is complete; the file takes as much at the most.
  public func blockBytes(_ partition: Partition) -> Int {
    layout.byteCount(of: SeriesBlock(cells: 0..<partition.cells.count, times: 0..<timeCount))
  }

  /// Bytes that a rank holds of the record: of a block while it is computed, then of the chunks that it makes.
  public func memoryBytes(_ partition: Partition, rank: Int) -> Int {
    // Its values, and the same as they are kept.
    let units = min(unitsOfBlock(partition), max(1, unitCount(partition)))
    let values = variables.indices.reduce(0) {
      $0 + layout.valueCount(of: $1, in: block(0..<units, partition))
    }
    let filling = 8 * values + layout.byteCount(of: block(0..<units, partition))
    let finishing = zip(variables, tilings).map { variable, tiling in
      let chunk = variable.valueBytes * tiling.chunk.count
      // A batch as values and compressed, and as a message; rank 0 has another one's message and chunks besides. One chunk as
      // elements, and shuffled.
      let batch = chunk * min(tiling.perBatch, tiling.chunkCount)
      let cells = min(tiling.chunk.rows * grid.rowLength, partition.cells.count)
      return batch * (rank == 0 ? 5 : 3) + 2 * chunk + 8 * cells
        + SeriesStore.largestRead(width: division == .cells ? 0 : partition.cells.count, variable.valueBytes)
    }
    return max(filling, finishing.max() ?? 0) + 16 * unitCount(partition)
  }
}
