import ArgumentParser
import Distributed

/// Finds the soil moisture at which the evaporative fraction of flux stations begins to fall.
struct Sites: MapCommand {
  static let configuration = CommandConfiguration(
    commandName: "sites",
    abstract: "Find soil moisture thresholds of the evaporative fraction at flux stations.",
    usage: "smt-mpi sites <FILE> ... --output <FILE> [<options>]",
    discussion: """
      At each station the evaporative fraction LE/(LE + H) of days is fitted against soil moisture by a line that rises to \
      a breakpoint, the threshold, and a level above it; the best breakpoint is found exactly. Akaike's criterion compares \
      the fit with a level and a straight line, blocks of days drawn again give the threshold's interval.

      Files are those of FLUXNET2015, ICOS or AmeriFlux, of days, hours or half-hours, plain or gzip. A day counts with LE \
      and H of at least 0 and a sum of at least 20 W m-2.

      Thresholds of all stations, beside those of a map:
        smt-mpi sites 'flx/FLX_*_DD_*.csv*' --stations SitesList.csv \\
          --compare smt.nc:smt --picture sites.svg --output sites.csv

      Two depths weighted by thickness, dry days in 2015 to 2018 alone, and a file
      of points for xarray:
        smt-mpi sites 'flx/*_HH_*.csv.gz' --moisture SWC_F_MDS_1@0-0.05 \\
          --moisture SWC_F_MDS_2@0.05-0.2 --dry-days --period 2015-2018 \\
          --output sites.csv --map sites.nc

      Yearly respiration, and the sensitivity of fluxes from one day to the next:
        smt-mpi sites 'flx/FLX_*_DD_*.csv' --stations SitesList.csv \\
          --yearly RECO --differences GPP,RECO,NEE --output sites.csv

      Exit codes: 64 usage, 65 input wrong, 66 input not there, 69 launch, 70 internal, 71 memory limit, 73 cannot \
      write, 75 interrupted.
      """)

  @Argument(
    help: ArgumentHelp("Files of stations, one a station; patterns are taken.", valueName: "FILE"), completion: .file())
  var files: [String] = []

  @Option(
    help: ArgumentHelp(
      """
      List of the stations, CSV, by column names: site (SiteCode, fluxnetid), latitude, longitude, class (IGBPCode), start \
      and end of the study (a year or a date each).
      """, valueName: "FILE"), completion: .file())
  var stations: String?

  @Option(
    help: ArgumentHelp(
      """
      Column of soil moisture; with its depths in metres, several are averaged weighted by thickness: \
      SWC_F_MDS_1@0-0.05, once for each. Default: the first depth, by its names in FLUXNET and AmeriFlux.
      """, valueName: "COLUMN[@top-bottom]"))
  var moisture: [String] = []

  @Option(
    help: ArgumentHelp("Least quality of LE and H of a day, 0 to 1; unknown quality is kept.", valueName: "share"))
  var qc = 0.5

  @Option(help: ArgumentHelp("The same of soil moisture. Default: any.", valueName: "share"))
  var moistureQc: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Only days of at least this mean air temperature. Default: any.", valueName: "degC"))
  var minimumTemperature: Double?

  @Flag(
    help: """
      Only days that dry down: from the second day on without rain (0.1 mm at the most), with less moisture than the day \
      before.
      """)
  var dryDays = false

  @Option(help: ArgumentHelp("First day of those without rain that counts with --dry-days.", valueName: "n"))
  var dryAfter = 2

  @Option(
    help: ArgumentHelp(
      "Years of the study, beside the stations' own start and end; e.g. 2015-2018.", valueName: "first-last"))
  var period: String?

  @Option(
    help: ArgumentHelp("Part of a day's half-hours or hours that must have values, 0 to 1.", valueName: "part"))
  var minimumSteps = 0.5

  @Option(help: ArgumentHelp("Fewest days, 5 or more.", valueName: "n"))
  var minimumDays = 30

  @Option(
    help: ArgumentHelp(
      "Least gain over a level and a line, as a difference of Akaike's criterion.", valueName: "dAIC"))
  var minimumGain = 2.0

  @Option(
    help: ArgumentHelp(
      """
      Largest p of a threshold, the probability of such a gain on a straight line with the same noise; 0.05 keeps false \
      thresholds to about 5 %, which --minimum-gain alone does not. Default: any.
      """, valueName: "p"))
  var significance: Double?

  @Option(
    help: ArgumentHelp(
      "Refits for standard deviation, interval and p, 1,000,000 at the most; 0 for none.", valueName: "n"))
  var bootstrap = 1000

  @Option(help: ArgumentHelp("Days of the blocks that are drawn.", valueName: "days"))
  var block = 30

  @Option(help: ArgumentHelp("Seed of all random numbers.", valueName: "n"))
  var seed: UInt64 = 1

  @Option(
    help: ArgumentHelp(
      """
      Put the value of this map's nearest cell beside each station, with its interval where the file has VAR_p05 and \
      VAR_p95; percent of normal, or m3 m-3. For each of several maps; NAME is that of its columns, by default VAR.
      """, valueName: "[NAME=]FILE:VAR"), completion: .file())
  var compare: [String] = []

  @Option(help: ArgumentHelp("The table, CSV.", valueName: "FILE"), completion: .file())
  var output: String?

  @Option(help: ArgumentHelp("Write the table as points of CF netCDF, too.", valueName: "FILE"), completion: .file())
  var map: String?

  @Option(
    help: ArgumentHelp("Draw maps against stations, SVG; with --compare.", valueName: "FILE"), completion: .file())
  var picture: String?

  @Flag(help: "Write a second line with units into the tables.")
  var unitsRow = false

  @Option(
    help: ArgumentHelp(
      """
      Write the yearly values of a quantity, by its common name (RECO, GPP, NEE, LE, P …) or its column, into a table \
      beside the output: sites.years.csv of sites.csv. Months will do.
      """, valueName: "QUANTITY"))
  var yearly: String?

  @Option(help: ArgumentHelp("Part of a year that must have values with --yearly, 0 to 1.", valueName: "part"))
  var minimumCoverage = 0.95

  @Option(
    help: ArgumentHelp(
      """
      Write the sensitivity of fluxes to moisture from differences of consecutive days into a table beside the output: \
      sites.differences.csv of sites.csv.
      """, valueName: "FLUX,FLUX"))
  var differences: String?

  @Option(help: ArgumentHelp("Least difference of moisture with --differences, m3 m-3.", valueName: "difference"))
  var differenceTolerance = 0.001

  @OptionGroup var shared: SharedRunOptions

  func makeJob() throws -> any MapJob { try SitesJob(self) }
}
