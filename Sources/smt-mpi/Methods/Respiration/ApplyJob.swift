import Distributed
import Foundation
import Kernels

/// Networks to apply to a grid.
struct ApplyJob: MapJob {
  let running: RunSettings
  private let models: [String]
  private let predictors: [PredictorRequest]
  private let years: ClosedRange<Int>
  private let edge: WindowEdge?
  private let choice: CellSelection.Choice
  private let configuration: String
  /// Options that the results depend on, as text.
  private let identity: String

  /// - Throws: exit code 64 where options do not agree.
  init(_ command: RespireApply) throws {
    guard !command.model.isEmpty else {
      throw JobError(.usage, "--model is missing; e.g. --model models/CNN5-*.onnx")
    }
    guard let period = command.period else { throw JobError(.usage, "--period is missing; e.g. --period 2000-2018") }
    guard let output = command.output, !output.isEmpty else {
      throw JobError(.usage, "--output is missing; e.g. --output reco.nc")
    }
    models = command.model
    predictors = try command.predictors.requests()
    years = try OptionText.years(period)
    edge = try command.edge.map { text in
      guard let edge = WindowEdge(rawValue: text) else {
        throw JobError(
          .usage, "--edge '\(text)': expected \(WindowEdge.allCases.map(\.rawValue).joined(separator: ", "))")
      }
      return edge
    }
    choice = try SelectionOptions.choice(bbox: command.bbox, mask: command.mask)
    running = try RunSettings(command.shared, output: output, restarts: command.restart)
    configuration = command.configurationText
    // Of models what they hold counts.
    let others = Set(command.shared.entries.map(\.key) + ["restart", "output", "model"])
    identity = command.entries.filter { !others.contains($0.key) }.map(\.yaml).joined(separator: "\n").withoutFolders
  }

  /// What is known before the predictors are read.
  private struct Plan {
    let models: ApplyModels
    let reader: PredictorReader
    let edge: WindowEdge
    let windows: CellWindows
    let selection: CellSelection
    let partition: Partition
    /// By position in the partition, whether the cell gets a value.
    let isCentre: [Bool]
    let warnings: Warnings
    /// Bytes of the rank that needs most.
    let memory: Int
  }

  /// Looks at models and files, and chooses the cells.
  ///
  /// Collective.
  ///
  /// - Parameter isRough: whether land is told from sea by the first step alone.
  private func plan(ranks: Int, base: Int, isRough: Bool, _ communicator: Communicator) throws -> Plan {
    let models = try communicator.together { try ApplyModels(self.models) }
    let reader = try PredictorReader(predictors, years: years, communicator)
    let edge = edge ?? models.edge
    var warnings = Warnings(isStrict: running.isStrict, communicator)
    let (windows, concerns) = try communicator.together {
      if communicator.isRoot {
        try running.checkOutputs(against: models.files.map(\.path))
        for catalogue in reader.catalogues { try running.checkOutputs(against: catalogue) }
      }
      return (
        try CellWindows(reader.grid, width: models.window, path: reader.gridPath),
        try models.check(reader.predictors, edge: edge)
      )
    }
    try warnings.add(reader.warnings + concerns)
    reader.notes.forEach { warnings.note($0) }
    if models.ranges == nil {
      warnings.note("the models do not tell the range of their training: there is no map of extrapolation")
    }
    var land = reader.land
    if isRough { land.keepFirstStep() }
    try communicator.together { try CellSelection.checkMemory(source: 0, of: land) }
    let selection = try CellSelection.make(choice, source: 0, of: land, communicator)
    selection.notes.forEach { warnings.note($0) }
    try communicator.together {
      guard !selection.cells.isEmpty else {
        throw JobError(
          .inputData, "no cell that is selected holds data of --predictor \(reader.predictors[0].name), the first")
      }
    }
    let cells = windows.cells(withNeighboursOf: selection.cells)
    var isCentre = [Bool](repeating: false, count: cells.count)
    var next = 0
    for (position, cell) in cells.enumerated() where next < selection.cells.count && selection.cells[next] == cell {
      isCentre[position] = true
      next += 1
    }
    let partition = Partition(cells: cells, ranks: ranks)
    let memory = memory(models, reader, windows, partition, land: land)
    return Plan(
      models: models, reader: reader, edge: edge, windows: windows, selection: selection, partition: partition,
      isCentre: isCentre, warnings: warnings, memory: base + Assumptions.libraryBytes + memory)
  }

