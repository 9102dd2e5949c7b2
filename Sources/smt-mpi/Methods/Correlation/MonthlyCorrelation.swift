import Distributed
import Kernels

/// The correlation of the months of two records, checked; made before MPI starts.
struct MonthlyCorrelationJob: Job {
  let settings: JobSettings
  let record: RecordYears
  let correlation: CorrelationSettings
  /// The file of the table of area means; nil where none is wanted.
  let series: String?

  init(_ command: Correlate) throws {
    let wetness = command.wetness
    guard wetness.groupLayers == nil, wetness.seasons == 4, wetness.ranking == .year, wetness.maximum == nil,
      command.correlation.responseMonths == .season, command.correlation.correlationTable == nil, !wetness.split
    else {
      throw JobError(
        .usage,
        "--monthly has neither seasons nor layers: leave --group-layers, --seasons, --ranking, --maximum, --split, "
          + "--response-months and --correlation-table out")
    }
    let requests = try CorrelationSettings.requests(command, layering: .combined)
    record = try RecordYears(command.record)
    correlation = try CorrelationSettings(command.correlation, command.quantityName)
    settings = try JobSettings(
      command, requests, period: try command.selection.period() ?? (correlation.lag > 0 ? nil : record.months),
      choice: try command.selection.choice(), tables: [RunFile("series", command.correlation.series, .series)])
    series = command.correlation.series
  }

  func method(for catalogue: Catalogue, _ communicator: Communicator) throws -> MonthlyCorrelationMethod {
    MonthlyCorrelationMethod(
      job: self, catalogue: catalogue, periods: try record.periods(of: catalogue, settings.requests[0], months: nil))
  }
}

/// What the months of two records have in common in a cell.
struct MonthlyCorrelationCell {
  var status: CorrelationStatus
  var correlation = Correlation()
  /// Months that both records have, and years all of whose months they have.
  var monthCount = 0
  var yearCount = 0
}

/// The correlation of the months of two records whose headers are known.
struct MonthlyCorrelationMethod: YearlyMethod {
  typealias Status = CorrelationStatus

  let job: MonthlyCorrelationJob
  let catalogue: Catalogue
  let periods: [ClosedRange<Int>]

  var minimumYears: Int { job.record.minimumYears }
  var width: Int { MonthsOfTwo().width }
  var description: [String] { ["periods:  " + periods.names.joined(separator: ", ")] }

  var periodColumns: [Column<MonthlyCorrelationCell>] {
    [
      .status("is a correlation") { $0.status },
      .count("n_months", "number of months that both records have") { ($0.status, $0.monthCount) },
      .count("n_years", "number of years all of whose months both records have") { ($0.status, $0.yearCount) },
    ] + job.correlation.columns(with: response, axes: [], { $0.status == .computed }, { [$0.correlation] })
  }

  /// What moisture is correlated with, in words.
  private var response: String { job.correlation.response(catalogue, job.settings.requests) }

  func periodResult(_ status: CorrelationStatus) -> MonthlyCorrelationCell { MonthlyCorrelationCell(status: status) }
  func reduction(on cells: [Int]) -> any Reduction { MonthsOfTwo() }

  func cells(_ data: YearValues, _ partition: Partition, rank: Int) -> MonthlyCorrelationCells {
    MonthlyCorrelationCells(self, data)
  }

  /// What the area means are made of.
  func keptBytes(_ partition: Partition, rank: Int) -> Int {
    dataBytes(cells: partition.share(of: rank).count)
  }

  func summaryParts(_ results: MethodResults<Self>) throws -> [any SummaryPart] {
    try periods.indices.map { try MonthlySeries(results, of: self, period: $0) }
  }

  func complete(_ report: inout RunReport, _ results: MethodResults<Self>) throws {
    guard let path = job.series else { return }
    let table = MonthlySeries.table(try periods.indices.map { try MonthlySeries(results, of: self, period: $0) })
    try results.cells.communicator.together {
      if results.cells.communicator.isRoot { try table.write(to: path) }
    }
  }

  var attributes: MapWriter.FileAttributes {
    let names = job.settings.requests.map(\.expression.names)
    let period = "\(catalogue.months[0])/\(catalogue.months[catalogue.months.count - 1])"
    return MapWriter.FileAttributes(
      title: "Correlation of the months of soil moisture with those of \(response), \(periods.words)",
      source: ProgramVersion.source, references: "", commandLine: commandLine,
      comment: "Moisture '\(names[0])' with '\(names[1])', months of \(period)\(job.correlation.text).",
      configuration: job.settings.configuration)
  }
}

/// Keeps the months of two records: twelve of the first, then twelve of the second; NaN where missing.
struct MonthsOfTwo: Reduction {
  var width: Int { 24 }
  /// The months, and a slot whose bits tell which of them were read.
  var workWidth: Int { 25 }

  func add(_ step: StepFields, to values: CellBlock) {
    let month = step.month.month - 1
    for source in 0..<2 {
      let (field, target) = (step.field(0, ofSource: source), values[12 * source + month])
      for position in field.indices { target[position] = field[position] }
    }
    let present = values[24]
    for position in present.indices { present[position] += Double(1 << month) }
  }

  func finish(year: Int, work: CellBlock, cells: Range<Int>, to values: CellBlock) {
    let present = cells.isEmpty ? 0 : Int(work[24][0])
    for slot in 0..<24 {
      if present >> (slot % 12) & 1 == 1 { values[slot].copy(work[slot]) } else { values[slot].fill(.nan) }
    }
  }
}

