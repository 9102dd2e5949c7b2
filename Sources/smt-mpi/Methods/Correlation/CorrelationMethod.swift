import Distributed
import Kernels

/// Correlations by season and layer, checked; made before MPI starts.
struct CorrelationJob: Job {
  let settings: JobSettings
  let record: RecordYears
  let wetness: WetnessSettings
  let correlation: CorrelationSettings
  let responseMonths: ResponseMonths
  /// The file of the table by class, season and layer; nil where none is wanted.
  let table: String?

  init(_ command: Correlate) throws {
    guard command.correlation.series == nil else {
      throw JobError(.usage, "--series is for --monthly; give both, or leave --series out")
    }
    let requests = try CorrelationSettings.requests(command, layering: SoilMoistureUnits.amounts)
    wetness = try WetnessSettings(command.wetness)
    record = try RecordYears(command.record)
    correlation = try CorrelationSettings(command.correlation, command.quantityName)
    responseMonths = command.correlation.responseMonths
    // A response that is later than the last period's months must be read, too.
    let period = try command.selection.period()
    settings = try JobSettings(
      command, requests, period: period ?? (correlation.lag > 0 ? nil : record.months),
      choice: try command.selection.choice(), needsClasses: command.correlation.correlationTable != nil,
      tables: [RunFile("correlation-table", command.correlation.correlationTable, .table)])
    table = command.correlation.correlationTable
  }

  func method(for catalogue: Catalogue, _ communicator: Communicator) throws -> CorrelationMethod {
    CorrelationMethod(
      job: self, catalogue: catalogue, layers: try wetness.layers(of: catalogue.sources[CorrelationSettings.moisture]),
      periods: try record.periods(of: catalogue, settings.requests[0]))
  }
}

/// The correlations of a record whose headers are known.
struct CorrelationMethod: YearlyMethod {
  typealias Status = CorrelationStatus

  let job: CorrelationJob
  let catalogue: Catalogue
  let layers: MoistureLayers
  let periods: [ClosedRange<Int>]

  var reduction: CorrelationReduction {
    CorrelationReduction(
      moisture: WetnessSeasonsReduction(layers: layers, seasons: job.wetness.seasons, basis: job.wetness.basis))
  }

  var isSplit: Bool { job.wetness.isSplit }
  var minimumYears: Int { job.record.minimumYears }
  var width: Int { reduction.width }

  var periodColumns: [Column<SeasonCorrelationResult>] {
    let axes = [job.wetness.axis, MapAxis(depthEdges: layers.edges)]
    return [
      .status("are correlations") { $0.status },
      .count("n_years", "number of years with moisture and response") { ($0.status, $0.yearCount) },
    ] + job.correlation.columns(with: response, axes: axes, { $0.status == .computed }, { $0.correlations })
  }

  /// What moisture is correlated with, in words.
  private var response: String { job.correlation.response(catalogue, job.settings.requests) }

  var description: [String] { [layers.description, "periods:  " + periods.names.joined(separator: ", ")] }

  var concerns: [String] {
    let moisture = catalogue.sources[CorrelationSettings.moisture]
    return SoilMoistureUnits.concern(
      about: moisture, job.settings.requests[CorrelationSettings.moisture],
      mend: "are --response and --moisture swapped?"
    ).map { [$0] } ?? []
  }

  func periodResult(_ status: CorrelationStatus) -> SeasonCorrelationResult {
    SeasonCorrelationResult(status: status, terms: job.wetness.seasons * layers.count)
  }

  func reduction(on cells: [Int]) -> any Reduction { reduction }

  func cells(_ data: YearValues, _ partition: Partition, rank: Int) -> CorrelationCells {
    CorrelationCells(self, data)
  }

  func writeTables(_ classes: ColumnClasses, _ results: MethodResults<Self>) throws {
    if let table = job.table {
      try CorrelationTable(classes, gridCells: results.grid.cellCount).table.write(to: table)
    }
  }

  func summaryParts(_ results: MethodResults<Self>) -> [any SummaryPart] {
    periods.indices.map { SignificantOfGrid(results, of: self, job.correlation, period: $0) }
  }

  var attributes: MapWriter.FileAttributes {
    let requests = job.settings.requests
    func names(_ source: Int) -> String { requests[source].expression.names }
    let period = "\(catalogue.months[0])/\(catalogue.months[catalogue.months.count - 1])"
    var comment =
      "Moisture '\(names(CorrelationSettings.moisture))' with '\(names(CorrelationSettings.response))', \(period), "
      + "\(job.wetness.text); the response is that of the "
      + "\(job.responseMonths == .season ? "same months" : "whole year")\(job.correlation.text)."
    if let remark = productRemark(catalogue, periods) { comment += " " + remark }
    return MapWriter.FileAttributes(
      title: "Correlation of soil moisture with \(response) by season and layer, \(periods.words)",
      source: ProgramVersion.source,
      references: "Li et al. (2025), Frontiers in Plant Science, attribution of global soil moisture variability",
      commandLine: commandLine, comment: comment, configuration: job.settings.configuration)
  }
}

