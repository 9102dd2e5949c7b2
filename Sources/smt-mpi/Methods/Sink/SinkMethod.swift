import Distributed
import Kernels

/// The comparison of two records whose headers are known.
struct SinkMethod: YearlyMethod {
  typealias Status = SinkStatus

  let job: SinkJob
  let catalogue: Catalogue
  let periods: [ClosedRange<Int>]
  /// Regions and classes.
  let classes: ClassSummary
  private let reductionOfYears: SinkReduction

  init(job: SinkJob, catalogue: Catalogue, periods: [ClosedRange<Int>], classes: ClassSummary) {
    self.job = job
    self.catalogue = catalogue
    self.periods = periods
    self.classes = classes
    reductionOfYears = SinkReduction(job, catalogue)
  }

  var minimumYears: Int { job.record.minimumYears }
  var width: Int { reductionOfYears.width }

  var periodColumns: [Column<SinkTrends>] {
    let (names, periods, sources) = (quantities, periods, catalogue.sources)
    func columns(
      _ name: String, source: Int, _ line: @escaping @Sendable (SinkTrends) -> SinkTrends.Line
    ) -> [Column<SinkTrends>] {
      let units = reductionOfYears.units[source].udunits
      let perYear = ["", "1"].contains(units) ? "year-1" : units + " year-1"
      let standardName = job.statistic == .mean ? sources[source].standardName : nil
      let what = "annual \(reductionOfYears.statisticNames[source]) of \(name) (\(names[source]))"
      return [
        Column("\(name)_mean", units.isEmpty ? "1" : units, "mean over years of the \(what)", summary: .means) {
          line($0).mean
        }.with(\.cellMethods, periods.cellMethod("mean"))
          .with(\.standardName, standardName),
        Column("\(name)_trend", perYear, "least-squares trend of the \(what)", summary: .means) { line($0).slope },
        Column("\(name)_trend_p", "1", "two-sided p of the least-squares trend of the \(what)") { line($0).p }
          .with(\.validRange, 0...1),
        Column("\(name)_trend_q", "1", "p of the trend of \(name) adjusted for the false discovery rate over cells") {
          line($0).p
        }.with(\.validRange, 0...1).with(\.gathered, falseDiscoveryRates),
        Column("\(name)_z_trend", "year-1", "trend of the z-scores of the \(what)", summary: .means) {
          line($0).standardSlope
        },
      ]
        + (job.allowsForAutocorrelation
          ? [
            Column("\(name)_effective_n", "1", "number of independent years of \(name)", summary: .means) {
              line($0).independentCount
            }.with(\.validRange, 0.0 ... .infinity)
          ] : [])
    }
    return [
      .status("are trends of both") { $0.status },
      .count("n_years", "number of years with production and respiration") { ($0.status, $0.count) },
    ] + columns("production", source: SinkJob.production) { $0.production }
      + columns("respiration", source: SinkJob.respiration) { $0.respiration } + [
        Column(
          "z_trend_difference", "year-1", "trend of the z-scores of production less that of respiration",
          summary: .means
        ) { $0.difference },
        Column("direction", "1", "direction in which production and respiration go") {
          $0.direction.map { Double($0.rawValue) } ?? .nan
        }.with(\.flags, SinkTrends.Direction.allCases.map(\.name)),
        Column("faster", "1", "which of both grows faster, by the trends of z-scores") {
          $0.difference == 0 ? .nan : $0.difference > 0 ? 1 : $0.difference < 0 ? 0 : .nan
        }.with(\.flags, ["respiration", "production"]),
      ]
  }

  /// What the sources are in words.
  private var quantities: [String] {
    job.settings.requests.indices.map { catalogue.quantity($0, job.settings.requests) }
  }

  var description: [String] {
    return [
      "values:   annual " + yearlyValues.joined(separator: " and "),
      "periods:  " + periods.names.joined(separator: ", "),
    ]
      + classes.sets.map { set in
        "classes:  \(set.classes.count) of \(set.title): \(set.classes.map(\.name).joined(separator: ", "))"
      }
  }

  /// The yearly values in words: that of respiration, then that of production.
  private var yearlyValues: [String] {
    zip(job.settings.requests, reductionOfYears.statisticNames).map { request, statistic in
      "\(statistic) of \(request.name) '\(request.expression.names)'"
    }
  }

  var notes: [String] { sourceNotes + reductionOfYears.notes + classes.notes }

  func periodResult(_ status: SinkStatus) -> SinkTrends { SinkTrends(status: status) }
  func reduction(on cells: [Int]) -> any Reduction { reductionOfYears }

  func cells(_ data: YearValues, _ partition: Partition, rank: Int) -> SinkCells {
    SinkCells(self, reductionOfYears, data)
  }

