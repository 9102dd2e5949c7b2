import Distributed

/// All that describes a comparison of phases, checked; made before MPI starts.
struct PhasesJob: Job {
  /// Its sources are moisture and the quantities, in order.
  let settings: JobSettings
  /// File and variable of the threshold.
  let threshold: (path: String, variable: String)
  let season: SeasonChoice
  let quantities: [NamedSource]

  /// Position of the moisture in the requests and the catalogue; that of a quantity is its own plus 1.
  static let moistureSource = 0

  init(_ command: Phases) throws {
    func required(_ name: String, _ value: String?, example: String) throws -> String {
      guard let value else { throw JobError(.usage, "--\(name) is missing; e.g. --\(name) \(example)") }
      return value
    }
    let text = try required("threshold", command.threshold, example: "smt.nc:smt")
    let (path, variables) = try OptionText.variables(text, count: 1, option: "threshold")
    threshold = (path, variables[0])
    let members = try MemberNames.expand(try required("members", command.members, example: "REF,EXP_01..EXP_85"))
    let moisture = try SourceExpression(
      option: try required("moisture", command.moisture, example: "'run/{member}.nc:H2OSOI'"))
    quantities = try NamedSource.all(command.quantity, option: "quantity")
    season = try SeasonChoice(maps: command.season, months: command.months)

    let steps = try command.selection.steps()
    let depth = try command.depth.map(OptionText.depths)
    let edges = try command.layerBounds.map(OptionText.edges) ?? []
    func request(_ name: String, _ source: SourceExpression, words: String) -> SourceRequest {
      var request = SourceRequest(
        name: name, expression: source, steps: steps, depth: depth, layerEdges: edges,
        addsUp: { SoilMoistureUnits.addUp($0) || WaterFlux.amount(of: $0) != nil }, words: .options(source: words))
      // One range of depths is for all sources, some of which have layers.
      request.depthIsForLayersOnly = true
      return request
    }
    settings = try JobSettings(
      command,
      [request("moisture", moisture, words: "moisture")]
        + quantities.map { request($0.name, $0.expression, words: "quantity \($0.name)") },
      members: members, period: try command.selection.period(), choice: try command.selection.choice(),
      landSource: Self.moistureSource)
    guard !isSameFile(settings.running.output, threshold.path) else {
      throw JobError(
        .cannotWrite, "--output \(settings.running.output) is the file of --threshold; give another name")
    }
  }

  var members: [String] { settings.members }

  func method(for catalogue: Catalogue, _ communicator: Communicator) throws -> PhasesMethod {
    PhasesMethod(
      job: self, catalogue: catalogue, thresholds: try ThresholdMaps.read(threshold, catalogue, communicator),
      seasonMaps: try SeasonMaps.read(season, catalogue, communicator))
  }

  /// Whether a source is a flux of water by layer, of which the amounts of the months count.
  func isLayeredFlux(_ source: Int, _ catalogue: Catalogue) -> Bool {
    hasLayers(source, catalogue) && WaterFlux.amount(of: catalogue.sources[source].units) != nil
  }

  /// Whether a source, or one of those that it is joined of, has layers.
  func hasLayers(_ source: Int, _ catalogue: Catalogue) -> Bool {
    catalogue.sources[source].hasLayers
      || settings.requests[source].expression.records.contains { $0.combination == .layers }
  }

  /// Units of a source's season means.
  func units(_ source: Int, _ catalogue: Catalogue) -> String {
    let units = catalogue.sources[source].units
    let own = isLayeredFlux(source, catalogue) ? WaterFlux.amount(of: units) ?? units : units
    return own.isEmpty ? "1" : own.udunits
  }
}
