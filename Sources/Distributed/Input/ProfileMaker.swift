/// Makes the fields of a source from the layers that its files have.
struct ProfileMaker {
  private let request: RecordRequest
  private let description: FileDescription
  private let path: String
  /// Whether the layers of the file's units add up; else they are averaged by thickness.
  private let addsUp: Bool

  /// The fields of a source, their units, the edges of their layers, and what the user should know about them.
  struct Made {
    var fields: [Profile]
    var units = ""
    var edges: [Double] = []
    var warning: String?
  }

  init(_ request: RecordRequest, _ description: FileDescription, path: String) {
    self.request = request
    self.description = description
    self.path = path
    addsUp = request.addsUp(description.variables[0].units)
  }

  /// The fields that the request makes of files described so.
  ///
  /// - Throws: exit code 64 or 65 where layers' depths are not known.
  func make() throws -> Made {
    var made = try layered()
    made.units = description.variables[0].units
    if case .amounts(_, let units) = request.layering { made.units = units }
    return made
  }

  private func layered() throws -> Made {
    let specification = request.specification
    if specification.combination == .layers { return try stacked() }
    let hasLayers =
      description.variables[0].layout.length(.level) > 1 || (request.depth != nil && !request.depthIsForLayersOnly)
    guard let levels = description.levels, hasLayers else {
      guard request.layering == .combined else {
        throw JobError(
          .inputData,
          "\(path): '\(specification.variables[0])' has no layers; expected a variable with a level dimension, or one "
            + "variable for each layer, joined by commas")
      }
      let parts = specification.variables.indices.map { Profile.Part(variable: $0, firstLevel: 0, weights: [1]) }
      return Made(fields: [Profile(parts: parts, isMean: false)], warning: unusedDepth)
    }
    let (edges, warning) = try edges(of: levels)
    // Files may have the deepest layer first; what follows counts from the surface down.
    let isBottomUp = (edges.first ?? 0) > (edges.last ?? 0)
    let layers = try selection(isBottomUp ? edges.reversed() : edges)
    func part(_ variable: Int, from level: Int, _ weights: [Double]) -> Profile.Part {
      isBottomUp
        ? Profile.Part(
          variable: variable, firstLevel: levels.nodes.count - level - weights.count, weights: weights.reversed())
        : Profile.Part(variable: variable, firstLevel: level, weights: weights)
    }
    if request.layering != .combined {
      let fields = zip(layers.first..., weights(layers)).map { level, weight in
        Profile(parts: specification.variables.indices.map { part($0, from: level, [weight]) }, isMean: false)
      }
      return Made(fields: fields, edges: layers.edges, warning: warning)
    }
    let weights = weights(layers)
    // The sum of several variables is the sum of each one's mean or amount.
    let isSum = specification.variables.count > 1
    let total = isSum && !addsUp ? weights.reduce(0, +) : 1
    let parts = specification.variables.indices.map { part($0, from: layers.first, weights.map { $0 / total }) }
    return Made(fields: [Profile(parts: parts, isMean: !addsUp && !isSum)], warning: warning)
  }

  /// What to say of depths where there is nothing to choose from.
  private var unusedDepth: String? {
    guard request.depth != nil, !request.depthIsForLayersOnly else { return nil }
    return
      "\(path): '\(request.specification.variables[0])' has no depth dimension, so that \(request.words.depth) chooses nothing; "
      + "expected a variable with layers: name one, or leave \(request.words.depth) out"
  }

