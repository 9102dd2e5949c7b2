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

/// What a run tells about its maps.
protocol ResultSummary {
  /// Cells by name of their status, of the last period.
  var statusCounts: [String: Int] { get }
  /// Numbers for the report.
  var results: [String: Double] { get }
  /// Sequences of numbers for the report.
  var series: [String: [Double]] { get }
  /// The lines of the terminal.
  var text: String { get }
}

/// The numbers of all cells on rank 0: `values[period][number][cell]`, then the yearly values `values[year][cell]`.
struct ResultMaps {
  let fields: [ResultField]
  let periods: [ClosedRange<Int>]
  /// All years of the record.
  let years: [Int]
  let cellCount: Int
  private let length: Int
  private var values: [Double]

  /// Maps in which only the status of cells that are not worked on is known; it is the first field.
  init(
    _ fields: [ResultField], periods: [ClosedRange<Int>], years: [Int], grid: Grid, statusOfOthers: [UInt8],
    isRoot: Bool
  ) {
    self.fields = fields
    length = fields.length
    self.periods = periods
    self.years = years
    cellCount = grid.cellCount
    values = [Double](repeating: .nan, count: isRoot ? (periods.count * length + years.count) * grid.cellCount : 0)
    guard isRoot else { return }
    for period in periods.indices {
      for (cell, status) in statusOfOthers.enumerated() {
        values[period * length * cellCount + cell] = Double(status)
      }
    }
  }

  /// Puts the row of a cell: period after period, then the yearly values.
  mutating func set(_ cell: Int, row: ArraySlice<Double>) {
    for (index, value) in row.enumerated() { values[index * cellCount + cell] = value }
  }

  /// All numbers of a field in a period: its axes' indices slowest, cells fastest.
  func values(_ field: ResultField, period: Int) -> [Double] {
    let start = (period * length + field.range.lowerBound) * cellCount
    return Array(values[start..<start + field.range.count * cellCount])
  }

  /// The field of this name.
  func field(_ name: String) -> ResultField? { fields.first { $0.name == name } }

  /// The numbers of one index of a field's axes, by cell; all NaN where there is no such field.
  func map(_ name: String, _ index: Int = 0, period: Int) -> ArraySlice<Double> {
    guard let field = field(name) else { return [] }
    let start = (period * length + field.range.lowerBound + index) * cellCount
    return values[start..<start + cellCount]
  }

  /// The yearly values of a year, by its position in the record.
  func yearly(_ year: Int) -> ArraySlice<Double> {
    let start = (periods.count * length + year) * cellCount
    return values[start..<start + cellCount]
  }

  /// Cells by name of their status in a period.
  func statusCounts(period: Int, _ name: (UInt8) -> String?) -> [String: Int] {
    var counts: [String: Int] = [:]
    for value in map("status", period: period) {
      counts[name(UInt8(value)) ?? "unknown", default: 0] += 1
    }
    return counts
  }
}

/// Means of a map over the cells that have a value: weighted by area, and of all cells alike.
struct MapMeans {
  let area: Double
  let cells: Double

  init(_ values: some Sequence<Double>, _ weights: [Double]) {
    var (sum, count, weighted, weight) = (0.0, 0.0, 0.0, 0.0)
    for (value, cellWeight) in zip(values, weights) where value.isFinite {
      sum += value
      count += 1
      weighted += cellWeight * value
      weight += cellWeight
    }
    area = weighted / weight
    cells = sum / count
  }
}

extension [String: Int] {
  /// Counts by name in words.
  var listed: String { sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ") }
}
