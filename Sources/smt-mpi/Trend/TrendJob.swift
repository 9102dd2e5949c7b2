import Distributed
import Kernels

/// All that describes a run of the trends, checked; made before MPI starts.
struct TrendJob: RecordJob {
  static let commandName = Trend.commandName

  let record: RecordSettings
  /// Largest plausible value of a month.
  let maximum: Double?
  let statistic: YearStatistic
  let months: YearMonths
  let confidence: Double
  let correction: TrendCorrection

  init(_ command: Trend) throws {
    guard let source = command.source else {
      throw JobError(.usage, "--source is missing; e.g. --source 'GLDAS*.nc4:Evap_tavg'")
    }
    guard command.confidence > 0, command.confidence < 1 else {
      throw JobError(
        .usage, "--confidence \(command.confidence.shortText): expected more than 0 and less than 1, for example 0.95")
    }
    maximum = command.maximum
    statistic = command.statistic
    months = try OptionText.yearMonths(command.months)
    confidence = command.confidence
    correction = command.correction
    record = try RecordSettings(
      name: "source", source: source, steps: .months(statistic: command.statistic == .sum ? .sum : .mean),
      layering: .combined, readsYearBefore: months.beginInYearBefore, command.record,
      command.selection, command.running, configuration: command.configurationText)
  }

  func method(for catalogue: Catalogue) throws -> TrendMethod {
    TrendMethod(job: self, catalogue: catalogue, periods: try record.periods(of: catalogue))
  }

  /// The yearly value in words.
  func yearlyValue(of quantity: String) -> String {
    if months.areWholeYear { return "annual \(statistic.rawValue) of \(quantity)" }
    let range = months.first == months.last ? "month \(months.first)" : "months \(months.first)-\(months.last)"
    return "\(statistic.rawValue) of \(quantity) over \(range)"
  }
}

/// The trends of a record whose headers are known.
struct TrendMethod: RecordMethod {
  typealias Status = TrendStatus

  let job: TrendJob
  let catalogue: Catalogue
  let periods: [ClosedRange<Int>]
  let reduction: YearlyTotals
  let fields: [ResultField]

  init(job: TrendJob, catalogue: Catalogue, periods: [ClosedRange<Int>]) {
    self.job = job
    self.catalogue = catalogue
    self.periods = periods
    reduction = YearlyTotals(months: job.months, statistic: job.statistic, maximum: job.maximum ?? .infinity)
    fields = TrendFields.fields(
      job.yearlyValue(of: Self.quantity(job, catalogue.sources[0])), units: catalogue.sources[0].units,
      confidence: job.confidence, correction: job.correction)
  }

  /// A single variable goes by its long name, several by theirs.
  private static func quantity(_ job: TrendJob, _ source: SourceCatalogue) -> String {
    let specification = job.record.request.specification
    return specification.combination == .single && !source.longName.isEmpty
      ? source.longName : specification.variables.joined(separator: specification.combination == .sum ? " + " : ", ")
  }

  var description: [String] {
    let names = job.record.request.specification.variables.joined(separator: ", ")
    return ["values:   \(job.yearlyValue(of: names)), \(catalogue.sources[0].units)"]
  }

  func computation(_ values: YearValues) -> RecordComputation {
    let cells = TrendCells(job, catalogue: catalogue, periods: periods, values)
    return { cells.compute($0, into: $1) }
  }

  func maps(_ rows: RecordRows) -> [MapWriter.MapVariable] {
    fields.map { field in
      MapWriter.MapVariable(
        field.name, units: field.units, longName: field.longName, flagMeanings: field.flagMeanings,
        isCount: field.isCount, axes: periods.axes + field.axes,
        fields: periods.indices.flatMap { rows.quantities(field, period: $0) })
    }
  }

  func summary(_ rows: RecordRows, period: Int) -> TrendSummary { TrendSummary(rows, period: period) }

  var attributes: MapWriter.FileAttributes {
    let names = job.record.request.specification.variables.joined(separator: ", ")
    var comment =
      "\(job.yearlyValue(of: "'\(names)'")), \(catalogue.months[0])/\(catalogue.months[catalogue.months.count - 1]); a "
      + "year with a missing month is missing. Correction of the Mann-Kendall test: \(job.correction.name)."
    if let remark = productRemark(catalogue, periods) { comment += " " + remark }
    return MapWriter.FileAttributes(
      title: "Trends of the \(job.yearlyValue(of: names))", source: ProgramVersion.source,
      references:
        "Sen (1968), J. Am. Stat. Assoc. 63; Mann (1945), Econometrica 13; Kendall (1975), Rank Correlation Methods",
      commandLine: commandLine, comment: comment, configuration: job.record.configuration)
  }
}