/// What the correlations keep of a year: the moisture of its seasons and layers with the season of each month, or all months
/// of the layers where one ranking is made of the whole record; then the months of the response.
struct CorrelationReduction: Reduction {
  let moisture: WetnessSeasonsReduction

  /// Slots of rankings: one where each year has its own.
  private var rankings: Int { moisture.basis == .year ? 1 : 0 }
  var width: Int { moisture.width + rankings + 12 }
  /// The months of the response, and a slot whose bits tell which of them were read.
  var workWidth: Int { moisture.workWidth + 13 }

  func add(_ step: StepFields, to values: CellBlock) {
    moisture.add(step, to: values[0..<moisture.workWidth])
    let month = step.month.month - 1
    let response = step.field(0, ofSource: CorrelationSettings.response)
    let (target, present) = (values[moisture.workWidth + month], values[moisture.workWidth + 12])
    for position in response.indices {
      target[position] = response[position]
      present[position] += Double(1 << month)
    }
  }

  func finish(year: Int, work: CellBlock, cells: Range<Int>, to values: CellBlock) {
    if rankings > 0 { values[moisture.width].fill(.nan) }
    moisture.finish(work: work, to: values) { position, ranking in
      values[moisture.width][position] = Self.packed(ranking.groups)
    }
    let present = cells.isEmpty ? 0 : Int(work[moisture.workWidth + 12][0])
    for month in 0..<12 {
      let target = values[moisture.width + rankings + month]
      if present >> month & 1 == 1 { target.copy(work[moisture.workWidth + month]) } else { target.fill(.nan) }
    }
  }

  /// The seasons of twelve months, at most twelve of them, as one number: four bits a month.
  private static func packed(_ seasons: [Int]) -> Double {
    Double(seasons.reversed().reduce(0) { $0 << 4 | $1 })
  }

  /// The values of a year in a cell: moisture, the seasons of its months (where the year has a ranking), and the response.
  func unpacked(_ values: ArraySlice<Double>) -> (moisture: [Double], seasons: [Int], response: [Double]) {
    let start = values.startIndex
    let number = rankings > 0 ? values[start + moisture.width] : 0
    let bits = number.isNaN ? 0 : Int(number)
    return (
      Array(values[start..<start + moisture.width]), (0..<12).map { bits >> (4 * $0) & 15 },
      Array(values[(start + moisture.width + rankings)...])
    )
  }
}

/// From the reduced years of a cell to its correlations.
final class CorrelationCells: YearlyCells {
  private let values: YearValues
  private let periods: [Range<Int>]
  private let reduction: CorrelationReduction
  private let kernel: SeasonCorrelation
  private let lag: Int
  /// Seasons times layers.
  private let terms: Int

  init(_ method: CorrelationMethod, _ values: YearValues) {
    self.values = values
    let years = method.catalogue.years.map(\.year)
    periods = method.periods.map { $0.positions(in: years) }
    reduction = method.reduction
    var options = SeasonCorrelationOptions()
    options.minimumYears = method.minimumYears
    options.lag = method.job.correlation.lag
    options.takesWholeYear = method.job.responseMonths == .year
    options.allowsForAutocorrelation = method.job.correlation.allowsForAutocorrelation
    lag = options.lag
    terms = method.layers.count * method.job.wetness.seasons
    kernel = SeasonCorrelation(options: options, layers: method.layers.count, groups: method.job.wetness.seasons)
  }

  func begin(_ position: Int) -> CellBeginning<[SeasonCorrelationResult]> {
    let years = years(position)
    let response = years.flatMap(\.response)
    return .finished(
      periods.map { period in
        let own = years[period]
        let months = period.lowerBound * 12..<min(response.count, period.upperBound * 12 + lag)
        guard !own.contains(where: { $0.moisture.contains(where: \.isInfinite) }),
          !response[months].contains(where: \.isInfinite)
        else { return SeasonCorrelationResult(status: .implausibleRange, terms: terms) }
        let (means, seasons) =
          reduction.moisture.basis == .year
          ? (own.map(\.moisture), own.map(\.seasons))
          : own.flatMap(\.moisture).withUnsafeBufferPointer(kernel.byClimatology)
        return kernel.compute(seasonMeans: means, rankings: seasons, response: response, years: period)
      })
  }

  private func years(_ position: Int) -> [(moisture: [Double], seasons: [Int], response: [Double])] {
    let all = values.withYears(0..<values.years, ofCell: position) { Array($0) }
    return (0..<values.years).map { reduction.unpacked(all[$0 * values.width..<($0 + 1) * values.width]) }
  }

  /// The mean moisture of all layers in each year, by season or by month.
  func yearlyValues(_ position: Int) -> [Double] {
    years(position).map {
      $0.moisture.reduce(0, +) / Double(reduction.moisture.width / reduction.moisture.layers.count)
    }
  }
}
