import Distributed
import Foundation
import Kernels

/// A map beside stations: `--compare`.
struct SiteComparison: Sendable {
  /// A map's value at a station; NaN where there is none.
  struct Value: Sendable {
    var value = Double.nan
    var low = Double.nan
    var high = Double.nan
    /// The station's threshold and its interval in the map's units.
    var station = (value: Double.nan, low: Double.nan, high: Double.nan)
  }

  /// How well the map and stations agree, over those that have both.
  struct Agreement: Sendable {
    var count: Int
    /// NaN of fewer than three stations: any two lie on a line.
    var correlation: Double
    var rmse: Double
    /// Mean of map − station.
    var bias: Double
    /// Part whose intervals overlap, of those with an interval of the station's; a map without intervals counts as values.
    var overlap: Double
  }

  /// Name of its columns.
  let name: String
  /// `FILE:VARIABLE`.
  let source: String

  /// Reads `[NAME=]FILE:VARIABLE`.
  ///
  /// - Throws: exit code 64 where the text has no such form.
  init(_ text: String) throws {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    if parts.count == 2, parts[0].wholeMatch(of: /[A-Za-z][A-Za-z0-9_]*/) != nil {
      (name, source) = (String(parts[0]), String(parts[1]))
      _ = try GridMap.parts(of: source)
    } else {
      (name, source) = (try GridMap.parts(of: text).name, text)
    }
  }

  /// A map that is read, with the values at stations.
  struct Loaded: Sendable {
    let comparison: SiteComparison
    /// Whether the map is in m³ m⁻³ rather than percent of normal.
    let isVolumetric: Bool
    let hasInterval: Bool
    /// Units of the map.
    let units: String
    /// What may be wrong with it.
    let concerns: [String]
    fileprivate let map: GridMap
    fileprivate let interval: (low: GridMap, high: GridMap)?
    fileprivate let cells: @Sendable (_ latitude: Double, _ longitude: Double) -> Int?
  }

  /// Values of this or less are none: no moisture is negative, and fill values that a file does not declare are.
  private static let implausiblyLow = -99.0

  /// Reads the map, and its interval where its file has `VARIABLE_p05` and `VARIABLE_p95`.
  ///
  /// - Throws: exit code 65 or 66 naming file and variable; 65 where its units are neither percent nor those of volumes.
  func load() throws -> Loaded {
    let (path, variable) = try GridMap.parts(of: source)
    var concerns: [String] = []
    let map = Self.plausible(try GridMap.read(variable, from: path), &concerns)
    let isVolumetric = map.units.contains("3") && UnitSpelling.areSame(map.units.lowercased(), "m3 m-3")
    guard isVolumetric || map.units.isEmpty || UnitSpelling.areSame(map.units.lowercased(), "percent") else {
      throw JobError(
        .inputData,
        "--compare: \(path): variable '\(variable)' has units '\(map.units)'; expected percent (of normal, as smt of 'smt-mpi "
          + "threshold') or m3 m-3. If only the name of the units is wrong: ncatted -a units,\(variable),o,c,'m3 m-3' \(path)"
      )
    }
    if map.units.isEmpty {
      concerns.append("--compare: \(path): variable '\(variable)' has no units; taken as percent of normal")
    }
    let ends = ["\(variable)_p05", "\(variable)_p95"]
    var interval: (GridMap, GridMap)?
    if ends.allSatisfy({ GridMap.isThere($0, in: path) }) {
      interval = (
        Self.plausible(try GridMap.read(ends[0], from: path), &concerns),
        Self.plausible(try GridMap.read(ends[1], from: path), &concerns)
      )
    }
    return Loaded(
      comparison: self, isVolumetric: isVolumetric, hasInterval: interval != nil,
      units: isVolumetric ? "m3 m-3" : "percent", concerns: concerns, map: map, interval: interval,
      cells: map.grid.cellFinder)
  }

