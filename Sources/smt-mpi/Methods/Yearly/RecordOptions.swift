import ArgumentParser
import Distributed

/// What methods on the years of a record share: layers, years and gaps.
struct RecordOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Depths that count, metres; e.g. 0-1. Default: all layers.", valueName: "TOP-BOTTOM"))
  var depth: String?

  @Option(
    help: ArgumentHelp(
      "Edges of the layers in metres where neither files nor names tell; e.g. 0,0.1,0.4,1,2.", valueName: "m,m,…"))
  var layerBounds: String?

  @Option(help: ArgumentHelp("Fewest complete years of a cell.", valueName: "n"))
  var minimumYears = 10

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp("Calendar years of a period; repeatable; default: all years.", valueName: "YYYY-YYYY"))
  var period: [String] = []

  @Flag(help: "Treat months that no file holds as missing data.")
  var allowGaps = false
}

/// What a command on the years of a record has besides its method's options.
struct RecordJobOptions: ParsableArguments {
  @OptionGroup(title: "Record")
  var record: RecordOptions

  @OptionGroup(title: "Selection")
  var selection: SelectionOptions

  @OptionGroup(title: "Classes")
  var classTable: ClassTableOptions

  @OptionGroup(title: "Running")
  var running: RunOptions
}

/// A command on the years of a record.
protocol RecordCommand: JobCommand {
  var common: RecordJobOptions { get }
}

extension RecordCommand {
  var record: RecordOptions { common.record }
  var selection: SelectionOptions { common.selection }
  var classTable: ClassTableOptions { common.classTable }
  var running: RunOptions { common.running }
}

/// The years of a record that a job works on: `RecordOptions`, checked.
struct RecordYears {
  /// Fewest complete years of a cell.
  let minimumYears: Int
  /// First and last year of each period asked for; empty for all years.
  private let asked: [ClosedRange<Int>]

  /// Fewer years have no trend.
  private static let fewestYears = 3

  init(_ options: RecordOptions) throws {
    guard (Self.fewestYears...InputLimit.year).contains(options.minimumYears) else {
      throw JobError(
        .usage, "--minimum-years \(options.minimumYears): expected \(Self.fewestYears) to \(InputLimit.year)")
    }
    minimumYears = options.minimumYears
    asked = try options.period.map(OptionText.years)
    for period in asked where period.count < minimumYears {
      throw JobError(
        .usage,
        "--period \(period.lowerBound)-\(period.upperBound) has \(counted(period.count, "year")), and --minimum-years "
          + "\(minimumYears) asks for more; give a longer period"
          + (period.count >= Self.fewestYears ? ", or --minimum-years \(period.count)" : ""))
    }
  }

  /// The months from the first to the last year asked for; nil for all.
  var months: ClosedRange<Month>? {
    guard let first = asked.map(\.lowerBound).min(), let last = asked.map(\.upperBound).max() else { return nil }
    return Month(year: first, month: 1)...Month(year: last, month: 12)
  }

  /// The periods asked for, or all years of the record as one; each has as many years as a cell with a result needs.
  ///
  /// - Parameter months: the months that a year needs; nil where a cell needs so many years' months of the first source,
  ///   from whatever years.
  /// - Throws: exit code 64 for a period that is outside the record or too short, 65 for a record that is too short.
  func periods(
    of catalogue: Catalogue, _ request: SourceRequest, months: YearMonths? = .wholeYear
  ) throws -> [ClosedRange<Int>] {
    let periods = try periodsWithin(catalogue, request)
    for period in periods {
      if let months {
        try checkYears(of: period, catalogue, months)
      } else {
        try checkMonths(of: period, catalogue)
      }
    }
    return periods
  }

  /// Checks that files hold as many months of a period as the fewest years have.
  private func checkMonths(of period: ClosedRange<Int>, _ catalogue: Catalogue) throws {
    let count = catalogue.steps.enumerated().count { step, time in
      period.contains(time.month.year) && catalogue.sources[0].isThere(step)
    }
    guard count < 12 * minimumYears else { return }
    let what = asked.isEmpty ? "the record" : "--period \(period.lowerBound)-\(period.upperBound)"
    throw JobError(
      asked.isEmpty ? .inputData : .usage,
      "\(what) has \(counted(count, "month")), and --minimum-years \(minimumYears) asks for \(12 * minimumYears); give "
        + (asked.isEmpty ? "more files" : "a longer period"))
  }

