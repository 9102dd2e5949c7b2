import ArgumentParser
import Distributed
import Kernels

/// Drought indices of a monthly water balance.
struct Spei: MapCommand {
  static let configuration = CommandConfiguration(
    commandName: "spei",
    abstract:
      "Standardised precipitation evapotranspiration index (SPEI), or SPI, on any time scales, as a record of maps.",
    usage: """
      smt-mpi spei --balance <SOURCE> --output <FILE> [<options>]
      smt-mpi spei --precipitation <SOURCE> --evapotranspiration <SOURCE>
        --output <FILE> [<options>]
      """,
    discussion: """
      In each cell the water balance, precipitation less potential evapotranspiration, is added up over the k months that end \
      with a month. For each calendar month a generalised logistic distribution is fitted to the sums of the reference \
      years by unbiased probability-weighted moments (Vicente-Serrano et al. 2010, Begueria et al. 2014), and what a sum \
      exceeds with its probability becomes a standard normal score: 0 is normal, -2 a severe drought. A sum over a gap is \
      missing.

      Sources are PATTERN:VARIABLE; what they are in becomes mm a month by the files' calendar: kg m-2 s-1, mm/day, \
      mm/month, and W m-2 of evaporation, by 2.45 MJ kg-1.

      SPEI of 12, 24 and 36 months from GLDAS:
        mpirun -n 4 smt-mpi spei --scales 12,24,36 --output spei.nc \\
          --balance 'gldas/*.nc4:Rainf_f_tavg - gldas/*.nc4:PotEvap_tavg'

      Decembers alone, from CRU, fitted to 1961-1990, and the distributions for
      later months:
        smt-mpi spei --precipitation 'cru/pre.nc:pre' \\
          --evapotranspiration 'cru/pet.nc:pet' --scales 12 --months 12 \\
          --reference 1961-1990 --bootstrap 500 --save-parameters fit.nc \\
          --output december.nc
        smt-mpi spei --precipitation 'new/pre.nc:pre' \\
          --evapotranspiration 'new/pet.nc:pet' --scales 12 --months 12 \\
          --parameters fit.nc --output new.nc

      SPI of 3 months:
        smt-mpi spei --index spi --precipitation 'cru/pre.nc:pre' --scales 3 \\
          --output spi.nc

      Exit codes: 64 usage, 65 input wrong, 66 input not there, 69 launch, 70 internal, 71 memory limit, 73 cannot \
      write, 75 interrupted (the same command resumes).
      """)

  @OptionGroup(title: "Balance")
  var balance: BalanceOptions

  @OptionGroup(title: "Index")
  var drought: DroughtOptions

  @OptionGroup(title: "Selection")
  var selection: SelectionOptions

  @OptionGroup(title: "Classes")
  var classTable: DroughtTableOptions

  @OptionGroup(title: "Output")
  var series: SeriesOptions

  @OptionGroup(title: "Running")
  var running: RunOptions

  var shared: SharedRunOptions { running.shared }

  func makeJob() throws -> any MapJob { try DroughtJob(self) }
}

/// Where the water balance comes from.
struct BalanceOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      The balance: FILES:VARIABLE in mm, or sums and differences of sources, each in units of its own: \
      'P.nc:Rainf - E.nc:PotEvap'.
      """, valueName: "SOURCE"), completion: .file())
  var balance: String?

  @Option(help: ArgumentHelp("Precipitation, in place of --balance.", valueName: "SOURCE"), completion: .file())
  var precipitation: String?

  @Option(
    help: ArgumentHelp("Potential evapotranspiration, which is taken off precipitation.", valueName: "SOURCE"),
    completion: .file())
  var evapotranspiration: String?

  @Flag(help: "Treat months that no file holds as missing data.")
  var allowGaps = false
}

/// What is made of the balance.
struct DroughtOptions: ParsableArguments {
  @Option(help: ArgumentHelp("spei (generalised logistic) or spi (gamma, of precipitation alone).", valueName: "index"))
  var index = DroughtIndex.spei

  @Option(help: ArgumentHelp("Months of the sums; e.g. 3,12,24.", valueName: "k,k,…"))
  var scales = "12"

  @Option(help: ArgumentHelp("Months in which sums end: all, 12, 6-8, JJA or 3,6,9,12.", valueName: "months"))
  var months = "all"

  @Option(
    help: ArgumentHelp(
      "Years of the fit: sums that end in them; e.g. 1961-1990. Default: all years.", valueName: "YYYY-YYYY"))
  var reference: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Largest magnitude of the index, beyond which values are brought to it and counted, or none.",
      valueName: "number|none"))
  var limit = "3.09"

  @Option(
    help: ArgumentHelp("Write the distributions, for --parameters; e.g. fit.nc.", valueName: "FILE"),
    completion: .file())
  var saveParameters: String?

  @Option(
    help: ArgumentHelp("Take distributions that --save-parameters wrote in place of a fit.", valueName: "FILE"),
    completion: .file())
  var parameters: String?

  @Option(
    help: ArgumentHelp(
      """
      Refits to years drawn anew, for standard errors beside the parameters of --save-parameters: 20 or more; e.g. 500. \
      Default: none.
      """, valueName: "n"))
  var bootstrap = 0

  @Option(help: ArgumentHelp("Seed of the bootstrap.", valueName: "number"))
  var seed = 1
}

/// The table by classes of cells: those of `ClassOptions` whose names are not taken here.
struct DroughtTableOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Write the index of the year's last wanted month by class as CSV; without classes the globe is one. E.g. zones.csv.
      """, valueName: "FILE"), completion: .file())
  var table: String?

  @Option(
    help: ArgumentHelp("Map of whole numbers, each a class of cells; repeatable.", valueName: "FILE:VAR"),
    completion: .file())
  var classes: [String] = []

  @Option(
    help: ArgumentHelp(
      "Groups of the classes of --classes, one such list for each map; e.g. 'forest=1-5,shrubland=6-9'.",
      valueName: "name=ids,…"))
  var groups: [String] = []

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Bands of latitude, degrees; e.g. 'globe,30:90,tropics=-30:30'.", valueName: "S:N,…"))
  var bands: String?

  /// The classes; nil where no table is wanted.
  ///
  /// - Throws: exit code 64 naming the option.
  func settings() throws -> ClassSettings? {
    guard table != nil || !classes.isEmpty || bands != nil else { return nil }
    let words =
      classes.flatMap { ["--classes", $0] } + groups.flatMap { ["--groups", $0] }
      + (bands.map { ["--bands", $0] } ?? [])
    return try ClassSettings(try ClassOptions.parse(words))
  }
}

extension DroughtIndex: ExpressibleByArgument {}