  /// The map with missing values in the place of those that cannot be right.
  private static func plausible(_ map: GridMap, _ concerns: inout [String]) -> GridMap {
    func isNone(_ value: Double) -> Bool { value.magnitude >= StoredValues.implausible || value <= implausiblyLow }
    guard let first = map.values.first(where: isNone) else { return map }
    var map = map
    var count = 0
    for cell in map.values.indices where isNone(map.values[cell]) {
      map.values[cell] = .nan
      count += 1
    }
    concerns.append(
      "--compare: \(map.path): variable '\(map.name)' is \(first.shortText) or the like in \(counted(count, "cell")); taken as missing: is it "
        + "a fill value that _FillValue does not name?")
    return map
  }
}

extension SiteComparison.Loaded {
  /// The map's value at a station, and the station's threshold in the map's units.
  func value(at result: SiteResult, moistureUnits: String) -> SiteComparison.Value {
    var found = SiteComparison.Value()
    if let cell = cells(result.input.latitude, result.input.longitude) {
      found.value = map.values[cell]
      if let interval { (found.low, found.high) = (interval.low.values[cell], interval.high.values[cell]) }
    }
    // Stations measure percent of the volume.
    let factor = moistureUnits == "%" ? 0.01 : 1
    func station(_ moisture: Double) -> Double { isVolumetric ? factor * moisture : result.percent(moisture) }
    found.station = (
      station(result.ofThreshold { $0.fit?.threshold }), station(result.ofThreshold(\.interval.low)),
      station(result.ofThreshold(\.interval.high))
    )
    return found
  }

  /// The map's columns; `index` is its place among those compared.
  func columns(_ index: Int) -> [SiteColumn] {
    let name = comparison.name
    var columns: [SiteColumn] = [
      .number(name, units, "\(comparison.source), nearest cell") { $0.compared[index].value }
    ]
    if hasInterval {
      columns += [
        .number("\(name)_p05", units, "lower end of its interval") { $0.compared[index].low },
        .number("\(name)_p95", units, "upper end of its interval") { $0.compared[index].high },
      ]
    }
    columns.append(
      .number("\(name)_difference", units, "\(name) minus the station's threshold") {
        $0.compared[index].value - $0.compared[index].station.value
      })
    return columns
  }

  /// How well map and stations agree; `index` is the map's place among those compared.
  func agreement(_ index: Int, _ results: [SiteResult]) -> SiteComparison.Agreement {
    let pairs = results.map { $0.compared[index] }.filter { $0.value.isFinite && $0.station.value.isFinite }
    let all = MapAgreement(pairs.map(\.value), pairs.map(\.station.value), within: .relative(0))
    let known = pairs.filter { $0.station.low.isFinite && (!hasInterval || $0.low.isFinite) }
    let overlapping = known.count { pair in
      let (low, high) = hasInterval ? (pair.low, pair.high) : (pair.value, pair.value)
      return low <= pair.station.high && pair.station.low <= high
    }
    return SiteComparison.Agreement(
      count: pairs.count, correlation: pairs.count > 2 ? all.correlation : .nan, rmse: all.rootMeanSquareError,
      bias: all.bias, overlap: known.isEmpty ? .nan : Double(overlapping) / Double(known.count))
  }
}

/// Maps against stations, after figure 4d of Yan and others (2024).
struct SitePicture {
  let maps: [SiteComparison.Loaded]
  let results: [SiteResult]

  var picture: ScatterPicture {
    let units = maps.first?.units ?? ""
    let series = maps.enumerated().map { index, map in
      let agreement = map.agreement(index, results)
      return ScatterPicture.Series(
        name: "\(map.comparison.name): n \(agreement.count)"
          + (agreement.correlation.isFinite ? String(format: ", r %.2f", agreement.correlation) : "")
          + (agreement.rmse.isFinite ? String(format: ", RMSE %.3g", agreement.rmse) : ""),
        points: results.map { result in
          let pair = result.compared[index]
          return ScatterPicture.Point(
            x: pair.station.value, y: pair.value, xInterval: (pair.station.low, pair.station.high),
            yInterval: (pair.low, pair.high), name: index == 0 ? result.input.site : "")
        })
    }
    let words = units == "percent" ? "percent of normal" : "m³ m⁻³"
    return ScatterPicture(
      title: "Soil moisture thresholds", xTitle: "stations, \(words)", yTitle: "maps, \(words)", series: series,
      lines: [.identity])
  }
}
