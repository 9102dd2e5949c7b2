import ArgumentParser
import Distributed

/// Which cells and months a job works on: options that all methods share.
struct SelectionOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "First and last month of the job; e.g. 2004-01/2014-12. Default: the months that all sources have.",
      valueName: "YYYY-MM/YYYY-MM"))
  var time: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Only cells with their centre in this box, degrees; it may cross the date line; e.g. -20,-35,55,38.",
      valueName: "W,S,E,N"))
  var bbox: String?

  @Option(
    help: ArgumentHelp(
      """
      Only cells where this map is neither 0 nor missing, e.g. land.nc:mask, or where it is one of these classes, e.g. \
      koppen.nc:ids=4-6+12.
      """, valueName: "FILE:VAR"), completion: .file())
  var mask: String?

  @Option(
    help: ArgumentHelp(
      """
      Smallest part of a month for which there must be values where steps are finer than months (days, hours, 8-day \
      composites), 0 to 1: months are made of them on reading, as means weighted by length.
      """, valueName: "part"))
  var minimumSteps = 1.0

  /// What becomes of steps finer than months.
  ///
  /// - Parameter orYears: whether a record of years is taken as it is.
  func steps(_ statistic: StepRequest.Statistic = .mean, orYears: Bool = false) throws -> StepRequest {
    guard (0...1).contains(minimumSteps) else {
      throw JobError(.usage, "--minimum-steps \(minimumSteps.shortText): expected 0 to 1, for example 0.9")
    }
    return .months(minimumShare: minimumSteps, statistic: statistic, orYears: orYears)
  }

  /// The period asked for.
  func period() throws -> ClosedRange<Month>? {
    guard let time else { return nil }
    let ends = time.split(separator: "/", omittingEmptySubsequences: false)
    guard ends.count == 2, let first = Month(ends[0]), let last = Month(ends[1]), first <= last else {
      throw JobError(
        .usage,
        "--time '\(time)': expected first and last month of the years 0 to \(InputLimit.year), for example "
          + "2004-01/2014-12")
    }
    return first...last
  }

  /// The box asked for.
  private static func box(_ bbox: String?) throws -> BoundingBox? {
    guard let bbox else { return nil }
    guard let box = BoundingBox(bbox) else {
      throw JobError(
        .usage, "--bbox '\(bbox)': expected W,S,E,N in degrees with S at most N, for example -20,-35,55,38")
    }
    return box
  }

  /// The cells asked for.
  func choice() throws -> CellSelection.Choice { try Self.choice(bbox: bbox, mask: mask) }

  /// The cells that options of these names ask for.
  static func choice(bbox: String?, mask: String?) throws -> CellSelection.Choice {
    if let mask, let condition = try ClassCondition(mask, option: "mask") {
      return CellSelection.Choice(box: try box(bbox), condition: condition)
    }
    let mask = try mask.map { try OptionText.variables($0, count: 1, option: "mask") }
    return CellSelection.Choice(box: try box(bbox), mask: mask.map { ($0.0, $0.1[0]) })
  }
}

extension SourceRequest.Words {
  /// The options of the command line.
  ///
  /// - Parameter allowGaps: whether the command has that option.
  static func options(source: String, allowGaps: Bool = false) -> Self {
    var words = Self(source: "--\(source)")
    words.members = "--members"
    words.period = "--time"
    words.depth = "--depth"
    words.layerEdges = "--layer-bounds"
    words.gaps = allowGaps ? "--allow-gaps" : nil
    return words
  }
}
