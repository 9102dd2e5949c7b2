/// Reads fields of one source on a range of rows: opens files as they come, combines variables and layers, and turns
/// what is missing into NaN.
final class FieldReader {
  private let source: SourceCatalogue
  private let grid: Grid
  private let rows: Range<Int>
  /// The ranks that read together; nil where this one reads alone.
  private let together: Communicator?
  private let recordsPerRead: Int
  /// Takes the chunks of compressed variables apart; nil where all is left to the library.
  private let chunks: ChunkReader?
  /// Cells wanted, counted from the first cell of `rows`.
  private let cells: [Int]
  private let buffer: UnsafeMutableRawPointer
  /// Fields of the records of one read call, by field, record and cell.
  private let fields: Block
  /// Sums of the weights of the layers that are present, where a field is a mean; as `fields`.
  private let weightSums: Block?
  private var openFile: OpenFile?
  /// Bytes of stored numbers read so far.
  private(set) var bytesRead = 0
  /// Files opened so far.
  private(set) var filesOpened = 0

  private enum OpenFile {
    case hdf5(Int, HDF5File)
    case netCDF(Int, NetCDFFile)

    var index: Int {
      switch self {
      case .hdf5(let index, _), .netCDF(let index, _): index
      }
    }
  }

  /// A reader of the cells given, which lie on `rows`.
  ///
  /// With `together` all its ranks read the same records at the same time, each on its own rows, which may be none. Where
  /// one of them fails all throw: another would wait in the next collective call for it. Without `inflatesChunks` HDF5's
  /// own filters read compressed variables, too.
  init(
    _ source: SourceCatalogue, _ grid: Grid, rows: Range<Int>, cells: ArraySlice<Int>, together: Communicator?,
    recordsPerRead: Int, inflatesChunks: Bool = true
  ) {
    self.source = source
    self.grid = grid
    self.rows = rows
    self.together = together
    self.recordsPerRead = recordsPerRead
    chunks = inflatesChunks ? ChunkReader() : nil
    let first = rows.lowerBound * grid.rowLength
    self.cells = cells.map { $0 - first }
    buffer = .allocate(
      byteCount: max(8, recordsPerRead * source.largestRecordBytes(rows: rows.count, on: grid)), alignment: 64)
    let capacity = source.fields.count * recordsPerRead * cells.count
    fields = Block(capacity: capacity)
    weightSums = source.hasMeans ? Block(capacity: capacity) : nil
  }

  deinit { buffer.deallocate() }

  /// Bytes that a reader holds.
  static func bytes(_ source: SourceCatalogue, _ grid: Grid, rows: Int, cells: Int, recordsPerRead: Int) -> Int {
    let fieldBytes = 8 * cells * source.fields.count * (source.hasMeans ? 2 : 1)
    return recordsPerRead * (source.largestRecordBytes(rows: rows, on: grid) + fieldBytes)
      + ChunkReader.bytes(chunk: source.largestChunkBytes)
  }

  /// Reads the fields of consecutive months of the job and hands them over in order, each by cell.
  func read(
    member: Int, months: Range<Int>, _ body: (_ month: Int, _ field: Int, _ values: UnsafePointer<Double>) -> Void
  ) throws {
    let records = source.records[member]
    var month = months.lowerBound
    while month < months.upperBound {
      // A run of records that lie one after the other in a file is one read call.
      let first = records[month]
      var count = 1
      while month + count < months.upperBound, count < recordsPerRead, records[month + count].file == first.file,
        records[month + count].index == first.index + (first.isGap ? 0 : count)
      { count += 1 }
      if first.isGap {
        setMissing(count: count)
      } else {
        try read(member: member, first, count: count)
      }
      for index in 0..<count {
        for field in source.fields.indices {
          body(month + index, field, UnsafePointer(fields.pointer + offset(field, index)))
        }
      }
      month += count
    }
  }

  private func setMissing(count: Int) {
    for field in source.fields.indices {
      (fields.pointer + offset(field, 0)).update(repeating: .nan, count: count * cells.count)
    }
  }

  /// Where in `fields` and `weightSums` a field of a record begins.
  private func offset(_ field: Int, _ record: Int) -> Int { (field * recordsPerRead + record) * cells.count }

  private func read(member: Int, _ record: SourceCatalogue.Record, count: Int) throws {
    let description = source.description(of: record)
    for field in source.fields.indices {
      (fields.pointer + offset(field, 0)).update(repeating: 0, count: count * cells.count)
      if let weightSums {
        (weightSums.pointer + offset(field, 0)).update(repeating: 0, count: count * cells.count)
      }
    }
    for (index, levels) in source.levelsByVariable {
      let variable = description.variables[index]
      let slab = Hyperslab(
        variable, levels: levels, grid, rows: rows, member: source.memberIndices[member], record: record.index,
        count: count)
      let type = ElementType(variable.stored.type)
      try load(slab, type, record, description)
      for (number, field) in source.fields.enumerated() {
        for part in field.parts where part.variable == index {
          for record in 0..<count {
            let place = offset(number, record)
            let (sums, weights) = (fields.pointer + place, field.isMean ? weightSums.map { $0.pointer + place } : nil)
            let first = part.firstLevel - levels.lowerBound
            switch type {
            case .float:
              slab.add(
                record: record, firstLevel: first, weights: part.weights, of: elements(Float.self), at: cells, to: sums,
                weightSums: weights)
            case .double:
              slab.add(
                record: record, firstLevel: first, weights: part.weights, of: elements(Double.self), at: cells,
                to: sums,
                weightSums: weights)
            }
          }
        }
      }
    }
    guard let weightSums else { return }
    for (number, field) in source.fields.enumerated() where field.isMean {
      let (sums, weights) = (fields.pointer + offset(number, 0), weightSums.pointer + offset(number, 0))
      for position in 0..<count * cells.count {
        sums[position] = weights[position] > 0 ? sums[position] / weights[position] : .nan
      }
    }
  }

  private func elements<Element>(_ type: Element.Type) -> UnsafePointer<Element> {
    UnsafePointer(buffer.assumingMemoryBound(to: type))
  }

  private func load(
    _ slab: Hyperslab, _ type: ElementType, _ record: SourceCatalogue.Record, _ description: FileDescription
  ) throws {
    guard together != nil || slab.elementCount > 0 else { return }
    try allOrNone { try open(record.file, description) }
    bytesRead += slab.elementCount * type.byteCount
    switch openFile {
    case .hdf5(_, let file):
      try allOrNone {
        try file.read(slab.variable.name, start: slab.start, count: slab.count, type: type, by: chunks, into: buffer)
      }
    case .netCDF(_, let file):
      let variable = try file.requiredVariable(slab.variable.name)
      let (start, count) = (slab.start, slab.count)
      switch type {
      case .float: try file.read(variable, start: start, count: count, into: buffer.assumingMemoryBound(to: Float.self))
      case .double:
        try file.read(variable, start: start, count: count, into: buffer.assumingMemoryBound(to: Double.self))
      }
    case nil: break
    }
  }

  private func allOrNone(_ body: () throws -> Void) throws {
    guard let together else { return try body() }
    try together.together(body)
  }

  private func open(_ index: Int, _ description: FileDescription) throws {
    guard openFile?.index != index else { return }
    // The old file is closed first: with thousands of files, few may be open at a time.
    openFile = nil
    let path = source.files[index].path
    openFile =
      description.format.isHDF5
      ? .hdf5(index, try HDF5File(path, parallel: together != nil)) : .netCDF(index, try NetCDFFile(path))
    filesOpened += 1
  }
}
