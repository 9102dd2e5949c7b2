import ArgumentParser
import Distributed

/// Regions of which a table tells, before its classes: options of commands that tell of the globe and of bands.
struct RegionOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Bands of latitude, degrees, of which the table tells; those without a cell of the grid are left out.",
      valueName: "S:N,…"))
  var regions = "globe,30:90,-30:30,-90:-30"

  /// Regions and classes.
  ///
  /// - Parameter unknown: other options of classes that the command's table has no numbers for.
  /// - Throws: exit code 64 naming the option.
  func settings(_ classes: ClassOptions, of command: String, without unknown: [String]) throws -> ClassSettings {
    let given = [
      ("bands", classes.bands != nil), ("above", classes.above != nil), ("below", classes.below != nil),
      ("limit", classes.limit != nil),
    ]
    if let option = given.first(where: { $0.1 && ($0.0 == "bands" || unknown.contains($0.0)) })?.0 {
      throw JobError(
        .usage, "--\(option): the table of \(command) has no such numbers; bands of latitude are --regions")
    }
    return try ClassSettings(classes, regions: regions)
  }
}
