import Distributed
import Foundation
import Kernels

/// Sensitivities at flux stations, whose files of months or days take the place of zones, checked.
struct StationSensitivityJob: MapJob {
  let running: RunSettings
  private let sensitivity: SensitivitySettings
  /// The pattern of the files, the same for all sources.
  private let pattern: String
  /// The response, then the predictors.
  private let quantities: [SiteQuantity]
  private let period: ClosedRange<Month>?
  private let minimumSteps: Double
  private let table: String?
  /// Options as YAML, for the output.
  private let configuration: String

  /// Years of half-hours that memory is predicted for.
  private static let longestRecord = 30

  /// Whether some source is a table.
  static func isMeant(by command: Sensitivity) -> Bool {
    ([command.sources.response].compactMap { $0 } + command.sources.predictor).contains { source in
      source.split(separator: ":").dropLast().contains { TableReader.isTable(String($0)) }
    }
  }

  init(_ command: Sensitivity) throws {
    sensitivity = try SensitivitySettings(command)
    let expressions = sensitivity.requests.map(\.expression)
    guard !expressions.contains(where: \.isJoined), !sensitivity.isEnsemble else {
      throw JobError(
        .usage, "tables of stations are neither joined nor members of an ensemble; expected FILE.csv:COLUMN alone")
    }
    let sources = expressions.flatMap(\.records)
    let pattern = sources[SensitivitySettings.response].pattern
    self.pattern = pattern
    if let other = sources.first(where: { $0.pattern != pattern || $0.variables.count != 1 }) {
      throw JobError(
        .usage,
        "'\(other.text)': expected one column of the files of --response, \(pattern), since each station's columns are "
          + "in one file")
    }
    quantities = sources.map { SiteQuantity($0.variables[0]) }
    let zones = command.zones
    let ofGrids = [
      ("threshold", zones.threshold != nil), ("picture", zones.picture != nil),
      ("moisture-predictor", zones.moisturePredictor != nil), ("each-cell", zones.eachCell),
      ("bbox", command.selection.bbox != nil), ("mask", command.selection.mask != nil),
      ("depth", command.sources.depth != nil), ("layer-bounds", command.sources.layerBounds != nil),
    ]
    if let option = ofGrids.first(where: \.1)?.0 ?? command.classTable.classes.firstGiven {
      throw JobError(.usage, "--\(option) is about grids; each station of \(pattern) is a zone by itself: leave it out")
    }
    period = try command.selection.period()
    _ = try command.selection.steps()
    minimumSteps = command.selection.minimumSteps
    table = command.classTable.table
    configuration = command.configurationText
    let output = try command.running.outputPath()
    guard !isDeviceOrPipe(output) else {
      throw JobError(.cannotWrite, "--output \(output) is a device or a pipe; expected the name of a file")
    }
    running = try RunSettings(
      command.shared, outputs: [RunFile("output", output, .arrays), RunFile("table", table, .table)])
    try running.checkOutputs(against: paths(matching: pattern))
  }

  /// The files.
  ///
  /// - Throws: exit code 66 where there is none.
  private func files() throws -> [String] {
    let found = paths(matching: pattern)
    guard !found.isEmpty else { throw JobError(.noInput, "no file matches '\(pattern)'") }
    return found
  }

  private func memory(_ files: [String]) -> Int {
    Assumptions.libraryBytes + 366 * Self.longestRecord * 40 * quantities.count
      + files.count * 12 * Self.longestRecord * 8 * 2 * quantities.count
      + sensitivity.options.replicateBytes(predictors: sensitivity.predictors.count)
  }

