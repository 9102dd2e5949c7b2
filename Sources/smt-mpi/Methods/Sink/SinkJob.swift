import Distributed
import Kernels

/// All that describes a comparison of respiration with production, checked; made before MPI starts.
struct SinkJob: Job {
  let settings: JobSettings
  let record: RecordYears
  let statistic: YearStatistic
  let months: YearMonths
  /// p below which a trend is significant.
  let significance: Double
  /// Whether p rests on fewer years where those that follow each other are alike.
  let allowsForAutocorrelation: Bool
  /// Regions and classes.
  let classes: ClassSettings
  /// Files that are written besides the maps; nil where one is not wanted.
  let (table, series, picture, fasterPicture): (String?, String?, String?, String?)
  /// Index of each source in the job's requests.
  static let (respiration, production) = (0, 1)

  init(_ command: Sink) throws {
    let options = command.sink
    guard let respiration = options.respiration, let production = options.production else {
      let missing = options.respiration == nil ? "respiration" : "production"
      throw JobError(.usage, "--\(missing) is missing; e.g. --\(missing) 'record/*.nc:VARIABLE'")
    }
    guard options.significance > 0, options.significance < 1 else {
      throw JobError(
        .usage,
        "--significance \(options.significance.shortText): expected more than 0 and less than 1, for example 0.1")
    }
    significance = options.significance
    allowsForAutocorrelation = options.effectiveN
    statistic = options.statistic
    months = try YearMonths(option: options.months)
    record = try RecordYears(command.record)
    classes = try options.regions.settings(
      command.classTable.classes, of: "sink", without: ["above", "below", "limit"])
    var requests = try [("respiration", respiration), ("production", production)].map { name, source in
      try command.record.request(
        name, source, layering: .combined, command.selection, statistic: options.statistic == .sum ? .sum : .mean,
        orYears: true)
    }
    requests[Self.production].regridding = .areaMean
    // Where a year's months begin in the year before, the first year's are those before the first period.
    var settings = try JobSettings(
      command, requests,
      period: try command.selection.period() ?? (months.beginInYearBefore ? nil : record.months),
      choice: try command.selection.choice(),
      tables: [
        RunFile("series", options.series, .series), RunFile("picture", options.picture, .picture),
        RunFile("faster-picture", options.fasterPicture, .picture),
      ])
    (table, series) = (command.classTable.table, options.series)
    (picture, fasterPicture) = (options.picture, options.fasterPicture)
    // The table is one of regions and classes, not of columns.
    settings.classTable = nil
    self.settings = settings
  }

  func method(for catalogue: Catalogue, _ communicator: Communicator) throws -> SinkMethod {
    if let yearly = catalogue.sources.first(where: { $0.cadence == .yearly }), !months.areWholeYear {
      throw JobError(.usage, "--months is about years of months; the steps of --\(yearly.name) are years already")
    }
    let periods = try record.periods(
      of: catalogue, settings.requests[Self.respiration], months: months)
    let classes = try ClassSummary(classes, on: catalogue.grid, of: [catalogue.gridPath], communicator)
    return SinkMethod(job: self, catalogue: catalogue, periods: periods, classes: classes)
  }
}
