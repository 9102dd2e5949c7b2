import Distributed
import Foundation
import Kernels

/// Stations, rules and outputs of `sites`, checked.
struct SitesJob: MapJob {
  let running: RunSettings
  private let files: [String]
  private let stations: String?
  private let days: SiteDays
  private let years: ClosedRange<Int>?
  private let minimumSteps: Double
  private let rule: SiteThresholdRule
  private let refits: Int
  private let block: Int
  private let seed: UInt64
  private let comparisons: [SiteComparison]
  private let yearly: SiteYears?
  private let differences: SiteDifferences?
  private let outputs: Outputs
  /// Options as YAML, for the file of points.
  private let configuration: String

  /// What is written besides the table.
  private struct Outputs {
    var map: String?
    var picture: String?
    var years: String?
    var differences: String?
    var unitsRow: Bool
  }

  /// Refits of a part of the work, the least that a rank does of a station.
  private static let partSize = 16
  /// Years of a record that memory is predicted for.
  private static let longestRecord = 30
  private static let largestBootstrap = 1_000_000
  /// Bytes of a refit's numbers, on their way to rank 0 and there.
  private static let bytesOfRefit = 120

  init(_ command: Sites) throws {
    guard let output = command.output, !output.isEmpty else {
      throw JobError(.usage, "--output is missing; e.g. --output sites.csv")
    }
    guard !command.files.isEmpty else {
      throw JobError(.usage, "there is no file of a station; expected some, for example 'flx/FLX_*_DD_*.csv*'")
    }
    files = command.files
    for (option, text, example) in [
      ("stations", command.stations, "SitesList.csv"), ("map", command.map, "sites.nc"),
      ("picture", command.picture, "sites.svg"), ("yearly", command.yearly, "RECO"),
    ] where text?.isEmpty == true {
      throw JobError(.usage, "--\(option) is empty; leave it out, or give for example --\(option) \(example)")
    }
    stations = command.stations
    func check(_ isGood: Bool, _ option: String, _ found: String, _ expected: String) throws {
      guard isGood else { throw JobError(.usage, "--\(option) \(found): expected \(expected)") }
    }
    for (option, share) in [
      ("qc", command.qc), ("moisture-qc", command.moistureQc), ("minimum-steps", command.minimumSteps),
      ("minimum-coverage", command.minimumCoverage),
    ] {
      if let share { try check((0...1).contains(share), option, share.shortText, "0 to 1, for example 0.5") }
    }
    try check(command.minimumDays >= 5, "minimum-days", "\(command.minimumDays)", "5 or more, for example 30")
    try check(command.block >= 1, "block", "\(command.block)", "1 or more days, for example 30")
    try check(command.dryAfter >= 1, "dry-after", "\(command.dryAfter)", "1 or more, for example 2")
    try check(
      (0...Self.largestBootstrap).contains(command.bootstrap), "bootstrap", "\(command.bootstrap)",
      "0 to \(Self.largestBootstrap), for example 1000")
    if let significance = command.significance {
      try check(significance > 0 && significance <= 1, "significance", significance.shortText, "a p, for example 0.05")
      guard command.bootstrap > 0 else {
        throw JobError(.usage, "--significance needs refits, and --bootstrap is 0; leave one of them out")
      }
      let least = 1 / Double(command.bootstrap + 1)
      guard least <= significance else {
        throw JobError(
          .usage,
          "--significance \(significance.shortText): with --bootstrap \(command.bootstrap) no p is below \(least.shortText); expected "
            + "more refits, for example 1000")
      }
    }
    try check(
      command.differenceTolerance >= 0, "difference-tolerance", command.differenceTolerance.shortText,
      "0 or more m3 m-3, for example 0.001")
    days = SiteDays(
      moisture: try SiteMoisture(command.moisture), quality: command.qc, moistureQuality: command.moistureQc,
      minimumTemperature: command.minimumTemperature, dryAfter: command.dryDays ? command.dryAfter : nil)
    years = try command.period.map(OptionText.years)
    minimumSteps = command.minimumSteps
    rule = SiteThresholdRule(
      minimumDays: command.minimumDays, minimumGain: command.minimumGain, significance: command.significance)
    (refits, block, seed) = (command.bootstrap, command.block, command.seed)
    comparisons = try command.compare.map(SiteComparison.init)
    yearly = command.yearly.map { SiteYears(quantity: SiteQuantity($0), minimumCoverage: command.minimumCoverage) }
    var rules = DayDifferences.Rules()
    rules.moisture = command.differenceTolerance
    differences = try command.differences.map { [days] text in
      let names = text.split(separator: ",", omittingEmptySubsequences: false).map {
        $0.trimmingCharacters(in: .whitespaces)
      }
      try check(!names.contains(""), "differences", "'\(text)'", "names of fluxes, for example GPP,RECO,NEE")
      try check(Set(names).count == names.count, "differences", "'\(text)'", "each flux once")
      return SiteDifferences(fluxes: names.map { SiteQuantity($0) }, rules: rules, moisture: days.moisture)
    }
    outputs = Outputs(
      map: command.map, picture: command.picture, years: yearly.map { _ in Self.beside(output, "years") },
      differences: differences.map { _ in Self.beside(output, "differences") }, unitsRow: command.unitsRow)
    configuration = command.configurationText
    guard command.picture == nil || !comparisons.isEmpty else {
      throw JobError(.usage, "--picture draws maps against stations; expected --compare FILE:VARIABLE too")
    }
    try Self.checkNames(comparisons)
    running = try RunSettings(
      command.shared,
      outputs: [
        RunFile("output", output, .table), RunFile("map", outputs.map, .maps),
        RunFile("picture", outputs.picture, .picture), RunFile("yearly", outputs.years, .table),
        RunFile("differences", outputs.differences, .table),
      ])
    try checkOutputs()
  }

