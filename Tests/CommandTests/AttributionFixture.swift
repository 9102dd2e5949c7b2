import Distributed
import Foundation
import TestSupport
import Testing

/// A record of soil moisture by layer and its attribution, computed here by the definitions alone.
struct AttributionFixture {
  /// The files, one a month.
  var record: TestEnsemble
  /// Kilograms per square metre of a unit of each layer.
  var factors = [1.0, 1, 1, 1]
  /// Largest plausible value of each layer.
  var maxima: [Double]?
  /// Numbers of layers that are merged.
  var layerGroups = [1, 1, 1, 1]
  /// G.
  var seasons = 4
  var isRankedByClimatology = false
  /// Months that no file holds.
  var gaps: Set<Month> = []
  /// Whether layers are levels of one variable in one file.
  var hasLevels = false

  static let layers = ["a", "b", "c", "d"]
  static let years = 2001...2012
  static let edges = [0, 0.1, 0.4, 1, 2]

  /// Cells that are not like the others.
  enum Cell {
    static let constant = 0
    /// The same months every year.
    static let repeating = 1
    static let sea = 2
    /// Three years lack a month.
    static let sparse = 3
    /// One year lacks a month of one layer.
    static let incomplete = 4
    /// One value is far too large.
    static let implausible = 5
    /// Months of equal moisture, whose sums have no rounding errors.
    static let tied = 6
  }

  /// 12 years of four layers on 12 cells.
  static func make(units: String = "kg m-2", factors: [Double] = [1, 1, 1, 1]) -> AttributionFixture {
    let fields = layers.enumerated().map { layer, name in
      TestField(name, units: units) { moisture($0, layer: layer) / factors[layer] }
    }
    return AttributionFixture(
      record: .observations(
        grid: .regular(rows: 3, columns: 4),
        time: TestTime(from: Month(year: years.lowerBound, month: 1), count: 12 * years.count), fields: fields),
      factors: factors)
  }

  /// The same record as one file with one variable on levels.
  static func makeWithLevels() -> AttributionFixture {
    var fixture = make()
    let field = TestField("SOIL", units: "kg m-2", hasLevels: true) { moisture($0, layer: $0.level) }
    fixture.record = TestEnsemble(
      grid: fixture.record.grid, time: TestTime(from: Month(year: years.lowerBound, month: 1), count: 12 * years.count),
      fields: [field], members: ["soil"])
    fixture.record.levels = TestLevels(name: "depth", nodes: [0.05, 0.25, 0.7, 1.5], edges: edges)
    fixture.hasLevels = true
    return fixture
  }

  private static func moisture(_ sample: TestSample, layer: Int) -> Double {
    let (cell, year, month) = (sample.cell, sample.month.year - years.lowerBound, sample.month.month)
    let base = [20.0, 60, 130, 240][layer]
    let cycle = base * 0.2 * cos(0.5 * Double(month + 2 * layer) + 0.1 * Double(cell))
    switch cell {
    case Cell.constant: return base
    case Cell.repeating: return base + cycle
    case Cell.sea: return .nan
    case Cell.sparse where year % 4 == 2 && month == 5: return .nan
    case Cell.incomplete where year == 4 && month == 9 && layer == 2: return .nan
    case Cell.implausible where year == 6 && month == 3 && layer == 1: return 900
    case Cell.tied:
      // Months differ in how layers share a total that several of them have.
      let shift = Double((3 * month + year) % 4) / 4
      return base + Double((month / 3 * 7 + year * (layer + 2)) % 5) / 4
        + [shift, -shift, 2 * shift, -2 * shift][layer]
    default:
      let slope = [0.1, -0.4, 0.7, -1.3][(layer + cell) % 4]
      let ofYear = random(year + 100 * cell + 7919 * layer)
      return base + cycle + slope * Double(year) + 0.05 * base * ofYear
        + 3 * random(month + 12 * year + 1000 * cell + 99991 * layer)
    }
  }

  /// A number within ±1 that looks random.
  private static func random(_ seed: Int) -> Double {
    let product = UInt64(truncatingIfNeeded: seed + 1) &* 0x9E37_79B9_7F4A_7C15
    let mixed = (product ^ (product >> 29)) &* 0xBF58_476D_1CE4_E5B9
    return Double(mixed >> 11) / Double(1 << 52) - 1
  }

  /// Arguments of a run on files in a folder.
  func arguments(_ folder: String, output: String = "maps.nc", _ more: [String] = []) -> [String] {
    let source =
      hasLevels
      ? ["--moisture", "\(folder)/soil.nc:SOIL"]
      : [
        "--moisture", record.source(Self.layers.joined(separator: ","), in: folder),
        "--layer-bounds", Self.edges.map { String($0) }.joined(separator: ","),
      ]
    return ["attribute"] + source + ["--output", "\(folder)/\(output)", "--overwrite", "--progress", "0"] + more
  }