  func dryRun(ranks: Int) throws -> String {
    let files = try files()
    let memory = peakMemoryBytes() + Assumptions.mpiBytes + memory(files)
    try running.checkMemory(memory, ranks: ranks, .single)
    func line(_ title: String, _ text: String) -> String {
      (title + ":").padding(toLength: 10, withPad: " ", startingAt: 0) + text
    }
    return
      (try files.map { path in
        let file = try SiteFile(path)
        let names = quantities.map { quantity in
          quantity.columns.first { file.columns.contains($0) } ?? "no \(quantity.name)"
        }
        return line("file", "\(path): \(names.joined(separator: ", "))")
      }
      + [
        line("method", sensitivity.text), line("memory", "\(byteText(memory)) a rank, predicted"),
        line("output", running.outputs.map(\.path).joined(separator: ", ")),
      ]).joined(separator: "\n")
  }

  // MARK: Run

  func perform(_ run: JobRun) throws -> String {
    let communicator = run.communicator
    let files = try run.timer.measure("catalogue") { try communicator.onRoot { try self.files() } }
    let memory = peakMemoryBytes() + memory(files)
    run.report.predictedPeakMemory = memory
    try running.checkMemory(memory, ranks: communicator.size, communicator)
    var stations: [StationMonths] = []
    try run.timer.measure("read") {
      try communicator.inTurns(files.count) { number in
        try Interruption.check("while files of stations were read")
        run.bytesRead += ((try? FileManager.default.attributesOfItem(atPath: files[number]))?[.size] as? Int) ?? 0
        return [UInt8](try JSONEncoder().encode(try months(of: files[number])))
      } take: { number, bytes in
        let station = try JSONDecoder().decode(StationMonths.self, from: Data(bytes))
        try checkOneFile(of: station.site, station.path, among: stations.lazy.map { ($0.site, $0.path) })
        stations.append(station)
        run.progress.update(share: Double(number + 1) / Double(files.count))
      }
    }
    // All series begin and end alike, so that they share an axis of time.
    let all = try communicator.onRoot { () -> [StationMonths] in
      for (quantity, asked) in quantities.enumerated() where stations.allSatisfy({ $0.columns[quantity] == nil }) {
        throw JobError(
          .inputData,
          "\(pattern): no file has a column '\(asked.name)'"
            + (asked.columns == [asked.name] ? "" : " (\(asked.columns.joined(separator: ", ")))"))
      }
      let firsts = stations.compactMap(\.first).min()
      let lasts = stations.compactMap(\.last).max()
      guard let first = firsts.map({ max($0, period?.lowerBound.index ?? $0) }),
        let last = lasts.map({ min($0, period?.upperBound.index ?? $0) }), first <= last
      else {
        throw JobError(
          .inputData,
          "\(pattern): no file has a month" + (period.map { " of \($0.lowerBound) to \($0.upperBound)" } ?? ""))
      }
      return stations.map { $0.brought(to: first...last) }
    }
    let axis = (all[0].first ?? 0)...(all[0].last ?? 0)
    let results = try run.timer.measure("compute") {
      try compute(all, firstMonth: Month(index: axis.lowerBound).month, run)
    }
    var warnings = Warnings(isStrict: running.isStrict, communicator)
    try warnings.add(communicator.onRoot { stations.flatMap(\.concerns) })
    let input = ZoneInput(
      members: [""], months: axis.map(Month.init(index:)), calendar: .prolepticGregorian,
      units: quantities.indices.map { quantity in
        SiteQuantity.units(of: all.lazy.compactMap { $0.columns[quantity] }.first ?? "")
      },
      longNames: quantities.indices.map { quantity in
        all.lazy.compactMap { $0.columns[quantity] }.first ?? quantities[quantity].name
      }, zones: "station", place: "at the station", means: "series of stations")
    let found = ZoneSensitivities(
      settings: sensitivity, input: input, zones: all.map(\.site), cells: nil,
      series: ZoneSeries(all.flatMap(\.values), sources: quantities.count, months: axis.count),
      results: results, moisture: 0, thresholds: nil)
    try communicator.onRoot { found.concerns }.forEach { warnings.addLate($0) }
    try run.timer.measure("write") {
      try run.checkLocks()
      try communicator.together {
        guard communicator.isRoot else { return }
        var attributes = sensitivity.attributes(
          of: input.longNames[SensitivitySettings.response],
          months: "\(input.months[0]) to \(input.months[input.months.count - 1])", where: "at stations",
          configuration: configuration)
        attributes.comment = warnings.added(to: attributes.comment)
        try ArrayWriter.write(found.variables, attributes, to: running.output)
        if let table { try found.table.write(to: table) }
      }
    }
    run.report.warnings = warnings.texts
    run.report.results = found.reportNumbers
    run.report.statusCounts = found.statusCounts
    try warnings.finish()
    return found.text
  }

