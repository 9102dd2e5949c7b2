import Distributed
import Foundation
import Kernels

/// A contrast by class of cells and flux, over cells alike and weighted by area; on rank 0 alone.
struct ContrastRegions: SummaryPart {
  /// What counts for what in the numbers of a row.
  private enum Weighting: String, CaseIterable {
    case area, cells
  }

  /// A class, a flux and a weighting.
  private struct Row {
    let classes: String
    let name: String
    let flux: String
    let weighting: Weighting
    let area: Double
    /// Moistures and fluxes of the cells that have those of both runs.
    let moisture: (a: Double, b: Double, difference: Double)
    let means: (a: WeightedSpread, b: Double, difference: Double)
    let beta: WeightedSpread
    let ratio: RatioOfMeans

    /// Change of the flux from run A to run B, %.
    var change: Double { 100 * (0 - means.difference) / means.a.mean }
  }

  private var rows: [Row] = []
  private let hasSets: Bool
  private let units: String
  let period = 0
  let fields: [SummaryField] = []

  /// The classes of a job's maps.
  ///
  /// Collective. Fields are put together on rank 0 in the order of cells, those of one flux at a time: nothing depends on the
  /// number of ranks.
  init(of results: MethodResults<ContrastMethod>, method: ContrastMethod) throws {
    let rows = results.rows
    func field(_ name: String) -> CellQuantity {
      let place = rows.place(name)
      return { $0[place] }
    }
    let fluxes = method.job.fluxes.map(\.key).map { ["\($0)_a", "\($0)_b", "delta_\($0)", "beta_\($0)"].map(field) }
    try self.init(
      moisture: ["theta_a", "theta_b", "delta_theta"].map(field), fluxes: fluxes, of: results.cells, results, method)
  }

  /// - Parameters:
  ///   - moisture: of run A, run B and their difference.
  ///   - fluxes: of each its means in run A and run B, their difference, and β.
  private init(
    moisture: [CellQuantity], fluxes: [[CellQuantity]], of cells: CellResults, _ results: MethodResults<ContrastMethod>,
    _ method: ContrastMethod
  ) throws {
    let summary = results.classes
    hasSets = (summary?.sets.count ?? 0) > 1
    units = method.job.fluxUnits
    var positions: [Int] = []
    var weights: [Double] = []
    if cells.communicator.isRoot {
      positions = [Int](repeating: -1, count: results.grid.cellCount)
      for (position, cell) in cells.partition.cells.enumerated() { positions[cell] = position }
      weights = cells.partition.cells.map(results.grid.weight)
    }
    var (moistures, own): ([[Double]], [[Double]]) = ([], [])
    var found: [Row] = []
    try cells.assemble(moisture + fluxes.joined()) { _, values in
      values.withMemoryRebound(to: UInt8.self) { [UInt8](UnsafeRawBufferPointer($0)) }
    } take: { number, bytes in
      let values = bytes.withUnsafeBytes { [Double]($0.bindMemory(to: Double.self)) }
      guard number >= moisture.count else {
        moistures.append(values)
        return
      }
      own.append(values)
      guard own.count == 4, let summary else { return }
      let flux = method.job.fluxes[(number - moisture.count) / 4]
      for set in summary.sets {
        for one in set.classes {
          found += Self.rows(one, set.title, flux.name, moistures, own, positions, weights, summary, method)
        }
      }
      own = []
    }
    // Classes first, as they are looked up.
    let order = method.job.fluxes.map(\.name)
    for set in summary?.sets ?? [] {
      for one in set.classes {
        for flux in order {
          rows += found.filter { $0.classes == set.title && $0.name == one.name && $0.flux == flux }
        }
      }
    }
  }

  /// The rows of a class and a flux, one for each weighting; none where the class has less area than is wanted.
  private static func rows(
    _ one: CellClass, _ title: String, _ flux: String, _ moistures: [[Double]], _ fields: [[Double]],
    _ positions: [Int], _ weights: [Double], _ summary: ClassSummary, _ method: ContrastMethod
  ) -> [Row] {
    let places = one.cells.indices.compactMap { index -> (position: Int, cell: Int, share: Double)? in
      let (cell, share) = (one.cells[index], one.share(at: index))
      let position = positions[cell]
      guard position >= 0, share > 0, fields[2][position].isFinite, moistures[2][position].isFinite else { return nil }
      return (position, cell, share)
    }
    let area = summary.areas.isEmpty ? .nan : places.reduce(0) { $0 + $1.share * summary.areas[$1.cell] }
    if let least = method.job.settings.classTable?.classes.minimumArea, area < least { return [] }
    let sloped = places.filter { place in
      let beta = fields[3][place.position]
      return beta.isFinite && abs(beta) <= summary.rules.limit ?? .infinity
    }
    return Weighting.allCases.map { weighting in
      func weight(_ place: (position: Int, cell: Int, share: Double)) -> Double {
        weighting == .area ? place.share * weights[place.position] : place.share
      }
      let own = places.map(weight)
      func spread(_ field: [Double]) -> WeightedSpread {
        WeightedSpread(places.map { field[$0.position] }, weights: own)
      }
      // The error of moisture is taken as that of a blend's bias, which cells have in common.
      let errors = method.hasError ? places.map { method.error(ofCell: $0.cell) } : []
      let known = zip(errors, own).filter { $0.0.isFinite }
      let error = WeightedSpread(known.map(\.0), weights: known.map(\.1)).mean
      return Row(
        classes: title, name: one.name, flux: flux, weighting: weighting, area: area,
        moisture: (spread(moistures[0]).mean, spread(moistures[1]).mean, spread(moistures[2]).mean),
        means: (spread(fields[0]), spread(fields[1]).mean, spread(fields[2]).mean),
        beta: WeightedSpread(sloped.map { fields[3][$0.position] }, weights: sloped.map(weight)),
        ratio: RatioOfMeans(
          places.map { fields[2][$0.position] }, by: places.map { moistures[2][$0.position] }, weights: own,
          commonError: error.isFinite ? error : 0))
    }
  }