  /// Bytes of the rank that needs most, besides those of libraries.
  private func memory(
    _ models: ApplyModels, _ reader: PredictorReader, _ windows: CellWindows, _ partition: Partition, land: Catalogue
  ) -> Int {
    let (grid, columns) = (reader.grid, ApplyResult.columns(models).count)
    let lists = 9 * partition.cells.count + grid.cellCount
    // Ranks at the ends and in the middle have all that makes a difference.
    let ranks = Set([0, partition.rankCount / 2, partition.rankCount - 1])
    let working = ranks.map { rank -> Int in
      let cells = partition.cells[partition.share(of: rank)]
      let rows = cells.isEmpty ? 0 : (cells[cells.endIndex - 1] - cells[cells.startIndex]) / grid.rowLength + 1
      let held = ApplyCells.bytes(models, windows, own: cells.count, rows: rows)
      let reading = reader.bytes(partition, rank: rank, budget: running.readBudget)
      return held
        + ApplyResult.bytesOfWaiting(cells.count, years: years.count, ranks: partition.rankCount)
        + max(
          reading,
          4 * cells.count * reader.predictors.count
            + ApplyResult.bytes(partition, rank: rank, on: grid, years: years.count, columns: columns))
    }
    return max(ValidCells.bytes(source: 0, of: land) + 12 * grid.cellCount, lists + (working.max() ?? 0))
  }

  // MARK: Checkpoint

  /// The years that an earlier run has kept; to be called on rank 0.
  ///
  /// - Parameter isReadOnly: whether they are only looked at.
  private func log(_ plan: Plan, isReadOnly: Bool) throws -> ApplyLog {
    let maps = plan.models.files.map(\.path) + (choice.mask.map { [$0.path] } ?? [])
    let sums = try maps.map { String(try Checksum.ofFile($0), radix: 16) }
    let input = plan.reader.catalogues.map(\.identityOfRecords)
    let cells = String(Checksum.of(plan.partition.cells), radix: 16)
    let rest = [cells, InstructionLevel.preferred.arithmetic, ProgramVersion.number]
    let log = try BlockLog(
      output: running.output, identity: ([identity] + sums + input + rest).joined(separator: "\n"),
      discard: !isReadOnly && running.restarts, discardOption: "--restart", isReadOnly: isReadOnly)
    return try ApplyLog(log, years: years.count, ApplyField.kept(networks: plan.models.files.count))
  }

  /// What an interrupted run left beside the output; nil where there is nothing.
  private func checkpointText(_ path: String?, _ plan: Plan) -> String? {
    CheckpointText(path ?? "", isDiscarded: running.restarts).text(isThere: path != nil) {
      "\(try log(plan, isReadOnly: true).yearCount) of \(counted(years.count, "year"))"
    }
  }

  // MARK: Dry run

  func dryRun(ranks: Int) throws -> String {
    // Whose a checkpoint is depends on the cells, too, of which a rough plan knows those of the first step.
    let checkpoint = try BlockLog.checkpoint(of: running.output)
    let plan = try plan(
      ranks: ranks, base: peakMemoryBytes() + Assumptions.mpiBytes, isRough: checkpoint == nil || running.restarts,
      .single)
    let reader = plan.reader
    let bytes = reader.catalogues.map { catalogue in catalogue.records.reduce(0) { $0 + $1.bytes(on: catalogue.grid) } }
    let windows = Double(plan.selection.cells.count * years.count * plan.models.files.count)
    let computing = windows / Self.windowRate(plan.models) / Double(ranks)
    func line(_ title: String, _ text: String) -> String {
      (title + ":").padding(toLength: max(11, title.count + 2), withPad: " ", startingAt: 0) + text
    }
    let (name, units) = plan.models.target
    let reading = Assumptions.readingText(bytes.reduce(0, +), rate: Assumptions.recordReading, ranks: ranks)
    return
      ([
        line("grid", reader.grid.summary),
        line(
          "cells",
          "about \(plan.selection.cells.count) of \(reader.grid.cellCount) get values, about "
            + "\((plan.partition.cells.count + ranks - 1) / ranks) a rank with their neighbours"),
        line("years", "\(years.lowerBound)-\(years.upperBound), \(years.count)"),
        line(
          "models",
          "\(counted(plan.models.files.count, "network")) of \(name) (\(units)), windows of \(plan.windows.width), edge "
            + plan.edge.rawValue),
      ]
      + zip(reader.predictors, bytes).map { predictor, size in
        line(predictor.name, "@\(predictor.statistic), \(predictor.units), \(byteText(size)) of data")
      } + [
        line("memory", "\(byteText(plan.memory)) a rank, predicted"),
        line("time", "\(reading) and about \(durationText(computing)) of networks on \(counted(ranks, "rank"))"),
        line("maps", ([name] + ApplyResult.columns(plan.models).map(\.name)).joined(separator: ", ")),
        line("output", running.output),
      ] + (checkpointText(checkpoint, plan).map { [line("checkpoint", $0)] } ?? [])).joined(separator: "\n")
  }

