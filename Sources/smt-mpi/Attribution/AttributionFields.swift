import Distributed
import Kernels

/// The numbers that the attribution leaves in a cell and a period, in the order of a row, and how they are written.
struct AttributionFields {
  let layers: AttributionLayers
  let seasons: Int

  private var seasonNames: [String] {
    seasons == 4 ? ["humid", "sub_humid", "semi_arid", "arid"] : (1...seasons).map { "wetness_rank_\($0)" }
  }

  private var layerNames: [String] {
    zip(layers.edges, layers.edges.dropFirst()).map { "\(Self.centimetres($0))_\(Self.centimetres($1))_cm" }
  }

  private static func centimetres(_ metres: Double) -> String { (metres * 100).rounded().shortText }

  /// Names of all terms, in the order of the contributions.
  var termNames: [String] {
    VariabilityComponent.allCases.flatMap { component in
      seasonNames.flatMap { season in layerNames.map { "\(component.name)_\(season)_\($0)" } }
    }
  }

  /// The variables, in the order of a row.
  var fields: [ResultField] {
    let component = MapAxis(
      "component", longName: "part of the variability", meanings: VariabilityComponent.allCases.map(\.name))
    let season = MapAxis("season", longName: "season by wetness of the months", meanings: seasonNames)
    let depth = MapAxis(depthEdges: layers.edges)
    let rank = MapAxis("rank", longName: "rank of the contribution", meanings: ["first", "second"], first: 1)
    var list: [ResultField] = []
    list.add(
      "status", "1", "whether there is an attribution, and why not", flags: AttributionStatus.allCases.map(\.name))
    list.add("n_years", "1", "number of complete years", isCount: true)
    list.add(
      "relative_contribution", "1", "relative contribution to the variance of annual total soil moisture",
      [component, season, depth])
    list.add("contribution_season", "1", "relative contribution of the season", [season])
    list.add("contribution_depth", "1", "relative contribution of the layer", [depth])
    list.add("contribution_component", "1", "relative contribution of trend and interannual variability", [component])
    list.add("omega", "1", "relative contribution over share of the moisture", [season, depth])
    list.add("top_contributor", "1", "largest and second largest contributor", [rank], flags: termNames)
    list.add("top_contribution", "1", "relative contribution of these contributors", [rank])
    list.add("mean_moisture", "kg m-2", "mean soil moisture", [season, depth])
    for (prefix, what, axes) in [
      ("", "annual total soil moisture", [MapAxis]()), ("layer_", "annual soil moisture of the layer", [depth]),
      ("season_", "total soil moisture of the season", [season]),
    ] {
      list.add(prefix + "mean", "kg m-2", "mean of \(what)", axes)
      list.add(prefix + "trend", "kg m-2 year-1", "least-squares trend of \(what)", axes)
      list.add(prefix + "trend_p", "1", "two-sided p of the least-squares trend of \(what)", axes)
      list.add(prefix + "sen_slope", "kg m-2 year-1", "Sen's slope of \(what)", axes)
      list.add(
        prefix + "sen_slope_low", "kg m-2 year-1", "lower end of the 95 percent interval of Sen's slope of \(what)",
        axes)
      list.add(
        prefix + "sen_slope_high", "kg m-2 year-1", "upper end of the 95 percent interval of Sen's slope of \(what)",
        axes)
      list.add(prefix + "mk_p", "1", "two-sided p of the Mann-Kendall test of \(what)", axes)
      list.add(prefix + "mk_z", "1", "Z of the Mann-Kendall test of \(what)", axes)
    }
    return list
  }

  /// The row of a result.
  ///
  /// - Parameter statistics: eight numbers of the total, of each layer and of each season; empty where there are none.
  func numbers(_ result: AttributionResult, statistics: [[Double]]) -> [Double] {
    var row = [Double(result.status.rawValue), Double(result.yearCount)]
    row += result.contributions + result.seasonContributions + result.layerContributions
    row += result.componentContributions + result.omega
    if let top = result.topTerms {
      row += [Double(top.first), Double(top.second), result.contributions[top.first], result.contributions[top.second]]
    } else {
      row += [Double](repeating: .nan, count: 4)
    }
    row += result.meanMoisture
    let groups = [1, layers.count, seasons]
    var first = 0
    for count in groups {
      for number in 0..<8 {
        row += (0..<count).map { statistics.isEmpty ? .nan : statistics[first + $0][number] }
      }
      first += count
    }
    return row
  }
}