  /// What is known of a cell in a period.
  struct Expected {
    var status: String
    var yearCount: Int
    /// [component][season][layer].
    var terms: [Double] = []
    var means: [Double] = []
    var omega: [Double] = []
    /// Times of the complete years.
    var times: [Double] = []
    var total: [Double] = []
    /// Means over the year of each layer, and totals of each season.
    var layers: [[Double]] = []
    var seasons: [[Double]] = []
  }

  /// Moisture of the layers of the attribution in each month of a year; nil where anything is missing.
  private func months(_ year: Int, cell: Int) -> [[Double]]? {
    let rows = (1...12).map { number -> [Double] in
      let month = Month(year: year, month: number)
      guard !gaps.contains(month) else { return [.nan] }
      var values = Self.layers.indices.map {
        factors[$0]
          * record.expected(
            record.fields[hasLevels ? 0 : $0], month: month, level: hasLevels ? $0 : 0, cell: cell)
      }
      for (layer, value) in values.enumerated() where value > maxima?[layer] ?? .infinity { values[layer] = .nan }
      var first = 0
      return layerGroups.map { size in
        defer { first += size }
        return values[first..<first + size].reduce(0, +)
      }
    }
    return rows.joined().allSatisfy(\.isFinite) ? rows : nil
  }

  func expected(cell: Int, years: ClosedRange<Int> = years, minimumYears: Int = 10) -> Expected {
    guard cell != Cell.sea else { return Expected(status: "not_land", yearCount: 0) }
    let complete = years.compactMap { year in months(year, cell: cell).map { (year, $0) } }
    var found = Expected(status: "computed", yearCount: complete.count)
    guard complete.count >= minimumYears else {
      found.status = "too_few_years"
      return found
    }
    let depth = layerGroups.count
    func order(_ totals: [Double]) -> [Int] {
      (0..<12).sorted { totals[$0] > totals[$1] || totals[$0] == totals[$1] && $0 < $1 }
    }
    let fixed = order((0..<12).map { month in complete.reduce(0) { $0 + $1.1[month].reduce(0, +) } })
    // series[season * depth + layer][year]
    var series = [[Double]](repeating: [], count: seasons * depth)
    for (_, months) in complete {
      let ranked = isRankedByClimatology ? fixed : order(months.map { $0.reduce(0, +) })
      for season in 0..<seasons {
        let chosen = ranked[season * 12 / seasons..<(season + 1) * 12 / seasons]
        for layer in 0..<depth {
          series[season * depth + layer].append(Self.mean(chosen.map { months[$0][layer] }))
        }
      }
    }
    let groups = Double(seasons)
    let times = complete.map { Double($0.0) }
    found.times = times
    found.total = times.indices.map { year in series.reduce(0) { $0 + $1[year] } / groups }
    found.layers = (0..<depth).map { layer in
      times.indices.map { year in (0..<seasons).reduce(0) { $0 + series[$1 * depth + layer][year] } / groups }
    }
    found.seasons = (0..<seasons).map { season in
      times.indices.map { year in (0..<depth).reduce(0) { $0 + series[season * depth + $1][year] } }
    }
    found.means = series.map(Self.mean)
    let meanTotal = Self.mean(found.total)
    let variance = Self.covariance(found.total, found.total)
    guard variance > 1e-12 * meanTotal * meanTotal else {
      found.status = "no_variance"
      return found
    }
    let total = Self.split(found.total, times)
    let parts = series.map { Self.split($0, times) }
    found.terms =
      parts.map { Self.covariance(total.line, $0.line) / (groups * variance) }
      + parts.map { Self.covariance(total.rest, $0.rest) / (groups * variance) }
    found.omega = series.indices.map {
      (found.terms[$0] + found.terms[series.count + $0]) / (found.means[$0] / (groups * meanTotal))
    }
    return found
  }

  static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

  static func covariance(_ a: [Double], _ b: [Double]) -> Double {
    let (meanA, meanB) = (mean(a), mean(b))
    return mean(zip(a, b).map { ($0 - meanA) * ($1 - meanB) })
  }

  static func slope(_ values: [Double], _ times: [Double]) -> Double {
    covariance(values, times) / covariance(times, times)
  }

  /// The median of the slopes between all pairs of years.
  static func medianSlope(_ values: [Double], _ times: [Double]) -> Double {
    let slopes = values.indices.flatMap { late in
      (0..<late).map { (values[late] - values[$0]) / (times[late] - times[$0]) }
    }.sorted()
    return (slopes[(slopes.count - 1) / 2] + slopes[slopes.count / 2]) / 2
  }