  /// Checks that files hold enough years of a period.
  private func checkYears(of period: ClosedRange<Int>, _ catalogue: Catalogue, _ months: YearMonths) throws {
    let steps = Dictionary(uniqueKeysWithValues: catalogue.steps.enumerated().map { ($1.month, $0) })
    let count = period.count { year in
      let needed = catalogue.cadence == .yearly ? [Month(year: year, month: 1)] : months.months(ofYear: year)
      return needed.allSatisfy { month in
        steps[month].map { step in catalogue.sources.allSatisfy { $0.isThere(step) } } ?? false
      }
    }
    guard count < minimumYears else { return }
    let years = "\(period.lowerBound)-\(period.upperBound)"
    let what = asked.isEmpty ? "the record, \(years)," : "--period \(years)"
    let own = months.areWholeYear ? "" : " with all of --months"
    throw JobError(
      asked.isEmpty ? .inputData : .usage,
      "\(what) has \(counted(count, "complete year"))\(own), and --minimum-years \(minimumYears) asks for more; give "
        + (asked.isEmpty ? "more files" : "a longer period")
        + (count >= Self.fewestYears ? ", or --minimum-years \(count)" : ""))
  }

  private func periodsWithin(_ catalogue: Catalogue, _ request: SourceRequest) throws -> [ClosedRange<Int>] {
    let years = catalogue.years.map(\.year)
    guard let span = catalogue.sources[0].span(of: catalogue.months), let begin = years.first, let end = years.last
    else {
      throw JobError(
        request.mayBeShorter && !asked.isEmpty ? .usage : .inputData,
        "--\(request.name) '\(request.expression.text)': no file holds any of the months asked for, "
          + "\(catalogue.months[0])/\(catalogue.months[catalogue.months.count - 1])")
    }
    guard !asked.isEmpty else { return [begin...end] }
    // Where gaps are allowed or months were chosen, years at the ends may lack some.
    let mayLackMonths = request.allowsGaps || !request.mayBeShorter || catalogue.cadence == .yearly
    let first = span.lowerBound.year + (span.lowerBound.month == 1 || mayLackMonths ? 0 : 1)
    let last = span.upperBound.year - (span.upperBound.month == 12 || mayLackMonths ? 0 : 1)
    for period in asked where period.lowerBound < first || period.upperBound > last {
      let end = period.lowerBound < first ? "begins in \(span.lowerBound)" : "ends in \(span.upperBound)"
      throw JobError(
        .usage, "--period \(period.lowerBound)-\(period.upperBound) is not within the record, which \(end)")
    }
    return asked
  }
}

extension RecordOptions {
  /// One of the sources of a job.
  ///
  /// - Parameters:
  ///   - name: The option that gives it.
  ///   - layering: What becomes of its layers.
  ///   - statistic: What a month becomes of finer steps.
  ///   - orYears: Whether a record of years is taken as it is.
  /// - Throws: exit code 64 where the text is no source of one record.
  func request(
    _ name: String, _ source: String, layering: SourceRequest.Layering, _ selection: SelectionOptions,
    statistic: StepRequest.Statistic = .mean, orYears: Bool = false
  ) throws -> SourceRequest {
    let expression = try SourceExpression(option: source)
    guard !expression.namesMember else { throw JobError(.usage, "--\(name) holds {member}; one record is expected") }
    var request = SourceRequest(
      name: name, expression: expression, steps: try selection.steps(statistic, orYears: orYears),
      depth: try depth.map(OptionText.depths), layerEdges: try layerBounds.map(OptionText.edges) ?? [],
      layering: layering, addsUp: SoilMoistureUnits.addUp, allowsGaps: allowGaps,
      mayBeShorter: selection.time == nil, words: .options(source: name, allowGaps: true))
    request.regridding = .sameCells
    request.isRate = RateSum.isRate
    return request
  }
}
