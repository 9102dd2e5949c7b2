import Distributed
import Foundation
import Kernels

/// The writing of two runs whose sensitivities to soil moisture are known (`synthesize --runs`).
struct RunPairJob: MapJob {
  let running: RunSettings
  private let options: Synthesize
  private let folder: String

  /// The files of the runs A and B.
  private static let names = ["native.nc", "blended.nc"]
  private static let variables: [(name: String, words: String)] = [
    ("GPP", "gross primary production"), ("AR", "autotrophic respiration"), ("HR", "heterotrophic respiration"),
  ]
  /// Edges of the soil layers, m.
  private static let edges = [0, 0.1, 0.4, 1, 2]
  /// Moisture of the layers as part of the mean over the upper metre; that of the third makes it the mean.
  private static let profile = [0.8, 0.9, (1 - 0.1 * 0.8 - 0.3 * 0.9) / 0.6, 1.2]
  private static let fill = Double(CLMHistoryFile.fill)

  init(_ command: Synthesize) throws {
    guard let folder = command.folder else {
      throw JobError(.usage, "the folder to write to is missing; e.g. smt-mpi synthesize demo --runs")
    }
    guard !command.levsoi, !command.climate, !command.sensitivity else {
      throw JobError(
        .usage, "--runs writes two runs in place of an ensemble; leave --levsoi, --climate, --sensitivity out")
    }
    self.folder = folder
    options = command
    running = try RunSettings(command.shared, outputs: [], folders: [RunFolder(option: "folder", path: folder)])
    let present = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    guard present.isEmpty || running.overwrites else {
      throw JobError(
        .cannotWrite, "\(folder): the folder is not empty; give --overwrite to replace files of the same names")
    }
  }

  /// First and last day of the steps, from the start of the first year.
  private var steps: [Range<Int>] {
    var start = 0
    return (0..<options.months).flatMap { month in
      let length = SyntheticEnsemble.daysOfMonths[month % 12]
      let first = start
      start += length
      return options.daily ? (first..<start).map { $0..<$0 + 1 } : [first..<start]
    }
  }

  /// Bytes of the land and of the fields of a step.
  private var memory: Int { options.rows * options.columns * 8 * (40 + 2 * Self.profile.count) }

  private func summary() -> String {
    let flux = Self.variables.enumerated().map { "\(["GPP", "RA", "RH"][$0])=\($1.name)" }.joined(separator: " ")
    return """
      2 runs of \(steps.count) \(options.daily ? "days" : "months") on \(options.rows) x \(options.columns) cells, in \(folder)
      --run-a \(folder)/\(Self.names[0]) --run-b \(folder)/\(Self.names[1])
      --moisture SOIL_WATER --depth 0-1 --flux \(flux)
      truth: \(folder)/truth.nc:beta_gpp, beta_ra, beta_rh, beta_reco, beta_nee
      """
  }

  func dryRun(ranks: Int) throws -> String {
    try MemoryLimit.check(memory, for: "--rows \(options.rows) --columns \(options.columns)")
    let fields = Self.profile.count + Self.variables.count
    let bytes = 2 * 8 * fields * options.rows * options.columns * steps.count
    return summary() + "\n\(byteText(bytes)) before compression; \(byteText(memory)) of memory"
  }

  func perform(_ run: JobRun) throws -> String {
    try MemoryLimit.check(memory, for: "--rows \(options.rows) --columns \(options.columns)")
    let pair = SyntheticRunPair(
      land: SyntheticLand(
        rows: options.rows, columns: options.columns, oceanShare: options.oceanShare, seed: options.seed),
      seed: options.seed)
    try run.timer.measure("write") {
      try makeFolder(folder)
      for number in Self.names.indices { try write(pair, run: number, run) }
      try writeTruth(pair)
    }
    run.report.addOutput(.maps, "\(folder)/truth.nc")
    return summary()
  }

  private func define(_ pair: SyntheticRunPair, _ writer: NetCDFWriter, title: String) throws -> CLMGrid {
    for (name, value) in [
      ("Conventions", "CF-1.8"), ("title", title), ("source", ProgramVersion.source), ("history", commandLine),
    ] {
      try writer.put(name, .text(value))
    }
    return try CLMGrid(define: pair.land, in: writer, withAreas: true)
  }

  private static func attributes(_ words: String, _ units: String) -> [(String, NetCDFWriter.Attribute)] {
    [("long_name", .text(words)), ("units", .text(units)), ("_FillValue", .numbers([fill], .double))]
  }

