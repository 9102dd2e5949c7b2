import ArgumentParser
import Distributed

/// Trends of respiration and production, and which of them grows faster.
struct Sink: RecordCommand {
  static let configuration = CommandConfiguration(
    commandName: "sink",
    abstract: "Compare the trends of ecosystem respiration and production: whether the carbon sink can grow.",
    usage: """
      smt-mpi sink --respiration <PATTERN:VAR> --production <PATTERN:VAR>
        --output <FILE> [<options>]
      """,
    discussion: """
      In every cell: the slopes of least squares of the yearly values of both with their p, the slopes of their z-scores and \
      the difference of these, the direction in which both go, and which grows faster (Yu et al. 2021). By region and class: \
      shares of cells and of area, and the trends of the area means. Both records may be of months, of finer steps or of \
      years; production may lie on another regular grid.

      Respiration and production of 2000 to 2018 by region and vegetation type:
        mpirun -n 64 smt-mpi sink --respiration 'reco/*.nc:RECO' \\
          --production 'npp/*.nc:NPP' --period 2000-2018 \\
          --classes landcover.nc:IGBP --output sink.nc --table sink.csv \\
          --series series.csv --picture series.svg

      Three economies, one of several countries:
        mpirun -n 64 smt-mpi sink --respiration 'reco/*.nc:RECO' \\
          --production 'npp/*.nc:NPP' --classes countries.nc:id \\
          --groups 'China=37,India=79,Europe=12+56+60' \\
          --faster-picture economies.svg --output economies.nc

      Exit codes: 64 usage, 65 input wrong, 66 input not there, 69 launch, 70 internal, 71 memory limit, 73 cannot \
      write, 75 interrupted (the same command resumes).
      """)

  @OptionGroup(title: "Respiration and production")
  var sink: SinkOptions

  @OptionGroup
  var common: RecordJobOptions

  func makeJob() throws -> any Job { try SinkJob(self) }
}

/// Options of the comparison itself.
struct SinkOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Ecosystem respiration: a variable, or several joined. Its grid is that of the maps, its data tell land from sea.",
      valueName: "PATTERN:VAR"), completion: .file())
  var respiration: String?

  @Option(
    help: ArgumentHelp(
      "Production, net or gross; on another regular grid its area means count, over what is not missing.",
      valueName: "PATTERN:VAR"), completion: .file())
  var production: String?

  @Option(
    help: """
      What a year's months become: mean (weighted by their length) or sum (of their values; of rates the amount: kg m-2 \
      s-1 make kg m-2, for water mm, and W m-2 make J m-2).
      """)
  var statistic = YearStatistic.mean

  @Option(
    help: ArgumentHelp(
      """
      First and last month of the year that count, or the letters of months; e.g. 6-8 or JJA. 12-2, or DJF, is December \
      to February, a December counting with the year that follows.
      """, valueName: "M-M"))
  var months = "1-12"

  @Option(help: ArgumentHelp("Trends whose p is below this are called significant.", valueName: "0…1"))
  var significance = 0.1

  @Flag(
    help: """
      Allow for autocorrelation in p: with n (1 - r) / (1 + r) independent years, n at the most, r that of the \
      neighbouring deviations from the line.
      """)
  var effectiveN = false

  @OptionGroup var regions: RegionOptions

  @Option(
    help: ArgumentHelp(
      "Write the area means of both in each year, by region and class, with their z-scores as CSV; e.g. series.csv.",
      valueName: "FILE"), completion: .file())
  var series: String?

  @Option(
    help: ArgumentHelp(
      "Draw the z-scores of the regions' area means with their lines as SVG; e.g. series.svg.", valueName: "FILE"),
    completion: .file())
  var picture: String?

  @Option(
    help: ArgumentHelp(
      """
      Draw the share of area where production grows faster and that where respiration does, a circle of its area for each \
      region and class, as SVG; e.g. faster.svg.
      """, valueName: "FILE"), completion: .file())
  var fasterPicture: String?
}
