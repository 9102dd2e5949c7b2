import Distributed
import Foundation
import Kernels

/// The writing of a model's run and of snapshots whose blend is known (`synthesize --snapshots`).
struct SnapshotSynthesisJob: MapJob {
  let running: RunSettings
  private let options: Synthesize
  private let folder: String

  private static let fill = Double(CLMHistoryFile.fill)
  /// Depths at which snapshots have values, metres.
  private static let depths = [0, 0.1, 0.3, 0.6, 1]
  /// Layers that towers measure, at their middle.
  private static let towerLayers = 3
  private static let towerCount = 3
  private static let hoursOfDay = 24

  init(_ command: Synthesize) throws {
    guard let folder = command.folder else {
      throw JobError(.usage, "the folder to write to is missing; e.g. smt-mpi synthesize demo --snapshots --months 1")
    }
    guard !command.levsoi, !command.climate, !command.sensitivity else {
      throw JobError(
        .usage, "--snapshots writes a run in place of an ensemble; leave --levsoi, --climate, --sensitivity out")
    }
    guard command.rows > 1, command.columns > 1 else {
      throw JobError(.usage, "--snapshots needs two rows and columns or more, for example --rows 8 --columns 12")
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

  /// Hours of the months before each one, and of all.
  private var monthStarts: [Int] {
    (0..<options.months).reduce(into: [0]) {
      $0.append($0[$0.count - 1] + Self.hoursOfDay * SyntheticEnsemble.daysOfMonths[$1 % 12])
    }
  }

  private var hourCount: Int { monthStarts[options.months] }

  /// Bytes of the land, of a day of all layers, and of a snapshot.
  private var memory: Int {
    let cells = options.rows * options.columns
    let pixels = SyntheticSnapshots.pixels * SyntheticSnapshots.pixels
    return 8 * cells
      * (40 + 3 * Self.hoursOfDay * SyntheticSnapshots.layers.count + 8 * pixels + hourCount / 120 * 10)
  }

  private func checkMemory() throws {
    try MemoryLimit.check(memory, for: "--rows \(options.rows) --columns \(options.columns)")
  }

  private var summary: String {
    """
    \(hourCount) hours on \(options.rows) x \(options.columns) cells, in \(folder)
    --model '\(folder)/model.*.nc:SOIL_WATER' --profile \(folder)/profiles.nc:a,b,c
    or --levels \(folder)/levels.nc:sm@\(Self.depths.map(\.shortText).joined(separator: ",")), or --snapshots-table \(folder)/probes.csv
    --residual \(folder)/soil.nc:residual --saturation \(folder)/soil.nc:saturation --towers \(folder)/towers.csv
    truth: \(folder)/truth.nc:blended, error, n_clipped, layer_error_rmse
    """
  }

  func dryRun(ranks: Int) throws -> String {
    try checkMemory()
    let bytes = 3 * 8 * SyntheticSnapshots.layers.count * options.rows * options.columns * hourCount
    return summary + "\n\(byteText(bytes)) before compression; \(byteText(memory)) of memory"
  }

  func perform(_ run: JobRun) throws -> String {
    try checkMemory()
    let snapshots = SyntheticSnapshots(
      land: SyntheticLand(
        rows: options.rows, columns: options.columns, oceanShare: options.oceanShare, seed: options.seed),
      hours: hourCount, seed: options.seed)
    try run.timer.measure("write") {
      try makeFolder(folder)
      let starts = monthStarts
      for month in 0..<options.months {
        try writeHours(
          snapshots, starts[month]..<starts[month + 1], to: "model.\(monthText(month)).nc", "hourly run of a model",
          [("SOIL_WATER", "volumetric soil water", snapshots.model)], run)
      }
      try writeTruth(snapshots, run)
      try writeSoil(snapshots)
      try writeProfiles(snapshots)
      try writeLevels(snapshots)
      try writeProbes(snapshots)
      try writeTowers(snapshots)
    }
    run.report.addOutput(.record, "\(folder)/truth.nc")
    return summary
  }

  // MARK: Times

  private func monthText(_ month: Int) -> String {
    String(format: "%04d-%02d", options.firstYear + month / 12, month % 12 + 1)
  }

  /// The middle of an hour.
  private func text(ofHour hour: Int) -> String {
    let starts = monthStarts
    let month = max(0, (starts.firstIndex { $0 > hour } ?? 1) - 1)
    let day = (hour - starts[month]) / Self.hoursOfDay + 1
    return monthText(month) + String(format: "-%02dT%02d:30", day, hour % Self.hoursOfDay)
  }

  private var timeAttributes: [(String, NetCDFWriter.Attribute)] {
    [
      ("standard_name", .text("time")), ("long_name", .text("time")),
      ("units", .text("hours since \(String(format: "%04d", options.firstYear))-01-01 00:00:00")),
      ("calendar", .text("noleap")), ("axis", .text("T")),
    ]
  }

  // MARK: Files

  private func file(_ name: String, _ title: String) throws -> NetCDFWriter {
    let writer = try NetCDFWriter("\(folder)/\(name)", format: options.format.format)
    for (name, value) in [
      ("Conventions", "CF-1.8"), ("title", title), ("source", ProgramVersion.source), ("history", commandLine),
    ] {
      try writer.put(name, .text(value))
    }
    return writer
  }

  private static func attributes(_ words: String, _ units: String) -> [(String, NetCDFWriter.Attribute)] {
    [("long_name", .text(words)), ("units", .text(units)), ("_FillValue", .numbers([fill], .double))]
  }

  private static func stored(_ value: Double) -> Double { value.isNaN ? fill : value }

  /// The layers of a file.
  private struct Depth {
    let dimension: NetCDFWriter.Dimension
    private let middles: NetCDFWriter.Variable
    private let bounds: NetCDFWriter.Variable

    init(_ writer: NetCDFWriter, _ ends: NetCDFWriter.Dimension) throws {
      dimension = try writer.dimension("depth", SyntheticSnapshots.layers.count)
      middles = try writer.variable(
        "depth", .double, [dimension],
        attributes: [
          ("standard_name", .text("depth")), ("long_name", .text("depth below the surface")), ("units", .text("m")),
          ("positive", .text("down")), ("axis", .text("Z")), ("bounds", .text("depth_bnds")),
        ])
      bounds = try writer.variable("depth_bnds", .double, [dimension, ends])
    }

    func write(to writer: NetCDFWriter) throws {
      try writer.write(SyntheticSnapshots.layers.map { ($0.top + $0.bottom) / 2 }, to: middles)
      try writer.write(SyntheticSnapshots.layers.flatMap { [$0.top, $0.bottom] }, to: bounds)
    }
  }

  private typealias Quantity = (name: String, words: String, value: (_ cell: Int, _ layer: Int, _ hour: Int) -> Double)

  /// Writes quantities (time, depth, lat, lon) of some hours, in double precision: a blend of stored values is known better
  /// than single precision tells.
  private func writeHours(
    _ snapshots: SyntheticSnapshots, _ hours: Range<Int>, to name: String, _ title: String, _ quantities: [Quantity],
    maps: [(name: String, words: String, units: String, values: [Double])] = [], _ run: JobRun
  ) throws {
    let writer = try file(name, title)
    let (rows, columns, layers) = (options.rows, options.columns, SyntheticSnapshots.layers.count)
    let time = try writer.dimension("time", hours.count, unlimited: true)
    let ends = try writer.dimension("bnds", 2)
    let depth = try Depth(writer, ends)
    let grid = try CLMGrid(define: snapshots.land, in: writer, withAreas: true)
    let times = try writer.variable(
      "time", .double, [time], attributes: timeAttributes + [("bounds", .text("time_bnds"))])
    let bounds = try writer.variable("time_bnds", .double, [time, ends])
    let variables = try quantities.map {
      try writer.variable(
        $0.name, .double, [time, depth.dimension, grid.latitude, grid.longitude],
        attributes: Self.attributes($0.words, "m3 m-3"), chunks: [Self.hoursOfDay, layers, rows, columns],
        deflate: options.deflate)
    }
    let others = try maps.map {
      try writer.variable(
        $0.name, .double, [depth.dimension, grid.latitude, grid.longitude],
        attributes: Self.attributes($0.words, $0.units))
    }
    try writer.endDefinitions()
    try grid.write(snapshots.land, to: writer)
    try depth.write(to: writer)
    try writer.write(hours.map { Double($0) + 0.5 }, to: times, start: [0], count: [hours.count])
    try writer.write(
      hours.flatMap { [Double($0), Double($0 + 1)] }, to: bounds, start: [0, 0], count: [hours.count, 2])
    for (variable, map) in zip(others, maps) { try writer.write(map.values, to: variable) }
    for day in stride(from: hours.lowerBound, to: hours.upperBound, by: Self.hoursOfDay) {
      try Interruption.check("while hours were written")
      for (variable, quantity) in zip(variables, quantities) {
        let values = (day..<day + Self.hoursOfDay).flatMap { hour in
          (0..<layers).flatMap { layer in
            (0..<rows * columns).map { Self.stored(quantity.value($0, layer, hour)) }
          }
        }
        try writer.write(
          values, to: variable, start: [day - hours.lowerBound, 0, 0, 0],
          count: [Self.hoursOfDay, layers, rows, columns])
      }
      run.progress.update(share: Double(day) / Double(hourCount))
    }
    try writer.commit()
  }

  private func writeTruth(_ snapshots: SyntheticSnapshots, _ run: JobRun) throws {
    let cells = 0..<snapshots.land.cellCount
    func map(_ value: (_ cell: Int, _ layer: Int) -> Double) -> [Double] {
      SyntheticSnapshots.layers.indices.flatMap { layer in cells.map { Self.stored(value($0, layer)) } }
    }
    let errors = map { cell, layer in ErrorStatistics(snapshots.leftOut(cell: cell, layer: layer)).rootMeanSquare }
    let clipped = map { cell, layer in
      guard snapshots.land.landFraction[cell] > 0 else { return .nan }
      let (low, high) = (snapshots.residual(cell: cell), snapshots.saturation(cell: cell, layer: layer))
      return Double(
        (0..<hourCount).count { hour in
          guard !snapshots.error(cell: cell, layer: layer, hour: hour).isNaN else { return false }
          let moisture = snapshots.moisture(cell: cell, layer: layer, hour: hour)
          return moisture < low || moisture > high
        })
    }
    try writeHours(
      snapshots, 0..<hourCount, to: "truth.nc", "blend of a synthetic run with its snapshots",
      [
        ("blended", "what a blend should find", snapshots.blended), ("error", "error of the model", snapshots.error),
      ],
      maps: [
        ("layer_error_rmse", "root mean square error of the blend at snapshots left out one by one", "m3 m-3", errors),
        ("n_clipped", "hours in which the blend is clipped", "1", clipped),
      ], run)
  }

  private func writeSoil(_ snapshots: SyntheticSnapshots) throws {
    let writer = try file("soil.nc", "bounds of soil moisture")
    let ends = try writer.dimension("bnds", 2)
    let depth = try Depth(writer, ends)
    let grid = try CLMGrid(define: snapshots.land, in: writer, withAreas: false)
    let residual = try writer.variable(
      "residual", .double, [grid.latitude, grid.longitude],
      attributes: Self.attributes("residual soil water", "m3 m-3"))
    let saturation = try writer.variable(
      "saturation", .double, [depth.dimension, grid.latitude, grid.longitude],
      attributes: Self.attributes("saturated soil water", "m3 m-3"))
    try writer.endDefinitions()
    try grid.write(snapshots.land, to: writer)
    try depth.write(to: writer)
    let cells = 0..<snapshots.land.cellCount
    try writer.write(cells.map(snapshots.residual), to: residual)
    try writer.write(
      SyntheticSnapshots.layers.indices.flatMap { layer in cells.map { snapshots.saturation(cell: $0, layer: layer) } },
      to: saturation)
    try writer.commit()
  }

  // MARK: Snapshots

  /// Writes fields of pixels of each snapshot.
  private func writePixels(
    _ snapshots: SyntheticSnapshots, to name: String, _ title: String, levels: [Double],
    _ variables: [(name: String, words: String, units: String, values: (MoistureProfile) -> [Double])]
  ) throws {
    let writer = try file(name, title)
    let (land, side) = (snapshots.land, SyntheticSnapshots.pixels)
    // Cells at the poles have their middle there: pixels beyond are none.
    let rows = side * (options.rows - 1) + 1
    let columns = side * options.columns
    let step = (180 / Double(options.rows - 1) / Double(side), 360 / Double(options.columns) / Double(side))
    let time = try writer.dimension("time", snapshots.hours.count, unlimited: true)
    let depth = levels.isEmpty ? nil : try writer.dimension("depth", levels.count)
    let (lat, lon) = (try writer.dimension("lat", rows), try writer.dimension("lon", columns))
    let times = try writer.variable("time", .double, [time], attributes: timeAttributes)
    let depths = try depth.map {
      try writer.variable(
        "depth", .double, [$0],
        attributes: [("standard_name", .text("depth")), ("units", .text("m")), ("positive", .text("down"))])
    }
    let latitudes = try writer.variable(
      "lat", .double, [lat], attributes: [("standard_name", .text("latitude")), ("units", .text("degrees_north"))])
    let longitudes = try writer.variable(
      "lon", .double, [lon], attributes: [("standard_name", .text("longitude")), ("units", .text("degrees_east"))])
    let defined = try variables.map {
      try writer.variable(
        $0.name, .double, [time] + [depth].compactMap { $0 } + [lat, lon],
        attributes: Self.attributes($0.words, $0.units), deflate: options.deflate)
    }
    try writer.endDefinitions()
    try writer.write(
      snapshots.hours.map { Double($0) + 0.5 }, to: times, start: [0], count: [snapshots.hours.count])
    if let depths { try writer.write(levels, to: depths) }
    try writer.write((0..<rows).map { -90 + Double($0) * step.0 }, to: latitudes)
    try writer.write((0..<columns).map { Double($0 - side / 2) * step.1 }, to: longitudes)
    for snapshot in snapshots.hours.indices {
      try Interruption.check("while snapshots were written")
      let profiles = (0..<rows).flatMap { row in
        (0..<columns).map { column in
          // The first row of a cell but the first one's is the one before its middle.
          let place = row + side / 2
          return snapshots.profile(
            cell: place / side * land.longitudes.count + column / side, snapshot: snapshot, row: place % side,
            column: column % side)
        }
      }
      for (variable, description) in zip(defined, variables) {
        let values = profiles.map { $0.map(description.values) }
        let fields = (0..<max(1, levels.count)).flatMap { level in values.map { $0?[level] ?? Self.fill } }
        try writer.write(
          fields, to: variable, start: [snapshot] + (levels.isEmpty ? [] : [0]) + [0, 0],
          count: [1] + (levels.isEmpty ? [] : [levels.count]) + [rows, columns])
      }
    }
    try writer.commit()
  }

  private func writeProfiles(_ snapshots: SyntheticSnapshots) throws {
    try writePixels(
      snapshots, to: "profiles.nc", "snapshots of soil moisture as profiles a z2 + b z + c", levels: [],
      [
        ("a", "coefficient of the square of the depth", "m-2", { [$0.a] }),
        ("b", "coefficient of the depth", "m-1", { [$0.b] }), ("c", "soil moisture at the surface", "1", { [$0.c] }),
      ])
  }

  private func writeLevels(_ snapshots: SyntheticSnapshots) throws {
    try writePixels(
      snapshots, to: "levels.nc", "snapshots of soil moisture at depths", levels: Self.depths,
      [("sm", "soil moisture", "m3 m-3", { profile in Self.depths.map(profile.value) })])
  }

  /// The same snapshots as probes would take them, in the middle of cells.
  private func writeProbes(_ snapshots: SyntheticSnapshots) throws {
    var table = Table(columns: ["time", "lat", "lon", "depth", "value"])
    let land = snapshots.land
    for (number, hour) in snapshots.hours.enumerated() {
      for cell in 0..<land.cellCount where snapshots.isSeen(cell: cell, snapshot: number) {
        let profile = snapshots.profile(cell: cell, hour: hour)
        for depth in Self.depths {
          table.add([
            .text(text(ofHour: hour)), .number(land.latitudes[cell / land.longitudes.count]),
            .number(land.longitudes[cell % land.longitudes.count]), .number(depth), .number(profile.value(at: depth)),
          ])
        }
      }
    }
    try table.write(to: "\(folder)/probes.csv")
  }

  /// Towers that measure 0.01, 0.02 and 0.03 more than what a blend should find.
  private func writeTowers(_ snapshots: SyntheticSnapshots) throws {
    var table = Table(columns: ["site", "lat", "lon", "time", "depth", "value"])
    let land = snapshots.land
    let seen = (0..<land.cellCount).filter(snapshots.isSeen)
    for number in 0..<min(Self.towerCount, seen.count) {
      let cell = seen[(2 * number + 1) * seen.count / (2 * Self.towerCount)]
      for hour in 0..<hourCount {
        for layer in 0..<Self.towerLayers {
          let own = SyntheticSnapshots.layers[layer]
          table.add([
            .text("XX-T\(number + 1)"), .number(land.latitudes[cell / land.longitudes.count]),
            .number(land.longitudes[cell % land.longitudes.count]), .text(text(ofHour: hour)),
            .number((own.top + own.bottom) / 2),
            .number(snapshots.blended(cell: cell, layer: layer, hour: hour) + 0.01 * Double(number + 1)),
          ])
        }
      }
    }
    try table.write(to: "\(folder)/towers.csv")
  }
}