  /// Windows a second that a network takes on this processor, tried on a few.
  private static func windowRate(_ models: ApplyModels) -> Double {
    let network = models.files[0].network
    let count = 256
    let windows = (0..<count * network.shape.windowLength).map { place in
      network.means[place / (network.shape.window * network.shape.window) % network.shape.channels]
    }
    var outputs = [Float](repeating: 0, count: count)
    let predictor = WindowPredictor(network)
    var fastest = Double.infinity
    for _ in 0..<3 {
      let start = cpuSeconds()
      windows.withUnsafeBufferPointer { windows in
        outputs.withUnsafeMutableBufferPointer { predictor.predict(windows, into: $0) }
      }
      fastest = min(fastest, cpuSeconds() - start)
    }
    return Double(count) / max(1e-9, fastest)
  }

  // MARK: Run

  func perform(_ run: JobRun) throws -> String {
    let communicator = run.communicator
    try InstructionLevel.agree(communicator)
    let base = peakMemoryBytes()
    let plan = try run.timer.measure("catalogue") {
      try self.plan(ranks: communicator.size, base: base, isRough: false, communicator)
    }
    var warnings = plan.warnings
    run.report.predictedPeakMemory = plan.memory
    try running.checkMemory(plan.memory, ranks: communicator.size, communicator)
    try communicator.together { try MemoryLimit.check(plan.memory - base, for: "the job, as predicted for a rank,") }
    let (partition, reader) = (plan.partition, plan.reader)
    let share = partition.share(of: communicator.rank)
    let cells = try ApplyCells(
      plan.models, edge: plan.edge, partition, plan.windows, isCentre: plan.isCentre,
      statuses: share.map { position in
        plan.isCentre[position] || plan.selection.isSelected[partition.cells[position]]
          ? ApplyStatus.notLand : ApplyStatus.outsideSelection
      }, communicator)
    let log: ApplyLog? = try communicator.together {
      communicator.isRoot ? try self.log(plan, isReadOnly: false) : nil
    }
    let kept = try communicator.onRoot { log?.yearCount ?? 0 }
    let concern = try communicator.onRoot { log?.concern ?? "" }
    if !concern.isEmpty { warnings.note(concern) }
    let calendar = reader.catalogues.first { $0.cadence != .static }?.sources[0].calendar ?? .standard
    let result = try ApplyResult(
      plan.models, reader.predictors, years: years, calendar: calendar, on: reader.grid, partition,
      isSelected: plan.selection.isSelected, attributes(plan), to: running.output, log: log, communicator)
    if kept > 0 {
      if communicator.isRoot { Log.info("resumed: \(kept) of \(counted(years.count, "year")) were done") }
      try run.timer.measure("resume") { try result.resume(kept, cells.add) }
      run.report.results["years_resumed"] = Double(kept)
    }
    try apply(reader, partition, cells, result, run)
    try reader.concerns().forEach { warnings.addLate($0) }
    try run.checkLocks()
    let (counts, means) = try run.timer.measure("write") { try result.finish(cells.sums) }
    run.bytesRead = reader.account.bytesRead
    let text = try summary(plan, cells, result, counts, means, &warnings, run)
    run.report.warnings = warnings.texts
    try warnings.finish()
    return text
  }

