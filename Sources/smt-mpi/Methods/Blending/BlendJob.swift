import Distributed
import Foundation
import Kernels

/// Snapshots to blend into a model's soil moisture.
struct BlendJob: MapJob {
  private let settings: BlendSettings

  init(_ settings: BlendSettings) { self.settings = settings }

  var running: RunSettings { settings.running }

  /// What the headers of the files say.
  private struct Input: Codable {
    var record: LayeredRecord
    var snapshots: [SnapshotFile]
  }

  private func readHeaders() throws -> Input {
    let record = try LayeredRecord(
      settings.model.pattern, settings.model.variable, settings.layout, layers: settings.layers, start: settings.start)
    // The copies keep the units of the file.
    guard SoilMoistureUnits.volumetricScale(record.units) == 1 else {
      throw JobError(
        .inputData,
        "\(record.files[0].path): '\(record.name)' is in '\(record.units)'; expected volumetric soil moisture, m3 m-3: "
          + "convert it first")
    }
    for layer in settings.scoreLayers where layer.weights(of: Self.layers(of: record)).isEmpty {
      throw JobError(
        .usage,
        "--score-layers \(layer.top.shortText)-\(layer.bottom.shortText): the model's layers reach down to "
          + "\((record.bottoms.last ?? 0).shortText) m")
    }
    let source: (pattern: String, variables: [String], levels: Int?)?
    switch settings.source {
    case .profile(let pattern, let variables): source = (pattern, variables, nil)
    case .levels(let pattern, let variables, let depths): source = (pattern, variables, depths.count)
    case .table: source = nil
    }
    var files: [SnapshotFile] = []
    if let source {
      let found = paths(matching: source.pattern)
      guard !found.isEmpty else { throw JobError(.noInput, "'\(source.pattern)': no file matches") }
      files = try found.map { try SnapshotFile($0, source.variables, levels: source.levels, on: record) }
    }
    return Input(record: record, snapshots: files)
  }

  private static func layers(of record: LayeredRecord) -> [SoilLayer] {
    zip(record.tops, record.bottoms).map { SoilLayer(top: $0, bottom: $1) }
  }

  /// Bytes that a rank holds: the errors at snapshots and what they are made of, and a block.
  private func bytes(_ record: LayeredRecord, snapshots: Int, _ blocks: Int) -> Int {
    let size = record.layerCount * record.grid.cellCount
    // Rank 0 has its own block, as stored and as chunks, beside that of another rank.
    return 8 * snapshots * (4 * size + 2 * Snapshots.width * record.grid.cellCount) + size * blocks * 72
  }

  // MARK: Dry run

  func dryRun(ranks: Int) throws -> String {
    let input = try readHeaders()
    let record = input.record
    let folder = try BlendFolder(
      settings.folder, copiesOf: record.files.map(\.path), settings.otherFiles(input.snapshots))
    let resumes = try folder.check(settings.fingerprint, overwrites: running.overwrites)
    func line(_ title: String, _ text: String) -> String {
      (title + ":").padding(toLength: 11, withPad: " ", startingAt: 0) + text
    }
    let snapshots = Set(input.snapshots.flatMap(\.steps)).count
    let memory = bytes(record, snapshots: snapshots, BlendBlocks.steps(of: record))
    let size = record.files.reduce(0) { $0 + (Self.size(of: $1.path) ?? 0) }
    return [
      line("grid", record.grid.summary), line("layers", Self.text(record)), line("steps", steps(record)),
      line(
        "snapshots",
        input.snapshots.isEmpty ? "of a table" : "\(snapshots) in \(counted(input.snapshots.count, "file"))"),
      line(
        "memory",
        "\(byteText(memory + peakMemoryBytes() + Assumptions.mpiBytes + Assumptions.libraryBytes)) a rank, predicted, on "
          + counted(ranks, "rank")),
      line(
        "output",
        "\(settings.folder): \(byteText(size)) of copies and blended.nc"
          + (resumes ? ", of which this job has left a part that the same command takes up" : "")),
    ].joined(separator: "\n")
  }

