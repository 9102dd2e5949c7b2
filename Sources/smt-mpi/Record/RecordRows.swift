import Distributed
import Kernels

/// What is where in the row of a cell: the numbers of the fields, period after period, then the value of each year.
struct RecordRows {
  let fields: [ResultField]
  let periods: [ClosedRange<Int>]
  /// All years of the record.
  let years: [Int]

  /// Numbers of a row.
  var length: Int { fields.length * periods.count + years.count }

  /// Place of a number of a field, which must be there, in a period.
  func place(_ name: String, _ index: Int = 0, period: Int) -> Int {
    let field = field(name)
    precondition(index < field.range.count, "\(name) has \(field.range.count) numbers")
    return period * fields.length + field.range.lowerBound + index
  }

  /// Place of the value of a year, by its position in the record.
  func place(ofYear year: Int) -> Int { fields.length * periods.count + year }

  /// The field of this name, which must be there.
  func field(_ name: String) -> ResultField {
    guard let field = fields.first(where: { $0.name == name }) else { preconditionFailure("no field '\(name)'") }
    return field
  }

  /// All numbers of a field in a period, each as a field of the grid.
  func quantities(_ field: ResultField, period: Int) -> [CellQuantity] {
    (0..<field.range.count).map { index in
      let place = place(field.name, index, period: period)
      return { $0[place] }
    }
  }

  /// The row of a cell that has nothing but a status.
  func row(_ status: some ResultStatus) -> [Double] {
    var row = [Double](repeating: .nan, count: length)
    for period in periods.indices { row[place("status", period: period)] = Double(status.rawValue) }
    return row
  }
}