  /// The regressions of all stations on rank 0; nothing elsewhere.
  ///
  /// Collective.
  private func compute(_ stations: [StationMonths], firstMonth: Int, _ run: JobRun) throws -> [SensitivityResult] {
    var results: [SensitivityResult] = []
    try run.communicator.inTurns(stations.count) { task in
      try Interruption.check("while computing")
      let station = stations[task]
      return sensitivity.kernel.compute(
        response: station.series(SensitivitySettings.response),
        predictors: sensitivity.predictors.indices.map { station.series(1 + $0) }, firstMonth: firstMonth,
        place: (task, 0)
      ).bytes
    } take: { task, bytes in
      results.append(SensitivityResult(bytes: bytes, predictors: sensitivity.predictors.count))
      run.progress.update(share: Double(task + 1) / Double(stations.count))
    }
    return results
  }

  /// The months of a file; of days those months have their mean of which enough days have a value.
  private func months(of path: String) throws -> StationMonths {
    let record = try SiteFile(path).record(of: quantities)
    var station = StationMonths(site: record.site, path: path, columns: record.series.map(\.column))
    station.concerns = record.concerns
    guard let first = record.dates.first, let last = record.dates.last else { return station }
    let origin = Month(year: first.year, month: first.month).index
    station.first = origin
    station.count = Month(year: last.year, month: last.month).index - origin + 1
    for series in record.series {
      var (sums, counts) = ([Double](repeating: 0, count: station.count), [Int](repeating: 0, count: station.count))
      var days = counts
      for (date, value) in zip(record.dates, series.values) {
        let month = Month(year: date.year, month: date.month).index - origin
        days[month] = record.step == .month ? 1 : date.daysOfMonth
        guard value.isFinite else { continue }
        sums[month] += value
        counts[month] += 1
      }
      station.values += sums.indices.map { month in
        counts[month] > 0 && Double(counts[month]) >= minimumSteps * Double(days[month])
          ? sums[month] / Double(counts[month]) : .nan
      }
    }
    return station
  }
}

/// Monthly series of a station.
private struct StationMonths: Codable {
  var site: String
  var path: String
  /// By quantity the column that it comes from; nil where the file has none.
  var columns: [String?]
  /// What may be wrong with the file.
  var concerns: [String] = []
  /// The first month's index; nil where the file has no row.
  var first: Int?
  var count = 0
  /// By quantity and month; NaN where there is none.
  @PackedNumbers var values: [Double]

  init(site: String, path: String, columns: [String?]) {
    (self.site, self.path, self.columns) = (site, path, columns)
    values = []
  }

  /// The last month's index.
  var last: Int? { first.map { $0 + count - 1 } }

  func series(_ quantity: Int) -> [Double] { Array(values[quantity * count..<(quantity + 1) * count]) }

  /// The same months on another axis; what lies beyond it is left out.
  func brought(to axis: ClosedRange<Int>) -> StationMonths {
    var station = self
    (station.first, station.count) = (axis.lowerBound, axis.count)
    station.values = columns.indices.flatMap { quantity in
      let own = series(quantity)
      return axis.map { month in
        guard let first, (0..<count).contains(month - first) else { return Double.nan }
        return own[month - first]
      }
    }
    return station
  }
}