  /// What the regions are made of, and the classes.
  func keptBytes(_ partition: Partition, rank: Int) -> Int {
    2 * dataBytes(cells: partition.share(of: rank).count) / width + classes.bytes
      + SinkRegions.bytes(partition, rank: rank, on: catalogue.grid)
  }

  func advice(_ status: SinkStatus) -> String? {
    status == .noProduction ? "do --respiration and --production cover the same cells?" : nil
  }

  func summaryParts(_ results: MethodResults<Self>) throws -> [any SummaryPart] {
    results.work.regions = try periods.indices.map { try SinkRegions(results, of: self, period: $0) }
    return results.work.regions
  }

  func complete(_ report: inout RunReport, _ results: MethodResults<Self>) throws {
    let communicator = results.cells.communicator
    try communicator.together {
      guard communicator.isRoot else { return }
      let output = SinkOutput(regions: results.work.regions, minimumArea: job.classes.minimumArea)
      if let path = job.table { try output.table.write(to: path) }
      if let path = job.series { try output.series.write(to: path) }
      if let path = job.picture { try TextFile.write(output.seriesPicture, to: path) }
      if let path = job.fasterPicture { try TextFile.write(output.fasterPicture, to: path) }
    }
  }

  var attributes: MapWriter.FileAttributes {
    var comment =
      "Annual \(yearlyValues.joined(separator: " and ")), \(catalogue.period), of the years that both have; z-scores with "
      + "the standard deviation (n - 1) of these years; trend_q is p adjusted over cells (Benjamini and Hochberg 1995)."
      + (job.allowsForAutocorrelation ? " p allows for lag-1 autocorrelation (Santer et al. 2000)." : "")
    if let remark = job.months.remark { comment += " \(remark.prefix(1).uppercased() + remark.dropFirst())." }
    if let remark = productRemark(catalogue, periods) { comment += " " + remark }
    var attributes = MapWriter.FileAttributes(
      title: "Trends of production (\(quantities[SinkJob.production])) and respiration "
        + "(\(quantities[SinkJob.respiration])), and which grows faster, \(periods.words)",
      source: ProgramVersion.source,
      references: "Yu et al. (2021), ecosystem respiration and carbon sink potential", commandLine: commandLine,
      comment: comment, configuration: job.settings.configuration)
    attributes.span = periods.span(catalogue.sources[0].calendar)
    return attributes
  }
}

/// Keeps the yearly values of respiration and production.
struct SinkReduction: Reduction {
  /// Those of respiration, then of production.
  private let totals: [YearlyTotals]
  private let calendars: [ModelCalendar]
  /// What a yearly value of each is in words, and its units.
  let (statisticNames, units): ([String], [String])
  /// What to know of sums that are no amounts.
  let notes: [String]

  init(_ job: SinkJob, _ catalogue: Catalogue) {
    calendars = catalogue.sources.map(\.calendar)
    // A year that is a step of its own comes as its first month, and is taken as it is.
    let areYearly = catalogue.sources.map { $0.cadence == .yearly }
    let months = job.months
    let rates = zip(catalogue.sources, job.settings.requests).map { job.statistic == .sum ? RateSum(of: $0, $1) : nil }
    units = zip(catalogue.sources, rates).map { source, rate in rate?.units ?? source.units }
    totals = areYearly.enumerated().map { source, isYearly in
      YearlyTotals(
        months: isYearly ? YearMonths(first: 1, last: 1) : months, statistic: isYearly ? .sum : job.statistic,
        rate: rates[source], source: source)
    }
    statisticNames = zip(areYearly, rates).map { isYearly, rate in
      guard !isYearly else { return rate == nil ? "value" : "sum" }
      return job.statistic.rawValue + (months.areWholeYear ? "" : " over \(months.text)")
    }
    notes = catalogue.sources.indices.compactMap { source in
      job.statistic == .sum && !areYearly[source] && rates[source] == nil
        ? YearStatistic.noteOfSums(of: catalogue.sources[source]) : nil
    }
  }

  /// Values that a year leaves of each source.
  var parts: Int { totals[0].width }
  var width: Int { 2 * parts }
  var workWidth: Int { 2 * totals[0].workWidth }

  func add(_ step: StepFields, to values: CellBlock) {
    for (source, own) in totals.enumerated() {
      own.add(step, to: values[source * own.workWidth..<(source + 1) * own.workWidth])
    }
  }

  func finish(year: Int, work: CellBlock, cells: Range<Int>, to values: CellBlock) {
    for (source, own) in totals.enumerated() {
      own.finish(
        work: work[source * own.workWidth..<(source + 1) * own.workWidth],
        to: values[source * own.width..<(source + 1) * own.width])
    }
  }

  /// What the total of a source is divided by in a year.
  func divisor(ofYear year: Int, source: Int) -> Double {
    guard totals[source].statistic == .mean else { return 1 }
    return Double(totals[source].months.months(ofYear: year).map(calendars[source].dayCount).reduce(0, +))
  }
}
