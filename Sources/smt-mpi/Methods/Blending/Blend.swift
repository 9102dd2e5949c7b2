import ArgumentParser
import Distributed
import Kernels

/// Blends snapshots of soil moisture into a model's.
struct Blend: MapCommand {
  static let configuration = CommandConfiguration(
    abstract: "Blend snapshots of soil moisture, from radar or in situ, into a model's hourly soil moisture.",
    usage: """
      smt-mpi blend --model <PATTERN:VAR> --residual <number or FILE:VAR>
        --saturation <number or FILE:VAR> --output <FOLDER> [<options>]
      """,
    discussion: """
      At each snapshot the model's error is its moisture minus the observed one, by cell and layer; between snapshots the \
      error is a line in time, before the first and after the last it is constant. The blend is the model minus the error, \
      clipped to residual and saturated moisture. The folder of the output gets copies of the model's files with the \
      variable replaced and all else as it was, for the model to read back; blended.nc with the model's moisture, the \
      blend and the error; maps.nc with means, bias and the error of the blend at snapshots that are left out one by one; \
      scores.csv. The same command goes on where a run was stopped.

      A year of ED2 and AirMOSS profiles:
        smt-mpi blend --model 'ed/analysis-T-*.h5:FMEAN_SOIL_WATER_PY' \\
          --layout ed2 --layers history.h5:SLZ \\
          --profile 'airmoss/*.nc4:a,b,c' --residual 0.08 --saturation 0.45 \\
          --output blended

      CLM and values at three depths, with towers to compare:
        mpirun -n 8 smt-mpi blend --model 'clm/*.h0.*.nc:H2OSOI' \\
          --levels 'sm/*.nc:sm@0,0.1,0.3' --residual 0.02 \\
          --saturation soil.nc:WATSAT --towers towers.csv \\
          --score-layers 0-0.1,0.1-0.4 --output blended

      Exit codes: 64 usage, 65 input wrong, 66 input not there, 70 internal, 71 memory limit, 73 cannot write, 75 interrupted.
      """)

  @Option(
    help: ArgumentHelp("The model's soil moisture, m3 m-3; e.g. 'clm/*.h0.*.nc:H2OSOI'.", valueName: "PATTERN:VAR"),
    completion: .file())
  var model: String?
  @OptionGroup var files: LayoutOptions

  @Option(
    help: ArgumentHelp(
      "Snapshots as coefficients of a z2 + b z + c, with z the depth; e.g. 'airmoss/*.nc4:a,b,c'.",
      valueName: "PATTERN:A,B,C"), completion: .file())
  var profile: String?
  @Option(
    help: ArgumentHelp(
      "Snapshots as values at three depths or more, on levels or a variable each; e.g. 'sm/*.nc:sm@0,0.1,0.3'.",
      valueName: "PATTERN:VAR@DEPTHS"), completion: .file())
  var levels: String?
  @Option(
    help: ArgumentHelp(
      "Snapshots in a table with columns time, depth, value, and lat and lon, or site; e.g. probes.csv.",
      valueName: "FILE"), completion: .file())
  var snapshotsTable: String?
  @Option(help: ArgumentHelp("Unit of the snapshots' depths: m, cm or mm.", valueName: "unit"))
  var profileDepthUnit = "m"
  @Option(
    help: ArgumentHelp(
      "Depth down to which snapshots hold, in metres: a layer that reaches deeper is compared above it, and corrected whole.",
      valueName: "metres"))
  var profileBottom = 1.0
  @Option(
    help: ArgumentHelp(
      "Moisture that a pixel's profile must keep to from the surface to --profile-bottom, m3 m-3; e.g. 0-0.6.",
      valueName: "range"))
  var valid = "0-1"
  @Option(help: ArgumentHelp("Least share of a cell's pixels that must be valid, 0 to 1.", valueName: "share"))
  var minimumShare = 0.5
  @Option(
    help: ArgumentHelp(
      """
      Width in degrees of the cells around the points of a list. Default: the smallest distance of two of them; of a \
      single point, the nearest pixel counts.
      """, valueName: "degrees"))
  var cellWidth: Double?

  @Option(
    help: ArgumentHelp(
      "Residual moisture, m3 m-3: a number, or a map, with layers where it has some; e.g. 0.08 or soil.nc:thr.",
      valueName: "number or FILE:VAR"), completion: .file())
  var residual: String?
  @Option(
    help: ArgumentHelp(
      "Saturated moisture, m3 m-3: a number, or a map; e.g. 0.45 or soil.nc:WATSAT.", valueName: "number or FILE:VAR"),
    completion: .file())
  var saturation: String?

  @Option(
    help: ArgumentHelp(
      "Depths that maps and scores are for, in metres. Default: the surface to --profile-bottom.", valueName: "ranges"))
  var scoreLayers: String?
  @Option(
    help: ArgumentHelp(
      "Moisture at towers, to compare with: columns time, depth (m), value (m3 m-3), and lat and lon, or site.",
      valueName: "FILE"), completion: .file())
  var towers: String?
  @Option(
    help: ArgumentHelp("Where the sites of tables are: columns site, lat and lon.", valueName: "FILE"),
    completion: .file())
  var stations: String?

