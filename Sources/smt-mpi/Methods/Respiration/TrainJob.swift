import Distributed
import Foundation
import Kernels

/// The trainings of all experiments, folds and networks, shared out to groups of ranks.
struct TrainJob: MapJob {
  let running: RunSettings
  private let settings: TrainSettings
  private let predictions: String?
  private let (differences, trainings): (String, String)

  init(_ command: RespireTrain) throws {
    settings = try TrainSettings(command)
    guard let table = command.table, !table.isEmpty else {
      throw JobError(.usage, "--table is missing; e.g. --table experiments.csv")
    }
    let stem = table.hasSuffix(".csv") ? String(table.dropLast(4)) : table
    (differences, trainings) = ("\(stem).differences.csv", "\(stem).trainings.csv")
    predictions = command.predictions
    guard !isDeviceOrPipe(table) else {
      throw JobError(.cannotWrite, "--table \(table) is a device or a pipe; expected the name of a file")
    }
    let outputs = [table, differences, trainings].map { RunFile("table", $0, .table) }
    running = try RunSettings(
      command.shared, outputs: outputs, tables: [RunFile("predictions", predictions, .pairs)],
      folders: [RunFolder(option: "--models", path: settings.models)], restarts: command.restart)
    try running.checkOutputs(against: [settings.samples])
  }

  // MARK: Plan

  private func reader(_ samples: TrainSamples, _ communicator: Communicator) throws -> PredictorReader {
    try PredictorReader(settings.requests, years: samples.years, communicator)
  }

  /// Bytes of the rank that needs most: what reading takes, samples and networks.
  private func bytes(_ samples: TrainSamples, _ reader: PredictorReader, _ places: TrainPlaces) -> Int {
    let ranks = 0..<places.partition.rankCount
    let reading = ranks.map { reader.bytes(places.partition, rank: $0, budget: running.readBudget) }.max() ?? 0
    return reading + bytes(samples: samples.rows.count)
  }

  /// Bytes of a rank besides what reading takes.
  private func bytes(samples: Int) -> Int {
    let length = settings.requests.count * settings.window * settings.window
    let parameters = settings.experiments.indices.map { settings.shape($0).parameterCount }.max() ?? 0
    // Windows as they are read and chosen, standardised and in the kernel's own layout; weights with moments, gradients of a
    // block and of all, and what is kept.
    return 4 * 6 * samples * length + 4 * 14 * parameters
  }

  func dryRun(ranks: Int) throws -> String {
    let base = peakMemoryBytes() + Assumptions.mpiBytes + Assumptions.libraryBytes
    let samples = try TrainSamples(settings.samples, target: settings.target)
    let reader = try reader(samples, .single)
    let places = try TrainPlaces(samples.sites, reader, settings, ranks: ranks)
    let memory = base + bytes(samples, reader, places)
    try running.checkMemory(memory, ranks: ranks, .single)
    let groups = settings.groups(ofRanks: ranks)
    let rate = TrainRate(settings, samples: samples.rows.count)
    func line(_ title: String, _ text: String) -> String {
      (title + ":").padding(toLength: 14, withPad: " ", startingAt: 0) + text
    }
    let experiments = settings.experiments.map { experiment in
      "\(experiment.name) (" + experiment.predictors.map { settings.requests[$0].name }.joined(separator: ", ") + ")"
    }
    return [
      line(
        "samples",
        "\(counted(samples.rows.count, "site-year")) of \(counted(samples.sites.count, "site")), \(samples.years.lowerBound)-\(samples.years.upperBound)"
      ),
      line("target", "\(settings.target), \(samples.units)"),
      line("grid", reader.grid.summary),
      line("experiments", experiments.joined(separator: "; ")),
      line(
        "trainings",
        "\(settings.trainingCount): \(settings.experiments.count) experiments, \(settings.folds) folds, "
          + "\(counted(settings.networks, "network")); \(groups) at a time on \(counted(ranks, "rank"))"),
      line("time", rate.text(groups: groups, ranksOfGroup: ranks / groups)),
      line("memory", "\(byteText(memory)) a rank, predicted"),
      line("models", "\(settings.models)/\(settings.name(of: 0)).onnx and \(settings.trainingCount - 1) more"),
      line("tables", running.outputs.map(\.path).joined(separator: ", ")),
    ].joined(separator: "\n") + (try checkpointText(samples, reader).map { "\n" + line("checkpoint", $0) } ?? "")
  }

  /// What an interrupted run left beside the table; nil where there is nothing.
  private func checkpointText(_ samples: TrainSamples, _ reader: PredictorReader) throws -> String? {
    let any = TaskStates(output: running.output, identity: "", discardOption: "--restart")
    return try CheckpointText(any.path, isDiscarded: running.restarts).text(isThere: any.isThere()) {
      // Whose it is depends on the data.
      let places = try TrainPlaces(samples.sites, reader, settings, ranks: 1)
      let data = try TrainData(samples, reader, places, settings, budget: running.readBudget, .single)
      let left = try states(of: data).look().left
      return "\(left.finished.count) of \(counted(settings.trainingCount, "training"))"
        + (left.begun.isEmpty ? "" : ", and the state of \(left.begun.count) more,")
    }
  }

  /// Where trainings are kept until all are finished.
  private func states(of data: TrainData) -> TaskStates {
    let identity = [settings.identity, data.identity, InstructionLevel.preferred.arithmetic, ProgramVersion.number]
    return TaskStates(output: running.output, identity: identity.joined(separator: "\n"), discardOption: "--restart")
  }