/// From the months of two records in a cell to their correlation.
final class MonthlyCorrelationCells: YearlyCells {
  private let values: YearValues
  private let periods: [Range<Int>]
  private let minimumYears: Int
  private let settings: CorrelationSettings

  init(_ method: MonthlyCorrelationMethod, _ values: YearValues) {
    self.values = values
    let years = method.catalogue.years.map(\.year)
    periods = method.periods.map { $0.positions(in: years) }
    minimumYears = method.minimumYears
    settings = method.job.correlation
  }

  func begin(_ position: Int) -> CellBeginning<[MonthlyCorrelationCell]> {
    let (moisture, response) = (months(position, of: 0), months(position, of: 1))
    return .finished(
      periods.map { period in
        var cell = MonthlyCorrelationCell(status: .computed)
        let months = period.lowerBound * 12..<period.upperBound * 12
        let later = months.lowerBound..<min(response.count, months.upperBound + settings.lag)
        guard !moisture[months].contains(where: \.isInfinite), !response[later].contains(where: \.isInfinite) else {
          return MonthlyCorrelationCell(status: .implausibleRange)
        }
        let common = months.filter { month in
          let place = month + settings.lag
          return moisture[month].isFinite && place < response.count && response[place].isFinite
        }
        cell.monthCount = common.count
        cell.yearCount = period.count { year in
          (year * 12..<year * 12 + 12).allSatisfy { moisture[$0].isFinite && response[$0].isFinite }
        }
        let present = months.count { moisture[$0].isFinite }
        guard common.count >= 12 * minimumYears else {
          cell.status = present < 12 * minimumYears ? .tooFewYears : .tooFewResponses
          return cell
        }
        cell.correlation = Correlation(
          common.map { moisture[$0] }, common.map { response[$0 + settings.lag] },
          times: settings.allowsForAutocorrelation ? common : nil)
        if cell.correlation.r.isNaN { cell.status = .noVariance }
        return cell
      })
  }

  /// All months of one of the records.
  private func months(_ position: Int, of source: Int) -> [Double] {
    values.withYears(0..<values.years, ofCell: position) { all in
      (0..<values.years).flatMap { year in all[year * 24 + 12 * source..<year * 24 + 12 * (source + 1)] }
    }
  }

  /// Both records' months of the years of a period, as they are read.
  func bothMonths(_ position: Int, period: Int) -> [Double] {
    values.withYears(periods[period], ofCell: position) { Array($0) }
  }

  /// The mean of the first record in each year.
  func yearlyValues(_ position: Int) -> [Double] {
    values.withYears(0..<values.years, ofCell: position) { all in
      (0..<values.years).map { year in all[year * 24..<year * 24 + 12].reduce(0, +) / 12 }
    }
  }
}

/// The area means of both records in each month and year of a period, of the cells that have every month.
struct MonthlySeries: SummaryPart {
  let period: Int
  let fields: [SummaryField] = []
  private let name: String
  private let yearly: YearlyMeans
  private let calendars: [ModelCalendar]

  /// Puts the series together on rank 0; elsewhere it is without meaning.
  ///
  /// Collective.
  init(_ results: MethodResults<MonthlyCorrelationMethod>, of method: MonthlyCorrelationMethod, period: Int) throws {
    self.period = period
    name = method.periods.names[period]
    calendars = method.catalogue.sources.map(\.calendar)
    yearly = try YearlyMeans(results, of: method, period: period, quantities: 24) {
      results.work.bothMonths($0, period: period)
    }
  }

  /// Means of a record over a year, weighted by the length of months.
  private func yearMean(_ year: Int, source: Int) -> Double {
    let days = (1...12).map { Double(calendars[source].dayCount(of: Month(year: yearly.years[year], month: $0))) }
    let months = yearly.means[year][12 * source..<12 * (source + 1)]
    return zip(days, months).reduce(0) { $0 + $1.0 * $1.1 } / days.reduce(0, +)
  }

  /// A row for each month of each period, and one without a month for each year.
  static func table(_ series: [Self]) -> Table {
    var table = Table(columns: ["period", "year", "month", "moisture", "response"])
    for period in series {
      for (index, year) in period.yearly.years.enumerated() {
        let means = period.yearly.means[index]
        for month in 0..<12 {
          table.add([
            .text(period.name), .count(year), .count(month + 1), .number(means[month]), .number(means[12 + month]),
          ])
        }
        table.add([
          .text(period.name), .count(year), "", .number(period.yearMean(index, source: 0)),
          .number(period.yearMean(index, source: 1)),
        ])
      }
    }
    return table
  }

  func describe(_: SummaryMeans, _ summary: inout Summary) {
    for (source, title) in ["moisture", "response"].enumerated() {
      summary.add("\(name)_\(title)_monthly", yearly.means.flatMap { $0[12 * source..<12 * (source + 1)] })
      summary.add("\(name)_\(title)_yearly", yearly.years.indices.map { yearMean($0, source: source) })
    }
    summary.add("\(name)_years", yearly.years.map(Double.init))
    summary.add("\(name)_series_cells", Double(yearly.cellCount))
    summary.add(
      line: "area means of \(yearly.cellCount) cells with every month: in the report, and with --series as a table")
  }
}
