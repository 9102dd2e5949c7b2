import Distributed
import Foundation
import Kernels

/// The comparison of maps with site-years and with each other, checked.
struct ValidationJob: MapJob {
  let running: RunSettings
  private let sources: [ValidatedSource]
  private let texts: [String]
  private let samples: String
  private let column: String
  private let period: ClosedRange<Int>?
  private let table: String?
  private let pairs: String?
  private let picture: String?

  init(_ command: RespireValidate) throws {
    guard let map = command.map else {
      throw JobError(
        .usage, "the map is missing; e.g. smt-mpi respire validate reco.nc:RECO --samples independent.csv")
    }
    guard let samples = command.samples else {
      throw JobError(
        .usage, "--samples is missing; e.g. --samples independent.csv, with columns site, lat, lon, year, value")
    }
    self.samples = samples
    column = command.value
    period = try command.period.map(OptionText.years)
    (table, pairs, picture) = (command.table, command.pairs, command.picture)
    sources =
      [try ValidatedSource(map, option: "the map")]
      + (try command.against.map { try ValidatedSource($0, option: "--against") })
    texts = [map] + command.against
    var names = Set(["site", "lat", "lon", "year", "observed"])
    for source in sources where !names.insert(source.name).inserted {
      throw JobError(
        .usage, "two maps are called '\(source.name)'; give names, for example --against OTHER=other.nc:\(source.name)")
    }
    running = try RunSettings(
      command.shared,
      outputs: [
        RunFile("table", table, .table), RunFile("pairs", pairs, .pairs), RunFile("picture", picture, .picture),
      ])
    try running.checkOutputs(against: [samples])
  }

  /// What is known before maps are read.
  private struct Plan {
    let table: SiteYearTable
    let readers: [PredictorReader]
    /// By map, what takes its values to the units of the results.
    let factors: [Double]
    let units: String
    var warnings: Warnings
    let memory: Int
  }

  private func makePlan(ranks: Int, baseMemory: Int, _ communicator: Communicator) throws -> Plan {
    let table = try communicator.onRoot { try SiteYearTable(samples, column: column) }
    let sampled = table.samples.map(\.year)
    let years = period ?? (sampled.min() ?? 0)...(sampled.max() ?? 0)
    var warnings = Warnings(isStrict: running.isStrict, communicator)
    try communicator.together {
      guard sampled.contains(where: years.contains) else {
        throw JobError(
          .usage,
          "--period \(years.lowerBound)-\(years.upperBound): \(samples) has no site-year of it, but of "
            + "\(sampled.min() ?? 0) to \(sampled.max() ?? 0)")
      }
    }
    let readers = try sources.map { try PredictorReader([$0.request], years: years, communicator) }
    for reader in readers {
      try running.checkOutputs(against: reader.land)
      try warnings.add(reader.warnings)
      reader.notes.forEach { warnings.note($0) }
    }
    let units = readers.map { $0.predictors[0].units }
    // What was observed stays as it is; maps are converted.
    let target = table.units.isEmpty ? units[0] : table.units
    if table.units.isEmpty { try warnings.add(["\(samples): the values have no units; taken as '\(target)'"]) }
    var factors: [Double] = []
    for (source, own) in zip(sources, units) {
      let (factor, concern) = try communicator.together { try source.factor(from: own, to: target) }
      factors.append(factor)
      try warnings.add([concern].compactMap { $0 })
    }
    let memory =
      max(baseMemory, peakMemoryBytes()) + Assumptions.libraryBytes
      + (readers.map { ValidatedMap.bytes($0, ranks: ranks) }.max() ?? 0)
    try running.checkMemory(memory, ranks: ranks, communicator)
    return Plan(
      table: table, readers: readers, factors: factors, units: target, warnings: warnings, memory: memory)
  }

  func dryRun(ranks: Int) throws -> String {
    let plan = try makePlan(ranks: ranks, baseMemory: peakMemoryBytes() + Assumptions.mpiBytes, .single)
    let years = plan.readers[0].years
    return
      (["samples:  \(plan.table.samples.count) site-years at \(plan.table.sites.count) sites"]
      + zip(sources, plan.readers).map { "map:      \($0.name), \($1.land.period) on \($1.grid.summary)" }
      + ["period:   \(years.lowerBound)-\(years.upperBound)", "units:    \(plan.units)"]
      + running.outputs.map { "\($0.option): \($0.path)" }
      + ["memory:   \(byteText(plan.memory)) a rank, predicted"]).joined(separator: "\n")
  }

  func perform(_ run: JobRun) throws -> String {
    let communicator = run.communicator
    var plan = try run.timer.measure("catalogue") {
      try makePlan(ranks: communicator.size, baseMemory: peakMemoryBytes(), communicator)
    }
    run.report.predictedPeakMemory = plan.memory
    let areas = plan.readers.map(\.gridPath)
    let maps = try run.timer.measure("maps") {
      try sources.indices.map { index in
        try ValidatedMap(
          sources[index], plan.readers[index], times: plan.factors[index], areas: areas, plan.table, communicator)
      }
    }
    for map in maps { try check(map, plan.table, &plan.warnings, communicator) }
    run.bytesRead = plan.readers.reduce(0) { $0 + $1.account.bytesRead }
    run.report.areaWeights = maps[0].weights
    run.report.warnings = plan.warnings.texts
    let result = ValidationResult(
      table: plan.table, units: plan.units, maps: maps,
      scores: maps.map { ValidationScores($0, plan.table) }, sources: texts)
    run.report.results = result.numbers
    try run.timer.measure("write") {
      try run.checkLocks()
      try communicator.together {
        guard communicator.isRoot else { return }
        if let table { try result.scoreTable.write(to: table) }
        if let pairs { try result.pairTable.write(to: pairs) }
        if let picture { try TextFile.write(result.pictureText, to: picture) }
      }
    }
    return (result.lines + ["means by area: \(maps[0].weights)"]).joined(separator: "\n")
  }

  /// Tells of sites that a map says nothing of.
  ///
  /// - Throws: exit code 65 where it says nothing of any.
  private func check(
    _ map: ValidatedMap, _ table: SiteYearTable, _ warnings: inout Warnings, _ communicator: Communicator
  ) throws {
    let missing = map.siteValues.count { $0.isNaN }
    guard missing > 0 else { return }
    let outside =
      map.sitesOutside > 0
      ? "\(counted(map.sitesOutside, "site", ("lies", "lie"))) outside of its grid; all else is " : ""
    let text =
      "\(map.name) has no value at \(missing) of \(map.siteValues.count) site-years of \(samples): \(outside)in cells without "
      + "data, or in years that it or the period does not have"
    try communicator.together {
      guard missing < map.siteValues.count else {
        throw JobError(.inputData, text + ". Look at the coordinates of the sites, and at --period")
      }
    }
    warnings.note(text)
  }
}