  /// The name of a table beside the output: `sites.years.csv` of `sites.csv`.
  private static func beside(_ output: String, _ name: String) -> String {
    output.hasSuffix(".csv") ? "\(output.dropLast(4)).\(name).csv" : "\(output).\(name).csv"
  }

  /// Checks that columns of maps have names of their own.
  private static func checkNames(_ comparisons: [SiteComparison]) throws {
    var taken = Set(SiteColumn.all(moistureUnits: "%").map(\.name) + ["time", "time_bnds", "site_name"])
    for comparison in comparisons {
      for name in ["", "_p05", "_p95", "_difference"].map({ comparison.name + $0 }) {
        guard taken.insert(name).inserted else {
          throw JobError(
            .usage,
            "--compare \(comparison.source): there is a column '\(name)' already; give the map another name, for example "
              + "--compare other=\(comparison.source)")
        }
      }
    }
  }

  private func checkOutputs() throws {
    try running.checkOutputs(
      against: files.flatMap(paths) + [stations].compactMap { $0 }
        + comparisons.compactMap { try? GridMap.parts(of: $0.source).path })
    if let map = outputs.map, isDeviceOrPipe(map) {
      throw JobError(.cannotWrite, "--map \(map) is a device or a pipe; expected the name of a file")
    }
  }

  // MARK: Plan

  /// The files, and what they are compared with, before any is read.
  private struct Plan: Codable {
    /// Paths, sorted by name.
    var paths: [String]
    var memory: Int
  }

  /// What records must hold.
  private var quantities: [SiteQuantity] {
    var all: [SiteQuantity] = []
    for quantity in days.quantities + (yearly?.quantities ?? []) + (differences?.quantities ?? [])
    where !all.contains(quantity) { all.append(quantity) }
    return all
  }

  /// A record of some of the quantities.
  private func part(_ record: SiteRecord, of some: [SiteQuantity]) -> SiteRecord {
    var part = record
    part.series = some.map { record.series[quantities.firstIndex(of: $0) ?? 0] }
    return part
  }

  /// Finds the files and checks what is small.
  ///
  /// - Parameter startMemory: Bytes that MPI is to take where it has not started.
  /// - Throws: exit code 66 where a pattern matches no file; 65 or 66 where the list of stations or a map cannot be read.
  private func plan(startMemory: Int = 0) throws -> (plan: Plan, stations: StationList?, maps: [SiteComparison.Loaded])
  {
    var found: [String] = []
    for pattern in files {
      let matches = paths(matching: pattern)
      guard !matches.isEmpty else { throw JobError(.noInput, "no file matches '\(pattern)'") }
      found += matches
    }
    found = Set(found).sorted()
    let list = try stations.map(StationList.init)
    let maps = try comparisons.map { try $0.load() }
    guard outputs.picture == nil || Set(maps.map(\.isVolumetric)).count <= 1 else {
      throw JobError(
        .inputData,
        "--picture: the maps of --compare are in different units; expected all in percent of normal, or all in m3 m-3")
    }
    let days = 366 * Self.longestRecord
    // The maps are in memory already.
    let memory =
      peakMemoryBytes() + startMemory + Assumptions.libraryBytes
      + found.count * (days * (24 + 16 * quantities.count + 3 * 8 * 3) + Self.bytesOfRefit * refits)
    return (Plan(paths: found, memory: memory), list, maps)
  }

