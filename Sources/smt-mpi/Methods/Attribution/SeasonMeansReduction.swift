import Distributed
import Kernels

/// Reduces the months of a year to what the attribution keeps of it: season means of each layer, or, where one ranking
/// is made from the whole record, the months themselves.
struct SeasonMeansReduction: Reduction {
  let layers: AttributionLayers
  let seasons: Int
  let basis: SeasonBasis

  /// Values that a year leaves in a cell.
  var width: Int { (basis == .year ? seasons : 12) * layers.count }

  /// The months of all layers; counts of what is there tell missing months.
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
    // The last slot counts the months that came in.
    let months = values[12 * layers.count]
    for position in months.indices { months[position] += 1 }
  }

  func finish(year: Int, work: CellBlock, cells: Range<Int>, to values: CellBlock) {
    let slots = 12 * layers.count
    let isWhole = !cells.isEmpty && work[slots][0] == 12
    let width = width
    guard isWhole else {
      for slot in 0..<width {
        for position in 0..<cells.count { values[slot][position] = .nan }
      }
      return
    }
    guard basis == .year else {
      for slot in 0..<slots {
        for position in 0..<cells.count { values[slot][position] = work[slot][position] }
      }
      return
    }
    var reduction = SeasonReduction(layers: layers.count, groups: seasons)
    var months = [Double](repeating: 0, count: slots)
    var means = [Double](repeating: 0, count: width)
    for position in 0..<cells.count {
      for slot in 0..<slots { months[slot] = work[slot][position] }
      months.withUnsafeBufferPointer { months in
        _ = means.withUnsafeMutableBufferPointer { reduction.reduce(year: months, into: $0) }
      }
      for slot in 0..<width { values[slot][position] = means[slot] }
    }
  }
}
