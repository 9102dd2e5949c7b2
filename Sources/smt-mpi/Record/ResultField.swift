import Distributed

/// A variable of a method's output: its description, and where in a cell's row its numbers are.
struct ResultField {
  var name: String
  var units: String
  var longName: String
  var axes: [MapAxis] = []
  var flagMeanings: [String]?
  var isCount = false
  var range: Range<Int>
}

extension [ResultField] {
  /// Numbers of a row and period.
  var length: Int { last?.range.upperBound ?? 0 }

  /// Adds a field whose numbers follow those of the fields before.
  mutating func add(
    _ name: String, _ units: String, _ longName: String, _ axes: [MapAxis] = [], flags: [String]? = nil,
    isCount: Bool = false
  ) {
    let start = length
    let count = axes.reduce(1) { $0 * $1.values.count }
    append(
      ResultField(
        name: name, units: units, longName: longName, axes: axes, flagMeanings: flags, isCount: isCount,
        range: start..<start + count))
  }
}
