import ArgumentParser
import Distributed
import Foundation
import Kernels

/// Correlations of soil moisture with a response in every cell.
struct Correlate: RecordCommand {
  static let configuration = CommandConfiguration(
    commandName: "correlate",
    abstract: "Correlate soil moisture, by season of wetness and layer, with a response such as GPP.",
    usage: """
      smt-mpi correlate --moisture <PATTERN:VAR,VAR,…>
        --response <PATTERN:VAR> --output <FILE> [<options>]
      """,
    discussion: """
      In every cell the months of each year are ranked from wet to dry and grouped into seasons, as in attribute; the yearly \
      moisture of each season and layer is correlated with the response averaged over the same months (Li et al. 2025). The \
      maps hold Pearson's r and its two-sided p by season and layer, the summary their means and the share of cells that \
      are significant at 0.05.

      The GLDAS record and the gross primary production of GOSIF:
        layers=SoilMoi0_10cm_inst,SoilMoi10_40cm_inst
        layers=$layers,SoilMoi40_100cm_inst,SoilMoi100_200cm_inst
        mpirun -n 64 smt-mpi correlate \\
          --moisture "GLDAS_NOAH10_M.A*.nc4:$layers" \\
          --response 'gosif/*.nc:GPP' --period 2000-2024 --effective-n --fdr \\
          --output correlation.nc

      A model's months against those of observations, with the area means of both
      as a table:
        smt-mpi correlate --monthly --moisture 'REF.nc:SM' \\
          --response 'ERA5.nc:SM' --series both.csv --output r.nc

      Exit codes: 64 usage, 65 input wrong, 66 input not there, 69 launch, 70 internal, 71 memory limit, 73 cannot \
      write, 75 interrupted (the same command resumes).
      """)

  @OptionGroup(title: "Moisture and seasons")
  var wetness: WetnessOptions

  @OptionGroup(title: "Response")
  var correlation: CorrelationOptions

  @OptionGroup
  var quantityName: QuantityNameOptions

  @OptionGroup
  var common: RecordJobOptions

  func makeJob() throws -> any Job {
    correlation.monthly ? try MonthlyCorrelationJob(self) : try CorrelationJob(self)
  }
}

/// Which months of the response belong to a season's moisture.
enum ResponseMonths: String, CaseIterable, ExpressibleByArgument {
  /// Those of the season
  case season
  /// Those of the whole year
  case year
}

