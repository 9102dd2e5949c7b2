import ArgumentParser
import Distributed
import Kernels

/// The attribution of soil moisture variability in every cell.
struct Attribute: RecordCommand {
  static let configuration = CommandConfiguration(
    commandName: "attribute",
    abstract: "Attribute the variability of soil moisture to seasons, layers, trend and interannual variability.",
    usage: """
      smt-mpi attribute --moisture <PATTERN:VAR,VAR,…> --output <FILE>
        [<options>]
      """,
    discussion: """
      In every cell the months of each year are ranked from wet to dry and grouped into seasons; the yearly series of \
      each season and layer is split into its linear trend and the rest, and their covariances with those of the annual \
      total are their relative contributions, which add up to 1 (Li et al. 2025). Trends of the total, of each layer and \
      of each season come with them: least squares, Sen's slope and the Mann-Kendall test. All months count alike, \
      whatever their length (in the means of trend they are weighted by it).

      The GLDAS record:
        layers=SoilMoi0_10cm_inst,SoilMoi10_40cm_inst
        layers=$layers,SoilMoi40_100cm_inst,SoilMoi100_200cm_inst
        mpirun -n 64 smt-mpi attribute \\
          --moisture "GLDAS_NOAH10_M.A*.nc4:$layers" \\
          --maximum 99.9,299.9,599.9,999 --time 1948-01/2024-12 \\
          --output attribution.nc

      Two periods, with the changes of contributions between them:
        mpirun -n 64 smt-mpi attribute --period 1948-1999 --period 2000-2024 \\
          --moisture 'gldas/*.nc4:SoilMoi0_10cm_inst,SoilMoi10_40cm_inst' \\
          --output periods.nc

      Exit codes: 64 usage, 65 input wrong, 66 input not there, 69 launch, 70 internal, 71 memory limit, 73 cannot \
      write, 75 interrupted (the same command resumes).
      """)

  @OptionGroup(title: "Moisture and seasons")
  var wetness: WetnessOptions

  @Option(
    help: ArgumentHelp(
      """
      Write a table of the globe's mean moisture in each year by period, season and layer, with its trend and what departs \
      from that; e.g. series.csv.
      """, valueName: "FILE"), completion: .file())
  var series: String?

  @OptionGroup
  var common: RecordJobOptions

  func makeJob() throws -> any Job { try AttributionJob(self) }
}