  func dryRun(ranks: Int) throws -> String {
    let (plan, list, maps) = try plan(startMemory: Assumptions.mpiBytes)
    try running.checkMemory(plan.memory, ranks: ranks, .single)
    func line(_ title: String, _ text: String) -> String {
      (title + ":").padding(toLength: 11, withPad: " ", startingAt: 0) + text
    }
    let sites = try plan.paths.map { path in
      let file = try SiteFile(path)
      let names = quantities.map { quantity in
        quantity.columns.first { file.columns.contains($0) } ?? "no \(quantity.name)"
      }
      return line("file", "\(path): \(names.joined(separator: ", "))")
    }
    return
      (sites
      + [
        line("stations", list.map { "\($0.stations.count) in \(stations ?? "")" } ?? "no list"),
        line("refits", "\(refits) a station, blocks of \(counted(block, "day"))"),
      ]
      + maps.map { line("map", "\($0.comparison.source), \($0.units)\($0.hasInterval ? ", with interval" : "")") }
      + [
        line("memory", "\(byteText(plan.memory)) on rank 0, predicted for records of \(Self.longestRecord) years"),
        line("output", running.outputs.map(\.path).joined(separator: ", ")),
      ]).joined(separator: "\n")
  }

  // MARK: Run

  func perform(_ run: JobRun) throws -> String {
    let communicator = run.communicator
    var (list, maps): (StationList?, [SiteComparison.Loaded]) = (nil, [])
    let plan = try run.timer.measure("catalogue") {
      try communicator.onRoot {
        let made = try self.plan()
        (list, maps) = (made.stations, made.maps)
        return made.plan
      }
    }
    run.report.predictedPeakMemory = plan.memory
    try running.checkMemory(plan.memory, ranks: communicator.size, communicator)
    let records = try run.timer.measure("read") { try read(plan.paths, run).map { withinStudy($0, list) } }
    let inputs = records.map { input($0, list) }
    let samples = try shared(inputs.map(\.samples), communicator)
    let refits = try run.timer.measure("compute") {
      try compute(samples, names: try communicator.onRoot { inputs.map(\.site) }, run)
    }
    var warnings = Warnings(isStrict: running.isStrict, communicator)
    try warnings.add(
      try communicator.onRoot {
        records.flatMap(\.concerns) + maps.flatMap(\.concerns) + concerns(inputs, list, hasMaps: !maps.isEmpty)
      })
    var tableOfDifferences: Table?
    try run.timer.measure("compute") {
      try communicator.together {
        guard communicator.isRoot, let differences else { return }
        tableOfDifferences = try differences.table(records.map { part($0, of: differences.quantities) }, list)
      }
    }

    var text = ""
    try run.timer.measure("write") {
      try run.checkLocks()
      try communicator.together {
        guard communicator.isRoot else { return }
        let units = moistureUnits(records)
        var results = zip(inputs, zip(samples, refits)).map { input, found in
          SiteResult(input: input, threshold: threshold(input, found.0, found.1))
        }
        for index in results.indices {
          results[index].compared = maps.map { $0.value(at: results[index], moistureUnits: units) }
        }
        let columns =
          SiteColumn.all(moistureUnits: units) + maps.enumerated().flatMap { index, map in map.columns(index) }
        if let map = outputs.map {
          try SitePoints(columns: columns, results: results).write(
            to: map,
            MapWriter.FileAttributes(
              title: "Soil moisture thresholds of the evaporative fraction at flux stations",
              source: ProgramVersion.source, references: "", commandLine: commandLine,
              comment: warnings.added(to: "Days with LE and H of at least 0 and a sum of at least 20 W m-2."),
              configuration: configuration))
        }
        if let path = outputs.picture {
          try TextFile.write(SitePicture(maps: maps, results: results).picture.svg, to: path)
        }
        if let yearly, let path = outputs.years {
          let table = yearly.table(records.map { part($0, of: yearly.quantities) }, list)
          try table.write(to: path, unitsRow: outputs.unitsRow)
        }
        if let path = outputs.differences { try tableOfDifferences?.write(to: path, unitsRow: outputs.unitsRow) }
        try SiteColumn.table(columns, results).write(to: running.output, unitsRow: outputs.unitsRow)
        text = summary(results, maps, &run.report)
      }
    }
    run.report.warnings = warnings.texts
    try warnings.finish()
    return text
  }

