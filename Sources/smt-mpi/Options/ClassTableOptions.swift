import ArgumentParser
import Distributed

/// The table of a job's columns by classes of cells: options that all methods share.
struct ClassTableOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Write the table of all quantities by class as CSV; without classes the globe is one. E.g. zones.csv.",
      valueName: "FILE"), completion: .file())
  var table: String?

  @OptionGroup var classes: ClassOptions

  /// Whether any of these options is given.
  var isGiven: Bool { firstGiven != nil }
}

/// The table of a job's columns by classes of cells: `ClassTableOptions`, checked.
struct ClassTableSettings {
  let classes: ClassSettings
  /// The file of the table; nil where it is for the terminal alone.
  let path: String?

  /// The settings; nil where no table is wanted.
  ///
  /// - Parameters:
  ///   - isNeeded: whether the classes are wanted for another table.
  ///   - classes: the classes, where the command makes them; else those of the options.
  /// - Throws: exit code 64 or 73 naming the option.
  init?(
    _ options: ClassTableOptions, _ running: RunSettings, isNeeded: Bool, classes own: ClassSettings? = nil
  ) throws {
    guard isNeeded || own != nil || options.isGiven else { return nil }
    classes = try own ?? ClassSettings(options.classes)
    path = options.table
    try running.checkOutputs(against: classes.maps.compactMap { try? GridMap.parts(of: $0).path })
  }
}
