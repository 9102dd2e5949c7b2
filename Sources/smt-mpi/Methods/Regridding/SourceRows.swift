import Distributed

/// Rows of a record's fields as they are wanted, recoded.
final class SourceRows {
  private let record: RegridRecord
  private let recoding: Recoding
  private let areClasses: Bool
  private var open: (file: Int, reader: any RowReader)?
  private var values = UnsafeMutableBufferPointer<Double>(start: nil, count: 0)
  /// Where in `values` a row begins, in rows; -1 for rows that are not held.
  private var places: [Int32]
  private var held: (file: Int, field: Int, rows: [Int]) = (-1, -1, [])
  private var earlierBytes = 0

  /// - Parameter areClasses: whether values must be whole numbers.
  init(_ record: RegridRecord, _ recoding: Recoding, areClasses: Bool) {
    self.record = record
    self.recoding = recoding
    self.areClasses = areClasses
    places = [Int32](repeating: -1, count: record.headers[0].grid.rowCount)
  }

  deinit { values.deallocate() }

  /// Bytes of stored numbers read so far.
  var bytesRead: Int { earlierBytes + (open?.reader.bytesRead ?? 0) }

  /// Makes rows of a field, ascending, those that are held.
  ///
  /// - Throws: exit code 65 where they cannot be read, or hold values that are none.
  func load(_ rows: [Int], _ field: RegridRecord.Field) throws {
    guard held != (field.file, field.field, rows) else { return }
    for row in held.rows { places[row] = -1 }
    held = (-1, -1, [])
    let width = record.headers[0].grid.rowLength
    if values.count < rows.count * width {
      values.deallocate()
      values = .allocate(capacity: rows.count * width)
    }
    guard let base = values.baseAddress else { return }
    let reader = try reader(field.file)
    var index = 0
    while index < rows.count {
      var end = index + 1
      while end < rows.count, rows[end] == rows[end - 1] + 1 { end += 1 }
      try reader.read(rows: rows[index]..<rows[end - 1] + 1, field: field.field, into: base + index * width)
      index = end
    }
    try check(UnsafeMutableBufferPointer(start: base, count: rows.count * width), field)
    for (place, row) in rows.enumerated() { places[row] = Int32(place) }
    held = (field.file, field.field, rows)
  }

  /// A row that is held.
  func row(_ row: Int) -> UnsafePointer<Double> {
    guard let base = values.baseAddress, places[row] >= 0 else { preconditionFailure("row \(row) was not loaded") }
    return UnsafePointer(base) + Int(places[row]) * record.headers[0].grid.rowLength
  }

  private func reader(_ file: Int) throws -> any RowReader {
    if let open, open.file == file { return open.reader }
    earlierBytes = bytesRead
    open = nil
    let reader = try record.headers[file].rows()
    open = (file, reader)
    return reader
  }

  private func check(_ values: UnsafeMutableBufferPointer<Double>, _ field: RegridRecord.Field) throws {
    if !recoding.isEmpty {
      for index in values.indices where !values[index].isNaN { values[index] = recoding(values[index]) }
    }
    let largest = values.reduce(0) { abs($1) > $0 ? abs($1) : $0 }
    let header = record.headers[field.file]
    guard largest < StoredValues.implausible else {
      throw JobError(
        .inputData,
        "\(header.path): '\(header.name)' holds \(largest), which is no value; if it means missing, give "
          + "--fill \(largest)")
    }
    guard areClasses, let value = values.first(where: { !$0.isNaN && $0 != $0.rounded() }) else { return }
    throw JobError(
      .inputData,
      "\(header.path): '\(header.name)' holds \(value); expected classes, which are whole numbers; for continuous maps "
        + "there are --method mean, bilinear and nearest")
  }
}
