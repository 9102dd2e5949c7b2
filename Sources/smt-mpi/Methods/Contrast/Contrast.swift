import ArgumentParser
import Distributed

/// Sensitivities of carbon fluxes to soil moisture from two runs of a model that differ in it.
struct Contrast: JobCommand {
  static let configuration = CommandConfiguration(
    commandName: "contrast",
    abstract: "Compute the sensitivity of carbon fluxes to soil moisture from two runs that differ in it.",
    usage: """
      smt-mpi contrast --run-a <PATTERN> --run-b <PATTERN> --moisture <VAR>
        --flux <NAME=VAR> ... --output <FILE> [<options>]
      """,
    discussion: """
      In every cell and step beta = (C(A) - C(B)) / (theta(A) - theta(B)), for each flux C of carbon and the soil moisture \
      theta of the runs A and B (Zhang et al. 2019). Maps hold the mean of beta over the steps, both runs' means and their \
      differences; steps whose moistures differ by less than --tolerance have no beta. By region, and for the globe, mean \
      and standard deviation of beta over cells, the share of positive ones, and the ratio of the mean differences with its \
      interval, which small differences in single cells cannot blow up.

      Variables are looked for in the files of --run-a and --run-b. Where a quantity lies in files of its own or is joined of \
      several, {run} stands for what --run-a and --run-b give. Of fluxes called RA and RH, RECO is their sum; of RECO and \
      GPP, NEE is the difference, positive to the atmosphere; each may be given instead.

      A model with its own and with blended soil moisture:
        mpirun -n 8 smt-mpi contrast --run-a 'native/*.nc' \\
          --run-b 'blended/*.nc' --moisture SOIL_WATER --depth 0-1 \\
          --flux GPP=GPP RA=AR RH=HR --regions 'globe,30:90,-30:30' \\
          --output beta.nc --table beta.csv

      Fluxes in files of their own, each month, and the error of the blend:
        smt-mpi contrast --run-a native --run-b blended \\
          --moisture '{run}/h2osoi.nc:H2OSOI' --depth 0-1 \\
          --flux 'GPP={run}/gpp.nc:GPP' 'NEE=0 - {run}/nep.nc:NEP' \\
          --step month --each-step steps.nc --moisture-error error.nc:rmse \\
          --output beta.nc --series beta.steps.csv

      Two runs of ED2, month by month:
        smt-mpi contrast --run-a 'native/analysis-T-*.h5' \\
          --run-b 'blended/analysis-T-*.h5' --layout ed2 \\
          --layers history.h5:SLZ --moisture FMEAN_SOIL_WATER_PY --depth 0-1 \\
          --flux GPP=FMEAN_GPP_PY RA=FMEAN_PLRESP_PY RH=FMEAN_RH_PY \\
          --step month --output beta.nc

      Days, beside flux towers:
        smt-mpi contrast --run-a 'native/*.nc' --run-b 'blended/*.nc' \\
          --moisture SM --flux GPP=GPP RECO=ER --step day \\
          --towers 'flx/FLX_*_DD_*.csv' --stations SitesList.csv \\
          --tower-table towers.csv --picture towers.svg --output beta.nc

      Exit codes: 64 usage, 65 input wrong, 66 input not there, 69 launch, 70 internal, 71 memory limit, 73 cannot \
      write, 75 interrupted (the same command resumes).
      """)

  @OptionGroup(title: "Runs")
  var runs: ContrastRuns

  @Option(
    help: ArgumentHelp("What beta is made of: year, season, month or day, whose mean is told.", valueName: "step"))
  var step = ContrastStep.year

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Least difference of moisture that has a beta, m3 m-3.", valueName: "difference"))
  var tolerance = 0.005

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      """
      Standard error of the difference of moisture, such as that of a blend, m3 m-3: a number, or a map; gives standard \
      errors of beta, and widens the interval of the ratio.
      """, valueName: "number|FILE:VAR"), completion: .file())
  var moistureError: String?

  @Option(
    help: ArgumentHelp(
      "Units of fluxes in the results. Others than those of carbon must be those of the files.", valueName: "units"))
  var fluxUnits = CarbonFluxUnits.standard

  @Option(
    help: ArgumentHelp(
      "Write beta of each step, and the differences that it is made of, as a record of maps; e.g. steps.nc.",
      valueName: "FILE"), completion: .file())
  var eachStep: String?

  @OptionGroup var record: SeriesOptions

  @Option(
    help: ArgumentHelp("Write the rows of --table for each step, too, as CSV.", valueName: "FILE"), completion: .file())
  var series: String?

  @OptionGroup(title: "Towers")
  var towers: TowerOptions

  @OptionGroup(title: "Selection")
  var selection: SelectionOptions

  @OptionGroup(title: "Regions")
  var regions: RegionOptions

  @OptionGroup(title: "Classes")
  var classTable: ClassTableOptions

  @OptionGroup(title: "Running")
  var running: RunOptions

  func makeJob() throws -> any Job { try ContrastJob(self) }
}

/// What is compared.
struct ContrastRuns: ParsableArguments {
  @Option(
    help: ArgumentHelp("Files of run A, such as the model's own: 'native/*.nc'.", valueName: "PATTERN"),
    completion: .file())
  var runA: String?

  @Option(
    help: ArgumentHelp("Files of run B, such as the one with blended moisture: 'blended/*.nc'.", valueName: "PATTERN"),
    completion: .file())
  var runB: String?

  @Option(
    help: ArgumentHelp(
      "Soil moisture of both runs: a variable, layers as l1,l2, or a source with {run} in it.", valueName: "VAR"))
  var moisture: String?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Fluxes of carbon, each with its name in the output: GPP=GPP RA=AR RH=HR; variables, or sources with {run}.",
      valueName: "NAME=VAR"))
  var flux: [String] = []

  @Option(
    help: ArgumentHelp(
      """
      Depths of moisture that count, metres; e.g. 0-1. A layer across an end counts with its part. Water per area needs \
      it. Default: all layers.
      """, valueName: "TOP-BOTTOM"))
  var depth: String?

  @Option(
    help: ArgumentHelp(
      "Edges of the layers in metres where neither files nor names tell; e.g. 0,0.1,0.4,1,2.", valueName: "m,m,…"))
  var layerBounds: String?

  @OptionGroup var files: LayoutOptions
}

/// Flux towers beside the runs.
struct TowerOptions: ParsableArguments {
  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      """
      Daily or half-hourly files of flux towers, whose sensitivity from differences of days, as 'sites' finds it, is put \
      beside beta of the nearest cell, of GPP, RECO and NEE; needs --step day.
      """, valueName: "FILE"), completion: .file())
  var towers: [String] = []

  @Option(
    help: ArgumentHelp("List of the towers with their coordinates, CSV, as 'sites' takes it.", valueName: "FILE"),
    completion: .file())
  var stations: String?

  @Option(help: ArgumentHelp("The table of towers, CSV.", valueName: "FILE"), completion: .file())
  var towerTable: String?

  @Option(
    help: ArgumentHelp("Draw beta of the runs against that of the towers, SVG.", valueName: "FILE"), completion: .file()
  )
  var picture: String?
}
