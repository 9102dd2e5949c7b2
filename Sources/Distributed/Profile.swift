/// How the variables of a source and their layers make one field.
struct Profile: Codable, Sendable, Equatable {
  /// One variable's layers.
  struct Part: Codable, Sendable, Equatable {
    /// Index of the variable in the source.
    var variable: Int
    /// The first layer that counts.
    var firstLevel: Int
    /// Weights of the layers that count, from `firstLevel` on; one for a variable without layers.
    var weights: [Double]
  }

  var parts: [Part]
  /// Whether the field is the weighted mean over what is present (bedrock leaves deep layers empty); otherwise it is
  /// the weighted sum, missing where anything is missing.
  var isMean: Bool

  /// The profile that a request makes of files described so, and what the user should know about it.
  ///
  /// - Throws: exit code 64 or 65 where layers' depths are not known.
  static func make(
    _ request: SourceRequest, _ description: FileDescription, path: String
  ) throws -> (profile: Profile, warning: String?) {
    let specification = request.specification
    if specification.combination == .layers {
      return (try stacked(request, description, path: path), nil)
    }
    guard let levels = description.levels, description.variables[0].layout.length(.level) > 1 || request.depth != nil
    else {
      let parts = specification.variables.indices.map { Part(variable: $0, firstLevel: 0, weights: [1]) }
      return (Profile(parts: parts, isMean: false), nil)
    }
    var edges = request.layerEdges.isEmpty ? levels.edges : request.layerEdges
    var warning: String?
    let name = specification.variables[0]
    if edges.isEmpty {
      guard levels.hasDepths else {
        throw JobError(
          .inputData,
          "\(path): the layers of '\(name)' have no depths; expected a level coordinate in m, or give the layers' "
            + "edges with --layer-bounds")
      }
      let (guess, isGuessed) = SoilLayers.edges(nodes: levels.nodes)
      edges = guess
      if isGuessed { warning = "\(path): '\(name)' has no layer bounds: mid-points between its nodes are used" }
    }
    guard edges.count == levels.nodes.count + 1 else {
      throw JobError(
        .usage,
        "--layer-bounds gives \(edges.count) edges; '\(name)' has \(levels.nodes.count) layers, so "
          + "\(levels.nodes.count + 1) are expected")
    }
    let units = MoistureUnits(description.variables[0].units)
    let part = try part(0, edges, request.depth, units, name: name, path: path)
    // Sums are sums of each variable's mean or amount.
    var isMean = units == .fraction
    var parts = [part]
    if specification.variables.count > 1 {
      isMean = false
      let total = units == .fraction ? part.weights.reduce(0, +) : 1
      parts = specification.variables.indices.map {
        Part(variable: $0, firstLevel: part.firstLevel, weights: part.weights.map { $0 / total })
      }
    }
    return (Profile(parts: parts, isMean: isMean), warning)
  }

  private static func stacked(
    _ request: SourceRequest, _ description: FileDescription, path: String
  ) throws -> Profile {
    let names = request.specification.variables
    for variable in description.variables where variable.layout.length(.level) > 1 {
      throw JobError(.inputData, "\(path): '\(variable.name)' has layers of its own and cannot be one layer of several")
    }
    let known = request.layerEdges.isEmpty ? SoilLayers.edges(variableNames: names) : request.layerEdges
    guard let edges = known, edges.count == names.count + 1 else {
      throw JobError(
        .usage,
        "the depths of the layers \(names.joined(separator: ", ")) are not known; give their \(names.count + 1) edges in "
          + "metres with --layer-bounds, for example 0,0.1,0.4")
    }
    let units = MoistureUnits(description.variables[0].units)
    let whole = try part(0, edges, request.depth, units, name: names.joined(separator: ", "), path: path)
    let parts = whole.weights.enumerated().map { index, weight in
      Part(variable: whole.firstLevel + index, firstLevel: 0, weights: [weight])
    }
    return Profile(parts: parts, isMean: units == .fraction)
  }

  /// Weights of one profile's layers: thickness within the depths for fractions, the share of the layer for amounts.
  private static func part(
    _ variable: Int, _ edges: [Double], _ depth: ClosedRange<Double>?, _ units: MoistureUnits, name: String,
    path: String
  ) throws -> Part {
    guard zip(edges, edges.dropFirst()).allSatisfy({ $0 < $1 }), let top = edges.first, let bottom = edges.last else {
      throw JobError(.inputData, "\(path): the edges of the layers of '\(name)' do not increase downward")
    }
    let within = SoilLayers.thicknesses(edges: edges, within: depth ?? top...bottom)
    guard let first = within.firstIndex(where: { $0 > 0 }), let last = within.lastIndex(where: { $0 > 0 }) else {
      throw JobError(
        .usage, "--depth selects nothing: the layers of '\(name)' reach from \(top) to \(bottom) m")
    }
    if let depth, depth.upperBound > bottom + 0.005 {
      throw JobError(
        .usage, "--depth reaches to \(depth.upperBound) m; the layers of '\(name)' end at \(bottom) m")
    }
    let weights = (first...last).map { units == .amount ? within[$0] / (edges[$0 + 1] - edges[$0]) : within[$0] }
    return Part(variable: variable, firstLevel: first, weights: weights)
  }
}
