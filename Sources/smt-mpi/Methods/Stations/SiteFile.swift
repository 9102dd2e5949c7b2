import Distributed

/// A file of a flux station: FLUXNET2015, ICOS or AmeriFlux, plain or gzip, with months, days, hours or half-hours.
///
/// Rows are read one by one; what is kept grows with the number of days.
struct SiteFile {
  /// The file.
  var path: String { table.path }
  /// Names of the columns.
  var columns: [String] { table.columns }

  private let table: TableReader
  private let timeColumn: Int

  private static let timeColumns = ["TIMESTAMP_START", "TIMESTAMP", "DATE", "Date", "date"]
  private static let siteColumns = ["SITE_ID", "SiteCode", "site", "Site"]
  /// µmol CO₂ m⁻² s⁻¹ in g C m⁻² d⁻¹.
  private static let carbonPerDay = 12.011e-6 * 86400
  private static let minutesPerDay = 1440

  /// Reads the header line.
  ///
  /// - Throws: as `TableReader`; exit code 65 where no column holds times.
  init(_ path: String) throws {
    table = try TableReader(path)
    guard let name = Self.timeColumns.first(where: { [table] in table.position($0) != nil }) else {
      throw JobError(
        .inputData, "\(path): no column holds times; expected one of \(Self.timeColumns.joined(separator: ", "))")
    }
    timeColumn = try table.column(name)
  }

  /// The name of a station, as `FR-Tou`, between underscores of a file's name.
  private static func site(inName path: String) -> String? {
    baseName(path).split(separator: "_").first { $0.wholeMatch(of: /[A-Z]{2}-[A-Za-z0-9]{2,4}/) != nil }.map(
      String.init)
  }

  private static func baseName(_ path: String) -> String {
    let name = path.split(separator: "/").last ?? ""
    return String(name.prefix { $0 != "." })
  }

  /// What the rows of a day add up to.
  private struct Sums {
    var value = 0.0
    var count = 0
    /// Sum of the quality as the file has it.
    var quality = 0.0
    /// Rows whose quality is a flag of good ones: 0 or 1.
    var good = 0
    /// Rows with a quality.
    var judged = 0

    mutating func add(_ value: Double, _ flag: Double) {
      if !value.isNaN {
        self.value += value
        count += 1
      }
      if !flag.isNaN {
        quality += flag
        good += flag <= 1 ? 1 : 0
        judged += 1
      }
    }
  }

