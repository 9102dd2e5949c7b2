import ArgumentParser
import Distributed

/// Compares maps of yearly respiration with site-years and with each other.
struct RespireValidate: MapCommand {
  static let commandName = "respire validate"
  static let configuration = CommandConfiguration(
    commandName: "validate",
    abstract: "Compare maps of respiration with independent site-years and with each other.",
    usage: """
      smt-mpi respire validate <[NAME=]FILES:VARIABLE> --samples <FILE.csv>
        [<options>]
      """,
    discussion: """
      A map is a record of years, or of months, whose mean by days counts (others after '@', as for predictors): \
      FILES:VARIABLE. Each map is on a grid of its own; sites take the value of its nearest cell. Means over the globe are \
      weighted by area, of the cells that have every year.

      Two maps beside independent sites:
        smt-mpi respire validate reco.nc:RECO --samples independent.csv \\
          --against GLASS=glass.nc:reco --table scores.csv
      """)

  @Argument(help: ArgumentHelp("The map to validate.", valueName: "[NAME=]FILES:VARIABLE"), completion: .file())
  var map: String?

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp("Another map to set beside it; repeatable.", valueName: "[NAME=]FILES:VARIABLE"),
    completion: .file())
  var against: [String] = []

  @Option(
    help: ArgumentHelp(
      "Table of site-years: columns site, lat, lon, year and the value; those that were not trained on.",
      valueName: "FILE.csv"), completion: .file())
  var samples: String?

  @Option(help: ArgumentHelp("Column of the samples' values.", valueName: "name"))
  var value = "value"

  @Option(
    help: ArgumentHelp(
      "Years that count; default: from the first to the last year of the samples.", valueName: "YYYY-YYYY"))
  var period: String?

  @Option(
    help: ArgumentHelp("Write scores and global means, a row for each map, as CSV.", valueName: "FILE.csv"),
    completion: .file())
  var table: String?

  @Option(
    help: ArgumentHelp(
      "Write each site-year with the values of the maps as CSV.", valueName: "FILE.csv"), completion: .file())
  var pairs: String?

  @Option(
    help: ArgumentHelp(
      "Write a picture: maps against site-years, interannual standard deviations, global means.",
      valueName: "FILE.svg"), completion: .file())
  var picture: String?

  @OptionGroup(title: "Running")
  var shared: SharedRunOptions

  func makeJob() throws -> any MapJob { try ValidationJob(self) }
}
