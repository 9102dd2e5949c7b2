import Distributed
import Kernels

/// The files beside an invented ensemble: growing seasons, and what an analysis of it should find.
struct TruthFiles {
  var folder: String
  var ensemble: SyntheticEnsemble
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
    try finishHeader(writer, title: "truth of a synthetic ensemble")
    try grid.write(ensemble.land, to: writer)
    for (variable, map) in zip(variables, maps) {
      try writer.write(map.values.map { $0.isNaN ? CLMHistoryFile.fill : Float($0) }, to: variable)
    }
    try writer.commit()
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

  private func finishHeader(_ writer: NetCDFWriter, title: String) throws {
    let attributes = [
      ("Conventions", "CF-1.8"), ("title", title), ("source", ProgramVersion.source), ("history", style.history),
    ]
    for (name, value) in attributes { try writer.put(name, .text(value)) }
    try writer.endDefinitions()
  }
}
