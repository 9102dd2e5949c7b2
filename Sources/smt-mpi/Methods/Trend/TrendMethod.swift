import Distributed
import Kernels

/// The trends of a record whose headers are known.
struct TrendMethod: YearlyMethod {
  typealias Status = TrendStatus

  let job: TrendJob
  let catalogue: Catalogue
  let periods: [ClosedRange<Int>]
  let periodColumns: [Column<TrendCell>]
  private let totals: YearlyTotals

  init(job: TrendJob, catalogue: Catalogue, periods: [ClosedRange<Int>]) {
    self.job = job
    self.catalogue = catalogue
    self.periods = periods
    totals = job.totals(of: catalogue)
    periodColumns = TrendCell.columns(
      job.yearlyValue(of: Self.quantity(job, catalogue), catalogue), units: job.units(of: catalogue),
      standardName: job.statistic == .mean ? catalogue.sources[0].standardName : nil, periods,
      confidence: job.confidence, correction: job.correction)
  }

  /// What the trends are of, in words.
  private static func quantity(_ job: TrendJob, _ catalogue: Catalogue) -> String {
    job.quantityName ?? catalogue.quantity(0, job.settings.requests)
  }

  var description: [String] {
    let names = job.settings.requests[0].expression.names
    return ["values:   \(job.yearlyValue(of: names, catalogue)), \(job.units(of: catalogue).withWaterRemark)"]
  }

  var notes: [String] { sourceNotes + job.notes(on: catalogue) }
  var minimumYears: Int { job.record.minimumYears }
  var width: Int { totals.width }

  func reduction(on cells: [Int]) -> any Reduction { totals }

  func cells(_ data: YearValues, _ partition: Partition, rank: Int) -> TrendCells {
    TrendCells(job, catalogue: catalogue, periods: periods, data)
  }

  func periodResult(_ status: TrendStatus) -> TrendCell { TrendCell(status) }

  func summaryParts(_ results: MethodResults<Self>) throws -> [any SummaryPart] {
    periods.indices.map { TrendShares(results, of: self, period: $0) } + (try globalSeries(results))
  }

  var attributes: MapWriter.FileAttributes {
    let names = job.settings.requests[0].expression.names
    var comment =
      "\(job.yearlyValue(of: "'\(names)'", catalogue)), \(catalogue.period); a "
      + "year with a missing month is missing. Correction of the Mann-Kendall test: \(job.correction.name)."
    if job.statistic == .sum { comment += " Units are \(job.units(of: catalogue).withWaterRemark)." }
    if let remark = job.months.remark { comment += " \(remark.prefix(1).uppercased() + remark.dropFirst())." }
    if let remark = productRemark(catalogue, periods) { comment += " " + remark }
    var attributes = MapWriter.FileAttributes(
      title: "Trends of the \(job.yearlyValue(of: Self.quantity(job, catalogue), catalogue)), \(periods.words)",
      source: ProgramVersion.source,
      references:
        "Sen (1968), J. Am. Stat. Assoc. 63; Mann (1945), Econometrica 13; Kendall (1975), Rank Correlation Methods",
      commandLine: commandLine, comment: comment, configuration: job.settings.configuration)
    attributes.span = periods.span(catalogue.sources[0].calendar)
    return attributes
  }
}