  private static func size(of path: String) -> Int? {
    (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? NSNumber)?.intValue
  }

  private static func text(_ record: LayeredRecord) -> String {
    "\(record.layerCount), 0 to \((((record.bottoms.last ?? 0) * 1e6).rounded() / 1e6).shortText) m"
  }

  private func steps(_ record: LayeredRecord) -> String {
    let unfilled = record.files.reduce(0) { $0 + $1.unfilledCount }
    return "\(record.count) in \(counted(record.files.count, "file")), from \(record.text(ofStep: 0)) to "
      + record.text(ofStep: record.count - 1) + (unfilled > 0 ? "; \(unfilled) behind them hold nothing" : "")
  }

  // MARK: Run

  func perform(_ run: JobRun) throws -> String {
    let communicator = run.communicator
    let base = peakMemoryBytes() + Assumptions.libraryBytes
    let input = try run.timer.measure("headers") { try communicator.onRoot { try readHeaders() } }
    let record = input.record
    let folder = try communicator.together {
      try BlendFolder(
        settings.folder, copiesOf: record.files.map(\.path), settings.otherFiles(input.snapshots))
    }
    let resumes = try communicator.onRoot { try folder.check(settings.fingerprint, overwrites: running.overwrites) }
    var warnings = Warnings(isStrict: running.isStrict, communicator)
    try warnings.add([record.warning].compactMap { $0 })
    let stations = try settings.stations.map { path in try communicator.together { try StationList(path) } }
    let bounds = try communicator.onRoot {
      try BlendBounds(residual: settings.residual, saturation: settings.saturation, on: record)
    }
    let towers = try settings.towers.map { path in
      try communicator.onRoot { try Towers(path, stations, settings.scoreLayers, on: record) }
    }
    let snapshots = try run.timer.measure("snapshots") { try readSnapshots(input, stations, run) }
    let readers = LayeredReaders(record)
    let (blending, isLand) = try run.timer.measure("errors") {
      try makeBlending(snapshots, bounds, record, readers, run)
    }
    let status = status(snapshots, blending, isLand)
    let unlike = status.indices.count { cell in
      status[cell] == .notLand && hasProfile(snapshots, cell: cell, cells: status.count)
    }
    guard status.contains(.ok) else {
      let counts = BlendStatus.allCases.map { kind in "\(kind.rawValue) \(status.count { $0 == kind })" }
      try communicator.together {
        throw JobError(
          .inputData,
          "no cell of '\(record.name)' has a snapshot (\(counts.joined(separator: ", "))); compare the places of the "
            + "snapshots with the model's, or lower --minimum-share")
      }
      return ""
    }
    let weights = settings.scoreLayers.map { $0.weights(of: Self.layers(of: record)) }
    let steps = BlendBlocks.steps(of: record)
    let memory = base + bytes(record, snapshots: snapshots.steps.count, steps)
    run.report.predictedPeakMemory = memory
    try running.checkMemory(memory, ranks: communicator.size, communicator)

    var lock: OutputLock?
    var log: BlockLog?
    defer { lock?.release() }
    do {
      let (kept, finishedCount, concern) = try communicator.onRoot {
        try makeFolder(folder.path)
        lock = try OutputLock(output: folder.blended)
        try folder.begin(settings.fingerprint)
        let opened = try folder.log(settings.fingerprint, resumes: resumes)
        log = opened
        for file in record.files { FileCopy.removeRemains(of: folder.copy(of: file.path)) }
        let kept = record.files.map { resumes && FileManager.default.fileExists(atPath: folder.copy(of: $0.path)) }
        let missing = zip(record.files, kept).reduce(0) { $1.1 ? $0 : $0 + (Self.size(of: $1.0.path) ?? 0) }
        try FileCopy.checkSpace(missing, beside: folder.blended)
        return Beginning(kept: kept, finishedCount: opened.count, concern: opened.concern)
      }.values
      try warnings.add([concern].compactMap { $0 })
      let blocks = BlendBlocks(
        record: record, blending: blending, steps: steps, weights: weights,
        towers: towers?.sites.map(\.cell) ?? [], isCopied: kept.map { !$0 }, finishedCount: finishedCount)
      try MemoryLimit.check(blocks.bytes, for: "\(counted(blocks.steps, "step")) of '\(record.name)'")
      try blend(blocks, folder, kept, log, readers, run)
      run.report.results["snapshots_without_model"] = Double(unlike)
      return try write(blocks, snapshots, towers, status, folder, kept, log, &warnings, run)
    } catch {
      // What is there is another job's where that holds the lock.
      if lock != nil { folder.discard(log) }
      throw error
    }
  }

