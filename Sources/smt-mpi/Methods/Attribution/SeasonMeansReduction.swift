import Distributed
import Kernels

/// Reduces the months of a year to what the attribution keeps of it: season means of each layer, or, where one ranking
/// is made from the whole record, the months themselves.
struct SeasonMeansReduction: YearReduction {
  let layers: AttributionLayers
  let seasons: Int
  let basis: SeasonBasis

  /// Values that a year leaves in a cell.
  func width(ofSource source: Int) -> Int { (basis == .year ? seasons : 12) * layers.count }

  /// The months of all layers; counts of what is there tell missing months.
  func workWidth(ofSource source: Int) -> Int { 12 * layers.count + 1 }

  func add(
    source: Int, month: Month, dayCount: Int, field: Int, _ fieldValues: UnsafePointer<Double>, cells: Range<Int>,
    to values: UnsafeMutablePointer<Double>
  ) {
    let count = cells.count
    let target = values + ((month.month - 1) * layers.count + layers.groupOfField[field]) * count
    let largest = layers.maxima.map { $0[field] } ?? .infinity
    for position in 0..<count {
      let value = fieldValues[position]
      target[position] += value <= largest ? value : .nan
    }
    // The last slot counts the months that came in.
    if field == 0 {
      let months = values + 12 * layers.count * count
      for position in 0..<count { months[position] += 1 }
    }
  }

  func finish(
    source: Int, year: Int, work: UnsafePointer<Double>, cells: Range<Int>, to values: UnsafeMutablePointer<Double>
  ) {
    let count = cells.count
    let slots = 12 * layers.count
    let isWhole = count > 0 && work[slots * count] == 12
    let width = width(ofSource: source)
    guard isWhole else {
      values.update(repeating: .nan, count: width * count)
      return
    }
    guard basis == .year else {
      values.update(from: work, count: slots * count)
      return
    }
    var reduction = SeasonReduction(layers: layers.count, groups: seasons)
    var months = [Double](repeating: 0, count: slots)
    var means = [Double](repeating: 0, count: width)
    for position in 0..<count {
      for slot in 0..<slots { months[slot] = work[slot * count + position] }
      months.withUnsafeBufferPointer { months in
        _ = means.withUnsafeMutableBufferPointer { reduction.reduce(year: months, into: $0) }
      }
      for slot in 0..<width { values[slot * count + position] = means[slot] }
    }
  }
}
