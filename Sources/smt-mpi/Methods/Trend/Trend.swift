import ArgumentParser
import Distributed
import Kernels

extension TrendCorrection: ExpressibleByArgument {}

/// Trends of the yearly values of a quantity in every cell.
struct Trend: RecordCommand {
  static let configuration = CommandConfiguration(
    commandName: "trend",
    abstract: "Trends of the yearly means or sums of a quantity, with their significance.",
    usage: "smt-mpi trend --source <PATTERN:VAR> --output <FILE> [<options>]",
    discussion: """
      In every cell: the slope of least squares with its p, Sen's slope with its confidence interval, and the \
      Mann-Kendall test. A year with a missing month in a cell is missing there; gaps keep their length. In yearly means \
      months are weighted by their length (in those of attribute they count alike). The summary gives the shares of cells \
      that decline, that change by more than 2 a year, and whose trend is significant, by Sen's slope with the \
      Mann-Kendall test and by least squares.

      Annual means of the moisture of all layers:
        layers=SoilMoi0_10cm_inst,SoilMoi10_40cm_inst
        layers=$layers,SoilMoi40_100cm_inst,SoilMoi100_200cm_inst
        mpirun -n 64 smt-mpi trend --output trend.nc \\
          --source "GLDAS_NOAH10_M.A*.nc4:$layers"

      Rain of northern summers in mm, of two periods, the test corrected for
      autocorrelation:
        mpirun -n 64 smt-mpi trend --source 'gldas/*.nc4:Rainf_f_tavg' \\
          --statistic sum --months JJA --period 1948-1999 --period 2000-2024 \\
          --correction hamed-rao --output rain.nc

      Exit codes: 64 usage, 65 input wrong, 66 input not there, 69 launch, 70 internal, 71 memory limit, 73 cannot \
      write, 75 interrupted (the same command resumes).
      """)

  @Option(
    help: ArgumentHelp(
      """
      The quantity: a variable, several joined by plus signs (summed) or commas (layers, top first), or one with a \
      level dimension; layers are averaged by thickness, amounts in kg m-2 added up.
      """, valueName: "PATTERN:VAR"), completion: .file())
  var source: String?

  @Option(
    help: ArgumentHelp("Largest plausible monthly value; what is above is missing.", valueName: "value"))
  var maximum: Double?

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

  @Option(help: ArgumentHelp("Confidence of the interval of Sen's slope.", valueName: "0…1"))
  var confidence = 0.95

  @Option(
    help: "Autocorrelation in the Mann-Kendall test: none (ignored), trend-free-pre-whitening or hamed-rao.")
  var correction = TrendCorrection.none

  @OptionGroup
  var quantityName: QuantityNameOptions

  @OptionGroup
  var common: RecordJobOptions

  func makeJob() throws -> any Job { try TrendJob(self) }
}