  /// What an earlier run has left.
  private struct Beginning: Codable {
    /// By file, whether its copy is complete.
    var kept: [Bool]
    /// Blocks of the blended record that are finished.
    var finishedCount: Int
    /// What is wrong with them.
    var concern: String?

    var values: ([Bool], Int, String?) { (kept, finishedCount, concern) }
  }

  private func readSnapshots(_ input: Input, _ stations: StationList?, _ run: JobRun) throws -> Snapshots {
    let reader = SnapshotReader(
      record: input.record, unit: settings.unit, valid: settings.valid, bottom: settings.bottom,
      cellWidth: settings.cellWidth)
    switch settings.source {
    case .table(let path): return try run.communicator.onRoot { try reader.read(table: path, stations) }
    case .profile: return try reader.read(input.snapshots, depths: nil, run)
    case .levels(_, _, let depths): return try reader.read(input.snapshots, depths: depths, run)
    }
  }

  /// The errors at snapshots: what was observed in the layers, and the model's values at the same steps.
  ///
  /// - Returns: also whether the model has a value at any of them, by cell.
  private func makeBlending(
    _ snapshots: Snapshots, _ bounds: BlendBounds, _ record: LayeredRecord, _ readers: LayeredReaders, _ run: JobRun
  ) throws -> (Blending, isLand: [Bool]) {
    let cells = record.grid.cellCount
    let size = record.layerCount * cells
    var observed = [Double](repeating: .nan, count: snapshots.steps.count * size)
    for snapshot in snapshots.steps.indices {
      for cell in 0..<cells {
        guard
          let profile = snapshots.profile(snapshot, cell: cell, cells: cells, minimumShare: settings.minimumShare)
        else { continue }
        for layer in 0..<record.layerCount where record.tops[layer] < settings.bottom - 1e-6 {
          observed[snapshot * size + layer * cells + cell] = profile.mean(
            from: record.tops[layer], to: min(record.bottoms[layer], settings.bottom))
        }
      }
    }
    var model = [Double](repeating: .nan, count: run.communicator.isRoot ? observed.count : 0)
    try run.communicator.inTurns(snapshots.steps.count) { snapshot in
      try readers.values(ofStep: snapshots.steps[snapshot]).withUnsafeBytes { [UInt8]($0) }
    } take: { snapshot, bytes in
      model.replaceSubrange(snapshot * size..<(snapshot + 1) * size, with: bytes.doubles)
    }
    model = try run.communicator.broadcast(model.withUnsafeBytes { [UInt8]($0) }).doubles
    var isLand = [Bool](repeating: false, count: cells)
    for (index, value) in model.enumerated() where !value.isNaN { isLand[index % cells] = true }
    let blending = Blending(
      times: snapshots.steps.map { Double(record.starts[$0]) }, model: model, observed: observed,
      lower: bounds.residual, upper: bounds.saturation, layerCount: record.layerCount, cellCount: cells)
    return (blending, isLand)
  }

  /// Whether a cell has a snapshot.
  private func hasProfile(_ snapshots: Snapshots, cell: Int, cells: Int) -> Bool {
    snapshots.steps.indices.contains {
      snapshots.profile($0, cell: cell, cells: cells, minimumShare: settings.minimumShare) != nil
    }
  }

