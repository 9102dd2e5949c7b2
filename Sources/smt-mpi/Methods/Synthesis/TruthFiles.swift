import Distributed
import Kernels

/// The files beside an invented ensemble: growing seasons, and what an analysis of it should find.
struct TruthFiles {
  var folder: String
  var ensemble: SyntheticEnsemble
  /// Temperature, humidity and uptake; nil where they are not written.
  var climate: SyntheticClimate?
  /// Months of every member.
  var months: Int
  var style: CLMHistoryFile.Style

  /// Writes `season.nc`: first and last month of the growing season of every cell.
  ///
  /// - Throws: exit code 73.
  func writeSeasons() throws {
    let writer = try NetCDFWriter("\(folder)/season.nc", format: style.format)
    let grid = try CLMGrid(define: ensemble.land, in: writer, withAreas: false)
    let seasons = ensemble.growingSeasons
    let maps = [("start_month", "first", seasons.map(\.start)), ("end_month", "last", seasons.map(\.end))]
    let variables = try maps.map { name, which, _ in
      try writer.variable(
        name, .int32, [grid.latitude, grid.longitude],
        attributes: [("long_name", .text("\(which) month of the growing season")), ("units", .text("1"))])
    }
    try finishHeader(writer, title: "growing seasons of a synthetic ensemble")
    try grid.write(ensemble.land, to: writer)
    for (variable, map) in zip(variables, maps) {
      try writer.write(map.2.flatMap { month in ensemble.land.longitudes.map { _ in Int32(month) } }, to: variable)
    }
    try writer.commit()
  }

  /// Writes `truth.nc`: threshold, slopes and decline rates of every land cell.
  ///
  /// - Throws: exit code 73.
  func writeTruth() throws {
    let writer = try NetCDFWriter("\(folder)/truth.nc", format: style.format)
    let grid = try CLMGrid(define: ensemble.land, in: writer, withAreas: true)
    let maps = truth
    let variables = try maps.map { map in
      try writer.variable(
        map.name, .float, [grid.latitude, grid.longitude],
        attributes: [("long_name", .text(map.longName)), ("units", .text(map.units))] + CLMHistoryFile.fillAttributes)
    }
    let differences = differences
    // In double precision: differences of stored values are known better than single precision tells.
    let doubles = try differences.map { map in
      try writer.variable(
        map.name, .double, [grid.latitude, grid.longitude],
        attributes: [
          ("long_name", .text(map.longName)), ("units", .text(map.units)),
          ("_FillValue", .numbers([Double(CLMHistoryFile.fill)], .double)),
        ])
    }
    try finishHeader(writer, title: "truth of a synthetic ensemble")
    try grid.write(ensemble.land, to: writer)
    for (variable, map) in zip(variables, maps) {
      try writer.write(map.values.map { $0.isNaN ? CLMHistoryFile.fill : Float($0) }, to: variable)
    }
    for (variable, map) in zip(doubles, differences) {
      try writer.write(map.values.map { $0.isNaN ? Double(CLMHistoryFile.fill) : $0 }, to: variable)
    }
    try writer.commit()
  }

  /// Writes `sensitivity.nc`: what the regression of each member should find in any cell or zone.
  ///
  /// - Throws: exit code 73.
  func write(_ sensitivity: SyntheticSensitivity, members: [String]) throws {
    let axes = [
      MapAxis("member", longName: "member of the ensemble", names: members),
      MapAxis("predictor", longName: "predictor", names: SyntheticSensitivity.predictors),
    ]
    let beta = ArrayWriter.Variable(
      "beta", "1", "standard deviations of GPP for one of the predictor", axes: axes,
      sensitivity.coefficients.flatMap { $0 })
    let attributes = MapWriter.FileAttributes(
      title: "sensitivities of a synthetic ensemble", source: ProgramVersion.source, references: "",
      commandLine: style.history)
    try ArrayWriter.write([beta], attributes, to: "\(folder)/sensitivity.nc")
  }

  private struct Map {
    let name: String
    let longName: String
    let units: String
    let values: [Double]
  }

  /// Thresholds and rates are missing where the curve has no threshold, all maps in the ocean.
  private var truth: [Map] {
    let curves = ensemble.land.curves
    let bent = curves.map { curve in curve.flatMap { $0.hasThreshold ? $0 : nil } }
    let rates = bent.map { $0?.declineRates() }
    let thresholds = bent.map { $0?.threshold ?? .nan }
    let moisture = ensemble.growingSeasonMoisture(months: months)
    return [
      Map(name: "smt", longName: "soil moisture threshold in percent of normal", units: "%", values: thresholds),
      Map(
        name: "smt_absolute", longName: "soil moisture threshold", units: "m3/m3",
        values: zip(thresholds, moisture).map { $0 / 100 * $1 }),
      Map(
        name: "slope_high", longName: "slope above the threshold", units: "1",
        values: curves.map { $0?.highSlope ?? .nan }),
      Map(
        name: "slope_low", longName: "slope below the threshold", units: "1",
        values: curves.map { $0?.lowSlope ?? .nan }),
      Map(
        name: "decline_rate_high", longName: "mean decline rate above the threshold, % per %", units: "1",
        values: rates.map { $0?.high ?? .nan }),
      Map(
        name: "decline_rate_low", longName: "mean decline rate below the threshold, % per %", units: "1",
        values: rates.map { $0?.low ?? .nan }),
    ]
  }

  /// What differs between members below and above the threshold: means over the growing season, of uptake those of the
  /// months' amounts over 0–3 m.
  private var differences: [Map] {
    guard let truth = climate?.truth(months: months, layerParts: SoilMoistureProfile.parts) else { return [] }
    return [
      ("TSA", "2m air temperature", "K", truth.temperature), ("RH2M", "2m relative humidity", "%", truth.humidity),
      ("VPD", "vapour pressure deficit of 2m air", "Pa", truth.vapourPressureDeficit),
      ("QROOTSINK", "monthly water flux to roots over 0-3 m", "mm", truth.uptake),
    ].map { name, what, units, values in
      Map(
        name: "difference_\(name)", longName: "\(what) below the threshold minus above it", units: units, values: values
      )
    }
  }

  private func finishHeader(_ writer: NetCDFWriter, title: String) throws {
    let attributes = [
      ("Conventions", "CF-1.8"), ("title", title), ("source", ProgramVersion.source), ("history", style.history),
    ]
    for (name, value) in attributes { try writer.put(name, .text(value)) }
    try writer.endDefinitions()
  }
}
