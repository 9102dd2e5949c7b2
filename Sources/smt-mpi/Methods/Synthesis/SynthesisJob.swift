import Distributed
import Foundation
import Kernels

/// The writing of an ensemble with known thresholds; made before anything is written.
struct SynthesisJob: MapJob {
  let running: RunSettings
  private let options: Synthesize
  private let folder: String

  init(_ command: Synthesize) throws {
    guard let folder = command.folder else {
      throw JobError(.usage, "the folder to write to is missing; e.g. smt-mpi synthesize demo")
    }
    self.folder = folder
    options = command
    running = try RunSettings(command.shared, outputs: [], folders: [RunFolder(option: "folder", path: folder)])
    try checkFolder()
  }

  /// Bytes of the land, and of the fields of a chunk's months in single precision, as doubles and of all layers.
  private var memory: Int {
    let layers = (options.levsoi ? 21 : 2) + (options.climate ? 22 : 0) + (options.sensitivity ? 3 : 0)
    return options.rows * options.columns * (200 + 12 * layers * min(options.months, options.chunks.monthsTogether))
  }

  private var ensemble: SyntheticEnsemble {
    let land = SyntheticLand(
      rows: options.rows, columns: options.columns, oceanShare: options.oceanShare, seed: options.seed,
      response: options.curve == .line ? .line : .twoSlope)
    return SyntheticEnsemble(land: land, perturbations: options.members, noise: options.noise ?? 1, seed: options.seed)
  }

  private var style: CLMHistoryFile.Style {
    CLMHistoryFile.Style(
      format: options.format.format, chunks: options.chunks, deflate: options.deflate, history: commandLine,
      firstYear: options.firstYear)
  }

  private func writer(_ ensemble: SyntheticEnsemble) -> EnsembleWriter {
    EnsembleWriter(
      folder: folder, ensemble: ensemble,
      climate: options.climate ? SyntheticClimate(ensemble, layerShares: SoilMoistureProfile.uptakeShares) : nil,
      sensitivity: options.sensitivity ? SyntheticSensitivity(ensemble, months: options.months) : nil,
      months: options.months, byLayer: options.levsoi, layout: options.files, style: style)
  }

  private func checkMemory() throws {
    try MemoryLimit.check(memory, for: "--rows \(options.rows) --columns \(options.columns)")
  }

  func dryRun(ranks: Int) throws -> String {
    try checkMemory()
    let writer = writer(ensemble)
    let fields =
      1 + (options.levsoi ? SoilLayers.clm5Nodes.count : 1)
      + (options.climate ? 2 + SoilMoistureProfile.uptakeShares.count : 0)
      + (options.sensitivity ? EnsembleWriter.predictorNames.count : 0)
    let bytes = 4 * fields * options.rows * options.columns * options.months * writer.members.count
    return summary(writer) + "\n\(byteText(bytes)) before compression; \(byteText(memory)) of memory"
  }

  func perform(_ run: JobRun) throws -> String {
    try checkMemory()
    let writer = writer(run.timer.measure("ensemble") { ensemble })
    try run.timer.measure("write") {
      try makeFolder(folder)
      try writer.write { run.progress.update(share: $0) }
      let truth = TruthFiles(
        folder: folder, ensemble: writer.ensemble, climate: writer.climate, months: options.months, style: style)
      try truth.writeSeasons()
      try truth.writeTruth()
      if options.sink {
        let land = writer.ensemble.land
        let sink = SyntheticSink(land, years: options.months / 12, seed: options.seed)
        try SinkFiles(folder: folder, land: land, sink: sink, months: options.months, style: style).write()
      }
      if let sensitivity = writer.sensitivity { try truth.write(sensitivity, members: writer.members) }
    }
    run.report.addOutput(.maps, "\(folder)/truth.nc")
    return summary(writer)
  }

  private func checkFolder() throws {
    let present = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    guard present.isEmpty || running.overwrites else {
      throw JobError(
        .cannotWrite, "\(folder): the folder is not empty; give --overwrite to replace files of the same names")
    }
  }

  private func summary(_ writer: EnsembleWriter) -> String {
    let land = writer.ensemble.land
    let cells = land.curves.count { $0 != nil }
    let names = writer.members
    let moisture = "\(folder)/\(options.files.pattern(writer.moistureName)):\(writer.moistureName)"
    func source(_ variable: String) -> String { "\(folder)/\(options.files.pattern(variable)):\(variable)" }
    let quantities = """

      --quantity 'T=\(source("TSA"))'
      --quantity 'VPD=vpd(\(source("TSA")); \(source("RH2M")))'
      --quantity 'UPTAKE=\(source("QROOTSINK"))'
      """
    let predictors = """

      --predictor 'SM=\(moisture)'
      --predictor 'VPD=vpd(\(source("TSA")); \(source("RH2M")))'
      --predictor 'T=\(source("TSA"))'
      --predictor 'RAD=\(source("FSDS"))'
      """
    let sink = """

      --respiration '\(folder)/sink.nc:RECO' --production '\(folder)/sink.nc:NPP'
      """
    return """
      \(names.count) members of \(options.months) months on \(options.rows) x \(options.columns) cells, \(cells) of them land, in \(folder)
      --members REF,\(names[1])..\(names[names.count - 1])
      --response '\(folder)/\(options.files.pattern("GPP")):GPP'
      --moisture '\(moisture)'\(options.levsoi ? " --depth 0-3" : "")
      --season '\(folder)/season.nc:start_month,end_month'\(options.climate ? quantities : "")\(options.sensitivity ? predictors : "")\(options.sink ? sink : "")
      truth: \(folder)/truth.nc:smt\(options.sensitivity ? ", \(folder)/sensitivity.nc:beta" : "")\(options.sink ? ", \(folder)/sink_truth.nc" : "")
      """
  }
}