  private func status(_ snapshots: Snapshots, _ blending: Blending, _ isLand: [Bool]) -> [BlendStatus] {
    let cells = isLand.count
    return (0..<cells).map { cell in
      if snapshots.steps.indices.contains(where: { snapshot in
        !blending.found[snapshot * blending.layerCount * cells + cell].isNaN
      }) {
        return .ok
      }
      if !isLand[cell] || hasProfile(snapshots, cell: cell, cells: cells) { return .notLand }
      return snapshots.hasPixels(cell: cell, cells: cells) ? .tooFewPixels : .noSnapshot
    }
  }

  /// Makes the blocks that are not finished, and the copies.
  private func blend(
    _ blocks: BlendBlocks, _ folder: BlendFolder, _ kept: [Bool], _ log: BlockLog?, _ readers: LayeredReaders,
    _ run: JobRun
  ) throws {
    let communicator = run.communicator
    let pending = blocks.pending
    try run.timer.measure("blend") {
      let copies = BlendCopies(blocks.record, folder, kept: kept)
      for first in stride(from: 0, to: pending.count, by: communicator.size) {
        try stopIfInterrupted(done: log?.count ?? 0, of: blocks.count, communicator)
        let own = first + communicator.rank
        let made = try communicator.together { own < pending.count ? try blocks.make(pending[own], readers) : [] }
        try communicator.forEachChunk(made) { rank, made in
          guard let log, first + rank < pending.count else { return }
          try blocks.take(pending[first + rank], made, copies, log)
        }
        run.progress.update(share: Double(min(pending.count, first + communicator.size)) / Double(pending.count))
      }
      try communicator.together { if communicator.isRoot { try copies.commit() } }
    }
    run.bytesRead += readers.bytesRead
  }

  /// Ends all ranks where a signal has reached any of them.
  private func stopIfInterrupted(done: Int, of count: Int, _ communicator: Communicator) throws {
    guard try communicator.allReduce([Interruption.signalNumber == nil ? 0 : 1], .sum)[0] > 0 else { return }
    try communicator.together {
      guard communicator.isRoot else { return }
      throw JobError(
        .interrupted,
        "interrupted by a signal: \(done) of \(counted(count, "block")) \(done == 1 ? "is" : "are") done and kept, and copies that are complete; the same "
          + "command resumes")
    }
  }

  private func write(
    _ blocks: BlendBlocks, _ snapshots: Snapshots, _ towers: Towers?, _ status: [BlendStatus], _ folder: BlendFolder,
    _ kept: [Bool], _ log: BlockLog?, _ warnings: inout Warnings, _ run: JobRun
  ) throws -> String {
    let (communicator, record) = (run.communicator, blocks.record)
    var attributes = MapWriter.FileAttributes(
      title: "Soil moisture of a model blended with snapshots, \(record.text(ofStep: 0)) to "
        + record.text(ofStep: record.count - 1),
      source: ProgramVersion.source,
      references: "Zhang et al. (2019)", commandLine: commandLine,
      comment: warnings.added(
        to: "The blend is the model minus the error, clipped to residual and saturated moisture."),
      configuration: settings.configuration)
    attributes.span = TimeSpan(
      [(record.starts[0], record.ends[record.count - 1])], calendar: record.calendar)
    var text = ""
    try run.timer.measure("write") {
      try communicator.together {
        guard communicator.isRoot, let log else { return }
        let grid = try record.gridWithAreas()
        let words = ["soil moisture of the model", "soil moisture of the blend", "error of the model's soil moisture"]
        let writer = try LayeredWriter(
          zip(BlendBlocks.variables, words).map {
            LayeredWriter.Variable(
              $0, units: "m3 m-3", longName: $1, standardName: $0 == "error" ? nil : BlendMaps.moistureName)
          },
          of: record, on: grid, stepsOfChunk: blocks.steps, attributes, to: folder.blended)
        let sums = try blocks.write(log, to: writer, run.progress)
        let maps = BlendMaps(
          record: record, layers: settings.scoreLayers, weights: blocks.weights, blending: blocks.blending,
          status: status, sums: sums)
        let scored = maps.scored()
        try maps.write(scored, on: grid, attributes, to: folder.maps)
        try maps.table(scored).write(to: folder.scores)
        if let towers {
          try TowerScores.table(
            towers, settings.scoreLayers, record, series: sums.series, snapshotSteps: snapshots.steps,
            snapshots: towers.sites.map { site in
              settings.scoreLayers.indices.map { maps.means(blocks.blending.observed, layer: $0, cell: site.cell) }
            }
          ).write(to: folder.towers)
        }
        log.remove()
        folder.finish()
        run.report.addOutput(.folder, settings.folder)
        run.report.addOutput(.maps, folder.maps)
        run.report.addOutput(.table, folder.scores)
        if towers != nil { run.report.addOutput(.table, folder.towers) }
        text = summary(maps, scored, kept, blocks.finishedCount, snapshots, run)
      }
    }
    return text
  }

