/// Reads the fields of all sources step after step.
final class StepReader {
  private let months: [Month]
  private let cells: Range<Int>
  private let layout: StepFields.Layout
  private let readers: [FieldReader]
  private let files: OpenFiles

  /// A reader of the partition's cells at `cells`, which lie on `rows`.
  ///
  /// - Parameters:
  ///   - plans: those of the sources, in order.
  ///   - together: the ranks that read the same steps at the same time; nil where this one reads alone.
  ///   - inflatesChunks: whether compressed chunks are inflated here; else by HDF5's filters.
  init(
    _ catalogue: Catalogue, _ plans: [SourceReadPlan], _ partition: Partition, rows: Range<Int>, cells: Range<Int>,
    together: Communicator?, inflatesChunks: Bool
  ) {
    months = catalogue.months
    self.cells = cells
    layout = StepFields.Layout(catalogue)
    let files = OpenFiles(readers: catalogue.sources.count)
    self.files = files
    readers = zip(catalogue.sources, plans).enumerated().map { number, entry in
      let (source, plan) = entry
      // Ranks read compressed chunks and classic files on their own.
      let isCollective = source.isHDF5 && !source.isFiltered
      return FieldReader(
        source, catalogue.grid, rows: rows, cells: partition.cells[cells], together: isCollective ? together : nil,
        recordsPerRead: plan.recordsPerRead, inflatesChunks: inflatesChunks, files: files, number: number)
    }
  }

  /// Bytes that a reader of so many cells on so many rows holds.
  static func bytes(_ catalogue: Catalogue, _ plans: [SourceReadPlan], rows: Int, cells: Int) -> Int {
    zip(catalogue.sources, plans).reduce(0) { sum, entry in
      sum
        + FieldReader.bytes(
          entry.0, catalogue.grid, rows: rows, cells: cells, recordsPerRead: entry.1.recordsPerRead)
    }
  }

  /// Bytes of stored numbers read so far.
  var bytesRead: Int { readers.reduce(0) { $0 + $1.bytesRead } }

  /// Files opened so far.
  var filesOpened: Int { files.count }

  /// Reads consecutive months of the job and hands their fields over in order.
  func read(member: Int, months range: Range<Int>, _ body: (_ month: Int, _ step: StepFields) -> Void) throws {
    var fields: [UnsafePointer<Double>] = []
    for month in range {
      fields.removeAll(keepingCapacity: true)
      for reader in readers {
        try reader.load(member: member, month: month, upTo: range.upperBound)
        for field in 0..<reader.fieldCount { fields.append(reader.field(field, month: month)) }
      }
      body(month, StepFields(months[month], cells: cells, layout, fields))
    }
  }
}