/// Options of the correlation itself.
struct CorrelationOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      The response: a variable, or several joined by plus signs; it has its own files or lies in those of the moisture. On \
      another regular grid its area means count, over what is not missing.
      """, valueName: "PATTERN:VAR"), completion: .file())
  var response: String?

  @Option(help: "Months of the response: season (the same as the moisture's) or year (the whole calendar year).")
  var responseMonths = ResponseMonths.season

  @Option(help: ArgumentHelp("Months by which the response is later than the moisture, 0 to 24.", valueName: "months"))
  var lag = 0

  @Flag(help: "Allow for autocorrelation in p: with n (1 - ρx ρy) / (1 + ρx ρy) independent pairs, n at the most.")
  var effectiveN = false

  @Flag(
    help: """
      Adjust p for the number of cells, so that no more than 5 % of those called significant are expected to be so by chance \
      (Benjamini and Hochberg 1995); written as r_q.
      """)
  var fdr = false

  @Flag(
    help: """
      Correlate the months of both records in place of seasons and layers; layers of moisture are averaged or added up.
      """)
  var monthly = false

  @Option(
    help: ArgumentHelp(
      "With --monthly: write the area means of both records by month and year as a table; e.g. series.csv.",
      valueName: "FILE"), completion: .file())
  var series: String?

  @Option(
    help: ArgumentHelp(
      """
      Write the correlations by class, season and layer as CSV, a row for each: number of cells, mean r over cells and by \
      area, mean p, quantiles of r and p, the number of significant cells and its shares; e.g. seasons.csv.
      """, valueName: "FILE"), completion: .file())
  var correlationTable: String?
}

/// What both kinds of correlation share: `CorrelationOptions`, checked.
struct CorrelationSettings {
  let isAdjusted: Bool
  let lag: Int
  let allowsForAutocorrelation: Bool
  /// What the user calls the response; nil where files and the source tell.
  let responseName: String?
  /// Index of each source in the job's requests.
  static let (moisture, response) = (0, 1)

  init(_ options: CorrelationOptions, _ quantityName: QuantityNameOptions) throws {
    guard (0...24).contains(options.lag) else {
      throw JobError(.usage, "--lag \(options.lag): expected 0 to 24 months")
    }
    responseName = try quantityName.checked()
    (lag, isAdjusted, allowsForAutocorrelation) = (options.lag, options.fdr, options.effectiveN)
  }

  /// The two sources of a command.
  static func requests(_ command: Correlate, layering: SourceRequest.Layering) throws -> [SourceRequest] {
    guard let moisture = command.wetness.moisture, let response = command.correlation.response else {
      let missing = command.wetness.moisture == nil ? "moisture" : "response"
      throw JobError(.usage, "--\(missing) is missing; e.g. --\(missing) 'record/*.nc:VARIABLE'")
    }
    var plain = command.record
    (plain.depth, plain.layerBounds) = (nil, nil)
    var requests = [
      try command.record.request("moisture", moisture, layering: layering, command.selection),
      try plain.request("response", response, layering: .combined, command.selection),
    ]
    requests[Self.response].regridding = .areaMean
    return requests
  }

  /// What moisture is correlated with, in words.
  func response(_ catalogue: Catalogue, _ requests: [SourceRequest]) -> String {
    responseName ?? catalogue.quantity(Self.response, requests)
  }

  /// What differs from plain correlation, in words.
  var text: String {
    (lag > 0 ? "; the response is \(lag) months later" : "")
      + (allowsForAutocorrelation ? "; p allows for lag-1 autocorrelation (Bretherton et al. 1999)" : "")
      + (isAdjusted ? "; r_q is p adjusted over cells (Benjamini and Hochberg 1995)" : "")
  }

  /// 1 where p, or with `--fdr` the adjusted p, is below 0.05, else 0; NaN where there is no result.
  ///
  /// - Parameter probabilities: p of all cells; `undefinedP` where a correlation does not exist.
  @Sendable func significance(_ probabilities: [Double]) -> [Double] {
    let defined = probabilities.map { $0 == Self.undefinedP ? .nan : $0 }
    return zip(probabilities, isAdjusted ? falseDiscoveryRates(defined) : defined).map { p, tested in
      p.isNaN ? .nan : tested < 0.05 ? 1 : 0
    }
  }

  /// In place of the p of a correlation that does not exist: it counts as not significant.
  private static let undefinedP = 2.0

  /// The columns of correlations: r, p, and what else is asked for.
  ///
  /// - Parameters:
  ///   - response: What moisture is correlated with, in words.
  ///   - isComputed: Whether a cell has a result.
  ///   - correlations: A cell's correlations, one for each index of the axes.
  func columns<Result>(
    with response: String, axes: [MapAxis], _ isComputed: @escaping @Sendable (Result) -> Bool,
    _ correlations: @escaping @Sendable (Result) -> [Correlation]
  ) -> [Column<Result>] {
    var columns: [Column<Result>] = [
      Column("r", "1", "correlation of soil moisture with \(response)", axes: axes, summary: .means) {
        correlations($0).map(\.r)
      }.with(\.validRange, -1...1),
      Column(
        "r_p", "1", "two-sided p of the correlation of soil moisture with \(response)", axes: axes, summary: .means
      ) { correlations($0).map(\.p) }.with(\.validRange, 0...1),
      Column(
        "significant", "1", "part of the cells with a result that are significant at 0.05", axes: axes,
        summary: .percent
      ) { result in
        correlations(result).map { isComputed(result) ? ($0.p.isNaN ? Self.undefinedP : $0.p) : .nan }
      }.with(\.isWritten, false).with(\.gathered, significance),
    ]
    if isAdjusted {
      columns.append(
        Column<Result>(
          "r_q", "1",
          "p of the correlation of soil moisture with \(response), adjusted for the false discovery rate over cells",
          axes: axes, summary: .means
        ) { correlations($0).map(\.p) }.with(\.validRange, 0...1).with(\.gathered, falseDiscoveryRates))
    }
    if allowsForAutocorrelation {
      columns.append(
        Column("effective_n", "1", "number of independent pairs", axes: axes) {
          correlations($0).map(\.effectiveCount)
        }.with(\.validRange, 0.0 ... .infinity))
    }
    return columns
  }
}

/// Which part of all cells of the grid, sea among them, is significant.
///
/// This is the denominator of Li et al. (2025).
struct SignificantOfGrid: SummaryPart {
  let period: Int
  let fields: [SummaryField]
  private let name: String
  /// Cells that are computed over cells of the grid.
  private let share: Double

  init<Analysis: YearlyMethod>(
    _ results: MethodResults<Analysis>, of method: Analysis, _ settings: CorrelationSettings, period: Int
  ) {
    self.period = period
    let name = method.periods.names[period]
    share = Double(results.cells.partition.cells.count) / Double(max(1, results.grid.cellCount))
    fields = results.rows.places("significant", period: period).enumerated().map { index, place in
      SummaryField(
        name: "\(name)_significant_of_grid_\(index)",
        gathered: { settings.significance($0).map { $0.isNaN ? 0 : $0 } }
      ) { $0[place] }
    }
    self.name = name
  }

  func describe(_ means: SummaryMeans, _ summary: inout Summary) {
    let shares = fields.map { share * means[$0.name].cells }
    for (index, share) in shares.enumerated() { summary.add("\(name)_significant_of_grid_\(index)", share) }
    summary.add(
      line: "significant, of all cells of the grid: "
        + shares.map { numberText(100 * $0, "%.2f %%") }.joined(separator: ", "))
  }
}
