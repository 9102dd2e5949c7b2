import Distributed
import Foundation
import Kernels

/// Flux towers beside the runs: `TowerOptions`, checked.
struct TowerSettings: Sendable {
  let files: [String]
  let stations: String
  let table: String?
  let picture: String?
  /// The fluxes that towers have, by their positions in the job's.
  let fluxes: [Int]
  let differences: SiteDifferences

  /// The settings; nil where no tower is given.
  ///
  /// - Throws: exit code 64 naming the option.
  init?(_ options: TowerOptions, step: ContrastStep, fluxes all: [ContrastFlux]) throws {
    guard !options.towers.isEmpty else {
      for (name, value) in [
        ("stations", options.stations), ("tower-table", options.towerTable), ("picture", options.picture),
      ] where value != nil {
        throw JobError(.usage, "--\(name) is about towers; give their files with --towers, or leave it out")
      }
      return nil
    }
    guard step == .day else {
      throw JobError(.usage, "--towers: sensitivities of towers are those of days; expected --step day")
    }
    guard let stations = options.stations else {
      throw JobError(.usage, "--stations is missing; e.g. --stations SitesList.csv, with the towers' coordinates")
    }
    fluxes = all.indices.filter { ["GPP", "RECO", "NEE"].contains(all[$0].name.uppercased()) }
    guard !fluxes.isEmpty else {
      throw JobError(.usage, "--towers: towers tell of GPP, RECO and NEE; expected one of them in --flux")
    }
    (files, self.stations, table, picture) = (options.towers, stations, options.towerTable, options.picture)
    differences = SiteDifferences(
      fluxes: fluxes.map { SiteQuantity(all[$0].name.uppercased()) }, rules: DayDifferences.Rules())
  }
}

/// The sensitivities of towers beside β of the nearest cells; on rank 0 alone.
struct TowerContrast: SummaryPart {
  /// A tower and a flux.
  private struct Row {
    let site: String
    let place: (latitude: Double, longitude: Double)
    let cell: (latitude: Double, longitude: Double, distance: Double)
    let flux: String
    let count: Int
    /// β of the tower, in the units of the runs'.
    let tower: (mean: Double, standardDeviation: Double, median: Double, slope: Double, low: Double, high: Double)
    let run: (count: Double, mean: Double, standardDeviation: Double, median: Double)
    let status: String
  }

  private var rows: [Row] = []
  private let units: String
  let period = 0
  let fields: [SummaryField] = []

  /// Reads the towers and looks for their cells, writes the table and the picture.
  ///
  /// Collective.
  /// - Throws: exit code 65 or 66 naming the file, 73 where an output cannot be written.
  init(_ settings: TowerSettings, _ results: MethodResults<ContrastMethod>, method: ContrastMethod) throws {
    units = method.job.fluxUnits
    let names = settings.fluxes.map { method.job.fluxes[$0] }
    let columns = names.flatMap { ["beta_\($0.key)", "beta_\($0.key)_sd", "beta_\($0.key)_median"] } + ["n_beta"]
    var maps: [[Double]] = []
    try results.cells.assemble(
      columns.map { name in
        let place = results.rows.place(name)
        return { $0[place] }
      }
    ) { _, values in
      [UInt8](UnsafeRawBufferPointer(values))
    } take: { _, bytes in
      maps.append(bytes.withUnsafeBytes { [Double]($0.bindMemory(to: Double.self)) })
    }
    let communicator = results.cells.communicator
    try communicator.together {
      guard communicator.isRoot else { return }
      rows = try Self.rows(settings, maps, names, results, units: units)
      if let path = settings.table { try table.write(to: path) }
      if let path = settings.picture { try TextFile.write(picture, to: path) }
    }
  }

  private static func rows(
    _ settings: TowerSettings, _ maps: [[Double]], _ names: [ContrastFlux], _ results: MethodResults<ContrastMethod>,
    units: String
  ) throws -> [Row] {
    let list = try StationList(settings.stations)
    let cells = results.cells.partition.cells
    // Cells without any β tell nothing of a tower.
    let known = cells.indices.filter { maps[0][$0].isFinite }
    // g C m⁻² d⁻¹ in the units of the results; those of no carbon stay.
    let factor = CarbonFluxUnits.factor(from: "g C m-2 day-1", to: units) ?? .nan
    var found: [Row] = []
    for pattern in settings.files {
      let paths = paths(matching: pattern)
      guard !paths.isEmpty else { throw JobError(.noInput, "--towers: no file matches '\(pattern)'") }
      for path in paths {
        let all = try SiteFile(path).record(of: settings.differences.quantities, minimumSteps: 0.5)
        let station = list[all.site]
        let record = all.within(station?.start, station?.end)
        let place = (station?.latitude ?? .nan, station?.longitude ?? .nan)
        let nearest = known.min { distance(cells[$0], place, results.grid) < distance(cells[$1], place, results.grid) }
        let cell = place.0.isFinite && place.1.isFinite ? nearest : nil
        for (flux, own) in try settings.differences.found(record).enumerated() {
          func value(_ column: Int) -> Double { cell.map { maps[column][$0] } ?? .nan }
          let tower = own.differences
          found.append(
            Row(
              site: record.site, place: place,
              cell: cell.map {
                (
                  results.grid.latitude(ofCell: cells[$0]), results.grid.longitude(ofCell: cells[$0]),
                  distance(cells[$0], place, results.grid)
                )
              } ?? (.nan, .nan, .nan), flux: names[flux].name, count: tower.count,
              tower: (
                factor * tower.mean, factor * tower.standardDeviation, factor * tower.median, factor * tower.slope,
                factor * tower.slopeLow, factor * tower.slopeHigh
              ),
              run: (value(maps.count - 1), value(3 * flux), value(3 * flux + 1), value(3 * flux + 2)),
              status: own.status != "ok"
                ? own.status
                : place.0.isNaN || place.1.isNaN
                  ? "no_coordinates" : cell == nil ? "no_cell" : "ok"))
        }
      }
    }
    return found
  }

