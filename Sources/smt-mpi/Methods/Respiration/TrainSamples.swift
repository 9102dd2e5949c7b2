import Distributed

/// Site-years that a target was measured at.
struct TrainSamples: Codable {
  /// A site.
  struct Site: Codable {
    var name: String
    var latitude: Double
    var longitude: Double
    /// The line of the file on which it is first.
    var line: Int
  }

  /// A year of a site.
  struct Row: Codable {
    /// Place of its site.
    var site: Int
    var year: Int
    var target: Float
  }

  private(set) var sites: [Site] = []
  private(set) var rows: [Row] = []
  /// The target's units; "1" where the table does not say.
  private(set) var units = "1"
  /// Rows that have no target.
  private(set) var withoutTarget = 0

  /// Names of columns in lower case, the preferred one first.
  private static let names = (
    site: ["site", "site_id", "siteid", "station"], latitude: ["lat", "latitude"], longitude: ["lon", "longitude", "long"],
    year: ["year"]
  )

  /// Reads a table.
  ///
  /// - Throws: exit code 65 or 66 with file, line and column.
  init(_ path: String, target: String) throws {
    let table = try TableReader(path)
    let columns = table.columns.map { $0.lowercased() }
    func position(_ names: [String]) throws -> Int {
      guard let place = names.lazy.compactMap({ columns.firstIndex(of: $0) }).first else {
        throw JobError(
          .inputData,
          "\(path): there is no column '\(names[0])'; expected site, lat, lon, year and the target, found: "
            + table.columns.prefix(20).joined(separator: ", "))
      }
      return try table.column(table.columns[place])
    }
    let isNamed = table.position(target) != nil
    let value = isNamed || table.position("value") == nil ? try table.column(target) : try table.column("value")
    var positions = [
      try position(Self.names.site), try position(Self.names.latitude), try position(Self.names.longitude),
      try position(Self.names.year), value,
    ]
    let unitsPlace = isNamed ? nil : try table.position("units").map { _ in try table.column("units") }
    if let unitsPlace { positions.append(unitsPlace) }
    if let own = table.units?[value], !own.isEmpty, own != "-" { units = own }
    var places: [String: Int] = [:]
    var lines: [SiteYear: Int] = [:]
    var firstUnits: String?
    try table.read(positions) { row in
      let target = try row.number(4)
      guard !target.isNaN else {
        withoutTarget += 1
        return
      }
      guard abs(target) <= Self.largestTarget else {
        throw row.error(4, "expected at most \(Self.largestTarget), found '\(row.text(4).prefix(40))'")
      }
      if unitsPlace != nil {
        let own = row.text(5)
        guard firstUnits ?? own == own else {
          throw row.error(5, "expected the units '\(firstUnits ?? "")' of the rows before, found '\(own.prefix(40))'")
        }
        firstUnits = own
      }
      let (name, latitude, longitude) = (row.text(0), try row.number(1), try row.number(2))
      guard !row.isMissing(0), !name.isEmpty else { throw row.error(0, "expected the name of a site, found nothing") }
      guard (-90...90).contains(latitude) else {
        throw row.error(1, "expected -90 to 90 degrees, found '\(row.text(1).prefix(40))'")
      }
      guard (-180...360).contains(longitude) else {
        throw row.error(2, "expected -180 to 360 degrees, found '\(row.text(2).prefix(40))'")
      }
      let number = try row.number(3)
      guard let year = Int(exactly: number.rounded(.towardZero)), Double(year) == number,
        (0...InputLimit.year).contains(year)
      else { throw row.error(3, "expected a year, found '\(row.text(3).prefix(40))'") }
      let site = places[name] ?? sites.count
      if site == sites.count {
        places[name] = site
        sites.append(Site(name: name, latitude: latitude, longitude: longitude, line: row.line))
      }
      guard sites[site].latitude == latitude, sites[site].longitude == longitude else {
        throw row.error(
          0,
          "expected the site '\(name)' at \(sites[site].latitude), \(sites[site].longitude) as in line \(sites[site].line), "
            + "found it at \(latitude), \(longitude)")
      }
      if let other = lines.updateValue(row.line, forKey: SiteYear(site: site, year: year)) {
        throw row.error(3, "the year \(year) of the site '\(name)' is in line \(other) already; expected one row a site-year")
      }
      rows.append(Row(site: site, year: year, target: Float(target)))
    }
    if let firstUnits, !firstUnits.isEmpty { units = firstUnits }
    guard !rows.isEmpty else {
      throw JobError(.inputData, "\(path): no row has a value in the column '\(table.columns[value])'")
    }
  }

  private struct SiteYear: Hashable {
    var site: Int
    var year: Int
  }

  /// Squares of larger ones leave single precision.
  private static let largestTarget = 1e15

  /// The years of all rows.
  var years: ClosedRange<Int> {
    let years = rows.map(\.year)
    return (years.min() ?? 0)...(years.max() ?? 0)
  }

  /// Targets below 0, which a ReLU never reaches.
  var negativeCount: Int { rows.count { $0.target < 0 } }

  /// Keeps some rows.
  mutating func keep(_ isKept: [Bool]) { rows = zip(rows, isKept).filter(\.1).map(\.0) }
}
