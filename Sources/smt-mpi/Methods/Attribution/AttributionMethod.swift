import Distributed
import Kernels

/// The attribution of a record whose headers are known.
struct AttributionMethod: YearlyMethod {
  typealias Status = AttributionStatus

  let job: AttributionJob
  let catalogue: Catalogue
  let layers: MoistureLayers
  let periods: [ClosedRange<Int>]

  private var request: SourceRequest { job.settings.requests[0] }
  var wetness: WetnessSettings { job.wetness }
  private var reduction: WetnessSeasonsReduction {
    WetnessSeasonsReduction(layers: layers, seasons: wetness.seasons, basis: wetness.basis)
  }

  var isSplit: Bool { wetness.isSplit }
  var minimumYears: Int { job.record.minimumYears }
  var width: Int { reduction.width }
  var periodColumns: [Column<AttributionCell>] {
    AttributionColumns(layers: layers, wetness: wetness, periods: periods).list
  }

  /// Those of each period, and where there are several, the changes between the last two.
  var columns: [Column<[AttributionCell]>] {
    let own = periodColumns
    let all = own.map { $0.perPeriod(periods) }
    guard periods.count > 1 else { return all }
    return all
      + own.filter { ["relative_contribution", "omega"].contains($0.name) }.map { column in
        Column(
          column.name + "_change", column.units,
          "change of the \(column.longName) between the last two periods", axes: column.axes
        ) { cells in
          zip(column.values(cells[cells.count - 1]), column.values(cells[cells.count - 2])).map { $0 - $1 }
        }
      }
  }

  var description: [String] {
    [layers.description, "periods:  " + periods.names.joined(separator: ", ")]
  }

  var concerns: [String] {
    SoilMoistureUnits.concern(about: catalogue.sources[0], request, mend: "name another variable").map { [$0] } ?? []
  }

  func periodResult(_ status: AttributionStatus) -> AttributionCell {
    AttributionCell(result: AttributionResult(status: status, groups: wetness.seasons, layers: layers.count))
  }

  func reduction(on cells: [Int]) -> any Reduction { reduction }

  func cells(_ data: YearValues, _ partition: Partition, rank: Int) -> AttributionCells {
    AttributionCells(job, layers, years: catalogue.years.map(\.year), periods: periods, data)
  }

  /// The means of the table of yearly values.
  func keptBytes(_ partition: Partition, rank: Int) -> Int {
    guard job.series != nil else { return 0 }
    let years = periods.map { $0.positions(in: catalogue.years.map(\.year)).count }.max() ?? 0
    return 8 * partition.share(of: rank).count * years * wetness.seasons * layers.count
  }

  func complete(_ report: inout RunReport, _ results: MethodResults<Self>) throws {
    guard let path = job.series else { return }
    let series = try periods.indices.map { try AttributionSeries(results, of: self, period: $0) }
    let table = AttributionSeries.table(series, wetness, layers)
    try results.cells.communicator.together {
      if results.cells.communicator.isRoot { try table.write(to: path) }
    }
  }

  func summaryParts(_ results: MethodResults<Self>) throws -> [any SummaryPart] {
    periods.indices.flatMap { period -> [any SummaryPart] in
      [
        RelativeContributionSummary(results.rows, periods, period: period),
        TrendShares(results, of: self, period: period),
      ]
    } + (try globalSeries(results))
  }

  var attributes: MapWriter.FileAttributes {
    let period = "\(catalogue.months[0])/\(catalogue.months[catalogue.months.count - 1])"
    var comment =
      "Moisture '\(request.expression.names)', \(period), \(wetness.text)."
    if let remark = productRemark(catalogue, periods) { comment += " " + remark }
    var attributes = MapWriter.FileAttributes(
      title: "Attribution of the variability of soil moisture to seasons and layers, \(periods.words)",
      source: ProgramVersion.source,
      references: "Li et al. (2025), Frontiers in Plant Science, attribution of global soil moisture variability",
      commandLine: commandLine, comment: comment, configuration: job.settings.configuration)
    attributes.span = periods.span(catalogue.sources[0].calendar)
    return attributes
  }
}
