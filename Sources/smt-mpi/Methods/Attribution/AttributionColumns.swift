import Distributed
import Kernels

/// What the attribution of a period leaves in a cell.
struct AttributionCell {
  let result: AttributionResult
  /// Trends of the annual total, of each layer and of each season; empty where there are too few years.
  var trends: [SeriesTrend] = []

  /// A trend with the mean of its series.
  struct SeriesTrend {
    let mean: Double
    let estimate: TrendEstimate
  }
}

/// The columns of the attribution.
struct AttributionColumns {
  let layers: MoistureLayers
  let wetness: WetnessSettings
  /// The years that results are of.
  let periods: [ClosedRange<Int>]

  /// All columns of a period.
  var list: [Column<AttributionCell>] {
    let component = MapAxis(
      "component", longName: "part of the variability", names: VariabilityComponent.allCases.map(\.name))
    let season = wetness.axis
    let depth = MapAxis(depthEdges: layers.edges)
    let rank = MapAxis("rank", longName: "rank of the contribution", names: ["first", "second"], first: 1)
    let terms = VariabilityComponent.allCases.flatMap { component in
      season.meanings.flatMap { season in layers.names.map { "\(component.name)_\(season)_\($0)" } }
    }
    let columns: [Column<AttributionCell>] = [
      .status("is an attribution") { $0.result.status },
      .count("n_years", "number of complete years") { ($0.result.status, $0.result.yearCount) },
      Column(
        "relative_contribution", "1", "relative contribution to the variance of annual total soil moisture",
        axes: [component, season, depth], summary: .percent
      ) { $0.result.contributions },
      Column(
        "contribution_season", "1",
        "relative contribution of the season's soil moisture to the variance of annual total soil moisture",
        axes: [season], summary: .percent
      ) { $0.result.seasonContributions },
      Column(
        "contribution_depth", "1",
        "relative contribution of the layer's soil moisture to the variance of annual total soil moisture",
        axes: [depth], summary: .percent
      ) { $0.result.layerContributions },
      Column(
        "contribution_component", "1",
        "relative contribution of trend and interannual variability to the variance of annual total soil moisture",
        axes: [component], summary: .percent
      ) { $0.result.componentContributions },
      Column(
        "omega", "1", "relative contribution over the share of annual total soil moisture", axes: [season, depth]
      ) { $0.result.omega },
      Column(
        "top_contributor", "1", "largest and second largest contributor to the variance of annual total soil moisture",
        axes: [rank]
      ) { cell in
        cell.result.topTerms.map { [Double($0.first), Double($0.second)] } ?? [.nan, .nan]
      }.with(\.flags, terms),
      Column("top_contribution", "1", "relative contribution of these contributors", axes: [rank]) { cell in
        cell.result.topTerms.map { [cell.result.contributions[$0.first], cell.result.contributions[$0.second]] }
          ?? [.nan, .nan]
      },
      Column(
        "mean_moisture", "kg m-2", "mean over years of the soil moisture of season and layer", axes: [season, depth]
      ) {
        $0.result.meanMoisture
      }.with(\.cellMethods, periods.cellMethod("mean")),
    ]
    let total = trends("", "annual total soil moisture", [], of: 0..<1, summary: .means)
    let ofLayers = trends("layer_", "annual soil moisture of the layer", [depth], of: 1..<layers.count + 1)
    let ofSeasons = trends(
      "season_", "total soil moisture of the season", [season],
      of: layers.count + 1..<layers.count + 1 + wetness.seasons)
    return columns + total + ofLayers + ofSeasons
  }

  /// The trends of some of a cell's series.
  private func trends(
    _ prefix: String, _ what: String, _ axes: [MapAxis], of series: Range<Int>, summary: ColumnSummary = .none
  ) -> [Column<AttributionCell>] {
    func column(
      _ name: String, _ units: String, _ longName: String, summary: ColumnSummary = .none,
      _ value: @escaping @Sendable (AttributionCell.SeriesTrend) -> Double
    ) -> Column<AttributionCell> {
      Column(prefix + name, units, longName + what, axes: axes, summary) { cell, row in
        for index in series { row.append(cell.trends.isEmpty ? .nan : value(cell.trends[index])) }
      }
    }
    let slope = "kg m-2 year-1"
    return [
      column("mean", "kg m-2", "mean over years of ") { $0.mean }.with(\.cellMethods, periods.cellMethod("mean")),
      column("trend", slope, "least-squares trend of ", summary: summary) { $0.estimate.ordinary.slope },
      column("trend_p", "1", "two-sided p of the least-squares trend of ") { $0.estimate.ordinary.p }
        .with(\.validRange, 0...1),
      column("sen_slope", slope, "Sen's slope of ", summary: summary) { $0.estimate.sen.slope },
      column("sen_slope_low", slope, "lower end of the 95 percent interval of Sen's slope of ") {
        $0.estimate.sen.low
      },
      column("sen_slope_high", slope, "upper end of the 95 percent interval of Sen's slope of ") {
        $0.estimate.sen.high
      },
      column("mk_p", "1", "two-sided p of the Mann-Kendall test of ") { $0.estimate.mannKendall.p }
        .with(\.validRange, 0...1),
      column("mk_z", "1", "Z of the Mann-Kendall test of ") { $0.estimate.mannKendall.z },
    ]
  }
}