  /// Kilometres from a cell to a place.
  private static func distance(_ cell: Int, _ place: (latitude: Double, longitude: Double), _ grid: Grid) -> Double {
    let radians = Double.pi / 180
    let (north, other) = (grid.latitude(ofCell: cell) * radians, place.latitude * radians)
    let east = (grid.longitude(ofCell: cell) - place.longitude) * radians
    let (a, b) = (sin((north - other) / 2), sin(east / 2))
    return 2 * 6371 * asin(min(1, (a * a + cos(north) * cos(other) * b * b).squareRoot()))
  }

  /// The table: a row for each tower and flux, all β in the units of the runs' per m³ m⁻³.
  private var table: Table {
    var table = Table(columns: [
      "site", "lat", "lon", "flux", "n_tower", "tower_mean", "tower_sd", "tower_median", "tower_slope",
      "tower_slope_low", "tower_slope_high", "cell_lat", "cell_lon", "distance_km", "n_run", "run_mean", "run_sd",
      "run_median", "status",
    ])
    for row in rows {
      table.add([
        .text(row.site), .number(row.place.latitude), .number(row.place.longitude), .text(row.flux), .count(row.count),
        .number(row.tower.mean), .number(row.tower.standardDeviation), .number(row.tower.median),
        .number(row.tower.slope), .number(row.tower.low), .number(row.tower.high), .number(row.cell.latitude),
        .number(row.cell.longitude), .number(row.cell.distance),
        row.run.count.isFinite ? .count(Int(row.run.count)) : "", .number(row.run.mean),
        .number(row.run.standardDeviation), .number(row.run.median), .text(row.status),
      ])
    }
    return table
  }

  private var fluxNames: [String] {
    rows.map(\.flux).reduce(into: []) { names, name in if !names.contains(name) { names.append(name) } }
  }

  /// What of a tower and a run is compared: means over days, or what outliers among them leave alone.
  private enum Measure: CaseIterable {
    case mean, slope

    func pair(_ row: Row) -> (tower: Double, run: Double) {
      self == .mean ? (row.tower.mean, row.run.mean) : (row.tower.slope, row.run.median)
    }
  }

  private func agreement(_ flux: String, _ measure: Measure) -> (count: Int, correlation: Double, MapAgreement) {
    let pairs = rows.filter { $0.flux == flux }.map(measure.pair).filter { $0.tower.isFinite && $0.run.isFinite }
    let found = MapAgreement(pairs.map(\.run), pairs.map(\.tower), within: .relative(0))
    // Of two points r is 1 or -1.
    return (pairs.count, pairs.count > 2 ? found.correlation : .nan, found)
  }

  /// A panel for each flux: of towers the slope, since the mean of ratios is at the mercy of days of little change.
  private var picture: String {
    let panels = fluxNames.map { flux in
      let (count, correlation, found) = agreement(flux, .slope)
      let points = rows.filter { $0.flux == flux }.map { row in
        ScatterPicture.Point(
          x: row.tower.slope, y: row.run.median, xInterval: (row.tower.low, row.tower.high), name: row.site)
      }
      let title = String(format: "%@: n %d, r %.2f, bias %.3g", flux, count, correlation, found.bias)
      return ScatterPicture(
        title: title, xTitle: "towers: slope of daily differences, 95 %, \(units) per m³ m⁻³",
        yTitle: "runs: median of days",
        series: [ScatterPicture.Series(name: "", points: points)], lines: [.identity]
      ).svg
    }
    return PictureFrame.panels(panels, width: 620, height: 580)
  }

  func describe(_: SummaryMeans, _ summary: inout Summary) {
    func number(_ value: Double) -> String { numberText(value, "%.4g") }
    for row in rows {
      summary.add(
        line: "\(row.site) \(row.flux): tower \(number(row.tower.mean)) ± \(number(row.tower.standardDeviation)), n "
          + "\(row.count); runs \(number(row.run.mean)) ± \(number(row.run.standardDeviation)); \(row.status)")
    }
    for flux in fluxNames {
      for measure in Measure.allCases {
        let (count, r, found) = agreement(flux, measure)
        summary.add(
          line: "towers, \(flux), \(measure == .mean ? "means" : "slopes and medians"): n \(count), r \(number(r)), "
            + "RMSE \(number(found.rootMeanSquareError)), bias \(number(found.bias)) \(units) per m3 m-3")
        let key = "towers_\(flux)" + (measure == .mean ? "" : "_slope")
        summary.add("\(key)_n", Double(count))
        for (name, value) in [("r", r), ("rmse", found.rootMeanSquareError), ("bias", found.bias)] {
          summary.add("\(key)_\(name)", value)
        }
      }
    }
  }
}
