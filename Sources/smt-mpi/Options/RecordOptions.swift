import ArgumentParser
import Distributed

/// What methods on the years of one record share: layers, years and gaps.
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

  var entries: [ConfigurationEntry] {
    [
      .init("depth", depth), .init("layer-bounds", layerBounds), .init("minimum-years", minimumYears),
      .init("period", period), .init("allow-gaps", allowGaps),
    ]
  }
}

/// A job on the years of one record: `RecordOptions`, `SelectionOptions` and `RunOptions`, checked.
struct RecordSettings {
  let request: SourceRequest
  let minimumYears: Int
  let months: ClosedRange<Month>?
  let choice: CellSelection.Choice
  let running: RunSettings
  /// The effective options as YAML.
  let configuration: String
  /// First and last year of each period; empty for all years.
  private let periods: [ClosedRange<Int>]

  /// - Parameters:
  ///   - name: The option that gives the source.
  ///   - steps: What becomes of steps finer than months.
  ///   - readsYearBefore: Whether a year may need months of the year before.
  init(
    name: String, source: String, steps: StepRequest = .months(), layering: SourceRequest.Layering,
    readsYearBefore: Bool = false,
    _ options: RecordOptions, _ selection: SelectionOptions, _ run: RunOptions, configuration: String
  ) throws {
    let specification = try SourceSpecification(source)
    guard !specification.namesMember else { throw JobError(.usage, "--\(name) holds {member}; one record is expected") }
    request = SourceRequest(
      name: name, specification: specification, steps: steps, depth: try options.depth.map(OptionText.depths),
      layerEdges: try options.layerBounds.map(OptionText.edges) ?? [], layering: layering,
      addsUp: SoilMoistureUnits.addUp, allowsGaps: options.allowGaps, mayBeShorter: selection.time == nil,
      words: .options(source: name))
    guard options.minimumYears >= 3 else {
      throw JobError(.usage, "--minimum-years \(options.minimumYears): expected 3 or more")
    }
    minimumYears = options.minimumYears
    periods = try options.period.map(OptionText.years)
    months = try selection.period() ?? (readsYearBefore ? nil : Self.hull(periods))
    choice = CellSelection.Choice(
      box: try selection.box(),
      mask: try selection.mask.map { try OptionText.variables($0, count: 1, option: "mask") }.map { ($0.0, $0.1[0]) })
    running = try RunSettings(run)
    self.configuration = configuration
  }

  private static func hull(_ periods: [ClosedRange<Int>]) -> ClosedRange<Month>? {
    guard let first = periods.map(\.lowerBound).min(), let last = periods.map(\.upperBound).max() else { return nil }
    return Month(year: first, month: 1)...Month(year: last, month: 12)
  }

  /// The periods asked for, or all years of the record as one.
  ///
  /// - Throws: exit code 64 for a period outside the record.
  func periods(of catalogue: Catalogue) throws -> [ClosedRange<Int>] {
    let years = catalogue.years.map(\.year)
    guard let span = catalogue.sources[0].span(of: catalogue.months), let begin = years.first, let end = years.last
    else {
      throw JobError(
        request.mayBeShorter && !periods.isEmpty ? .usage : .inputData,
        "--\(request.name) '\(request.specification.text)': no file holds any of the months asked for, "
          + "\(catalogue.months[0])/\(catalogue.months[catalogue.months.count - 1])")
    }
    guard !periods.isEmpty else { return [begin...end] }
    // Where gaps are allowed or months were chosen, years at the ends may lack some.
    let mayLackMonths = request.allowsGaps || !request.mayBeShorter
    let first = span.lowerBound.year + (span.lowerBound.month == 1 || mayLackMonths ? 0 : 1)
    let last = span.upperBound.year - (span.upperBound.month == 12 || mayLackMonths ? 0 : 1)
    for period in periods where period.lowerBound < first || period.upperBound > last {
      let end = period.lowerBound < first ? "begins in \(span.lowerBound)" : "ends in \(span.upperBound)"
      throw JobError(
        .usage, "--period \(period.lowerBound)-\(period.upperBound) is not within the record, which \(end)")
    }
    return periods
  }
}