  /// Reads the files, one rank after the other, and brings their records to rank 0.
  ///
  /// Collective.
  private func read(_ paths: [String], _ run: JobRun) throws -> [SiteRecord] {
    var records: [SiteRecord] = []
    try run.communicator.inTurns(paths.count) { number in
      try Interruption.check("while files of stations were read")
      let file = try SiteFile(paths[number])
      var record = try file.record(of: quantities, minimumSteps: minimumSteps)
      if let years {
        record = record.within(
          SiteDate(year: years.lowerBound, month: 1, day: 1), SiteDate(year: years.upperBound, month: 12, day: 31))
      }
      run.bytesRead += ((try? FileManager.default.attributesOfItem(atPath: paths[number]))?[.size] as? Int) ?? 0
      return try record.bytes()
    } take: { number, bytes in
      let record = try SiteRecord(bytes: bytes)
      try checkOneFile(of: record.site, record.path, among: records.lazy.map { ($0.site, $0.path) })
      records.append(record)
      run.progress.update(share: Double(number + 1) / Double(paths.count))
    }
    return records.sorted { ($0.site, $0.path) < ($1.site, $1.path) }
  }

  /// What of a record lies within the study.
  private func withinStudy(_ record: SiteRecord, _ list: StationList?) -> SiteRecord {
    let station = list?[record.site]
    return record.within(station?.start, station?.end)
  }

  /// The days of a station that count.
  ///
  /// - Parameter study: Its record within the study.
  private func input(_ study: SiteRecord, _ list: StationList?) -> SiteInput {
    let station = list?[study.site]
    let found = days.samples(of: part(study, of: days.quantities))
    var input = SiteInput(
      site: study.site, samples: found.samples, status: found.status, meanMoisture: found.meanMoisture)
    if found.status == .ok, found.samples.days.count < rule.minimumDays { input.status = .tooFewDays }
    (input.latitude, input.longitude) = (station?.latitude ?? .nan, station?.longitude ?? .nan)
    input.landCover = station?.landCover ?? ""
    if let first = study.dates.first, let last = study.dates.last { input.period = (first, last) }
    return input
  }

  /// Samples of rank 0 on all ranks.
  private func shared(_ samples: [SiteSamples], _ communicator: Communicator) throws -> [SiteSamples] {
    struct Content: Codable {
      var counts: [Int]
      @PackedIntegers var days: [Int]
      @PackedNumbers var numbers: [Double]
    }
    let content = try communicator.onRoot {
      Content(
        counts: samples.map(\.days.count), days: samples.flatMap(\.days),
        numbers: samples.flatMap { $0.moisture + $0.response })
    }
    var first = 0
    return content.counts.map { count in
      defer { first += count }
      return SiteSamples(
        days: Array(content.days[first..<first + count]),
        moisture: Array(content.numbers[2 * first..<2 * first + count]),
        response: Array(content.numbers[2 * first + count..<2 * (first + count)]))
    }
  }

  /// Refits of all stations, by station; on rank 0 alone.
  ///
  /// Collective. Groups of refits are dealt out to the ranks in turn.
  private func compute(_ samples: [SiteSamples], names: [String], _ run: JobRun) throws -> [[SiteRefit]] {
    let communicator = run.communicator
    var parts: [(site: Int, numbers: Range<Int>)] = []
    for (site, samples) in samples.enumerated() where samples.days.count >= rule.minimumDays {
      for first in stride(from: 1, through: refits, by: Self.partSize) {
        parts.append((site, first..<min(first + Self.partSize, refits + 1)))
      }
    }
    var numbers: [Double] = []
    try communicator.together {
      var current: (site: Int, refits: SiteRefits)?
      for part in stride(from: communicator.rank, to: parts.count, by: communicator.size) {
        try Interruption.check("while thresholds were fitted")
        let site = parts[part].site
        if current?.site != site {
          current = (site, SiteRefits(samples[site], block: block, seed: seed, site: names[site].identity))
        }
        if let current { numbers += parts[part].numbers.flatMap { current.refits.refit($0).numbers } }
        run.progress.update(share: Double(part + 1) / Double(parts.count))
      }
    }
    let all = try communicator.gatherBytes(numbers.withUnsafeBytes { [UInt8]($0) }).map { bytes in
      bytes.withUnsafeBytes { bytes in
        (0..<bytes.count / 8).map { bytes.loadUnaligned(fromByteOffset: 8 * $0, as: Double.self) }
      }
    }
    var found = [[SiteRefit]](repeating: [], count: samples.count)
    guard communicator.isRoot else { return found }
    var places = [Int](repeating: 0, count: communicator.size)
    for (part, (site, numbers)) in parts.enumerated() {
      let rank = part % communicator.size
      for _ in numbers {
        found[site].append(SiteRefit(numbers: all[rank][places[rank]..<places[rank] + 3]))
        places[rank] += 3
      }
    }
    return found
  }

