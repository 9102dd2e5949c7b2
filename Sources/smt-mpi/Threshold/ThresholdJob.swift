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
  let points: [Point]
  let savesCurves: Bool
  let output: String
  let overwrites: Bool
  let report: String?
  let progress: Double
  let memoryLimit: Int?
  let plan: ReadPlan?
  let restarts: Bool
  /// The effective options as YAML.
  let configuration: String
  /// What tells two jobs apart whose cells have different results.
  let identity: String

  /// A place on the globe, degrees.
  struct Point: Equatable {
    let latitude: Double
    let longitude: Double
  }

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
    let depth = try command.depth.map(Self.depths)
    let edges = try command.layerBounds.map(Self.edges) ?? []
    var requests = [
      SourceRequest(name: "response", specification: try source("response", command.response)),
      SourceRequest(
        name: "moisture", specification: try source("moisture", command.moisture), depth: depth, layerEdges: edges),
    ]
    if let other = command.fractionWith {
      requests.append(SourceRequest(name: "fraction-with", specification: try SourceSpecification(other)))
    }
    for request in requests where members.isEmpty && request.specification.namesMember {
      throw JobError(.usage, "--\(request.name) holds {member}; name the members with --members")
    }
    self.requests = requests
    period = try command.selection.period()
    box = try command.selection.box()
    mask = try command.selection.mask.map { try Self.variables($0, count: 1, option: "mask") }.map { ($0.0, $0.1[0]) }
    season = try command.season.map { try Self.variables($0, count: 2, option: "season") }.map {
      ($0.0, $0.1[0], $0.1[1])
    }
    options = try command.method.options()
    moistureFloor = command.method.moistureFloor
    responseFloor = command.method.responseFloor
    fractionFloor = command.method.fractionFloor
    points = try command.point.map(Self.point)
    savesCurves = command.saveCurves
    output = try command.running.outputPath()
    overwrites = command.running.overwrite
    report = command.running.report
    progress = command.running.progress
    memoryLimit = try command.running.memoryLimitBytes()
    plan = try command.running.forcedPlan()
    restarts = command.running.restart
    configuration = command.configurationText
    let own = Set(command.running.entries.map(\.key))
    identity = command.entries.filter { !own.contains($0.key) }.map(\.yaml).joined(separator: "\n")
    try checkOutput()
    guard command.running.ranks >= 1 else {
      throw JobError(.usage, "--ranks \(command.running.ranks): expected 1 or more")
    }
  }

  /// The file of saved curves.
  var curvesOutput: String {
    (output.hasSuffix(".nc") ? String(output.dropLast(3)) : output) + "_curves.nc"
  }

  private func checkOutput() throws {
    let manager = FileManager.default
    var isFolder: ObjCBool = false
    if manager.fileExists(atPath: output, isDirectory: &isFolder) {
      if isFolder.boolValue { throw JobError(.cannotWrite, "--output \(output) is a folder; expected a file name") }
      guard overwrites else {
        throw JobError(.cannotWrite, "--output \(output) exists; give --overwrite to replace it, or another name")
      }
    }
    if savesCurves || !points.isEmpty, !overwrites, manager.fileExists(atPath: curvesOutput) {
      throw JobError(.cannotWrite, "\(curvesOutput) exists; give --overwrite to replace it, or another --output")
    }
    for (option, path) in [("output", output), ("report", report)] {
      guard let path else { continue }
      let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
      guard manager.fileExists(atPath: folder), manager.isWritableFile(atPath: folder) else {
        throw JobError(.cannotWrite, "--\(option) \(path): the folder \(folder) is not there or cannot be written")
      }
    }
  }

  private static func depths(_ text: String) throws -> ClosedRange<Double> {
    let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { Double($0) }
    guard ends.count == 2, let top = ends[0], let bottom = ends[1], top >= 0, bottom > top, bottom.isFinite else {
      throw JobError(.usage, "--depth '\(text)': expected top and bottom in metres, for example 0-3")
    }
    return top...bottom
  }

  private static func edges(_ text: String) throws -> [Double] {
    let edges = text.split(separator: ",", omittingEmptySubsequences: false).compactMap { Double($0) }
    guard edges.count == text.split(separator: ",", omittingEmptySubsequences: false).count, edges.count > 1,
      zip(edges, edges.dropFirst()).allSatisfy({ $0 < $1 })
    else {
      throw JobError(
        .usage, "--layer-bounds '\(text)': expected increasing depths in metres, for example 0,0.1,0.4,1,2")
    }
    return edges
  }

  private static func point(_ text: String) throws -> Point {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false).map {
      Double($0.trimmingCharacters(in: .whitespaces))
    }
    guard parts.count == 2, let latitude = parts[0], let longitude = parts[1], abs(latitude) <= 90,
      abs(longitude) <= 360
    else { throw JobError(.usage, "--point '\(text)': expected latitude and longitude in degrees, for example 0,-60") }
    return Point(latitude: latitude, longitude: longitude)
  }

  private static func variables(_ text: String, count: Int, option: String) throws -> (String, [String]) {
    let specification = try SourceSpecification(text)
    guard specification.variables.count == count, count == 1 || specification.combination == .layers else {
      throw JobError(
        .usage,
        "--\(option) '\(text)': expected FILE:"
          + (count == 1 ? "VARIABLE" : "FIRST,LAST, for example season.nc:start,end"))
    }
    return (specification.pattern, specification.variables)
  }
}
