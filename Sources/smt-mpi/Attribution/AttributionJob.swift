import Distributed
import Kernels

/// All that describes a run of the attribution, checked; made before MPI starts.
struct AttributionJob {
  let request: SourceRequest
  /// Largest plausible values of the layers as read, kg m⁻².
  let maxima: [Double]?
  /// Numbers of layers that are merged, from the top; empty where none are.
  let layerGroups: [Int]
  let seasons: Int
  let basis: SeasonBasis
  let minimumYears: Int
  /// First and last year of each period; empty for all years.
  let periods: [ClosedRange<Int>]
  let months: ClosedRange<Month>?
  let splits: Bool
  let choice: CellSelection.Choice
  let running: RunSettings
  /// The effective options as YAML.
  let configuration: String
  /// What tells two jobs apart whose cells have different results.
  let identity: String

  init(_ command: Attribute) throws {
    guard let moisture = command.moisture else {
      throw JobError(
        .usage, "--moisture is missing; e.g. --moisture 'GLDAS*.nc4:SoilMoi0_10cm_inst,SoilMoi10_40cm_inst'")
    }
    let specification = try SourceSpecification(moisture)
    guard !specification.namesMember else {
      throw JobError(.usage, "--moisture holds {member}; one record is expected")
    }
    request = SourceRequest(
      name: "moisture", specification: specification, depth: try command.depth.map(OptionText.depths),
      layerEdges: try command.layerBounds.map(OptionText.edges) ?? [], layering: .amounts, allowsGaps: command.allowGaps
    )
    maxima = try command.maximum.map { try OptionText.numbers($0, option: "maximum") }
    layerGroups = try command.groupLayers.map { try OptionText.counts($0, option: "group-layers") } ?? []
    guard SeasonRanking.isPossible(groupCount: command.seasons) else {
      throw JobError(.usage, "--seasons \(command.seasons): expected a divisor of 12")
    }
    seasons = command.seasons
    basis = command.ranking
    guard command.minimumYears >= 3 else {
      throw JobError(.usage, "--minimum-years \(command.minimumYears): expected 3 or more")
    }
    minimumYears = command.minimumYears
    periods = try command.period.map(OptionText.years)
    months = try command.selection.period() ?? Self.hull(periods)
    splits = command.split
    choice = CellSelection.Choice(
      box: try command.selection.box(),
      mask: try command.selection.mask.map { try OptionText.variables($0, count: 1, option: "mask") }.map {
        ($0.0, $0.1[0])
      })
    running = try RunSettings(command.running)
    configuration = command.configurationText
    let own = Set(command.running.entries.map(\.key) + ["split"])
    identity = command.entries.filter { !own.contains($0.key) }.map(\.yaml).joined(separator: "\n")
  }

  private static func hull(_ periods: [ClosedRange<Int>]) -> ClosedRange<Month>? {
    guard let first = periods.map(\.lowerBound).min(), let last = periods.map(\.upperBound).max() else { return nil }
    return Month(year: first, month: 1)...Month(year: last, month: 12)
  }

  /// How layers as read become the layers of the attribution.
  ///
  /// - Throws: exit code 64 where maxima or groups do not fit the number of layers.
  func layers(of source: SourceCatalogue) throws -> AttributionLayers {
    let count = source.fieldCount
    if let maxima, maxima.count != count {
      throw JobError(.usage, "--maximum gives \(maxima.count) values; the moisture has \(count) layers")
    }
    let groups = layerGroups.isEmpty ? [Int](repeating: 1, count: count) : layerGroups
    guard groups.reduce(0, +) == count else {
      throw JobError(.usage, "--group-layers merges \(groups.reduce(0, +)) layers; the moisture has \(count)")
    }
    var edges = [source.layerEdges[0]]
    var group = [Int]()
    for (number, size) in groups.enumerated() {
      group += [Int](repeating: number, count: size)
      edges.append(source.layerEdges[group.count])
    }
    return AttributionLayers(groupOfField: group, edges: edges, maxima: maxima)
  }

  /// The years of the record that belong to each period.
  ///
  /// - Throws: exit code 64 for a period outside the record.
  func periods(of years: [Int]) throws -> [ClosedRange<Int>] {
    guard let first = years.first, let last = years.last else { throw JobError(.inputData, "the record has no years") }
    guard !periods.isEmpty else { return [first...last] }
    for period in periods where period.lowerBound < first || period.upperBound > last {
      throw JobError(
        .usage, "--period \(period.lowerBound)-\(period.upperBound) is not within the record's \(first)-\(last)")
    }
    return periods
  }
}

/// The layers of the attribution and how they come from those that are read.
struct AttributionLayers {
  /// By layer as read: the layer it is part of.
  let groupOfField: [Int]
  /// Edges in metres.
  let edges: [Double]
  /// Largest plausible values by layer as read.
  let maxima: [Double]?

  /// The number of layers.
  var count: Int { edges.count - 1 }
}
