/// Reads the fields of all sources step after step.
final class StepReader {
  private let steps: [Step]
  private let cells: Range<Int>
  private let layout: StepFields.Layout
  private let readers: [SourceReader]
  private let files: OpenFiles

  /// A reader of a region's cells.
  ///
  /// - Parameters:
  ///   - plans: those of the sources, in order.
  ///   - together: the ranks that read the same steps at the same time; nil where this one reads alone.
  ///   - inflatesChunks: whether compressed chunks are inflated here; else by HDF5's filters.
  init(
    _ catalogue: Catalogue, _ plans: [SourceReadPlan], _ region: ReadRegion, together: Communicator?,
    inflatesChunks: Bool
  ) {
    steps = catalogue.steps
    cells = region.cells.indices
    layout = StepFields.Layout(catalogue)
    let files = OpenFiles(readers: catalogue.sources.count)
    self.files = files
    readers = zip(catalogue.sources, plans).enumerated().map { number, entry in
      let (source, plan) = entry
      // Ranks read compressed chunks and classic files on their own.
      let isCollective = source.isHDF5 && !source.isFiltered
      return SourceReader(
        source,
        FieldReader(
          source, region, together: isCollective ? together : nil, stepsPerRead: plan.stepsPerRead,
          inflatesChunks: inflatesChunks, file: files.slot(number)),
        cells: region.cells.count)
    }
  }

  /// Bytes that a reader of so many cells on so many rows holds.
  static func bytes(_ catalogue: Catalogue, _ plans: [SourceReadPlan], rows: Int, cells: Int) -> Int {
    zip(catalogue.sources, plans).reduce(0) { sum, entry in
      sum
        + FieldReader.bytes(
          entry.0, catalogue.grid, rows: rows, cells: cells, stepsPerRead: entry.1.stepsPerRead)
        + SourceReader.bytes(entry.0, cells: cells)
    }
  }

  /// Bytes of stored numbers read so far.
  var bytesRead: Int { readers.reduce(0) { $0 + $1.bytesRead } }

  /// Files opened so far.
  var filesOpened: Int { files.count }

  /// Reads consecutive steps of the job and hands their fields over in order.
  func read(member: Int, steps range: Range<Int>, _ body: (_ index: Int, _ step: StepFields) -> Void) throws {
    var fields: [UnsafePointer<Double>] = []
    for index in range {
      fields.removeAll(keepingCapacity: true)
      for reader in readers {
        try reader.load(member: member, step: index, upTo: range.upperBound)
        for field in 0..<reader.fieldCount { fields.append(reader.field(field, step: index)) }
      }
      body(index, StepFields(steps[index], at: index, cells: cells, layout, fields))
    }
  }
}

/// Reads one source step after step of the job: steps of the record as they are, or months made of finer ones.
final class SourceReader {
  private let source: SourceCatalogue
  private let reader: FieldReader
  private let months: MonthMaker?

  /// A reader of a source on this many cells.
  init(_ source: SourceCatalogue, _ reader: FieldReader, cells: Int) {
    self.source = source
    self.reader = reader
    months = source.parts.map { MonthMaker($0, fieldCount: source.fieldCount, cells: cells) }
  }

  /// Bytes that it holds besides those of its reader.
  static func bytes(_ source: SourceCatalogue, cells: Int) -> Int {
    source.parts.map { MonthMaker.bytes($0, fieldCount: source.fieldCount, cells: cells) } ?? 0
  }

  /// Bytes of stored numbers read so far.
  var bytesRead: Int { reader.bytesRead }

  /// The number of fields of a step.
  var fieldCount: Int { reader.fieldCount }

  /// Reads a step of the job; those up to `end` may be read with it.
  func load(member: Int, step: Int, upTo end: Int) throws {
    guard let months else { return try reader.load(member: member, position: step, upTo: end) }
    let last = source.positions(ofStep: end - 1, member: member).upperBound
    try months.make(step, member: member) { position, add in
      try reader.load(member: member, position: position, upTo: last)
      for field in 0..<fieldCount { add(field, reader.field(field, position: position)) }
    }
  }

  /// A field of the step that was read last, by cell.
  func field(_ field: Int, step: Int) -> UnsafePointer<Double> {
    months?.field(field) ?? reader.field(field, position: step)
  }
}