  private static func split(_ values: [Double], _ times: [Double]) -> (line: [Double], rest: [Double]) {
    let (slope, meanTime, mean) = (slope(values, times), mean(times), mean(values))
    let line = times.map { mean + slope * ($0 - meanTime) }
    return (line, zip(values, line).map { $0 - $1 })
  }

  /// Compares all cells of a file with what is expected of a period, the one at this index where the file has several.
  func check(
    _ maps: AttributionMapFile, _ comment: String = "", period: Int? = nil, years: ClosedRange<Int> = years,
    minimumYears: Int = 10, location: SourceLocation = #_sourceLocation
  ) throws {
    let count = seasons * layerGroups.count
    for cell in 0..<record.grid.cellCount {
      let expected = expected(cell: cell, years: years, minimumYears: minimumYears)
      let about = Comment(rawValue: "\(comment) cell \(cell), \(expected.status)")
      func found(_ name: String) throws -> [Double] { try maps.values(name, cell: cell, period: period) }
      func compare(_ name: String, _ wanted: [Double], _ tolerance: Double = 1e-5) throws {
        let values = try found(name)
        let isClose = zip(values, wanted).allSatisfy { abs($0 - $1) <= tolerance * max(1, abs($1)) }
        #expect(
          values.count == wanted.count && isClose, "\(about): \(name) \(values), expected \(wanted)",
          sourceLocation: location)
      }
      #expect(maps.statusNames[Int(try found("status")[0])] == expected.status, about, sourceLocation: location)
      if expected.status != "not_land" { try compare("n_years", [Double(expected.yearCount)], 0) }
      guard expected.status == "computed" else {
        for name in ["relative_contribution", "omega", "top_contribution", "top_contributor"] {
          #expect(try found(name).allSatisfy(\.isNaN), "\(about): \(name)", sourceLocation: location)
        }
        if expected.status == "no_variance" { try compare("mean_moisture", expected.means) }
        continue
      }
      let terms = expected.terms
      try compare("relative_contribution", terms)
      #expect(abs(try found("relative_contribution").reduce(0, +) - 1) < 1e-5, about, sourceLocation: location)
      try compare(
        "contribution_component", [terms[..<count].reduce(0, +), terms[count...].reduce(0, +)])
      try compare(
        "contribution_season",
        (0..<seasons).map { season in
          terms.indices.filter { $0 % count / layerGroups.count == season }.reduce(0) { $0 + terms[$1] }
        })
      try compare(
        "contribution_depth",
        layerGroups.indices.map { layer in
          terms.indices.filter { $0 % layerGroups.count == layer }.reduce(0) { $0 + terms[$1] }
        })
      try compare("omega", expected.omega)
      try compare("mean_moisture", expected.means)
      let ranked = terms.indices.sorted { terms[$0] > terms[$1] }.prefix(2)
      try compare("top_contribution", ranked.map { terms[$0] })
      try compare("top_contributor", ranked.map(Double.init), 0)
      for (prefix, series) in [("", [expected.total]), ("layer_", expected.layers), ("season_", expected.seasons)] {
        try compare(prefix + "mean", series.map(Self.mean))
        try compare(prefix + "trend", series.map { Self.slope($0, expected.times) })
        try compare(prefix + "sen_slope", series.map { Self.medianSlope($0, expected.times) })
      }
    }
  }
}

/// A file of the attribution.
final class AttributionMapFile {
  let file: NetCDFFile
  let statusNames: [String]
  private let cellCount: Int
  private var read: [String: (values: [Double], hasPeriod: Bool, periods: Int)] = [:]

  init(_ path: String, cellCount: Int) throws {
    file = try NetCDFFile(path)
    self.cellCount = cellCount
    let status = try file.requiredVariable("status")
    statusNames = (file.text("flag_meanings", of: status) ?? "").split(separator: " ").map(String.init)
  }

  /// The numbers of a cell, missing ones NaN; of one period where there are several.
  func values(_ name: String, cell: Int, period: Int? = nil) throws -> [Double] {
    let (all, hasPeriod, periods) = try load(name)
    let length = all.count / cellCount / (hasPeriod ? periods : 1)
    let first = hasPeriod ? (period ?? 0) * length : 0
    return (first..<first + length).map { all[$0 * cellCount + cell] }
  }

  private func load(_ name: String) throws -> (values: [Double], hasPeriod: Bool, periods: Int) {
    if let known = read[name] { return known }
    let variable = try file.requiredVariable(name)
    let stored = try StoredValues(variable, in: file)
    let hasPeriod = file.dimensionNames(variable).first == "period"
    let new = (try file.values(variable).map(stored.value), hasPeriod, file.shape(variable)[0])
    read[name] = new
    return new
  }
}