  /// In double precision: β of stored values is known better than single precision tells.
  private func write(_ pair: SyntheticRunPair, run number: Int, _ run: JobRun) throws {
    let writer = try NetCDFWriter("\(folder)/\(Self.names[number])", format: options.format.format)
    let steps = steps
    let time = try writer.dimension("time", steps.count, unlimited: true)
    let pairOfEnds = try writer.dimension("bnds", 2)
    let depth = try writer.dimension("depth", Self.profile.count)
    let grid = try define(pair, writer, title: "run \(["A", "B"][number]) of two with known sensitivities")
    let year = String(format: "%04d", options.firstYear)
    let times = try writer.variable(
      "time", .double, [time],
      attributes: [
        ("standard_name", .text("time")), ("long_name", .text("time")),
        ("units", .text("days since \(year)-01-01 00:00:00")), ("calendar", .text("noleap")),
        ("bounds", .text("time_bnds")), ("axis", .text("T")),
      ])
    let bounds = try writer.variable("time_bnds", .double, [time, pairOfEnds])
    let depths = try writer.variable(
      "depth", .double, [depth],
      attributes: [
        ("standard_name", .text("depth")), ("long_name", .text("depth below the surface")), ("units", .text("m")),
        ("positive", .text("down")), ("axis", .text("Z")), ("bounds", .text("depth_bnds")),
      ])
    let edges = try writer.variable("depth_bnds", .double, [depth, pairOfEnds])
    let (rows, columns) = (options.rows, options.columns)
    let water = try writer.variable(
      "SOIL_WATER", .double, [time, depth, grid.latitude, grid.longitude],
      attributes: Self.attributes("volumetric soil water", "m3 m-3"), chunks: [1, Self.profile.count, rows, columns],
      deflate: options.deflate)
    let fluxes = try Self.variables.map {
      try writer.variable(
        $0.name, .double, [time, grid.latitude, grid.longitude], attributes: Self.attributes($0.words, "gC m-2 s-1"),
        chunks: [1, rows, columns], deflate: options.deflate)
    }
    try writer.endDefinitions()
    try grid.write(pair.land, to: writer)
    try writer.write(
      steps.map { Double($0.lowerBound + $0.upperBound) / 2 }, to: times, start: [0], count: [steps.count])
    try writer.write(
      steps.flatMap { [Double($0.lowerBound), Double($0.upperBound)] }, to: bounds, start: [0, 0],
      count: [steps.count, 2])
    try writer.write(zip(Self.edges, Self.edges.dropFirst()).map { ($0 + $1) / 2 }, to: depths)
    try writer.write(zip(Self.edges, Self.edges.dropFirst()).flatMap { [$0, $1] }, to: edges)
    let rate = 1000 / (CarbonFluxUnits.daysPerYear * 86400)
    for (index, step) in steps.enumerated() {
      try Interruption.check("while runs were written")
      let middle = Double(step.lowerBound + step.upperBound) / 730
      let moisture = pair.moisture(run: number, time: middle)
      try writer.write(
        Self.profile.flatMap { part in moisture.map { $0.isNaN ? Self.fill : part * $0 } }, to: water,
        start: [index, 0, 0, 0], count: [1, Self.profile.count, rows, columns])
      for (variable, flux) in zip(fluxes, SyntheticRunPair.Flux.allCases) {
        try writer.write(
          pair.flux(flux, run: number, time: middle).map { $0.isNaN ? Self.fill : rate * $0 }, to: variable,
          start: [index, 0, 0], count: [1, rows, columns])
      }
      run.progress.update(share: (Double(number) + Double(index + 1) / Double(steps.count)) / 2)
    }
    try writer.commit()
  }

  private func writeTruth(_ pair: SyntheticRunPair) throws {
    let writer = try NetCDFWriter("\(folder)/truth.nc", format: options.format.format)
    let grid = try define(pair, writer, title: "sensitivities of two synthetic runs")
    let (gpp, ra, rh) = (pair.beta[0], pair.beta[1], pair.beta[2])
    let reco = zip(ra, rh).map { $0 + $1 }
    let maps = [
      ("gpp", gpp), ("ra", ra), ("rh", rh), ("reco", reco), ("nee", zip(reco, gpp).map { $0 - $1 }),
    ]
    let variables = try maps.map { name, _ in
      try writer.variable(
        "beta_\(name)", .double, [grid.latitude, grid.longitude],
        attributes: Self.attributes("sensitivity of \(name.uppercased()) to soil moisture, per m3 m-3", "kg m-2 yr-1"))
    }
    try writer.endDefinitions()
    try grid.write(pair.land, to: writer)
    for (variable, map) in zip(variables, maps) {
      try writer.write(map.1.map { $0.isNaN ? Self.fill : $0 }, to: variable)
    }
    try writer.commit()
  }
}
