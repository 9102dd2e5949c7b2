import Foundation
import TestSupport
import Testing

@testable import Distributed

/// What the headers of all commands' outputs tell: titles and long names say what was computed, limits and cell methods are
/// there, names stand beside the numbers of categories, and the areas of the input's cells are carried along.
@MainActor @Suite struct OutputHeaderTests {
  // MARK: Input

  private nonisolated static let areas: [Double] = [3, 1.25, 7, 2, 1.0 / 3, 5]
  private nonisolated static let fractions: [Double] = [1, 0.5, 0.25, 1, .nan, 0.3]

  private nonisolated static let heatName = "surface_upward_latent_heat_flux"

  /// Twelve years of heat fluxes, of which CF knows the first's name, and of the water of two layers on 2 × 3 cells, with the areas of these.
  private func writeRecord(_ path: String, withAreas: Bool = true) throws {
    let months = 0..<144
    let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31].map(Double.init)
    let starts = months.map { month in 365 * Double(month / 12) + lengths[..<(month % 12)].reduce(0, +) }
    let bounds = months.flatMap { [starts[$0], starts[$0] + lengths[$0 % 12]] }
    var maps = TestMaps(latitudes: [-30, 30], longitudes: [0, 120, 240])
    maps.axes = [
      .init(
        "time", months.map { (bounds[2 * $0] + bounds[2 * $0 + 1]) / 2 }, bounds: bounds,
        [("units", .text("days since 2001-01-01")), ("calendar", .text("noleap"))])
    ]
    func record(
      _ name: String, _ longName: String, units: String, standardName: String? = nil,
      _ value: (_ month: Double, _ cell: Double) -> Double
    ) -> TestMaps.Map {
      .init(
        name, axes: ["time"], months.flatMap { month in (0..<6).map { value(Double(month), Double($0)) } },
        [("long_name", .text(longName)), ("units", .text(units))]
          + (standardName.map { [("standard_name", .text($0))] } ?? []))
    }
    let records = [
      record("Qle", "Latent heat net flux", units: "W m-2", standardName: Self.heatName) {
        60 + 25 * sin(0.5 * $0 + $1) + 4 * cos(1.7 * $0 * $0)
      },
      record("Qh", "Sensible heat net flux", units: "W m-2", standardName: "sensible_heat_flux") {
        50 - 20 * sin(0.5 * $0 + $1) + 3 * cos(2.3 * $0)
      },
      record("w1", "Soil moisture content (0-10 cm underground)", units: "kg m-2") {
        30 + 8 * sin(0.5 * $0 + 0.3 * $1) + 2 * cos(0.11 * $0 * $0 + $1)
      },
      record("w2", "Soil moisture content (10-40 cm underground)", units: "kg m-2") {
        90 + 10 * sin(0.5 * $0 - 0.4 + 0.3 * $1) + 3 * cos(0.07 * $0 * $0)
      },
    ]
    let land = [
      TestMaps.Map("area", Self.areas, [("long_name", .text("area of grid cells")), ("units", .text("km^2"))]),
      TestMaps.Map("landfrac", Self.fractions, [("long_name", .text("land fraction"))]),
    ]
    try maps.write(records + (withAreas ? land : []), to: path)
  }

  private func run(_ arguments: [String], ranks: Int? = nil) throws {
    let done = try TestSupport.run(
      arguments + ["--progress", "0", "--log-level", "error", "--overwrite"], ranks: ranks)
    #expect(done.status == 0, "\(arguments.joined(separator: " ")): \(done.standardError)")
  }

  private func moisture(_ path: String) -> [String] { ["--moisture", "\(path):w1,w2", "--layer-bounds", "0,0.1,0.4"] }

  // MARK: Header

  /// The header of a file.
  private struct Header {
    let file: NetCDFFile

    init(_ path: String) throws { file = try NetCDFFile(path) }

    /// The numbers of a variable.
    func values(_ name: String) throws -> [Double] { try file.values(try file.requiredVariable(name)) }

    var title: String { file.text("title") ?? "" }

    /// An attribute of a variable: a text, or numbers.
    func attribute(_ name: String, of variable: String) -> String? {
      guard let variable = file.variable(variable) else { return nil }
      let numbers = file.numbers(name, of: variable).map { $0.labelText }
      return file.text(name, of: variable) ?? (numbers.isEmpty ? nil : numbers.joined(separator: " "))
    }

    /// Checks a title and attributes, `VARIABLE:ATTRIBUTE`.
    func expect(_ title: String, _ attributes: KeyValuePairs<String, String>) {
      #expect(self.title == title, "\(file.path)")
      for (place, text) in attributes {
        let parts = place.split(separator: ":").map(String.init)
        #expect(attribute(parts[1], of: parts[0]) == text, "\(file.path): \(place)")
      }
    }

    /// Checks that each category has its names beside it, and that each variable with it says so.
    ///
    /// - Parameter names: of the categories that are expected, by dimension.
    func expectNames(_ names: [String: [String]]) throws {
      for variable in file.variables
      where variable.dimensions.count == 1 && file.text("flag_meanings", of: variable) != nil {
        guard file.dimensionNames(variable) == [variable.name] else { continue }
        #expect(names[variable.name] != nil, "\(file.path): \(variable.name)")
      }
      for (axis, expected) in names {
        let name = axis + "_name"
        guard let variable = file.variable(name) else {
          Issue.record("\(file.path): there is no \(name)")
          continue
        }
        #expect(try file.labels(variable) == expected, "\(file.path)")
        #expect(file.text("_Encoding", of: variable) == "utf-8" && file.dimensionNames(variable)[0] == axis)
        #expect(attribute("flag_meanings", of: axis) == expected.map(MapAxis.word).joined(separator: " "))
        // Coordinates have none themselves.
        for variable in file.variables where ![axis, name, "time", "time_bnds"].contains(variable.name) {
          let coordinates = (file.text("coordinates", of: variable) ?? "").split(separator: " ").map(String.init)
          #expect(
            coordinates.contains(name) == file.dimensionNames(variable).contains(axis),
            "\(file.path): \(variable.name) has coordinates \(coordinates)")
        }
      }
    }
  }

  // MARK: Commands

  @Test func thresholdsNameTheResponse() throws {
    try withTemporaryFolder { folder in
      let record = "\(folder)/heat.nc"
      try writeRecord(record)
      let curve = moisture(record) + ["--model", "plateau"]
      let sources = [
        ["--response", "\(record):Qle", "--fraction-with", "\(record):Qh"],
        ["--response", "\(record):Qle / (\(record):Qle + \(record):Qh)"],
        ["--response", "\(record):Qle / (\(record):Qh + \(record):Qle)"],
      ]
      for (number, source) in sources.enumerated() {
        let path = "\(folder)/\(number).nc"
        try run(["threshold", "--output", path] + source + curve)
        try Header(path).expect(
          "Soil moisture thresholds of evaporative fraction, 2001-01/2012-12",
          [
            "smt:long_name":
              "soil moisture threshold of evaporative fraction in percent of normal, the mean over the months",
            "smt:valid_min": "0", "r2:valid_max": "1", "bend_p:valid_range": "0 1", "n_pairs:valid_min": "0",
            "smt_absolute:long_name": "soil moisture threshold of evaporative fraction",
            "decline_rate_low:long_name":
              "mean decline of evaporative fraction below the threshold, percent per percent of moisture",
            "smt:cell_measures": "area: area", "status:cell_measures": "area: area",
          ])
      }
      // Another fraction is none, and the user has the last word.
      let path = "\(folder)/other.nc"
      try run(
        ["threshold", "--response", "\(record):Qh", "--fraction-with", "\(record):Qle", "--output", path] + curve)
      #expect(
        try Header(path).title
          == "Soil moisture thresholds of Sensible heat net flux as a fraction of its sum with Latent heat net flux, "
          + "2001-01/2012-12")
      try run(
        [
          "threshold", "--response", "\(record):Qle", "--long-name", "evaporation", "--point=30,0", "--output", path,
        ]
          + curve)
      try Header(path).expect(
        "Soil moisture thresholds of evaporation, 2001-01/2012-12",
        ["r2:long_name": "coefficient of determination of the curve fitted to evaporation"])
      try Header("\(folder)/other_curves.nc").expect(
        "Soil moisture thresholds of evaporation, 2001-01/2012-12: pairs and fitted curves",
        [
          "pair_response:long_name": "evaporation of the pairs, percent of normal",
          "curve_curvature:units": "percent-1",
        ])
    }
  }

  @Test func curvatureHasItsUnit() throws {
    try withTemporaryFolder { folder in
      let record = "\(folder)/heat.nc"
      try writeRecord(record)
      try run(
        [
          "threshold", "--response", "\(record):Qle", "--bbox", "-1,0,1,40", "--epochs", "2", "--hidden", "3",
          "--bootstrap", "0", "--output", "\(folder)/o.nc",
        ] + moisture(record))
      #expect(try Header("\(folder)/o.nc").attribute("units", of: "curvature") == "percent-1")
    }
  }

  @Test func longNamesThatAreNoWordsAreRefused() throws {
    try withTemporaryFolder { folder in
      for name in ["", "12", "a\nb", String(repeating: "x", count: 201)] {
        for command in ["threshold", "correlate"] {
          let done = try TestSupport.run([
            command, "--response", "x.nc:a", "--moisture", "x.nc:b", "--long-name", name, "--output", "\(folder)/o.nc",
          ])
          #expect(done.status == 64 && done.standardError.contains("--long-name"), "\(done.standardError)")
        }
      }
    }
  }

  @Test func yearlyMethodsNameQuantityStatisticAndYears() throws {
    try withTemporaryFolder { folder in
      let record = "\(folder)/heat.nc"
      try writeRecord(record)
      let years = ["--minimum-years", "3"]
      let periods = years + ["--period", "2001-2006", "--period", "2007-2012"]
      let names = ["2001-2006", "2007-2012"]
      let seasons = ["humid", "sub_humid", "semi_arid", "arid"]

      try run(
        ["trend", "--source", "\(record):w1,w2", "--layer-bounds", "0,0.1,0.4", "--output", "\(folder)/trend.nc"]
          + periods)
      let trend = try Header("\(folder)/trend.nc")
      trend.expect(
        "Trends of the annual mean of Soil moisture content, 2001-2006 and 2007-2012",
        [
          "mean:long_name": "mean over years of the annual mean of Soil moisture content",
          "mean:cell_methods": "time: mean (interval: 1 year comment: years of 2001-2006 and 2007-2012)",
          "sen_slope:long_name": "Sen's slope of the annual mean of Soil moisture content",
          "interannual_stddev:valid_min": "0", "mk_p:valid_range": "0 1", "n_years:valid_min": "0",
        ])
      try trend.expectNames(["period": names])
      // The years of each period, which its means are of.
      #expect(trend.attribute("coordinates", of: "mean") == "period_name time")
      #expect(trend.attribute("coordinates", of: "trend") == "period_name")
      #expect(try trend.values("time_bnds") == [0, 6 * 365, 6 * 365, 12 * 365])
      #expect(trend.attribute("units", of: "time") == "days since 2001-01-01 00:00:00")
      try run(
        ["trend", "--source", "\(record):Qle+Qh", "--long-name", "turbulent heat", "--output", "\(folder)/t.nc"] + years
      )
      #expect(try Header("\(folder)/t.nc").title == "Trends of the annual mean of turbulent heat, 2001-2012")
      let single = try Header("\(folder)/t.nc")
      #expect(single.attribute("coordinates", of: "trend") == nil)
      #expect(single.attribute("coordinates", of: "mean") == "time")
      #expect(try single.values("time") == [6 * 365] && single.file.variable("time_bnds") == nil)
      #expect(
        single.attribute("cell_methods", of: "mean") == "time: mean (interval: 1 year comment: years of 2001-2012)")

      try run(["attribute", "--output", "\(folder)/attribute.nc"] + moisture(record) + periods)
      let attribution = try Header("\(folder)/attribute.nc")
      attribution.expect(
        "Attribution of the variability of soil moisture to seasons and layers, 2001-2006 and 2007-2012",
        [
          "contribution_season:coordinates": "period_name season_name",
          "contribution_season:long_name":
            "relative contribution of the season's soil moisture to the variance of annual total soil moisture",
          "relative_contribution:coordinates": "period_name component_name season_name",
          "layer_mean:cell_methods": "time: mean (interval: 1 year comment: years of 2001-2006 and 2007-2012)",
          "trend_p:valid_range": "0 1",
        ])
      try attribution.expectNames([
        "period": names, "season": seasons, "component": ["trend", "iav"], "rank": ["first", "second"],
      ])
      try run(["attribute", "--split", "--output", "\(folder)/split.nc"] + moisture(record) + years)
      let split = try Header("\(folder)/split.nc")
      try split.expectNames(["season": seasons, "component": ["trend", "iav"], "rank": ["first", "second"]])
      #expect(split.attribute("coordinates", of: "relative_contribution_trend_humid") == nil)
      #expect(split.attribute("cell_measures", of: "relative_contribution_trend_humid") == "area: area")
      // A variable of one period of several has no time that CF knows of, and tells of no means over it.
      try run(["attribute", "--split", "--output", "\(folder)/both.nc"] + moisture(record) + periods)
      let both = try Header("\(folder)/both.nc")
      #expect(
        both.attribute("cell_methods", of: "mean") != nil
          && both.attribute("coordinates", of: "mean") == "period_name time")
      #expect(both.file.variable("layer_mean_2001_2006") != nil)
      #expect(both.attribute("cell_methods", of: "layer_mean_2001_2006") == nil)

      let response = ["--response", "\(record):Qle", "--fdr", "--effective-n"] + years
      try run(["correlate", "--output", "\(folder)/correlate.nc"] + moisture(record) + response)
      let correlation = try Header("\(folder)/correlate.nc")
      correlation.expect(
        "Correlation of soil moisture with Latent heat net flux by season and layer, 2001-2012",
        [
          "r:long_name": "correlation of soil moisture with Latent heat net flux", "r:valid_range": "-1 1",
          "r_q:valid_range": "0 1", "effective_n:valid_min": "0", "r:coordinates": "season_name",
        ])
      try correlation.expectNames(["season": seasons])
      try run(
        ["correlate", "--monthly", "--long-name", "evaporation", "--output", "\(folder)/monthly.nc"] + moisture(record)
          + response)
      try Header("\(folder)/monthly.nc").expect(
        "Correlation of the months of soil moisture with those of evaporation, 2001-2012",
        ["r:long_name": "correlation of soil moisture with evaporation", "r_p:valid_range": "0 1"])

      try run(
        ["sink", "--respiration", "\(record):Qh", "--production", "\(record):Qle", "--output", "\(folder)/sink.nc"]
          + periods)
      let sink = try Header("\(folder)/sink.nc")
      #expect(
        sink.title
          == "Trends of production (Latent heat net flux) and respiration (Sensible heat net flux), and which grows "
          + "faster, 2001-2006 and 2007-2012")
      #expect(
        sink.attribute("long_name", of: "production_mean")?.contains("production (Latent heat net flux)") ?? false)
      #expect(
        sink.attribute("cell_methods", of: "respiration_mean")?.hasPrefix("time: mean (interval: 1 year") ?? false)
      // Names are those of the table, of means alone: not of trends, nor of what two variables make.
      #expect(sink.attribute("standard_name", of: "production_mean") == Self.heatName)
      #expect(sink.attribute("standard_name", of: "respiration_mean") == nil)
      #expect(sink.attribute("standard_name", of: "production_trend") == nil)
      #expect(single.attribute("standard_name", of: "mean") == nil)
      // Names of amounts in layers want the depths of the layer beside them, which the mean of a layer does not have.
      #expect(attribution.attribute("standard_name", of: "layer_mean") == nil)
      for (statistic, name) in [("mean", Self.heatName), ("sum", nil)] {
        let options = ["--statistic", statistic, "--output", "\(folder)/t.nc"]
        try run(["trend", "--source", "\(record):Qle"] + years + options)
        #expect(try Header("\(folder)/t.nc").attribute("standard_name", of: "mean") == name)
      }
      try sink.expectNames(["period": names])
    }
  }

  @Test func mapsOfMapsKeepNames() throws {
    try withTemporaryFolder { folder in
      let record = "\(folder)/heat.nc"
      try writeRecord(record)
      let path = "\(folder)/attribute.nc"
      try run(
        ["attribute", "--minimum-years", "3", "--period", "2001-2006", "--period", "2007-2012", "--output", path]
          + moisture(record))
      let map = "\(path):contribution_season"
      let words = "relative contribution of the season's soil moisture to the variance of annual total soil moisture"
      let names = ["period": ["2001-2006", "2007-2012"], "season": ["humid", "sub_humid", "semi_arid", "arid"]]

      try run(["calculate", "\(map) * 100", "--output", "\(folder)/percent.nc"])
      let calculated = try Header("\(folder)/percent.nc")
      try calculated.expectNames(names)
      #expect(
        calculated.title == "contribution_season * 100"
          && calculated.attribute("cell_measures", of: "product") == "area: area")
      try run(["calculate", "\(map) * 100", "--long-name", "share of the season", "--output", "\(folder)/percent.nc"])
      try Header("\(folder)/percent.nc").expect(
        "share of the season", ["product:long_name": "share of the season", "product:units": "1"])

      try run(["regrid", map, "--grid", "r6x4", "--method", "nearest", "--output", "\(folder)/fine.nc"])
      let fine = try Header("\(folder)/fine.nc")
      try fine.expectNames(names)
      fine.expect("\(words) on a grid of 4 × 6 cells", ["contribution_season:coordinates": "period_name season_name"])
      // The areas are those of other cells.
      #expect(fine.file.variable("area") == nil && fine.attribute("cell_measures", of: "contribution_season") == nil)

      try run([
        "summarise", "\(path):layer_mean", "--bands", "tropics and more=-90:0,north of it=0:90", "--output",
        "\(folder)/table.csv", "--map", "\(folder)/classes.nc",
      ])
      let classes = try Header("\(folder)/classes.nc")
      #expect(classes.title.hasPrefix("Means of mean over years of annual soil moisture of the layer by classes of"))
      try classes.expectNames(["class": ["tropics and more", "north of it"], "period": names["period"] ?? []])

      try run(["compare", "\(record):area", "\(record):area", "--map", "\(folder)/agreement.nc"])
      let agreement = try Header("\(folder)/agreement.nc")
      #expect(agreement.title == "Agreement of area of \(record) with area of \(record)")
      #expect(agreement.attribute("long_name", of: "difference") == "area (A) less area (B)")
    }
  }

  @Test func ensemblesAndRunsAreNamed() throws {
    try withTemporaryFolder { folder in
      try run(["synthesize", "\(folder)/e", "--rows", "4", "--columns", "6", "--members", "12", "--ocean-share", "0.3"])
      let members = ["--members", "REF,EXP_01..EXP_12"]
      let pattern = "\(folder)/e/{member}.nc"
      try run(
        [
          "phases", "--threshold", "\(folder)/e/truth.nc:smt", "--moisture", "\(pattern):SM", "--quantity",
          "GPP=\(pattern):GPP", "--output", "\(folder)/phases.nc",
        ] + members)
      let phases = try Header("\(folder)/phases.nc")
      phases.expect(
        "Differences of gross primary production between members below and above the soil moisture threshold, "
          + "2004-01/2004-12",
        [
          "low_GPP:cell_methods": "time: mean (comment: growing seasons, then members of the phase)",
          "n_low:valid_min": "0", "difference_GPP:cell_measures": "area: area",
        ])

      let response =
        ["--response", "\(pattern):GPP", "--predictor", "SM=\(pattern):SM", "--minimum-months", "6"] + members
      try run(["sensitivity", "--each-cell", "--output", "\(folder)/cells.nc"] + response)
      try run(
        ["sensitivity", "--bands", "southern half=-90:0,north=0:90", "--output", "\(folder)/zones.nc"] + response)
      let names = ["REF"] + (1...12).map { $0 < 10 ? "EXP_0\($0)" : "EXP_\($0)" }
      for (path, place) in [("cells", "in every cell"), ("zones", "by zone")] {
        let header = try Header("\(folder)/\(path).nc")
        header.expect(
          "Sensitivities of gross primary production to SM \(place), 2004-01/2004-12",
          [
            "beta:long_name":
              "sensitivity to the predictor, standard deviations of gross primary production for one of the predictor",
            "r2:valid_max": "1", "vif:valid_min": "0", "n_months:valid_min": "0",
          ])
        try header.expectNames(
          ["member": names, "predictor": ["SM"]].merging(path == "zones" ? ["zone": ["southern half", "north"]] : [:]) {
            $1
          })
      }

      try run(["synthesize", "\(folder)/r", "--runs", "--months", "24", "--rows", "4", "--columns", "6"])
      try run([
        "contrast", "--run-a", "\(folder)/r/native.nc", "--run-b", "\(folder)/r/blended.nc", "--moisture", "SOIL_WATER",
        "--depth", "0-1", "--flux", "GPP=GPP", "RA=AR", "RH=HR", "--each-step", "\(folder)/steps.nc", "--output",
        "\(folder)/contrast.nc",
      ])
      let title =
        "Sensitivity of gross primary production, autotrophic respiration, heterotrophic respiration, ecosystem "
        + "respiration, net ecosystem exchange to soil moisture from two runs, 2004-01/2005-12"
      try Header("\(folder)/contrast.nc").expect(
        title,
        [
          "gpp_a:standard_name": "gross_primary_productivity_of_biomass_expressed_as_carbon",
          "gpp_a:cell_methods": "time: mean (interval: 1 year comment: 2004-01/2005-12)",
          "theta_a:standard_name": "volume_fraction_of_condensed_water_in_soil",
          "beta_rh:long_name": "sensitivity of heterotrophic respiration to soil moisture, per m3 m-3, mean over steps",
          "beta_gpp_sd:valid_min": "0", "area:standard_name": "cell_area",
        ])
      try Header("\(folder)/steps.nc").expect(
        title + ", of each step",
        [
          "beta_nee:long_name": "sensitivity of net ecosystem exchange to soil moisture, per m3 m-3",
          "beta_nee:cell_measures": "area: area", "landfrac:standard_name": "land_area_fraction",
        ])
    }
  }

  @Test func droughtIndicesAreNamed() throws {
    try withTemporaryFolder { folder in
      try run(["synthesize", "\(folder)/b", "--balance", "--months", "120", "--rows", "4", "--columns", "6"])
      let balance = "\(folder)/b/balance.nc"
      for chunks in ["map", "series"] {
        try run([
          "spei", "--precipitation", "\(balance):PR", "--evapotranspiration", "\(balance):PET", "--scales", "1,12",
          "--chunks", chunks, "--save-parameters", "\(folder)/fit.nc", "--output", "\(folder)/spei.nc",
        ])
        let header = try Header("\(folder)/spei.nc")
        #expect(header.title.hasPrefix("Standardised precipitation evapotranspiration index (SPEI) of "))
        #expect(header.title.hasSuffix(", 2004-01/2013-12"))
        for (place, text) in ["clipped": "0", "infinite": "0", "months_missing": "0"] {
          #expect(header.attribute("valid_min", of: place) == text)
        }
        #expect(header.attribute("cell_measures", of: "spei") == "area: area")
        #expect(header.attribute("standard_name", of: "area") == "cell_area")
        #expect(try Header("\(folder)/fit.nc").attribute("cell_measures", of: "xi") == "area: area")
      }
    }
  }

  // MARK: Areas

  @Test func areasOfTheInputGoWithTheMaps() throws {
    try withTemporaryFolder { folder in
      let (record, path) = ("\(folder)/heat.nc", "\(folder)/trend.nc")
      try writeRecord(record)
      func weights(of path: String) throws -> [Double] {
        var grid = try GridMap.read("trend", from: path).grid
        try grid.readLandAreas(from: [path])
        #expect(grid.weightOrigin == "area × landfrac of \(path)")
        return (0..<6).map(grid.weight)
      }
      let expected = zip(Self.areas, Self.fractions).map { $1.isNaN ? 0 : $0 * $1 }
      for ranks in [nil, 1, 3] {
        try run(["trend", "--source", "\(record):Qle", "--output", path], ranks: ranks)
        // In m² in place of km², which weights alike.
        let found = try weights(of: path)
        #expect(zip(found, expected).allSatisfy { abs($0 - 1e6 * $1) <= 1e-9 * $0 }, "\(found)")
      }
      let header = try Header(path)
      header.expect(
        "Trends of the annual mean of Latent heat net flux, 2001-2012",
        [
          "area:standard_name": "cell_area", "area:units": "m2", "area:long_name": "area of grid cells",
          "landfrac:standard_name": "land_area_fraction", "landfrac:units": "1", "trend:cell_measures": "area: area",
        ])
      // Numbers that single precision does not hold are kept as they are.
      #expect(header.file.variable("area")?.type == .double && header.file.variable("landfrac")?.type == .double)
      // What is made of the maps has them too.
      try run(["calculate", "\(path):trend * 2", "--output", "\(folder)/twice.nc"])
      #expect(try Header("\(folder)/twice.nc").attribute("cell_measures", of: "product") == "area: area")

      // Nothing is written where there are none, and a variable of the same name is left alone.
      try writeRecord(record, withAreas: false)
      try run(["trend", "--source", "\(record):Qle", "--output", path])
      let bare = try Header(path)
      #expect(bare.file.variable("area") == nil && bare.file.variable("landfrac") == nil)
      #expect(bare.attribute("cell_measures", of: "trend") == nil)
      try writeRecord(record)
      try run(["calculate", "\(record):area * 2", "--name", "area", "--output", "\(folder)/area.nc"])
      #expect(try GridMap.read("area", from: "\(folder)/area.nc").values[0] == 6)
      #expect(try Header("\(folder)/area.nc").attribute("cell_measures", of: "area") == nil)
    }
  }

  @Test func areasInUnitsOfNoAreaAreNoCellMeasure() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/o.nc"
      let grid = Grid(latitudes: [-30, 30], longitudes: [0, 120, 240])
      // Areas in km² become such in m².
      for (units, measures) in [("km2", "area: area"), ("m^2", "area: area"), ("radian2", nil)] as [(String, String?)] {
        let maps = TestMaps(latitudes: grid.latitudes, longitudes: grid.longitudes)
        try maps.write([.init("area", Self.areas, [("units", .text(units))])], to: "\(folder)/areas.nc")
        var own = grid
        try own.readLandAreas(from: ["\(folder)/areas.nc"])
        let results = CellResults(
          (0..<6).map(Double.init), Partition(cells: Array(0..<6), ranks: 1), .single,
          isSelected: [Bool](repeating: true, count: 6), rowWithoutData: [0], rowOutside: [0])
        try MapWriter.write(
          [MapWriter.MapVariable("m", units: "1", longName: "m", fields: [{ $0[0] }])], of: results, on: own,
          MapWriter.FileAttributes(title: "t", source: "s", references: "", commandLine: "c"), to: path)
        let header = try Header(path)
        #expect(header.attribute("cell_measures", of: "m") == measures)
        #expect(header.attribute("standard_name", of: "area") == measures.map { _ in "cell_area" })
        #expect(
          header.attribute("units", of: "area") == (units == "km2" ? "m2" : units)
            && header.file.variable("landfrac") == nil)
      }
    }
  }
}
