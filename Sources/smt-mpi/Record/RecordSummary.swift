import Distributed
import Kernels

/// What a run on the years of one record tells about its results, period after period.
struct RecordSummary {
  /// Cells by name of their status, of the last period.
  private(set) var statusCounts: [String: Int] = [:]
  /// Numbers for the report.
  private(set) var results: [String: Double] = [:]
  /// Sequences of numbers for the report.
  private(set) var series: [String: [Double]] = [:]
  private var lines: [String] = []

  /// The summary on rank 0; elsewhere it is without meaning.
  ///
  /// Collective.
  init<Method: RecordMethod>(_ method: Method, _ cellResults: CellResults, _ rows: RecordRows, on grid: Grid) throws {
    let counts = try rows.periods.indices.map { period in
      let place = rows.place("status", period: period)
      return try cellResults.counts(of: Method.Status.self) { $0[place] }
    }
    let complete = try rows.periods.indices.map { try CompleteCells(cellResults, rows, period: $0) }
    let parts = rows.periods.indices.map { method.summary(rows, period: $0) }
    let means = try SummaryMeans(
      parts.flatMap(\.fields) + complete.flatMap(\.fields), of: cellResults, on: grid)
    guard cellResults.communicator.isRoot else { return }
    statusCounts = counts[counts.count - 1]
    for (period, name) in rows.periods.names.enumerated() {
      let listed = counts[period].sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
      lines.append("\(name), cells: \(listed.joined(separator: ", "))")
      for (status, count) in counts[period] { results["\(name)_cells_\(status)"] = Double(count) }
      lines.append("  means weighted with \(grid.weightOrigin) (over cells):")
      parts[period].describe(means, &self)
      let globe = GlobalSeries(complete[period], means)
      for (key, value) in globe.results { results["\(name)_global_mean_\(key)"] = value }
      series["\(name)_years"] = globe.years.map(Double.init)
      series["\(name)_global_mean"] = globe.means
      lines += globe.lines(units: rows.field("mean").units)
    }
  }

  /// Adds a line for the terminal.
  mutating func add(line: String) { lines.append(line) }

  /// Adds a number for the report.
  mutating func add(_ name: String, _ value: Double) { results[name] = value }

  /// The lines of the terminal.
  var text: String { lines.joined(separator: "\n") }
}

/// What a method tells of a period besides the cells' status and the mean over the globe.
protocol PeriodSummary {
  /// Fields whose means it needs, under names that no other period has.
  var fields: [SummaryField] { get }
  /// Adds its lines and numbers.
  func describe(_ means: SummaryMeans, _ summary: inout RecordSummary)
}