  /// The days, or months, of the quantities.
  ///
  /// The station's name is that between underscores of the file's name, as in `FLX_FR-Tou_…`, or in a column `SITE_ID`.
  /// Of half-hours and hours a day has the mean, or sum, where values take at least a share of the day; its quality is the
  /// share of the steps whose flag is 0 (measured) or 1 (well filled) among those with a flag. Rows that are a day apart are
  /// days, whatever their times. Moisture (`SWC…`) that never exceeds 1 is a fraction and becomes %, with a concern.
  ///
  /// - Parameters:
  ///   - minimumSteps: The share of a day's steps that must have values, 0…1.
  /// - Throws: exit code 65 with file, line and column where a time is none, comes twice or is earlier than the one before, or
  ///   where a value is no number.
  func record(of quantities: [SiteQuantity], minimumSteps: Double = 0.5) throws -> SiteRecord {
    var positions = [timeColumn]
    var places: [(value: Int, quality: Int?)?] = []
    for quantity in quantities {
      guard let column = try quantity.position(in: table) else {
        places.append(nil)
        continue
      }
      positions.append(column)
      var place: (value: Int, quality: Int?) = (positions.count - 1, nil)
      if let quality = try SiteQuantity.quality(of: columns[column], in: table) {
        positions.append(quality)
        place.quality = positions.count - 1
      }
      places.append(place)
    }
    var site = Self.site(inName: path)
    let sitePlace = positions.count
    if site == nil, let name = Self.siteColumns.first(where: { table.position($0) != nil }) {
      positions.append(try table.column(name))
    }
    var dates: [SiteDate] = []
    var sums: [[Sums]] = quantities.map { _ in [] }
    var resolution: SiteTime.Resolution?
    var (last, lastText) = (Int.min, "")
    // Minutes between one row and the next, by how often they occur; what is longer than a day is a gap.
    var intervals: [Int: Int] = [:]

    try table.read(positions) { row in
      let text = row.text(0)
      let time = try self.time(text, in: row, like: resolution)
      resolution = time.resolution
      let minute = time.date.number * Self.minutesPerDay + time.minute
      guard minute > last else {
        throw row.error(
          0,
          minute == last ? "the time '\(text)' is there twice" : "expected a time after '\(lastText)', found '\(text)'")
      }
      if last != Int.min, minute - last <= Self.minutesPerDay { intervals[minute - last, default: 0] += 1 }
      (last, lastText) = (minute, text)
      if positions.count > sitePlace {
        let found = row.text(sitePlace)
        guard site ?? found == found else {
          throw row.error(sitePlace, "expected one station a file, found '\(site ?? "")' and '\(found)'")
        }
        site = found
      }
      if dates.last != time.date {
        dates.append(time.date)
        for index in sums.indices { sums[index].append(Sums()) }
      }
      for (index, place) in places.enumerated() {
        guard let place else { continue }
        let value = try row.number(place.value)
        let flag = try place.quality.map(row.number) ?? .nan
        sums[index][dates.count - 1].add(value, flag)
      }
    }

    // One row at an odd time does not make all steps short.
    let interval = intervals.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? Self.minutesPerDay
    let areSteps = resolution == .minute && interval < Self.minutesPerDay
    let steps = areSteps ? Double(Self.minutesPerDay) / Double(interval) : 1
    var concerns: [String] = []
    let series = zip(places, sums).map { place, sums in
      guard let column = place.map({ columns[positions[$0.value]] }) else {
        return SiteRecord.Series(values: dates.map { _ in .nan }, quality: dates.map { _ in .nan })
      }
      var factor = 1.0
      if areSteps {
        switch SiteQuantity.kind(of: column) {
        case .mean: factor = 1
        case .sum: factor = steps
        case .carbon: factor = Self.carbonPerDay
        }
      }
      var values = sums.map {
        $0.count > 0 && Double($0.count) >= minimumSteps * steps ? factor * $0.value / Double($0.count) : .nan
      }
      if SiteQuantity.isMoisture(column), let most = values.lazy.filter({ !$0.isNaN }).max(), most > 0, most <= 1 {
        values = values.map { 100 * $0 }
        let concern =
          "\(path), column '\(column)': expected soil moisture in %, found \(most.shortText) at the most; taken as a fraction, "
          + "and multiplied by 100"
        if !concerns.contains(concern) { concerns.append(concern) }
      }
      return SiteRecord.Series(
        column: column, values: values,
        quality: sums.map {
          $0.judged > 0 ? (areSteps ? Double($0.good) : $0.quality) / Double($0.judged) : .nan
        })
    }
    return SiteRecord(
      site: site ?? Self.baseName(path), path: path, step: resolution == .month ? .month : .day, dates: dates,
      series: series, concerns: concerns)
  }

  /// The time of a row.
  private func time(_ text: String, in row: TableRow, like resolution: SiteTime.Resolution?) throws -> SiteTime {
    guard let time = SiteTime(text), time.resolution != .year else {
      throw row.error(0, "expected a time as 201801, 20180131 or 201801312330, found '\(text.prefix(40))'")
    }
    guard resolution ?? time.resolution == time.resolution else {
      throw row.error(0, "expected a time of the same form as in the rows before, found '\(text)'")
    }
    guard time.resolution != .day || columns[timeColumn] != "TIMESTAMP_START" else {
      throw row.error(0, "expected half-hours or hours; weeks are not read")
    }
    return time
  }
}

/// Refuses a second file of a station.
///
/// - Parameter others: the stations before it, with their files.
/// - Throws: exit code 65 naming both files.
func checkOneFile(of site: String, _ path: String, among others: some Sequence<(site: String, path: String)>) throws {
  guard let other = others.first(where: { $0.site == site }) else { return }
  throw JobError(
    .inputData,
    "\(path) and \(other.path) are both of the station \(site); expected one file a station: name them, or give a narrower "
      + "pattern, for example 'FLX_*_MM_*.csv.gz'")
}
