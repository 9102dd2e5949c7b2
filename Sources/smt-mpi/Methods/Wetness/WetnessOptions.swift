import ArgumentParser
import Distributed
import Kernels

extension SeasonBasis: ExpressibleByArgument {}

/// What methods share that group the months of a year by the wetness of the soil: layers and seasons.
struct WetnessOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Layers of soil moisture, top first: variables joined by commas, or one with a level dimension, in kg m-2 or m3 m-3.
      """, valueName: "PATTERN:VAR,VAR,…"), completion: .file())
  var moisture: String?

  @Option(
    help: ArgumentHelp(
      "Largest plausible moisture of each layer, kg m-2; what is above is missing; e.g. 99.9,299.9,599.9,999.",
      valueName: "value,…"))
  var maximum: String?

  @Option(
    help: ArgumentHelp("Merge neighbouring layers, numbers of layers from the top; e.g. 1,1,2.", valueName: "n,n,…"))
  var groupLayers: String?

  @Option(help: ArgumentHelp("Seasons of equal length, a divisor of 12, wettest first.", valueName: "G"))
  var seasons = 4

  @Option(help: "What months are ranked by: year (each year's own moisture) or climatology.")
  var ranking = SeasonBasis.year

  @Flag(
    help: """
      Write a variable for each component, season and period instead of one with these dimensions: CDO takes one at most.
      """)
  var split = false
}

/// Layers and seasons of a job: `WetnessOptions`, checked.
struct WetnessSettings {
  /// Where the layers come from.
  let moisture: String
  let seasons: Int
  let basis: SeasonBasis
  /// Whether maps of several dimensions are split.
  let isSplit: Bool
  /// Largest plausible values of the layers as read, kg m⁻².
  private let maxima: [Double]?
  /// Numbers of layers that are merged, from the top; empty where none are.
  private let layerGroups: [Int]

  init(_ options: WetnessOptions) throws {
    guard let moisture = options.moisture else {
      throw JobError(
        .usage, "--moisture is missing; e.g. --moisture 'GLDAS*.nc4:SoilMoi0_10cm_inst,SoilMoi10_40cm_inst'")
    }
    self.moisture = moisture
    maxima = try options.maximum.map { try OptionText.numbers($0, option: "maximum") }
    layerGroups =
      try options.groupLayers.map { try OptionText.counts($0, option: "group-layers", example: "1,1,2") } ?? []
    guard SeasonRanking.isPossible(groupCount: options.seasons) else {
      throw JobError(.usage, "--seasons \(options.seasons): expected a divisor of 12")
    }
    seasons = options.seasons
    basis = options.ranking
    isSplit = options.split
  }

  /// How layers as read become the layers of the method.
  ///
  /// - Throws: exit code 64 where maxima or groups do not fit the number of layers.
  func layers(of source: SourceCatalogue) throws -> MoistureLayers {
    let count = source.fieldCount
    if let maxima, maxima.count != count {
      throw JobError(
        .usage, "--maximum gives \(counted(maxima.count, "value")); the moisture has \(counted(count, "layer"))")
    }
    let groups = layerGroups.isEmpty ? [Int](repeating: 1, count: count) : layerGroups
    guard groups.reduce(0, +) == count else {
      throw JobError(
        .usage, "--group-layers merges \(counted(groups.reduce(0, +), "layer")); the moisture has \(count)")
    }
    var edges = [source.layerEdges[0]]
    var group = [Int]()
    for (number, size) in groups.enumerated() {
      group += [Int](repeating: number, count: size)
      edges.append(source.layerEdges[group.count])
    }
    return MoistureLayers(groupOfField: group, edges: edges, maxima: maxima)
  }

  /// How the seasons are made, in words.
  var text: String {
    "\(counted(seasons, "season")) ranked by \(basis == .year ? "each year's own months" : "the climatology")"
  }

  /// The dimension of seasons.
  var axis: MapAxis {
    MapAxis("season", longName: "season by wetness of the months", names: seasonNames)
  }

  /// Names of the seasons, wettest first.
  private var seasonNames: [String] {
    seasons == 4 ? ["humid", "sub_humid", "semi_arid", "arid"] : (1...seasons).map { "wetness_rank_\($0)" }
  }
}

/// Layers of soil moisture and how they come from those that are read.
struct MoistureLayers {
  /// By layer as read: the layer it is part of.
  let groupOfField: [Int]
  /// Edges in metres.
  let edges: [Double]
  /// Largest plausible values by layer as read.
  let maxima: [Double]?

  /// The number of layers.
  var count: Int { edges.count - 1 }

  /// Names of the layers by their depths.
  var names: [String] {
    func centimetres(_ metres: Double) -> String { (metres * 100).rounded().shortText }
    return zip(edges, edges.dropFirst()).map { "\(centimetres($0))_\(centimetres($1))_cm" }
  }

  /// A line for `--dry-run`.
  var description: String { "layers:   \(count), edges \(edges.map(\.shortText).joined(separator: ", ")) m" }
}