  @Option(help: ArgumentHelp("Folder of the results.", valueName: "FOLDER"), completion: .directory)
  var output: String?

  @OptionGroup var shared: SharedRunOptions

  func makeJob() throws -> any MapJob { BlendJob(try BlendSettings(self)) }
}

/// What the options of `blend` say, checked.
struct BlendSettings {
  let model: (pattern: String, variable: String)
  let layout: LayeredRecord.Layout
  let layers: LayeredRecord.LayerSource?
  let start: Step?
  let source: SnapshotSource
  /// Metres in the unit of the snapshots' depths.
  let unit: Double
  let bottom: Double
  let valid: ClosedRange<Double>
  let minimumShare: Double
  let cellWidth: Double?
  let residual: String
  let saturation: String
  let scoreLayers: [SoilLayer]
  let towers: String?
  let stations: String?
  let folder: String
  let running: RunSettings
  /// Options as YAML.
  let configuration: String
  /// Those of them that results depend on.
  let fingerprint: String

  /// - Throws: exit code 64 or 73 naming the option.
  init(_ command: Blend) throws {
    guard let output = command.output, !output.isEmpty else {
      throw JobError(.usage, "--output is missing; e.g. --output blended")
    }
    guard let model = command.model else {
      throw JobError(.usage, "--model is missing; e.g. --model 'clm/*.h0.*.nc:H2OSOI'")
    }
    folder = output.hasSuffix("/") && output.count > 1 ? String(output.dropLast()) : output
    let specification = try SourceSpecification(model)
    guard specification.combination == .single, !specification.namesMember else {
      throw JobError(.usage, "--model '\(model)': expected PATTERN:VARIABLE with one variable")
    }
    self.model = (specification.pattern, specification.variables[0])
    layout = try command.files.kind()
    (layers, start) = (try command.files.layerSource(), try command.files.firstStep())
    unit = try SnapshotSource.metres(in: command.profileDepthUnit)
    guard [command.profile, command.levels, command.snapshotsTable].compactMap({ $0 }).count == 1 else {
      throw JobError(.usage, "give the snapshots by one of --profile, --levels and --snapshots-table")
    }
    if let text = command.profile {
      source = try .profile(text)
    } else if let text = command.levels {
      source = try .levels(text, unit: unit)
    } else {
      source = .table(path: command.snapshotsTable ?? "")
    }
    guard command.profileBottom > 0 else {
      throw JobError(.usage, "--profile-bottom \(command.profileBottom.shortText): expected a depth in metres, e.g. 1")
    }
    bottom = command.profileBottom
    valid = try Self.range(command.valid, option: "valid")
    guard (0...1).contains(command.minimumShare) else {
      throw JobError(.usage, "--minimum-share \(command.minimumShare.shortText): expected 0 to 1, for example 0.5")
    }
    minimumShare = command.minimumShare
    guard command.cellWidth.map({ $0 > 0 }) ?? true else {
      throw JobError(.usage, "--cell-width: expected degrees, for example 0.0083333")
    }
    cellWidth = command.cellWidth
    guard let residual = command.residual, let saturation = command.saturation else {
      throw JobError(
        .usage,
        "--residual and --saturation are needed: the blend is clipped to them; e.g. --residual 0.08 --saturation 0.45")
    }
    (self.residual, self.saturation) = (residual, saturation)
    if let low = Double(residual), let high = Double(saturation), !(low < high) {
      throw JobError(.usage, "--saturation \(saturation) is not above --residual \(residual)")
    }
    scoreLayers =
      try command.scoreLayers.map { try $0.split(separator: ",").map { try Self.layer(String($0)) } }
      ?? [SoilLayer(top: 0, bottom: command.profileBottom)]
    guard !scoreLayers.isEmpty else {
      throw JobError(.usage, "--score-layers is empty; expected ranges of depth, for example 0-0.1,0.1-0.4")
    }
    (towers, stations) = (command.towers, command.stations)
    running = try RunSettings(command.shared, outputs: [], folders: [RunFolder(option: "--output", path: folder)])
    configuration = command.configurationText
    let shared = Set(command.shared.entries.map(\.key))
    fingerprint = command.entries.filter { !shared.contains($0.key) }.map(\.yaml).joined(separator: "\n")
  }

  /// Files besides the model's that the results depend on.
  func otherFiles(_ snapshots: [SnapshotFile]) -> [String] {
    var files = snapshots.flatMap { $0.headers.prefix(1).map(\.path) }
    if case .variable(let path, _) = layers { files.append(path) }
    if case .table(let path) = source { files.append(path) }
    for text in [residual, saturation] where Double(text) == nil {
      if let (path, _) = try? GridMap.parts(of: text) { files.append(path) }
    }
    return files + [towers, stations].compactMap { $0 }
  }

  private static func range(_ text: String, option: String) throws -> ClosedRange<Double> {
    let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { Double($0) }
    guard ends.count == 2, let low = ends[0], let high = ends[1], low >= 0, high > low, high.isFinite else {
      throw JobError(.usage, "--\(option) '\(text)': expected two numbers, for example 0-1")
    }
    return low...high
  }

  private static func layer(_ text: String) throws -> SoilLayer {
    let found = try range(text, option: "score-layers")
    return SoilLayer(top: found.lowerBound, bottom: found.upperBound)
  }
}
