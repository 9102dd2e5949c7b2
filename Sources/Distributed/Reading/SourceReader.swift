/// Reads one source step after step of the job: steps of its record as they are, or months made of finer ones; of several
/// records what joins them.
///
/// Records are joined step by step where they have the same steps, else month by month.
final class SourceReader {
  private let source: SourceCatalogue
  private let records: [RecordReader]
  private let joiner: FieldJoiner?
  /// Makes months of the steps of all records.
  private let months: MonthMaker?

  /// A reader of a source on this many cells, of whose records there are readers.
  init(_ source: SourceCatalogue, _ records: [RecordReader], cells: Int) {
    self.source = source
    self.records = records
    joiner = source.joint.map { FieldJoiner($0, fieldCount: source.fieldCount, cells: cells) }
    let parts = source.sharesSteps ? source.records[0].parts : nil
    months = parts.map { MonthMaker($0, fieldCount: source.fieldCount, cells: cells) }
  }

  /// Bytes that it holds besides those of the readers of its records.
  static func bytes(_ source: SourceCatalogue, cells: Int) -> Int {
    let parts = source.sharesSteps ? source.records[0].parts : nil
    let months = parts.map { MonthMaker.bytes($0, fieldCount: source.fieldCount, cells: cells) } ?? 0
    return months + (source.joint.map { FieldJoiner.bytes($0, fieldCount: source.fieldCount, cells: cells) } ?? 0)
  }

  /// Bytes of stored numbers read so far.
  var bytesRead: Int { records.reduce(0) { $0 + $1.bytesRead } }

  /// The number of fields of a step.
  var fieldCount: Int { source.fieldCount }

  /// Reads a step of the job; those up to `end` may be read with it.
  func load(member: Int, step: Int, upTo end: Int) throws {
    guard let months else {
      for record in records { try record.load(member: member, step: step, upTo: end) }
      join { $0.field($1, position: step) }
      return
    }
    let last = source.records[0].positions(ofStep: end - 1, member: member).upperBound
    try months.make(step, member: member) { position, add in
      for record in records { try record.read(member: member, position: position, upTo: last) }
      join { $0.field($1, position: position) }
      for number in 0..<fieldCount {
        add(number, joiner?.field(number) ?? records[0].field(number, position: position))
      }
    }
  }

  private func join(_ field: (_ record: RecordReader, _ number: Int) -> UnsafePointer<Double>) {
    guard let joiner else { return }
    for number in 0..<fieldCount { joiner.join(number) { field(records[$0], number) } }
  }

  /// A field of the step that was read last, by cell.
  func field(_ field: Int, step: Int) -> UnsafePointer<Double> {
    months?.field(field) ?? joiner?.field(field) ?? records[0].field(field, position: step)
  }
}
