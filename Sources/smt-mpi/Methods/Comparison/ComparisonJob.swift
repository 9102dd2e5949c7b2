import Distributed
import Foundation

/// The comparison of two maps, checked.
struct ComparisonJob: MapJob {
  let running: RunSettings
  var printsData: Bool { options.json }
  private let options: Compare
  private let (a, b): (String, String)

  init(_ command: Compare) throws {
    guard command.maps.count == 2 else {
      throw JobError(
        .usage, "expected two maps, found \(command.maps.count); e.g. smt-mpi compare smt.nc:smt truth.nc:smt")
    }
    (a, b) = (command.maps[0], command.maps[1])
    options = command
    running = try RunSettings(
      command.shared,
      outputs: [RunFile("quantiles", command.quantiles, .table), RunFile("map", command.map, .maps)])
  }

  /// Reads both maps.
  private func maps() throws -> (GridMap, GridMap) {
    let place = try ArrayPlace(for: [a, b], grid: options.grid, fill: options.fill)
    func map(_ source: String) throws -> GridMap {
      guard let place, ArrayPlace.isArray(source) else { return try GridMap.read(source) }
      return try place.map(source)
    }
    return (try map(a), try map(b))
  }

  private func comparison() throws -> Comparison {
    let (mapA, mapB) = try maps()
    try running.checkOutputs(against: [mapA.path, mapB.path])
    return try Comparison(
      mapA, mapB, by: options.method, within: options.within ?? Tolerance(number: 5, isRelative: false),
      allowsUnlikeUnits: options.unlikeUnits)
  }

  func dryRun(ranks: Int) throws -> String {
    let report = try comparison().report
    return
      (["cells: \(report.counts.compared) to compare"] + [report.regridding].compactMap { $0 }
      + running.outputs.map { "\($0.option): \($0.path)" }).joined(separator: "\n")
  }

  /// Gives the page of the run both maps, and their values side by side.
  private func show(_ comparison: Comparison, on run: JobRun) {
    run.shownInput = [a, b].filter { !GridMap.isArray($0) }
    let (first, second) = (comparison.a, comparison.b)
    let pairs = PagePairs.make(
      "B against A, cell by cell", x: (PagePairs.Quantity(name: "A, \(a)", units: first.units), first.values),
      y: (PagePairs.Quantity(name: "B, \(b)", units: second.units), second.values), isAlike: !options.unlikeUnits,
      bias: (name: "A - B", isYFromX: true))
    run.pairs = pairs.map { [$0] } ?? []
  }

  func perform(_ run: JobRun) throws -> String {
    let comparison = try run.timer.measure("read") { try self.comparison() }
    try run.timer.measure("write") {
      try run.checkLocks()
      if let path = options.quantiles { try comparison.quantiles.write(to: path) }
      if let path = options.map { try comparison.writeMap(to: path) }
    }
    if running.hasViews { show(comparison, on: run) }
    run.report.areaWeights = comparison.report.weights
    run.report.results = comparison.results
    return options.json ? try comparison.json() : comparison.table
  }
}