  private func edges(of levels: LevelAxis) throws -> (edges: [Double], warning: String?) {
    let name = request.specification.variables[0]
    var edges = request.layerEdges.isEmpty ? levels.edges : request.layerEdges
    var warning: String?
    if edges.isEmpty {
      guard levels.hasDepths else {
        let layout = description.variables[0].layout
        let dimension = layout.position(.level).map { layout.names[$0] } ?? "level"
        throw JobError(
          .inputData,
          "\(path): '\(name)' has a dimension '\(dimension)' without depths; expected one index of it, "
            + (try VariableSelection(name)).text(choosing: dimension, of: levels.choices)
            + ", or, where it is layers of soil, a coordinate in m or their edges with \(request.words.layerEdges)")
      }
      let (guess, isGuessed) = SoilLayers.edges(nodes: levels.nodes)
      edges = guess
      if isGuessed { warning = "\(path): '\(name)' has no layer bounds: mid-points between its nodes are used" }
    }
    guard edges.count == levels.nodes.count + 1 else {
      throw JobError(
        .usage,
        "\(request.words.layerEdges) gives \(counted(edges.count, "edge")); '\(name)' has \(counted(levels.nodes.count, "layer")), so "
          + "\(levels.nodes.count + 1) are expected")
    }
    return (edges, warning)
  }

  /// Variables that are one layer each.
  private func stacked() throws -> Made {
    let names = request.specification.variables
    for variable in description.variables where variable.layout.length(.level) > 1 {
      throw JobError(.inputData, "\(path): '\(variable.name)' has layers of its own and cannot be one layer of several")
    }
    let known = request.layerEdges.isEmpty ? SoilLayers.edges(variableNames: names) : request.layerEdges
    guard let edges = known, edges.count == names.count + 1 else {
      throw JobError(
        .usage,
        "the depths of the layers \(names.joined(separator: ", ")) are not known; give their \(names.count + 1) edges in "
          + "metres with \(request.words.layerEdges), for example 0,0.1,0.4")
    }
    let layers = try selection(edges)
    let parts = zip(layers.first..., weights(layers)).map { variable, weight in
      Profile.Part(variable: variable, firstLevel: 0, weights: [weight])
    }
    if request.layering != .combined {
      return Made(fields: parts.map { Profile(parts: [$0], isMean: false) }, edges: layers.edges)
    }
    return Made(fields: [Profile(parts: parts, isMean: !addsUp)])
  }

  /// Neighbouring layers within the depths asked for.
  private struct Selection {
    /// The first layer.
    var first: Int
    /// Metres of each layer within the depths.
    var within: [Double]
    /// Metres of each layer.
    var thicknesses: [Double]
    /// Edges of the layers within the depths.
    var edges: [Double]
  }

  private func selection(_ edges: [Double]) throws -> Selection {
    let name = request.specification.variables.joined(separator: ", ")
    guard zip(edges, edges.dropFirst()).allSatisfy({ $0 < $1 }), let top = edges.first, let bottom = edges.last else {
      throw JobError(.inputData, "\(path): the edges of the layers of '\(name)' do not increase downward")
    }
    let depth = request.depth ?? top...bottom
    let within = SoilLayers.thicknesses(edges: edges, within: depth)
    guard let first = within.firstIndex(where: { $0 > 0 }), let last = within.lastIndex(where: { $0 > 0 }) else {
      throw JobError(
        .usage, "\(request.words.depth) selects nothing: the layers of '\(name)' reach from \(top) to \(bottom) m")
    }
    guard depth.upperBound <= bottom + 0.005 else {
      throw JobError(
        .usage, "\(request.words.depth) reaches to \(depth.upperBound) m; the layers of '\(name)' end at \(bottom) m")
    }
    return Selection(
      first: first, within: Array(within[first...last]), thicknesses: (first...last).map { edges[$0 + 1] - edges[$0] },
      edges: [max(edges[first], depth.lowerBound)] + (first...last).map { min(edges[$0 + 1], depth.upperBound) })
  }

  /// Weights of the layers: where they add up the share of the layer within the depths, else its thickness in metres, and
  /// for amounts of single layers what a layer of that thickness holds when it is full.
  private func weights(_ layers: Selection) -> [Double] {
    zip(layers.within, layers.thicknesses).map { within, thickness in
      if addsUp { return within / thickness }
      if case .amounts(let perMetre, _) = request.layering { return perMetre * within }
      return within
    }
  }
}
