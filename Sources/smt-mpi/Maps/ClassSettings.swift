import Distributed
import Kernels

/// Classes and what is told of them: `ClassOptions`, checked.
struct ClassSettings: Sendable {
  /// What makes the classes of one table.
  enum Source: Sendable {
    /// A map of ids, in groups or each a class.
    case map(String, groups: [ClassGroup])
    /// Types of a map of fractions, nil for all; where there is a presence, as cells with more than that fraction.
    case fractions(String, types: [ClosedRange<Int>]?, presence: Double?)
    /// The values of a map between edges.
    case bins(String, edges: [Double])
    /// Bands of latitude; nil is the globe. Those without a cell may be left out.
    case bands([(name: String, latitudes: ClosedRange<Double>?)], mayLackCells: Bool)
  }

  let sources: [Source]
  /// How maps on other grids are brought over, where the user says so.
  let method: ClassMethod?
  /// km².
  let minimumArea: Double
  let rules: ClassStatistics.Rules
  /// The range of depths of layered maps of `--bins`.
  let depth: ClosedRange<Double>?

  /// Checks the options.
  ///
  /// - Parameters:
  ///   - depth: the range of depths for `--bins`, in metres, where the command has such an option.
  ///   - regions: bands of latitude that come first, of `--regions`, where the command has such an option; those without a
  ///     cell are left out.
  /// - Throws: exit code 64 naming the option.
  init(_ options: ClassOptions, depth: ClosedRange<Double>? = nil, regions: String? = nil) throws {
    guard options.groups.isEmpty || options.groups.count == options.classes.count else {
      throw JobError(
        .usage,
        "--groups is given \(counted(options.groups.count, "time")), --classes \(counted(options.classes.count, "time")); expected one list of "
          + "groups for each map, '' where each id is a class of its own")
    }
    var sources = try regions.map { [Source.bands(try Self.bands($0, option: "regions"), mayLackCells: true)] } ?? []
    for (index, map) in options.classes.enumerated() {
      let text = options.groups.isEmpty ? "" : options.groups[index]
      sources.append(.map(try Self.map(map), groups: text.isEmpty ? [] : try ClassGroup.read(text, option: "groups")))
    }
    sources += try options.fractions.map { [try Self.fractions($0, options)] } ?? []
    sources += try options.bins.map(Self.bins)
    sources += try options.bands.map { [.bands(try Self.bands($0, option: "bands"), mayLackCells: false)] } ?? []
    if options.fractions == nil,
      let option = options.types.map({ _ in "types" }) ?? options.presence.map({ _ in "presence" })
    {
      throw JobError(
        .usage, "--\(option) is about --fractions, which is missing; e.g. --fractions surfdata.nc:PCT_NAT_PFT")
    }
    self.sources = sources
    self.depth = depth
    method = options.classMethod
    minimumArea = options.minimumArea
    guard minimumArea >= 0 else {
      throw JobError(.usage, "--minimum-area \(minimumArea.shortText): expected 0 or more km2")
    }
    if let limit = options.limit, limit < 0 {
      throw JobError(.usage, "--limit \(limit.shortText): expected 0 or more")
    }
    rules = ClassStatistics.Rules(
      limit: options.limit, above: try options.above.map { try Self.bounds($0, option: "above") } ?? [],
      below: try options.below.map { try Self.bounds($0, option: "below") } ?? [])
  }

  private static func map(_ text: String) throws -> String {
    _ = try GridMap.parts(of: text)
    return text
  }

  private static func fractions(_ text: String, _ options: ClassOptions) throws -> Source {
    let types = try options.types.map { text in
      guard let ranges = IdentifierRanges.read(text, separator: ",") else {
        throw JobError(
          .usage, "--types '\(text)': expected whole numbers and ranges, each type once, for example 1-14 or 1-8,10")
      }
      return ranges
    }
    if let presence = options.presence, !(0..<1).contains(presence) {
      throw JobError(.usage, "--presence \(presence.shortText): expected a fraction from 0 to below 1, for example 0.1")
    }
    return .fractions(try map(text), types: types, presence: options.presence)
  }

  /// More bins are an oversight, such as of a width.
  private static let mostBins = 1000

  private static func bins(_ text: String) throws -> Source {
    func wrong(_ why: String) -> JobError {
      JobError(
        .usage,
        "--bins '\(text)': \(why); expected FILE:VAR@first:last:width or FILE:VAR@edges, for example "
          + "soil.nc:clay@0:60:5 or soil.nc:clay@0,10,25,60")
    }
    guard let mark = text.lastIndex(of: "@") else { throw wrong("there are no edges") }
    let words = text[text.index(after: mark)...]
    let map = try map(String(text[..<mark]))
    if words.contains(":") {
      let numbers = words.split(separator: ":", omittingEmptySubsequences: false).compactMap { Double($0) }
      guard numbers.count == 3, numbers.allSatisfy(\.isFinite), numbers[0] < numbers[1], numbers[2] > 0 else {
        throw wrong("'\(words)' is no first, last and width")
      }
      let (first, last, width) = (numbers[0], numbers[1], numbers[2])
      let count = ((last - first) / width).rounded()
      guard (1...Double(mostBins)).contains(count), abs(first + count * width - last) <= 1e-9 * (last - first) else {
        throw wrong(
          "bins of \(width.shortText) do not divide \(first.shortText) to \(last.shortText) into 1 to \(mostBins)")
      }
      return .bins(map, edges: (0...Int(count)).map { first + Double($0) * width })
    }
    let parts = words.split(separator: ",", omittingEmptySubsequences: false)
    let edges = parts.compactMap { Double($0) }
    guard edges.count == parts.count, (2...mostBins + 1).contains(edges.count), edges.allSatisfy(\.isFinite),
      zip(edges, edges.dropFirst()).allSatisfy({ $0 < $1 })
    else { throw wrong("'\(words)' are no increasing edges") }
    return .bins(map, edges: edges)
  }

  private static func bands(
    _ text: String, option: String
  ) throws -> [(name: String, latitudes: ClosedRange<Double>?)] {
    let bands = try text.split(separator: ",", omittingEmptySubsequences: false).map {
      part -> (name: String, latitudes: ClosedRange<Double>?) in
      if part == "globe" { return ("globe", nil) }
      let sides = part.split(separator: "=", omittingEmptySubsequences: false)
      let ends = (sides.last ?? "").split(separator: ":", omittingEmptySubsequences: false).compactMap { Double($0) }
      guard sides.count <= 2, let name = sides.first, !name.isEmpty, ends.count == 2, ends[0] < ends[1], ends[0] >= -90,
        ends[1] <= 90
      else {
        throw JobError(
          .usage,
          "--\(option) '\(text)': '\(part)' is no band; expected globe, or southern and northern latitude in degrees, for "
            + "example 30:90 or tropics=-30:30")
      }
      return (String(name), ends[0]...ends[1])
    }
    guard Set(bands.map(\.name)).count == bands.count else {
      throw JobError(.usage, "--\(option) '\(text)': two bands have one name; expected each once")
    }
    return bands
  }

  /// Numbers joined by commas, of either sign.
  private static func bounds(_ text: String, option: String) throws -> [Double] {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { Double($0) }
    guard numbers.count == parts.count, numbers.allSatisfy(\.isFinite), Set(numbers).count == numbers.count else {
      throw JobError(.usage, "--\(option) '\(text)': expected numbers, each once, for example 70 or 50,70")
    }
    return numbers
  }
}
