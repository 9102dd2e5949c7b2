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
    help: ArgumentHelp("Only cells where this map is neither 0 nor missing; e.g. land.nc:mask.", valueName: "FILE:VAR"))
  var mask: String?

  /// The period asked for.
  func period() throws -> ClosedRange<Month>? {
    guard let time else { return nil }
    let ends = time.split(separator: "/", omittingEmptySubsequences: false)
    guard ends.count == 2, let first = Month(ends[0]), let last = Month(ends[1]), first <= last else {
      throw JobError(.usage, "--time '\(time)': expected first and last month, for example 2004-01/2014-12")
    }
    return first...last
  }

  /// The box asked for.
  func box() throws -> BoundingBox? {
    guard let bbox else { return nil }
    guard let box = BoundingBox(bbox) else {
      throw JobError(
        .usage, "--bbox '\(bbox)': expected W,S,E,N in degrees with S at most N, for example -20,-35,55,38")
    }
    return box
  }

  var entries: [ConfigurationEntry] {
    [.init("time", time), .init("bbox", bbox), .init("mask", mask)]
  }
}

extension SourceRequest.Words {
  /// The options of the command line.
  static func options(source: String) -> Self {
    var words = Self(source: "--\(source)")
    words.members = "--members"
    words.period = "--time"
    words.depth = "--depth"
    words.layerEdges = "--layer-bounds"
    return words
  }
}
