import ArgumentParser
import Distributed

/// Shows map files on a page.
struct View: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show map files, tables and the report of a run on a page to open in a browser.",
    usage: """
      smt-mpi view [<FILE[:VARIABLE]> ...] --html <FILE> [<options>]
      smt-mpi view [<FILE[:VARIABLE]> ...] --png <FOLDER> [<options>]
      """,
    discussion: """
      A page is one file that needs no network: maps with a colour scale that fits them, the value under the pointer, \
      statistics and histograms of all cells, tables by class as box plots. A file is any netCDF file on latitudes and \
      longitudes, of this program or another, or a GeoTIFF file; FILE:VARIABLE shows some of its variables, and \
      FILE:VARIABLE[season=wet] one index of a further dimension. Of many steps some are shown, evenly taken.

      Examples:
        smt-mpi view smt.nc --html smt.html
        smt-mpi view smt.nc trend.nc:trend,status \\
          --table zones.csv --report run.json --html all.html
        smt-mpi view 'spei.nc:spei[time=2012-07]' --png slides

      Exit codes: 64 usage, 65 input wrong, 66 input not there, 70 internal, 71 no memory, 73 cannot write, 75 \
      interrupted.
      """)

  @Argument(
    help: ArgumentHelp("Files of maps, or variables of them.", valueName: "FILE[:VARIABLE]"), completion: .file())
  var files: [String] = []

  @Option(help: ArgumentHelp("The page; e.g. smt.html.", valueName: "FILE"), completion: .file())
  var html: String?

  @Option(
    help: ArgumentHelp("Write the maps as pictures (PNG) into this folder.", valueName: "FOLDER"),
    completion: .directory)
  var png: String?

  @Option(
    help: ArgumentHelp(
      "A table, CSV: one by class is drawn as box plots, one with a year or time as lines; repeatable.",
      valueName: "FILE"), completion: .file())
  var table: [String] = []

  @Option(
    help: ArgumentHelp(
      "The report of a run (--report) whose phases are shown; without files, with the maps and tables that it wrote.",
      valueName: "FILE"), completion: .file())
  var report: String?

  @Option(help: ArgumentHelp("Most maps of the page.", valueName: "n"))
  var maps = PageContents.defaultMaps

  @Flag(help: "Replace files that exist.")
  var overwrite = false

  func run() throws {
    try reporting {
      // Other processes of a launcher leave it to the first.
      guard (Launch.launcherRank ?? 0) == 0 else { return }
      Interruption.listen()
      try show()
    }
  }

  private static let mostMaps = 1000

  private func show() throws {
    guard html != nil || png != nil else {
      throw JobError(.usage, "--html or --png is missing; e.g. --html maps.html")
    }
    guard !files.isEmpty || !table.isEmpty || report != nil else {
      throw JobError(
        .usage, "there is nothing to show; expected files of maps, for example smt-mpi view smt.nc --html smt.html")
    }
    guard (1...Self.mostMaps).contains(maps) else {
      throw JobError(.usage, "--maps \(maps): expected 1 to \(Self.mostMaps)")
    }
    var shared = try SharedRunOptions.parse([])
    (shared.html, shared.png, shared.overwrite) = (html, png, overwrite)
    let running = try RunSettings(shared, outputs: [])
    let sources = try files.map { try MapSource($0) }
    try running.checkOutputs(against: sources.map(\.path) + table + [report].compactMap(\.self))
    let contents = PageContents(
      sources, tables: table, try report.map(RunReport.read), command: commandLine, mostMaps: maps)
    try running.prepareViews()
    try contents.write(page: html, pictures: png)
    print(
      [html.map { RunOutput(.page, $0) }, png.map { RunOutput(.pictures, $0) }].compactMap(\.self).announcement)
  }
}
