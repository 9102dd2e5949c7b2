import ArgumentParser
import Distributed

/// Brings maps and records to another grid.
struct Regrid: MapCommand {
  static let configuration = CommandConfiguration(
    abstract: "Bring maps and records to another grid: nearest, bilinear, area mean, classes by area.",
    usage: """
      smt-mpi regrid <maps> ... --onto <FILE[:VAR]> --method <method>
        --output <FILE> [<options>]
      smt-mpi regrid <maps> ... --grid <rNXxNY> --method <method>
        --output <FILE> [<options>]
      """,
    discussion: """
      Every step and layer is brought over, streamed, on all ranks; the result has the time axis, levels, units and \
      attributes of the input. Missing values are never mixed in: see --method. Cells that the input does not cover are \
      missing. The same command on any number of ranks gives the same bits.

      Climate classes, land cover whose cells nest, and a record of GeoTIFF files:
        smt-mpi regrid koppen.nc:ids --grid r360x180 --method majority \\
          --output koppen_1deg.nc
        smt-mpi regrid lc.nc:IGBP --onto gldas.nc --method block \\
          --recode '0,13,15,16=missing,1-5=1' --output lc_1deg.nc
        mpirun -n 8 smt-mpi regrid 'GOSIF_GPP_*.tif' --onto gldas.nc \\
          --method mean --scale 0.001 --fill 65535,65534 --output gpp_1deg.nc
      """)

  @Argument(
    help: ArgumentHelp(
      """
      Maps and records, PATTERN:VARIABLE; several files are the steps of one record, in the order of their names. Of a \
      GeoTIFF file VARIABLE is the band and may be left out. Files without times have them in their names: 2001, 2001-01, \
      200101, 2001.M01, 20010115 or 2001009 (day of the year).
      """, valueName: "maps"), completion: .file())
  var maps: [String] = []

  @Option(
    help: ArgumentHelp("A file on the grid wanted; of the variable, if one is named.", valueName: "FILE[:VAR]"),
    completion: .file())
  var onto: String?

  @Option(
    help: ArgumentHelp(
      "The grid wanted as CDO calls it; e.g. r360x180: 360 columns from 0 degrees, 180 rows from the south.",
      valueName: "rNXxNY"))
  var grid: String?

  @Option(
    help: ArgumentHelp(
      """
      nearest: the nearest cell, missing where that is. bilinear: between four cells, missing where one that has weight \
      is. mean: by area over what has values. majority: the class of the greatest area, the lower of two; missing cells \
      do not count. fractions: the share of each class in a cell's area. block: the class of most cells, where cells are \
      blocks of whole cells of the input.
      """, valueName: "method"))
  var method: String?

  @Option(
    help: ArgumentHelp(
      "Values that become others or missing, before anything else; e.g. '0,13,15,16=missing,1-5=1'.",
      valueName: "values"))
  var recode: String?

  @Option(
    help: ArgumentHelp(
      """
      Least share of a cell's area that must have values, 0 to 1, for mean, majority, fractions and block (of cells); at \
      0 any does.
      """, valueName: "share"))
  var minimumShare = 0.0

  @Option(
    help: ArgumentHelp("Factor of the stored values, for files that do not tell; e.g. 0.001.", valueName: "factor"))
  var scale: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Stored values that mean missing, for files that do not tell; e.g. 65535,65534.", valueName: "values"))
  var fill: String?

  @Option(help: ArgumentHelp("File of the result, netCDF-4.", valueName: "FILE"), completion: .file())
  var output: String?

  @OptionGroup var shared: SharedRunOptions

  func makeJob() throws -> any MapJob {
    guard !maps.isEmpty else { throw JobError(.usage, "no map is given; e.g. koppen.nc:ids") }
    guard let output, !output.isEmpty else { throw JobError(.usage, "--output is missing; e.g. --output regridded.nc") }
    let names = RegridJob.Method.allCases.map(\.rawValue).joined(separator: ", ")
    guard let method else { throw JobError(.usage, "--method is missing; expected one of \(names)") }
    guard let kind = RegridJob.Method(rawValue: method) else {
      throw JobError(.usage, "--method '\(method)': expected one of \(names)")
    }
    guard (onto == nil) != (grid == nil) else {
      throw JobError(.usage, "give either --onto FILE or --grid rNXxNY, for example --grid r360x180")
    }
    guard (0...1).contains(minimumShare) else {
      throw JobError(.usage, "--minimum-share \(minimumShare.shortText): expected 0 to 1, for example 0.5")
    }
    guard minimumShare == 0 || ![.nearest, .bilinear].contains(kind) else {
      throw JobError(.usage, "--minimum-share is for mean, majority, fractions and block; leave it out with \(method)")
    }
    if let scale, scale == 0 { throw JobError(.usage, "--scale 0: expected a factor, for example 0.001") }
    return RegridJob(
      maps: maps, onto: onto, grid: try grid.map(TargetGrid.init(named:)), method: kind,
      recoding: try recode.map(Recoding.init) ?? .none, minimumShare: minimumShare, scale: scale,
      fill: try fill.map(Self.numbers) ?? [], running: try RunSettings(shared, output: output),
      configuration: configurationText)
  }

  private static func numbers(_ text: String) throws -> [Double] {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { Double($0) }.filter(\.isFinite)
    guard numbers.count == parts.count else {
      throw JobError(.usage, "--fill '\(text)': expected numbers, for example 65535,65534")
    }
    return numbers
  }
}
