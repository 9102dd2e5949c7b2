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
  ///   - plans: those of the records of all sources, in order.
  ///   - together: the ranks that read the same steps at the same time; nil where this one reads alone.
  ///   - inflatesChunks: whether compressed chunks are inflated here; else by HDF5's filters.
  /// - Throws: exit code 65 where a source cannot be brought to the grid.
  init(
    _ catalogue: Catalogue, _ plans: [SourceReadPlan], _ region: ReadRegion, together: Communicator?,
    inflatesChunks: Bool
  ) throws {
    steps = catalogue.steps
    cells = region.cells.indices
    layout = StepFields.Layout(catalogue)
    let files = OpenFiles(readers: plans.count)
    self.files = files
    var number = 0
    readers = try catalogue.sources.map { source in
      let records = try source.records.map { record in
        defer { number += 1 }
        // Ranks read compressed chunks and classic files on their own.
        let isCollective = record.isHDF5 && !record.isFiltered
        return try RecordReader(
          record, region, source.regridding, together: isCollective ? together : nil, plans[number],
          makesMonths: !source.sharesSteps, inflatesChunks: inflatesChunks, file: files.slot(number))
      }
      return SourceReader(source, records, cells: region.cells.count)
    }
  }

  /// Bytes that a reader of so many cells on so many rows holds.
  static func bytes(_ catalogue: Catalogue, _ plans: [SourceReadPlan], rows: Int, cells: Int) -> Int {
    let records = catalogue.sources.flatMap { source in source.records.map { ($0, makesMonths: !source.sharesSteps) } }
    return zip(records, plans).reduce(0) { sum, entry in
      sum
        + RecordReader.bytes(
          entry.0.0, catalogue.grid, rows: rows, cells: cells, makesMonths: entry.0.makesMonths,
          stepsPerRead: entry.1.stepsPerRead)
    } + catalogue.sources.reduce(0) { $0 + SourceReader.bytes($1, cells: cells) }
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
