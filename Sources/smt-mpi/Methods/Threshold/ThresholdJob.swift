import Distributed
import Foundation
import Kernels

/// All that describes a run of the threshold method, checked; made before MPI starts.
struct ThresholdJob: Job {
  /// Its sources are response, moisture and, for fractions, the other term; without members months are the samples.
  let settings: JobSettings
  let season: SeasonChoice
  /// What the user calls the response; nil where files and the source tell.
  let responseName: String?
  let options: ThresholdOptions
  let moistureFloor: Double
  let responseFloor: Double
  let fractionFloor: Double
  let points: [GridPoint]
  let savesCurves: Bool

  /// Positions of the sources in `requests` and the catalogue.
  static let responseSource = 0
  static let moistureSource = 1
  static let otherSource = 2

  init(_ command: Threshold) throws {
    func source(_ name: String, _ text: String?) throws -> SourceExpression {
      guard let text else { throw JobError(.usage, "--\(name) is missing; e.g. --\(name) 'run/{member}.nc:VARIABLE'") }
      return try SourceExpression(option: text)
    }
    let members = try command.members.map(MemberNames.expand) ?? []
    let depth = try command.depth.map(OptionText.depths)
    let edges = try command.layerBounds.map(OptionText.edges) ?? []
    func request(_ name: String, _ expression: SourceExpression) throws -> SourceRequest {
      var request = SourceRequest(
        name: name, expression: expression, steps: try command.selection.steps(), addsUp: SoilMoistureUnits.addUp,
        words: .options(source: name))
      request.regridding = .sameCells
      return request
    }
    var requests = [
      try request("response", try source("response", command.response)),
      try request("moisture", try source("moisture", command.moisture)),
    ]
    requests[Self.moistureSource].depth = depth
    requests[Self.moistureSource].layerEdges = edges
    if let other = command.fractionWith {
      requests.append(try request("fraction-with", try SourceExpression(option: other)))
    }
    for request in requests where members.isEmpty && request.expression.namesMember {
      throw JobError(.usage, "--\(request.name) holds {member}; name the members with --members")
    }
    responseName = try command.quantityName.checked()
    season = try SeasonChoice(maps: command.season, months: command.months)
    var options = try command.method.options()
    options.isSeries = members.isEmpty
    self.options = options
    moistureFloor = command.method.moistureFloor
    responseFloor = command.method.responseFloor
    fractionFloor = command.method.fractionFloor
    points = try command.point.map(OptionText.point)
    savesCurves = command.saveCurves
    var choice = try command.selection.choice()
    choice.points = savesCurves ? [] : points
    settings = try JobSettings(
      command, requests, members: members, period: try command.selection.period(), choice: choice,
      landSource: Self.moistureSource)
    if savesCurves || !points.isEmpty { try settings.running.checkFree(curvesOutput, option: "output") }
  }

  var members: [String] { settings.members }
  var requests: [SourceRequest] { settings.requests }

  /// The file of saved curves.
  var curvesOutput: String {
    let output = settings.running.output
    return (output.hasSuffix(".nc") ? String(output.dropLast(3)) : output) + "_curves.nc"
  }

  /// Checks that a cell can have as many pairs as it needs.
  private func checkSampleCount(of catalogue: Catalogue) throws {
    let count = members.isEmpty ? season.count(of: catalogue.months) : members.count
    guard count < options.minimumPairs else { return }
    throw JobError(
      .usage,
      "--minimum-pairs \(options.minimumPairs) is more than the \(members.isEmpty ? counted(count, "month") : counted(count, "member")) "
        + "that there are; give more \(members.isEmpty ? "months" : "members")"
        + (count >= 3 ? ", or --minimum-pairs \(count)" : ""))
  }

  func method(for catalogue: Catalogue, _ communicator: Communicator) throws -> ThresholdMethod {
    try checkSampleCount(of: catalogue)
    return ThresholdMethod(
      job: self, catalogue: catalogue, seasonMaps: try SeasonMaps.read(season, catalogue, communicator))
  }
}
