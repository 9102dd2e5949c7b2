import Distributed
import Kernels

/// Reduces the months of a year to the season means of each layer, or, where one ranking is made from the whole record, keeps
/// the months themselves.
struct WetnessSeasonsReduction: Reduction {
  let layers: MoistureLayers
  let seasons: Int
  let basis: SeasonBasis

  /// Values that a year leaves in a cell: by season, or by month, and layer.
  var width: Int { (basis == .year ? seasons : 12) * layers.count }

  /// The months of all layers; the last slot counts those that came in.
  var workWidth: Int { 12 * layers.count + 1 }

  func add(_ step: StepFields, to values: CellBlock) {
    for number in 0..<step.fieldCount(ofSource: 0) {
      let field = step.field(number, ofSource: 0)
      let target = values[(step.month.month - 1) * layers.count + layers.groupOfField[number]]
      let largest = layers.maxima.map { $0[number] } ?? .infinity
      for position in field.indices {
        let value = field[position]
        target[position] += value <= largest ? value : .nan
      }
    }
    let months = values[12 * layers.count]
    for position in months.indices { months[position] += 1 }
  }

  func finish(year: Int, work: CellBlock, cells: Range<Int>, to values: CellBlock) {
    finish(work: work, to: values) { _, _ in }
  }

  /// The same, with a look at how each cell's months were ranked.
  ///
  /// - Parameter rank: is handed the season of each month of a cell whose year is complete; not called for a ranking of the
  ///   whole record.
  func finish(work: CellBlock, to values: CellBlock, rank: (_ position: Int, _ ranking: SeasonRanking) -> Void) {
    let (slots, width, cellCount) = (12 * layers.count, width, values.cellCount)
    guard cellCount > 0, work[slots][0] == 12 else {
      for slot in 0..<width { values[slot].fill(.nan) }
      return
    }
    guard basis == .year else {
      for slot in 0..<slots { values[slot].copy(work[slot]) }
      return
    }
    var reduction = SeasonReduction(layers: layers.count, groups: seasons)
    var months = [Double](repeating: 0, count: slots)
    var means = [Double](repeating: 0, count: width)
    for position in 0..<cellCount {
      for slot in 0..<slots { months[slot] = work[slot][position] }
      let isComplete = months.withUnsafeBufferPointer { months in
        means.withUnsafeMutableBufferPointer { reduction.reduce(year: months, into: $0) }
      }
      for slot in 0..<width { values[slot][position] = means[slot] }
      if isComplete { rank(position, reduction.ranking) }
    }
  }
}
