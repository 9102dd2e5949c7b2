import ArgumentParser
import Distributed

/// Writes an ensemble whose thresholds are known.
struct Synthesize: MapCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write a synthetic ensemble in CLM history layout, with the true thresholds beside it.",
    usage: "smt-mpi synthesize <folder> [<options>]",
    discussion: """
      A reference run (REF) and runs with prescribed, reduced soil moisture (EXP_01 …) on an invented globe. GPP falls \
      with soil moisture along a known curve in every land cell; truth.nc holds its threshold and decline rates, \
      season.nc the growing seasons. The same options and seed give the same files.

      Example:
        smt-mpi synthesize demo --rows 48 --columns 72 --months 24
      """)

  static let needsOneProcess = true

  @Argument(
    help: "Folder to write to; it must be empty or absent, unless files in it may be replaced (--overwrite).",
    completion: .directory)
  var folder: String?

  @Option(help: ArgumentHelp("Rows of the grid, pole to pole; e.g. 192.", valueName: "n"))
  var rows = 48
  @Option(help: ArgumentHelp("Columns of the grid; e.g. 288.", valueName: "n"))
  var columns = 72
  @Option(
    help: ArgumentHelp(
      "Perturbed members beside REF. Of 85, number n has n % less moisture; fewer span the same range; e.g. 17.",
      valueName: "n"))
  var members = 85
  @Option(help: ArgumentHelp("Length of the record in months from January; e.g. 132.", valueName: "months"))
  var months = 12
  @Option(help: ArgumentHelp("Calendar year of the first month; e.g. 2004.", valueName: "year"))
  var firstYear = 2004
  @Option(
    help: ArgumentHelp(
      """
      Standard deviation of a member's GPP in a cell, percent of normal; e.g. 3. Default: 1; with --respiration 5 percent \
      of that of the truth, what sites have beside it.
      """, valueName: "percent"))
  var noise: Double?
  @Option(help: ArgumentHelp("Share of the globe that is ocean, 0 to below 1; e.g. 0.5.", valueName: "share"))
  var oceanShare = 0.7
  @Option(
    help: ArgumentHelp(
      "two-slope, or line: GPP falls in a straight line everywhere, so that no threshold is to be found.",
      valueName: "curve"))
  var curve = Curve.twoSlope
  @Option(help: ArgumentHelp("Another number gives another globe and other noise; e.g. 7.", valueName: "number"))
  var seed = 1

  @Flag(help: "Write soil moisture as H2OSOI on the 20 layers of CLM5 instead of SM, the mean of the upper 3 m.")
  var levsoi = false
  @Flag(
    help: """
      Write TSA, RH2M and QROOTSINK too, the last on the 20 layers of CLM5; they differ between members below and above \
      the threshold by known steps (difference_… in truth.nc).
      """)
  var climate = false
  @Flag(
    help: """
      Write TSA, RH2M and FSDS too, with a GPP whose regression on soil moisture, vapour pressure deficit, temperature and \
      radiation is known (beta in sensitivity.nc); temperature and deficit go together. Needs 24 months.
      """)
  var sensitivity = false

  @Flag(
    help: """
      Write sink.nc too, respiration (RECO) and production (NPP) whose trends are known (sink_truth.nc). Needs whole years, \
      --months 36 or more.
      """)
  var sink = false

  @Flag(
    help: """
      Write in place of an ensemble two runs that differ in soil moisture by layer, native.nc and blended.nc, whose GPP, AR \
      and HR differ by a known sensitivity times that (beta_gpp … in truth.nc), in double precision.
      """)
  var runs = false

  @Flag(help: "Write days in place of months; with --runs.")
  var daily = false

  @Flag(
    help: """
      Write a monthly water balance in place of an ensemble, balance.nc, whose drought index is known (spei and its \
      distributions in truth.nc), with a drought. Needs 96 months.
      """)
  var balance = false

  @Flag(
    help: """
      Write in place of an ensemble an hourly run of a model (model.*.nc), snapshots of soil moisture (profiles.nc, levels.nc, \
      probes.csv), bounds (soil.nc) and towers whose blend is known (truth.nc), in double precision.
      """)
  var snapshots = false

  @Flag(
    help: """
      Write in place of an ensemble predictors of respiration by month, year and once (monthly.nc, spei.nc, yearly.nc, \
      static.nc), the respiration that follows from 3 x 3 cells of them (truth.nc) and what sites measure of it \
      (site_years.csv, independent.csv). Needs whole years, --months 36 or more.
      """)
  var respiration = false

  @Option(
    help: ArgumentHelp(
      "Sites in clusters of five; with --respiration; e.g. 40. Default: 130.", valueName: "n"))
  var sites: Int?

  @Option(
    help: ArgumentHelp(
      """
      What each site has of its own, in standard deviations of the truth, so that a network that knows a site's other years \
      does better than one that does not; with --respiration; e.g. 0.5. Default: 0.
      """, valueName: "share"))
  var siteEffect: Double?

  @Option(
    help: ArgumentHelp(
      """
      One file a member ({member}.nc), a month ({member}/lnd/hist/{member}.clm2.h0.YYYY-MM.nc, as CESM writes) or a \
      variable ({member}/lnd/proc/tseries/month_1/…, CESM's post-processed series).
      """, valueName: "layout"))
  var files = EnsembleLayout.member

  @Option(help: ArgumentHelp("netcdf4, classic (CDF-1), offset64 (CDF-2) or cdf5.", valueName: "format"))
  var format = FormatName.netcdf4
  @Option(help: ArgumentHelp("Compression of netcdf4, 0 (none) to 9; e.g. 0.", valueName: "level"))
  var deflate = 1
  @Option(
    name: .customLong("chunks"),
    help: ArgumentHelp(
      "Chunk lengths of netcdf4: field (a month's whole field), contiguous, or TIME,LAT,LON; e.g. 12,24,36.",
      valueName: "shape"))
  var chunks = ChunkShape.field

  @OptionGroup(title: "Running")
  var shared: SharedRunOptions

  /// Names of the curves.
  enum Curve: String, ExpressibleByArgument, CaseIterable {
    case twoSlope = "two-slope"
    case line
  }

  func validate() throws {
    let sizes = [
      ("rows", rows, 20_000), ("columns", columns, 20_000), ("members", members, 10_000), ("months", months, 120_000),
    ]
    for (name, value, most) in sizes where !(1...most).contains(value) {
      throw ValidationError("--\(name) \(value): give 1 to \(most)")
    }
    guard (0...9999).contains(firstYear) else { throw ValidationError("--first-year \(firstYear): give 0 to 9999") }
    if let noise, !(0...1e6).contains(noise) { throw ValidationError("--noise \(noise): give percent, 0 to 1e6") }
    guard (0..<1).contains(oceanShare) else {
      throw ValidationError("--ocean-share \(oceanShare): give a share from 0 to below 1")
    }
    guard !sensitivity || months >= 24 else { throw ValidationError("--sensitivity: give --months 24 or more") }
    guard !sink || months >= 36 && months % 12 == 0 else {
      throw ValidationError("--sink: give --months of whole years, 36 or more")
    }
    guard !sensitivity || !climate else {
      throw ValidationError("--sensitivity and --climate write the same variables: give one of them")
    }
    let kinds = [
      ("--runs", runs), ("--balance", balance), ("--snapshots", snapshots), ("--respiration", respiration),
    ].filter(\.1).map(\.0)
    guard kinds.count <= 1 else {
      throw ValidationError("\(kinds.joined(separator: " and ")) write other files: give one of them")
    }
    guard runs || !daily else { throw ValidationError("--daily is for --runs; give it too, or leave --daily out") }
    guard respiration || sites == nil && siteEffect == nil else {
      throw ValidationError("--sites and --site-effect are for --respiration; give it too, or leave them out")
    }
    if let sites, !(1...10_000).contains(sites) { throw ValidationError("--sites \(sites): give 1 to 10000") }
    if let siteEffect, !(0...1e6).contains(siteEffect) {
      throw ValidationError("--site-effect \(siteEffect): give standard deviations, 0 to 1e6")
    }
    guard (0...9).contains(deflate) else { throw ValidationError("--deflate \(deflate): give a level from 0 to 9") }
  }

  func makeJob() throws -> any MapJob {
    if runs { return try RunPairJob(self) }
    if respiration { return try RespirationSynthesisJob(self) }
    if snapshots { return try SnapshotSynthesisJob(self) }
    return balance ? try BalanceSynthesisJob(self) : try SynthesisJob(self)
  }
}
