import Distributed
import Foundation
import Kernels

/// All that describes a run of the threshold method, checked; made before MPI starts.
struct ThresholdJob {
  /// Response, moisture and, for fractions, the other term.
  let requests: [SourceRequest]
  /// Members, the reference first; empty where months are the samples.
  let members: [String]
  let period: ClosedRange<Month>?
  let box: BoundingBox?
  /// File and variable of the mask.
  let mask: (path: String, variable: String)?
  /// File and variables of the season's first and last month.
  let season: (path: String, first: String, last: String)?
  let options: ThresholdOptions
  let moistureFloor: Double
  let responseFloor: Double
  let fractionFloor: Double
  let points: [GridPoint]
  let savesCurves: Bool
  /// Where results go and how the job runs.
  let running: RunSettings
  /// The effective options as YAML.
  let configuration: String
  /// What tells two jobs apart whose cells have different results.
  let identity: String

  /// Positions of the sources in `requests` and the catalogue.
  static let responseSource = 0
  static let moistureSource = 1
  static let otherSource = 2

  init(_ command: Threshold) throws {
    func source(_ name: String, _ text: String?) throws -> SourceSpecification {
      guard let text else { throw JobError(.usage, "--\(name) is missing; e.g. --\(name) 'run/{member}.nc:VARIABLE'") }
      return try SourceSpecification(text)
    }
    members = try command.members.map(MemberNames.expand) ?? []
    let depth = try command.depth.map(OptionText.depths)
    let edges = try command.layerBounds.map(OptionText.edges) ?? []
    func request(_ name: String, _ specification: SourceSpecification) -> SourceRequest {
      SourceRequest(
        name: name, specification: specification, addsUp: SoilMoistureUnits.addUp, words: .options(source: name))
    }
    var requests = [
      request("response", try source("response", command.response)),
      request("moisture", try source("moisture", command.moisture)),
    ]
    requests[Self.moistureSource].depth = depth
    requests[Self.moistureSource].layerEdges = edges
    if let other = command.fractionWith {
      requests.append(request("fraction-with", try SourceSpecification(other)))
    }
    for request in requests where members.isEmpty && request.specification.namesMember {
      throw JobError(.usage, "--\(request.name) holds {member}; name the members with --members")
    }
    self.requests = requests
    period = try command.selection.period()
    box = try command.selection.box()
    mask = try command.selection.mask.map { try OptionText.variables($0, count: 1, option: "mask") }.map {
      ($0.0, $0.1[0])
    }
    season = try command.season.map { try OptionText.variables($0, count: 2, option: "season") }.map {
      ($0.0, $0.1[0], $0.1[1])
    }
    var options = try command.method.options()
    options.isSeries = members.isEmpty
    self.options = options
    moistureFloor = command.method.moistureFloor
    responseFloor = command.method.responseFloor
    fractionFloor = command.method.fractionFloor
    points = try command.point.map(OptionText.point)
    savesCurves = command.saveCurves
    running = try RunSettings(command.running)
    configuration = command.configurationText
    let own = Set(command.running.entries.map(\.key))
    identity = command.entries.filter { !own.contains($0.key) }.map(\.yaml).joined(separator: "\n")
    if savesCurves || !points.isEmpty { try running.checkFree(curvesOutput) }
  }

  /// The file of saved curves.
  var curvesOutput: String {
    (running.output.hasSuffix(".nc") ? String(running.output.dropLast(3)) : running.output) + "_curves.nc"
  }

  /// The cells that the user selects.
  var choice: CellSelection.Choice {
    CellSelection.Choice(box: box, mask: mask, points: savesCurves ? [] : points)
  }

  /// What a year's months become: season sums of members, or the months where they are the samples.
  func reduction(_ seasons: Seasons) -> any Reduction {
    members.isEmpty
      ? MonthlyValues(seasons, sources: requests.count) : SeasonSums(seasons, sources: requests.count)
  }
}