  /// Applies the networks to one year after the other.
  private func apply(
    _ reader: PredictorReader, _ partition: Partition, _ cells: ApplyCells, _ result: ApplyResult, _ run: JobRun
  ) throws {
    let kept = result.yearsWritten
    var done = kept
    try run.timer.measure("apply") {
      do {
        try reader.read(partition, after: kept, budget: running.readBudget) { _, values in
          let year = try cells.apply(values)
          cells.add(year)
          try result.append(year)
          done += 1
          run.progress.update(share: Double(done) / Double(years.count))
        }
      } catch let error as JobError where error.isAgreed || run.communicator.size == 1 {
        // All ranks are here, so that years which wait for others can be kept as well.
        try result.writeYears()
        guard error.exitCode == .interrupted, result.yearsWritten > 0 else { throw error }
        try run.communicator.together {
          throw JobError(
            .interrupted,
            "interrupted by a signal: \(result.yearsWritten) of \(counted(years.count, "year")) are done and kept; the "
              + "same command resumes")
        }
      }
    }
  }

  private func attributes(_ plan: Plan) -> MapWriter.FileAttributes {
    let files = plan.models.files
    let experiment = files[0].experiment.map { " of experiment \($0)" } ?? ""
    let predictors = plan.reader.predictors.map { "\($0.name) (@\($0.statistic))" }.joined(separator: ", ")
    var attributes = MapWriter.FileAttributes(
      title: "\(plan.models.target.name) of networks of windows, \(years.lowerBound)-\(years.upperBound)",
      source: ProgramVersion.source,
      references: "Yu et al. (2021), ecosystem respiration and carbon sink potential", commandLine: commandLine,
      comment: plan.warnings.added(
        to: "\(files.count == 1 ? "A network" : "The mean of \(files.count) networks")\(experiment) of windows of "
          + "\(plan.windows.width) x \(plan.windows.width) cells of \(predictors); neighbours without a value: "
          + "\(plan.edge.rawValue)."),
      configuration: configuration)
    attributes.arithmetic = InstructionLevel.preferred.arithmetic
    return attributes
  }

  /// What the terminal is told; fills in the report.
  private func summary(
    _ plan: Plan, _ cells: ApplyCells, _ result: ApplyResult, _ counts: [Int], _ means: SummaryMeans,
    _ warnings: inout Warnings, _ run: JobRun
  ) throws -> String {
    let communicator = run.communicator
    let totals = try communicator.allReduce([cells.windowCount, cells.halo.foreign.count], .sum)
    let seconds = try communicator.allReduce([cells.seconds], .sum)[0]
    let names = ApplyStatus.names(plan.reader.predictors)
    for (name, count) in zip(names, counts) where count > 0 { run.report.statusCounts[name] = count }
    run.report.cellsComputed = counts[Int(ApplyStatus.computed)]
    let longest = try communicator.allReduce([cells.seconds], .maximum)[0]
    run.report.cpuSeconds = seconds
    run.report.balance = longest > 0 ? seconds / Double(communicator.size) / longest : 1
    run.report.areaWeights = plan.reader.grid.weightOrigin
    let rate = seconds > 0 ? Double(totals[0]) / seconds : 0
    run.report.results.merge([
      "networks": Double(plan.models.files.count), "windows": Double(totals[0]), "windows_per_core_second": rate,
      "halo_cells": Double(totals[1]), "global_mean": means["mean"].area, "global_sd": means["sd"].area,
    ]) { $1 }
    if plan.models.files.count > 1 { run.report.results["global_networks_sd"] = means["networks_sd"].area }
    run.report.series = ["years": years.map(Double.init), "global_mean": result.means]
    let computed = counts[Int(ApplyStatus.computed)]
    if computed * 100 < plan.selection.cells.count {
      let reasons = counts.indices.dropFirst(Int(ApplyStatus.windowIncomplete))
      let most = reasons.max { counts[$0] < counts[$1] } ?? Int(ApplyStatus.windowIncomplete)
      warnings.addLate(
        "\(computed == 0 ? "none" : "only \(computed)") of the \(counted(plan.selection.cells.count, "cell")) with data of the first "
          + "predictor has a value; the status of \(counts[most]) is \(names[most])")
    }
    let (name, units) = plan.models.target
    let lines = [
      "\(name), \(units): mean by area \(Self.digits(means["mean"].area)), standard deviation over years "
        + Self.digits(means["sd"].area)
        + (plan.models.files.count > 1 ? ", between networks \(Self.digits(means["networks_sd"].area))" : ""),
      "cells: " + zip(names, counts).filter { $1 > 0 }.map { "\($0) \($1)" }.joined(separator: ", "),
      "windows: \(totals[0]), \(Int(rate)) a second of a processor; \(totals[1]) cells of other ranks in them",
    ]
    return lines.joined(separator: "\n")
  }

  private static func digits(_ value: Double) -> String { numberText(value, "%.6g") }
}
