import VectorisedLayout

extension Functions {
  package static func writeScaled(
    _ series: UnsafePointer<SeriesMemory>, _ numbers: UnsafePointer<Double>, scale: Double, filler: Float,
    row number: Int
  ) {
    let series = series.pointee
    let (row, count) = (series.row(number), series.count)
    for index in 0..<count { row[index] = Float(numbers[index] * scale) }
    for index in count..<(count + 2 * Lanes.scalarCount) { row[index] = filler }
  }

  // Behind the series, times are zeros and distances from the line NaN, two vectors' lengths of them.
  package static func writeResiduals(_ series: UnsafePointer<SeriesMemory>, slope: Float, row number: Int) {
    let series = series.pointee
    let (times, values) = (series.constantRow(SeriesMemory.Row.times), series.constantRow(SeriesMemory.Row.line))
    let (residuals, count) = (series.row(number), series.count)
    var index = 0
    while index < count + Lanes.scalarCount {
      residuals.store(values.lanes(index) - slope * times.lanes(index), index)
      index += Lanes.scalarCount
    }
  }

  package static func writeShifted(
    _ series: UnsafePointer<SeriesMemory>, row number: Int, by shift: Float, to target: Int
  ) {
    let series = series.pointee
    let (row, shifted, count) = (series.constantRow(number), series.row(target), series.count)
    var index = 0
    while index < count {
      shifted.store(row.lanes(index) + shift, index)
      index += Lanes.scalarCount
    }
  }
}
