import Distributed
import Kernels

/// Soil moisture at towers: daily means by site and depth range.
struct Towers: Codable {
  /// A tower.
  struct Site: Codable {
    var name: String
    var latitude: Double
    var longitude: Double
    var cell: Int
    /// By score layer: the daily mean of each day that has one.
    var days: [[Int: Double]]
  }

  var sites: [Site] = []

  /// Reads a table with columns time, depth and value, and lat and lon, or site.
  ///
  /// Values of a day are averaged by depth, and depths within a layer among each other.
  init(_ path: String, _ stations: StationList?, _ layers: [SoilLayer], on record: LayeredRecord) throws {
    struct Key: Hashable {
      var day: Int
      var depth: Double
    }
    var names: [String] = []
    var places: [String: (latitude: Double, longitude: Double, cell: Int)] = [:]
    var sums: [String: [Key: (sum: Double, count: Double)]] = [:]
    try PlacedTable(record).read(path, stations) { row in
      if places[row.site] == nil {
        names.append(row.site)
        places[row.site] = (row.latitude, row.longitude, row.cell)
      }
      let key = Key(
        day: record.day(year: row.date.year, month: row.date.month, day: row.date.day), depth: row.depth)
      let old = sums[row.site]?[key] ?? (0, 0)
      sums[row.site, default: [:]][key] = (old.sum + row.value, old.count + 1)
    }
    sites = names.map { name in
      let place = places[name] ?? (.nan, .nan, 0)
      let days = layers.map { layer -> [Int: Double] in
        var means: [Int: [(Double, Double)]] = [:]
        for (key, sum) in sums[name] ?? [:] where key.depth >= layer.top && key.depth <= layer.bottom {
          means[key.day, default: []].append((key.depth, sum.sum / sum.count))
        }
        // In the order of depths, so that the bits are the same each time.
        return means.mapValues { pairs in mean(pairs.sorted { $0.0 < $1.0 }.map(\.1)) }
      }
      return Site(name: name, latitude: place.latitude, longitude: place.longitude, cell: place.cell, days: days)
    }
    guard !sites.isEmpty else { throw JobError(.inputData, "\(path): the table has no value") }
  }
}

/// How model, snapshots and blend agree with towers.
struct TowerScores {
  /// What is compared with towers.
  static let quantities = ["model", "snapshots", "blend"]

  private struct Score {
    var count = 0
    var r = Double.nan
    var rootMeanSquareError = Double.nan
    var bias = Double.nan

    init(_ pairs: [(found: Double, tower: Double)]) {
      let known = pairs.filter { !$0.found.isNaN && !$0.tower.isNaN }
      let errors = ErrorStatistics(known.map { $0.found - $0.tower })
      (count, rootMeanSquareError, bias) = (known.count, errors.rootMeanSquare, errors.bias)
      r = Correlation(known.map(\.found), known.map(\.tower)).r
    }
  }

  /// The table: for each layer and quantity a row for each site, the mean and standard deviation over sites, and all sites' days
  /// with snapshots taken together.
  ///
  /// - Parameters:
  ///   - series: by step, site and layer: model, then blend.
  ///   - snapshots: by site, layer and snapshot, what was observed.
  static func table(
    _ towers: Towers, _ layers: [SoilLayer], _ record: LayeredRecord, series: [Double], snapshotSteps: [Int],
    snapshots: [[[Double]]]
  ) -> Table {
    var table = Table(
      columns: ["site", "lat", "lon", "top", "bottom", "quantity", "n", "r", "rmse", "bias"],
      units: ["", "degrees_north", "degrees_east", "m", "m", "", "1", "1", "m3 m-3", "m3 m-3"])
    let (siteCount, layerCount) = (towers.sites.count, layers.count)
    for (index, layer) in layers.enumerated() {
      var scores = quantities.map { _ in [Score]() }
      var pooled = quantities.map { _ in [(found: Double, tower: Double)]() }
      for (place, site) in towers.sites.enumerated() {
        // Daily means of model and blend.
        var days: [Int: (model: Double, blend: Double, count: Double)] = [:]
        for step in 0..<record.count {
          let at = 2 * ((step * siteCount + place) * layerCount + index)
          guard !series[at].isNaN else { continue }
          let old = days[record.day(ofStep: step)] ?? (0, 0, 0)
          days[record.day(ofStep: step)] = (old.model + series[at], old.blend + series[at + 1], old.count + 1)
        }
        var observed: [Int: (sum: Double, count: Double)] = [:]
        for (snapshot, step) in snapshotSteps.enumerated() where !snapshots[place][index][snapshot].isNaN {
          let old = observed[record.day(ofStep: step)] ?? (0, 0)
          observed[record.day(ofStep: step)] = (old.sum + snapshots[place][index][snapshot], old.count + 1)
        }
        let all = site.days[index].sorted { $0.key < $1.key }
        func pairs(_ found: (Int) -> Double?) -> [(found: Double, tower: Double)] {
          all.map { (found($0.key) ?? .nan, $0.value) }
        }
        let own = [
          pairs { days[$0].map { $0.model / $0.count } }, pairs { observed[$0].map { $0.sum / $0.count } },
          pairs { days[$0].map { $0.blend / $0.count } },
        ]
        let atSnapshots = all.indices.filter { !own[1][$0].found.isNaN }
        for (quantity, name) in quantities.enumerated() {
          let score = Score(own[quantity])
          scores[quantity].append(score)
          pooled[quantity] += atSnapshots.map { own[quantity][$0] }
          table.add([
            .text(site.name), .number(site.latitude), .number(site.longitude), .number(layer.top),
            .number(layer.bottom), .text(name), .count(score.count), .number(score.r),
            .number(score.rootMeanSquareError), .number(score.bias),
          ])
        }
      }
      for (quantity, name) in quantities.enumerated() {
        let own = scores[quantity]
        func add(_ site: String, _ count: Int, _ numbers: [Double]) {
          table.add(
            [
              .text(site), .number(.nan), .number(.nan), .number(layer.top), .number(layer.bottom), .text(name),
              .count(count),
            ] + numbers.map(Table.Entry.number))
        }
        let columns = [own.map(\.r), own.map(\.rootMeanSquareError), own.map(\.bias)]
          .map { $0.filter { !$0.isNaN } }
        add("mean over sites", own.count { $0.count > 0 }, columns.map(mean))
        add("sd over sites", own.count { $0.count > 0 }, columns.map(standardDeviation))
        let all = Score(pooled[quantity])
        add("all at snapshots", all.count, [all.r, all.rootMeanSquareError, all.bias])
      }
    }
    return table
  }
}
