import Distributed

/// A station as a list describes it.
struct Station: Sendable {
  var site: String
  /// Degrees north; nil where the list does not say.
  var latitude: Double?
  /// Degrees east; nil where the list does not say.
  var longitude: Double?
  /// The class of its land cover, as `GRA`; empty where the list does not say.
  var landCover = ""
  /// The first day of the study; nil where the list does not say.
  var start: SiteDate?
  /// The last day of the study; nil where the list does not say.
  var end: SiteDate?
  /// What is wrong with a coordinate, which is then taken as missing; nil where nothing is.
  ///
  /// No error: lists are long, and most jobs need few of their stations.
  var concern: String?
}

/// Stations by name: a table with a column for the name and some of latitude, longitude, class, start and end.
struct StationList: Sendable {
  /// In the order of the list.
  private(set) var stations: [Station] = []
  private var places: [String: Int] = [:]

  /// Names of columns in lower case, the preferred one first.
  private static let names = (
    site: ["sitecode", "fluxnetid", "site_id", "siteid", "site", "station", "code"],
    latitude: ["latitude", "lat", "location_lat", "site_lat"],
    longitude: ["longitude", "lon", "long", "location_long", "location_lon", "site_lon"],
    landCover: ["igbpcode", "igbp", "class", "land_cover", "landcover", "igbp_land_use", "vegetation", "pft"],
    start: ["start", "study_start", "period_start", "from"], end: ["end", "study_end", "period_end", "to"]
  )

  /// Reads a list.
  ///
  /// - Throws: as `TableReader`; exit code 65 with file, line and column where no column holds names, a station is there twice,
  ///   a coordinate is no number, or a date is none.
  init(_ path: String) throws {
    let table = try TableReader(path)
    let columns = table.columns.map { $0.lowercased() }
    func position(_ names: [String]) throws -> Int? {
      guard let place = names.lazy.compactMap({ columns.firstIndex(of: $0) }).first else { return nil }
      return try table.column(table.columns[place])
    }
    guard let site = try position(Self.names.site) else {
      throw JobError(
        .inputData,
        "\(path): no column holds the names of stations; expected one of \(Self.names.site.joined(separator: ", "))")
    }
    var positions = [site]
    func place(_ names: [String]) throws -> Int? {
      guard let position = try position(names) else { return nil }
      positions.append(position)
      return positions.count - 1
    }
    let latitude = try place(Self.names.latitude)
    let longitude = try place(Self.names.longitude)
    let landCover = try place(Self.names.landCover)
    let start = try place(Self.names.start)
    let end = try place(Self.names.end)

    try table.read(positions) { row in
      guard !row.isMissing(0) else { return }
      var station = Station(site: row.text(0))
      func coordinate(_ place: Int?, _ range: ClosedRange<Double>) throws -> Double? {
        guard let place else { return nil }
        let value = try row.number(place)
        guard !value.isNaN, !range.contains(value) else { return value.isNaN ? nil : value }
        let bounds = "\(Int(range.lowerBound)) to \(Int(range.upperBound))"
        station.concern =
          row.error(place, "expected \(bounds) degrees, found '\(row.text(place))'; taken as missing").message
        return nil
      }
      func time(_ place: Int?) throws -> SiteTime? {
        guard let place, !row.isMissing(place) else { return nil }
        guard let time = SiteTime(row.text(place)) else {
          throw row.error(
            place, "expected a year or a date as 2018, 2018-01 or 2018-01-31, found '\(row.text(place).prefix(40))'")
        }
        return time
      }
      station.latitude = try coordinate(latitude, -90...90)
      station.longitude = try coordinate(longitude, -180...360)
      if let landCover, !row.isMissing(landCover) { station.landCover = row.text(landCover) }
      station.start = try time(start)?.date
      station.end = try time(end)?.lastDay
      if let first = station.start, let last = station.end, last < first, let end {
        throw row.error(end, "expected an end of the study after its start, found '\(row.text(end))'")
      }
      guard places.updateValue(stations.count, forKey: station.site) == nil else {
        throw row.error(0, "the station '\(station.site)' is there twice")
      }
      stations.append(station)
    }
  }

  /// The station of this name; nil where the list does not have it.
  subscript(site: String) -> Station? { places[site].map { stations[$0] } }
}
