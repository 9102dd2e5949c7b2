import Distributed
import Foundation
import Kernels

/// How a map agrees with site-years.
struct ValidationScores {
  /// A site's standard deviations (n − 1) over the years that it shares with the map.
  struct Deviation {
    let site: String
    let observed: Double
    let predicted: Double
  }

  /// Over all site-years that have a value of the map.
  let agreement: ObservationAgreement
  /// Sites that have any.
  let siteCount: Int
  /// Of the sites that share enough years with the map.
  let deviations: [Deviation]
  /// Of these deviations with each other; NaN of fewer than three sites.
  let correlation: Correlation

  /// Fewest years of a site's standard deviation.
  static let fewestYears = 3

  /// The scores of a map.
  init(_ map: ValidatedMap, _ table: SiteYearTable) {
    let known = table.samples.indices.filter { map.siteValues[$0].isFinite }
    agreement = ObservationAgreement(
      observed: known.map { table.samples[$0].value }, predicted: known.map { map.siteValues[$0] })
    let bySite = Dictionary(grouping: known) { table.samples[$0].site }
    siteCount = bySite.count
    deviations = bySite.keys.sorted().compactMap { site in
      let own = bySite[site] ?? []
      guard own.count >= Self.fewestYears else { return nil }
      return Deviation(
        site: table.sites[site].name, observed: standardDeviation(own.map { table.samples[$0].value }),
        predicted: standardDeviation(own.map { map.siteValues[$0] }))
    }
    // Of two points r is 1 or -1.
    correlation =
      deviations.count > 2 ? Correlation(deviations.map(\.observed), deviations.map(\.predicted)) : Correlation()
  }
}

/// What a validation found, to be written; on rank 0 alone.
struct ValidationResult {
  let table: SiteYearTable
  /// Units of all values.
  let units: String
  let maps: [ValidatedMap]
  let scores: [ValidationScores]
  /// Files and variables of the maps.
  let sources: [String]

  /// Percent by which a number of a map is above that of the first.
  private func difference(_ value: (ValidatedMap) -> Double, _ map: Int) -> Double {
    100 * (value(maps[map]) / value(maps[0]) - 1)
  }

  /// A row for each map.
  var scoreTable: Table {
    var found = Table(
      columns: [
        "map", "source", "n", "sites", "mean_observed", "mean_map", "r2", "efficiency", "rmse", "bias", "sd_sites",
        "sd_r", "sd_p", "first_year", "last_year", "years", "cells", "global_mean", "global_interannual_sd",
        "sd_of_global_mean", "global_mean_difference", "global_interannual_sd_difference", "units",
      ],
      units: ["", "", "1", "1", units, units, "1", "1", units, units, "1", "1", "1", "yr", "yr", "1", "1"]
        + [units, units, units, "percent", "percent", ""])
    for (index, map) in maps.enumerated() {
      let (own, agreement) = (scores[index], scores[index].agreement)
      func year(_ value: Int?) -> Table.Entry { value.map(Table.Entry.count) ?? "" }
      found.add([
        .text(map.name), .text(sources[index]), .count(agreement.count), .count(own.siteCount),
        .number(agreement.observed), .number(agreement.predicted), .number(agreement.squaredCorrelation),
        .number(agreement.efficiency), .number(agreement.rootMeanSquareError), .number(agreement.bias),
        .count(own.deviations.count), .number(own.correlation.r), .number(own.correlation.p), year(map.years.first),
        year(map.years.last), .count(map.years.count), .count(map.cellCount), .number(map.mean),
        .number(map.deviation), .number(standardDeviation(map.series)), .number(difference(\.mean, index)),
        .number(difference(\.deviation, index)), .text(units),
      ])
    }
    return found
  }

  /// A row for each site-year.
  var pairTable: Table {
    var found = Table(
      columns: ["site", "lat", "lon", "year", "observed"] + maps.map(\.name),
      units: ["", "degrees_north", "degrees_east", "yr", units] + maps.map { _ in units })
    for (index, sample) in table.samples.enumerated() {
      let site = table.sites[sample.site]
      found.add(
        [
          .text(site.name), .number(site.latitude), .number(site.longitude), .count(sample.year),
          .number(sample.value),
        ] + maps.map { .number($0.siteValues[index]) })
    }
    return found
  }

