import ArgumentParser
import Distributed

/// The predictors of a network, in the order of its channels.
struct PredictorOptions: ParsableArguments {
  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      """
      A predictor, a record of years or of finer steps, or a map; repeatable, in the order of the network's channels. Of a \
      year's steps counts the mean by days (@mean), @sum, @min, @max, or one month, e.g. @month=12; a map is the same in all \
      years (@static). The first one's grid is that of the windows; others are brought to it by nearest neighbour.
      """, valueName: "NAME=PATTERN:VAR[@STATISTIC]"), completion: .file())
  var predictor: [String] = []

  @Option(
    help: ArgumentHelp(
      "Depths that count where a predictor has soil layers, metres; e.g. 0-1. Default: all layers.",
      valueName: "TOP-BOTTOM"))
  var depth: String?

  @Option(
    help: ArgumentHelp(
      "Edges of the layers in metres where neither files nor names tell; e.g. 0,0.1,0.4,1,2.", valueName: "m,m,…"))
  var layerBounds: String?
}

/// A predictor as the user asks for it.
struct PredictorRequest {
  let name: String
  /// What a year's steps become; nil where the user leaves it to the record.
  let statistic: PredictorStatistic?
  let source: SourceRequest
}

extension PredictorOptions {
  /// The predictors asked for, in order.
  ///
  /// - Throws: exit code 64 where there is none, one has no such form, or two have one name.
  func requests() throws -> [PredictorRequest] {
    guard !predictor.isEmpty else {
      throw JobError(.usage, "--predictor is missing; e.g. --predictor 'T=cru.nc:tmp@mean'")
    }
    let depths = try depth.map(OptionText.depths)
    let edges = try layerBounds.map(OptionText.edges) ?? []
    var names = Set<String>()
    return try predictor.map { text in
      let found = try PredictorStatistic.split(text, option: "--predictor '\(text)'")
      let named = try NamedSource(found?.source ?? text, option: "predictor")
      guard names.insert(named.name).inserted else {
        throw JobError(.usage, "--predictor '\(named.name)' is given twice; give each predictor a name of its own")
      }
      guard !named.expression.namesMember else {
        throw JobError(.usage, "--predictor '\(text)' holds {member}; one record is expected")
      }
      var words = SourceRequest.Words.options(source: "predictor \(named.name)")
      words.period = "--period"
      var request = SourceRequest(
        name: named.name, expression: named.expression, steps: .native(), depth: depths, layerEdges: edges,
        addsUp: SoilMoistureUnits.addUp, allowsGaps: true, mayBeShorter: true, words: words)
      request.depthIsForLayersOnly = true
      request.regridding = .nearest
      return PredictorRequest(name: named.name, statistic: found?.statistic, source: request)
    }
  }
}