  /// What the terminal is told; fills in the report.
  private func summary(
    _ maps: BlendMaps, _ scored: [BlendMaps.Layer], _ kept: [Bool], _ finishedCount: Int, _ snapshots: Snapshots,
    _ run: JobRun
  ) -> String {
    let record = maps.record
    for kind in BlendStatus.allCases {
      run.report.statusCounts[kind.rawValue] = maps.status.count { $0 == kind }
    }
    let clipped = maps.sums.clipped.reduce(0) { $0 + Int($1) }
    let unfilled = record.files.reduce(0) { $0 + $1.unfilledCount }
    run.report.results["clipped"] = Double(clipped)
    run.report.results["steps"] = Double(record.count)
    run.report.results["unfilled_steps"] = Double(unfilled)
    run.report.results["snapshots"] = Double(snapshots.steps.count)
    var lines = [
      "steps: \(steps(record))",
      "cells: "
        + BlendStatus.allCases.map { kind in "\(kind.rawValue) \(maps.status.count { $0 == kind })" }
        .joined(separator: ", ")
        + "; \(counted(snapshots.steps.count, "snapshot")); \(counted(clipped, "layer-step")) clipped",
    ]
    if let unlike = run.report.results["snapshots_without_model"], unlike > 0 {
      lines.append("\(counted(Int(unlike), "cell", ("has", "have"))) snapshots, and no value of the model")
    }
    for (layer, own) in zip(maps.layers, scored) {
      let found = maps.summary(own)
      let name = "\(layer.top.shortText)-\(layer.bottom.shortText) m"
      let errors = own.leftOut.map(\.rootMeanSquare).filter { !$0.isNaN }
      let prefix = "layer_\(layer.top.shortText)_\(layer.bottom.shortText)_"
      for (key, value) in [
        ("model", found.model), ("blend", found.blend), ("bias", found.bias), ("share_negative", found.negative),
        ("share_negative_area", found.negativeArea), ("error_rmse", mean(errors)),
      ] {
        run.report.results[prefix + key] = value
      }
      lines.append(
        "\(name): model \(Self.digits(found.model)), blend \(Self.digits(found.blend)), bias \(Self.digits(found.bias)) "
          + "m3 m-3, drier than the blend in \(Self.percent(found.negative)) of cells, \(Self.percent(found.negativeArea)) of "
          + "the area" + (errors.isEmpty ? "" : "; error at snapshots left out \(Self.digits(mean(errors)))"))
    }
    let complete = kept.count { $0 }
    if complete + finishedCount > 0 {
      lines.append(
        "\(complete) of \(counted(kept.count, "copy", plural: "copies")) and \(counted(finishedCount, "block")) of blended.nc were complete already"
      )
    }
    run.report.results["blocks_resumed"] = Double(finishedCount)
    run.report.results["copies_resumed"] = Double(complete)
    return lines.joined(separator: "\n")
  }

  private static func digits(_ value: Double) -> String { numberText(value, "%.8f") }
  private static func percent(_ share: Double) -> String {
    numberText(100 * share, "%.2f %%")
  }
}
