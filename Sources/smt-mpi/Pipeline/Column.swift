import Distributed
import Kernels

/// One of the quantities that a method leaves in every cell, declared once.
///
/// What a row of numbers holds, which maps are written, what the summary and `--dry-run` tell, and which checkpoints fit
/// follow from the list of a method's columns.
struct Column<Result> {
  /// Name of the variable in the output.
  var name: String
  /// Units, `1` for none.
  var units: String
  /// What it is, in words.
  var longName: String
  /// CF standard name, where there is one.
  var standardName: String?
  /// Dimensions before those of the grid, slowest first.
  var axes: [MapAxis] = []
  /// Meanings of the values 0, 1, … of a category; nil for quantities.
  var flags: [String]?
  /// Whether values are counts, stored as integers.
  var isCount = false
  /// CF cell methods, where they apply.
  var cellMethods: String?
  /// Smallest and largest value that the quantity can have, of which one may be infinite; nil where it has no limits.
  var validRange: ClosedRange<Double>?
  /// What the summary tells of it.
  var summary = ColumnSummary.none
  /// Whether it is a map of the output; what is not is kept for the summary and the report alone.
  var isWritten = true
  /// What the numbers of all cells, in the order of cells, become once they are together, such as p values that are
  /// adjusted for their number; nil where each cell's number stands for itself.
  var gathered: (@Sendable ([Double]) -> [Double])?
  /// How many periods its numbers are of, one after the other; see `perPeriod(_:)`.
  private(set) var periodCount = 1
  /// Adds the numbers of a cell to its row, one for each index of the axes, slowest first; NaN where there is none.
  let append: @Sendable (Result, inout [Double]) -> Void

  /// A quantity of one number a cell.
  init(
    _ name: String, _ units: String, _ longName: String, summary: ColumnSummary = .none,
    _ value: @escaping @Sendable (Result) -> Double
  ) {
    self.init(name, units, longName, axes: [], summary) { $1.append(value($0)) }
  }

  /// A quantity of several numbers a cell, one for each index of the axes, slowest first.
  init(
    _ name: String, _ units: String, _ longName: String, axes: [MapAxis], summary: ColumnSummary = .none,
    _ values: @escaping @Sendable (Result) -> [Double]
  ) {
    self.init(name, units, longName, axes: axes, summary) { $1 += values($0) }
  }

  /// A quantity of several numbers a cell, which are added to the cell's row.
  init(
    _ name: String, _ units: String, _ longName: String, axes: [MapAxis], _ summary: ColumnSummary,
    append: @escaping @Sendable (_ result: Result, _ row: inout [Double]) -> Void
  ) {
    self.name = name
    self.units = units
    self.longName = longName
    self.axes = axes
    self.summary = summary
    self.append = append
  }

  /// The column of a cell's status.
  ///
  /// - Parameter what: What there is or is not: "is a threshold".
  static func status<Status: ResultStatus>(
    _ what: String, _ status: @escaping @Sendable (Result) -> Status
  ) -> Column {
    Column("status", "1", "whether there \(what), and why not") { Double(status($0).rawValue) }
      .with(\.flags, Status.allCases.map(\.name))
  }

  /// A count, of cells that are land and selected.
  static func count<Status: ResultStatus>(
    _ name: String, _ longName: String, _ value: @escaping @Sendable (Result) -> (Status, Int)
  ) -> Column {
    Column(name, "1", longName) { result in
      let (status, count) = value(result)
      return [.notLand, .outsideSelection].contains(status) ? .nan : Double(count)
    }.with(\.isCount, true)
  }

  /// The numbers of a cell.
  func values(_ result: Result) -> [Double] {
    var values: [Double] = []
    append(result, &values)
    return values
  }

  /// Numbers of a cell.
  var count: Int { axes.reduce(1) { $0 * $1.values.count } }

  /// The column with one of its properties changed.
  func with<Value>(_ property: WritableKeyPath<Column, Value>, _ value: Value) -> Column {
    var column = self
    column[keyPath: property] = value
    return column
  }

  /// The same of each of several periods, in a result that holds one result a period.
  func perPeriod(_ periods: [ClosedRange<Int>]) -> Column<[Result]> {
    let append = append
    var column = Column<[Result]>(name, units, longName, axes: periods.axes + axes, summary) { results, row in
      for result in results { append(result, &row) }
    }
    (column.standardName, column.flags, column.isCount) = (standardName, flags, isCount)
    column.cellMethods = cellMethods
    (column.validRange, column.isWritten, column.gathered) = (validRange, isWritten, gathered)
    column.periodCount = periods.count
    return column
  }
}

/// What a summary tells of a column: of each of its numbers, or nothing.
enum ColumnSummary {
  case none
  /// The means by area and over cells.
  case means
  /// The same in percent.
  case percent
  /// The means, and over cells the median and the 5th and 95th percentile.
  case quantiles
}

extension [ClosedRange<Int>] {
  /// The periods in words: `1948-1999`.
  var names: [String] { map { "\($0.lowerBound)-\($0.upperBound)" } }

  /// The periods in a sentence: `1948-1999 and 2000-2024`.
  var words: String { names.joined(separator: " and ") }

  /// The time from the first day of each period to the last one.
  func span(_ calendar: ModelCalendar) -> TimeSpan {
    TimeSpan(
      map { years in
        (
          calendar.start(of: Month(year: years.lowerBound, month: 1)),
          calendar.start(of: Month(year: years.upperBound + 1, month: 1))
        )
      }, calendar: calendar)
  }

  /// What statistics over the years of the periods are in the words of CF.
  func cellMethod(_ method: String) -> String { "time: \(method) (interval: 1 year comment: years of \(words))" }

  /// The leading dimension of variables where there are several periods.
  var axes: [MapAxis] { count > 1 ? [MapAxis("period", longName: "calendar years", names: names)] : [] }
}