  // MARK: Tables

  private static let statistics = [
    "n", "area_km2", "theta_a", "theta_b", "delta_theta", "run_a", "run_b", "delta", "percent_change", "n_beta",
    "beta_mean", "beta_sd", "share_positive", "ratio", "ratio_low", "ratio_high",
  ]

  private static func entries(_ row: Row, hasSets: Bool, time: String? = nil) -> [Table.Entry] {
    (hasSets ? [.text(row.classes)] : []) + [.text(row.name)] + (time.map { [.text($0)] } ?? []) + [
      .text(row.flux), .text(row.weighting.rawValue), .count(row.means.a.count), .number(row.area),
      .number(row.moisture.a), .number(row.moisture.b), .number(row.moisture.difference), .number(row.means.a.mean),
      .number(row.means.b), .number(row.means.difference), .number(row.change), .count(row.beta.count),
      .number(row.beta.mean), .number(row.beta.standardDeviation), .number(row.beta.sharePositive),
      .number(row.ratio.ratio), .number(row.ratio.low), .number(row.ratio.high),
    ]
  }

  private static func heads(hasSets: Bool, time: Bool) -> [String] {
    (hasSets ? ["classes"] : []) + ["class"] + (time ? ["time"] : []) + ["flux", "weighting"] + statistics
  }

  /// The table: a row for each class, flux and weighting.
  ///
  /// Columns: `classes`, the map that a class comes from, where there are several; `class`; `flux`; `weighting`, `area` or
  /// `cells`; `n`, the cells that both runs have, and their `area_km2`; moistures, m³ m⁻³; means of both runs, their
  /// difference A − B and the change from A to B in percent; `n_beta`, the cells with β; its mean and standard deviation; the
  /// share above 0; the ratio of mean differences with its interval of 95 %.
  var table: Table {
    var table = Table(columns: Self.heads(hasSets: hasSets, time: false))
    for row in rows { table.add(Self.entries(row, hasSets: hasSets)) }
    return table
  }

  /// The same for each step, on rank 0.
  ///
  /// Collective.
  static func series(of results: MethodResults<ContrastMethod>, method: ContrastMethod) throws -> Table {
    let (cells, fluxes) = (results.cells, method.job.fluxes.count)
    let width = 3 + 4 * fluxes
    let missing = [Double](repeating: .nan, count: width)
    let own = cells.partition.share(of: cells.communicator.rank).count
    var table = Table(columns: heads(hasSets: (results.classes?.sets.count ?? 0) > 1, time: true))
    for step in method.steps.all {
      let held = (0..<own).flatMap { position in
        let found = results.work.result(position, steps: [step])
        return [found.moistureA, found.moistureB, found.moistureDifference]
          + found.fluxes.prefix(fluxes).flatMap { [$0.meanA, $0.meanB, $0.difference, $0.beta] }
      }
      let rows = CellResults(
        held, cells.partition, cells.communicator, isSelected: [], rowWithoutData: missing, rowOutside: missing)
      let regions = try ContrastRegions(
        moisture: (0..<3).map { place in { $0[place] } },
        fluxes: (0..<fluxes).map { flux in (0..<4).map { place in { $0[3 + 4 * flux + place] } } }, of: rows, results,
        method)
      for row in regions.rows { table.add(entries(row, hasSets: regions.hasSets, time: step.name)) }
    }
    return table
  }

  // MARK: What is told

  /// The most classes that the terminal is told of.
  private static let mostLines = 60

  func describe(_: SummaryMeans, _ summary: inout Summary) {
    func number(_ value: Double) -> String { numberText(value, "%.4g") }
    func percent(_ value: Double, _ format: String = "%.1f %%") -> String {
      numberText(value, format)
    }
    summary.add(line: "by class, weighted by area (over cells in parentheses), \(units) and per m3 m-3:")
    let pairs = stride(from: 0, to: rows.count, by: 2).map { (rows[$0], rows[$0 + 1]) }
    for (area, cells) in pairs.prefix(Self.mostLines) {
      let place = (hasSets ? "\(area.classes) " : "") + "\(area.name) \(area.flux)"
      summary.add(
        line: "\(place): A \(number(area.means.a.mean)), B \(number(area.means.b)), "
          + "\(percent(area.change, "%+.1f %%")); beta \(number(area.beta.mean)) ± \(number(area.beta.standardDeviation)) (\(number(cells.beta.mean)) ± "
          + "\(number(cells.beta.standardDeviation))), n \(area.beta.count), positive "
          + "\(percent(100 * area.beta.sharePositive)) (\(percent(100 * cells.beta.sharePositive)))"
          + "; ratio of means \(number(area.ratio.ratio)), \(number(area.ratio.low)) to \(number(area.ratio.high))")
    }
    if pairs.count > Self.mostLines { summary.add(line: "… \(pairs.count - Self.mostLines) more") }
    for row in rows {
      let key = "\(hasSets ? "\(row.classes)_" : "")\(row.name)_\(row.flux)_\(row.weighting.rawValue)"
      for (name, value) in [
        ("beta_mean", row.beta.mean), ("beta_sd", row.beta.standardDeviation), ("positive", row.beta.sharePositive),
        ("ratio", row.ratio.ratio), ("percent_change", row.change),
      ] { summary.add("\(key)_\(name)", value) }
    }
  }
}