  private func threshold(_ input: SiteInput, _ samples: SiteSamples, _ refits: [SiteRefit]) -> SiteThreshold {
    guard input.status == .ok else { return SiteThreshold(status: input.status) }
    let all = SiteRefits(samples, block: block, seed: seed, site: input.site.identity)
    return SiteThreshold(all.fit, refits: refits, blocks: all.blocks, rule)
  }

  private func moistureUnits(_ records: [SiteRecord]) -> String {
    let column = records.lazy.compactMap { $0.series[0].column }.first ?? days.moisture.quantities[0].columns[0]
    let units = SiteQuantity.units(of: column)
    return units.isEmpty ? "1" : units
  }

  // MARK: What is told

  /// What may be wrong with the input.
  private func concerns(_ inputs: [SiteInput], _ list: StationList?, hasMaps: Bool) -> [String] {
    guard list != nil || hasMaps else { return [] }
    let concerns = inputs.compactMap { list?[$0.site]?.concern }
    let lost = inputs.filter { $0.latitude.isNaN || $0.longitude.isNaN }.map(\.site)
    guard !lost.isEmpty else { return concerns }
    let names = lost.prefix(10).joined(separator: ", ") + (lost.count > 10 ? ", …" : "")
    return concerns + [
      "\(lost.count) of \(counted(inputs.count, "station")) \(lost.count == 1 ? "has" : "have") no coordinates in \(stations ?? "any list"): \(names)"
    ]
  }

  /// What the terminal is told; the report gets the same numbers.
  private func summary(_ results: [SiteResult], _ maps: [SiteComparison.Loaded], _ report: inout RunReport) -> String {
    var counts: [String: Int] = [:]
    for result in results { counts[result.threshold.status.name, default: 0] += 1 }
    report.statusCounts = counts
    let found = results.filter(\.hasThreshold)
    report.results = ["sites": Double(results.count), "thresholds": Double(found.count)]
    func number(_ value: Double, _ format: String = "%.4g") -> String {
      numberText(value, format)
    }
    var lines = [Self.row(["site", "days", "theta", "% of mean", "interval", "dAIC", "p", "status"])]
    lines += results.map { result in
      let threshold = result.threshold
      let interval = (result.ofThreshold(\.interval.low), result.ofThreshold(\.interval.high))
      return Self.row([
        result.input.site, "\(result.input.samples.days.count)", number(result.ofThreshold { $0.fit?.threshold }),
        number(result.percent(result.ofThreshold { $0.fit?.threshold }), "%.2f"),
        interval.0.isFinite ? "\(number(interval.0))…\(number(interval.1))" : "–",
        number(threshold.fit?.gain ?? .nan, "%.1f"), number(threshold.p, "%.3f"), threshold.status.name,
      ])
    }
    lines.append(
      "\(found.count) of \(counted(results.count, "station")) \(found.count == 1 ? "has" : "have") a threshold")
    for (index, map) in maps.enumerated() {
      let agreement = map.agreement(index, results)
      let name = map.comparison.name
      report.results["\(name)_n"] = Double(agreement.count)
      for (key, value) in [
        ("r", agreement.correlation), ("rmse", agreement.rmse), ("bias", agreement.bias),
        ("overlap", agreement.overlap),
      ] { report.results["\(name)_\(key)"] = value }
      var words = ["n \(agreement.count)"]
      if agreement.correlation.isFinite { words.append("r \(number(agreement.correlation))") }
      words.append("RMSE \(number(agreement.rmse)), bias \(number(agreement.bias)) \(map.units)")
      if agreement.overlap.isFinite { words.append("intervals overlap at \(number(100 * agreement.overlap)) %") }
      lines.append("\(name): " + words.joined(separator: ", "))
    }
    return lines.joined(separator: "\n")
  }

  private static func row(_ entries: [String]) -> String {
    let widths = [10, 6, 8, 10, 17, 7, 7, 0]
    return zip(entries, widths).enumerated().map { index, entry in
      let blanks = String(repeating: " ", count: max(0, entry.1 - entry.0.count))
      return index == 0 ? entry.0 + blanks : index == entries.count - 1 ? "  " + entry.0 : blanks + entry.0
    }.joined()
  }
}

extension String {
  /// A number that tells a station from others by its name (FNV-1a).
  fileprivate var identity: Int {
    Int(bitPattern: utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt($1)) &* 0x100_0000_01b3 })
  }
}
