import Distributed
import Kernels

/// All that describes a run of the attribution, checked; made before MPI starts.
struct AttributionJob: RecordJob {
  static let commandName = Attribute.commandName

  let record: RecordSettings
  /// Largest plausible values of the layers as read, kg m⁻².
  let maxima: [Double]?
  /// Numbers of layers that are merged, from the top; empty where none are.
  let layerGroups: [Int]
  let seasons: Int
  let basis: SeasonBasis
  let splits: Bool

  init(_ command: Attribute) throws {
    guard let moisture = command.moisture else {
      throw JobError(
        .usage, "--moisture is missing; e.g. --moisture 'GLDAS*.nc4:SoilMoi0_10cm_inst,SoilMoi10_40cm_inst'")
    }
    maxima = try command.maximum.map { try OptionText.numbers($0, option: "maximum") }
    layerGroups = try command.groupLayers.map { try OptionText.counts($0, option: "group-layers") } ?? []
    guard SeasonRanking.isPossible(groupCount: command.seasons) else {
      throw JobError(.usage, "--seasons \(command.seasons): expected a divisor of 12")
    }
    seasons = command.seasons
    basis = command.ranking
    splits = command.split
    record = try RecordSettings(
      name: "moisture", source: moisture, layering: SoilMoistureUnits.amounts, command.record, command.selection,
      command.running,
      configuration: command.configurationText)
  }

  func method(for catalogue: Catalogue) throws -> AttributionMethod {
    AttributionMethod(
      job: self, catalogue: catalogue, layers: try layers(of: catalogue.sources[0]),
      periods: try record.periods(of: catalogue))
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