  // MARK: Run

  func perform(_ run: JobRun) throws -> String {
    let communicator = run.communicator
    try InstructionLevel.agree(communicator)
    let base = peakMemoryBytes() + Assumptions.libraryBytes
    var warnings = Warnings(isStrict: running.isStrict, communicator)
    let (data, folds) = try run.timer.measure("read") { try read(run, &warnings, base: base) }
    let states = states(of: data)
    let output = TrainOutput(settings: settings, data: data, folds: folds, states: states)
    try communicator.together { try output.checkMoments() }
    let left = try communicator.onRoot { try states.resume(discard: running.restarts) }
    let remarks = try communicator.onRoot {
      try output.prepare(overwrites: running.overwrites, isResumed: !left.finished.isEmpty)
    }
    if communicator.isRoot, !left.finished.isEmpty {
      Log.info("resumed: \(left.finished.count) of \(counted(settings.trainingCount, "training")) were done")
    }
    try warnings.add(left.concerns)
    for remark in remarks { warnings.note(remark) }

    try run.timer.measure("train") { try train(data, folds, states, left, run) }
    return try run.timer.measure("write") {
      try run.checkLocks()
      let text = try communicator.together { try communicator.isRoot ? write(output, folds, run, &warnings) : "" }
      run.report.warnings = warnings.texts
      return text
    }
  }

  private func read(_ run: JobRun, _ warnings: inout Warnings, base: Int) throws -> (TrainData, TrainFolds) {
    let communicator = run.communicator
    let samples = try communicator.onRoot { try TrainSamples(settings.samples, target: settings.target) }
    let reader = try reader(samples, communicator)
    for catalogue in reader.catalogues { try running.checkOutputs(against: catalogue) }
    try warnings.add(reader.warnings)
    for note in reader.notes { warnings.note(note) }
    let places = try communicator.together {
      try TrainPlaces(samples.sites, reader, settings, ranks: communicator.size)
    }
    run.report.predictedPeakMemory = base + bytes(samples, reader, places)
    try running.checkMemory(run.report.predictedPeakMemory, ranks: communicator.size, communicator)
    let data = try TrainData(samples, reader, places, settings, budget: running.readBudget, communicator)
    run.bytesRead += reader.account.bytesRead
    for note in data.notes { warnings.note(note) }
    return (data, try communicator.together { try TrainFolds(data, settings) })
  }

  /// Does the trainings that earlier runs have not finished.
  private func train(
    _ data: TrainData, _ folds: TrainFolds, _ states: TaskStates, _ left: TaskStates.Left, _ run: JobRun
  ) throws {
    let communicator = run.communicator
    // What is begun first, so that states need not be kept long.
    let open = (0..<settings.trainingCount).filter { !left.finished.contains($0) }
    let tasks = open.filter(left.begun.contains) + open.filter { !left.begun.contains($0) }
    let group = try RankGroup(communicator, count: settings.groups(ofRanks: communicator.size))
    let dealer = TaskDealer(
      group, tasks: tasks, of: settings.trainingCount, units: "trainings", run.progress, communicator)
    let network = TrainNetwork(settings, data, folds, states, group, dealer)
    let isComplete = try dealer.run(network.perform)
    let seconds = [dealer.workSeconds]
    let sum = try communicator.allReduce(seconds, .sum)[0]
    let longest = try communicator.allReduce(seconds, .maximum)[0]
    run.report.balance = longest > 0 ? sum / Double(communicator.size) / longest : 1
    let done = try communicator.allReduce([group.isLeader ? network.iterations : 0], .sum)[0]
    run.report.results["iterations"] = Double(done)
    run.report.results["trainings_resumed"] = Double(left.finished.count)
    guard !isComplete else { return }
    try communicator.together {
      throw JobError(
        .interrupted,
        "interrupted by a signal; what is finished, and the state of what is not, is kept: the same command resumes")
    }
  }

  private func write(
    _ output: TrainOutput, _ folds: TrainFolds, _ run: JobRun, _ warnings: inout Warnings
  ) throws -> String {
    var rows = predictions == nil ? nil : Optional(TrainOutput.predictionTable)
    let results = try output.write(predictions: &rows)
    let scores = TrainScores(settings, results, testShare: folds.testShare)
    let units = output.data.samples.units
    try scores.differenceTable().write(to: differences)
    try scores.trainingTable(folds).write(to: trainings)
    if let predictions, let rows { try rows.write(to: predictions) }
    try scores.experimentTable(output.data.predictors, units: units).write(to: running.output)
    try output.states.removeAll()
    for (number, result) in results.enumerated() where result.status?.isUsable != true {
      warnings.note(
        "\(settings.name(of: number)) is \(result.status?.rawValue ?? "not done") after \(result.iteration) iterations; it has "
          + "no model and no scores")
    }
    run.report.results.merge(scores.numbers) { $1 }
    run.report.addOutput(.models, settings.models)
    run.report.results["samples"] = Double(output.data.samples.rows.count)
    run.report.results["sites"] = Double(output.data.siteCount)
    run.report.results["clusters"] = Double(output.data.clusterCount)
    run.report.statusCounts = Dictionary(
      uniqueKeysWithValues: scores.counts().map { ($0.rawValue, $1) })
    return [
      "\(counted(output.data.samples.rows.count, "site-year")) at \(counted(output.data.siteCount, "site")) in \(output.data.clusterCount) clusters, "
        + "split by \(settings.split.rawValue)",
      scores.text(units: units),
    ].joined(separator: "\n")
  }
}
