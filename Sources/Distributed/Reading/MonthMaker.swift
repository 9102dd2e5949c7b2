/// Makes the fields of a month of those of finer steps: for each cell the mean over the steps that are not missing there, by
/// their parts of the month, or that of amounts times their number.
final class MonthMaker {
  private let parts: MonthParts
  private let fieldCount: Int
  private let cells: Int
  /// Weighted sums, then means, by field and cell.
  private let sums: Block
  /// Their weights.
  private let weights: Block
  /// Seconds of the month with values, where weights are something else.
  private let seconds: Block?

  /// Room for one month.
  init(_ parts: MonthParts, fieldCount: Int, cells: Int) {
    self.parts = parts
    self.fieldCount = fieldCount
    self.cells = cells
    sums = Block(capacity: fieldCount * cells)
    weights = Block(capacity: fieldCount * cells)
    seconds = parts.statistic == .sum ? Block(capacity: fieldCount * cells) : nil
  }

  /// Bytes that it holds.
  static func bytes(_ parts: MonthParts, fieldCount: Int, cells: Int) -> Int {
    8 * fieldCount * cells * (parts.statistic == .sum ? 3 : 2)
  }

  /// A field of the month that was made last, by cell; NaN where too little of the month has values.
  func field(_ field: Int) -> UnsafePointer<Double> { UnsafePointer(sums.pointer + field * cells) }

  /// Makes a month of the job.
  ///
  /// - Parameter read: reads the step at a position of the member's places and hands the values of each field to `add`.
  func make(
    _ month: Int, member: Int,
    _ read: (_ position: Int, _ add: (_ field: Int, _ values: UnsafePointer<Double>) -> Void) throws -> Void
  ) throws {
    for block in [sums, weights, seconds] { block?.pointer.update(repeating: 0, count: fieldCount * cells) }
    for position in parts.members[member].parts(ofMonth: month) {
      let weight = parts.weight(position, member: member)
      let length = Double(parts.members[member].seconds[position])
      try read(position) { field, values in add(values, weight: weight, seconds: length, at: field * cells) }
    }
    let needed = parts.neededSeconds(ofMonth: month)
    let factor = parts.statistic == .sum ? parts.stepCount(ofMonth: month, member: member) : 1
    let (sums, weights, seconds) = (sums.pointer, weights.pointer, (seconds ?? weights).pointer)
    for place in 0..<fieldCount * cells {
      let isEnough = weights[place] > 0 && seconds[place] >= needed
      sums[place] = isEnough ? sums[place] / weights[place] * factor : .nan
    }
  }

  private func add(_ values: UnsafePointer<Double>, weight: Double, seconds length: Double, at start: Int) {
    let (sums, weights) = (sums.pointer + start, weights.pointer + start)
    for cell in 0..<cells {
      let value = values[cell]
      let isThere = !value.isNaN
      sums[cell] += isThere ? weight * value : 0
      weights[cell] += isThere ? weight : 0
    }
    guard let seconds else { return }
    let lengths = seconds.pointer + start
    for cell in 0..<cells { lengths[cell] += values[cell].isNaN ? 0 : length }
  }
}
