import Distributed
import Kernels

/// The numbers of all cells and periods on rank 0: `values[period][number][cell]`.
struct AttributionMaps {
  let fields: [AttributionFields.Field]
  let periods: [ClosedRange<Int>]
  let cellCount: Int
  private let length: Int
  private var values: [Double]

  /// Maps in which only the status of cells that are not worked on is known.
  init(
    _ layout: AttributionFields, periods: [ClosedRange<Int>], grid: Grid, statusOfOthers: [AttributionStatus], isRoot: Bool
  ) {
    fields = layout.fields
    length = layout.length
    self.periods = periods
    cellCount = grid.cellCount
    values = [Double](repeating: .nan, count: isRoot ? periods.count * length * grid.cellCount : 0)
    guard isRoot else { return }
    for period in periods.indices {
      for (cell, status) in statusOfOthers.enumerated() {
        values[period * length * cellCount + cell] = Double(status.rawValue)
      }
    }
  }

  /// Puts the row of a cell, period after period.
  mutating func set(_ cell: Int, row: ArraySlice<Double>) {
    for (index, value) in row.enumerated() { values[index * cellCount + cell] = value }
  }

  /// All numbers of a field in a period: its axes' indices slowest, cells fastest.
  func values(_ field: AttributionFields.Field, period: Int) -> [Double] {
    let start = (period * length + field.range.lowerBound) * cellCount
    return Array(values[start..<start + field.range.count * cellCount])
  }

  /// The field of this name.
  func field(_ name: String) -> AttributionFields.Field? { fields.first { $0.name == name } }

  /// The numbers of one index of a field's axes, by cell; all NaN where there is no such field.
  func map(_ name: String, _ index: Int = 0, period: Int) -> ArraySlice<Double> {
    guard let field = field(name) else { return [] }
    let start = (period * length + field.range.lowerBound + index) * cellCount
    return values[start..<start + cellCount]
  }
}
