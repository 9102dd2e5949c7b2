/// Reads one record of a source: its steps, or months made of them, on the job's grid.
final class RecordReader {
  private let record: RecordCatalogue
  private let reader: FieldReader
  private let regridder: FieldRegridder?
  private let months: MonthMaker?

  /// A reader of a region's cells.
  ///
  /// - Parameters:
  ///   - regridding: brings fields to the region's grid where the record lies on another one.
  ///   - makesMonths: whether months are made of the record's steps here, where they are finer.
  /// - Throws: exit code 65 where the record cannot be brought to the grid.
  init(
    _ record: RecordCatalogue, _ region: ReadRegion, _ regridding: FieldRegridding?, together: Communicator?,
    _ plan: SourceReadPlan, makesMonths: Bool = false, inflatesChunks: Bool = true,
    file: OpenFiles.Slot = OpenFiles(readers: 1).slot(0)
  ) throws {
    self.record = record
    regridder = try record.ownGrid.map { try FieldRegridder(record, from: $0, to: region, regridding) }
    reader = FieldReader(
      record, record.ownGrid.map(ReadRegion.init(whole:)) ?? region, together: together,
      stepsPerRead: plan.stepsPerRead, inflatesChunks: inflatesChunks,
      file: file)
    let parts = makesMonths ? record.parts : nil
    months = parts.map { MonthMaker($0, fieldCount: record.fieldCount, cells: region.cells.count) }
  }

  /// Bytes that a reader of so many cells on so many rows of the job's grid holds.
  static func bytes(
    _ record: RecordCatalogue, _ grid: Grid, rows: Int, cells: Int, makesMonths: Bool, stepsPerRead: Int
  ) -> Int {
    let parts = makesMonths ? record.parts : nil
    let months = parts.map { MonthMaker.bytes($0, fieldCount: record.fieldCount, cells: cells) } ?? 0
    guard let own = record.ownGrid else {
      return months + FieldReader.bytes(record, grid, rows: rows, cells: cells, stepsPerRead: stepsPerRead)
    }
    return months + FieldRegridder.bytes(record, to: grid, cells: cells)
      + FieldReader.bytes(record, own, rows: own.rowCount, cells: own.cellCount, stepsPerRead: stepsPerRead)
  }

  /// Bytes of stored numbers read so far.
  var bytesRead: Int { reader.bytesRead }

  /// Reads the step at a position of the member's places; those up to `end` may be read with it.
  func read(member: Int, position: Int, upTo end: Int) throws {
    try reader.load(member: member, position: position, upTo: end)
    regridder?.regrid { reader.field($0, position: position) }
  }

  /// Reads a step of the job; those up to `end` may be read with it.
  func load(member: Int, step: Int, upTo end: Int) throws {
    guard let months else { return try read(member: member, position: step, upTo: end) }
    let last = record.positions(ofStep: end - 1, member: member).upperBound
    try months.make(step, member: member) { position, add in
      try read(member: member, position: position, upTo: last)
      for field in 0..<record.fieldCount { add(field, stepField(field, position: position)) }
    }
  }

  /// A field of the month that was made last, or of the step at a position, which was read last, by cell.
  func field(_ field: Int, position: Int) -> UnsafePointer<Double> {
    months?.field(field) ?? stepField(field, position: position)
  }

  private func stepField(_ field: Int, position: Int) -> UnsafePointer<Double> {
    regridder?.field(field) ?? reader.field(field, position: position)
  }
}

/// Brings the fields of a step from the grid of a record to cells of the job's.
private final class FieldRegridder {
  private let way: FieldRegridding.Way
  private let region: ReadRegion
  private let fieldCount: Int
  /// A row of the job's grid.
  private let row: Block
  /// The fields of the step, by field and cell.
  private let fields: Block

  /// Room for the fields of a step.
  ///
  /// - Throws: exit code 65 where there is no way.
  init(_ record: RecordCatalogue, from own: Grid, to region: ReadRegion, _ regridding: FieldRegridding?) throws {
    guard let way = try regridding?.way((own, record.files[0].path), (region.grid, "the job")) else {
      throw JobError(.internal, "\(record.name): nothing brings it to the grid of the job")
    }
    self.way = way
    self.region = region
    fieldCount = record.fieldCount
    row = Block(capacity: region.grid.rowLength)
    fields = Block(capacity: fieldCount * region.cells.count)
  }

  /// Bytes that it holds.
  static func bytes(_ record: RecordCatalogue, to grid: Grid, cells: Int) -> Int {
    8 * (grid.rowLength + record.fieldCount * cells)
  }

  /// A field that was brought over last, by cell.
  func field(_ field: Int) -> UnsafePointer<Double> { UnsafePointer(fields.pointer + field * region.cells.count) }

  /// Brings a step over, each field of which `source` gives on all cells of its own grid.
  func regrid(_ source: (Int) -> UnsafePointer<Double>) {
    let length = region.grid.rowLength
    for number in 0..<fieldCount {
      let field = source(number)
      var target = fields.pointer + number * region.cells.count
      var current = -1
      for cell in region.cells {
        if cell / length != current {
          current = cell / length
          way.makeRow(field, current, row.pointer)
        }
        target.pointee = row.pointer[cell % length]
        target += 1
      }
    }
  }
}
