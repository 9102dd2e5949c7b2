import Distributed

/// Values of sites by year: a table with columns for site, latitude, longitude, year and value, as `sites --yearly` writes it.
struct SiteYearTable: Codable {
  /// A site.
  struct Site: Codable {
    let name: String
    let latitude: Double
    let longitude: Double
  }

  /// A value.
  struct Sample: Codable {
    /// Its site's place among the sites.
    let site: Int
    let year: Int
    let value: Double
  }

  /// In the order in which the table names them.
  private(set) var sites: [Site] = []
  /// In the order of the table.
  private(set) var samples: [Sample] = []
  /// Units of the values; empty where the table has none.
  private(set) var units = ""

  private static let names = (
    site: ["site", "sitecode", "site_id", "siteid", "fluxnetid", "station"], latitude: ["lat", "latitude"],
    longitude: ["lon", "longitude", "long"], year: ["year"]
  )

  /// Reads a table; rows without a value, or with another `status` than `ok`, are left out.
  ///
  /// - Parameter column: that of the values.
  /// - Throws: as `TableReader`; exit code 65 with file, line and column where a column is missing, a place or a year is none, a
  ///   site moves, a year of a site is there twice, units differ, or there is no value at all.
  init(_ path: String, column: String) throws {
    let table = try TableReader(path)
    let columns = table.columns.map { $0.lowercased() }
    func position(_ names: [String]) throws -> Int {
      guard let place = names.lazy.compactMap({ columns.firstIndex(of: $0) }).first else {
        throw JobError(
          .inputData,
          "\(path): there is no column '\(names[0])'; expected site, lat, lon, year and '\(column)'; the table has: "
            + table.columns.joined(separator: ", "))
      }
      return place
    }
    let value = try table.column(column)
    var positions = try [Self.names.site, Self.names.latitude, Self.names.longitude, Self.names.year].map(position)
    positions.append(value)
    let (unitsPlace, statusPlace) = (columns.firstIndex(of: "units"), columns.firstIndex(of: "status"))
    if let unitsPlace { positions.append(unitsPlace) }
    if let statusPlace { positions.append(statusPlace) }
    if unitsPlace == nil, let units = table.units { self.units = units[value] }

    var places: [String: Int] = [:]
    var known = Set<[Int]>()
    try table.read(positions) { row in
      guard statusPlace == nil || row.text(positions.count - 1) == "ok", !row.isMissing(4) else { return }
      let year = try row.number(3)
      guard let year = Int(exactly: year), (0...InputLimit.year).contains(year) else {
        throw row.error(3, "expected a calendar year, found '\(row.text(3).prefix(40))'")
      }
      let site = try place(row, &places)
      guard known.insert([site, year]).inserted else {
        throw row.error(3, "the year \(year) of site '\(sites[site].name)' is there twice")
      }
      if unitsPlace != nil {
        let units = row.text(5)
        guard samples.isEmpty || UnitSpelling.areSame(units, self.units) else {
          throw row.error(5, "expected units '\(self.units)' as in the rows before, found '\(units.prefix(40))'")
        }
        self.units = units
      }
      samples.append(Sample(site: site, year: year, value: try row.number(4)))
    }
    guard !samples.isEmpty else { throw JobError(.inputData, "\(path): column '\(column)' has no value") }
  }

  /// The place of a row's site among the sites.
  private mutating func place(_ row: TableRow, _ places: inout [String: Int]) throws -> Int {
    let site = Site(name: row.text(0), latitude: try row.number(1), longitude: try row.number(2))
    guard (-90...90).contains(site.latitude) else {
      throw row.error(1, "expected degrees north, -90 to 90, found '\(row.text(1).prefix(40))'")
    }
    guard (-180...360).contains(site.longitude) else {
      throw row.error(2, "expected degrees east, -180 to 360, found '\(row.text(2).prefix(40))'")
    }
    guard let place = places[site.name] else {
      places[site.name] = sites.count
      sites.append(site)
      return sites.count - 1
    }
    guard sites[place].latitude == site.latitude, sites[place].longitude == site.longitude else {
      throw row.error(
        1, "site '\(site.name)' is somewhere else than in the rows before; give each site one place, or two names")
    }
    return place
  }
}