  /// Maps against site-years, the deviations of both, and the globe's mean from year to year.
  var pictureText: String {
    func format(_ words: String, _ value: Double) -> String {
      value.isFinite ? String(format: ", \(words) %.3g", value) : ""
    }
    func panel(
      _ title: String, _ words: String, _ names: (Int) -> String, _ points: (Int) -> [ScatterPicture.Point]
    ) -> String {
      ScatterPicture(
        title: title, xTitle: "sites, \(words)\(units)", yTitle: "maps, \(words)\(units)",
        series: maps.indices.map { ScatterPicture.Series(name: names($0), points: points($0)) }, lines: [.identity]
      ).svg
    }
    let values = panel(
      "Site-years", "",
      { index in
        let own = scores[index].agreement
        return "\(maps[index].name): n \(own.count)" + format("R²", own.squaredCorrelation)
          + format("RMSE", own.rootMeanSquareError)
      },
      { index in
        table.samples.indices.map { .init(x: table.samples[$0].value, y: maps[index].siteValues[$0]) }
      })
    let deviations = panel(
      "Standard deviation from year to year", "sd, ",
      { index in
        "\(maps[index].name): \(counted(scores[index].deviations.count, "site"))"
          + format("r", scores[index].correlation.r)
          + format("p", scores[index].correlation.p)
      }, { index in scores[index].deviations.map { .init(x: $0.observed, y: $0.predicted) } })
    let globe = ScatterPicture(
      title: "Mean over the globe", xTitle: "year", yTitle: units,
      series: maps.map { map in
        ScatterPicture.Series(
          name: map.name + format("mean", map.mean) + format("interannual sd", map.deviation),
          points: zip(map.years, map.series).map { .init(x: Double($0), y: $1) }, isConnected: true)
      }
    ).svg
    return PictureFrame.panels([values, deviations, globe], height: 580)
  }

  /// The lines of the terminal.
  var lines: [String] {
    func number(_ value: Double) -> String { numberText(value, "%.4g") }
    let width = (maps.map(\.name.count).max() ?? 0) + 2
    return maps.indices.flatMap { index -> [String] in
      let (map, own) = (maps[index], scores[index])
      let name = map.name.padding(toLength: width, withPad: " ", startingAt: 0)
      let indent = String(repeating: " ", count: width)
      let first = maps[0].name
      return [
        "\(name)sites: n \(own.agreement.count) at \(counted(own.siteCount, "site")), R2 \(number(own.agreement.squaredCorrelation)), "
          + "efficiency \(number(own.agreement.efficiency)), RMSE \(number(own.agreement.rootMeanSquareError)), bias "
          + "\(number(own.agreement.bias)) \(units)",
        "\(indent)interannual sd at \(counted(own.deviations.count, "site")): r \(number(own.correlation.r)), p "
          + "\(number(own.correlation.p))",
        "\(indent)globe: mean \(number(map.mean)), interannual sd \(number(map.deviation)) \(units) in \(counted(map.years.count, "year")) of "
          + "\(counted(map.cellCount, "cell"))"
          + (index == 0
            ? ""
            : "; \(number(difference(\.mean, index))) % and \(number(difference(\.deviation, index))) % above \(first)"),
      ]
    }
  }

  /// Numbers for the report.
  var numbers: [String: Double] {
    var found: [String: Double] = [:]
    for (map, own) in zip(maps, scores) {
      for (name, value) in [
        ("n", Double(own.agreement.count)), ("r2", own.agreement.squaredCorrelation),
        ("efficiency", own.agreement.efficiency), ("rmse", own.agreement.rootMeanSquareError),
        ("bias", own.agreement.bias), ("sd_r", own.correlation.r), ("sd_p", own.correlation.p),
        ("global_mean", map.mean), ("global_interannual_sd", map.deviation),
      ] where value.isFinite { found["\(map.name)_\(name)"] = value }
    }
    return found
  }
}
