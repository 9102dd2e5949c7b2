import Distributed

/// A table of soil moisture measured in situ: columns time, depth and value, and lat and lon, or site.
struct PlacedTable {
  private let record: LayeredRecord

  /// Degrees of arc within which a place must have a cell.
  private static let reach = 1.0

  init(_ record: LayeredRecord) { self.record = record }

  /// A row of the table.
  struct Row {
    var instant: Step
    var date: SiteDate
    var timeText: String
    var depth: Double
    var value: Double
    var site: String
    var cell: Int
    var latitude: Double
    var longitude: Double
    fileprivate var row: TableRow

    /// An error about this row.
    func error(_ what: String) -> JobError { row.error(0, what) }
  }

  /// Reads the rows that have a value.
  ///
  /// - Throws: as `TableReader`; exit code 65 with line and column where a time, a depth or a place is none.
  func read(_ path: String, _ stations: StationList?, _ take: (Row) throws -> Void) throws {
    let table = try TableReader(path)
    let columns = table.columns.map { $0.lowercased() }
    func position(_ names: [String]) -> Int? { names.lazy.compactMap { columns.firstIndex(of: $0) }.first }
    var positions: [Int] = []
    for names in [["time", "timestamp", "date"], ["depth"], ["value", "sm", "swc", "theta"]] {
      guard let place = position(names) else {
        throw JobError(
          .inputData,
          "\(path): no column '\(names[0])'; expected time, depth and value, and lat and lon, or site; the table has: "
            + table.columns.joined(separator: ", "))
      }
      positions.append(place)
    }
    func optional(_ names: [String]) -> Int? {
      guard let place = position(names) else { return nil }
      positions.append(place)
      return positions.count - 1
    }
    let latitude = optional(["lat", "latitude"])
    let longitude = optional(["lon", "longitude"])
    let site = optional(["site", "site_id", "station"])
    let isPlaced = latitude != nil && longitude != nil
    guard isPlaced || record.grid.cellCount == 1 || site != nil && stations != nil else {
      throw JobError(
        .inputData,
        "\(path): the rows have no place, and the model has \(counted(record.grid.cellCount, "cell")); expected columns lat and lon, or "
          + "site with --stations")
    }
    var cells: [String: Int] = [:]
    try table.read(positions) { row in
      let value = try row.number(2)
      guard !value.isNaN else { return }
      var text = row.text(0)
      // Seconds tell nothing here.
      if text.count(where: { $0 == ":" }) == 2 { text = String(text[..<(text.lastIndex(of: ":") ?? text.endIndex)]) }
      if text.hasSuffix("Z") { text.removeLast() }
      guard let time = SiteTime(text), [.day, .minute].contains(time.resolution) else {
        throw row.error(0, "expected a time as 2012-09-17T10:30 or 2012-09-17, found '\(row.text(0).prefix(40))'")
      }
      let minute = time.resolution == .day ? 720 : time.minute
      let depth = try row.number(1)
      guard depth >= 0 else { throw row.error(1, "expected a depth of 0 or more, found '\(row.text(1))'") }
      let name = site.map { row.text($0) } ?? ""
      var (north, east) = (Double.nan, Double.nan)
      if isPlaced, let latitude, let longitude {
        (north, east) = (try row.number(latitude), try row.number(longitude))
      } else if let station = stations?[name] {
        (north, east) = (station.latitude ?? .nan, station.longitude ?? .nan)
      }
      var cell = 0
      if record.grid.cellCount > 1 {
        guard abs(north) <= 90, abs(east) <= 360 else {
          throw row.error(0, "the place '\(name)' has no latitude and longitude")
        }
        let key = "\(north) \(east)"
        if let known = cells[key] {
          cell = known
        } else {
          let found = record.grid.nearestCell(latitude: north, longitude: east)
          guard found.distance <= Self.reach else {
            throw row.error(0, "no cell of the model lies within \(Int(Self.reach))° of \(north)° N, \(east)° E")
          }
          cell = found.cell
          cells[key] = cell
        }
      }
      try take(
        Row(
          instant: Step(year: time.date.year, month: time.date.month, day: time.date.day, minute: minute),
          date: time.date, timeText: text, depth: depth, value: value,
          site: name.isEmpty && isPlaced ? "\(north) \(east)" : name,
          cell: cell, latitude: north, longitude: east, row: row))
    }
  }
}
