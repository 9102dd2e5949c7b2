import Distributed
import Foundation
import Kernels

/// Tables and pictures of regions and classes.
struct SinkOutput {
  /// Those of each period.
  let regions: [SinkRegions]
  /// km²; what has less is left out.
  let minimumArea: Double

  private var periods: [(SinkRegions, [SinkRegions.Region])] {
    regions.map { period in (period, period.regions.filter { !($0.area < minimumArea) }) }
  }

  /// The columns that say what a row is about, where there are several sets of classes, and several periods.
  private var keys: [String] { ["classes", "class"] + (regions.count > 1 ? ["period"] : []) }

  private func key(_ region: SinkRegions.Region, _ period: SinkRegions) -> [Table.Entry] {
    [.text(period.titles[region.set]), .text(region.name)] + (regions.count > 1 ? [.text(period.periodName)] : [])
  }

  /// A row for each region and class: cells with trends and their area, shares over cells and of the area, 0 to 1, then
  /// the trends of the area means.
  var table: Table {
    let lines = ["production", "respiration"].flatMap { name in
      ["mean", "trend", "trend_p", "z_trend"].map { "\(name)_\($0)" }
    }
    var table = Table(
      columns: keys + ["n", "area_km2"] + SinkRegions.shareNames.flatMap { ["\($0)_cells", "\($0)_area"] }
        + ["series_n", "series_years"] + lines)
    for (period, regions) in periods {
      for region in regions {
        let trends = [region.trends.production, region.trends.respiration].flatMap {
          [$0.mean, $0.slope, $0.p, $0.standardSlope]
        }
        table.add(
          key(region, period) + [.count(region.count), .number(region.area)]
            + region.shares.flatMap { [.number($0.cells), .number($0.area)] }
            + [.count(region.seriesCount), .count(region.trends.count)] + trends.map { .number($0) })
      }
    }
    return table
  }

  /// A row for each year of each region and class: the means by area of the cells with every year, and their z-scores.
  var series: Table {
    var table = Table(columns: keys + ["year", "production", "respiration", "production_z", "respiration_z"])
    for (period, regions) in periods {
      for region in regions {
        let z = [region.production, region.respiration].map(Self.standardised)
        for (index, year) in period.years.enumerated() {
          table.add(
            key(region, period) + [
              .count(year), .number(region.production[index]), .number(region.respiration[index]), .number(z[0][index]),
              .number(z[1][index]),
            ])
        }
      }
    }
    return table
  }

  private static func standardised(_ values: [Double]) -> [Double] {
    let (centre, deviation) = (mean(values), standardDeviation(values))
    return values.map { ($0 - centre) / deviation }
  }

  /// The z-scores of the regions' means with their lines, a panel for each region and period.
  ///
  /// Drawn after figure 4 of Yu et al. (2021).
  var seriesPicture: String {
    let panels = periods.flatMap { period, regions in
      regions.filter { $0.set == 0 }.map { region in
        ScatterPicture(
          title: region.name + (self.regions.count > 1 ? ", \(period.periodName)" : ""), xTitle: "year",
          yTitle: "z-score",
          series: [
            Self.series("production", region.production, region.trends.production, period.years),
            Self.series("respiration", region.respiration, region.trends.respiration, period.years),
          ].flatMap { $0 }, lines: [.horizontal(0, name: "")]
        ).svg
      }
    }
    return PictureFrame.panels(panels)
  }

  /// A series of z-scores, and its line.
  private static func series(
    _ name: String, _ values: [Double], _ line: SinkTrends.Line, _ years: [Int]
  ) -> [ScatterPicture.Series] {
    let middle = mean(years.map(Double.init))
    let points = zip(years, standardised(values)).map { ScatterPicture.Point(x: Double($0), y: $1) }
    let ends = [years.first, years.last].compactMap { $0 }.map(Double.init)
    return [
      ScatterPicture.Series(
        name: String(format: "%@: %.3f a year, p %.2g", name, line.standardSlope, line.p), points: points,
        isConnected: true, trend: ends.map { ($0, line.standardSlope * ($0 - middle)) })
    ]
  }

  /// The share of the area where production grows faster and that where respiration does, a circle of its area for each
  /// region and class; a panel for each set of classes and each period.
  ///
  /// Drawn after figure 7 of Yu et al. (2021).
  var fasterPicture: String {
    let panels = periods.flatMap { period, regions in
      period.titles.indices.map { set in
        let own = regions.filter { $0.set == set }
        // Without areas all circles are alike.
        let largest = own.map(\.area).filter(\.isFinite).max() ?? .nan
        return ScatterPicture(
          title: URL(fileURLWithPath: period.titles[set]).lastPathComponent
            + (self.regions.count > 1 ? ", \(period.periodName)" : ""),
          xTitle: "% of the area where production grows faster", yTitle: "% of the area where respiration grows faster",
          series: [
            ScatterPicture.Series(
              name: "",
              points: own.map { region in
                let radius = 28 * (region.area / largest).squareRoot()
                return ScatterPicture.Point(
                  x: 100 * region.share("production_faster").area, y: 100 * region.share("respiration_faster").area,
                  name: region.name, radius: radius.isFinite ? max(2, radius) : 6)
              })
          ], lines: [.vertical(50, name: ""), .horizontal(50, name: "")]
        ).svg
      }
    }
    return PictureFrame.panels(panels)
  }
}
